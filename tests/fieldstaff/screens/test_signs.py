"""Signs of a made-up place stand under a route that was opened for a purpose: for people, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from commandcenter.city.roles import Role, ensure_roles
from fieldstaff import partitions
from fieldstaff.days import signs
from fieldstaff.models import Attendance, DayDue, Position
from fieldstaff.models.choices import Flag
from fieldstaff.spoofpolicy import Kind
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.fieldstaff import make_device, make_officer, make_shift
from tests.fieldstaff.screens.test_trail import asked
from tests.fieldstaff.trails import pinned, street

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew():
    """Three of one supervisor at work since nine hours; the places of two are one pin, to the last digit."""
    ensure_roles()
    agency, now = make_agency(), timezone.now().replace(second=0, microsecond=0)
    start = now - timedelta(hours=9)
    partitions.make(now)
    people = {name: make_officer(agency=agency, user=make_user()) for name in ("cheat", "helper", "honest")}
    for officer in people.values():
        shift = make_shift(officer, start, 8.5)
    for name, sights in (("cheat", pinned()), ("helper", pinned()), ("honest", street(3))):
        keep(people[name], sights, start, height=0 if name == "cheat" else None)
    return {"agency": agency, "day": shift.work_date, **people}


def keep(officer, sights, start, height=None):
    device, first = make_device(officer), sights[0].at
    Position.objects.bulk_create(
        Position(
            device=device, officer=officer, fix_at=start + timedelta(seconds=s.at - first), recv_at=start,
            kind=1, lat_e7=s.lat, lon_e7=s.lon, acc_m=s.acc, batt=s.battery, alt_m=height,
        )
        for s in sights
    )  # fmt: skip


def test_they_are_read_from_the_stored_trail_with_who_was_there_too(crew):
    report = signs.of_day(crew["cheat"], crew["day"])
    assert report is not None and report.needs_review
    same = next(one for one in report.findings if one.kind is Kind.SAME_COORDINATE)
    assert same.others == (crew["helper"].pk,)
    honest = signs.of_day(crew["honest"], crew["day"])
    assert honest is not None and (honest.score, honest.findings) == (0, ())
    assert signs.of_day(crew["cheat"], crew["day"] - timedelta(days=3)) is None
    assert not DayDue.objects.exists() and not Attendance.objects.exists(), "nothing is stored or cut"


def test_a_battery_that_never_drains_is_told_of_phones_that_say_they_are_off_the_plug(crew):
    """Off the plug for hours and always at one per cent; a phone that does not tell stays out."""
    rows = Position.objects.filter(officer=crew["honest"])

    def said(flag, at=None):
        rows.update(flags=flag, batt=64)
        if at is not None:
            rows.filter(fix_at=at).update(batt=63)
        report = signs.of_day(crew["honest"], crew["day"])
        return [one.kind for one in report.findings]

    assert said(Flag.UNPLUGGED) == [Kind.FLAT_BATTERY]
    assert said(0) == said(Flag.CHARGING) == []
    assert said(Flag.UNPLUGGED, rows.latest("fix_at").fix_at) == []


def test_they_stand_behind_the_purpose_and_the_officer_himself_has_none(crew):
    officer, day = crew["cheat"], crew["day"]
    client = client_of(make_user(Role.HEAD, agency=crew["agency"]))
    page = f"/officers/{officer.pk}/?day={day}"
    assert "Tanda lokasi buatan" not in client.get(page).content.decode()
    asked(client, officer, day)
    text = client.get(page).content.decode()
    assert "Tanda lokasi buatan" in text and "Sebaiknya diperiksa" in text
    assert "rekan di tempat itu: 1" in text and "Hari dan honor tidak berubah" in text
    own = client_of(officer.user).get(page).content.decode()
    assert "cc-trail" in own and "Tanda lokasi buatan" not in own
