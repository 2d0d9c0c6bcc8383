"""Webhooks posted at a rate: a seeded mix of messages, replays, early edits and forgeries."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from complaints.channelsim.payloads import CHANNELS, WORDS, Event, Post, post
from complaints.channelsim.state import State

TIMEOUT = 20


@dataclass(frozen=True)
class Plan:
    """What to post. Shares are of all posts; what is left over are plain messages.

    ``start`` is the first number ids are made of: another one makes other messages.
    """

    rate: float = 50.0
    seconds: float = 10.0
    channels: tuple[str, ...] = ("whatsapp", "telegram", "messenger")
    replays: float = 0.3
    unknown: float = 0.02
    edits: float = 0.02
    forged: float = 0.0
    people: int = 500
    threads: int = 16
    seed: int = 1
    start: int = 1


@dataclass
class Told:
    """How it went. ``keys``: different events posted well; ``messages``: those that are messages.

    ``times`` are from a post's beginning to its answer, ``from_due`` from the moment it was due: who posts by
    the clock and has to wait for a free line waits for the receiver.
    """

    posts: int = 0
    keys: int = 0
    messages: int = 0
    replays: int = 0
    forged: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    forged_statuses: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    from_due: list[float] = field(default_factory=list)
    late: int = 0
    seconds: float = 0.0

    def plain(self) -> dict[str, Any]:
        """As JSON; times in milliseconds."""
        return {
            "posts": self.posts, "keys": self.keys, "messages": self.messages, "replays": self.replays,
            "forged": self.forged, "statuses": dict(self.statuses),
            "forged_statuses": dict(self.forged_statuses),
            "ms": _quantiles(self.times), "due_ms": _quantiles(self.from_due), "late": self.late,
            "seconds": round(self.seconds, 2),
        }  # fmt: skip


def _quantiles(seconds: list[float]) -> dict[str, float]:
    times = sorted(seconds)
    if not times:
        return {}
    at = {f"p{q}": times[min(len(times) - 1, len(times) * q // 100)] for q in (50, 95, 99)}
    return {name: round(value * 1000, 1) for name, value in {**at, "max": times[-1]}.items()}


def posts(state: State, plan: Plan, told: Told) -> Iterator[tuple[Post, bool]]:
    """The posts in order, with whether each is forged; the same seed and start make the same."""
    draw, channels = random.Random(plan.seed), [c for c in plan.channels if c in CHANNELS]
    # A replay comes within a few hundred posts, as an impatient provider's does.
    recent: list[Post] = []
    for number in range(plan.start, plan.start + int(plan.rate * plan.seconds)):
        told.posts += 1
        dice = draw.random()
        if recent and dice < plan.replays:
            told.replays += 1
            yield draw.choice(recent[-300:]), False
            continue
        forged = dice < plan.replays + plan.forged
        event = _event(draw, number, dice - plan.replays - plan.forged, plan)
        made = post(
            state.config, draw.choice(channels), event, draw.choice(["wrongly", "not"]) if forged else "well"
        )
        if forged:
            told.forged += 1
        else:
            told.keys += 1
            told.messages += made.message
            state.wrote(made.channel, event.who)
            recent.append(made)
        yield made, forged


def _event(draw: random.Random, number: int, dice: float, plan: Plan) -> Event:
    who, text = f"62811{draw.randrange(plan.people):06d}", f"{draw.choice(WORDS)} ({number})"
    if 0 <= dice < plan.unknown:
        return Event("unknown", number, who, time.time())
    if 0 <= dice < plan.unknown + plan.edits:
        # Of a message yet to come, more often than not: providers keep no order.
        return Event("edit", number, who, time.time(), of=number + draw.randrange(-2, 6), text=text)
    return Event("text", number, who, time.time(), text=text)


def push(state: State, plan: Plan, targets: dict[str, str]) -> Told:
    """Posts the plan by the clock with kept-alive connections; returns when the last is answered."""
    told, lock, began = Told(), threading.Lock(), time.monotonic()
    source = enumerate(posts(state, plan, told))

    def work() -> None:
        lines = Lines(targets)
        while True:
            with lock:
                index, item = next(source, (-1, None))
            if item is None:
                return lines.close()
            due = began + index / plan.rate
            wait = due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            _one(lines, item, told, lock, waited=max(0.0, -wait))

    workers = [threading.Thread(target=work, daemon=True) for _ in range(plan.threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    told.seconds = time.monotonic() - began
    return told


def _one(lines: Lines, item: tuple[Post, bool], told: Told, lock: threading.Lock, *, waited: float) -> None:
    made, forged = item
    began = time.perf_counter()
    status = lines.post(made)
    took = time.perf_counter() - began
    with lock:
        (told.forged_statuses if forged else told.statuses)[str(status)] += 1
        told.times.append(took)
        told.from_due.append(waited + took)
        told.late += waited > 1


class Lines:
    """One thread's connections, one a target."""

    def __init__(self, targets: dict[str, str]) -> None:
        self._targets = {channel: urlsplit(url) for channel, url in targets.items()}
        self._open: dict[str, http.client.HTTPConnection] = {}

    def post(self, made: Post) -> int:
        """The status, 0 when there was none. A kept line the server had closed gets one fresh try."""
        for _ in range(2):
            try:
                return self._post(made)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self._drop(made.channel)
            except OSError:
                self._drop(made.channel)
                return 0
        return 0

    def _post(self, made: Post) -> int:
        target = self._targets[made.channel]
        line = self._open.get(made.channel)
        if line is None:
            line = http.client.HTTPConnection(target.hostname or "", target.port or 80, timeout=TIMEOUT)
            self._open[made.channel] = line
        line.request("POST", target.path, made.body, made.headers)
        answer = line.getresponse()
        answer.read()
        return answer.status

    def _drop(self, channel: str) -> None:
        line = self._open.pop(channel, None)
        if line is not None:
            line.close()

    def close(self) -> None:
        """Ends all."""
        for channel in list(self._open):
            self._drop(channel)
