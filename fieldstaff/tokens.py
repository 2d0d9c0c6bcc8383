"""Secrets of phones: ``cc_<prefix>_<secret>``, shown once, kept as a keyed hash, one for one device.

The prefix finds the row and may stand in a log; the secret is 32 random bytes. A verdict is remembered in
Redis for a minute by prefix; whatever changes a token leaves a mark there that sends everybody to the table
at once, in every process.
"""

from __future__ import annotations

import hmac
import json
import logging
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from commandcenter import keys
from commandcenter.city import audit
from commandcenter.city.viewers import Viewer
from fieldstaff.models import Device, PushSubscription

log = logging.getLogger(__name__)
OVERLAP = timedelta(hours=24)
"""How long the old token still opens after a change: phones that are off get the new one the next day."""
ENROL = timedelta(hours=72)
"""How long a new token waits for its first use."""
FRESH_S = 900
"""So long after its first use somebody may still sit before the page that waits for it."""
CACHE_S = 60
_ASK = b"?"
_TOKEN = re.compile(r"cc_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")
# Compared with where there is nothing to compare, so that unknown prefixes take as long as known ones.
_NOTHING = "0" * 64


@dataclass(frozen=True, slots=True)
class Known:
    """A phone whose token was right. ``skew_s`` is what to add to its times, as far as it is known;
    ``fresh``: it is in its first minutes.
    """

    pk: int
    uid: str
    protocol: str
    prefix: str
    skew_s: int = 0
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What is remembered about a prefix. Times are Unix seconds; ``until`` 0: no end."""

    pk: int
    uid: str
    protocol: str
    digest: str
    skew_s: int
    until: float
    unused: bool
    enrolled: float = 0


def digest(secret: str) -> str:
    """HMAC-SHA256 under the field key: a stolen table cannot be tried offline without it."""
    key = settings.FIELD_KEY.encode()
    # In one call: half the time of hmac.new, which is asked at every message of every phone.
    return hmac.digest(key, b"fieldstaff token " + secret.encode(), "sha256").hex()


def check(text: str, now: datetime | None = None, *, use: bool = True) -> Known | None:
    """The phone whose token ``text`` is, or None: wrong, revoked, overdue, or no token at all.

    Not ``use``: a look that leaves a new token unused (a person opens a page with it, no app sends).
    """
    now = now or timezone.now()
    found = _TOKEN.fullmatch(text)
    prefix, secret = (found[1], found[2]) if found else ("", text[:64])
    verdict = _verdict(prefix, now) if found else None
    if not _opens(verdict, secret, now) or verdict is None:
        return None
    if verdict.unused and use:
        _enrol(verdict.pk, prefix, now)
    fresh = use and (verdict.unused or now.timestamp() - verdict.enrolled < FRESH_S)
    return Known(verdict.pk, verdict.uid, verdict.protocol, prefix, verdict.skew_s, fresh)


def mark_of(text: str) -> str:
    """The key under which Redis remembers the verdict about this token; empty where ``text`` is none."""
    found = _TOKEN.fullmatch(text)
    return _name(found[1]) if found else ""


def remembered(text: str, kept: bytes | None, now: datetime) -> Known | None:
    """The phone by what Redis has at ``mark_of(text)``, just read. None: ask ``check``, it may be any of
    wrong, revoked, changed, overdue, new, in its first minutes, or not remembered.
    """
    found = _TOKEN.fullmatch(text)
    if found is None or kept is None or kept == _ASK:
        return None
    verdict = _Verdict(**json.loads(kept))
    if verdict.unused or now.timestamp() - verdict.enrolled < FRESH_S or not _opens(verdict, found[2], now):
        return None
    return Known(verdict.pk, verdict.uid, verdict.protocol, found[1], verdict.skew_s)


def _opens(verdict: _Verdict | None, secret: str, now: datetime) -> bool:
    """Compares before it looks at anything else, so that unknown prefixes take as long as known ones."""
    right = hmac.compare_digest(digest(secret), verdict.digest if verdict else _NOTHING)
    return verdict is not None and right and not 0 < verdict.until <= now.timestamp()


@transaction.atomic
def issue(*, viewer: Viewer | None, device: Device, now: datetime | None = None) -> str:
    """The first token of a phone, or a wholly new one: any older opens nothing from now on. Shown once."""
    return _renew(viewer, device, now or timezone.now(), overlap=False)


@transaction.atomic
def rotate(*, viewer: Viewer | None, device: Device, now: datetime | None = None) -> str:
    """A new token; the old one opens for another day. Shown once."""
    return _renew(viewer, device, now or timezone.now(), overlap=True)


@transaction.atomic
def revoke(*, viewer: Viewer | None, device: Device, now: datetime | None = None) -> bool:
    """Ends the phone's tokens at once; False when that was done before."""
    row = Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    if row.revoked_at is not None:
        return False
    row.revoked_at = now or timezone.now()
    row.save(update_fields=["revoked_at"])
    # A lost phone must not go on ringing with where the next order is.
    PushSubscription.objects.on_phone(row.pk, row.revoked_at).delete()
    audit.record(viewer=viewer, action="device.token_revoked", subject=row)
    _forget_after_commit(row.token_prefix, row.previous_prefix)
    return True


