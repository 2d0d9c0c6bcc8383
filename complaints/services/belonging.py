"""Which report a message goes on with: only one whose citizen certainly said so.

On most channels the provider vouches for the sender. A letter's sender is anybody's claim, so the signed
address of our own letter or its unguessable Message-ID must name the report **and** the sender must be one of
its people: whoever was forwarded a letter of ours does not write into another citizen's conversation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from complaints.channels import contract, email
from complaints.models import Channel, ChannelKind, Envelope, Message, Outbox, Report, Reporter
from complaints.numbers import ALPHABET, read_number
from complaints.querysets.reports import ReportQuerySet
from complaints.services.receiving import secrets_of
from complaints.services.telling import followers
from complaints.workflow import Status

BURST = timedelta(minutes=10)
# Flags of a new report, beside those of `abuse`: never rename one.
FOREIGN_REPLY, DOUBTFUL_SENDER = "foreign_reply", "doubtful_sender"
_NUMBER = re.compile(rf"\b[A-Z]{{2,5}}[-\s]?[{ALPHABET}]{{4}}[-\s]?[{ALPHABET}]{{4}}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Belongs:
    """The report a message goes on with, or None and what a new one is marked with."""

    report: Report | None = None
    flags: tuple[str, ...] = ()


def authenticity(row: Envelope) -> str:
    """What our mail server found out about a letter's sender: "pass", "fail" or "none"; empty elsewhere."""
    if row.channel.kind != ChannelKind.EMAIL:
        return ""
    ours = str(row.channel.settings.get("authserv_id") or "")
    return email.authenticity(bytes(row.raw[:200_000]), ours) if ours else "none"


def place(row: Envelope, item: contract.InboundMessage, reporter: Reporter, text: str, proof: str) -> Belongs:
    """Where ``item`` goes; ``proof`` as `authenticity` says it."""
    if proof == "fail":
        return Belongs(flags=(DOUBTFUL_SENDER,))
    for named in (_answered(row.channel, item.reply_to), _by_token(row.channel, item.thread)):
        if named is not None and _is_theirs(named, reporter):
            return Belongs(named)
        if named is not None and row.channel.kind == ChannelKind.EMAIL:
            return Belongs(flags=(FOREIGN_REPLY,))
    return Belongs(_by_words(reporter, text) or _by_time(row, reporter))


def _alive() -> ReportQuerySet:
    """An erased report takes no more words: they would be the only ones it has."""
    found: ReportQuerySet = Report.objects.filter(anonymised_at__isnull=True)
    return found


def _answered(channel: Channel, external_id: str) -> Report | None:
    """The report of the message it answers, ours or one of the citizen's own."""
    if not external_id:
        return None
    told = Outbox.objects.filter(channel=channel, external_id=external_id).values_list("report", flat=True)
    said = Message.objects.filter(channel=channel, external_id=external_id).values_list("report", flat=True)
    # Keys first: "in this table or in that one" makes PostgreSQL read every report there is.
    return _alive().filter(pk__in=[key for key in (*told, *said) if key]).first()


def _by_token(channel: Channel, thread: str) -> Report | None:
    if channel.kind != ChannelKind.EMAIL or not thread:
        return None
    reference = email.read_token(thread, secrets_of(channel))
    number = read_number(reference, settings.REPORT_PREFIX) if reference else None
    return _alive().filter(number=number).first() if number else None


def _is_theirs(report: Report, reporter: Reporter) -> bool:
    """The reporter himself or a follower, also where he is known by another channel with this e-mail."""
    known = followers(report)
    marks = {person.email_digest for person in known if person.email_digest}
    return reporter.pk in {person.pk for person in known} or reporter.email_digest in marks


def _by_words(reporter: Reporter, text: str) -> Report | None:
    named = _NUMBER.search(text)
    number = read_number(named[0], settings.REPORT_PREFIX) if named else None
    found = _alive().filter(number=number).first() if number else None
    return found if found is not None and _is_theirs(found, reporter) else None


def _by_time(row: Envelope, reporter: Reporter) -> Report | None:
    mine = _alive().filter(reporter=reporter)
    waiting: list[Report] = list(mine.filter(status=Status.WAITING.value)[:2])
    if len(waiting) == 1:
        return waiting[0]
    fresh = mine.open().filter(received_at__gte=row.received_at - BURST, status=Status.NEW.value)
    newest: Report | None = fresh.order_by("-pk").first()
    return newest
