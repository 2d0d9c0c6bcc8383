"""Messenger and Instagram: one shape of webhook, one Send API, two sets of habits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from complaints.channels import answers, meta, shapes
from complaints.channels.base import Base, Event, within
from complaints.channels.contract import (
    COMMENT,
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
    talk_of,
)
from complaints.channels.http import Http

WINDOW = timedelta(hours=24)
# An officer may still answer with the tag HUMAN_AGENT, which Meta grants to an app on request.
HUMAN_WINDOW = timedelta(days=7)
_FILES = {
    "image": "image/jpeg", "video": "video/mp4", "audio": "audio/mp4", "file": "", "ig_reel": "video/mp4",
    "reel": "video/mp4", "story_mention": "", "share": "", "ig_post": "",
}  # fmt: skip


class PageMessaging(Base):
    """What both do the same way. Settings: account_id, api_base, api_version, human_agent. Secrets: token."""

    max_text = 2000
    default_base = meta.GRAPH
    comment_edge = "comments"

    def challenge(self, params: Mapping[str, str], secrets: Secrets) -> tuple[int, str]:
        """Meta's handshake."""
        return meta.challenge(params, secrets)

    def reply_rule(
        self,
        last_inbound_at: datetime | None,
        now: datetime,
        *,
        kind: Talk = "dm",
        settings: Settings | None = None,
    ) -> ReplyRule:
        """A comment may be answered below it at any time; a message for 24 hours, seven days by a person."""
        window = HUMAN_WINDOW if settings and settings.get("human_agent") is True else WINDOW
        open_ = kind == "comment" or within(last_inbound_at, now, window)
        return ReplyRule.FREE if open_ else ReplyRule.CLOSED

    def too_long(self, text: str) -> bool:
        """Whether the provider would refuse or cut the text."""
        return len(text) > self.max_text

    def send(
        self, outbound: Outbound, settings: Settings, secrets: Secrets, http: Http, now: datetime
    ) -> Sent:
        """A message, or an answer below a comment."""
        if self.too_long(outbound.text):
            raise Permanent("too_long", str(self.max_text))
        base = meta.base_of(settings, self.default_base)
        if talk_of(outbound.to) == "comment":
            comment = quote(outbound.to.removeprefix(COMMENT), safe="")
            url = f"{base}/{comment}/{self.comment_edge}"
            answer = meta.call(http, url, secrets.get("token"), now, {"message": outbound.text})
            return Sent(answers.taken_as(shapes.ident(answer.get("id"))))
        url = f"{base}/{quote(answers.required(settings, 'account_id'), safe='')}/messages"
        answer = meta.call(http, url, secrets.get("token"), now, _payload(outbound, now))
        return Sent(answers.taken_as(shapes.ident(answer.get("message_id"))))


