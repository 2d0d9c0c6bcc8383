"""Is the process alive, can it serve, and what does it measure: for proxies, Prometheus and people."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.module_loading import autodiscover_modules
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from redis.exceptions import RedisError

from commandcenter import keys

_sources: dict[str, Callable[[], Iterable[Metric]]] = {}


def register_metrics(key: str, source: Callable[[], Iterable[Metric]]) -> None:
    """An app's numbers (its ``metrics.py``), read at each scrape; one that raises leaves its neighbours."""
    _sources[key] = source


def healthz(request: HttpRequest) -> JsonResponse:
    """200 while this process answers at all; it asks nobody else."""
    return JsonResponse({"ok": True})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers with every migration applied and Redis answers; else 503 and which."""
    parts = {"database": _database(), "redis": _redis()}
    ready = all(state == "ok" for state in parts.values())
    return JsonResponse({"ok": ready, **parts}, status=200 if ready else 503)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable"
    return "migrations pending" if plan else "ok"


def _redis() -> str:
    try:
        keys.client().ping()
    except (RedisError, OSError):
        return "unreachable"
    return "ok"


class _Sources:
    """A prometheus collector over what the apps registered."""

    def collect(self) -> Iterable[Metric]:
        ok = GaugeMetricFamily(
            "cc_metrics_source_ok", "Whether a source of metrics answered.", labels=["source"]
        )
        for name, source in _sources.items():
            try:
                found = list(source())
            except Exception:
                ok.add_metric([name], 0)
                continue
            ok.add_metric([name], 1)
            yield from found
        yield ok


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text for ``Authorization: Bearer CC_METRICS_TOKEN``; 404 without that setting."""
    wanted = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not wanted or not hmac.compare_digest(wanted.encode(), given.encode()):
        return HttpResponse(status=404)
    autodiscover_modules("metrics")
    registry = CollectorRegistry()
    registry.register(_Sources())
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")
