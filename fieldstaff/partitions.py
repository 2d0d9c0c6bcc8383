"""The days of ``fieldstaff_position``: made a week ahead, dropped when their time is over.

A day is UTC's. There is no default partition: what no day can take is put into quarantine by ``ingest``.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, date, datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from commandcenter.city import audit

TABLE = "fieldstaff_position"
AHEAD_DAYS, BEHIND_DAYS = 7, 7
KEEP_DAYS = 90
"""Raw trails leave after this many days; intervals and ledger stay."""
QUARANTINE_DAYS = 30
LOCK_MS = 2000
"""Making or dropping a day locks the whole table for a moment: rather later than in everybody's way."""
_NAME = re.compile(rf"{TABLE}_(\d{{8}})")
log = logging.getLogger(__name__)


def name_of(day: date) -> str:
    """``fieldstaff_position_20260821``."""
    return f"{TABLE}_{day:%Y%m%d}"


def present() -> set[date]:
    """The days that there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = to_regclass(%s)",
            [TABLE],
        )
        names = [row[0] for row in cursor.fetchall()]
    found = (_NAME.fullmatch(name) for name in names)
    return {datetime.strptime(match[1], "%Y%m%d").replace(tzinfo=UTC).date() for match in found if match}


def make(now: datetime | None = None) -> list[date]:
    """Makes the missing days from a week behind ``now`` to a week ahead; returns those it made.

    A week behind: phones that were off for days deliver then. Raises OperationalError where the table stays
    locked for two seconds.
    """
    today = (now or timezone.now()).astimezone(UTC).date()
    wanted = [today + timedelta(days=n) for n in range(-BEHIND_DAYS, AHEAD_DAYS + 1)]
    missing = sorted(set(wanted) - present())
    for day in missing:
        following = day + timedelta(days=1)
        _locked(
            f"CREATE TABLE IF NOT EXISTS {name_of(day)} PARTITION OF {TABLE}"
            f" FOR VALUES FROM ('{day} 00:00:00+00') TO ('{following} 00:00:00+00')"
        )
    return missing


def drop(now: datetime | None = None, *, keep_days: int = KEEP_DAYS) -> list[date]:
    """Drops the days before the last ``keep_days`` and tells the audit trail which; returns them."""
    today = (now or timezone.now()).astimezone(UTC).date()
    old = sorted(day for day in present() if day < today - timedelta(days=keep_days))
    for day in old:
        _locked(f"DROP TABLE IF EXISTS {name_of(day)}")
    if old:
        audit.record(
            viewer=None,
            action="position.days_dropped",
            subject_label=f"{old[0]} - {old[-1]}",
            detail={"days": [str(day) for day in old], "kept_days": keep_days},
        )
    return old


def sweep() -> None:
    """Once an hour: makes, drops, empties the quarantine after a month, and last places as trails."""
    from fieldstaff.models import Latest, Quarantine

    for step in (make, drop):
        try:
            step()
        except OperationalError as error:
            log.warning("days of positions: %s failed, next hour again: %s", step.__name__, error)
    # Of who has left, or has no phone any more, the last place would stay for ever.
    old = Latest.objects.filter(fix_at__lt=timezone.now() - timedelta(days=KEEP_DAYS))
    nowhere = ("fix_at", "recv_at", "lat_e7", "lon_e7", "acc_m", "speed_dms", "course", "batt")
    old.update(flags=0, **dict.fromkeys(nowhere))
    Quarantine.objects.filter(recv_at__lt=timezone.now() - timedelta(days=QUARANTINE_DAYS)).delete()


def _locked(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {LOCK_MS}")
        cursor.execute(statement)
