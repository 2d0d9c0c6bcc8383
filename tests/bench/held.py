"""200 held streams in one shard process: its memory and CPU, with nobody and with a wall looking."""

from __future__ import annotations

import time

from cctv.camsim.process import SimProcess
from cctv.models import CaptureMode
from tests.bench.cost import wait_until_open
from tests.bench.fleet import make_cameras, make_display, sim_cameras
from tests.bench.meter import measure, private_bytes, rss_bytes
from tests.bench.report import Metric, metric
from tests.bench.stack import LOOPS, Stack, fresh_city
from tests.bench.wallclient import Walls

MIB = 1024 * 1024


def run(quick: bool) -> dict[str, Metric]:
    """Memory per stream and CPU per stream-second. Quick: 40 streams for seconds."""
    count, seconds = (40, 10.0) if quick else (200, 30.0)
    fresh_city()
    with (
        SimProcess(sim_cameras([f"h{n:03}" for n in range(count)], loops=4), LOOPS) as sim,
        Stack(sim, ["default", "hold", "beat", "web"], {"CC_RTSP_OPENS_PER_SECOND": "50"}) as house,
    ):
        time.sleep(8)
        shard = _only(house.child_pids("hold"))
        empty, empty_private = rss_bytes([shard]), private_bytes(shard)
        idle = measure(house.pids, 10)
        ids = list(make_cameras(sim, list(sim.cameras), CaptureMode.RTSP_HELD).values())
        wait_until_open(count, 120)
        time.sleep(10)
        unseen = measure(house.pids, seconds)
        with Walls(make_display(house.port)) as walls:
            walls.show(ids)
            time.sleep(15)
            walls.take()
            seen = measure(house.pids, seconds)
            pictures = len(walls.take())
        full, full_private = rss_bytes([shard]), private_bytes(shard)
        same = _only(house.child_pids("hold")) == shard
        wait_until_open(count, 1)
    each = (full - empty) / count / MIB
    found = {
        "rss_per_stream": metric(
            round(each, 3),
            "MiB",
            "<=",
            5,
            n=count,
            reason="" if each <= 5 else "the shard grows with its streams",
        ),
        "private_per_stream": metric(round((full_private - empty_private) / count / MIB, 3), "MiB", n=count),
        "shard_rss": metric(round(full / MIB, 1), "MiB", n=count),
        "empty_shard_rss": metric(round(empty / MIB, 1), "MiB"),
        "one_process_throughout": metric(int(same), "yes", "==", 1),
    }
    for name, window in (("unseen", unseen), ("wall_10s", seen)):
        over = window.rate() - idle.rate()
        in_shard = window.rate("hold") - idle.rate("hold")
        found[f"cpu_{name}"] = metric(round(1000 * over / count, 3), "ms/stream-s", n=count)
        found[f"cpu_{name}_in_shard"] = metric(round(1000 * in_shard / count, 3), "ms/stream-s", n=count)
    found["wall_pictures"] = metric(round(pictures / seconds, 1), "1/s", n=pictures)
    return found


def _only(pids: list[int]) -> int:
    if len(pids) != 1:
        raise RuntimeError(f"a hold worker has one pool process, not {len(pids)}")
    return pids[0]
