"""What the simulated providers remember: who wrote when, what was sent, which files there are."""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from complaints.channelsim.config import Config
from complaints.channelsim.faults import Faults

HOUR = 3600.0
KEEP = 50_000


@dataclass
class State:
    """One world. Every access takes the lock; nothing waits while it holds it."""

    config: Config
    faults: Faults = field(default_factory=Faults)
    lock: threading.RLock = field(default_factory=threading.RLock)
    sent: list[dict[str, Any]] = field(default_factory=list)
    last_inbound: dict[tuple[str, str], float] = field(default_factory=dict)
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    blocked: set[tuple[str, str]] = field(default_factory=set)
    answered: Counter[str] = field(default_factory=Counter)
    once: dict[str, str] = field(default_factory=dict)
    passed: float = 0.0
    mailbox: Any = None
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def now(self) -> float:
        """Unix time in this world, which can be let pass faster than ours."""
        return time.time() + self.passed

    def number(self) -> int:
        """A number never used before."""
        with self.lock:
            return next(self.numbers)

    def wrote(self, channel: str, who: str) -> None:
        """A citizen wrote to us: the window opens."""
        with self.lock:
            self.last_inbound[channel, who] = self.now()

    def hours_since(self, channel: str, who: str) -> float | None:
        """Hours since a citizen wrote, None for one who never did."""
        with self.lock:
            at = self.last_inbound.get((channel, who))
        return None if at is None else (self.now() - at) / HOUR

    def took(self, channel: str, external_id: str, **what: Any) -> str:
        """Keeps what we were given to deliver; returns its id."""
        with self.lock:
            self.sent.append({"channel": channel, "id": external_id, "at": self.now(), **what})
            del self.sent[:-KEEP]
        return external_id

    def keep_file(self, data: bytes, mime: str) -> str:
        """A file a citizen sent; returns its id."""
        name = hashlib.sha256(data).hexdigest()[:24]
        with self.lock:
            self.files[name] = (data, mime)
        return name

    def count(self, channel: str, status: int) -> None:
        """One answer given."""
        with self.lock:
            self.answered[f"{channel}:{status}"] += 1
