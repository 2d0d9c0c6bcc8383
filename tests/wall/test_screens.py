"""A screen becomes a display, shows its scene, loses its rights: by HTTP and socket as a wall PC does it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from commandcenter.city.models import AuditEntry
from commandcenter.wall import pairing
from commandcenter.wall.identify import COOKIE
from commandcenter.wall.models import Display, Scene, SceneLayer

from .conftest import Socket, TestSource, in_db, open_wall, pair, publish

pytestmark = pytest.mark.django_db
story = pytest.mark.django_db(transaction=True)  # sockets see committed rows only
Clients = dict[str, Client]
Sockets = Callable[..., Socket]


@pytest.mark.parametrize("role", ["mayor", "agency-head", "partner"])
def test_others_may_not_pair(role: str, clients: Clients) -> None:
    code, _ = open_wall(Client())
    assert clients[role].post("/desk/displays/pair/", {"code": code, "name": "A"}).status_code == 403
    assert Client().post("/desk/displays/pair/", {"code": code, "name": "A"}).status_code == 302
    assert not Display.objects.exists()


def test_a_claim_from_another_site_is_refused() -> None:
    _, secret = open_wall(Client())
    answer = Client(headers={"origin": "https://evil.example"}).post("/wall/claim/", {"secret": secret})
    assert answer.status_code == 404


def test_a_replacement_kills_the_old_token(clients: Clients) -> None:
    old, new = Client(), Client()
    pair(clients["operator"], old)
    pair(clients["operator"], new)
    assert Display.objects.count() == 1
    assert "data-socket" in new.get("/wall/").content.decode()
    assert "data-secret" in old.get("/wall/").content.decode()


def test_a_display_token_opens_nothing_else(clients: Clients) -> None:
    screen = Client()
    display = pair(clients["operator"], screen)
    for path in [
        "/desk/displays/", f"/desk/displays/{display.pk}/", "/desk/scenes/", "/desk/playlists/",
        "/desk/wall/", "/desk/shift-test/", "/desk/", "/home/mayor/", "/desk/scenes/new/",
        "/desk/displays/pair/",
    ]:  # fmt: skip
        assert screen.get(path).status_code in {302, 403}, path
    for path in [
        f"/desk/displays/{display.pk}/revoke/",
        f"/desk/displays/{display.pk}/delete/",
        "/desk/displays/new/",
    ]:
        assert screen.post(path).status_code in {302, 403}, path
    assert Display.objects.get().paired


@story
async def test_revoking_closes_the_open_socket_and_returns_to_pairing(
    source: TestSource, clients: Clients, sockets: Sockets
) -> None:
    screen = Client()
    display = await in_db(pair)(clients["operator"], screen)
    socket = sockets(f"/ws/wall/{display.pk}/", screen)
    assert (await socket.hello())["t"] == "hello"
    await socket.say(t="show", source="test", ids=[1, 99])
    assert (await socket.text("shown"))["ids"] == [1]
    async with asyncio.timeout(2):
        await in_db(clients["operator"].post)(f"/desk/displays/{display.pk}/revoke/")
        assert await socket.text("revoked")
        assert await socket.closed() == 4401
    publish(1)
    page = await in_db(screen.get)("/wall/")
    assert "data-secret" in page.content.decode()


@story
async def test_a_display_opens_only_its_own_socket(clients: Clients, sockets: Sockets) -> None:
    one, two = Client(), Client()
    await in_db(pair)(clients["operator"], one, "Satu")
    other = await in_db(pair)(clients["operator"], two, "Dua")
    for socket in (
        sockets(f"/ws/wall/{other.pk}/", one),
        sockets("/ws/desk/", one),
        sockets("/ws/wall/12345/", one),
    ):
        assert (await socket.hello())["t"] == "revoked"
        assert await socket.closed() == 4401


@story
async def test_narrowing_what_a_display_may_show_takes_its_pictures_away(
    source: TestSource, clients: Clients, sockets: Sockets
) -> None:
    screen = Client()
    display = await in_db(pair)(clients["operator"], screen)
    socket = sockets(f"/ws/wall/{display.pk}/", screen)
    await socket.hello()
    await socket.say(t="show", source="test", ids=[1])
    assert (await socket.text("shown"))["ids"] == [1]
    form = {
        "name": "Dinding", "width_px": 1920, "height_px": 1080, "diagonal_in": 55, "viewing_distance_m": 3,
        "scale": 1, "theme": "dark", "sharing": ["public"], "volume": 50,
    }  # fmt: skip
    answer = await in_db(clients["operator"].post)(f"/desk/displays/{display.pk}/", form)
    assert answer.status_code == 302
    assert (await socket.text("shown"))["ids"] == []


@story
async def test_a_screen_reports_its_health(clients: Clients, sockets: Sockets) -> None:
    screen = Client()
    display = await in_db(pair)(clients["operator"], screen)
    socket = sockets(f"/ws/wall/{display.pk}/", screen)
    hello = await socket.hello()
    await socket.say(
        t="status", build=hello["build"], width=1920, height=1080, visible=True, late=2, fps="no"
    )
    await socket.say(t="show", source="none", ids=[])
    await socket.text("shown")
    page = (await in_db(clients["operator"].get)("/desk/displays/")).content.decode()
    assert "1920 × 1080" in page and 'data-state="degraded"' in page
    row = await Display.objects.aget()
    assert row.last_seen and row.build == hello["build"]


@story
async def test_casting_reaches_the_screen_and_ends(clients: Clients, sockets: Sockets) -> None:
    screen, desk = Client(), clients["operator"]
    display = await in_db(pair)(desk, screen)
    plain = await Scene.objects.acreate(name="Biasa", preset="single", layout=[])
    cast = await Scene.objects.acreate(name="Siaran", preset="single", layout=[])
    await in_db(desk.post)(f"/desk/displays/{display.pk}/programme/", {"scene": plain.pk, "playlist": ""})
    socket = sockets(f"/ws/wall/{display.pk}/", screen)
    await socket.hello()
    await in_db(desk.post)(f"/desk/displays/{display.pk}/put-on/", {"scene": cast.pk, "minutes": 5})
    event = await socket.text("event")
    assert (event["topic"], event["id"]) == ("wall.display", display.pk)
    page = (await in_db(screen.get)("/wall/scene/")).content.decode()
    assert 'data-title="Siaran"' in page and 'data-kind="cast"' in page and "data-next-at" in page
    ended = timezone.now() - timedelta(seconds=1)
    await SceneLayer.objects.aupdate(starts_at=ended - timedelta(minutes=5), ends_at=ended)
    assert 'data-title="Biasa"' in (await in_db(screen.get)("/wall/scene/")).content.decode()
    await in_db(desk.post)(f"/desk/displays/{display.pk}/take-off/")
    assert 'data-title="Biasa"' in (await in_db(screen.get)("/wall/scene/")).content.decode()


@story
async def test_the_shift_test_flashes_and_hears_the_screens(clients: Clients, sockets: Sockets) -> None:
    screen, desk = Client(), clients["operator"]
    display = await in_db(pair)(desk, screen)
    socket = sockets(f"/ws/wall/{display.pk}/", screen)
    await socket.hello()
    number = (await in_db(desk.post)("/desk/shift-test/flash/")).json()["flash"]
    event = await socket.text("event")
    assert (event["topic"], event["rev"]) == ("wall.flash", number)
    await socket.say(t="status", flash=event["rev"], visible=True)
    await socket.say(t="show", source="none", ids=[])
    await socket.text("shown")
    answers = (await in_db(desk.get)(f"/desk/shift-test/screens/?flash={number}")).json()["screens"]
    assert [(one["name"], one["answered"]) for one in answers] == [("Dinding", True)]
    form = {
        "heard-info": 1,
        "heard-warning": 1,
        "heard-critical": 1,
        "heard-panic": 1,
        f"seen-{display.pk}": 1,
    }
    assert (await in_db(desk.post)("/desk/shift-test/", form)).status_code == 302
    entry = await AuditEntry.objects.aget(action="shift.tested")
    assert entry.detail["passed"] is True


def test_calibration_draws_the_bar_of_its_own_screen(clients: Clients) -> None:
    screen = Client()
    assert screen.get("/wall/calibrate/").status_code == 302
    pair(clients["operator"], screen)
    page = screen.get("/wall/calibrate/").content.decode()
    assert 'data-pitch="0.6342"' in page


def test_the_first_screen_shows_something_right_by_itself(clients: dict[str, Client]) -> None:
    """An empty city: pairing makes one scene, and the next new screen gets the same one."""
    assert not Scene.objects.exists()
    row, secret = pairing.start_pairing()
    page = clients["operator"].post(
        "/desk/displays/pair/", {"code": row.code, "name": "Dinding"}, follow=True
    )
    assert "Ringkasan kota" in page.content.decode()
    wall = Client()
    wall.cookies[COOKIE] = pairing.claim(secret=secret)[2]
    shown = wall.get("/wall/").content.decode()
    assert "Belum ada kamera" in shown and "cc-clock" in shown and "cc-tile-error" not in shown
    scene = Scene.objects.get()
    assert [place["key"] for place in scene.layout] == ["cctv.mosaic", "wall.clock", "cctv.trouble"]
    other, _secret = pairing.start_pairing()
    clients["operator"].post("/desk/displays/pair/", {"code": other.code, "name": "Lobi"})
    assert set(Display.objects.values_list("scene", flat=True)) == {scene.pk}
    assert Scene.objects.count() == 1


def test_pairing_keeps_a_programme_that_a_display_has(clients: dict[str, Client]) -> None:
    Scene.objects.create(name="Pertama", preset="single")
    own = Scene.objects.create(name="Sendiri", preset="single")
    display = Display.objects.create(name="Aula", scene=own)
    row, _secret = pairing.start_pairing()
    clients["operator"].post("/desk/displays/pair/", {"code": row.code, "display": display.pk})
    display.refresh_from_db()
    assert display.scene == own


def test_the_pairing_form_says_that_one_of_the_two_is_needed(clients: dict[str, Client]) -> None:
    page = clients["operator"].get("/desk/displays/pair/").content.decode()
    assert page.count("(isi salah satu)") == 2 and "boleh kosong" not in page


def test_a_shift_test_without_any_tick_or_word_is_no_test(clients: dict[str, Client]) -> None:
    desk = clients["operator"]
    page = desk.post("/desk/shift-test/", {"latency": "12", "note": "  "})
    assert page.status_code == 200 and "Belum ada yang dicatat" in page.content.decode()
    assert not AuditEntry.objects.filter(action="shift.tested").exists()
    page = desk.post("/desk/shift-test/", {"note": "Pengeras suara mati"}, follow=True)
    assert "tidak semuanya beres" in page.content.decode()
    assert AuditEntry.objects.get(action="shift.tested").detail["passed"] is False


def test_whole_numbers_stand_without_a_decimal_point(clients: dict[str, Client]) -> None:
    display = Display.objects.create(name="Aula", diagonal_in=55, viewing_distance_m=3.5)
    page = clients["operator"].get(f"/desk/displays/{display.pk}/").content.decode()
    assert re.search(r'name="diagonal_in" value="55"', page) and 'value="3.5"' in page
    assert 'value="3"' in clients["operator"].get("/desk/displays/new/").content.decode()
