"""Sixty cameras of three kinds, every tenth dying and all coming back at once, again and again.

    manage.py bench soak [--quick] [--json]        # 30 minutes or BENCH_MINUTES; quick: one cycle

Three promises are checked: the simulator counts every RTSP open, and no second may hold more than the limiter
allows; the workers' memory must not grow; and the log must hold exactly one way down and one way up for each
outage, in an unbroken chain, and end where the cameras' memories end.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence

from cctv.camsim.process import SimProcess
from cctv.engine import names
from cctv.models import Camera, CaptureMode
from commandcenter import keys
from tests.bench import ledgercheck
from tests.bench.fleet import make_cameras, make_display, sim_cameras
from tests.bench.ledgercheck import Outage
from tests.bench.meter import rss_bytes
from tests.bench.report import Metric, metric
from tests.bench.stack import LOOPS, Stack, fresh_city
from tests.bench.wallclient import Walls

NAME = "soak"
KINDS = ((CaptureMode.HTTP_STILL, 20), (CaptureMode.RTSP_ON_DEMAND, 15), (CaptureMode.RTSP_HELD, 25))
OPENS = 5
DEAD_S, BACK_S = 90.0, 110.0
SLOPE_MB_H = 24.0
WORKERS = ("default", "grab", "hold", "web")
SAMPLE_S = 5.0


def run(options: Mapping[str, object]) -> dict[str, Metric]:
    """Run the soak. Options: ``quick`` (one cycle)."""
    minutes = 0.0 if options.get("quick") else float(os.environ.get("BENCH_MINUTES", "30"))
    fresh_city()
    total = sum(count for _, count in KINDS)
    with (
        SimProcess(sim_cameras([f"s{n:02}" for n in range(total)]), LOOPS) as sim,
        Stack(sim, environment={"CC_RTSP_OPENS_PER_SECOND": str(OPENS)}) as house,
    ):
        ids = _cameras(sim)
        with Walls(make_display(house.port)) as walls:
            walls.show(list(ids.values()))
            begun = time.time()
            all_online = _wait_online(list(ids.values()), 120)
            soak = _Soak(sim, house, ids)
            end = time.monotonic() + 60 * minutes
            soak.cycle()
            while time.monotonic() + DEAD_S + BACK_S < end:
                soak.cycle()
            time.sleep(8)  # the last sweep writes what it saw
            opens = sim.control.status(window=time.time() - begun + 60)["opens_by_second"]
            pictures = len(walls.take())
        complaints = sum(house.complaints().values())
    found = _opens(opens) | soak.memory.report() | ledgercheck.report(list(ids.values()), soak.outages)
    return found | {
        "all_online_at_start": metric(int(all_online), "yes", "==", 1),
        "cycles": metric(soak.cycles, "cycles"),
        "healed_within_30_s": metric(
            soak.quick_heals / max(1, len(soak.outages)), "share", n=len(soak.outages)
        ),
        "pictures_on_the_wall": metric(pictures, "pictures"),
        "log_complaints": metric(complaints, "lines"),
    }


def _cameras(sim: SimProcess) -> dict[str, int]:
    """Simulator key -> camera id, by kind."""
    found, sim_keys = {}, list(sim.cameras)
    for mode, count in KINDS:
        mine, sim_keys = sim_keys[:count], sim_keys[count:]
        found |= make_cameras(sim, mine, mode)
    return found


class _Soak:
    """The cycles, and what was done in them."""

    def __init__(self, sim: SimProcess, house: Stack, ids: dict[str, int]) -> None:
        self.sim, self.ids = sim, ids
        self.memory = Memory(house)
        self.outages: list[Outage] = []
        self.cycles = self.quick_heals = 0

    def cycle(self) -> None:
        """Every tenth camera dies, others in each cycle; then all are back at once."""
        dead = [key for n, key in enumerate(self.ids) if n % 10 == self.cycles % 10]
        since = time.time()
        for key in dead:
            self.sim.control.fault(key, "dead")
        self._pass(DEAD_S)
        self.sim.control.clear()
        until = time.time()
        outages = [Outage(self.ids[key], since, until) for key in dead]
        self.outages += outages
        healed = self._pass(BACK_S, [outage.camera for outage in outages])
        self.quick_heals += healed
        self.cycles += 1

    def _pass(self, seconds: float, heal: Sequence[int] = ()) -> int:
        """Lets time pass, samples memory; how many of `heal` were online again within 30 s."""
        begun, next_sample, healed = time.monotonic(), 0.0, 0
        while (spent := time.monotonic() - begun) < seconds:
            if spent >= next_sample:
                self.memory.sample()
                next_sample += SAMPLE_S
            if heal and spent <= 31:
                healed = Camera.objects.filter(pk__in=heal, status="online").count()
            time.sleep(1)
        return healed


class Memory:
    """Resident memory of the pool processes over time, and its slope."""

    def __init__(self, house: Stack) -> None:
        self._house = house
        self._points: dict[str, list[tuple[float, float]]] = {name: [] for name in WORKERS}

    def sample(self) -> None:
        """One point for each worker."""
        for name in WORKERS:
            pids = [self._house.processes[name].pid]
            pids += [] if name == "web" else self._house.child_pids(name)
            self._points[name].append((time.monotonic(), rss_bytes(pids) / 1e6))

    def report(self) -> dict[str, Metric]:
        """MB an hour over the last two thirds; the first third is warming up."""
        found: dict[str, Metric] = {}
        for name, points in self._points.items():
            tail = points[len(points) // 3 :]
            minutes = (tail[-1][0] - tail[0][0]) / 60
            value = round(slope(tail) * 3600, 1)
            if minutes < 5:
                reason = "too short to judge growth: run the full soak"
                found[f"rss_slope_{name}"] = metric(value, "MB/h", n=len(tail), reason=reason)
            else:
                reason = "" if value <= SLOPE_MB_H else f"grows over {minutes:.0f} min"
                found[f"rss_slope_{name}"] = metric(
                    value, "MB/h", "<=", SLOPE_MB_H, n=len(tail), reason=reason
                )
            found[f"rss_{name}"] = metric(round(points[-1][1], 1), "MB", n=len(points))
        return found


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Least squares slope of (x, y)."""
    n = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def _opens(by_second: Mapping[str, int]) -> dict[str, Metric]:
    most = max(by_second.values(), default=0)
    over = sum(count > OPENS for count in by_second.values())
    why = (
        "tokens taken in one second arrived together in the next: the open follows its token by milliseconds"
    )
    return {
        "rtsp_opens_in_a_second": metric(
            most, "opens", "<=", OPENS + 1, n=len(by_second), reason=why if most > OPENS else ""
        ),
        "seconds_above_the_limit": metric(over, "seconds", n=len(by_second)),
        "rtsp_opens": metric(sum(by_second.values()), "opens", n=len(by_second)),
    }


def _wait_online(ids: list[int], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        states = [json.loads(raw) for raw in keys.client().mget([names.state(id) for id in ids]) if raw]
        if sum(state.get("link") == "online" for state in states) == len(ids):
            time.sleep(6)
            return Camera.objects.filter(pk__in=ids, status="online").count() == len(ids)
        time.sleep(1)
    return False
