"""Telegram Bot API: ``setWebhook`` with a secret token in, ``sendMessage`` out; private chats only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from complaints.channels import answers, shapes
from complaints.channels.base import Base, cut, read
from complaints.channels.contract import (
    Envelope,
    Headers,
    Ignored,
    Inbound,
    InboundEdit,
    InboundMessage,
    MediaRef,
    Outbound,
    Permanent,
    Point,
    Retryable,
    Secrets,
    SendFailed,
    Sent,
    Settings,
    Unknown,
)
from complaints.channels.http import Answer, Http
from complaints.channels.signing import check, header, secrets_of

API = "https://api.telegram.org"
MAX_TEXT = 4096
MAX_FILE = 20 * 1024 * 1024
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{20,80}")
_FILES = ("document", "video", "voice", "audio", "video_note", "animation", "sticker")
# Kinds of update that say nothing a report could be made of.
_SILENT = {
    "channel_post", "edited_channel_post", "my_chat_member", "chat_member", "message_reaction",
    "message_reaction_count", "poll", "poll_answer", "inline_query", "chosen_inline_result",
}  # fmt: skip
_BLOCKED = ("bot was blocked", "user is deactivated", "bot can't initiate", "bot was kicked")


class Telegram(Base):
    """See the module. Settings: api_base. Secrets: secret_token, token (the bot's)."""

    key = "telegram"

    def verify(self, headers: Headers, raw: bytes, secrets: Secrets, now: datetime) -> None:
        """The secret we gave to ``setWebhook`` comes back with every update."""
        given = header(headers, "X-Telegram-Bot-Api-Secret-Token")
        check(given, secrets_of(secrets, "secret_token"))

    def envelopes(self, raw: bytes, headers: Headers | None = None) -> list[Envelope]:
        """A post is one update."""
        value = shapes.parse(raw)
        if not isinstance(value, dict):
            return cut(raw, [])
        return cut(raw, [(shapes.ident(value.get("update_id")), _kind(value), value)])

    def normalise(self, raw_part: bytes) -> list[Inbound]:
        """Messages and edits of private chats; a pressed button is a message."""
        return read(raw_part, lambda value: [_update(value)])

    def send(
        self, outbound: Outbound, settings: Settings, secrets: Secrets, http: Http, now: datetime
    ) -> Sent:
        """A text, as an answer to a message where one is named."""
        if len(outbound.text.encode("utf-16-le")) > 2 * MAX_TEXT:
            raise Permanent("too_long", str(MAX_TEXT))
        value: dict[str, Any] = {"chat_id": outbound.to, "text": outbound.text}
        value["link_preview_options"] = {"is_disabled": True}
        message = outbound.reply_to.rpartition(":")[2]
        if message.isdigit():
            value["reply_parameters"] = {"message_id": int(message[:18]), "allow_sending_without_reply": True}
        result = _call(http, _url(settings, secrets, "sendMessage"), value, now)
        chat = shapes.ident(shapes.obj(result, "chat").get("id")) or outbound.to
        return Sent(answers.taken_as(shapes.key(chat, result.get("message_id"))))

    def fetch_media(
        self, ref: MediaRef, settings: Settings, secrets: Secrets, http: Http, *, limit: int
    ) -> Iterator[bytes]:
        """getFile names a path that holds for an hour; the bot API gives files up to 20 MB."""
        if not ref.id:
            raise Permanent("media_gone")
        if ref.size > min(limit, MAX_FILE):
            raise Permanent("media_too_large", f"{ref.size} bytes")
        result = _call(http, _url(settings, secrets, "getFile"), {"file_id": ref.id}, datetime.now(UTC))
        path = shapes.text(result.get("file_path"), 300)
        if not path or ".." in path:
            raise Permanent("media_gone", "no path")
        url = f"{_base(settings)}/file/bot{_token(secrets)}/{quote(path)}"
        yield from http.stream(url, limit=limit)


def _base(settings: Settings) -> str:
    return str(settings.get("api_base") or API).rstrip("/")


def _token(secrets: Secrets) -> str:
    token = str(secrets.get("token") or "")
    if not _TOKEN.fullmatch(token):
        raise answers.not_set_up("token")
    return token


def _url(settings: Settings, secrets: Secrets, method: str) -> str:
    return f"{_base(settings)}/bot{_token(secrets)}/{method}"


def _call(http: Http, url: str, value: Any, now: datetime) -> dict[str, Any]:
    answer = answers.post_json(http, url, value, {})
    found = _failure(answer, now)
    if found is not None:
        raise found
    return shapes.obj(shapes.parse(answer.body), "result")


def _failure(answer: Answer, now: datetime) -> SendFailed | None:
    value = shapes.obj(shapes.parse(answer.body))
    said = str(value.get("description", "")).lower()
    if answer.status == 429:
        wait = shapes.number(shapes.obj(value, "parameters").get("retry_after"))
        return Retryable("rate_limited", "429", after=wait or answers.retry_after(answer, now))
    if answer.status == 404:
        # What Telegram answers to every method of a token it does not know.
        return Retryable("token_refused", "404", after=answers.TOKEN_WAIT, channel_wide=True)
    for words, reason in ((_BLOCKED, "blocked"), (("chat not found",), "recipient_unknown")):
        if any(word in said for word in words):
            return Permanent(reason, str(answer.status))
    if "file is too big" in said:
        return Permanent("media_too_large", str(answer.status))
    if 200 <= answer.status < 300 and value.get("ok") is not True:
        return Permanent("answer_not_understood")
    return answers.failure(answer, now)


def _kind(value: Mapping[str, Any]) -> str:
    names = [name for name in value if name != "update_id"]
    return (shapes.line(names[0], 40) if len(names) == 1 else "") or "unknown"


def _update(value: Mapping[str, Any]) -> Inbound:
    for name in ("message", "edited_message"):
        message = shapes.obj(value, name)
        if message:
            return _message(message, edited=name == "edited_message")
    pressed = shapes.obj(value, "callback_query")
    if pressed:
        return _pressed(pressed)
    silent = _SILENT & value.keys()
    return Ignored(min(silent)) if silent else Unknown(_kind(value))


def _message(message: Mapping[str, Any], *, edited: bool) -> Inbound:
    chat, sender = shapes.obj(message, "chat"), shapes.obj(message, "from")
    kind = chat.get("type")
    if kind in ("group", "supergroup", "channel"):
        return Ignored("group")
    if sender.get("is_bot") is True:
        return Ignored("bot")
    external_id, who = shapes.key(chat.get("id"), message.get("message_id")), shapes.ident(sender.get("id"))
    if kind != "private" or not external_id or not who:
        return Unknown("message")
    words = shapes.text(message.get("text")) or shapes.text(message.get("caption"))
    if edited:
        return InboundEdit(external_id, words, shapes.moment(message.get("edit_date")), who)
    return _content(message, sender, external_id, words)


def _content(message: Mapping[str, Any], sender: Mapping[str, Any], external_id: str, words: str) -> Inbound:
    media, point, card = _media(message), _point(message), shapes.obj(message, "contact")
    if not (words or media or point or card):
        return Unknown(_first_strange(message))
    own_card = bool(card) and shapes.ident(card.get("user_id")) == shapes.ident(sender.get("id"))
    number = shapes.phone(card.get("phone_number"))
    before = shapes.obj(message, "reply_to_message")
    chat = shapes.ident(shapes.obj(message, "chat").get("id"))
    return InboundMessage(
        external_id=external_id,
        conversation_id=chat,
        sender_id=shapes.ident(sender.get("id")),
        sender_name=_name(sender),
        # Only the phone itself can share its owner's card with its owner's id.
        sender_phone=number if own_card else "",
        text=words or (f"{_name(card)} {number}".strip() if card and not own_card else ""),
        sent_at=shapes.moment(message.get("date")),
        attachments=media,
        point=point,
        reply_to=shapes.key(chat, before.get("message_id")) if before else "",
        album=shapes.ident(message.get("media_group_id")),
        command=words.split()[0][:64] if words.startswith("/") else "",
    )


def _first_strange(message: Mapping[str, Any]) -> str:
    usual = {"message_id", "from", "chat", "date", "edit_date", "reply_to_message", "entities"}
    return next((shapes.line(name, 40) for name in message if name not in usual), "message")


def _name(person: Mapping[str, Any]) -> str:
    return shapes.line(f"{shapes.line(person.get('first_name'))} {shapes.line(person.get('last_name'))}", 120)


def _point(message: Mapping[str, Any]) -> Point | None:
    venue = shapes.obj(message, "venue")
    place = shapes.obj(venue, "location") or shapes.obj(message, "location")
    return shapes.point(
        place.get("latitude"), place.get("longitude"), venue.get("title"), venue.get("address")
    )


def _media(message: Mapping[str, Any]) -> tuple[MediaRef, ...]:
    """The largest of a photo's sizes, and the one file a message may carry."""
    caption = shapes.text(message.get("caption"), 1024)
    sizes = [size for size in shapes.objs(message.get("photo")) if shapes.ident(size.get("file_id"))]
    if sizes:
        return (_ref(max(sizes, key=_area), "image/jpeg", caption),)
    # An animation comes with a document of the same file beside it.
    names = [name for name in _FILES if shapes.ident(shapes.obj(message, name).get("file_id"))]
    if "animation" in names:
        names = ["animation"]
    return tuple(_ref(shapes.obj(message, name), "", caption) for name in names)


def _area(size: Mapping[str, Any]) -> tuple[int, int]:
    return shapes.whole(size.get("width")) * shapes.whole(size.get("height")), shapes.whole(
        size.get("file_size")
    )


def _ref(file: Mapping[str, Any], mime: str, caption: str) -> MediaRef:
    return MediaRef(
        id=shapes.ident(file.get("file_id")),
        mime=shapes.mime(file.get("mime_type")) or mime,
        size=shapes.whole(file.get("file_size")),
        caption=caption,
        name=shapes.line(file.get("file_name"), 120),
    )


def _pressed(pressed: Mapping[str, Any]) -> Inbound:
    """A button below one of our messages."""
    sender, message = shapes.obj(pressed, "from"), shapes.obj(pressed, "message")
    who, external_id = shapes.ident(sender.get("id")), shapes.ident(pressed.get("id"))
    chat = shapes.obj(message, "chat")
    if not who or not external_id or chat.get("type") != "private":
        return Unknown("callback_query")
    return InboundMessage(
        external_id=f"press:{external_id}",
        conversation_id=shapes.ident(chat.get("id")),
        sender_id=who,
        sender_name=_name(sender),
        reply_to=shapes.key(chat.get("id"), message.get("message_id")),
        command=shapes.line(pressed.get("data"), 64),
    )


ADAPTER = Telegram()
