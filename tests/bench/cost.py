"""CPU per camera of our three ways of capture, everything included, beside three peers in the same run."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import mean, median

from cctv.camsim.process import SimProcess
from cctv.capture.cadence import Level
from cctv.engine import names
from cctv.models import Camera, CaptureMode
from commandcenter import keys
from tests.bench.fleet import make_cameras, make_display, sim_cameras
from tests.bench.meter import Window, measure, spread
from tests.bench.peers import EVERYTHING, KEYFRAMES, FfmpegPeers, PeerCost, cv2_per_still, ffmpeg_binary
from tests.bench.report import Metric, Op, metric
from tests.bench.stack import LOOPS, Stack, fresh_city
from tests.bench.wallclient import Arrival, Walls

HTTP, ON_DEMAND, HELD, PEERS = 60, 20, 25, 10
HTTP_S, ON_DEMAND_S, HELD_S = 2, 5, 1  # held: every key frame, one each 2 s
IDLE_S = 3600
NO_FFMPEG = "no ffmpeg here: install it, or the imageio-ffmpeg wheel of the dev group"
MISSED = "see docs/benchmarks.md"


@dataclass(slots=True)
class Round:
    """One turn through everything; CPU in ms per still or per stream-second, idle in ms a second."""

    idle: float = 0.0
    http: float = 0.0
    on_demand: float = 0.0
    held: float = 0.0
    sizes: dict[str, float] = field(default_factory=dict)
    parts: dict[str, dict[str, float]] = field(default_factory=dict)
    stills: dict[str, int] = field(default_factory=dict)
    keyframes: PeerCost | None = None
    everything: PeerCost | None = None
    opened: PeerCost | None = None


def run(quick: bool) -> dict[str, Metric]:
    """CPU metrics. Quick: one short round."""
    rounds, seconds = (1, 8.0) if quick else (3, 20.0)
    fresh_city()
    with (
        SimProcess(sim_cameras([f"c{n:02}" for n in range(HTTP)]), LOOPS) as sim,
        Stack(sim, environment={"CC_RTSP_OPENS_PER_SECOND": "100"}) as house,
    ):
        bench = _Bench(sim, house)
        with Walls(make_display(house.port)) as walls:
            found = [bench.round(walls, seconds) for _ in range(rounds)]
    return _report(found)


class _Bench:
    """The running house and its cameras by mode."""

    def __init__(self, sim: SimProcess, house: Stack) -> None:
        self.sim, self.house = sim, house
        sim_keys = list(sim.cameras)
        self.peer_urls = [sim.rtsp_url(key) for key in sim_keys[:PEERS]]
        waits = {"idle_interval": IDLE_S}
        self.http = self._make(sim_keys[:HTTP], CaptureMode.HTTP_STILL, wall_interval=HTTP_S, **waits)
        self.on_demand = self._make(
            sim_keys[:ON_DEMAND], CaptureMode.RTSP_ON_DEMAND, wall_interval=ON_DEMAND_S, **waits
        )
        self.held = self._make(
            sim_keys[:HELD], CaptureMode.RTSP_HELD, wall_interval=HELD_S, enabled=False, **waits
        )
        time.sleep(20)  # every camera is tried once when it is new

    def _make(self, sim_keys: list[str], mode: CaptureMode, **values: object) -> list[int]:
        return list(make_cameras(self.sim, sim_keys, mode, **values).values())

    def round(self, walls: Walls, seconds: float) -> Round:
        """Idle, ours, peers, one after the other."""
        found = Round()
        self._nobody_looks(walls)
        idle = measure(self.house.pids, seconds)
        found.idle = 1000 * idle.rate()
        for name, ids, prepare in (
            ("http", self.http, self._nothing),
            ("on_demand", self.on_demand, self._nothing),
            ("held", self.held, self._hold),
        ):
            prepare(True)
            walls.show(ids)
            time.sleep(8)
            walls.take()
            used = measure(self.house.pids, seconds)
            self._book(found, name, used, idle, walls.take())
            self._nobody_looks(walls)
            prepare(False)
        self._peers(found, seconds)
        return found

    def _book(self, to: Round, name: str, used: Window, idle: Window, arrived: list[Arrival]) -> None:
        units = HELD * used.seconds if name == "held" else len(arrived)
        over = {
            part: 1000 * (cpu - idle.rate(part) * used.seconds) / max(1, units)
            for part, cpu in used.cpu.items()
        }
        setattr(to, name, sum(over.values()))
        to.parts[name], to.stills[name] = over, len(arrived)
        to.sizes[name] = mean(arrival.size - 32 for arrival in arrived) if arrived else 0.0

    def _peers(self, to: Round, seconds: float) -> None:
        binary = ffmpeg_binary()
        if binary:
            with FfmpegPeers(binary, KEYFRAMES, self.peer_urls) as peers:
                to.keyframes = peers.measure(seconds)
            with FfmpegPeers(binary, EVERYTHING, self.peer_urls) as peers:
                to.everything = peers.measure(seconds)
        to.opened = cv2_per_still(self.peer_urls, seconds)

    @staticmethod
    def _nothing(on: bool) -> None:
        """HTTP and on-demand cameras rest by themselves while nobody looks."""

    def _hold(self, on: bool) -> None:
        Camera.objects.filter(pk__in=self.held).update(enabled=on)
        wait_until_open(len(self.held) if on else 0)

    @staticmethod
    def _nobody_looks(walls: Walls) -> None:
        """No demand, at once: a socket's would linger for 30 s."""
        walls.show([])
        time.sleep(1)
        keys.client().delete(*(names.demand(level) for level in Level))
        time.sleep(6)


