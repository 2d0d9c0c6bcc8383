"""A route: with a right, a stated purpose and a row that the officer reads; on duty only; rough when old."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role, ensure_roles
from fieldstaff import partitions
from fieldstaff.models import Position
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.fieldstaff import make_device, make_officer, make_shift

WHY = {"purpose": "attendance", "text": "Memeriksa keberatan tanggal itu"}


@pytest.fixture
def walked(db, redis_client):
    """An officer with a login whose eight hours began nine hours ago: places before, in and after them."""
    ensure_roles()
    agency = make_agency()
    officer = make_officer(agency=agency, user=make_user())
    start = timezone.now().replace(microsecond=0) - timedelta(hours=9)
    shift = make_shift(officer, start)
    walk(officer, start)
    return {"agency": agency, "officer": officer, "day": shift.work_date, "start": start}


def walk(officer, start, **values):
    """Every half hour a fix, from an hour before the shift to an hour after it."""
    device = make_device(officer, **values)
    late = timedelta(seconds=2 + values.get("clock_skew_s", 0))
    for n in range(-2, 19):
        at = start + timedelta(minutes=30 * n)
        Position.objects.create(
            device=device, officer=officer, fix_at=at, recv_at=at + late, kind=1,
            lat_e7=-61_234_567 + n, lon_e7=1_061_543_211,
        )  # fmt: skip


def asked(client, officer, day, why=WHY):
    return client.post(f"/officers/{officer.pk}/look/", {"day": str(day), **why})


def test_without_a_purpose_there_is_no_route_and_with_one_there_is_a_row(walked):
    officer, day = walked["officer"], walked["day"]
    client = client_of(make_user(Role.HEAD, agency=walked["agency"]))
    path = f"/officers/{officer.pk}/trail/?day={day}"
    assert client.get(path).status_code == 404
    for short in (
        {"purpose": "attendance", "text": "ok"},
        {"purpose": "iseng", "text": "ingin tahu saja"},
        {},
    ):
        asked(client, officer, day, short)
    assert client.get(path).status_code == 404 and not AuditEntry.objects.filter(action="officer.trail_seen")
    assert asked(client, officer, day).status_code == 302
    row = AuditEntry.objects.get(action="officer.trail_seen")
    assert (row.subject_id, row.detail["day"], row.detail["text"]) == (str(officer.pk), str(day), WHY["text"])
    assert len(client.get(path).json()["points"]) == 16
    other = walked["day"] - timedelta(days=1)
    assert client.get(f"/officers/{officer.pk}/trail/?day={other}").status_code == 404


def test_only_the_shift_is_shown(walked):
    client = client_of(walked["officer"].user)
    found = client.get(f"/officers/{walked['officer'].pk}/trail/?day={walked['day']}").json()
    start = int(walked["start"].timestamp() * 1000)
    times = [point[0] for point in found["points"]]
    assert times[0] == start and times[-1] < start + 8 * 3_600_000 and times == sorted(times)
    assert found["rough"] is False and found["points"][0][1] == pytest.approx(-6.1234567)


def test_the_officer_reads_who_looked_and_looks_at_himself_without_a_row(walked):
    head = make_user(Role.HEAD, agency=walked["agency"], first_name="Haji", last_name="Mansyur")
    asked(client_of(head), walked["officer"], walked["day"])
    own = client_of(walked["officer"].user)
    assert own.get(f"/officers/{walked['officer'].pk}/trail/?day={walked['day']}").status_code == 200
    page = own.get("/officers/looks/").content.decode()
    assert head.display_name in page and WHY["text"] in page and "pemeriksaan kehadiran" in page
    assert AuditEntry.objects.filter(action="officer.trail_seen").count() == 1
    assert client_of(make_user(Role.HEAD, agency=walked["agency"])).get("/officers/looks/").status_code == 404


def test_the_desk_the_mayor_and_a_foreign_head_get_no_route(walked):
    make_shift(walked["officer"], timezone.now() - timedelta(minutes=30), 1)
    people = [make_user(Role.OPERATOR), make_user(Role.MAYOR), make_user(Role.HEAD, agency=make_agency())]
    for user in people:
        client = client_of(user)
        assert asked(client, walked["officer"], walked["day"]).status_code in {403, 404}
        path = f"/officers/{walked['officer'].pk}/trail/?day={walked['day']}"
        assert client.get(path).status_code in {403, 404}
    assert not AuditEntry.objects.filter(action="officer.trail_seen").exists()


@pytest.mark.parametrize(("kind", "rough"), [("penyapu", True), ("pengawas", False)])
def test_after_seven_days_a_route_is_rough_but_a_supervisors(walked, kind, rough):
    officer = make_officer(agency=walked["agency"], kind=kind, user=make_user())
    start = timezone.now().replace(microsecond=0) - timedelta(days=8, hours=9)
    partitions.make(start)
    shift = make_shift(officer, start)
    walk(officer, start)
    found = client_of(officer.user).get(f"/officers/{officer.pk}/trail/?day={shift.work_date}").json()
    assert found["rough"] is rough and len(found["points"]) == 16
    assert (found["points"][0][1] == -6.123) is rough


def test_a_wrong_clock_is_put_right_before_the_shift_is_asked(walked):
    officer = make_officer(agency=walked["agency"], user=make_user())
    shift = make_shift(officer, walked["start"])
    walk(officer, walked["start"] - timedelta(hours=1), clock_skew_s=3_600)
    found = client_of(officer.user).get(f"/officers/{officer.pk}/trail/?day={shift.work_date}").json()
    assert found["points"][0][0] == int(walked["start"].timestamp() * 1000) and len(found["points"]) == 16
