"""The watch over the intake: what it suggests, what it does not, and who confirms."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from fieldstaff import partitions
from fieldstaff.days import outages
from fieldstaff.models import DayDue, Outage, Position, Shift
from tests.factories.city import make_agency, make_area, make_user
from tests.factories.fieldstaff import make_attendance, make_device, make_officer, make_shift

pytestmark = pytest.mark.django_db
MINUTE, WEEK = timedelta(minutes=1), timedelta(weeks=1)


@pytest.fixture
def city(redis_client):
    """Ten officers in each of two areas, at work now and at this hour a week and two weeks ago."""
    cache.clear()
    now = timezone.now().replace(minute=30, second=0, microsecond=0)
    areas = [make_area("36.04.19"), make_area("36.04.20", "Kibin")]
    crews = []
    for area in areas:
        agency = make_agency(area=area)
        crews.append([make_officer(agency=agency) for _ in range(10)])
    for week in range(3):
        then = now - week * WEEK
        partitions.make(then)
        for crew in crews:
            for officer in crew:
                make_shift(officer, then - timedelta(hours=2), 8)
    phones = {officer: make_device(officer) for crew in crews for officer in crew}
    for week in (1, 2):
        for crew in crews:
            speak(phones, crew, now - week * WEEK - 30 * MINUTE, now - week * WEEK + 29 * MINUTE)
    return {"now": now, "areas": areas, "crews": crews, "phones": phones}


def speak(phones, crew, first, last, **values):
    """A message a minute of each of the crew, received a second later."""
    count = int((last - first) / MINUTE) + 1
    Position.objects.bulk_create(
        Position(
            device=phones[officer], officer=officer, fix_at=first + n * MINUTE,
            recv_at=first + n * MINUTE + timedelta(seconds=1), kind=1, **values,
        )
        for officer in crew for n in range(count)
    )  # fmt: skip


def now_speaks(city, *crews):
    for crew in crews:
        speak(city["phones"], crew, city["now"] - 10 * MINUTE, city["now"] - MINUTE)


def test_as_much_as_usual_is_no_outage(city):
    now_speaks(city, *city["crews"])
    assert outages.expected(city["now"])[outages.CITY] == 100
    assert outages.received(city["now"] - 5 * MINUTE, city["now"])[outages.CITY] == 100
    assert outages.look(city["now"]) == []


def test_silence_of_an_area_is_suggested_once_for_it_alone_and_ends_when_it_speaks_again(city):
    here, there = city["crews"]
    now_speaks(city, there)
    (pk,) = outages.look(city["now"])
    row = Outage.objects.get()
    assert (row.pk, row.area, row.suggested, row.span.upper) == (pk, city["areas"][0], True, None)
    assert row.span.lower == city["now"] - 5 * MINUTE and row.confirmed_at is None
    later = city["now"] + 5 * MINUTE
    speak(city["phones"], there, city["now"], later)
    assert outages.look(later) == []
    speak(city["phones"], here, city["now"], later)
    assert outages.look(later) == []
    row.refresh_from_db()
    assert row.span.upper == later


def test_silence_everywhere_is_one_outage_of_the_city(city):
    outages.look(city["now"])
    assert [(row.area, row.suggested) for row in Outage.objects.all()] == [(None, True)]
    assert outages.look(city["now"] + MINUTE) == []


def test_a_backlog_that_drains_is_no_sign_of_life_now(city):
    here, there = city["crews"]
    now_speaks(city, there)
    speak(city["phones"], here, city["now"] - 10 * MINUTE, city["now"] - MINUTE, flags=4)
    assert [row.area for row in Outage.objects.filter(pk__in=outages.look(city["now"]))] == [city["areas"][0]]


def test_a_holiday_on_which_nobody_is_on_shift_is_no_outage(city):
    Shift.objects.filter(span__contains=city["now"]).delete()
    assert outages.look(city["now"]) == [] and outages.expected(city["now"])[outages.CITY] == 0


def test_a_new_city_without_weeks_to_compare_suggests_nothing(redis_client):
    cache.clear()
    assert outages.look() == []


def test_a_person_confirms_or_dismisses_and_only_then_days_change(city):
    ensure_roles()
    (pk,) = outages.look(city["now"])
    shift = Shift.objects.filter(span__contains=city["now"]).first()
    make_attendance(shift)
    admin = viewer_of_user(make_user(Role.ADMIN))
    for role in (Role.HEAD, Role.MAYOR, Role.OPERATOR):
        with pytest.raises(PermissionDenied):
            outages.confirm(viewer=viewer_of_user(make_user(role)), pk=pk)
    with pytest.raises(ValidationError):
        outages.confirm(viewer=admin, pk=pk, end=city["now"] - 60 * MINUTE)
    assert not DayDue.objects.exists()
    row = outages.confirm(viewer=admin, pk=pk, end=city["now"], why="Internet pusat data putus")
    assert row.confirmed_by_id == admin.pk and row.why == "Internet pusat data putus"
    assert DayDue.objects.get().officer == shift.officer
    with pytest.raises(ValidationError, match="sudah diputuskan"):
        outages.dismiss(viewer=admin, pk=pk)
    assert AuditEntry.objects.filter(action="outage.confirmed").count() == 1


def test_a_dismissed_suggestion_is_not_made_again_while_it_lasts(city):
    ensure_roles()
    (pk,) = outages.look(city["now"])
    outages.dismiss(viewer=viewer_of_user(make_user(Role.ADMIN)), pk=pk)
    assert outages.look(city["now"] + MINUTE) == []
    assert Outage.objects.confirmed().count() == 0
