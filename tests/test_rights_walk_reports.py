"""The rights walk of citizen reports: every door, every role, one secret report that is not theirs.

It is secret, urgent (so there is an alarm), belongs to another agency, and each of its words, names, files,
notes, messages and its very number carries a mark. The mark must leave the house by no door.
"""

from __future__ import annotations

import asyncio
import json
import re

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connections
from django.test import Client
from django.urls import get_resolver

from commandcenter import keys, live
from commandcenter.asgi import application
from commandcenter.city import viewers
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.wall.registry import layers, tiles
from complaints import receivers
from complaints.models import Attachment, Note, Outbox, Report
from complaints.services import assigning, talking
from complaints.services.writing import announce
from tests.factories.city import client_of, make_agency, make_area, make_user
from tests.factories.complaints import make_category, make_channel, make_report, make_reporter
from tests.test_rights_walk import LEAVE_OUT, ORIGIN, patterns

MARK = "Rahasia-Inspektorat-77"
STRANGERS = [Role.OPERATOR, Role.HEAD, Role.PARTNER, None]


@pytest.fixture
def city(db, settings, tmp_path):
    """A secret report with everything a report can have, and an open one beside it."""
    settings.MEDIA_ROOT = tmp_path
    ensure_roles()
    own, other = make_agency("milik"), make_agency("inspektorat", email="inspektorat@contoh.invalid")
    make_channel("email")
    make_channel("web")
    area = make_area("36.04.19", "Petir", lat=-6.22, lng=106.2)
    category = make_category(name="Pungutan liar", private=True, priority="urgent")
    person = make_reporter(name="Pelapor " + MARK, phone="081277770077", email="pelapor77@contoh.invalid")
    secret = make_report(
        f"Pungutan liar {MARK}", category=category, reporter=person, channel=person.channel, secret=True,
        lat=-6.22, lng=106.2, address="Jl. " + MARK,
    )  # fmt: skip
    Report.objects.filter(pk=secret.pk).update(area=area)
    assigning.assign(pk=secret.pk, agency=other, viewer=None, text="Periksa " + MARK)
    talking.add_note(pk=secret.pk, viewer=None, text="Catatan " + MARK)
    receivers.judge(secret.pk)
    path = default_storage.save("reports/x.jpg", ContentFile(b"\xff\xd8" + MARK.encode()))
    file = Attachment.objects.create(
        report=secret, kind="photo", state="ready", public=True, mime="image/jpeg", name=MARK, caption=MARK,
        served=path, thumb=path, original=path,
    )  # fmt: skip
    secret.refresh_from_db()
    opened = make_report("Lampu jalan mati", lat=-6.22, lng=106.2)
    assigning.assign(pk=opened.pk, agency=own, viewer=None)
    opened.refresh_from_db()
    yield {"secret": secret, "opened": opened, "own": own, "other": other, "file": file, "category": category}
    keys.client().flushdb()


def person_of(role: Role | None, city) -> Client:
    if role is None:
        return Client()
    return client_of(make_user(role, agency=city["own"] if role is Role.HEAD else None))


def filled(route: str, city) -> str | None:
    """A route with the secret report's number, file and keys in it."""
    route = re.sub(r"^\^|\\Z|\$$", "", route).replace("\\.", ".")
    secret = city["secret"]
    values = dict.fromkeys(("object_id", "path", "camera_id", "pk", "still"), secret.pk)
    values |= {"number": secret.number, "mark": city["file"].uuid, "size": "thumb", "form": "json"}
    values |= {
        "code": city["category"].code,
        "key": "complaints.feed",
        "kind": "csv",
        "slot": 0,
        "token": "t",
    }

    def value(match: re.Match[str]) -> str:
        return str(values.get(match[1].split(":")[-1], "?"))

    route = re.sub(r"<([^>]+)>", value, route)
    return None if "?" in route or "(" in route else "/" + route


def leaks(answer, city, *, number: bool = True) -> bool:
    if answer.status_code in {301, 302}:
        return False  # a redirect to the login repeats the address that was asked for
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    marks = [MARK.encode(), b"081277770077", b"pelapor77"]
    return any(mark in body for mark in marks) or (number and city["secret"].number.encode() in body)


@pytest.mark.parametrize("role", STRANGERS, ids=str)
def test_no_door_shows_a_secret_report(city, role):
    client, leaking, walked = person_of(role, city), [], 0
    for route in sorted({route for route in patterns(get_resolver()) if not LEAVE_OUT.match(route)}):
        path = filled(route, city)
        if path is None:
            continue
        # The number is in the address already; a form that repeats it tells nothing new.
        named = "number" in route
        ours = route.startswith(("reports/", "lapor/", "open311/", "search", "data/"))
        for query in ({"q": "Pungutan"}, {"box": "all", "extensions": "true"})[: 2 if ours else 1]:
            answer = client.get(path, query)
            assert answer.status_code < 500, f"{path}: {answer.status_code}"
            if leaks(answer, city, number=not named):
                leaking.append(path)
        walked += 1
    assert leaking == [] and walked > 100


