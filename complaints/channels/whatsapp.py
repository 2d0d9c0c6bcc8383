"""WhatsApp Cloud API: webhooks of a WhatsApp Business account in, ``/{phone_number_id}/messages`` out.

A citizen with a user name has no number here: then only the business-scoped id (BSUID, ``ID.2081…``) names
them. It is the identity where it is known; an answer goes to the number where that is known, as Meta advises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from complaints.channels import answers, meta, shapes
from complaints.channels.base import Base, Event, cut, read, within
from complaints.channels.contract import (
    Delivered,
    DeliveryStatus,
    Envelope,
    Headers,
    Ignored,
    Inbound,
    InboundDelete,
    InboundEdit,
    InboundMessage,
    MediaRef,
    Outbound,
    Permanent,
    Point,
    ReplyRule,
    Secrets,
    Sent,
    Settings,
    Talk,
    Unknown,
)
from complaints.channels.http import Http

WINDOW = timedelta(hours=24)
MAX_TEXT = 4096
BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
# Where Graph keeps files; the token goes nowhere else.
MEDIA_HOSTS = (".fbsbx.com", ".facebook.com", ".whatsapp.net")
_MEDIA = ("image", "video", "document", "audio", "sticker")
_SILENT = {"reaction", "system", "request_welcome"}
_STATES = {state.value: state for state in Delivered}


class WhatsApp(Base):
    """See the module. Settings: phone_number_id, api_base, api_version. Secrets: app_secret, verify_token,
    token.
    """

    key = "whatsapp"

    def challenge(self, params: Mapping[str, str], secrets: Secrets) -> tuple[int, str]:
        """Meta's handshake."""
        return meta.challenge(params, secrets)

    def verify(self, headers: Headers, raw: bytes, secrets: Secrets, now: datetime) -> None:
        """Meta's signature."""
        meta.verify(headers, raw, secrets, "app_secret")

    def envelopes(self, raw: bytes, headers: Headers | None = None) -> list[Envelope]:
        """One a message and one a status; a change of another field is one of that field's name."""
        value = shapes.parse(raw)
        events = list(_events(value)) if isinstance(value, dict) else []
        return cut(raw, events)

    def normalise(self, raw_part: bytes) -> list[Inbound]:
        """Messages, edits, revocations and statuses."""
        return read(raw_part, _meanings)

    def reply_rule(
        self,
        last_inbound_at: datetime | None,
        now: datetime,
        *,
        kind: Talk = "dm",
        settings: Settings | None = None,
    ) -> ReplyRule:
        """Free text for 24 hours after the citizen's last word, a template afterwards."""
        return ReplyRule.FREE if within(last_inbound_at, now, WINDOW) else ReplyRule.TEMPLATE

    def send(
        self, outbound: Outbound, settings: Settings, secrets: Secrets, http: Http, now: datetime
    ) -> Sent:
        """A text or a template."""
        if len(outbound.text) > MAX_TEXT and not outbound.template:
            raise Permanent("too_long", str(MAX_TEXT))
        number = quote(answers.required(settings, "phone_number_id"), safe="")
        url = f"{meta.base_of(settings)}/{number}/messages"
        answer = meta.call(http, url, secrets.get("token"), now, _payload(outbound))
        first = shapes.objs(answer.get("messages"))[:1]
        return Sent(answers.taken_as(shapes.ident(first[0].get("id")) if first else ""))

    def fetch_media(
        self, ref: MediaRef, settings: Settings, secrets: Secrets, http: Http, *, limit: int
    ) -> Iterator[bytes]:
        """The id buys an address that lives five minutes; the address wants the token as well."""
        if not ref.id:
            raise Permanent("media_gone")
        base = meta.base_of(settings)
        found = meta.call(http, f"{base}/{quote(ref.id, safe='')}", secrets.get("token"), datetime.now(UTC))
        url = shapes.web_address(found.get("url"))
        if not url:
            raise Permanent("media_gone", "no address")
        own = urlsplit(base).hostname or ""
        headers = answers.bearer(secrets.get("token"))
        yield from http.stream(url, limit=limit, headers=headers, secret_hosts=(*MEDIA_HOSTS, own))


