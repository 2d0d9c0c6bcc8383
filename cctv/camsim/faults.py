"""What can go wrong with a camera, and the table that says what each fault does."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any


class FaultError(ValueError):
    """An unknown fault kind or a bad parameter; the message can be shown to a person."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault. ``picture`` ones swap the loop; ``cuts`` ends sessions at its start."""

    name: str
    help: str
    picture: bool = False
    cuts: bool = False
    defaults: dict[str, Any] = field(default_factory=dict)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("stall", "accepts connections, answers nothing, stops sending; goes on when cleared"),
        Kind(
            "drop",
            "answers, then closes the connection `after` seconds later",
            cuts=True,
            defaults={"after": 1.0},
        ),
        Kind("dead", "closes every connection at once", cuts=True),
        Kind("refuse", "answers every request with `code`", cuts=True, defaults={"code": 453}),
        Kind("slow", "answers every request `delay` seconds late", defaults={"delay": 3.0}),
        Kind("html", "sends a web page where a picture or stream description is expected", cuts=True),
        Kind("truncated", "sends half a JPEG"),
        Kind("old-date", "sends pictures that claim to be from 2009"),
        Kind("huge", "sends a JPEG of `megabytes` that never ends in time", defaults={"megabytes": 200}),
        Kind("bomb", "sends a tiny JPEG that claims 65500 x 65500 px"),
        Kind(
            "redirect",
            "redirects to `to` (default: this machine)",
            cuts=True,
            defaults={"to": ""},
        ),
        Kind("garbage-sdp", "describes its stream with random bytes", cuts=True),
        Kind(
            "oversize-sdp",
            "describes its stream in `megabytes`",
            cuts=True,
            defaults={"megabytes": 8},
        ),
        Kind("no-keyframe", "sends its stream without any key frame"),
        Kind("gaps", "loses one frame in `every`", defaults={"every": 5}),
        Kind(
            "clock-jump", "lets its stream clock jump back and forth by `by` seconds", defaults={"by": 20.0}
        ),
        Kind("freeze", "repeats one picture while the stream goes on; its clock stands", picture=True),
        Kind("black", "shows black", picture=True),
        Kind("cover", "shows a cloth over the lens", picture=True),
        Kind("blur", "shows an unsharp picture", picture=True),
        Kind("shift", "looks somewhere else than before", picture=True),
        Kind("slow-keyframes", "sends a key frame every `gop` seconds", picture=True, defaults={"gop": 10}),
    )
}

CODES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    453: "Not Enough Bandwidth",
    454: "Session Not Found",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in force: ``since`` and ``until`` are seconds since the epoch."""

    kind: str
    params: dict[str, Any]
    since: float
    until: float | None = None

    def number(self, name: str) -> float:
        """A numeric parameter."""
        return float(self.params[name])


def make_fault(kind: str, params: dict[str, Any], now: float | None = None) -> Fault:
    """Check and complete a fault. A bare code such as ``403`` means refuse with it.

    Raises:
        FaultError: unknown kind or parameter; lists the known ones.
    """
    start = time.time() if now is None else now
    values = dict(params)
    if kind.isdigit():
        kind, values["code"] = "refuse", int(kind)
    if kind not in KINDS:
        raise FaultError(f"unknown fault {kind!r}; known: {', '.join(KINDS)}, or one of {_codes()}")
    seconds = values.pop("seconds", None)
    defaults = KINDS[kind].defaults
    unknown = set(values) - set(defaults)
    if unknown:
        raise FaultError(f"{kind} takes no parameter {', '.join(sorted(unknown))}")
    merged = defaults | values
    if kind == "refuse" and int(merged["code"]) not in CODES:
        raise FaultError(f"refuse takes one of {_codes()}")
    until = start + float(seconds) if seconds else None
    return Fault(kind, merged, start, until)


def _codes() -> str:
    return ", ".join(str(code) for code in CODES)
