"""Today's board: alerts from rosters and contacts, for who may see them, and nothing written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import PUBLIC, viewer_of_user
from fieldstaff.days import board
from fieldstaff.models import Attendance, Latest, Leave
from fieldstaff.presence import Reach
from tests.factories.city import make_agency, make_user
from tests.factories.fieldstaff import make_officer, make_shift

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 8, 21, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def city():
    """Five officers under one supervisor, each with another morning."""
    ensure_roles()
    agency = make_agency("satpol")
    boss = make_officer("BOS", agency=agency, user=make_user(username="bos"))
    stories = {
        "seen": (NOW - 60 * MINUTE, NOW - MINUTE),
        "unseen": (NOW - 60 * MINUTE, NOW - 70 * MINUTE),
        "in grace": (NOW - 4 * MINUTE, None),
        "later": (NOW + 60 * MINUTE, NOW - MINUTE),
        "sick": (NOW - 60 * MINUTE, None),
        "yesterday": (NOW - 30 * 60 * MINUTE, NOW),
    }
    for name, (start, contact) in stories.items():
        officer = make_officer(name, agency=agency, supervisor=boss)
        make_shift(officer, start, 8)
        if contact:
            Latest.objects.create(officer=officer, last_contact=contact)
        if name == "sick":
            Leave.objects.create(officer=officer, kind="sakit", span=(start, NOW + 600 * MINUTE))
    return agency


def test_the_supervisor_sees_who_is_missing_and_nothing_is_written(city):
    viewer = viewer_of_user(type(make_user()).objects.get(username="bos"))
    names = dict(type(city).objects.get().officers.values_list("pk", "code"))
    found = {names[one.officer]: (one.state, one.reach) for one in board.live(viewer, NOW)}
    assert found == {
        "seen": ("in_progress", Reach.FRESH),
        "unseen": ("no_show_yet", Reach.GONE),
        "in grace": ("not_started", Reach.GONE),
        "later": ("not_started", Reach.FRESH),
        "sick": ("sick", Reach.GONE),
    }
    assert [names[one.officer] for one in board.missing(viewer, NOW)] == ["unseen"]
    assert not Attendance.objects.exists()


def test_the_mayor_gets_numbers_and_no_persons(city):
    mayor = viewer_of_user(make_user(Role.MAYOR))
    assert board.live(mayor, NOW) == [] == board.live(PUBLIC, NOW)
    assert board.counts(mayor, NOW) == {
        city.pk: {"in_progress": 1, "no_show_yet": 1, "not_started": 2, "sick": 1}
    }
    assert board.counts(PUBLIC, NOW) == {}