def _payload(outbound: Outbound) -> dict[str, Any]:
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_to(outbound.to),
    }
    if outbound.reply_to:
        value["context"] = {"message_id": outbound.reply_to}
    if not outbound.template:
        return {**value, "type": "text", "text": {"preview_url": False, "body": outbound.text}}
    template: dict[str, Any] = {"name": outbound.template, "language": {"code": outbound.language}}
    if outbound.parameters:
        # A parameter with line breaks or tabs is refused, so it goes on one line.
        words = [{"type": "text", "text": " ".join(word.split())} for word in outbound.parameters]
        template["components"] = [{"type": "body", "parameters": words}]
    return {**value, "type": "template", "template": template}


def _to(address: str) -> dict[str, str]:
    """A BSUID written into ``to`` is answered with 200 and never arrives (chatwoot PR #15150)."""
    if BSUID.fullmatch(address):
        return {"recipient": address}
    number = shapes.phone(address)
    if not number:
        raise Permanent("recipient_unknown", "neither a number nor a user id")
    return {"to": number.lstrip("+")}


def _changes(value: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    for outer, entry in meta.entries(value):
        for change in shapes.objs(entry.get("changes")):
            yield outer, entry, change


def _events(value: Any) -> Iterator[Event]:
    for outer, entry, change in _changes(value):
        body = shapes.obj(change, "value")
        rest = shapes.sub(body, "messaging_product", "metadata", "contacts")
        found = 0
        for name, kind in (("messages", "message"), ("statuses", "status")):
            for item in shapes.objs(body.get(name)):
                found += 1
                part = {**shapes.sub(change, "field"), "value": {**rest, name: [item]}}
                yield _key(name, item), kind, meta.alone(outer, entry, "changes", part)
        if not found:
            kind = shapes.line(change.get("field"), 40) or "unknown"
            yield "", kind, meta.alone(outer, entry, "changes", change)


def _key(name: str, item: Mapping[str, Any]) -> str:
    if name == "messages":
        return shapes.ident(item.get("id"))
    return shapes.key(item.get("id"), item.get("status"))


def _meanings(value: Any) -> list[Inbound]:
    found: list[Inbound] = []
    for _, _, change in _changes(value):
        body = shapes.obj(change, "value")
        if "echoes" in str(change.get("field", "")):
            found.append(Ignored("echo"))
            continue
        messages, statuses = shapes.objs(body.get("messages")), shapes.objs(body.get("statuses"))
        found += [_message(body, item) for item in messages]
        found += [_status(item) for item in statuses]
        if not messages and not statuses:
            found.append(Unknown(shapes.line(change.get("field"), 40)))
    return found


def _message(body: Mapping[str, Any], item: Mapping[str, Any]) -> Inbound:
    kind, external_id = item.get("type"), shapes.ident(item.get("id"))
    sender, number, name = _sender(body, item)
    if not isinstance(kind, str) or not external_id or not sender:
        return Unknown("message")
    at = shapes.moment(item.get("timestamp"))
    if kind in _SILENT:
        return Ignored(kind)
    if kind in ("edit", "revoke"):
        return _change(kind, item, at, sender)
    content = _content(kind, item)
    if content is None:
        return Unknown(shapes.line(kind, 40))
    words, media, point, command = content
    return InboundMessage(
        external_id=external_id,
        conversation_id=number.lstrip("+") or sender,
        sender_id=sender,
        sender_name=name,
        sender_phone=number,
        text=words,
        sent_at=at,
        attachments=media,
        point=point,
        reply_to=shapes.ident(shapes.obj(item, "context").get("id")),
        aliases=tuple(dict.fromkeys(a for a in (number.lstrip("+"), sender) if a and a != sender)),
        account=shapes.ident(shapes.obj(body, "metadata").get("phone_number_id")),
        command=command,
    )


def _sender(body: Mapping[str, Any], item: Mapping[str, Any]) -> tuple[str, str, str]:
    """Identity, number with +, name. Several contacts: the one with the message's own ids."""
    user, number = shapes.ident(item.get("from_user_id")), shapes.ident(item.get("from"))
    contacts = shapes.objs(body.get("contacts"))
    mine = [c for c in contacts if _is_contact(c, user, number)]
    contact = mine[0] if mine else (contacts[0] if len(contacts) == 1 and not (user or number) else {})
    user = user or shapes.ident(contact.get("user_id"))
    number = shapes.phone(number) or shapes.phone(contact.get("wa_id"))
    return user or number.lstrip("+"), number, shapes.line(shapes.obj(contact, "profile").get("name"), 120)


def _is_contact(contact: Mapping[str, Any], user: str, number: str) -> bool:
    same_user = bool(user) and shapes.ident(contact.get("user_id")) == user
    return same_user or (bool(number) and shapes.ident(contact.get("wa_id")) == number)


def _change(kind: str, item: Mapping[str, Any], at: datetime | None, sender: str) -> Inbound:
    change = shapes.obj(item, kind)
    original = shapes.ident(change.get("original_message_id"))
    if not original:
        return Unknown(kind)
    if kind == "revoke":
        return InboundDelete(original, at, sender)
    message = shapes.obj(change, "message")
    content = _content(str(message.get("type", "")), message)
    return InboundEdit(original, content[0], at, sender) if content else Unknown("edit")


Content = tuple[str, tuple[MediaRef, ...], Point | None, str]


def _content(kind: str, item: Mapping[str, Any]) -> Content | None:
    """Text, files, point, button's value; None for a type we cannot read."""
    part = shapes.obj(item, kind)
    if kind == "text":
        return shapes.text(part.get("body")), (), None, ""
    if kind in _MEDIA:
        return shapes.text(part.get("caption")), (_media(part),), None, ""
    if kind == "location":
        point = shapes.point(
            part.get("latitude"), part.get("longitude"), part.get("name"), part.get("address")
        )
        return shapes.line(part.get("name")), (), point, ""
    if kind == "button":
        return shapes.text(part.get("text")), (), None, shapes.line(part.get("payload"))
    if kind == "interactive":
        reply = shapes.obj(part, "button_reply") or shapes.obj(part, "list_reply")
        return (shapes.text(reply.get("title")), (), None, shapes.line(reply.get("id"))) if reply else None
    if kind == "contacts":
        return "\n".join(_card(card) for card in shapes.objs(item.get("contacts"))), (), None, ""
    return None


def _media(part: Mapping[str, Any]) -> MediaRef:
    return MediaRef(
        id=shapes.ident(part.get("id")),
        mime=shapes.mime(part.get("mime_type")),
        sha256=shapes.sha256(part.get("sha256")),
        caption=shapes.text(part.get("caption"), 1024),
        name=shapes.line(part.get("filename"), 120),
    )


def _card(card: Mapping[str, Any]) -> str:
    phones = [shapes.line(phone.get("phone"), 30) for phone in shapes.objs(card.get("phones"))]
    return " ".join([shapes.line(shapes.obj(card, "name").get("formatted_name"), 120), *phones]).strip()


def _status(item: Mapping[str, Any]) -> Inbound:
    external_id, state = shapes.ident(item.get("id")), _STATES.get(str(item.get("status")))
    if not external_id or state is None:
        return Unknown("status")
    errors = shapes.objs(item.get("errors"))
    return DeliveryStatus(
        external_id=external_id,
        state=state,
        at=shapes.moment(item.get("timestamp")),
        error=_reason(errors[0]) if errors else "",
        conversation_id=shapes.ident(item.get("recipient_id")) or shapes.ident(item.get("recipient_user_id")),
    )


def _reason(error: Mapping[str, Any]) -> str:
    """Our word for Meta's code, with the code."""
    code = shapes.whole(error.get("code"))
    found = meta.named_failure(code, 0, str(code), None)
    return str(found) if found else f"refused ({code})"


ADAPTER = WhatsApp()
