"""The bulk road: taken only where the server writes an append-only file; stored once, lost never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from commandcenter import keys
from commandcenter.runtime.servers import Valkey
from fieldstaff import store, stream, tasks
from fieldstaff.messages import FIX, Message, Received, micros
from fieldstaff.models import Latest, Position, Quarantine, SosEvent
from tests.factories.fieldstaff import make_device, make_officer, make_shift
from tests.fieldstaff.phones import Phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def aof(settings, redis_client):
    """A server that writes its file, as in production."""
    settings.POSITION_ROAD = "stream"
    before = redis_client.config_get("appendfsync")["appendfsync"]
    redis_client.config_set("appendonly", "yes")
    redis_client.config_set("appendfsync", "always")
    stream.forget()
    yield redis_client
    redis_client.config_set("appendonly", "no")
    redis_client.config_set("appendfsync", before)
    stream.forget()


def request(device: int, at: datetime, recv: datetime | None = None, **values) -> Received:
    message = Message(FIX, micros(at), lat=-62_000_000, lon=1_062_000_000, **values)
    return Received(device, micros(recv or at), "traccar", [message], [])


def test_a_position_waits_in_the_stream_and_is_written_by_the_worker(aof, phone: Phone):
    now = datetime.now(UTC).replace(microsecond=0)
    for n in range(5):
        assert phone.osmand(now - timedelta(minutes=n)).status_code == 200
    phone.osmand(now)
    assert not Position.objects.exists() and aof.xlen(stream.name()) == 6
    tasks.drain_positions()
    assert Position.objects.count() == 5 and Latest.objects.get().fix_at == now
    assert aof.xlen(stream.name()) == 0
    assert stream.drain() == 0


def test_without_an_append_only_file_it_is_written_before_the_answer(settings, phone: Phone):
    settings.POSITION_ROAD = "stream"
    stream.forget()
    assert not stream.is_durable()
    assert phone.osmand().status_code == 200
    assert Position.objects.count() == 1 and keys.client().xlen(stream.name()) == 0


@pytest.mark.parametrize("rule", [("appendfsync", "everysec"), ("no-appendfsync-on-rewrite", "yes")])
def test_a_file_that_reaches_the_disk_later_is_not_durable(aof, phone: Phone, rule):
    """What was answered in the last second before a power failure would be lost."""
    assert stream.is_durable()
    before = aof.config_get(rule[0])[rule[0]]
    aof.config_set(*rule)
    stream.forget()
    try:
        assert not stream.is_durable()
        assert phone.osmand().status_code == 200
        assert Position.objects.count() == 1 and not aof.xlen(stream.name())
    finally:
        aof.config_set(rule[0], before)
        stream.forget()


def test_the_house_own_stream_server_is_durable(settings, tmp_path):
    """The one that `up` starts, and what the compose file says of the other."""
    server = Valkey(tmp_path, log=True)
    server.start()
    settings.STREAM_URL = server.url
    stream.client.cache_clear()
    stream.forget()
    try:
        assert stream.is_durable()
    finally:
        server.stop()
        stream.client.cache_clear()
        stream.forget()
    compose = (settings.BASE_DIR / "docker-compose.yml").read_text()
    assert "--appendfsync, always" in compose and "everysec" not in compose


def test_help_and_what_cannot_be_used_take_no_detour(aof, phone: Phone):
    phone.osmand(alarm="sos")
    phone.osmand(lat="91")
    assert SosEvent.objects.count() == 1 and Quarantine.objects.count() == 1
    assert aof.xlen(stream.name()) == 0


def test_what_a_dead_worker_held_is_written_by_the_next_and_only_once(aof, phone: Phone, monkeypatch):
    now = datetime.now(UTC).replace(microsecond=0)
    phone.osmand(now)
    stream._make_group(aof)
    assert aof.xreadgroup(stream.GROUP, "dead", {stream.name(): ">"}, count=10)
    assert stream.drain() == 0, "it may only be slow"
    monkeypatch.setattr(stream, "IDLE_MS", 0)
    assert stream.drain() == 1
    assert Position.objects.count() == 1 and aof.xlen(stream.name()) == 0
    stream.append(request(phone.device.pk, now))
    assert stream.drain() == 1 and Position.objects.count() == 1


def test_while_the_database_is_away_the_stream_keeps_everything(aof, phone: Phone, monkeypatch):
    phone.osmand()

    def away(_requests, **_how):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(stream, "store", away)
    assert stream.drain() == 0 and aof.xlen(stream.name()) == 1
    monkeypatch.setattr(stream, "store", store.store)
    monkeypatch.setattr(stream, "IDLE_MS", 0)
    assert stream.drain() == 1 and Position.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_bad_entry_costs_the_others_nothing(aof):
    now = datetime.now(UTC).replace(microsecond=0)
    officer = make_officer()
    make_shift(officer, now - timedelta(hours=1))
    device = make_device(officer)
    stream.append(request(device.pk, now))
    stream.append(request(device.pk, now - timedelta(minutes=1), batt=101))
    stream.append(request(device.pk, now - timedelta(minutes=2), flags=99_999))
    aof.xadd(stream.name(), {"d": b"not json"})
    stream.append(request(device.pk, now - timedelta(minutes=3)))
    assert stream.drain() == 5 and aof.xlen(stream.name()) == 0
    assert Position.objects.count() == 2
    assert list(Quarantine.objects.values_list("reason", flat=True)) == ["store", "store"]
    Position.objects.all()._raw_delete("default")


def test_many_phones_at_once_keep_their_own_newest_place(db):
    now = datetime.now(UTC).replace(microsecond=0)
    phones = []
    for _ in range(4):
        officer = make_officer()
        make_shift(officer, now - timedelta(hours=3), 6)
        phones.append(make_device(officer))
    requests = [
        request(device.pk, now - timedelta(minutes=10 * n + k), recv=now)
        for n, device in enumerate(phones)
        for k in (3, 1, 2, 1)
    ]
    stored = store.store(requests)
    assert len(stored.new) == 12 and len(stored.rows) == 16
    found = dict(Latest.objects.values_list("device", "fix_at"))
    assert found == {d.pk: now - timedelta(minutes=10 * n + 1) for n, d in enumerate(phones)}
    assert {row.last_contact for row in Latest.objects.all()} == {now}
    assert store.store(requests).new == set()


def test_a_missing_day_is_made_on_the_way(db):
    from django.db import connection

    from fieldstaff import partitions

    now = datetime.now(UTC).replace(microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {partitions.name_of(now.date())}")
    device = make_device(make_officer())
    assert len(store.store([request(device.pk, now)]).new) == 1
    assert now.date() in partitions.present()
