"""Health of screens, like that of cameras: what each page reports, and how long ago."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from django.db.models import F, Q
from django.utils import timezone
from redis.exceptions import RedisError

from commandcenter import keys
from commandcenter.wall.models import Display

KEEP_S = 3600
ALIVE_S = 40  # screens report every 15 s
_NUMBERS = ("width", "height", "fps", "late", "pictures", "lag_ms", "flash", "heap_mb")
State = Literal["online", "degraded", "offline", "unknown"]


@dataclass(frozen=True, slots=True)
class ScreenHealth:
    """One screen: state as a camera's, when it last spoke (UTC), and what it said."""

    state: State
    last_seen: datetime | None
    said: dict[str, Any]


def _key(display_id: int) -> str:
    return keys.key("display", display_id)


def note_status(display_id: int, message: dict[str, Any], address: str | None = None) -> None:
    """Keeps a screen's own report; ``last_seen`` moves once a minute or with its address."""
    now = timezone.now()
    said: dict[str, Any] = {
        name: value
        for name in _NUMBERS
        if isinstance(value := message.get(name), int | float) and not isinstance(value, bool)
    }
    said["visible"] = message.get("visible") is not False
    said["sound"] = message.get("sound") is not False
    said["build"] = _printable(message.get("build", ""))[:40]
    said["at"] = now.timestamp()
    keys.client().set(_key(display_id), json.dumps(said), ex=KEEP_S)
    due = Q(last_seen__isnull=True) | Q(last_seen__lt=now - timedelta(seconds=60))
    if address:
        due |= Q(seen_from__isnull=True) | ~Q(seen_from=address)
    Display.objects.filter(due, pk=display_id).update(
        last_seen=now, build=said["build"], seen_from=address or F("seen_from")
    )


def _printable(value: Any) -> str:
    """What both Redis and PostgreSQL can keep: no NUL, no half of a surrogate pair."""
    return str(value).replace("\x00", "").encode("utf-8", "ignore").decode()


def health_of(displays: Iterable[Display], build: str) -> dict[int, ScreenHealth]:
    """Health by display id; one Redis round trip. A dead Redis leaves ``last_seen`` of the rows."""
    rows = list(displays)
    try:
        found: list[Any] = keys.client().mget([_key(row.pk) for row in rows]) if rows else []
    except RedisError:
        found = [None] * len(rows)
    now = timezone.now()
    answer = {}
    for row, raw in zip(rows, found, strict=True):
        said: dict[str, Any] = json.loads(raw) if raw else {}
        seen = datetime.fromtimestamp(said["at"], UTC) if said else row.last_seen
        answer[row.pk] = ScreenHealth(_state(row, said, seen, now, build), seen, said)
    return answer


def _state(row: Display, said: dict[str, Any], seen: datetime | None, now: datetime, build: str) -> State:
    if not row.paired or seen is None:
        return "unknown"
    if (now - seen).total_seconds() > ALIVE_S:
        return "offline"
    late = said.get("late", 0) > 0
    stale = bool(said.get("build")) and said["build"] != build
    return "degraded" if late or stale or not said.get("visible", True) else "online"