def _payload(outbound: Outbound, now: datetime) -> dict[str, Any]:
    value: dict[str, Any] = {"recipient": {"id": outbound.to}, "message": {"text": outbound.text}}
    if outbound.last_inbound_at is not None and not within(outbound.last_inbound_at, now, WINDOW):
        return {**value, "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    return {**value, "messaging_type": "RESPONSE"}


def events(value: Any) -> Iterator[Event]:
    """Every messaging event, standby event and change of a post."""
    for outer, entry in meta.entries(value):
        for name in ("messaging", "standby"):
            for item in shapes.objs(entry.get(name)):
                kind, external_id = talk_key(item)
                if name == "standby":
                    kind, external_id = "standby", ""
                yield external_id, kind, meta.alone(outer, entry, name, item)
        for change in changes(entry):
            kind, external_id = comment_key(change)
            yield external_id, kind, meta.alone(outer, entry, "changes", change)


def changes(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The changes of an entry; Instagram's documents show one directly in the entry, too."""
    direct = [shapes.sub(entry, "field", "value")] if "field" in entry else []
    return direct + shapes.objs(entry.get("changes"))


def talk_key(item: Mapping[str, Any]) -> tuple[str, str]:
    """Kind and key of a messaging event. A deletion and an echo carry the mid of a message and are not it."""
    message = shapes.obj(item, "message")
    mid = shapes.ident(message.get("mid"))
    if message:
        for flag, prefix in (("is_echo", "echo"), ("is_deleted", "delete")):
            if message.get(flag) is True:
                return prefix, shapes.key(prefix, mid)
        return "message", mid
    edit = shapes.obj(item, "message_edit")
    if edit:
        return "edit", shapes.key("edit", edit.get("mid"), edit.get("num_edit"))
    pressed = shapes.ident(shapes.obj(item, "postback").get("mid"))
    if pressed:
        return "postback", pressed
    known = ("postback", "delivery", "read", "reaction", "optin", "referral", "account_linking")
    return next((name for name in known if name in item), "unknown"), ""


def comment_key(change: Mapping[str, Any]) -> tuple[str, str]:
    """Kind and key of a change; one comment is added once, edited many times and removed once."""
    value, kind = shapes.obj(change, "value"), shapes.line(change.get("field"), 40) or "unknown"
    external_id = comment_id(value)
    if not external_id or kind not in ("feed", "comments", "live_comments"):
        return kind, ""
    verb = value.get("verb", "add")
    if verb == "add":
        return "comment", external_id
    if verb == "remove":
        return "comment", shapes.key("delete", external_id)
    return "comment", shapes.key("edit", external_id, shapes.digest(shapes.dump(value)))


def comment_id(value: Mapping[str, Any]) -> str:
    """A comment's id in either dialect, empty for another thing."""
    if "item" in value and value.get("item") != "comment":
        return ""
    return shapes.ident(value.get("comment_id")) or shapes.ident(value.get("id"))


def talk(item: Mapping[str, Any], account: str) -> Inbound:
    """The meaning of one messaging event that is no delivery report."""
    sender, message = shapes.ident(shapes.obj(item, "sender").get("id")), shapes.obj(item, "message")
    at = shapes.moment(item.get("timestamp"))
    mid = shapes.ident(message.get("mid"))
    if message.get("is_echo") is True or (sender and sender == account):
        return Ignored("echo")
    edit = shapes.obj(item, "message_edit")
    if shapes.ident(edit.get("mid")):
        return InboundEdit(shapes.ident(edit.get("mid")), shapes.text(edit.get("text")), at, sender)
    pressed = shapes.obj(item, "postback")
    if pressed and sender:
        return _pressed(pressed, item, sender, at)
    if not message:
        return _wordless(item)
    if not mid or not sender:
        return Unknown("message")
    if message.get("is_deleted") is True:
        return InboundDelete(mid, at, sender)
    return _message(message, item, sender, at)


def _wordless(item: Mapping[str, Any]) -> Inbound:
    silent = (
        "reaction",
        "optin",
        "referral",
        "account_linking",
        "pass_thread_control",
        "take_thread_control",
    )
    found = next((name for name in silent if name in item), None)
    return Ignored(found) if found else Unknown("messaging")


def _pressed(
    pressed: Mapping[str, Any], item: Mapping[str, Any], sender: str, at: datetime | None
) -> Inbound:
    external_id = shapes.ident(pressed.get("mid")) or shapes.digest(shapes.dump(item))
    return InboundMessage(
        external_id=external_id,
        conversation_id=sender,
        sender_id=sender,
        text=shapes.text(pressed.get("title")),
        sent_at=at,
        account=shapes.ident(shapes.obj(item, "recipient").get("id")),
        command=shapes.line(pressed.get("payload")),
    )


def _message(
    message: Mapping[str, Any], item: Mapping[str, Any], sender: str, at: datetime | None
) -> Inbound:
    attached = shapes.objs(message.get("attachments"))
    media = tuple(ref for ref in map(_media, attached) if ref is not None)
    words = [shapes.text(message.get("text")), *(_link(one) for one in attached)]
    before = shapes.obj(message, "reply_to")
    return InboundMessage(
        external_id=shapes.ident(message.get("mid")),
        conversation_id=sender,
        sender_id=sender,
        text="\n".join(word for word in words if word),
        sent_at=at,
        attachments=media,
        point=next((place for place in map(_point, attached) if place is not None), None),
        reply_to=shapes.ident(before.get("mid")),
        thread=shapes.ident(shapes.obj(before, "story").get("id")),
        account=shapes.ident(shapes.obj(item, "recipient").get("id")),
        command=shapes.line(shapes.obj(message, "quick_reply").get("payload")),
    )


def _media(one: Mapping[str, Any]) -> MediaRef | None:
    """A file, at an address that expires: it is fetched at once."""
    kind, payload = one.get("type"), shapes.obj(one, "payload")
    url = shapes.web_address(payload.get("url"))
    if not isinstance(kind, str) or kind not in _FILES or not url or "sticker_id" in payload:
        return None
    return MediaRef(url=url, mime=_FILES[kind], caption=shapes.line(payload.get("title")))


def _link(one: Mapping[str, Any]) -> str:
    """A shared page comes as a fallback: its title and address are words, nothing we fetch."""
    if one.get("type") != "fallback":
        return ""
    payload = shapes.obj(one, "payload")
    title = shapes.line(one.get("title")) or shapes.line(payload.get("title"))
    url = shapes.web_address(one.get("url")) or shapes.web_address(payload.get("url"))
    return f"{title} {url}".strip()


def _point(one: Mapping[str, Any]) -> Point | None:
    if one.get("type") != "location":
        return None
    place = shapes.obj(one, "payload", "coordinates")
    return shapes.point(place.get("lat"), place.get("long"), one.get("title"))


def comment(change: Mapping[str, Any], entry: Mapping[str, Any], words: str) -> Inbound:
    """A comment added, edited or removed; ``words`` names the member with its text."""
    value = shapes.obj(change, "value")
    external_id, sender = comment_id(value), shapes.obj(value, "from")
    who, account = shapes.ident(sender.get("id")), shapes.ident(entry.get("id"))
    if not external_id:
        return Ignored(shapes.line(value.get("item"), 40)) if "item" in value else Unknown("comment")
    if who and who == account:
        return Ignored("own")
    at = shapes.moment(value.get("created_time")) or shapes.moment(entry.get("time"))
    verb = value.get("verb", "add")
    if verb == "remove":
        return InboundDelete(external_id, at, who)
    if verb in ("edit", "edited"):
        return InboundEdit(external_id, shapes.text(value.get(words)), at, who)
    if verb != "add" or not who:
        return Unknown("comment")
    photo = shapes.web_address(value.get("photo"))
    return InboundMessage(
        external_id=external_id,
        conversation_id=COMMENT + external_id,
        sender_id=who,
        sender_name=shapes.line(sender.get("name")) or shapes.line(sender.get("username")),
        text=shapes.text(value.get(words)),
        sent_at=at,
        attachments=(MediaRef(url=photo, mime="image/jpeg"),) if photo else (),
        kind="comment",
        reply_to=shapes.ident(value.get("parent_id")),
        thread=shapes.ident(value.get("post_id")) or shapes.ident(shapes.obj(value, "media").get("id")),
        account=account,
    )
