"""From the key frame's arrival to a wall socket: 25 held cameras, every key frame pushed.

Two clocks: `captured_at` in the frame's header is when the key frame's last byte reached us; the strip in the
picture is the camera's own clock, so reading it from the received JPEG checks the header from outside.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import cv2
import numpy as np

from cctv.camsim.process import SimProcess
from cctv.camsim.strip import read_tenths
from cctv.models import CaptureMode
from tests.bench.cost import wait_until_open
from tests.bench.fleet import make_cameras, make_display, sim_cameras
from tests.bench.meter import quantile
from tests.bench.report import Metric, metric
from tests.bench.stack import LOOPS, Stack, fresh_city
from tests.bench.wallclient import Arrival, Walls

CAMERAS = 25
BUSY = "the machine was busy with other work: compare the median"


def run(quick: bool) -> dict[str, Metric]:
    """Latency metrics in ms; quick: 15 s instead of 60."""
    seconds = 15 if quick else 60
    fresh_city()
    by_strip: list[float] = []
    unreadable: list[int] = []
    with (
        SimProcess(sim_cameras([f"w{n:02}" for n in range(CAMERAS)]), LOOPS) as sim,
        Stack(sim, ["default", "hold", "beat", "web"]) as house,
    ):
        ids = list(make_cameras(sim, list(sim.cameras), CaptureMode.RTSP_HELD, wall_interval=1).values())
        wait_until_open(CAMERAS)
        with Walls(make_display(house.port), on_picture=_reader(by_strip, unreadable)) as walls:
            walls.show(ids)
            time.sleep(8)
            walls.take()
            del by_strip[:], unreadable[:]
            time.sleep(seconds)
            ages = [arrival.age for arrival in walls.take()]
    return _report(ages, by_strip, len(unreadable), seconds)


def _reader(ages: list[float], unreadable: list[int]) -> Callable[[Arrival, bytes], None]:
    def read(arrival: Arrival, frame: bytes) -> None:
        gray = cv2.imdecode(np.frombuffer(frame, np.uint8, offset=32), cv2.IMREAD_GRAYSCALE)
        tenths = None if gray is None else read_tenths(gray)
        if tenths is None:
            unreadable.append(arrival.camera)
        else:
            ages.append((arrival.at - tenths / 10) % 60)

    return read


def _report(ages: list[float], by_strip: list[float], unreadable: int, seconds: float) -> dict[str, Metric]:
    def ms(values: list[float], share: float) -> float | None:
        value = quantile(values, share)
        return None if value is None else round(1000 * value, 1)

    def judged(values: list[float]) -> Metric:
        value = ms(values, 0.95)
        late = value is None or value > 1000
        return metric(value, "ms", "<=", 1000, n=len(values), reason=BUSY if late else "")

    return {
        "arrival_to_socket_p95": judged(ages),
        "arrival_to_socket_p50": metric(ms(ages, 0.5), "ms", n=len(ages)),
        "arrival_to_socket_max": metric(ms(ages, 1.0), "ms", n=len(ages)),
        "camera_clock_to_socket_p95": judged(by_strip),
        "camera_clock_to_socket_p50": metric(
            ms(by_strip, 0.5), "ms", n=len(by_strip), reason="the strip counts tenths: up to 100 ms too much"
        ),
        "strips_unreadable": metric(unreadable, "pictures", n=len(by_strip) + unreadable),
        "key_frames_delivered": metric(len(ages) / (CAMERAS * seconds / 2), "share", n=len(ages)),
    }
