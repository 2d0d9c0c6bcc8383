"""The cameras' numbers for Prometheus."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db.models import Count
from prometheus_client.core import GaugeMetricFamily, Metric

from cctv.engine import names
from cctv.models import Camera
from commandcenter import keys
from commandcenter.health import register_metrics


def collect() -> Iterable[Metric]:
    """Cameras by status, what is due, what waits for the database, and what each shard holds."""
    cameras = GaugeMetricFamily("cc_cameras", "Cameras in use by status.", labels=["status"])
    rows = Camera.objects.in_use().order_by().values_list("status").annotate(n=Count("pk"))
    for status, number in rows:
        cameras.add_metric([status], number)
    if not rows:
        cameras.add_metric(["unknown"], 0)
    yield cameras
    client = keys.client()
    yield GaugeMetricFamily(
        "cc_capture_scheduled", "Cameras in the schedule.", value=client.zcard(names.due())
    )
    yield GaugeMetricFamily(
        "cc_capture_news", "Transitions not yet in the database.", value=client.llen(names.news())
    )
    yield GaugeMetricFamily(
        "cc_grab_queue", "Grab batches that wait.", value=client.llen(f"{keys.key('celery')}:grab")
    )
    held = GaugeMetricFamily("cc_hold_streams", "Streams a shard holds.", labels=["shard", "state"])
    for shard, raw in client.hgetall(names.shard_reports()).items():
        report = json.loads(raw)
        held.add_metric([shard.decode(), "assigned"], report["held"])
        held.add_metric([shard.decode(), "open"], report["open"])
    yield held


register_metrics("cctv", collect)
