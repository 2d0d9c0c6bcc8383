"""The picture hub's numbers for Prometheus, of the process that is asked."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from commandcenter.health import register_metrics
from commandcenter.wall import pictures

COUNTERS = {
    "frames_delivered",
    "frames_superseded",
    "frames_stray",
    "bytes_delivered",
    "sockets_stalled",
    "redis_reconnects",
}


def collect() -> Iterable[Metric]:
    """Everything :func:`pictures.stats` counts, under ``cc_wall_``."""
    for name, value in pictures.stats().items():
        kind = CounterMetricFamily if name in COUNTERS else GaugeMetricFamily
        yield kind(f"cc_wall_{name}", f"Picture hub: {name.replace('_', ' ')}.", value=value)


register_metrics("wall", collect)