@pytest.mark.parametrize("role", STRANGERS, ids=str)
def test_every_verb_on_it_finds_nothing_and_changes_nothing(city, role):
    client, rev = person_of(role, city), city["secret"].rev
    posted = 0
    for route in patterns(get_resolver()):
        if not route.startswith(("reports/<str:number>/", "lapor/<str:number>/", "reports/files/")):
            continue
        values = {"text": "x", "status": "resolved", "score": 1, "pin": "000000", "note": "x", "into": 1}
        answer = client.post(filled(route, city), values)
        posted += 1
        expected = {302, 403, 404, 405} if role is None else {403, 404, 405}
        if answer.status_code == 302 and role is not None:
            # The PIN's door and the way out of it answer a hidden number as one that does not exist.
            assert route in {"lapor/<str:number>/pin/", "lapor/<str:number>/tutup/"}, route
            nothing = client.post("/" + route.replace("<str:number>", "LAP-2222-2222"), values)
            assert nothing.url == answer.url.replace(city["secret"].number, "LAP-2222-2222")
            continue
        assert answer.status_code in expected, f"{route}: {answer.status_code}"
        assert not leaks(answer, city, number=False)
    assert posted > 12
    fresh = Report.objects.get(pk=city["secret"].pk)
    assert fresh.rev == rev and Note.objects.filter(report=fresh).count() == 1


@pytest.mark.parametrize("role", STRANGERS, ids=str)
def test_no_tile_layer_search_or_list_counts_it(city, role):
    client = person_of(role, city)
    for tile in tiles():
        assert not leaks(client.get(f"/tile/{tile.key}/"), city), tile.key
    for layer in layers():
        assert not leaks(client.get(f"/wall/layer/{layer.key}.geojson"), city), layer.key
    if role is not None:
        viewer = viewers.viewer_of_user(make_user(role, agency=city["own"] if role is Role.HEAD else None))
        assert not Report.objects.visible_to(viewer).filter(pk=city["secret"].pk).exists()
        for found in (Attachment.objects, Outbox.objects, Note.objects):
            if hasattr(found, "visible_to"):
                assert not found.visible_to(viewer).filter(report=city["secret"]).exists()
    assert not Report.objects.public().filter(pk=city["secret"].pk).exists()


def test_neither_is_it_offered_joined_nor_counted_by_citizens(city):
    near = Client().get("/lapor/mirip.json", {"text": "Pungutan liar", "lat": "-6.22", "lng": "106.2",
                                              "category": city["category"].pk})  # fmt: skip
    assert not leaks(near, city)
    for form in ("json", "xml"):
        asked = f"/open311/v2/requests/{city['secret'].number}.{form}"
        assert Client().get(asked).status_code == 404
    listed = Client().get("/open311/v2/requests.json", {"service_request_id": city["secret"].number})
    assert json.loads(listed.content) == []


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.HEAD, Role.PARTNER], ids=str)
@pytest.mark.django_db(transaction=True)
async def test_no_event_of_it_reaches_a_socket(city, role):
    client = await database_sync_to_async(person_of)(role, city)
    cookie = f"sessionid={client.cookies['sessionid'].value}".encode()
    socket = WebsocketCommunicator(application, "/ws/desk/", headers=[*ORIGIN, (b"cookie", cookie)])
    assert (await socket.connect())[0]
    await socket.send_json_to({"t": "join", "topics": ["complaints.report", "incidents.alarm"]})
    await asyncio.sleep(0.5)
    for name in ("secret", "opened"):
        await database_sync_to_async(announce)(city[name])
    heard = []
    while not await socket.receive_nothing(timeout=1.0):
        heard.append(await socket.receive_output())
    events = [json.loads(message["text"]) for message in heard if message.get("text")]
    about = [event for event in events if event["t"] == "event" and event["topic"] == "complaints.report"]
    told = {event["id"] for event in about}
    await socket.disconnect()
    await database_sync_to_async(connections.close_all)()
    assert city["secret"].pk not in told
    assert (city["opened"].pk in told) is (role is not Role.PARTNER)


def test_topics_agree_with_rows(city):
    inspector = make_user(Role.HEAD, agency=city["other"])
    viewer = viewers.viewer_of_user(inspector)
    assert Report.objects.visible_to(viewer).filter(pk=city["secret"].pk).exists()
    assert live.group_name("complaints.report", f"agency-{city['other'].pk}") in set(
        live.groups_for(viewer, ["complaints.report"])
    )


def test_those_who_handle_it_see_it(city):
    inspector = client_of(make_user(Role.HEAD, agency=city["other"]))
    admin = client_of(make_user(Role.ADMIN))
    number = city["secret"].number
    for client in (inspector, admin):
        assert MARK in client.get(f"/reports/{number}/").content.decode()
        assert number in client.get("/reports/").content.decode()
    answer = inspector.get(f"/reports/files/{city['file'].uuid}/")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("role", [Role.HEAD, None], ids=str)
def test_an_anonymous_reporters_name_is_on_no_page_of_his_report(city, role):
    person = make_reporter(name="Nama " + MARK, phone="081277770077", email="pelapor77@contoh.invalid")
    report = make_report("Jalan rusak", reporter=person, channel=person.channel, anonymous=True)
    assigning.assign(pk=report.pk, agency=city["own"], viewer=None)
    client, seen = person_of(role, city), 0
    for route in patterns(get_resolver()):
        if "<str:number>" not in route or route.startswith("admin/"):
            continue
        path = (filled(route, city) or "").replace(city["secret"].number, report.number)
        for query in ({}, {"contact": "1"}, {"extensions": "true"}):
            answer = client.get(path, query)
            assert answer.status_code < 500 and not leaks(answer, city), path
            seen += answer.status_code == 200
    assert seen