@transaction.atomic
def consume(known: Known, now: datetime | None = None) -> None:
    """Ends the token's own power and keeps its prefix: what it was exchanged for goes on in its place."""
    spent = digest(secrets.token_urlsafe(32))
    Device.objects.filter(pk=known.pk, token_prefix=known.prefix).update(
        token_digest=spent, enrolled_at=now or timezone.now()
    )
    _forget_after_commit(known.prefix)


def exposed(known: Known, now: datetime | None = None) -> None:
    """Notes that the token came without TLS: somebody on the way may have it, and it must be changed."""
    Device.objects.filter(pk=known.pk).update(exposed_at=now or timezone.now())


def _renew(viewer: Viewer | None, device: Device, now: datetime, *, overlap: bool) -> str:
    row = Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    gone = [row.token_prefix, row.previous_prefix]
    keep = overlap and row.revoked_at is None and row.token_prefix is not None
    row.previous_prefix = row.token_prefix if keep else None
    row.previous_digest = row.token_digest if keep else ""
    row.previous_until = now + OVERLAP if keep else None
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    row.token_prefix, row.token_digest = prefix, digest(secret)
    row.token_issued_at, row.enrol_until, row.enrolled_at = now, now + ENROL, None
    row.revoked_at = None
    if not keep:
        PushSubscription.objects.on_phone(row.pk, now).delete()
    row.save(
        update_fields=[
            "previous_prefix", "previous_digest", "previous_until", "token_prefix", "token_digest",
            "token_issued_at", "enrol_until", "enrolled_at", "revoked_at",
        ]
    )  # fmt: skip
    action = "device.token_rotated" if keep else "device.token_issued"
    audit.record(viewer=viewer, action=action, subject=row, detail={"prefix": prefix})
    _forget_after_commit(prefix, *gone)
    return f"cc_{prefix}_{secret}"


def _enrol(pk: int, prefix: str, now: datetime) -> None:
    """The first use: from now on the token has no end of its own."""
    if Device.objects.filter(pk=pk, token_prefix=prefix, enrolled_at=None).update(enrolled_at=now):
        _mark(prefix)


def _verdict(prefix: str, now: datetime) -> _Verdict | None:
    name = _name(prefix)
    try:
        kept = keys.client().get(name)
    except RedisError:
        return _ask(prefix, now)
    if kept is not None and kept != _ASK:
        return _Verdict(**json.loads(kept))
    verdict = _ask(prefix, now)
    if kept is None and verdict is not None:
        try:
            # NX: a change in the meantime has left its mark, and this answer is already old.
            keys.client().set(name, json.dumps(asdict(verdict)), ex=CACHE_S, nx=True)
        except RedisError as error:
            log.warning("a token's verdict is not remembered: %s", type(error).__name__)
    return verdict


def _ask(prefix: str, now: datetime) -> _Verdict | None:
    row: Device | None = Device.objects.of_prefix(prefix, now).first()
    if row is None:
        return None
    current = row.token_prefix == prefix
    end = (None if row.enrolled_at else row.enrol_until) if current else row.previous_until
    return _Verdict(
        pk=row.pk,
        uid=row.uid,
        protocol=row.protocol,
        digest=row.token_digest if current else row.previous_digest,
        skew_s=row.clock_skew_s or 0,
        until=end.timestamp() if end else 0,
        unused=current and row.enrolled_at is None,
        enrolled=row.enrolled_at.timestamp() if row.enrolled_at else 0,
    )


def _name(prefix: str) -> str:
    return keys.key("fieldstaff", "token", prefix)


def _forget_after_commit(*prefixes: Any) -> None:
    def forget() -> None:
        _mark(*(prefix for prefix in prefixes if prefix))

    transaction.on_commit(forget, robust=True)


def _mark(*prefixes: str) -> None:
    """Nothing is remembered of these for a minute: longer than any answer that is under way."""
    try:
        with keys.client().pipeline(transaction=False) as pipe:
            for prefix in prefixes:
                pipe.set(_name(prefix), _ASK, ex=CACHE_S)
            pipe.execute()
    except RedisError as error:
        log.warning("a token's old verdict may live for %d s more: %s", CACHE_S, type(error).__name__)
