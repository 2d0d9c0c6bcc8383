"""200 signed webhook posts a second of six providers, three in ten of them replays: none lost, none doubled.

    manage.py bench webhooks [--quick] [--json]

The simulated providers post from a process of their own over real sockets, by the clock: a post that has to
wait for its turn is counted from the moment it was due. Daphne, the worker and beat are `up`'s command lines.
Afterwards the worker is given time to empty its queue, and rows are compared with what was posted.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from django.db.models import Count

from complaints.channelsim.process import SimProcess
from complaints.models import Channel, Envelope, Message, Report
from complaints.services.seeding import load_seed
from tests.bench.meter import Meter, Window
from tests.bench.report import Metric, metric
from tests.bench.stack import Stack, free_port, fresh_city

NAME = "webhooks"
KINDS = ("whatsapp", "telegram", "messenger", "instagram", "x", "partner")
RATE, SECONDS, REPLAYS, FORGED = 200.0, 60.0, 0.3, 0.02
DRAIN_S = 1800.0
# Posts before the measured ones: Daphne imports, the pool dials, the caches fill.
WARM_START, START = 50_000_000, 1


def run(options: Mapping[str, object]) -> dict[str, Metric]:
    """Run the bench. Options: ``quick`` (10 seconds instead of 60)."""
    seconds = 10.0 if options.get("quick") else SECONDS
    fresh_city()
    load_seed()
    house = Stack(parts=["web", "default", "beat"])
    slugs = {row.kind: row.slug for row in Channel.objects.filter(kind__in=KINDS)}
    hooks = {kind: f"http://127.0.0.1:{house.port}/hooks/{slugs[kind]}/" for kind in KINDS}
    plan: dict[str, Any] = {"rate": RATE, "replays": REPLAYS, "forged": FORGED, "channels": list(KINDS)}
    with ExitStack() as stack:
        sim = stack.enter_context(SimProcess(port=free_port(), webhooks=hooks))
        house.environment["CC_CHANNEL_ALLOW_HOSTS"] = ",".join(sim.allow_hosts)
        _connect(sim)
        stack.enter_context(house)
        warm = sim.control.push(**plan | {"rate": 40, "seconds": 3, "start": WARM_START, "seed": 2})
        meter = Meter(house.pids)
        told = sim.control.push(**plan, seconds=seconds, start=START, threads=64)
        used = meter.read()
        drained = _drain(told["messages"] + warm["messages"])
        whole = meter.read()
        return _report(told, warm, used, whole, drained, seconds)


def _connect(sim: SimProcess) -> None:
    for row in Channel.objects.filter(kind__in=KINDS):
        row.settings, row.secrets = sim.settings[row.kind], json.dumps(sim.secrets[row.kind])
        row.save(update_fields=["settings", "secrets"])


def _incoming() -> int:
    return Message.objects.filter(direction="in", kind=Message.Kind.TEXT).count()


def _drain(messages: int) -> float | None:
    """Seconds until every message is filed and nothing untried waits; None when it never was."""
    began = time.monotonic()
    while time.monotonic() - began < DRAIN_S:
        if not Envelope.objects.waiting().filter(tries=0).exists() and _incoming() >= messages:
            time.sleep(5)  # what would be doubled had its chance
            return time.monotonic() - began
        time.sleep(1)
    return None


def _report(
    told: Mapping[str, Any],
    warm: Mapping[str, Any],
    used: Window,
    whole: Window,
    drained: float | None,
    seconds: float,
) -> dict[str, Metric]:
    posts, due = told["posts"], told["due_ms"]
    keys, messages = told["keys"] + warm["keys"], told["messages"] + warm["messages"]
    good = posts - told["forged"]
    late = told["due_ms"]["p95"] >= 100
    ids = Message.objects.filter(direction="in", kind=Message.Kind.TEXT).values("channel", "external_id")
    doubled = ids.annotate(n=Count("pk")).filter(n__gt=1).count()
    let_in = sum(n for status, n in told["forged_statuses"].items() if status not in {"401", "403"})
    return {
        "answer_p95": metric(
            due["p95"], "ms", "<", 100, n=posts,
            reason=f"Daphne got {used.cpu['web'] / used.seconds:.2f} cores of this machine" if late else "",
        ),
        "answer_p50": metric(due["p50"], "ms", n=posts),
        "answer_p99": metric(due["p99"], "ms", n=posts),
        "answer_max": metric(due["max"], "ms", n=posts),
        "answer_p95_of_its_own_post": metric(told["ms"]["p95"], "ms", n=posts),
        "posts_a_second": metric(posts / told["seconds"], "1/s", ">=", 0.98 * RATE, n=posts),
        "replays": metric(told["replays"] / posts, "share", n=posts),
        "not_answered_200": metric(good - told["statuses"].get("200", 0), "posts", "==", 0, n=good),
        "forged_let_in": metric(let_in, "posts", "==", 0, n=told["forged"]),
        "events_lost": metric(max(0, keys - Envelope.objects.count()), "rows", "==", 0, n=keys),
        "events_doubled": metric(max(0, Envelope.objects.count() - keys), "rows", "==", 0, n=keys),
        "messages_lost": metric(max(0, messages - _incoming()), "rows", "==", 0, n=messages),
        "messages_doubled": metric(
            doubled + max(0, _incoming() - messages), "rows", "==", 0, n=messages,
            reason=f"{Report.objects.count()} reports",
        ),
        "drained_after": metric(drained, "s", "info", n=messages, reason=f"after {seconds:.0f} s of posts"),
        "web_cpu_per_post": metric(1000 * used.cpu["web"] / posts, "ms", n=posts),
        "postgres_cpu_per_post": metric(1000 * used.cpu["postgres"] / posts, "ms", n=posts),
        "worker_cpu_per_message": metric(1000 * whole.cpu["default"] / max(1, messages), "ms", n=messages),
    }  # fmt: skip
