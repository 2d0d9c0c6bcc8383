"""The rights walk: every door, every role, one camera that is none of their business.

The camera is restricted and belongs to another agency. Its name must never leave the house to those who may
not see it: on no page, in no API answer, export, map layer, tile, search hit, socket, event or picture.
"""

from __future__ import annotations

import asyncio
import json
import re

import pytest
from channels.db import database_sync_to_async
from channels.testing import HttpCommunicator, WebsocketCommunicator
from django.core.files.base import ContentFile
from django.db import connections
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from cctv.engine import names
from cctv.engine.news import announce
from cctv.models import Maintenance, Obstacle, Still, Transition
from cctv.pictures import allowed
from commandcenter import keys, live
from commandcenter.asgi import application
from commandcenter.city import viewers
from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.incidents import services as incidents
from commandcenter.wall import jpeg_route
from commandcenter.wall.frames import Frame, pack
from commandcenter.wall.registry import layers, tiles
from tests.factories.cctv import make_camera, make_site
from tests.factories.city import client_of, make_agency, make_user

SECRET = "Kamera-Rahasia-Brankas"
SEES_ALL = {Role.ADMIN, Role.MAYOR}
FOREIGN_TO = [Role.OPERATOR, Role.HEAD, Role.PARTNER, None]
ORIGIN = [(b"origin", b"http://testserver"), (b"host", b"testserver")]
# Doors that end a session, change who looks, or stream for ever.
LEAVE_OUT = re.compile(r"^(logout|view-as|language)")


@pytest.fixture
def city(db, settings, tmp_path):
    """A foreign camera with a past, and one that everybody may see beside it."""
    settings.MEDIA_ROOT = tmp_path
    ensure_roles()
    own, other = make_agency("milik"), make_agency("asing")
    site = make_site(name="Tempat " + SECRET)
    foreign = make_camera(
        name=SECRET, code="kamera-rahasia-brankas", agency=other, sharing="restricted", site=site
    )
    visible = make_camera(name="Kamera Terbuka", agency=own, sharing="public", notice_posted=True)
    now = timezone.now()
    Transition.objects.create(camera=foreign, from_status="unknown", to_status="offline", at=now)
    still = Still(camera=foreign, captured_at=now, bytes=3, sha256="0" * 64)
    still.file.save("x.jpg", ContentFile(b"\xff\xd8\xff"))
    Maintenance.objects.create(camera=foreign, reason="perbaikan " + SECRET)
    Obstacle.objects.create(camera=foreign, text="kendala " + SECRET)
    subject = incidents.Subject(agency=other.pk, sharing="restricted", lat=-6.2, lng=106.2)
    alarm = incidents.raise_alarm(
        source=f"cctv.camera:{foreign.pk}",
        kind="camera_offline",
        severity="critical",
        title=SECRET,
        subject=subject,
    )
    for camera in (foreign, visible):
        frame = Frame(1, camera.pk, int(now.timestamp() * 1000), 1, 640, 360, b"\xff\xd8\xff\xd9")
        keys.client().set(names.snap(camera.pk), pack(frame))
    yield {"foreign": foreign, "visible": visible, "own": own, "other": other, "still": still, "alarm": alarm}
    keys.client().flushdb()


def person(role: Role | None, city) -> Client:
    if role is None:
        return Client()
    agency = city["own"] if role is Role.HEAD else None
    return client_of(make_user(role, agency=agency))


def patterns(resolver: URLResolver, prefix: str = "") -> list[str]:
    """Every URL pattern of the house as text, the admin's included."""
    found: list[str] = []
    for item in resolver.url_patterns:
        route = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            found += patterns(item, route)
        elif isinstance(item, URLPattern):
            found.append(route)
    return found


