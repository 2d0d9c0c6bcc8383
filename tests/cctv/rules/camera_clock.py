"""A camera on a fake clock: feed it events, read its state and everything it asked for."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cctv.capture.failures import FailureKind
from cctv.capture.state import (
    CameraState,
    CameraStatus,
    Effect,
    Event,
    Failed,
    Good,
    NoticeDown,
    NoticeUp,
    Rules,
    ScheduleAt,
    Tick,
    Transition,
    advance,
)

START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


class CameraClock:
    """One camera; `now` moves only when told."""

    def __init__(self, **rules) -> None:
        self.rules = Rules(rng=random.Random(7), **rules)
        self.now = START
        self.state = CameraState.new(START)
        self.effects: list[Effect] = []

    def change_rules(self, **changes) -> None:
        self.rules = replace(self.rules, **changes)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def feed(self, event: Event) -> list[Effect]:
        # Through JSON each time, as the row in the database does it.
        remembered = CameraState.from_dict(self.state.to_dict())
        assert remembered == self.state
        self.state, new = advance(remembered, event, self.now, self.rules)
        self.effects += new
        return new

    def good(self) -> list[Effect]:
        return self.feed(Good(self.now, latency_ms=80, bytes_in=20_480))

    def fail(self, kind: FailureKind, detail: str = "") -> list[Effect]:
        return self.feed(Failed(self.now, kind, detail))

    def tick(self, seconds: float = 0) -> list[Effect]:
        self.wait(seconds)
        return self.feed(Tick())

    def of(self, kind: type[Effect]) -> list[Any]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def status(self) -> CameraStatus:
        return self.state.status

    def is_scheduled(self) -> bool:
        return self.state.next_due is not None

    def due(self) -> datetime:
        assert self.state.next_due is not None
        return self.state.next_due

    @property
    def moves(self) -> list[tuple[str, str]]:
        return [(move.before.value, move.after.value) for move in self.of(Transition)]

    @property
    def notices(self) -> list[Any]:
        return [effect for effect in self.effects if isinstance(effect, NoticeDown | NoticeUp)]

    @property
    def schedule(self) -> list[datetime]:
        return [effect.when for effect in self.of(ScheduleAt)]


def online(**rules) -> CameraClock:
    """A watched camera at a ten second cadence that just gave a picture."""
    camera = CameraClock(**{"interval_s": 10.0, "watched": True} | rules)
    camera.good()
    camera.effects.clear()
    return camera
