"""Thirty thousand officers on the map; see :mod:`.officers_map`."""

from __future__ import annotations

from collections.abc import Mapping

from tests.bench.officers_map import COUNT, map_metrics, seed_city
from tests.bench.report import Metric

QUICK = 3_000


def run(options: Mapping[str, object]) -> dict[str, Metric]:
    """Seeds them beside what is there, then asks for the layer forty times."""
    count = QUICK if options.get("quick") else COUNT
    seed_city(count)
    return {name.removeprefix("map_"): value for name, value in map_metrics(rounds=40, count=count).items()}
