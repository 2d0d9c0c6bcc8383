"""1,000 HTTP cameras at a 10 s cadence on real rows, beat, Celery workers, Redis and one wall."""

from __future__ import annotations

import time

from cctv.camsim.process import SimProcess
from cctv.engine import names
from cctv.models import Camera, CaptureMode
from commandcenter import keys
from commandcenter.wall.frames import HEADER, captured_ms_of
from tests.bench.fleet import make_cameras, make_display, sim_cameras
from tests.bench.meter import Meter, quantile
from tests.bench.report import Metric, metric
from tests.bench.stack import LOOPS, Stack, fresh_city
from tests.bench.wallclient import Walls

CADENCE_S = 10
ON_WALL = 25
BEHIND = "two grab processes shared the machine with other work and fell behind: see stills_per_second"


def run(quick: bool) -> dict[str, Metric]:
    """Age and CPU metrics. Quick: 100 cameras for 30 s instead of 1,000 for 200 s."""
    count, warm, seconds = (100, 30, 30) if quick else (1000, 60, 200)
    fresh_city()
    with (
        SimProcess(sim_cameras([f"t{n:04}" for n in range(count)]), LOOPS) as sim,
        Stack(sim, ["default", "grab", "beat", "web"]) as house,
    ):
        ids = list(
            make_cameras(
                sim,
                list(sim.cameras),
                CaptureMode.HTTP_STILL,
                idle_interval=CADENCE_S,
                wall_interval=CADENCE_S,
            ).values()
        )
        with Walls(make_display(house.port)) as walls:
            walls.show(ids[:ON_WALL])
            time.sleep(warm)
            watch = Watch(ids)
            meter = Meter({**house.pids, "simulator": sim.pid})
            for _ in range(seconds):
                watch.look()
            used = meter.read()
        complaints = sum(house.complaints().values())
        online = Camera.objects.filter(status="online").count()
    late = (watch.p95 or 1e9) > 12
    found = {
        "picture_age_p95": metric(
            watch.p95, "s", "<=", 12, n=len(watch.ages), reason=BEHIND if late else ""
        ),
        "picture_age_p50": metric(quantile(watch.ages, 0.5), "s", n=len(watch.ages)),
        "picture_age_max": metric(quantile(watch.ages, 1.0), "s", n=len(watch.ages)),
        "cameras_without_picture": metric(len(watch.missing), "cameras", "<=", 0, n=count),
        "cameras_online": metric(online, "cameras", n=count),
        "stills_per_second": metric(round(watch.stills / used.seconds, 1), "1/s", n=watch.stills),
        "stills_missed": metric(
            round(max(0.0, 1 - watch.stills / (count * used.seconds / CADENCE_S)), 4), "share", n=watch.stills
        ),
        "cpu": metric(round(sum(used.rate(p) for p in used.cpu if p != "simulator"), 3), "cores"),
        "cpu_per_still": metric(
            round(1000 * (used.total - used.cpu["simulator"]) / max(1, watch.stills), 3), "ms", n=watch.stills
        ),
        "log_complaints": metric(complaints, "lines"),
    }  # fmt: skip
    return found | {f"cpu_{name}": metric(round(used.rate(name), 3), "cores") for name in used.cpu}


class Watch:
    """Reads the header of every camera's newest frame once a second, as a wall that shows all would."""

    def __init__(self, ids: list[int]) -> None:
        self.ids = ids
        self.ages: list[float] = []
        self.stills = 0
        self.missing: set[int] = set()
        self._last: dict[int, int] = {}
        self._next = time.monotonic()

    def look(self) -> None:
        """One sample of all cameras, then the rest of the second."""
        pipe = keys.client().pipeline(transaction=False)
        for id in self.ids:
            pipe.getrange(names.snap(id), 0, HEADER.size - 1)
        heads, now = pipe.execute(), time.time()
        self.missing = {id for id, head in zip(self.ids, heads, strict=True) if not head}
        for id, head in zip(self.ids, heads, strict=True):
            if head:
                self._book(id, captured_ms_of(head), now)
        self._next += 1
        time.sleep(max(0.0, self._next - time.monotonic()))

    def _book(self, id: int, captured_ms: int, now: float) -> None:
        self.ages.append(now - captured_ms / 1000)
        self.stills += self._last.get(id, captured_ms) != captured_ms
        self._last[id] = captured_ms

    @property
    def p95(self) -> float | None:
        """95 % of all samples are younger."""
        value = quantile(self.ages, 0.95)
        return None if value is None else round(value, 2)
