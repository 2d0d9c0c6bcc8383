"""SP4N-LAPOR!, experimental: its agency API is closed, so the shapes here are our own reading of it.

What is certain is kept: every report has a TrackingID, which is the key; secret reports and the reporter's
data are not handed out; answers are follow-ups ("tindak lanjut") by the API. A sample stands with the tests;
when a city gets access, this file and that sample are what changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from complaints.channels import answers, shapes
from complaints.channels.base import Base, Event, cut, read
from complaints.channels.contract import (
    Envelope,
    Headers,
    Inbound,
    InboundMessage,
    MediaRef,
    Outbound,
    Permanent,
    Secrets,
    Sent,
    Settings,
    Unknown,
)
from complaints.channels.http import Http
from complaints.channels.signing import check, header, secrets_of

MAX_TEXT = 4000


class Lapor(Base):
    """See the module. Settings: api_base, agency_id. Secrets: inbound_token (theirs to us), token (ours to
    them).
    """

    key = "lapor"
    experimental = True

    def verify(self, headers: Headers, raw: bytes, secrets: Secrets, now: datetime) -> None:
        """An agency token as bearer."""
        given = header(headers, "Authorization")
        check(given, [f"Bearer {secret}" for secret in secrets_of(secrets, "inbound_token")])

    def envelopes(self, raw: bytes, headers: Headers | None = None) -> list[Envelope]:
        """One a report and one a further word of its reporter."""
        value = shapes.parse(raw)
        return cut(raw, list(_events(value)) if isinstance(value, dict) else [])

    def normalise(self, raw_part: bytes) -> list[Inbound]:
        """Dispositions to this agency, and what their reporters added."""
        return read(raw_part, lambda value: [_meaning(item) for _, item in _items(value)])

    def send(
        self, outbound: Outbound, settings: Settings, secrets: Secrets, http: Http, now: datetime
    ) -> Sent:
        """A follow-up on a report; ``to`` is its TrackingID."""
        if len(outbound.text) > MAX_TEXT:
            raise Permanent("too_long", str(MAX_TEXT))
        url = f"{_base(settings)}/reports/{quote(outbound.to, safe='')}/follow-ups"
        value = {"agency_id": answers.required(settings, "agency_id"), "content": outbound.text}
        headers = {**answers.bearer(secrets.get("token")), "Idempotency-Key": shapes.ident(outbound.key)}
        answer = answers.post_json(http, url, value, headers)
        found = answers.failure(answer, now)
        if found is not None:
            raise found
        data = shapes.obj(shapes.parse(answer.body), "data")
        return Sent(answers.taken_as(shapes.ident(data.get("id"))))

    def pull(
        self, settings: Settings, secrets: Secrets, http: Http, cursor: str, now: datetime
    ) -> tuple[bytes, str]:
        """One page of dispositions after ``cursor`` in the shape of a post, and the next cursor."""
        agency = quote(answers.required(settings, "agency_id"), safe="")
        url = f"{_base(settings)}/agencies/{agency}/reports?after={quote(cursor, safe='')}"
        answer = http.call("GET", url, headers=answers.bearer(secrets.get("token")))
        found = answers.failure(answer, now)
        if found is not None:
            raise found
        value = shapes.obj(shapes.parse(answer.body))
        return answer.body, shapes.ident(value.get("next")) or cursor


def is_empty(raw: bytes) -> bool:
    """A page that is understood and has nothing on it."""
    value = shapes.parse(raw)
    return isinstance(value, dict) and value.get("reports") == [] and not value.get("follow_ups")


def _base(settings: Settings) -> str:
    base = str(settings.get("api_base") or "").rstrip("/")
    if not base:
        raise answers.not_set_up("api_base")
    return base


def _items(value: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in ("reports", "follow_ups"):
        for item in shapes.objs(value.get(name)):
            yield name, item


def _events(value: Mapping[str, Any]) -> Iterator[Event]:
    for name, item in _items(value):
        tracking = item.get("TrackingID")
        external_id = shapes.ident(tracking) if name == "reports" else shapes.key(tracking, item.get("id"))
        yield external_id, name.removesuffix("s"), {name: [item]}


def _meaning(item: Mapping[str, Any]) -> Inbound:
    tracking = shapes.ident(item.get("TrackingID"))
    if not tracking:
        return Unknown("no_tracking_id")
    further, place = shapes.ident(item.get("id")), shapes.obj(item, "location")
    return InboundMessage(
        external_id=f"{tracking}:{further}" if further else tracking,
        conversation_id=tracking,
        # LAPOR keeps the reporter to itself: the report is the only name there is.
        sender_id=tracking,
        text=shapes.text(item.get("content")),
        subject=shapes.line(item.get("title")),
        sent_at=shapes.moment(item.get("created_at")),
        attachments=tuple(
            MediaRef(url=url, name=shapes.line(one.get("name"), 120))
            for one in shapes.objs(item.get("attachments"))
            if (url := shapes.web_address(one.get("url")))
        ),
        point=shapes.point(place.get("lat"), place.get("lng"), "", place.get("address")),
        thread=tracking if further else "",
    )


ADAPTER = Lapor()
