"""What a person may give a screen, and which codes still pair it: by HTTP, as tried at the desk."""

from __future__ import annotations

import pytest
from django.test import Client

from commandcenter.city.models import AuditEntry
from commandcenter.wall.models import Display, PairingCode

from .conftest import open_wall

pytestmark = pytest.mark.django_db
Clients = dict[str, Client]


def form(**more: object) -> dict[str, object]:
    """A display's form, filled in."""
    return {
        "name": "Dinding", "width_px": 1920, "height_px": 1080, "diagonal_in": 55, "viewing_distance_m": 3,
        "scale": 1, "theme": "dark", "sharing": ["public"], "volume": 50, **more,
    }  # fmt: skip


def test_an_operator_gives_no_screen_what_he_may_not_see(clients: Clients) -> None:
    display = Display.objects.create(name="Dinding", sharing=["public"])
    address = f"/desk/displays/{display.pk}/"
    answer = clients["operator"].post(address, form(sharing=["public", "restricted"]))
    assert answer.status_code == 200
    assert b'value="restricted"' not in answer.content
    assert Display.objects.get().sharing == ["public"]
    assert clients["admin"].post(address, form(sharing=["public", "restricted"])).status_code == 302
    entry = AuditEntry.objects.get(action="display.changed")
    assert entry.detail["sharing"] == {"old": ["public"], "new": ["public", "restricted"]}


def test_what_the_editor_does_not_hold_stays(clients: Clients) -> None:
    display = Display.objects.create(name="Dinding", sharing=["public", "restricted"])
    answer = clients["operator"].post(f"/desk/displays/{display.pk}/", form(sharing=["partner"]))
    assert answer.status_code == 302
    assert Display.objects.get().sharing == ["partner", "restricted"]


def test_a_display_that_shows_more_is_not_theirs_to_pair(clients: Clients) -> None:
    display = Display.objects.create(name="Dinding", sharing=["public", "restricted"])
    code, _secret = open_wall(Client())
    data = {"code": code, "name": "", "display": display.pk}
    answer = clients["operator"].post("/desk/displays/pair/", data)
    assert answer.status_code == 200
    assert "tidak boleh Anda lihat" in answer.content.decode() or "may not see" in answer.content.decode()
    assert PairingCode.objects.get().used_at is None
    assert clients["admin"].post("/desk/displays/pair/", data).status_code == 302


def test_a_code_approved_before_revoking_pairs_no_more(clients: Clients) -> None:
    screen = Client()
    code, secret = open_wall(screen)
    clients["operator"].post("/desk/displays/pair/", {"code": code, "name": "Dinding"})
    display = Display.objects.get()
    assert clients["operator"].post(f"/desk/displays/{display.pk}/revoke/").status_code == 302
    assert screen.post("/wall/claim/", {"secret": secret}).json()["state"] == "expired"
    assert not Display.objects.get().paired
