"""Secrets of phones: shown once, changed with a day's overlap, revoked at once, in no log line."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from commandcenter import keys
from commandcenter.city.models import AuditEntry
from fieldstaff import tokens
from fieldstaff.models import Device, Position
from tests.factories.fieldstaff import make_device
from tests.fieldstaff.phones import Phone

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 8, 21, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def empty(redis_client):
    return redis_client


def test_a_token_opens_one_phone_and_only_its_hash_is_kept():
    device = make_device()
    text = tokens.issue(viewer=None, device=device, now=NOW)
    assert text.startswith("cc_") and len(text) == 55
    known = tokens.check(text, NOW)
    assert known and (known.pk, known.uid, known.prefix) == (device.pk, device.uid, text[3:11])
    secret = text[12:]
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(d)::text FROM fieldstaff_device d")
        assert secret not in cursor.fetchone()[0]
    assert all(secret not in str(entry.detail) for entry in AuditEntry.objects.all())
    for wrong in (
        text[:-1] + ("A" if text[-1] != "A" else "B"),
        "cc_00000000_" + secret,
        secret,
        "",
        "cc__",
        "x" * 9999,
    ):
        assert tokens.check(wrong, NOW) is None


def test_a_new_token_waits_three_days_for_its_first_use():
    text = tokens.issue(viewer=None, device=make_device(), now=NOW)
    other = tokens.issue(viewer=None, device=make_device(), now=NOW)
    assert tokens.check(text, NOW + 71 * HOUR)
    assert tokens.check(text, NOW + 999 * HOUR), "used in time: no end of its own"
    assert tokens.check(other, NOW + 73 * HOUR) is None


def test_a_changed_token_opens_for_another_day(django_capture_on_commit_callbacks):
    device = make_device()
    old = tokens.issue(viewer=None, device=device, now=NOW)
    assert tokens.check(old, NOW)
    with django_capture_on_commit_callbacks(execute=True):
        new = tokens.rotate(viewer=None, device=device, now=NOW)
    assert tokens.check(old, NOW + 23 * HOUR) and tokens.check(new, NOW)
    assert tokens.check(old, NOW + 24 * HOUR) is None
    with django_capture_on_commit_callbacks(execute=True):
        newest = tokens.rotate(viewer=None, device=device, now=NOW + HOUR)
    assert tokens.check(old, NOW + HOUR) is None, "only one old token"
    assert tokens.check(new, NOW + HOUR) and tokens.check(newest, NOW + HOUR)


def test_issuing_anew_ends_all_older_ones(django_capture_on_commit_callbacks):
    device = make_device()
    with django_capture_on_commit_callbacks(execute=True):
        old = tokens.issue(viewer=None, device=device, now=NOW)
    assert tokens.check(old, NOW)
    with django_capture_on_commit_callbacks(execute=True):
        tokens.issue(viewer=None, device=device, now=NOW)
    assert tokens.check(old, NOW) is None


def test_a_revoked_token_is_refused_at_once_though_it_was_remembered(django_capture_on_commit_callbacks):
    device = make_device()
    with django_capture_on_commit_callbacks(execute=True):
        text = tokens.issue(viewer=None, device=device, now=NOW)
    keys.client().flushdb()
    assert tokens.check(text, NOW)
    keys.client().flushdb()  # its first use left a mark; now the verdict is remembered
    assert tokens.check(text, NOW)
    name = keys.key("fieldstaff", "token", text[3:11])
    assert 0 < keys.client().ttl(name) <= 60 and text[12:].encode() not in keys.client().get(name)
    Device.objects.update(label="tanpa basis data")
    with django_capture_on_commit_callbacks(execute=True):
        assert tokens.revoke(viewer=None, device=device, now=NOW)
        assert not tokens.revoke(viewer=None, device=device, now=NOW)
    assert tokens.check(text, NOW) is None
    # An answer from before the change, that arrives only now, does not open it again.
    assert keys.client().set(name, b"{}", nx=True) is None


def test_without_redis_the_table_answers(settings, monkeypatch):
    from redis.exceptions import ConnectionError as Away

    text = tokens.issue(viewer=None, device=make_device(), now=NOW)

    class Dead:
        def __getattr__(self, _name):
            raise Away

    monkeypatch.setattr(keys, "client", Dead)
    assert tokens.check(text, NOW) and tokens.check("cc_00000000_" + text[12:], NOW) is None


def test_no_log_line_holds_a_token(caplog, phone: Phone):
    from commandcenter.redaction import redact

    secret = phone.token[12:]
    with caplog.at_level(logging.DEBUG):
        assert phone.osmand().status_code == 200
        assert phone.osmand(token=f"cc_00000000_{secret}").status_code == 404
        assert phone.client.get(f"/fieldstaff/t/{phone.token}/x/").status_code == 404
        assert phone.post(b"{" * 100).status_code == 200
        assert phone.osmand(id="lain").status_code == 200
    assert Position.objects.count() == 1
    for record in caplog.records:
        assert secret not in redact(record.getMessage()), record
        if record.name == "django.request":
            assert secret not in record.getMessage()
    assert redact(f"GET /fieldstaff/t/{phone.token}/?id=1") == "GET /fieldstaff/t/***/?id=1"
    assert redact(f"Bearer {phone.token}") == f"Bearer cc_{phone.token[3:11]}_***"
