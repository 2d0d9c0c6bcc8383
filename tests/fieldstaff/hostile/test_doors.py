"""A stolen token at the doors: floods, and what stays of where somebody was."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from fieldstaff import partitions
from fieldstaff.models import Correction, Latest, Position, Quarantine, Shift, SosEvent, WaterLevel
from tests.complaints.test_files import picture
from tests.factories.fieldstaff import make_device, make_officer, make_shift
from tests.fieldstaff.phones import Phone
from tests.fieldstaff.pwa.stage import Pwa

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
MOST_OPEN = 10


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def phone(redis_client) -> Phone:
    officer = make_officer()
    make_shift(officer, now() - 2 * HOUR, 8)
    return Phone(make_device(officer, uid="70011234", protocol="app"))


def call(**values: object) -> dict[str, object]:
    return {"id": str(uuid.uuid4()), "kind": "sos", "at": now().isoformat(), **values}


def test_a_thousand_calls_of_one_phone_are_a_few_alarms_and_none_is_lost(phone):
    for _batch in range(2):
        assert phone.batch([call() for _ in range(30)]).status_code == 200
    assert SosEvent.objects.count() == MOST_OPEN
    assert sum(row.repeats + 1 for row in SosEvent.objects.all()) == 60
    first = SosEvent.objects.order_by("pk").first()
    phone.batch([call(id=first.client_key)])
    first.refresh_from_db()
    assert first.repeats == 1, "a call that is known is that call"
    SosEvent.objects.update(ended_at=now())
    phone.batch([call()])
    assert SosEvent.objects.filter(ended_at=None).count() == 1


def test_a_call_beside_them_opens_no_door_for_a_flood_of_positions(phone, settings):
    settings.POSITIONS_PER_MINUTE = 1
    codes = [phone.osmand(now() - timedelta(seconds=n), alarm="sos").status_code for n in range(12)]
    assert codes[:3] == [200, 200, 200] and codes[-1] == 429
    event = SosEvent.objects.get()
    assert event.repeats == 11, "every call was heard"
    assert Position.objects.count() < 8


def test_quarantine_says_of_nobody_where_he_was(phone):
    """A night's backlog that comes on duty, a place in an odd coding, and on duty too: nobody asked why."""
    night = {"id": str(uuid.uuid4()), "kind": "nothing", "at": (now() - 9 * HOUR).isoformat()}
    phone.batch([{**night, "lat": -6.20415, "lon": 106.64572}])
    phone.post("id=70011234&lat=-6%2E20415&lon=106%2E64572&timestamp=-1", "application/x-www-form-urlencoded")
    phone.osmand(timestamp="-1")
    assert Quarantine.objects.count() == 3
    for row in Quarantine.objects.all():
        assert not any(trace in row.raw for trace in ("20415", "64572")), row.raw


def test_a_watcher_off_duty_gives_a_level_and_no_place(redis_client):
    held = Pwa(kind="pemantau_kali")
    held.sign_in()
    values = {"station": "Jembatan", "level_cm": "120", "lat": "-6.12", "lon": "106.15"}
    assert held.form("/petugas/air/", **values).status_code == 201
    Shift.objects.all().delete()
    assert held.form("/petugas/air/", **values).status_code == 201
    places = WaterLevel.objects.order_by("pk").values_list("lat", "lng")
    assert list(places) == [(-6.12, 106.15), (None, None)]


def test_the_last_place_of_who_is_gone_leaves_with_his_trail(phone):
    phone.osmand(now())
    assert Latest.objects.get().lat is not None
    Latest.objects.update(fix_at=now() - timedelta(days=89))
    partitions.sweep()
    assert Latest.objects.get().lat is not None
    Latest.objects.update(fix_at=now() - timedelta(days=91))
    partitions.sweep()
    row = Latest.objects.get()
    assert (row.lat, row.lon, row.fix_at, row.speed_dms) == (None, None, None, None) and row.last_contact


def test_a_payroll_clerk_reads_no_place_in_a_roll_call(redis_client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    held = Pwa()
    held.sign_in()
    one = make_officer(agency=held.officer.agency, supervisor=held.officer)
    make_shift(one, now() - HOUR)
    answer = held.form(
        "/petugas/apel/", photo=picture(size=(60, 40)), officers=str(one.pk), lat="-6.12345", lon="106.15432",
        since=(now() - HOUR).isoformat(), until=now().isoformat(), note="hujan",
    )  # fmt: skip
    assert answer.status_code == 201
    row = Correction.objects.get()
    assert "hujan" in row.reason and "6.12" not in row.reason and "106" not in row.reason
    assert "-6.12345" in row.attachment, "the evidence keeps it"
