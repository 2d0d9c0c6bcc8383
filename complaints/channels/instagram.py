"""Instagram: messages to the city's account and comments below its posts (``"object":"instagram"``)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from complaints.channels import messaging, meta, shapes
from complaints.channels.base import cut, read
from complaints.channels.contract import Envelope, Headers, Ignored, Inbound, Secrets, Unknown


class Instagram(messaging.PageMessaging):
    """See `PageMessaging`. Secrets: app_secret and instagram_app_secret (either), verify_token, token."""

    key = "instagram"
    max_text = 1000
    comment_edge = "replies"

    def too_long(self, text: str) -> bool:
        """Instagram counts bytes."""
        return len(text.encode()) > self.max_text

    def verify(self, headers: Headers, raw: bytes, secrets: Secrets, now: datetime) -> None:
        """Meta's signature; an app with Instagram login signs with a secret of its own."""
        meta.verify(headers, raw, secrets, "app_secret", "instagram_app_secret")

    def envelopes(self, raw: bytes, headers: Headers | None = None) -> list[Envelope]:
        """One a message, comment."""
        value = shapes.parse(raw)
        return cut(raw, list(messaging.events(value)) if isinstance(value, dict) else [])

    def normalise(self, raw_part: bytes) -> list[Inbound]:
        """Messages, deletions and comments; echoes, standby and read reports are left alone."""
        return read(raw_part, _meanings)


def _meanings(value: Any) -> list[Inbound]:
    found: list[Inbound] = []
    for _, entry in meta.entries(value):
        account = shapes.ident(entry.get("id"))
        for item in shapes.objs(entry.get("messaging")):
            found.append(Ignored("read") if "read" in item else messaging.talk(item, account))
        found += [Ignored("standby") for _ in shapes.objs(entry.get("standby"))]
        for change in messaging.changes(entry):
            known = change.get("field") in ("comments", "live_comments")
            found.append(
                messaging.comment(change, entry, "text")
                if known
                else Unknown(shapes.line(change.get("field"), 40))
            )
    return found


ADAPTER = Instagram()
