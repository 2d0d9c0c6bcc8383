"""One camera's memory in Redis: read, decide by the pure rules, write if nobody else did in between.

Transitions and notices enter the news list in the same step as the memory, so that none is lost
between a decision and the database; :mod:`cctv.engine.news` carries them there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cctv.capture.cadence import Level
from cctv.capture.events import (
    CameraStatus,
    Effect,
    Event,
    NoticeDown,
    NoticeUp,
    ScheduleAt,
    StopTrying,
    Tick,
    Transition,
)
from cctv.capture.fleet_guard import Guard
from cctv.capture.memory import CameraState, Rules
from cctv.capture.state import advance
from cctv.engine import names
from cctv.engine.fleet_view import Row, fresh_row
from commandcenter import keys

TRIES = 4
_KEEP, _REMOVE = "", "-"

# state, news, due / old, new, camera, due score or "" or "-", …, news items from `first` on
REMEMBER = """
local function remember(first)
  if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[2])
  if ARGV[4] == '-' then redis.call('ZREM', KEYS[3], ARGV[3])
  elseif ARGV[4] ~= '' then redis.call('ZADD', KEYS[3], ARGV[4], ARGV[3]) end
  for i = first, #ARGV do redis.call('RPUSH', KEYS[2], ARGV[i]) end
  return 1
end
"""
_COMPARE_AND_SET = REMEMBER + "return remember(5)"


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision needs beyond the camera itself."""

    guard: Guard = field(default_factory=Guard)
    levels: Mapping[int, set[Level]] = field(default_factory=dict)

    def interval(self, row: Row) -> float:
        """Seconds between this camera's pictures now."""
        return row.interval(self.levels.get(row.id, set()))

    def rules(self, row: Row) -> Rules:
        """The numbers of this camera's next decision."""
        return Rules(
            interval_s=self.interval(row),
            watched=bool(self.levels.get(row.id)),
            freeze=self.guard.freeze(row.site),
            thawed_at=self.guard.thawed_at(row.site),
        )


def read(ids: Sequence[int]) -> dict[int, bytes | None]:
    """The raw memories of these cameras."""
    if not ids:
        return {}
    return dict(zip(ids, keys.client().mget([names.state(id) for id in ids]), strict=True))


def parse(raw: bytes | None, row: Row, now: datetime) -> CameraState:
    """A memory; where Redis lost it or cannot read it, one that goes on from the database row."""
    if raw:
        try:
            return CameraState.from_dict(json.loads(raw))
        except (ValueError, KeyError, TypeError):
            pass
    return reborn(row, now)


def reborn(row: Row, now: datetime) -> CameraState:
    """The memory rebuilt from what the database knows: no transition is made up by a lost Redis."""
    known = CameraStatus(row.status)
    link = CameraStatus.UNKNOWN if known in {CameraStatus.PAUSED, CameraStatus.MAINTENANCE} else known
    return CameraState(
        since=row.status_since or row.registered_at,
        silent_from=now,
        link=link,
        link_reason=row.status_reason or None,
        last_good_at=row.last_good_at,
        next_due=None if link is CameraStatus.AUTH_FAILED else now,
        maintenance=known is CameraStatus.MAINTENANCE,
        paused=row.status_reason or "switched_off" if known is CameraStatus.PAUSED else None,
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """A decision that is not written yet: valid while the camera's memory is still ``expected``."""

    expected: bytes
    fresh: bytes
    due: str
    news: list[str]
    state: CameraState


def plan(
    row: Row, raw: bytes | None, events: Sequence[Event], context: Context, now: datetime | None = None
) -> Plan:
    """What follows from ``events`` on the memory ``raw``."""
    moment = now or datetime.now(UTC)
    state, effects = _advance(parse(raw, row, moment), events, context.rules(row), moment)
    told = [json.dumps(item) for item in news_of(row.id, effects)]
    return Plan(raw or b"", _dump(state), _due(row, state, effects), told, state)


def apply(row: Row, events: Iterable[Event], context: Context, now: datetime | None = None) -> CameraState:
    """Feeds ``events`` to one camera's memory and returns it; effects are on their way when this returns."""
    events = list(events) or [Tick()]
    for _ in range(TRIES):
        raw: bytes | None = keys.client().get(names.state(row.id))
        if raw is None:
            row = fresh_row(row)
        made = plan(row, raw, events, context, now)
        where = [names.state(row.id), names.news(), names.due()]
        arguments = [made.expected, made.fresh, row.id, made.due, *made.news]
        if run_script(_COMPARE_AND_SET, where, arguments):
            break
    return made.state


def run_script(text: str, where: Sequence[str], arguments: Sequence[Any]) -> Any:
    """Runs a script by its digest; a Redis that has just been restarted is told its text again."""
    script = _scripts.get(text)
    if script is None:
        script = _scripts[text] = keys.client().register_script(text)
    return script(keys=where, args=arguments)


_scripts: dict[str, Any] = {}


def _advance(
    state: CameraState, events: Iterable[Event], rules: Rules, now: datetime
) -> tuple[CameraState, list[Effect]]:
    effects: list[Effect] = []
    for event in events:
        state, more = advance(state, event, now, rules)
        effects += more
    return state, effects


def _dump(state: CameraState) -> bytes:
    return json.dumps(state.to_dict(), separators=(",", ":")).encode()


def _due(row: Row, state: CameraState, effects: list[Effect]) -> str:
    """The schedule's new score; a held camera is not in the schedule: its shard reads the memory."""
    if row.held or any(isinstance(effect, StopTrying) for effect in effects):
        return _REMOVE
    if state.next_due is not None and any(isinstance(effect, ScheduleAt) for effect in effects):
        return str(state.next_due.timestamp())
    return _KEEP


def news_of(camera: int, effects: Iterable[Effect]) -> list[dict[str, Any]]:
    """The effects that people or the log must hear of, as JSON-ready items."""
    found: list[dict[str, Any]] = []
    for effect in effects:
        if isinstance(effect, Transition):
            found.append(
                {
                    "what": "transition",
                    "camera": camera,
                    "from": effect.before.value,
                    "to": effect.after.value,
                    "reason": effect.reason or "",
                    "at": effect.at.isoformat(),
                    "seen_at": effect.seen_at.isoformat(),
                }
            )
        elif isinstance(effect, NoticeDown):
            found.append(
                {
                    "what": "down",
                    "camera": camera,
                    "reason": effect.reason or "",
                    "at": effect.since.isoformat(),
                    "reminder": effect.reminder,
                }
            )
        elif isinstance(effect, NoticeUp):
            found.append({"what": "up", "camera": camera, "at": effect.at.isoformat(), "reason": effect.why})
    return found
