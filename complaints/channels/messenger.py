"""Facebook: messages to the city's page and comments below its posts (``"object":"page"``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from complaints.channels import messaging, meta, shapes
from complaints.channels.base import cut, read
from complaints.channels.contract import (
    Delivered,
    DeliveryStatus,
    Envelope,
    Headers,
    Ignored,
    Inbound,
    Secrets,
    Unknown,
)


class Messenger(messaging.PageMessaging):
    """See `PageMessaging`. Secrets: app_secret, verify_token, token (the page's)."""

    key = "messenger"

    def verify(self, headers: Headers, raw: bytes, secrets: Secrets, now: datetime) -> None:
        """Meta's signature."""
        meta.verify(headers, raw, secrets, "app_secret")

    def envelopes(self, raw: bytes, headers: Headers | None = None) -> list[Envelope]:
        """One a message, delivery report, comment."""
        value = shapes.parse(raw)
        return cut(raw, list(messaging.events(value)) if isinstance(value, dict) else [])

    def normalise(self, raw_part: bytes) -> list[Inbound]:
        """Messages, comments, their changes, and how ours fared."""
        return read(raw_part, _meanings)


def _meanings(value: Any) -> list[Inbound]:
    found: list[Inbound] = []
    for _, entry in meta.entries(value):
        account = shapes.ident(entry.get("id"))
        for item in shapes.objs(entry.get("messaging")):
            found += _reports(item) or [messaging.talk(item, account)]
        found += [Ignored("standby") for _ in shapes.objs(entry.get("standby"))]
        for change in messaging.changes(entry):
            known = change.get("field") == "feed"
            found.append(
                messaging.comment(change, entry, "message")
                if known
                else Unknown(shapes.line(change.get("field"), 40))
            )
    return found


def _reports(item: Mapping[str, Any]) -> list[Inbound]:
    """Delivered by name, or everything up to a moment (the watermark); read always the latter."""
    who = shapes.ident(shapes.obj(item, "sender").get("id"))
    seen, arrived = shapes.obj(item, "read"), shapes.obj(item, "delivery")
    if seen:
        at = shapes.moment(seen.get("watermark"))
        return [DeliveryStatus("", Delivered.READ, at, "", who)] if at and who else [Unknown("read")]
    if not arrived:
        return []
    at, mids = shapes.moment(arrived.get("watermark")), arrived.get("mids")
    named = [shapes.ident(mid) for mid in mids] if isinstance(mids, list) else []
    names = [name for name in named if name] or ([""] if at and who else [])
    found: list[Inbound] = [DeliveryStatus(name, Delivered.DELIVERED, at, "", who) for name in names]
    return found or [Unknown("delivery")]


ADAPTER = Messenger()
