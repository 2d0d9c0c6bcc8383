"""X: Account Activity webhooks in, direct messages and replies out.

The JSON of events follows the Account Activity API's long-standing shape; where X sends another, it is kept
as unknown and can be read again later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

from complaints.channels import answers, shapes
from complaints.channels.base import Base, Event, cut, read
from complaints.channels.contract import (
    COMMENT,
    Envelope,
    Headers,
    Ignored,
    Inbound,
    InboundDelete,
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
    talk_of,
)
from complaints.channels.errors import WrongSignature
from complaints.channels.http import Answer, Http
from complaints.channels.signing import base64_signature, check, header, secrets_of

API = "https://api.x.com"
MAX_MESSAGE, MAX_POST = 10_000, 280
# A direct message's pictures are shown to its two people only.
MEDIA_HOSTS = (".twitter.com", ".x.com")
# What X asks in its CRC: a random word (base64, or a few letters).
_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{1,200}")
_LISTS = ("direct_message_events", "tweet_create_events", "tweet_delete_events")


class X(Base):
    """See the module. Settings: api_base. Secrets: consumer_secret, token (OAuth 2.0, of our account)."""

    key = "x"

    def challenge(self, params: Mapping[str, str], secrets: Secrets) -> tuple[int, str]:
        """The CRC, asked about hourly: only who knows the consumer secret can answer.

        Anybody may ask, and the answer is a signature as X's posts bear it. So only what can be no post is
        signed: a short word without a brace or a quote.
        """
        token, known = params.get("crc_token", ""), secrets_of(secrets, "consumer_secret")
        if not _TOKEN.fullmatch(token) or not known:
            return 403, ""
        return 200, shapes.dump({"response_token": base64_signature(known[0], token.encode())}).decode()

    def verify(self, headers: Headers, raw: bytes, secrets: Secrets, now: datetime) -> None:
        """x-twitter-webhooks-signature over the raw bytes, which are no word that `challenge` would sign."""
        if _TOKEN.fullmatch(raw[:300].decode("latin1")):
            raise WrongSignature("signature_wrong")
        expected = [base64_signature(secret, raw) for secret in secrets_of(secrets, "consumer_secret")]
        check(header(headers, "x-twitter-webhooks-signature"), expected)

    def envelopes(self, raw: bytes, headers: Headers | None = None) -> list[Envelope]:
        """One a direct message, post, deletion."""
        value = shapes.parse(raw)
        return cut(raw, list(_events(value)) if isinstance(value, dict) else [])

    def normalise(self, raw_part: bytes) -> list[Inbound]:
        """Direct messages, posts that name us, deletions."""
        return read(raw_part, _meanings)

    def send(
        self, outbound: Outbound, settings: Settings, secrets: Secrets, http: Http, now: datetime
    ) -> Sent:
        """A direct message, or a reply to a post."""
        base, comment = str(settings.get("api_base") or API).rstrip("/"), talk_of(outbound.to) == "comment"
        limit = MAX_POST if comment else MAX_MESSAGE
        if len(outbound.text) > limit:
            raise Permanent("too_long", str(limit))
        value: dict[str, Any] = {"text": outbound.text}
        url = f"{base}/2/dm_conversations/with/{quote(outbound.to, safe='')}/messages"
        if comment:
            url, value["reply"] = (
                f"{base}/2/tweets",
                {"in_reply_to_tweet_id": outbound.to.removeprefix(COMMENT)},
            )
        answer = answers.post_json(http, url, value, answers.bearer(secrets.get("token")))
        found = _failure(answer, now)
        if found is not None:
            raise found
        data = shapes.obj(shapes.parse(answer.body), "data")
        return Sent(answers.taken_as(shapes.ident(data.get("id" if comment else "dm_event_id"))))

    def fetch_media(
        self, ref: MediaRef, settings: Settings, secrets: Secrets, http: Http, *, limit: int
    ) -> Iterator[bytes]:
        """With the account's token, on X's own hosts only."""
        if not ref.url:
            raise Permanent("media_gone")
        own = urlsplit(str(settings.get("api_base") or API)).hostname or ""
        headers = answers.bearer(secrets.get("token"))
        try:
            yield from http.stream(ref.url, limit=limit, headers=headers, secret_hosts=(*MEDIA_HOSTS, own))
        except Retryable as problem:
            if problem.detail == "HTTP 401":
                after = answers.TOKEN_WAIT
                raise Retryable(problem.code, problem.detail, after=after, channel_wide=True) from None
            raise


def _failure(answer: Answer, now: datetime) -> SendFailed | None:
    if answer.status == 429:
        resets = shapes.moment(header(answer.headers, "x-rate-limit-reset"))
        wait = max((resets - now).total_seconds(), 1.0) if resets else answers.retry_after(answer, now)
        return Retryable("rate_limited", "429", after=min(wait, 86_400.0) if wait else None)
    if answer.status == 403:
        return Permanent("blocked", "403")
    return answers.failure(answer, now)


def _events(value: Mapping[str, Any]) -> Iterator[Event]:
    outer = shapes.sub(value, "for_user_id", "user_has_blocked")
    people = shapes.obj(value, "users")
    for name in _LISTS:
        for item in shapes.objs(value.get(name)):
            mine = {who: people[who] for who in _people_of(item) if who in people}
            yield _key(name, item), name.removesuffix("_events"), {**outer, "users": mine, name: [item]}
    if not any(shapes.objs(value.get(name)) for name in _LISTS):
        kind = next((name for name in value if name.endswith("_events")), "unknown")
        yield "", shapes.line(kind, 40) or "unknown", dict(value)


def _people_of(item: Mapping[str, Any]) -> list[str]:
    made = shapes.obj(item, "message_create")
    return [shapes.ident(made.get("sender_id")), shapes.ident(shapes.obj(made, "target").get("recipient_id"))]


def _key(name: str, item: Mapping[str, Any]) -> str:
    if name == "direct_message_events":
        return shapes.key("dm", item.get("id"))
    if name == "tweet_create_events":
        return shapes.key("post", _id(item))
    return shapes.key("delete", _id(shapes.obj(item, "status")))


def _id(item: Mapping[str, Any]) -> str:
    """Numbers of 64 bits: JavaScript rounds them, so X writes them as text as well."""
    return shapes.ident(item.get("id_str")) or shapes.ident(item.get("id"))


def _meanings(value: Any) -> list[Inbound]:
    us, people = shapes.ident(value.get("for_user_id")), shapes.obj(value, "users")
    found: list[Inbound] = []
    for item in shapes.objs(value.get("direct_message_events")):
        found.append(_direct(item, us, people))
    for item in shapes.objs(value.get("tweet_create_events")):
        found.append(_post(item, us))
    for item in shapes.objs(value.get("tweet_delete_events")):
        status = shapes.obj(item, "status")
        gone, at = _id(status), shapes.moment(item.get("timestamp_ms"))
        found.append(
            InboundDelete(gone, at, shapes.ident(status.get("user_id"))) if gone else Unknown("delete")
        )
    return found or [_other(value)]


def _other(value: Mapping[str, Any]) -> Inbound:
    names = [name for name in value if name.endswith("_events")]
    silent = ("typing", "mark_read", "favorite", "follow", "block", "mute")
    if names and any(word in names[0] for word in silent):
        return Ignored(shapes.line(names[0], 40))
    return Unknown(shapes.line(names[0], 40) if names else "no_events")


def _direct(item: Mapping[str, Any], us: str, people: Mapping[str, Any]) -> Inbound:
    made, external_id = shapes.obj(item, "message_create"), shapes.ident(item.get("id"))
    sender, data = shapes.ident(made.get("sender_id")), shapes.obj(made, "message_data")
    if item.get("type") != "message_create" or not external_id or not sender:
        return Unknown("direct_message")
    if sender == us:
        return Ignored("echo")
    person = shapes.obj(people, sender)
    media = _media(shapes.obj(data, "attachment", "media"))
    return InboundMessage(
        external_id=external_id,
        conversation_id=sender,
        sender_id=sender,
        sender_name=shapes.line(person.get("name"), 120),
        text=shapes.text(data.get("text")),
        sent_at=shapes.moment(item.get("created_timestamp")),
        attachments=(media,) if media else (),
        account=us,
        command=shapes.line(shapes.obj(data, "quick_reply_response").get("metadata")),
    )


def _media(media: Mapping[str, Any]) -> MediaRef | None:
    """A picture; of a video the encoding with the most bits."""
    variants = shapes.objs(shapes.obj(media, "video_info").get("variants"))
    films = [v for v in variants if v.get("content_type") == "video/mp4" and shapes.web_address(v.get("url"))]
    if films:
        best = max(films, key=lambda v: shapes.whole(v.get("bitrate")))
        return MediaRef(url=shapes.web_address(best["url"]), mime="video/mp4", id=_id(media))
    url = shapes.web_address(media.get("media_url_https"))
    return MediaRef(url=url, mime="image/jpeg", id=_id(media)) if url else None


def _post(item: Mapping[str, Any], us: str) -> Inbound:
    person, external_id = shapes.obj(item, "user"), _id(item)
    sender = _id(person)
    if not external_id or not sender:
        return Unknown("post")
    if sender == us:
        return Ignored("own")
    if "retweeted_status" in item:
        return Ignored("repost")
    whole = shapes.obj(item, "extended_tweet")
    media = shapes.objs(
        (shapes.obj(whole, "extended_entities") or shapes.obj(item, "extended_entities")).get("media")
    )
    refs = tuple(ref for ref in map(_media, media) if ref is not None)
    return InboundMessage(
        external_id=external_id,
        conversation_id=COMMENT + external_id,
        sender_id=sender,
        sender_name=shapes.line(person.get("name"), 120),
        text=shapes.text(whole.get("full_text")) or shapes.text(item.get("text")),
        sent_at=shapes.moment(item.get("timestamp_ms")) or _written(item.get("created_at")),
        attachments=refs,
        point=_point(item),
        kind="comment",
        reply_to=shapes.ident(item.get("in_reply_to_status_id_str")),
        account=us,
    )


def _point(item: Mapping[str, Any]) -> Point | None:
    """GeoJSON: longitude first."""
    pair = shapes.obj(item, "coordinates").get("coordinates")
    return shapes.point(pair[1], pair[0]) if isinstance(pair, list) and len(pair) == 2 else None


def _written(value: Any) -> datetime | None:
    """``Wed Oct 10 20:19:24 +0000 2018``."""
    words = value.split() if isinstance(value, str) else []
    if len(words) != 6:
        return None
    try:
        found = parsedate_to_datetime(f"{words[0]}, {words[2]} {words[1]} {words[5]} {words[3]} {words[4]}")
        return shapes.moment(found.timestamp())
    except (TypeError, ValueError, OverflowError):
        return None


ADAPTER = X()