def filled(route: str, city) -> str | None:
    """A route with the foreign camera's numbers in it; None where a parameter cannot be guessed."""
    route = re.sub(r"^\^|\\Z|\$$", "", route).replace("\\.", ".")
    foreign = city["foreign"].pk
    values = dict.fromkeys(("object_id", "path", "camera_id", "camera", "pk"), foreign)
    values |= {"still": city["still"].pk, "window": Maintenance.objects.get().pk, "kind": "csv"}
    values |= {"key": "cctv.mosaic", "code": "36.04.19", "scene": 1, "slot": 0}
    values["source"] = "incidents"
    if route.startswith(("alarms/", "wall/takeover/")):
        values["pk"] = city["alarm"].pk

    def value(match: re.Match[str]) -> str:
        name = match[1].split(":")[-1]
        return str(values.get(name, "?"))

    route = re.sub(r"<([^>]+)>", value, route)
    return None if "?" in route or "(" in route else "/" + route


def leaks(answer) -> bool:
    if answer.status_code >= 300:
        return SECRET in answer.headers.get("Location", "")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return SECRET.encode() in body or b"kamera-rahasia-brankas" in body


@pytest.mark.parametrize("role", FOREIGN_TO, ids=str)
def test_no_door_shows_a_foreign_camera(city, role):
    client = person(role, city)
    routes = sorted({route for route in patterns(get_resolver()) if not LEAVE_OUT.match(route)})
    assert len(routes) > 120
    walked, leaking = 0, []
    for route in routes:
        path = filled(route, city)
        if path is None:
            continue
        answer = client.get(path, {"q": "Kamera", "at": ""})
        walked += 1
        assert answer.status_code < 500, f"{path}: {answer.status_code}"
        if leaks(answer):
            leaking.append(path)
    assert leaking == []
    assert walked > 100


@pytest.mark.parametrize("role", FOREIGN_TO, ids=str)
def test_every_page_and_verb_of_a_foreign_camera_is_404(city, role):
    client = person(role, city)
    for route in patterns(get_resolver()):
        if not route.startswith("cctv/<int:pk>/"):
            continue
        for method in (client.get, client.post):
            answer = method(filled(route, city))
            allowed_answers = {302, 404, 405} if role is None else {404, 405}
            assert answer.status_code in allowed_answers, f"{route}: {answer.status_code}"
    city["foreign"].refresh_from_db()
    assert city["foreign"].capture_mode == "http_still"


@pytest.mark.parametrize("role", FOREIGN_TO, ids=str)
def test_no_tile_and_no_layer_shows_it(city, role):
    client = person(role, city)
    for tile in tiles():
        answer = client.get(
            f"/tile/{tile.key}/", {"cameras": str(city["foreign"].pk), "camera": city["foreign"].pk}
        )
        assert not leaks(answer), tile.key
    for layer in layers():
        answer = client.get(f"/wall/layer/{layer.key}.geojson")
        assert not leaks(answer), layer.key


@pytest.mark.parametrize("role", [*FOREIGN_TO, Role.ADMIN, Role.MAYOR], ids=str)
def test_rows_topics_and_pictures_agree_about_who_may_see(city, role):
    """The queryset, the event scopes and the picture source are three doors to one answer."""
    viewer = viewers.PUBLIC if role is None else viewers.viewer_of_user(_user(role, city))
    may = role in SEES_ALL
    both = [city["foreign"].pk, city["visible"].pk]
    assert (city["foreign"].pk in allowed(viewer, both)) is may
    groups = set(live.groups_for(viewer, ["cctv.camera", "incidents.alarm"]))
    about = {
        live.group_name("cctv.camera", scope)
        for scope in ("sharing-restricted", f"agency-{city['other'].pk}")
    }
    alarms = {
        live.group_name("incidents.alarm", scope)
        for scope in ("sharing-restricted", f"agency-{city['other'].pk}")
    }
    assert bool(groups & about) is may
    assert bool(groups & alarms) is may


def _user(role: Role, city):
    return make_user(role, agency=city["own"] if role is Role.HEAD else None)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.HEAD, Role.PARTNER], ids=str)
