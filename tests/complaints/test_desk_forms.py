"""What an operator types for a citizen: nothing that reaches nobody, and nothing far away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from commandcenter.city.roles import Role
from complaints.models import Report, RoomRequest
from complaints.roomflow import Room
from complaints.views.rooms import late_words
from tests.factories.city import client_of, make_user
from tests.factories.complaints import make_category, make_channel, make_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(db) -> Client:
    make_channel("112")
    return client_of(make_user(Role.OPERATOR))


@pytest.mark.parametrize(("typed", "taken"), [("08129", False), ("x", False), ("0812 3456 7890", True)])
def test_a_number_too_short_to_call_is_refused_with_words(operator, typed, taken):
    values = {"channel": make_channel("phone").pk, "text": "Lampu mati di Ciruas", "phone": typed}
    page = operator.post("/reports/new/", values, follow=True).content.decode()
    assert Report.objects.exists() is taken
    assert ("Tulis nomor lengkapnya" in page) is not taken


def test_coordinates_are_folded_behind_the_map_and_unfold_for_their_mistake(operator):
    page = operator.get("/reports/new/").content.decode()
    map_at, fold = page.index("data-point-picker"), page.index("<summary>Koordinat")
    assert map_at < fold < page.index('name="lat"') and 'type="submit">Simpan laporan' in page[:map_at]
    values = {"channel": make_channel("phone").pk, "text": "Lampu mati", "lat": "99", "lng": "1"}
    wrong = operator.post("/reports/new/", values).content.decode()
    assert 'class="cc-fold" open' in wrong and not Report.objects.exists()


def test_112_leads_to_rooms_and_asks_for_words_before_the_number(operator):
    page = operator.get("/reports/112/").content.decode()
    assert 'href="/reports/rooms/new/" data-key="r"' in page
    assert page.index('id="text"') < page.index('id="phone"') < page.index('id="address"')


def test_while_a_hold_runs_no_other_clock_is_called_late(operator):
    """The report behind it has clocks of minutes; whoever sees time left must not read that it is over."""
    now = timezone.now()
    category = make_category("KES-03", kind="room", private=True, priority="urgent")
    room = RoomRequest.objects.get(report=make_report(category=category, secret=True))
    room.state, room.held_until = Room.HELD, now + timedelta(minutes=5)
    room.report.answer_due = room.report.finish_due = now - timedelta(minutes=1)
    assert late_words(room, now) == ""
    room.held_until, room.state = None, Room.ASKED
    assert late_words(room, now) == "jawaban terlambat"
    page = operator.get("/reports/rooms/").content.decode()
    assert "diminta <cc-age" in page and "</cc-age> lalu" in page
    room.report.verify_due = room.report.answer_due = None
    assert late_words(room, now) == "penyelesaian terlambat"
