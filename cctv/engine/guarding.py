"""The fleet guard's memory in Redis, and the window it judges."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from cctv.capture.failures import FailureKind
from cctv.capture.fleet import Outcome, Window, judge
from cctv.capture.fleet_guard import Guard, News, follow
from cctv.capture.memory import CameraState
from cctv.engine import names
from cctv.engine.fleet_view import Row
from commandcenter import keys

SWEEP_S = 5.0


def load() -> Guard:
    """The guard's memory; empty where Redis has none."""
    raw = keys.client().get(names.guard())
    return Guard.from_dict(json.loads(raw)) if raw else Guard()


def watch(rows: Mapping[int, Row], states: Mapping[int, CameraState]) -> tuple[Guard, list[News]]:
    """Judges the last minute and stores what follows; news are incidents that opened or closed."""
    client, now = keys.client(), datetime.now(UTC)
    before = client.getset(names.lock("swept"), now.timestamp())
    gap = now.timestamp() - float(before) if before else 0.0
    window = Window(
        now=now,
        fleet={row.id: row.site for row in rows.values() if not row.paused},
        outcomes=tuple(_outcomes(now)),
        down_before=frozenset(id for id, state in states.items() if _long_down(state, now)),
        overdue=frozenset(_overdue(rows)),
        tick_gap_s=gap,
        tick_period_s=SWEEP_S,
    )
    guard, found = follow(load(), judge(window), window)
    client.set(names.guard(), json.dumps(guard.to_dict()))
    return guard, found


def _long_down(state: CameraState, now: datetime) -> bool:
    return state.status.is_down and (now - state.since).total_seconds() > 60


def _outcomes(now: datetime) -> Iterable[Outcome]:
    """The last minute: every failure, and each camera's newest outcome."""
    client, oldest = keys.client(), now.timestamp() - 60
    last = client.hgetall(names.outcomes())
    for item in client.zrangebyscore(names.failures(), oldest, "+inf"):
        camera, at, kind = item.decode().split(":")
        yield Outcome(int(camera), datetime.fromtimestamp(float(at), UTC), FailureKind(kind))
    for camera, value in last.items():
        at, _, kind = value.decode().partition(":")
        if not kind and float(at) >= oldest:
            yield Outcome(int(camera), datetime.fromtimestamp(float(at), UTC))
    client.zremrangebyscore(names.failures(), 0, oldest)


def _overdue(rows: Mapping[int, Row]) -> Iterable[int]:
    """Scheduled cameras that nobody picked up: the tick stands still or the broker is gone."""
    late = keys.client().zrangebyscore(names.due(), 0, time.time() - 20)
    return (int(id) for id in late if int(id) in rows)
