"""A phone's last day out of the tables, judged: for one page at once, for the list every half hour."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from fieldstaff.health.judge import Code, Finding, Phone, Ping, Weight, judge, worst
from fieldstaff.models import Device, DeviceBinding, Flag, Officer, PhoneCare, Position, Shift

log = logging.getLogger(__name__)
DAY = timedelta(hours=24)
TWO_NETWORKS = timedelta(days=7)
SLACK = timedelta(hours=6)
"""A clock that is off by less still lies in the days that are read."""


def judge_device(device: Device, now: datetime | None = None) -> list[Finding]:
    """What is wrong with a phone, from the last 24 hours; of its holder's time with it only."""
    now = now or timezone.now()
    return judge(_phone(device, now), _pings(device, now), int(now.timestamp()))


def keep(device: Device, now: datetime | None = None) -> PhoneCare:
    """Judges a phone and keeps the verdict."""
    now = now or timezone.now()
    found = judge_device(device, now)
    holder = _holder(device, now)
    row, _new = PhoneCare.objects.update_or_create(
        device=device,
        defaults={
            "officer": holder, "judged_at": now, "worst": worst(found),
            "findings": [[one.code.value, one.n] for one in found],
        },
    )  # fmt: skip
    return row


def judge_all(now: datetime | None = None) -> int:
    """Every phone with a token that somebody carries; how many. One that fails is logged and left out."""
    now = now or timezone.now()
    held = DeviceBinding.objects.at(now).values("device")
    done = 0
    for device in Device.objects.alive().filter(pk__in=held, token_prefix__isnull=False).iterator():
        try:
            keep(device, now)
            done += 1
        except (ValueError, ArithmeticError) as error:
            log.warning("phone %s was not judged: %s", device.pk, type(error).__name__)
    gone = PhoneCare.objects.exclude(worst="").filter(
        ~Q(device__in=held) | Q(device__revoked_at__isnull=False)
    )
    gone.update(worst="", findings=[], officer=None)
    return done


def findings_of(care: PhoneCare) -> list[Finding]:
    """A kept verdict; a code that is not known any more is left out."""
    from fieldstaff.health.judge import WEIGHTS

    known = {code.value: code for code in Code}
    return [
        Finding(known[code], int(n), WEIGHTS.get(known[code], Weight.INFO))
        for code, n in care.findings
        if code in known
    ]


def _holder(device: Device, now: datetime) -> Officer | None:
    row = DeviceBinding.objects.filter(device=device).at(now).select_related("officer").first()
    return row.officer if row else None


def _since(device: Device, now: datetime) -> datetime:
    """The last day, or since the phone came into this hand: another's day is not this one's business."""
    row = DeviceBinding.objects.filter(device=device).at(now).first()
    return max(now - DAY, row.valid.lower) if row else now - DAY


def _phone(device: Device, now: datetime) -> Phone:
    holder = _holder(device, now)
    since = _since(device, now)
    shifts = Shift.objects.filter(officer=holder).during(since, now) if holder else []
    exposed, issued = device.exposed_at, device.token_issued_at
    care = PhoneCare.objects.filter(pk=device.pk).first()
    return Phone(
        protocol=device.protocol,
        app=device.app,
        every_s=device.heartbeat_s,
        skew_s=device.clock_skew_s,
        plain_http=exposed is not None and (issued is None or exposed >= issued),
        two_networks=bool(care and care.two_networks_at and care.two_networks_at > now - TWO_NETWORKS),
        last_recv=int(device.last_recv_at.timestamp()) if device.last_recv_at else None,
        duty=[_seconds(shift.span.lower, shift.span.upper) for shift in shifts],
    )


def _seconds(start: datetime, end: datetime) -> tuple[int, int]:
    return int(start.timestamp()), int(end.timestamp())


def _pings(device: Device, now: datetime) -> Sequence[Ping]:
    """Corrected for the clock's error, never later than received. Places stay in here."""
    since = _since(device, now)
    skew = device.clock_skew_s or 0
    rows = Position.objects.filter(device=device).between(since - SLACK, now + SLACK).order_by("fix_at")
    found = [_ping(row, skew if abs(skew) > 60 else 0) for row in rows]
    first = int(since.timestamp())
    return [ping for ping in found if ping.at >= first]


def _ping(row: Position, skew: int) -> Ping:
    recv = int(row.recv_at.timestamp())
    return Ping(
        at=min(int(row.fix_at.timestamp()) + skew, recv), recv=recv, lat=row.lat, lon=row.lon, acc=row.acc_m,
        batt=row.batt, charging=bool(row.flags & Flag.CHARGING), mock=bool(row.flags & Flag.MOCK),
        kept=not row.flags & Flag.OFF_DUTY,
    )  # fmt: skip
