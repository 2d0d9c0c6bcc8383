"""What cameras cost, and how fresh their pictures are, measured on the house's own processes.

    manage.py bench cctv [--quick] [--json]

Parts (environment variable BENCH_PARTS names some of them, comma separated): ``cost`` compares CPU per
camera with ffmpeg and OpenCV, ``latency`` times pictures from the key frame's arrival to a wall socket,
``held`` holds 200 streams in one shard, ``thousand`` grabs 1,000 HTTP cameras at a 10 s cadence.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module

from tests.bench.report import Metric

NAME = "cctv"
PARTS = ("cost", "latency", "held", "thousand")


def run(options: Mapping[str, object]) -> dict[str, Metric]:
    """Run the parts one after the other; a part's metrics carry its name."""
    chosen = os.environ.get("BENCH_PARTS", "").split(",") if os.environ.get("BENCH_PARTS") else PARTS
    found: dict[str, Metric] = {}
    for part in PARTS:
        if part in chosen:
            module = import_module(f"tests.bench.{part}")
            metrics = module.run(bool(options.get("quick")))
            found |= {f"{part}_{name}": value for name, value in metrics.items()}
    return found
