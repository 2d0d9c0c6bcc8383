"""Partners by signed webhook, both ways: another city's application, an SMS gateway, a citizens' app.

``X-Signature: sha256=`` and the hex HMAC-SHA256 of ``timestamp + "." + raw body``, ``X-Timestamp`` in Unix
seconds at most five minutes off, ``X-Delivery`` a UUID. The signature covers the body's own ``id``, not the
header: that id is the key wherever there is one, so nobody can double a report by another delivery number.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from complaints.channels import answers, shapes
from complaints.channels.base import Base, cut, read
from complaints.channels.contract import (
    Delivered,
    DeliveryStatus,
    Envelope,
    Headers,
    Inbound,
    InboundDelete,
    InboundEdit,
    InboundMessage,
    MediaRef,
    MissingSignature,
    Outbound,
    Secrets,
    Sent,
    Settings,
    Unknown,
    WrongSignature,
)
from complaints.channels.http import Http
from complaints.channels.signing import check, header, hex_signature, secrets_of

MAX_SKEW = 300
_TYPES = ("report", "message", "edit", "delete", "status")
# Our outgoing messages' names in the partner's books.
_SPACE = uuid.UUID("5b0c7d1e-6a53-4b0e-9a77-3f1f5d2c8e41")


def signature(secret: str, timestamp: int | str, raw: bytes) -> str:
    """The value of X-Signature."""
    return hex_signature(secret, f"{timestamp}.".encode("utf-8", "surrogatepass") + raw)


class Partner(Base):
    """See the module. Settings: url (where our answers go). Secrets: secret, old_secret while one is
    replaced.
    """

    key = "partner"

    def verify(self, headers: Headers, raw: bytes, secrets: Secrets, now: datetime) -> None:
        """Signature first, clock second: a stranger learns nothing about our clock."""
        given, stamp = header(headers, "X-Signature"), header(headers, "X-Timestamp")
        if not given or not stamp:
            raise MissingSignature("signature_missing")
        check(given, [signature(s, stamp, raw) for s in secrets_of(secrets, "secret", "old_secret")])
        seconds = int(stamp) if stamp.isascii() and stamp.isdigit() and len(stamp) <= 12 else 0
        if abs(now.timestamp() - seconds) > MAX_SKEW:
            raise WrongSignature("clock_skew")

    def envelopes(self, raw: bytes, headers: Headers | None = None) -> list[Envelope]:
        """A post is one event."""
        value = shapes.parse(raw)
        if not isinstance(value, dict):
            return cut(raw, [])
        kind, external_id = _type(value), shapes.key(_type(value), value.get("id"))
        if kind in ("edit", "status") and external_id:
            external_id = shapes.key(kind, value.get("id"), shapes.digest(raw))
        if not external_id and headers is not None:
            external_id = shapes.key("delivery", header(headers, "X-Delivery").lower())
        return cut(raw, [(external_id, kind, value)])

    def normalise(self, raw_part: bytes) -> list[Inbound]:
        """Reports, messages, their changes, and how ours fared."""
        return read(raw_part, lambda value: [_meaning(value)])

    def send(
        self, outbound: Outbound, settings: Settings, secrets: Secrets, http: Http, now: datetime
    ) -> Sent:
        """A signed post; a repeat carries the same delivery number, so nothing is doubled by trying again."""
        url, known = shapes.web_address(settings.get("url")), secrets_of(secrets, "secret")
        if not url or not known:
            raise answers.not_set_up("secret" if url else "url")
        delivery = str(uuid.uuid5(_SPACE, outbound.key))
        raw = shapes.dump(_body(outbound, delivery, now))
        stamp = str(int(now.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "X-Timestamp": stamp,
            "X-Delivery": delivery,
            "X-Signature": signature(known[0], stamp, raw),
        }
        answer = http.call("POST", url, headers=headers, body=raw)
        found = answers.failure(answer, now)
        if found is not None:
            raise found
        return Sent(delivery)


def _body(outbound: Outbound, delivery: str, now: datetime) -> dict[str, Any]:
    return {
        "type": "message",
        "id": delivery,
        "conversation": outbound.to,
        "reply_to": outbound.reply_to,
        "report": outbound.thread,
        "text": outbound.text,
        "sent_at": now.astimezone(UTC).isoformat(timespec="seconds"),
    }


def _type(value: Mapping[str, Any]) -> str:
    kind = value.get("type", "report")
    return kind if kind in _TYPES else "unknown"


def _meaning(value: Mapping[str, Any]) -> Inbound:
    kind, external_id = _type(value), shapes.ident(value.get("id"))
    sender = shapes.obj(value, "sender")
    who, at = shapes.ident(sender.get("id")), shapes.moment(value.get("sent_at"))
    if kind == "unknown" or not external_id:
        return Unknown(shapes.line(value.get("type"), 40) or "no_id")
    who = who or shapes.phone(sender.get("phone"))
    if kind == "edit":
        return InboundEdit(external_id, shapes.text(value.get("text")), at, who)
    if kind == "delete":
        return InboundDelete(external_id, at, who)
    if kind == "status":
        return _status(value, external_id, at)
    return _message(value, external_id, at)


def _status(value: Mapping[str, Any], external_id: str, at: datetime | None) -> Inbound:
    state = value.get("state")
    if state not in list(Delivered):
        return Unknown("status")
    return DeliveryStatus(external_id, Delivered(state), at, shapes.line(value.get("error")))


def _message(value: Mapping[str, Any], external_id: str, at: datetime | None) -> Inbound:
    sender, place = shapes.obj(value, "sender"), shapes.obj(value, "point")
    who, number = shapes.ident(sender.get("id")), shapes.phone(sender.get("phone"))
    # A partner without users of its own (an SMS gateway) names the number, or nobody.
    conversation = shapes.ident(value.get("conversation")) or who or number or external_id
    return InboundMessage(
        external_id=external_id,
        conversation_id=conversation,
        sender_id=who or number or external_id,
        sender_name=shapes.line(sender.get("name"), 120),
        sender_phone=number,
        sender_email=shapes.line(sender.get("email"), 254),
        text=shapes.text(value.get("text")),
        sent_at=at,
        attachments=tuple(ref for ref in map(_media, shapes.objs(value.get("attachments"))) if ref.url),
        point=shapes.point(place.get("lat"), place.get("lng"), place.get("name"), place.get("address")),
        reply_to=shapes.ident(value.get("reply_to")),
        thread=shapes.ident(value.get("report")),
        subject=shapes.line(value.get("subject")),
    )


def _media(one: Mapping[str, Any]) -> MediaRef:
    return MediaRef(
        url=shapes.web_address(one.get("url")),
        mime=shapes.mime(one.get("mime")),
        sha256=shapes.sha256(one.get("sha256")),
        size=shapes.whole(one.get("size")),
        caption=shapes.text(one.get("caption"), 1024),
        name=shapes.line(one.get("name"), 120),
    )


ADAPTER = Partner()
