"""What most adapters have in common; each overrides what its provider does otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from complaints.channels import shapes
from complaints.channels.contract import (
    Envelope,
    Ignored,
    Inbound,
    MediaRef,
    Permanent,
    ReplyRule,
    Retryable,
    Secrets,
    Settings,
    Talk,
    Unknown,
)
from complaints.channels.http import CHUNK, Http

Event = tuple[str, str, Any]
"""Key (empty: none), kind, and the event in the shape of a whole post."""


class Base:
    """Defaults: no handshake, no window, files without a token."""

    key = ""

    def challenge(self, params: Mapping[str, str], secrets: Secrets) -> tuple[int, str]:
        """Nobody asks."""
        return 404, ""

    def reply_rule(
        self,
        last_inbound_at: datetime | None,
        now: datetime,
        *,
        kind: Talk = "dm",
        settings: Settings | None = None,
    ) -> ReplyRule:
        """No window."""
        return ReplyRule.FREE

    def fetch_media(
        self, ref: MediaRef, settings: Settings, secrets: Secrets, http: Http, *, limit: int
    ) -> Iterator[bytes]:
        """The bytes that came along, or a public address."""
        if ref.data is not None:
            yield from pieces_of(ref.data, limit)
        elif ref.url:
            try:
                yield from http.stream(ref.url, limit=limit)
            except Retryable as problem:
                # No token went along, so none was refused: the signed address is over.
                if problem.code == "token_refused":
                    raise Permanent("media_gone", problem.detail) from None
                raise
        else:
            raise Permanent("media_gone")


def pieces_of(data: bytes, limit: int) -> Iterator[bytes]:
    """Bytes that are here already, under the same limit."""
    if len(data) > limit:
        raise Permanent("media_too_large", f"{len(data)} bytes")
    for start in range(0, len(data), CHUNK):
        yield data[start : start + CHUNK]


def cut(raw: bytes, events: Sequence[Event]) -> list[Envelope]:
    """Envelopes of a post's events. A post of one event keeps its bytes as they came."""
    if not events:
        return [Envelope(shapes.digest(raw), "unknown", raw)]
    found: dict[str, Envelope] = {}
    for external_id, kind, part in events:
        kept = raw if len(events) == 1 else shapes.dump(part)
        external_id = external_id or shapes.digest(kept)
        found.setdefault(external_id, Envelope(external_id, kind, kept))
    return list(found.values())


def read(raw_part: bytes, meaning: Callable[[Any], list[Inbound]]) -> list[Inbound]:
    """The meanings of a post; at least one."""
    value = shapes.parse(raw_part)
    if not isinstance(value, dict):
        return [Unknown("not_an_object")]
    return meaning(value) or [Unknown("empty")]


def within(last_inbound_at: datetime | None, now: datetime, window: timedelta) -> bool:
    """Whether the citizen wrote no longer ago than ``window``. Exactly the window is over."""
    return last_inbound_at is not None and now - last_inbound_at < window


def ignored(reason: str) -> list[Inbound]:
    """One thing understood and left alone."""
    return [Ignored(reason)]
