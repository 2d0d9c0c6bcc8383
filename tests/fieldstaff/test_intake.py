"""Phones at their doors: stored before the answer, and the answer each app needs to empty its queue."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from fieldstaff.models import Device, DeviceBinding, Flag, Kind, Latest, Position, Quarantine, Shift, SosEvent
from tests.factories.fieldstaff import LONG_AGO, make_device, make_officer, make_shift
from tests.fieldstaff.phones import Phone

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def only() -> Position:
    return Position.objects.get()


def test_a_position_is_stored_and_answered_with_nothing(phone: Phone):
    at = now() - MINUTE
    answer = phone.osmand(
        at, speed="4.86", bearing="92", altitude="21", accuracy="9", batt="64.4", charge="true"
    )
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    row = only()
    assert (row.lat, row.lon, row.fix_at, row.kind) == (-6.20415, 106.64572, at, Kind.FIX)
    assert (row.speed_dms, row.course, row.alt_m, row.acc_m, row.batt) == (25, 92, 21, 9, 64)
    assert row.flags == Flag.CHARGING and row.officer.bindings.get().device == phone.device
    latest = Latest.objects.get()
    assert (latest.fix_at, latest.lat_e7, latest.batt) == (at, -62041500, 64)
    phone.device.refresh_from_db()
    assert phone.device.last_fix_at == at and now() - phone.device.last_recv_at < MINUTE


@pytest.mark.parametrize(("told", "flag"), [(True, Flag.CHARGING), (False, Flag.UNPLUGGED), (None, 0)])
def test_what_the_phone_says_of_its_plug_is_kept_both_ways(phone: Phone, told: bool | None, flag: int):
    """Off the plug is a word of its own: without it a battery that never drains could not be noticed."""
    at = now() - MINUTE
    coords = {"latitude": -6.2, "longitude": 106.6}
    battery = {"level": 0.64} | ({} if told is None else {"is_charging": told})
    nine = {"location": {"timestamp": at.isoformat(), "coords": coords, "battery": battery}}
    assert phone.post(json.dumps(nine | {"device_id": "70011234"})).status_code == 200
    assert (only().flags, only().batt) == (flag, 64)


def test_every_form_is_taken_at_the_one_address(phone: Phone):
    at = now() - 10 * MINUTE
    stamps = [int((at + n * MINUTE).timestamp()) for n in range(6)]
    base = f"/fieldstaff/t/{phone.token}/"
    assert phone.client.get(f"{base}?id=70011234&lat=-6.2&lon=106.6&timestamp={stamps[0]}").status_code == 200
    form = f"id=70011234&lat=-6.2&lon=106.6&timestamp={stamps[1]}"
    assert phone.post(form, "application/x-www-form-urlencoded").status_code == 200
    nine = {"location": {"timestamp": stamps[2] * 1000, "coords": {"latitude": -6.2, "longitude": 106.6}}}
    nine["location"]["timestamp"] = (at + 2 * MINUTE).isoformat()
    assert phone.post(json.dumps(nine | {"device_id": "70011234"})).status_code == 200
    own = {
        "_type": "location",
        "tst": stamps[3],
        "lat": -6.2,
        "lon": 106.6,
        "tid": "k7",
        "topic": "owntracks/a/70011234",
    }
    answer = phone.post(json.dumps(own))
    assert (answer.status_code, answer.content) == (200, b"[]")
    array = [{"id": "70011234", "lat": -6.2, "lon": 106.6, "timestamp": stamp} for stamp in stamps[4:]]
    assert phone.post(json.dumps(array)).status_code == 200
    assert Position.objects.count() == 6 and not Quarantine.objects.exists()
    assert phone.post(b"").status_code in {200, 400}


def test_an_unknown_or_revoked_token_is_404_and_stores_nothing(phone: Phone):
    from fieldstaff import tokens

    assert phone.osmand(token="cc_00000000_" + "A" * 43).status_code == 404
    assert phone.osmand(token="x").status_code == 404
    tokens.revoke(viewer=None, device=phone.device)
    answer = phone.osmand(alarm="sos")
    assert (answer.status_code, answer.content) == (404, b"")
    assert not Position.objects.exists() and not Quarantine.objects.exists() and not SosEvent.objects.exists()


def test_no_device_id_is_400_and_another_devices_is_200_and_quarantine(phone: Phone):
    assert phone.osmand(id=None).status_code == 400
    assert not Quarantine.objects.exists()
    assert phone.osmand(id="99999999").status_code == 200
    row = Quarantine.objects.get()
    assert (row.reason, row.detail) == ("device", "99999999") and not Position.objects.exists()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"lat": "91"}, "place"),
        ({"lat": "NaN"}, "place"),
        ({"timestamp": "-1"}, "time"),
        ({"timestamp": "4070908800"}, "time"),
        ({"timestamp": str(int((datetime.now(UTC) - timedelta(days=9)).timestamp()))}, "too_old"),
        ({"timestamp": str(int((datetime.now(UTC) + timedelta(days=8)).timestamp()))}, "time"),
    ],
)
def test_what_cannot_be_used_is_answered_200_and_kept_for_people(phone: Phone, values, reason):
    assert phone.osmand(**values).status_code == 200
    assert Quarantine.objects.get().reason == reason
    assert not Position.objects.exists()
    assert Latest.objects.get().last_contact > now() - MINUTE, "it was heard, whatever it said"


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"{", b"[" * 40, b"x" * 300_000, b"id=\x00&lat=1"])
def test_bytes_of_any_kind_never_block_a_queue(phone: Phone, body):
    answer = phone.post(body)
    assert answer.status_code in {200, 400} and not Position.objects.exists()
    assert all("\x00" not in row.raw for row in Quarantine.objects.all())


def test_a_repeat_changes_nothing_and_late_data_never_moves_the_marker_back(phone: Phone):
    at = now() - 5 * MINUTE
    for _ in range(2):
        phone.osmand(at, lat="-6.1")
    phone.osmand(at - HOUR, lat="-6.3")
    latest = Latest.objects.get()
    assert Position.objects.count() == 2 and (latest.fix_at, latest.lat) == (at, -6.1)
    assert Position.objects.get(fix_at=at - HOUR).flags & Flag.LATE
    before = latest.last_contact
    phone.osmand(now(), lat=None, lon=None)
    latest.refresh_from_db()
    assert latest.last_contact >= before and latest.fix_at == at, "a heartbeat is a contact and no place"


def test_a_clock_that_runs_ahead_never_freezes_the_marker(phone: Phone):
    phone.osmand(now() + 3 * HOUR, lat="-6.1")
    latest = Latest.objects.get()
    assert only().flags & Flag.CLOCK_AHEAD and latest.fix_at <= datetime.now(UTC)
    latest_before = latest.fix_at
    phone.osmand(datetime.now(UTC) + 3 * HOUR + MINUTE, lat="-6.2")
    latest.refresh_from_db()
    assert latest.lat == -6.2 and latest.fix_at > latest_before


def test_off_duty_the_contact_is_kept_and_the_place_is_not(phone: Phone):
    edge = Shift.objects.get().span.lower
    for minutes, kept in ((-29, True), (-31, False)):
        Position.objects.all().delete()
        assert phone.osmand(edge + minutes * MINUTE, speed="3", accuracy="5").status_code == 200
        row = only()
        assert (row.lat_e7 is not None) is kept and bool(row.flags & Flag.OFF_DUTY) is not kept
        assert (row.speed_dms is None and row.acc_m is None) is not kept
    Shift.objects.all().delete()
    Latest.objects.all().delete()
    phone.osmand(timestamp="-1")
    assert Latest.objects.get().lat_e7 is None
    assert "106.6" not in Quarantine.objects.get().raw and "#.###" in Quarantine.objects.get().raw


def test_in_an_emergency_the_place_is_kept_off_duty_too_and_a_task_that_is_none_keeps_nothing(phone: Phone):
    Shift.objects.all().delete()
    items = [
        {
            "id": str(uuid.uuid4()),
            "kind": kind,
            "at": (now() - n * MINUTE).isoformat(),
            "lat": -6.2,
            "lon": 106.6,
        }
        for n, kind in enumerate(("task", "sos", "fix", "checkin"))
    ]
    assert phone.batch(items).status_code == 200
    kept = set(Position.objects.filter(lat_e7__isnull=False).values_list("kind", flat=True))
    assert kept == {Kind.SOS} and SosEvent.objects.get().lat == -6.2


def test_a_phone_that_changed_hands_speaks_for_who_had_it_then(phone: Phone):
    first, second = DeviceBinding.objects.get(), make_officer()
    noon = now() - 30 * MINUTE
    first.valid = (LONG_AGO, noon)
    first.save()
    DeviceBinding.objects.create(device=phone.device, officer=second, valid=(noon, None))
    make_shift(second, noon, 4)
    phone.osmand(noon - MINUTE)
    phone.osmand(noon + MINUTE)
    owners = list(Position.objects.order_by("fix_at").values_list("officer", flat=True))
    assert owners == [first.officer_id, second.pk]
    assert Latest.objects.get(officer=first.officer).last_contact == noon - MINUTE


def test_help_comes_before_repeats_limits_and_names(
    phone: Phone, settings, django_capture_on_commit_callbacks
):
    from fieldstaff import signals

    heard = []
    settings.POSITIONS_PER_MINUTE = 1
    at = now()

    def note(pk, signal, **_kwargs):
        heard.append((signal is signals.sos_called, pk))

    signals.sos_called.connect(note)
    signals.sos_repeated.connect(note)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            assert phone.osmand(at).status_code == 200
            assert phone.osmand(at).status_code == 429
            assert phone.osmand(at, alarm="sos").status_code == 200
            assert phone.osmand(at, alarm="sos").status_code == 200
            assert phone.osmand(at, alarm="sos", id="lain", lat="91").status_code == 200
    finally:
        signals.sos_called.disconnect(note)
        signals.sos_repeated.disconnect(note)
    event = SosEvent.objects.get()
    assert event.repeats == 2 and heard == [(True, event.pk), (False, event.pk), (False, event.pk)]
    assert set(Position.objects.values_list("kind", flat=True)) == {Kind.FIX, Kind.SOS}


def test_the_limit_is_each_phones_own_never_the_addresss(phone: Phone, settings):
    settings.POSITIONS_PER_MINUTE = 3
    other = Phone(make_device(make_officer(), uid="2"))
    codes = [phone.osmand(now() - n * MINUTE).status_code for n in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    answer = phone.osmand()
    assert answer.status_code == 429 and answer.headers["Retry-After"]
    assert other.osmand().status_code == 200


def test_owntracks_by_its_login(phone: Phone):
    Device.objects.update(protocol="owntracks")
    answer = phone.owntracks(now(), vel=27)
    assert (answer.status_code, answer.content) == (200, b"[]") and only().speed_dms == 75
    refused = phone.owntracks(now(), password="cc_00000000_" + "A" * 43)
    assert refused.status_code == 401 and refused.headers["WWW-Authenticate"].startswith("Basic")
    page = Client().get("/fieldstaff/owntracks")
    assert page.status_code == 405 and b"OwnTracks" in page.content and page.headers["Allow"] == "POST"


def test_a_batch_hears_of_each_item(phone: Phone):
    at = now() - 2 * MINUTE
    good = {
        "id": str(uuid.uuid4()),
        "kind": "fix",
        "at": at.isoformat(),
        "lat": -6.2,
        "lon": 106.6,
        "mono_ms": 1000,
    }
    old = {**good, "id": str(uuid.uuid4()), "at": (at - timedelta(days=20)).isoformat()}
    old.pop("mono_ms")
    bad = {**good, "id": str(uuid.uuid4()), "lat": 91}
    first = phone.batch([good]).json()["items"]
    assert [item["result"] for item in first] == ["accepted"]
    again = phone.batch([good, bad, old]).json()["items"]
    assert [item["result"] for item in again] == ["duplicate", "quarantined", "quarantined"]
    assert [item.get("reason") for item in again] == [None, "place", "time"]
    assert Position.objects.count() == 1 and Quarantine.objects.count() == 2
    assert phone.batch([good], token="cc_00000000_" + "A" * 43).status_code == 401
    assert phone.client.get("/fieldstaff/api/v1/batch").status_code == 405


def test_a_batch_says_how_wrong_the_phones_clock_is(phone: Phone):
    slow = now() - HOUR
    item = {"id": str(uuid.uuid4()), "kind": "fix", "at": slow.isoformat(), "lat": -6.2, "lon": 106.6}
    phone.batch([item], sent_at=slow)
    phone.device.refresh_from_db()
    assert abs(phone.device.clock_skew_s - 3600) <= 2
    assert not only().flags & Flag.LATE and only().fix_at == slow
    assert abs(Latest.objects.get().fix_at - now()) < MINUTE


def test_without_tls_the_door_refuses_and_notes_the_token(phone: Phone, settings):
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    answer = phone.osmand()
    assert answer.status_code == 403 and "Location" not in answer.headers
    phone.device.refresh_from_db()
    assert phone.device.exposed_at is not None and not Position.objects.exists()


def test_while_the_database_is_away_phones_keep_their_queues(phone: Phone, monkeypatch):
    from django.db import OperationalError

    from fieldstaff import ingest, tokens

    def away(*_args, **_kwargs):
        raise OperationalError("the server closed the connection")

    beat = {"id": str(uuid.uuid4()), "kind": "heartbeat", "at": now().isoformat()}
    for module, name in ((ingest, "store"), (tokens, "check")):
        monkeypatch.setattr(module, name, away)
        answer = phone.osmand(now())
        assert answer.status_code == 503 and answer.headers["Retry-After"] == "30"
        assert phone.owntracks(now()).status_code == 503
        assert phone.batch([beat]).status_code == 503
        monkeypatch.undo()
    assert not Position.objects.exists()
