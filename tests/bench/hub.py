"""50 wall sockets of 25 tiles on one Daphne, with and without a client that stopped reading.

    manage.py bench hub [--quick] [--json]

A process of its own publishes 25 cameras' frames at a wall's cadence, as a worker does. Runs without and
with the stuck client alternate (A B B A …), so that other work on the machine weighs on both alike.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from statistics import median

from django.conf import settings

from cctv.engine import names
from cctv.models import Camera, CaptureMode
from tests.bench.fleet import HEAD, make_display
from tests.bench.meter import Meter, quantile, spread
from tests.bench.report import Metric, metric
from tests.bench.stack import Stack, fresh_city
from tests.bench.wallclient import Arrival, StuckClient, Walls
from tests.factories.cctv import make_agency, make_area, make_site

NAME = "hub"
SOCKETS, TILES = 50, 25
INTERVAL_S = 2.0
FRAME_BYTES = 30_000


def run(options: Mapping[str, object]) -> dict[str, Metric]:
    """Run the bench. Options: ``quick`` (3 short pairs instead of 6 long ones)."""
    pairs, seconds = (3, 6.0) if options.get("quick") else (6, 20.0)
    fresh_city()
    ids = _cameras()
    with ExitStack() as stack:
        house = stack.enter_context(Stack(parts=["web"]))
        door = make_display(house.port)
        publisher = _publish(ids)
        stack.callback(_end, publisher)
        walls = stack.enter_context(Walls(door, SOCKETS))
        walls.show(ids)
        time.sleep(5)
        walls.take()
        runs: list[_Run] = []
        for number in range(pairs):
            for stuck in (False, True) if number % 2 == 0 else (True, False):
                with ExitStack() as inner:
                    if stuck:
                        inner.enter_context(StuckClient(door, ids))
                    time.sleep(1)
                    walls.take()
                    meter = Meter(house.pids)
                    time.sleep(seconds)
                    used = meter.read()
                    runs.append(_Run(stuck, walls.take(), used.cpu["web"], used.cpu["valkey"], used.seconds))
        lost = list(walls.lost)
    return _report(runs, lost)


class _Run:
    """One window: what arrived at the 50 healthy sockets and what it cost."""

    def __init__(self, stuck: bool, arrivals: list[Arrival], web: float, valkey: float, seconds: float):
        self.stuck, self.count = stuck, len(arrivals)
        self.p95 = quantile((arrival.age for arrival in arrivals), 0.95)
        self.p50 = quantile((arrival.age for arrival in arrivals), 0.50)
        self.web_us = 1e6 * web / max(1, self.count)
        self.valkey_us = 1e6 * valkey / max(1, self.count)
        self.expected = SOCKETS * TILES * seconds / INTERVAL_S


def _report(runs: list[_Run], lost: list[str]) -> dict[str, Metric]:
    alone, beside = ([r for r in runs if r.stuck is flag] for flag in (False, True))
    a, b = ([r.p95 or 0.0 for r in group] for group in (alone, beside))
    # Pairs are neighbours in time: their ratios cancel what the machine did meanwhile.
    ratios = [y / x for x, y in zip(a, b, strict=True) if x]
    ratio = median(ratios) if ratios else None
    late = ratio is not None and ratio > 1.10
    return {
        "stuck_client_p95_age_ratio": metric(
            ratio, "x", "<=", 1.10, n=len(ratios), spread=spread(ratios),
            reason="the machine's own noise between neighbouring runs: compare the spread" if late else "",
        ),
        "p95_age_alone": metric(1000 * median(a), "ms", n=len(a), spread=1000 * (spread(a) or 0)),
        "p95_age_beside_stuck": metric(1000 * median(b), "ms", n=len(b), spread=1000 * (spread(b) or 0)),
        "p50_age_alone": metric(1000 * median(r.p50 or 0.0 for r in alone), "ms", n=len(alone)),
        "p50_age_beside_stuck": metric(1000 * median(r.p50 or 0.0 for r in beside), "ms", n=len(beside)),
        "delivered_share": metric(
            sum(r.count for r in runs) / sum(r.expected for r in runs), "share", ">=", 0.98, n=len(runs)
        ),
        "deliveries_per_second": metric(SOCKETS * TILES / INTERVAL_S, "1/s"),
        "web_cpu_per_delivery": metric(
            median(r.web_us for r in runs), "µs", n=len(runs), spread=spread(r.web_us for r in runs)
        ),
        "valkey_cpu_per_delivery": metric(median(r.valkey_us for r in runs), "µs", n=len(runs)),
        "healthy_sockets_lost": metric(len(lost), "sockets", "<=", 0, reason="; ".join(sorted(set(lost)))),
    }  # fmt: skip


def _cameras() -> list[int]:
    """Rows the display may see; nobody captures them, the publisher plays the worker."""
    site, area, agency = make_site(), make_area(), make_agency()
    rest = {"site": site, "area": area, "agency": agency, "still_url": "http://10.0.0.1/still.jpg", **HEAD}
    rows = [
        Camera(code=f"hub-{n}", name=f"Hub {n}", capture_mode=CaptureMode.HTTP_STILL, **rest)
        for n in range(TILES)
    ]
    return [row.pk for row in Camera.objects.bulk_create(rows)]


def _publish(ids: list[int]) -> subprocess.Popen[bytes]:
    channels = {id: [names.snap(id), names.channel(id)] for id in ids}
    job = {"redis": settings.REDIS_URL, "cameras": channels, "interval": INTERVAL_S, "bytes": FRAME_BYTES}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.publisher"], stdin=subprocess.PIPE, cwd=settings.BASE_DIR
    )
    assert process.stdin
    process.stdin.write(json.dumps(job).encode())
    process.stdin.close()
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(5)
