"""The outbox emptied: one delivery at a time, claimed, tried again, and its failure seen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.channels import contract
from complaints.channels.http import Http
from complaints.channels.words import in_words
from complaints.models import Channel, ChannelKind, Delivery, Outbox
from complaints.services.receiving import adapter_for, secrets_of

log = logging.getLogger(__name__)
CLAIM = timedelta(minutes=5)
TRIES = 8
# Their receivers know a repeat by our own number.
REPEATABLE = frozenset({ChannelKind.EMAIL.value, ChannelKind.PARTNER.value})
FIRST_WAIT_S, LONGEST_WAIT_S = 30, 4 * 3600
Sender = Callable[[Outbox], str]


class TryLater(Exception):
    """Not now: the provider is away or asks to wait ``seconds``.

    ``free``: the channel is at fault (a token is over), and the message keeps all its tries.
    """

    def __init__(self, problem: str, seconds: float | None = None, *, free: bool = False) -> None:
        super().__init__(problem)
        self.seconds = seconds
        self.free = free


class Refused(Exception):
    """Never: the address is wrong, the window is closed, the provider said no."""


def send(pk: int) -> bool:
    """Sends one row unless somebody else has it; False where it was not this call's to send.

    A worker that dies while sending leaves the row claimed for five minutes; then it is tried again. The
    provider's own id or our Message-ID keeps a repeat from being two messages where the provider knows such.
    """
    left_behind = Outbox.objects.filter(pk=pk, state=Delivery.SENDING).exists()
    row = _claim(pk)
    if row is None:
        return False
    if left_behind and row.channel.kind not in REPEATABLE:
        # A worker died while it was sending, and this provider cannot tell a repeat from a second message.
        _failed(row, _("It may have been sent: a worker was stopped while sending."))
        return True
    try:
        external_id = _sender(row.channel.kind)(row)
    except TryLater as problem:
        _again(row, str(problem), problem.seconds, free=problem.free)
    except Refused as problem:
        _failed(row, str(problem))
    except Exception as error:
        log.exception("delivery %s failed", row.pk)
        _again(row, type(error).__name__, None)
    else:
        _sent(row, external_id)
    return True


def _claim(pk: int) -> Outbox | None:
    now = timezone.now()
    taken = (
        Outbox.objects.ready(now)
        .filter(pk=pk)
        .order_by()
        .update(state=Delivery.SENDING, claimed_until=now + CLAIM, tries=F("tries") + 1)
    )
    return Outbox.objects.select_related("channel", "reporter").get(pk=pk) if taken else None


def _sender(kind: str) -> Sender:
    return send_mail if kind == ChannelKind.EMAIL else by_adapter


def by_adapter(row: Outbox) -> str:
    """Over the provider, by the rules of its channel; the provider's own id of the message."""
    channel, now = row.channel, timezone.now()
    adapter = adapter_for(channel)
    if adapter is None:
        raise Refused(_("This channel cannot send."))
    last = row.reporter.last_in_at if row.reporter else None
    rule = adapter.reply_rule(last, now, kind=contract.talk_of(row.to), settings=channel.settings)
    template = row.template or str(channel.settings.get("template", ""))
    if rule is contract.ReplyRule.CLOSED or (rule is contract.ReplyRule.TEMPLATE and not template):
        raise Refused(str(in_words("window_closed")))
    outbound = contract.Outbound(
        key=row.key, to=row.to, text=row.body, last_inbound_at=last,
        template=template if rule is contract.ReplyRule.TEMPLATE else "",
        parameters=(row.body,) if rule is contract.ReplyRule.TEMPLATE else (),
        language=row.reporter.language if row.reporter else "id",
    )  # fmt: skip
    try:
        http = Http(allow_hosts=settings.CHANNEL_ALLOW_HOSTS)
        return adapter.send(outbound, channel.settings, secrets_of(channel), http, now).external_id
    except contract.Retryable as problem:
        if problem.maybe_sent and channel.kind not in REPEATABLE:
            raise Refused(str(in_words(problem.code))) from problem
        free = problem.channel_wide
        raise TryLater(str(in_words(problem.code)), problem.after, free=free) from problem
    except contract.Permanent as problem:
        raise Refused(str(in_words(problem.code))) from problem


def send_mail(row: Outbox) -> str:
    """A letter over the house's own mail server; its Message-ID is the row's, whatever the try."""
    host = row.channel.settings.get("domain") or "pusat-kendali.invalid"
    message_id = f"<outbox-{row.pk}@{host}>"
    subject = row.report.number if row.report is not None else ""
    mail = EmailMessage(subject=subject, body=row.body, to=[row.to], headers={"Message-ID": message_id})
    try:
        mail.send()
    except OSError as error:
        raise TryLater(_("The mail server does not answer.")) from error
    return message_id


def _sent(row: Outbox, external_id: str) -> None:
    now = timezone.now()
    Outbox.objects.filter(pk=row.pk).update(
        state=Delivery.SENT, sent_at=now, external_id=external_id[:200], problem="", claimed_until=None
    )
    Channel.objects.filter(pk=row.channel_id).update(last_out_at=now, failing_since=None, last_problem="")


def _again(row: Outbox, problem: str, seconds: float | None, *, free: bool = False) -> None:
    if free:
        row.tries -= 1
    if row.tries >= TRIES:
        _failed(row, problem)
        return
    wait = seconds if seconds is not None else min(FIRST_WAIT_S * 2 ** max(row.tries - 1, 0), LONGEST_WAIT_S)
    Outbox.objects.filter(pk=row.pk).update(
        state=Delivery.QUEUED, next_try_at=timezone.now() + timedelta(seconds=wait), claimed_until=None,
        problem=problem[:200], tries=row.tries,
    )  # fmt: skip
    _trouble(row.channel_id, problem)


def _failed(row: Outbox, problem: str) -> None:
    Outbox.objects.filter(pk=row.pk).update(
        state=Delivery.FAILED, problem=problem[:200], claimed_until=None, next_try_at=None
    )
    _trouble(row.channel_id, problem)


def _trouble(channel: int, problem: str) -> None:
    now = timezone.now()
    rows = Channel.objects.filter(pk=channel)
    rows.filter(failing_since__isnull=True).update(failing_since=now)
    rows.update(last_problem=problem[:200])


def sweep(limit: int = 200) -> int:
    """Sends what waits for its turn: lost tasks, retries, a worker's unfinished rows."""
    pks = list(Outbox.objects.ready(timezone.now()).values_list("pk", flat=True)[:limit])
    return sum(send(pk) for pk in pks)
