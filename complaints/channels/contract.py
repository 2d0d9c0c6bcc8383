"""What every adapter does, and the shapes it speaks in.

The road of a webhook: ``verify`` on the raw bytes, ``envelopes`` cuts the post into its events, each with the
key a replay repeats; the caller stores them and answers 200; a worker calls ``normalise`` on each stored
part. The road of an answer: ``reply_rule`` says whether it may go, ``send`` sends it once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

from complaints.channels.errors import (
    ChannelError,
    MissingSignature,
    Permanent,
    Retryable,
    SendFailed,
    Unverified,
    WrongSignature,
)
from complaints.channels.http import Http

__all__ = [
    "COMMENT", "Adapter", "ChannelError", "Delivered", "DeliveryStatus", "Envelope", "Headers", "Ignored",
    "Inbound", "InboundDelete", "InboundEdit", "InboundMessage", "MediaRef", "MissingSignature", "Outbound",
    "Permanent", "Point", "ReplyRule", "Retryable", "Secrets", "SendFailed", "Sent", "Settings", "Talk",
    "Unknown", "Unverified", "WrongSignature",
]  # fmt: skip

Settings = Mapping[str, Any]
"""A channel's settings: what is no secret."""
Secrets = Mapping[str, Any]
"""A channel's secrets; never logged, never part of an error."""
Headers = Mapping[str, str]
"""A request's headers, in any case of letters."""


class ReplyRule(StrEnum):
    """Whether an answer may go out now."""

    FREE = "free"
    TEMPLATE = "template_needed"
    CLOSED = "closed"


class Delivered(StrEnum):
    """How a sent message fared, as the provider tells it."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


Talk = Literal["dm", "comment"]
COMMENT = "comment:"


def talk_of(address: str) -> Talk:
    """What a `conversation_id` names: a person to write to, or a comment to answer below.

    The address itself says so: a comment's number written to as if it were a person's could be a stranger's.
    """
    return "comment" if address.startswith(COMMENT) else "dm"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event of a post. ``raw_part`` has the shape of a whole post, so `normalise` reads both."""

    external_id: str
    kind: str
    raw_part: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A file the citizen sent: at ``url``, under the provider's ``id``, or already here as ``data``.

    ``sha256`` hex, ``size`` bytes; empty and 0 where the provider does not say. ``opaque``: of a kind nobody
    may unpack (winmail.dat, archives, letters within letters).
    """

    url: str = field(default="", repr=False)
    id: str = ""
    mime: str = ""
    sha256: str = ""
    size: int = 0
    caption: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    data: bytes | None = field(default=None, repr=False)
    opaque: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """Where, in degrees (WGS 84)."""

    lat: float
    lng: float
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A citizen says something.

    ``external_id`` is the message's own (an edit names it again); ``conversation_id`` is where an answer
    goes; ``aliases`` are other ids of the same sender; ``account`` is our account it was written to;
    ``thread`` what it hangs below (a post; for letters the unproven reply token); ``album`` is shared by the
    pictures of one album; ``command`` is a button's value or a bot's command; ``left_out`` counts files
    beyond those in ``attachments``. Unknown is empty, ``sent_at`` None.
    """

    external_id: str
    conversation_id: str
    sender_id: str
    sender_name: str = field(default="", repr=False)
    sender_phone: str = field(default="", repr=False)
    sender_email: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    sent_at: datetime | None = None
    attachments: tuple[MediaRef, ...] = ()
    left_out: int = 0
    point: Point | None = field(default=None, repr=False)
    reply_to: str = ""
    kind: Talk = "dm"
    thread: str = ""
    aliases: tuple[str, ...] = field(default=(), repr=False)
    account: str = ""
    album: str = ""
    command: str = ""
    subject: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class InboundEdit:
    """A citizen changed a message; it may arrive before the message itself."""

    external_id: str
    text: str = field(repr=False)
    at: datetime | None = None
    sender_id: str = ""


@dataclass(frozen=True, slots=True)
class InboundDelete:
    """A citizen took a message back."""

    external_id: str
    at: datetime | None = None
    sender_id: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """How our message ``external_id`` fared; with an empty id, everything sent to ``conversation_id`` until
    ``at``.
    """

    external_id: str
    state: Delivered
    at: datetime | None = None
    error: str = ""
    conversation_id: str = ""


@dataclass(frozen=True, slots=True)
class Ignored:
    """Understood, and nothing to do: an echo, a group, an automatic answer."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not understood; kept for a person."""

    reason: str = ""


Inbound = InboundMessage | InboundEdit | InboundDelete | DeliveryStatus | Ignored | Unknown


@dataclass(frozen=True, slots=True)
class Outbound:
    """An answer.

    ``key`` names it for ever (a repeat carries it again, for receivers that count); ``to`` is a
    ``conversation_id``; ``reply_to`` the external id it answers; ``template`` with
    ``parameters`` replaces free text outside the window; ``thread`` is an unsigned reference put into the
    reply address of letters; ``stop`` the page that ends these letters;
    ``last_inbound_at`` when the citizen last wrote.
    """

    key: str
    to: str = field(repr=False)
    text: str = field(repr=False)
    reply_to: str = ""
    template: str = ""
    language: str = "id"
    parameters: tuple[str, ...] = field(default=(), repr=False)
    subject: str = field(default="", repr=False)
    thread: str = ""
    references: tuple[str, ...] = ()
    last_inbound_at: datetime | None = None
    stop: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took it, under this id."""

    external_id: str


class Adapter(Protocol):
    """One channel's wire, both ways. Adapters keep nothing between calls."""

    key: str

    def challenge(self, params: Mapping[str, str], secrets: Secrets) -> tuple[int, str]:
        """Status and body for a provider's GET that asks whether this address is ours."""

    def verify(self, headers: Headers, raw: bytes, secrets: Secrets, now: datetime) -> None:
        """Raises MissingSignature or WrongSignature unless the raw bytes are the provider's."""

    def envelopes(self, raw: bytes, headers: Headers | None = None) -> list[Envelope]:
        """The events of a post, never none: what is not understood is one of kind "unknown"."""

    def normalise(self, raw_part: bytes) -> list[Inbound]:
        """What the events mean. Never raises for any bytes."""

    def reply_rule(
        self,
        last_inbound_at: datetime | None,
        now: datetime,
        *,
        kind: Talk = "dm",
        settings: Settings | None = None,
    ) -> ReplyRule:
        """Whether an answer may go out at ``now`` (both aware)."""

    def send(
        self, outbound: Outbound, settings: Settings, secrets: Secrets, http: Http, now: datetime
    ) -> Sent:
        """Sends once. Raises Retryable or Permanent."""

    def fetch_media(
        self, ref: MediaRef, settings: Settings, secrets: Secrets, http: Http, *, limit: int
    ) -> Iterator[bytes]:
        """The file in pieces, at most ``limit`` bytes. Raises Retryable or Permanent, in the middle too."""
