"""Every few seconds: what changed without an attempt. Silence, maintenance, pauses, edits, lost schedules."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cctv.capture.events import (
    AddressChanged,
    CredentialsChanged,
    Event,
    MaintenanceEnd,
    MaintenanceStart,
    Paused,
    Resumed,
    Tick,
    Watched,
)
from cctv.capture.fleet_guard import Closed, News, Opened
from cctv.capture.memory import CameraState
from cctv.engine import alarmed, demand, fault_alarms, guarding, ledger, names
from cctv.engine.fleet_view import Row, in_maintenance, view
from commandcenter import keys

SPREAD_S = 10.0
# Pauses that this sweep begins and ends; a schedule ends its own.
OURS = ("switched_off", "budget")


def sweep() -> None:
    """One round over the whole fleet."""
    rows, now = view.rows(fresh=True), datetime.now(UTC)
    raw = ledger.read(list(rows))
    states = {id: ledger.parse(raw[id], row, now) for id, row in rows.items()}
    guard, found = guarding.watch(rows, states)
    _announce(found)
    alarmed.want_pictures(now)
    fault_alarms.watch(now)
    context = ledger.Context(guard=guard, levels=demand.levels())
    revisions = {int(id): value.decode() for id, value in keys.client().hgetall(names.revisions()).items()}
    works = in_maintenance()
    for id, row in rows.items():
        events = events_for(row, states[id], revisions.get(id), works, now)
        if context.levels.get(id) and states[id].watched_since is None:
            events.append(Watched(now))
        if raw[id] is None or events or _may_be_silent(states[id], context.interval(row), now):
            ledger.apply(row, events or [Tick()], context)
    remember(rows)
    _reschedule(rows, states)
    demand.forget_expired()


def events_for(
    row: Row, state: CameraState, known: str | None, works: Mapping[int, datetime | None], now: datetime
) -> list[Event]:
    """What people changed since the memory last heard of this camera."""
    events: list[Event] = []
    if known is not None and known != _revision(row):
        credentials, address = known.split(".")
        if int(address) != row.address_rev:
            events.append(AddressChanged(now))
        if int(credentials) != row.credentials_rev:
            events.append(CredentialsChanged(now))
    if row.rests and state.paused is None:
        events.append(Paused(now, row.rests))
    elif not row.rests and state.paused in OURS:
        events.append(Resumed(now))
    if row.id in works and not state.maintenance:
        events.append(MaintenanceStart(now, works[row.id]))
    elif row.id not in works and state.maintenance:
        events.append(MaintenanceEnd(now))
    return events


def _revision(row: Row) -> str:
    return f"{row.credentials_rev}.{row.address_rev}"


def _may_be_silent(state: CameraState, interval_s: float, now: datetime) -> bool:
    """Worth a decision: no good picture for two intervals, or a notice that may fall due."""
    newest = max(filter(None, (state.last_good_at, state.silent_from)))
    return (now - newest).total_seconds() > 2 * interval_s


def remember(rows: Mapping[int, Row]) -> None:
    """Which logins and addresses these cameras were judged with."""
    if rows:
        keys.client().hset(names.revisions(), mapping={str(id): _revision(row) for id, row in rows.items()})


def _reschedule(rows: Mapping[int, Row], states: Mapping[int, CameraState]) -> None:
    """Puts back what a restarted Redis forgot, spread over some seconds; takes out what nobody grabs."""
    client, now = keys.client(), time.time()
    scheduled = {int(id) for id in client.zrange(names.due(), 0, -1)}
    wanted = {
        id for id, row in rows.items() if not row.held and not row.rests and states[id].next_due is not None
    }
    missing, extra = wanted - scheduled, scheduled - set(rows)
    if missing:
        # nx: a worker may have scheduled it meanwhile
        client.zadd(names.due(), {str(id): now + random.uniform(0, SPREAD_S) for id in missing}, nx=True)
    if extra:
        client.zrem(names.due(), *map(str, extra))


def _announce(found: list[News]) -> None:
    for item in found:
        keys.client().rpush(names.news(), json.dumps(_plain(item)))


def _plain(item: News) -> dict[str, Any]:
    if isinstance(item, Opened):
        return {
            "what": "incident_opened",
            "site": item.site,
            "at": item.since.isoformat(),
            "cause": str(item.cause),
            "cameras": sorted(item.members),
        }
    if isinstance(item, Closed):
        return {"what": "incident_closed", "site": item.site, "at": item.until.isoformat()}
    return {"what": "incident_told", "site": item.site, "at": item.since.isoformat()}
