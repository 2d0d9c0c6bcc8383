"""Six digits on a screen, typed at a desk; and where a connected screen may be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from commandcenter.city.models import AuditEntry
from commandcenter.wall import pairing
from commandcenter.wall.identify import COOKIE, digest
from commandcenter.wall.models import Display, PairingCode
from commandcenter.wall.screen_health import note_status
from commandcenter.wall.services import save_display

from .conftest import Socket, TestSource, in_db, open_wall, pair

pytestmark = pytest.mark.django_db
story = pytest.mark.django_db(transaction=True)  # sockets see committed rows only
Clients = dict[str, Client]
Sockets = Callable[..., Socket]


def test_pairing_by_six_digits(clients: Clients) -> None:
    screen = Client()
    code, secret = open_wall(screen)
    assert screen.post("/wall/claim/", {"secret": secret}).json()["state"] == "waiting"
    spaced = f"{code[:3]} {code[3:]}"
    assert (
        clients["operator"].post("/desk/displays/pair/", {"code": spaced, "name": "Dinding"}).status_code
        == 302
    )
    answer = screen.post("/wall/claim/", {"secret": secret})
    assert answer.json() == {"state": "paired", "url": "/wall/"}
    cookie = answer.cookies[COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and int(cookie["max-age"]) > 3e7
    display = Display.objects.get()
    assert display.token_digest == digest(cookie.value) and cookie.value not in str(vars(display))
    page = screen.get("/wall/")
    assert f'data-socket="/ws/wall/{display.pk}/"' in page.content.decode()
    assert COOKIE in page.cookies
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
        "display.pairing_approved",
        "display.paired",
    }


def test_a_code_works_once(clients: Clients) -> None:
    screen = Client()
    code, secret = open_wall(screen)
    desk = clients["operator"]
    desk.post("/desk/displays/pair/", {"code": code, "name": "A"})
    assert desk.post("/desk/displays/pair/", {"code": code, "name": "B"}).status_code == 200
    assert not Display.objects.filter(name="B").exclude(token_digest="").exists()
    assert screen.post("/wall/claim/", {"secret": secret}).json()["state"] == "paired"
    assert Client().post("/wall/claim/", {"secret": secret}).json()["state"] == "expired"


def test_a_stolen_code_yields_nothing_without_its_secret(clients: Clients) -> None:
    screen, thief = Client(), Client()
    code, _ = open_wall(screen)
    clients["operator"].post("/desk/displays/pair/", {"code": code, "name": "A"})
    for guess in ["", code, "x" * 43, "x" * 5000]:
        answer = thief.post("/wall/claim/", {"secret": guess, "code": code})
        assert answer.json()["state"] == "expired" and COOKIE not in answer.cookies


def test_a_code_dies_after_ten_minutes(clients: Clients) -> None:
    screen = Client()
    code, secret = open_wall(screen)
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1), tick=True):
        assert (
            clients["operator"].post("/desk/displays/pair/", {"code": code, "name": "A"}).status_code == 200
        )
        assert screen.post("/wall/claim/", {"secret": secret}).json()["state"] == "expired"


def test_a_reloaded_page_keeps_its_code_while_there_is_time_to_type_it() -> None:
    screen = Client()
    first = open_wall(screen)
    assert open_wall(screen) == first
    with time_machine.travel(timezone.now() + timedelta(minutes=9), tick=True):
        second = open_wall(screen)
        assert second != first
        assert list(PairingCode.objects.values_list("code", flat=True)) == [second[0]]


def test_a_page_reloaded_between_approval_and_claim_is_paired(clients: Clients) -> None:
    screen = Client()
    code, _ = open_wall(screen)
    clients["operator"].post("/desk/displays/pair/", {"code": code, "name": "A"})
    _, secret = open_wall(screen)
    assert screen.post("/wall/claim/", {"secret": secret}).json()["state"] == "paired"


def test_a_newcomer_beyond_ten_of_an_address_is_refused_and_takes_nobodys_code() -> None:
    codes = {open_wall(Client())[0] for _ in range(10)}
    assert Client().get("/wall/").status_code == 429
    assert Client(REMOTE_ADDR="10.0.0.9").get("/wall/").status_code == 200
    assert codes <= set(PairingCode.objects.values_list("code", flat=True))
    page = Client(headers={"Accept-Language": "id"}).get("/wall/")
    assert "Terlalu banyak layar" in page.content.decode()


def test_no_office_has_that_many_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "MOST_WAITING", 3)
    codes = {open_wall(Client(REMOTE_ADDR=f"10.0.0.{n}"))[0] for n in range(3)}
    assert Client(REMOTE_ADDR="10.0.0.7").get("/wall/").status_code == 429
    assert set(PairingCode.objects.values_list("code", flat=True)) == codes


def test_codes_whose_pages_are_gone_make_room() -> None:
    stays = Client()
    code, secret = open_wall(stays)
    for _ in range(9):
        open_wall(Client())
    with time_machine.travel(timezone.now() + timedelta(seconds=30), tick=True):
        stays.post("/wall/claim/", {"secret": secret})
        for _ in range(9):
            open_wall(Client())
        assert PairingCode.objects.count() == 10
        assert PairingCode.objects.filter(code=code).exists()
        assert Client().get("/wall/").status_code == 429


def test_who_paired_a_screen_from_where_and_where_it_is_now(clients: Clients) -> None:
    screen = Client(REMOTE_ADDR="10.20.30.40")
    display = pair(clients["operator"], screen)
    assert (display.paired_by, display.paired_from) == ("operator", "10.20.30.40")
    note_status(display.pk, {"t": "status"}, "10.20.30.40")
    note_status(display.pk, {"t": "status", "build": "a\x00\ud800b"}, "198.51.100.7")
    page = clients["operator"].get("/desk/displays/").content.decode()
    assert "10.20.30.40" in page and "198.51.100.7" in page
    assert f"/desk/displays/{display.pk}/revoke/" in page
    assert Display.objects.get().build == "ab"
    page = clients["operator"].get(f"/desk/displays/{display.pk}/").content.decode()
    assert "10.20.30.40" in page and "198.51.100.7" in page


def test_a_display_tied_to_its_network_shows_nothing_elsewhere(clients: Clients) -> None:
    screen = Client(REMOTE_ADDR="10.20.30.40")
    display = pair(clients["operator"], screen)
    note_status(display.pk, {"t": "status"}, "198.51.100.7")
    form = {
        "name": "Dinding", "width_px": 1920, "height_px": 1080, "diagonal_in": 55, "viewing_distance_m": 3,
        "scale": 1, "theme": "dark", "volume": 80, "sharing": ["internal"],
    }  # fmt: skip
    path = f"/desk/displays/{display.pk}/"
    wrong = clients["operator"].post(path, {**form, "allowed_cidrs": "10.20.0.0"})
    assert wrong.status_code == 302  # one address is a network too
    assert clients["operator"].post(path, {**form, "allowed_cidrs": "ruang 3"}).status_code == 200
    page = clients["operator"].post(path, {**form, "allowed_cidrs": "10.20.0.0/16"}, follow=True)
    assert "198.51.100.7, di luar jaringan" in page.content.decode()
    assert screen.get("/wall/").status_code == 200
    thief = Client(REMOTE_ADDR="198.51.100.7")
    thief.cookies[COOKIE] = screen.cookies[COOKIE].value
    answer = thief.get("/wall/")
    assert answer.status_code == 403 and "198.51.100.7" in answer.content.decode()
    assert COOKIE not in answer.cookies and "data-socket" not in answer.content.decode()
    assert thief.get("/wall/scene/").status_code == 401
    assert thief.get("/cctv/").status_code == 302
    entry = AuditEntry.objects.filter(action="display.changed").latest("pk")
    assert entry.detail["networks"]["new"] == ["10.20.0.0/16"]


@story
async def test_a_socket_of_another_network_is_refused_and_an_open_one_closed(
    clients: Clients, sockets: Sockets, source: TestSource
) -> None:
    screen = Client()
    display = await in_db(pair)(clients["operator"], screen)

    async def opened(address: str) -> Socket:
        socket = sockets(f"/ws/wall/{display.pk}/", screen)
        socket.scope["client"] = [address, 4711]
        socket.first = await socket.hello()  # type: ignore[attr-defined]
        return socket

    inside, outside = await opened("10.20.30.40"), await opened("198.51.100.7")
    assert outside.first["t"] == "hello"  # type: ignore[attr-defined]
    await in_db(save_display)(viewer=None, display=await in_db(tied)(display.pk))
    assert await outside.closed() == 4401
    again = await opened("198.51.100.7")
    assert again.first["t"] == "revoked"  # type: ignore[attr-defined]
    await inside.say(t="show", source="test", ids=[1])
    assert (await inside.text("shown"))["ids"] == [1]
    await inside.say(t="status", width=1)
    async with asyncio.timeout(3):
        while (await in_db(Display.objects.get)()).seen_from != "10.20.30.40":
            await asyncio.sleep(0.05)


def tied(pk: int) -> Display:
    display = Display.objects.get(pk=pk)
    display.allowed_cidrs = ["10.20.0.0/16"]
    return display


def test_five_wrong_codes_a_minute_and_then_even_the_right_one_waits(clients: Clients) -> None:
    screen = Client()
    code, _ = open_wall(screen)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        clients["operator"].post("/desk/displays/pair/", {"code": wrong, "name": "A"})
    page = clients["operator"].post("/desk/displays/pair/", {"code": code, "name": "C"})
    assert page.status_code == 200
    assert PairingCode.objects.get().used_at is None
    assert clients["admin"].post("/desk/displays/pair/", {"code": code, "name": "D"}).status_code == 302