@pytest.mark.django_db(transaction=True)
async def test_nothing_of_it_is_pushed_to_a_socket(city, role):
    client = await database_sync_to_async(person)(role, city)
    cookie = f"sessionid={client.cookies['sessionid'].value}".encode()
    socket = WebsocketCommunicator(application, "/ws/desk/", headers=[*ORIGIN, (b"cookie", cookie)])
    assert (await socket.connect())[0]
    both = [city["foreign"].pk, city["visible"].pk]
    await socket.send_json_to({"t": "join", "topics": ["cctv.camera", "incidents.alarm"]})
    await socket.send_json_to({"t": "show", "source": "cctv", "ids": both, "level": "opened"})
    await asyncio.sleep(0.5)
    await database_sync_to_async(announce)(city["foreign"])
    frame = pack(Frame(1, city["foreign"].pk, 1, 2, 640, 360, b"\xff\xd8secret"))
    keys.client().publish(names.channel(city["foreign"].pk), frame)
    heard = []
    while not await socket.receive_nothing(timeout=1.0):
        heard.append(await socket.receive_output())
    texts = [json.loads(message["text"]) for message in heard if message.get("text")]
    shown = [text for text in texts if text["t"] == "shown"]
    assert shown
    assert all(city["foreign"].pk not in text["ids"] for text in shown)
    assert [text for text in texts if text["t"] == "event" and text["id"] == city["foreign"].pk] == []
    assert all(b"secret" not in message.get("bytes", b"") for message in heard if message.get("bytes"))
    assert keys.client().zscore(names.demand("opened"), city["foreign"].pk) is None
    await socket.disconnect()
    await database_sync_to_async(connections.close_all)()


@pytest.mark.django_db(transaction=True)
async def test_a_look_through_the_socket_is_written_down_once(city):
    client = await database_sync_to_async(person)(Role.MAYOR, city)
    cookie = f"sessionid={client.cookies['sessionid'].value}".encode()
    socket = WebsocketCommunicator(application, "/ws/desk/", headers=[*ORIGIN, (b"cookie", cookie)])
    assert (await socket.connect())[0]
    both = [city["foreign"].pk, city["visible"].pk]
    for _ in range(2):
        await socket.send_json_to({"t": "show", "source": "cctv", "ids": both, "level": "opened"})
        while not await socket.receive_nothing(timeout=0.5):
            await socket.receive_output()
    rows = await database_sync_to_async(_looks)()
    await socket.disconnect()
    await database_sync_to_async(connections.close_all)()
    assert rows == [(str(city["foreign"].pk), {"where": "socket"})]


def _looks() -> list[tuple[str, dict[str, str]]]:
    found = AuditEntry.objects.filter(action="camera.viewed")
    return list(found.values_list("subject_id", "detail"))


@pytest.mark.parametrize("role", [*FOREIGN_TO, Role.MAYOR], ids=str)
@pytest.mark.django_db(transaction=True)
async def test_its_picture_is_404_even_with_a_link_that_was_once_right(city, role):
    """A signed link names its viewer; on serving, that viewer's rights count, not the link."""

    def link() -> str:
        jpeg_route._rights.clear()
        viewer = viewers.PUBLIC if role is None else viewers.viewer_of_user(_user(role, city))
        return jpeg_route.picture_url(viewer, "cctv", city["foreign"].pk)

    path = await database_sync_to_async(link)()
    answer = await HttpCommunicator(application, "GET", path).get_response()
    assert answer["status"] == (200 if role in SEES_ALL else 404)
    await database_sync_to_async(connections.close_all)()


def test_those_who_may_see_it_do(city):
    for role in sorted(SEES_ALL):
        client = person(role, city)
        assert SECRET in client.get(f"/cctv/{city['foreign'].pk}/").content.decode()
        assert SECRET in client.get("/cctv/").content.decode()
    head = client_of(make_user(Role.HEAD, agency=city["other"]))
    assert SECRET in head.get("/cctv/").content.decode()