def wait_until_open(count: int, seconds: float = 90) -> None:
    """Returns when all shards together have exactly `count` streams open; RuntimeError after `seconds`."""
    end, opened = time.monotonic() + seconds, -1
    while time.monotonic() < end:
        reports = [json.loads(raw) for raw in keys.client().hvals(names.shard_reports())]
        opened = sum(report["open"] for report in reports)
        if opened == count:
            return
        time.sleep(0.5)
    raise RuntimeError(f"{opened} streams are open after {seconds:.0f} s, {count} were wanted")


def _report(rounds: list[Round]) -> dict[str, Metric]:
    def ours(name: str) -> list[float]:
        return [getattr(found, name) for found in rounds]

    def peer(name: str) -> list[float]:
        return [cost.cpu_ms for found in rounds if (cost := getattr(found, name)) is not None]

    found = {
        "idle": _figure(ours("idle"), "ms/s", "all processes, nobody looks; subtracted below"),
        "http_still": _figure(ours("http"), "ms/still"),
        "on_demand": _figure(ours("on_demand"), "ms/still"),
        "held": _figure(ours("held"), "ms/stream-s", "every key frame, one each 2 s"),
        "ffmpeg_keyframes": _figure(peer("keyframes"), "ms/stream-s", "" if peer("keyframes") else NO_FFMPEG),
        "ffmpeg_full_decode": _figure(
            peer("everything"), "ms/stream-s", "" if peer("everything") else NO_FFMPEG
        ),
        "cv2_open_per_still": _figure(peer("opened"), "ms/still"),
        "held_vs_ffmpeg_keyframes": _ratio(ours("held"), peer("keyframes"), 1.0),
        "held_vs_ffmpeg_full_decode": _ratio(ours("held"), peer("everything"), 0.35),
        "http_still_vs_cv2": _ratio(ours("http"), peer("opened"), 0.05),
        "on_demand_vs_cv2": _ratio(ours("on_demand"), peer("opened"), None),
    }
    return found | _details(rounds)


def _figure(values: list[float], unit: str, reason: str = "") -> Metric:
    value = round(median(values), 3) if values else None
    return metric(value, unit, n=len(values), spread=_rounded(spread(values)), reason=reason)


def _ratio(ours: list[float], peers: list[float], target: float | None) -> Metric:
    op: Op = "info" if target is None else "<="
    if not peers:
        found = metric(None, "x", op, target, reason=NO_FFMPEG)
        found["ok"] = None
        return found
    ratios = [a / b for a, b in zip(ours, peers, strict=True)]
    value = median(ratios)
    reason = MISSED if target is not None and value > target else ""
    return metric(
        round(value, 4), "x", op, target, n=len(ratios), spread=_rounded(spread(ratios)), reason=reason
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _details(rounds: list[Round]) -> dict[str, Metric]:
    """Which process the CPU went to, how many stills were counted and how large they were."""
    found: dict[str, Metric] = {}
    for name in ("http", "on_demand", "held"):
        unit = "ms/stream-s" if name == "held" else "ms/still"
        for part in rounds[0].parts[name]:
            value = median(r.parts[name][part] for r in rounds)
            found[f"{name}_in_{part}"] = metric(round(value, 3), unit, n=len(rounds))
        found[f"{name}_stills"] = metric(sum(r.stills[name] for r in rounds), "stills", n=len(rounds))
        found[f"{name}_jpeg"] = metric(round(median(r.sizes[name] for r in rounds)), "bytes")
    sizes: tuple[tuple[str, Callable[[Round], PeerCost | None]], ...] = (
        ("ffmpeg_keyframes_jpeg", lambda r: r.keyframes),
        ("ffmpeg_full_decode_jpeg", lambda r: r.everything),
        ("cv2_jpeg", lambda r: r.opened),
    )
    for name, pick in sizes:
        known = [cost.jpeg_bytes for r in rounds if (cost := pick(r)) is not None]
        if known:
            found[name] = metric(round(median(known)), "bytes")
    return found
