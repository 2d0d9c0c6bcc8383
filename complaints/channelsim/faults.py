"""What can go wrong at a provider, and for how many requests."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any


class FaultError(ValueError):
    """An unknown fault or a bad parameter; the message can be shown to a person."""


KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "rate": ("answers 429 and asks to wait `after` seconds", {"after": 7}),
    "error": ("answers with the status `code` and the provider's kind of body", {"code": 500}),
    "token": ("says that the token has expired", {}),
    "stall": ("takes the request, does nothing for `seconds`, then hangs up", {"seconds": 30}),
    "lost": ("does what is asked and hangs up without an answer", {}),
    "drop": ("hangs up at once", {}),
    "html": ("answers 200 with a web page", {}),
    "drip": ("answers one byte a second, `bytes` of them", {"bytes": 600}),
    "huge": ("answers with `megabytes` of nothing", {"megabytes": 64}),
    "gzip": ("answers packed though nobody asked for it", {}),
    "redirect": ("redirects to `to`", {"to": "http://127.0.0.1:1/"}),
    "short": ("promises a longer file than it sends", {}),
}


@dataclass
class Fault:
    """One fault in force, for ``left`` more requests (below 0: until cleared)."""

    kind: str
    values: dict[str, Any]
    left: int = -1


@dataclass
class Faults:
    """The faults of all channels; requests arrive in many threads."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    of: dict[str, Fault] = field(default_factory=dict)

    def put(self, channel: str, kind: str, times: int, values: dict[str, Any]) -> Fault:
        """Puts a fault on a channel, in place of the one before.

        Raises:
            FaultError: unknown, or with a parameter it does not take.
        """
        if kind not in KINDS:
            raise FaultError(f"no such fault: {kind}; there are {', '.join(KINDS)}")
        defaults = KINDS[kind][1]
        unknown = set(values) - set(defaults)
        if unknown:
            raise FaultError(f"{kind} takes no parameter {', '.join(sorted(unknown))}")
        fault = Fault(kind, defaults | values, times)
        with self.lock:
            self.of[channel] = fault
        return fault

    def due(self, channel: str) -> Fault | None:
        """The fault this request meets, counted."""
        with self.lock:
            fault = self.of.get(channel)
            if fault is None:
                return None
            fault.left -= 1
            if fault.left == 0:
                del self.of[channel]
            return fault

    def clear(self, channel: str = "") -> list[str]:
        """Ends the fault of one channel, or of all; returns their keys."""
        with self.lock:
            gone = [key for key in self.of if not channel or key == channel]
            for key in gone:
                del self.of[key]
        return gone
