"""The bulk path beside the plainest thing a database can be asked: the same rows in a multi-row INSERT."""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import median

from django.db import connection, transaction
from django.utils import timezone

from fieldstaff.messages import FIX, SECOND, Message, Received, micros, moment
from fieldstaff.models import Device
from fieldstaff.store import store
from tests.bench.meter import spread
from tests.bench.report import Metric, metric

ROUNDS, QUICK_ROUNDS = 7, 3
BATCHES, QUICK_BATCHES = 20, 5
TOGETHER = 1000
"""As many as the stream's writer takes at once."""
_RAW = """
INSERT INTO fieldstaff_position (device_id, fix_at, recv_at, officer_id, lat_e7, lon_e7, kind, flags, acc_m,
                                 speed_dms, course, alt_m, batt) VALUES
"""


def bulk(fleet: int, *, quick: bool) -> dict[str, Metric]:
    """Positions a second of ``store`` and of the bare INSERT, in turns, every row new in both."""
    devices = list(Device.objects.order_by("pk").values_list("pk", "bindings__officer"))[:fleet]
    rounds, batches = (QUICK_ROUNDS, QUICK_BATCHES) if quick else (ROUNDS, BATCHES)
    ours: list[float] = []
    raw: list[float] = []
    _stored(devices, batches, 0), _inserted(devices, batches, 0)
    for number in range(1, rounds + 1):
        pair = (_stored, ours), (_inserted, raw)
        for measured, rates in pair if number % 2 else reversed(pair):
            rates.append(measured(devices, batches, number))
    ratios = [one / other for one, other in zip(ours, raw, strict=True)]
    return {
        "bulk_share": metric(
            round(median(ratios), 2), "x raw", ">=", 0.5, n=rounds, spread=round(spread(ratios) or 0, 3)
        ),
        "bulk_rate": metric(round(median(ours)), "rows/s", n=rounds, spread=round(spread(ours) or 0)),
        "bulk_raw_rate": metric(
            round(median(raw)), "rows/s", n=rounds, spread=round(spread(raw) or 0),
            reason="INSERT of 1,000 rows a statement and transaction, its text made before the clock starts",
        ),
    }  # fmt: skip


def _requests(devices: Sequence[tuple[int, int]], batches: int, salt: int) -> list[list[Received]]:
    """Batches of requests of one fix each, none of which was stored before."""
    now = micros(timezone.now())
    found: list[list[Received]] = []
    for number in range(batches * TOGETHER):
        if number % TOGETHER == 0:
            found.append([])
        device, _officer = devices[number % len(devices)]
        fix = now - (number // len(devices)) * SECOND - 2 * salt - 1
        message = Message(FIX, fix, -61_200_000 + number, 1_061_500_000 + number, 0, 8, 14, 90, 18, 80)
        found[-1].append(Received(device, now, "traccar", [message], []))
    return found


def _stored(devices: Sequence[tuple[int, int]], batches: int, number: int) -> float:
    ready = _requests(devices, batches, 2 * number)
    begun = time.perf_counter()
    for batch in ready:
        store(batch, tell=False)
    return batches * TOGETHER / (time.perf_counter() - begun)


def _inserted(devices: Sequence[tuple[int, int]], batches: int, number: int) -> float:
    officers = dict(devices)
    texts = []
    for batch in _requests(devices, batches, 2 * number + 1):
        rows = [
            f"({one.device},'{moment(one.messages[0].fix or 0)}','{moment(one.recv)}',{officers[one.device]},"
            f"{one.messages[0].lat},{one.messages[0].lon},1,0,8,14,90,18,80)"
            for one in batch
        ]
        texts.append(_RAW + ",".join(rows))
    begun = time.perf_counter()
    for text in texts:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(text)
    return batches * TOGETHER / (time.perf_counter() - begun)
