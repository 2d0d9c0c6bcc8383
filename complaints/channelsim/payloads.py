"""Posts as the providers make them, signed as they sign them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from complaints.channelsim.config import Config

Value = dict[str, Any]
WORDS = (
    "Lampu jalan mati di depan pasar", "Jalan berlubang dekat sekolah", "Sampah menumpuk sejak kemarin",
    "Saluran air mampet, air meluap", "Pohon tumbang menutup jalan", "Parkir liar di trotoar",
)  # fmt: skip


@dataclass(frozen=True)
class Event:
    """What happens: ``what`` is text, photo, place, edit, delete, status or unknown.

    ``number`` makes the ids; ``of`` is the number of the message that an edit, deletion or status is about.
    """

    what: str
    number: int
    who: str
    at: float
    of: int = 0
    text: str = ""
    state: str = ""
    ref: str = ""


@dataclass(frozen=True)
class Post:
    """One post to us. ``message`` says whether it brings a message that makes a report or joins one."""

    channel: str
    body: bytes
    headers: dict[str, str]
    message: bool


def post(config: Config, channel: str, event: Event, signed: str = "well") -> Post:
    """A post of this event (a text where the provider lacks its kind); ``signed``: well, wrongly, not."""
    if event.what in _LACKS.get(channel, ()):
        event = replace(event, what="text")
    body = json.dumps(_SHAPES[channel](config, event), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"}
    if signed != "not":
        headers |= sign(config, channel, body if signed == "well" else body + b" ", event.at)
    return Post(channel, body, headers, event.what in ("text", "photo", "place"))


def sign(config: Config, channel: str, body: bytes, at: float) -> dict[str, str]:
    """The headers that prove a body; a token cannot fit a changed body and is changed itself."""
    if channel == "telegram":
        wrong = body.endswith(b" ")
        return {"X-Telegram-Bot-Api-Secret-Token": config.secret_token + ("x" if wrong else "")}
    if channel == "lapor":
        return {"Authorization": f"Bearer {config.token}" + ("x" if body.endswith(b" ") else "")}
    if channel == "x":
        digest = _mac(config.consumer_secret, body)
        return {"x-twitter-webhooks-signature": "sha256=" + base64.b64encode(digest).decode()}
    if channel == "partner":
        stamp = str(int(at))
        digest = _mac(config.partner_secret, stamp.encode() + b"." + body)
        return {
            "X-Timestamp": stamp,
            "X-Delivery": str(uuid.uuid4()),
            "X-Signature": f"sha256={digest.hex()}",
        }
    secret = config.instagram_app_secret if channel == "instagram" else config.app_secret
    return {"X-Hub-Signature-256": f"sha256={_mac(secret, body).hex()}"}


def _mac(secret: str, body: bytes) -> bytes:
    return hmac.new(secret.encode(), body, hashlib.sha256).digest()


def _whatsapp(config: Config, event: Event) -> Value:
    named = f"wamid.IN{event.number}"
    item: Value = {"from": event.who, "id": named, "timestamp": str(int(event.at))}
    metadata = {"display_phone_number": "62800", "phone_number_id": config.phone_number_id}
    contact = {"profile": {"name": f"Warga {event.who[-4:]}"}, "wa_id": event.who}
    value: Value = {"messaging_product": "whatsapp", "metadata": metadata, "contacts": [contact]}
    original = event.ref or f"wamid.IN{event.of}"
    if event.what == "status":
        status: Value = {
            "id": original,
            "status": event.state,
            "timestamp": str(int(event.at)),
            "recipient_id": event.who,
        }
        if event.state == "failed":
            status |= {"errors": [{"code": 131026, "title": "Message undeliverable"}]}
        value["statuses"] = [status]
    else:
        text: Value = {"type": "text", "text": {"body": event.text}}
        parts: dict[str, Value] = {
            "photo": {
                "type": "image",
                "image": {"id": event.ref, "mime_type": "image/jpeg", "caption": event.text},
            },
            "place": {"type": "location", "location": {"latitude": -6.12, "longitude": 106.15}},
            "edit": {"type": "edit", "edit": {"original_message_id": original, "message": text}},
            "delete": {"type": "revoke", "revoke": {"original_message_id": original}},
            "unknown": {"type": "hologram", "hologram": {"depth": 3}},
        }
        value["messages"] = [item | parts.get(event.what, text)]
    change = {"field": "messages", "value": value}
    return {"object": "whatsapp_business_account", "entry": [{"id": "WABA", "changes": [change]}]}


def _telegram(config: Config, event: Event) -> Value:
    about = event.of if event.what == "edit" else event.number
    message: Value = {
        "message_id": about, "from": {"id": int(event.who), "is_bot": False, "first_name": "Warga"},
        "chat": {"id": int(event.who), "type": "private"}, "date": int(event.at),
    }  # fmt: skip
    sizes = [
        {"file_id": "small", "width": 90, "height": 60},
        {"file_id": event.ref, "width": 900, "height": 600},
    ]
    parts: dict[str, Value] = {
        "photo": {"photo": sizes, "caption": event.text},
        "place": {"location": {"latitude": -6.12, "longitude": 106.15}},
        "edit": {"text": event.text, "edit_date": int(event.at)},
        "unknown": {"hologram": {"depth": 3}},
    }
    kind = "edited_message" if event.what == "edit" else "message"
    return {"update_id": event.number, kind: message | parts.get(event.what, {"text": event.text})}


def _page(account: str, kind: str) -> Callable[[Config, Event], Value]:
    def shape(config: Config, event: Event) -> Value:
        ours = getattr(config, account)
        item: Value = {
            "sender": {"id": event.who}, "recipient": {"id": ours}, "timestamp": int(event.at * 1000),
        }  # fmt: skip
        named, original = f"m_IN{event.number}", event.ref or f"m_IN{event.of}"
        file = {"type": "image", "payload": {"url": event.ref}}
        place = {"type": "location", "payload": {"coordinates": {"lat": -6.12, "long": 106.15}}}
        parts: dict[str, Value] = {
            "photo": {"message": {"mid": named, "text": event.text, "attachments": [file]}},
            "place": {"message": {"mid": named, "attachments": [place]}},
            "edit": {"message_edit": {"mid": original, "text": event.text, "num_edit": event.number}},
            "delete": {"message": {"mid": original, "is_deleted": True}},
            "status": {"delivery": {"mids": [original], "watermark": int(event.at * 1000)}},
            "unknown": {"hologram": {"depth": event.number}},
        }
        item |= parts.get(event.what, {"message": {"mid": named, "text": event.text}})
        return {"object": kind, "entry": [{"id": ours, "time": int(event.at * 1000), "messaging": [item]}]}

    return shape


def _x(config: Config, event: Event) -> Value:
    data: Value = {"text": event.text, "entities": {}}
    if event.what == "photo":
        data["attachment"] = {
            "type": "media",
            "media": {"id_str": str(event.number), "media_url_https": event.ref},
        }
    made = {"target": {"recipient_id": config.x_id}, "sender_id": event.who, "message_data": data}
    if event.what == "unknown":
        return {"for_user_id": config.x_id, "hologram_events": [{"depth": event.number}]}
    item = {
        "type": "message_create", "id": str(event.number), "created_timestamp": str(int(event.at * 1000)),
        "message_create": made,
    }  # fmt: skip
    people = {event.who: {"id": event.who, "name": "Warga", "screen_name": "warga"}}
    return {"for_user_id": config.x_id, "direct_message_events": [item], "users": people}


def _partner(config: Config, event: Event) -> Value:
    kinds = {"edit": "edit", "delete": "delete", "unknown": "hologram", "status": "status"}
    about = event.of if event.what in ("edit", "delete") else event.number
    value: Value = {
        "type": kinds.get(event.what, "report"), "id": event.ref or f"p-{about}", "text": event.text,
        "sender": {"id": event.who},
    }  # fmt: skip
    return value | ({"state": event.state} if event.state else {})


def _lapor(config: Config, event: Event) -> Value:
    return {"reports": [{"TrackingID": str(event.number), "title": event.text[:40], "content": event.text}]}


_SHAPES: dict[str, Callable[[Config, Event], Value]] = {
    "whatsapp": _whatsapp,
    "telegram": _telegram,
    "messenger": _page("page_id", "page"),
    "instagram": _page("instagram_id", "instagram"),
    "x": _x,
    "partner": _partner,
    "lapor": _lapor,
}
CHANNELS = tuple(_SHAPES)
_LACKS = {
    "telegram": {"delete", "status"},
    "x": {"place", "edit", "delete", "status"},
    "partner": {"photo", "place"},
    "lapor": {"photo", "place", "edit", "delete", "status", "unknown"},
}
