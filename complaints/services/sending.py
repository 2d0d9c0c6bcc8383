"""The outbox emptied: one delivery at a time, claimed, tried again, and its failure seen."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage as Letter
from smtplib import SMTPRecipientsRefused

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from complaints.channels import contract, email
from complaints.channels.http import Http
from complaints.channels.words import in_words
from complaints.models import Channel, ChannelKind, Delivery, Direction, Message, Outbox
from complaints.services import fetching, message_files, quiet, telling
from complaints.services.receiving import adapter_for, secrets_of

log = logging.getLogger(__name__)
CLAIM = timedelta(minutes=5)
TRIES = 8
# Their receivers know a repeat by our own number.
REPEATABLE = frozenset({ChannelKind.EMAIL.value, ChannelKind.PARTNER.value})
FIRST_WAIT_S, LONGEST_WAIT_S = 30, 4 * 3600
LONGEST_REST_S = 900
# A message that was only ever asked to wait is given up at this age: later it would puzzle more than help.
STALE = timedelta(days=2)
PERSONAL = frozenset(
    {"recipient_unknown", "blocked", "window_closed", "too_long", "answer_not_understood", "bounced"}
)
# A sweep begins no delivery that its time limit could cut.
SWEEP_S = 75
Sender = Callable[[Outbox, Http], str]


class TryLater(Exception):
    """Not now: the provider is away or asks to wait ``seconds``.

    ``free``: the message is not at fault (a token is over, too much at once): it keeps all its tries and the
    whole channel rests. ``stale``: at a certain age it is given up all the same.
    """

    def __init__(
        self, problem: str, seconds: float | None = None, *, free: bool = False, stale: bool = False
    ) -> None:
        super().__init__(problem)
        self.seconds, self.free, self.stale = seconds, free, stale


class Refused(Exception):
    """Never: the address is wrong, the window is closed, the provider said no.

    ``personal``: it lies with this one person or message and says nothing about the channel.
    """

    def __init__(self, problem: str, *, personal: bool = False) -> None:
        super().__init__(problem)
        self.personal = personal


def send(pk: int) -> bool:
    """Sends one row unless somebody else has it; False where it was not this call's to send.

    A worker that dies while sending leaves the row claimed for five minutes. Then, as after a time limit or a
    fault of ours in the middle, nobody knows whether the provider has it: where a repeat can be told from a
    second message it is tried again, elsewhere it fails with just these words and a person decides.
    """
    if _resting(pk):
        return False
    row, left_behind = _claim(pk)
    if row is None:
        return False
    if left_behind and row.channel.kind not in REPEATABLE:
        _failed(row, _("It may have been sent: a worker was stopped while sending."))
        return True
    _deliver(row)
    return True


def _deliver(row: Outbox) -> None:
    http, external_id = Http(allow_hosts=settings.CHANNEL_ALLOW_HOSTS), ""
    if row.reporter is not None and not telling.may_hear(row.report, row.reporter):
        _failed(row, _("The report became secret before this was sent."), channel=False)
        return
    try:
        external_id = _sender(row.channel.kind)(row, http)
        _sent(row, external_id)
    except TryLater as problem:
        _again(row, problem)
    except Refused as problem:
        _failed(row, str(problem), channel=not problem.personal)
    except SoftTimeLimitExceeded:
        # Its worker has ten seconds left: the row is told the truth, then the signal goes on.
        if external_id:
            _sent(row, external_id)
        else:
            _unsure(row, http, _("The time for sending was over."))
        raise
    except Exception as error:
        log.exception("delivery %s failed", row.pk)
        _unsure(row, http, type(error).__name__)


def _resting(pk: int) -> bool:
    return Channel.objects.filter(outbox=pk, resting_until__gt=timezone.now()).exists()


def _claim(pk: int) -> tuple[Outbox | None, bool]:
    """The row if it is now ours, and whether a worker had been stopped while it was sending it."""
    now = timezone.now()
    rows = Outbox.objects.filter(pk=pk)
    taken = {"state": Delivery.SENDING, "claimed_until": now + CLAIM, "tries": F("tries") + 1}
    fresh = rows.filter(state=Delivery.QUEUED, next_try_at__lte=now).update(**taken)
    left = 0 if fresh else rows.filter(state=Delivery.SENDING, claimed_until__lt=now).update(**taken)
    if not fresh and not left:
        return None, False
    return Outbox.objects.select_related("channel", "reporter", "report__category").get(pk=pk), bool(left)


def _unsure(row: Outbox, http: Http, problem: str) -> None:
    """Interrupted: tried again where nothing can have left, or where a repeat is known as one."""
    if http.asked and row.channel.kind not in REPEATABLE:
        _failed(row, _("It may have been sent: %(problem)s") % {"problem": problem})
    else:
        _again(row, TryLater(problem))


def _sender(kind: str) -> Sender:
    return send_mail if kind == ChannelKind.EMAIL else by_adapter


def by_adapter(row: Outbox, http: Http, letter: contract.Outbound | None = None) -> str:
    """Over the provider, by the rules of its channel; the provider's own id of the message."""
    channel, now = row.channel, timezone.now()
    adapter = adapter_for(channel)
    if adapter is None:
        raise Refused(_("This channel cannot send."))
    last = row.reporter.last_in_at if row.reporter else None
    rule = adapter.reply_rule(last, now, kind=contract.talk_of(row.to), settings=channel.settings)
    template = row.template or str(channel.settings.get("template", ""))
    if rule is contract.ReplyRule.CLOSED or (rule is contract.ReplyRule.TEMPLATE and not template):
        raise Refused(str(in_words("window_closed")), personal=True)
    outbound = letter or contract.Outbound(
        key=row.key, to=row.to, text=row.body, last_inbound_at=last,
        template=template if rule is contract.ReplyRule.TEMPLATE else "",
        parameters=(row.body,) if rule is contract.ReplyRule.TEMPLATE else (),
        language=row.reporter.language if row.reporter else "id",
    )  # fmt: skip
    try:
        return adapter.send(outbound, channel.settings, secrets_of(channel), http, now).external_id
    except contract.Retryable as problem:
        if problem.maybe_sent and channel.kind not in REPEATABLE:
            raise Refused(str(in_words(problem.code))) from problem
        crowded = problem.code == "rate_limited" and not problem.channel_wide
        free = problem.channel_wide or crowded
        raise TryLater(str(in_words(problem.code)), problem.after, free=free, stale=crowded) from problem
    except contract.Permanent as problem:
        raise Refused(str(in_words(problem.code)), personal=problem.code in PERSONAL) from problem


def send_mail(row: Outbox, http: Http) -> str:
    """A letter, over the channel's own mail server where it has one, else the house's; its Message-ID is the
    row's, whatever the try.
    """
    channel, secrets = row.channel, secrets_of(row.channel)
    letter = as_letter(row)
    if channel.settings.get("smtp_host"):
        return by_adapter(row, http, letter)
    if not channel.settings.get("address") or not secrets.get("reply_secret"):
        return _plain_mail(row, letter)
    try:
        written = email.write(letter, channel.settings, secrets, timezone.now())
    except contract.Permanent as problem:
        raise Refused(str(in_words(problem.code)), personal=True) from problem
    return _handed_over(written, letter.text)


def as_letter(row: Outbox) -> contract.Outbound:
    """What is told, the report's number in subject and reply address, below what the citizen wrote last."""
    report, before = row.report, list[str]()
    if report is not None:
        said = Message.objects.filter(report=report, channel=row.channel, direction=Direction.IN)
        before = list(said.exclude(external_id="").order_by("-pk").values_list("external_id", flat=True)[:10])
    to_citizen = report is not None and row.reporter is not None
    stop = quiet.link(report, row.reporter) if report is not None and row.reporter is not None else ""
    return contract.Outbound(
        key=row.key, to=row.to, text=with_way_out(row, stop), stop=stop,
        subject=_("Report %(number)s") % {"number": report.number} if report is not None else "",
        thread=report.number.replace("-", "") if report is not None and to_citizen else "",
        references=tuple(reversed(before)) if to_citizen else (),
    )  # fmt: skip


def with_way_out(row: Outbox, stop: str) -> str:
    """The words, and for a citizen the line that tells how to end them."""
    body: str = row.body
    if row.reporter is None or not stop:
        return body
    with translation.override(row.reporter.language):
        line = _("You do not want letters about this report? End them here: %(link)s") % {"link": stop}
    return f"{body}\n\n{line}"


def _plain_mail(row: Outbox, letter: contract.Outbound) -> str:
    """While the channel has no address of its own: nobody can answer this letter."""
    host = row.channel.settings.get("domain") or "pusat-kendali.invalid"
    message_id = f"<outbox-{row.pk}@{host}>"
    headers = {"Message-ID": message_id, email.LOOP_HEADER: "1", **email.ways_out(letter)}
    _mailed(EmailMessage(subject=letter.subject, body=letter.text, to=[row.to], headers=headers))
    return message_id


def _handed_over(written: Letter, body: str) -> str:
    named = {"From", "To", "Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}
    headers = {name: str(value) for name, value in written.items() if name not in named}
    mail = EmailMessage(str(written["Subject"]), body, str(written["From"]), [str(written["To"])])
    mail.extra_headers = headers
    _mailed(mail)
    return str(written["Message-ID"])


def _mailed(mail: EmailMessage) -> None:
    try:
        mail.send()
    except SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()), (550, b""))[0]
        if code >= 500:
            raise Refused(str(in_words("recipient_unknown")), personal=True) from error
        raise TryLater(_("The mail server does not answer.")) from error
    except OSError as error:
        raise TryLater(_("The mail server does not answer.")) from error


def _sent(row: Outbox, external_id: str) -> None:
    now = timezone.now()
    Outbox.objects.filter(pk=row.pk).update(
        state=Delivery.SENT, sent_at=now, external_id=external_id[:200], problem="", claimed_until=None
    )
    rows = Channel.objects.filter(pk=row.channel_id)
    rows.update(last_out_at=now)
    rows.exclude(last_problem__startswith=fetching.marked()).update(failing_since=None, last_problem="")


def _again(row: Outbox, problem: TryLater) -> None:
    now, words = timezone.now(), str(problem)
    if problem.free:
        row.tries -= 1
    if row.tries >= TRIES or (problem.stale and now - row.created_at > STALE):
        _failed(row, words)
        return
    wait = problem.seconds
    if wait is None:
        wait = min(FIRST_WAIT_S * 2 ** max(row.tries - 1, 0), LONGEST_WAIT_S)
    Outbox.objects.filter(pk=row.pk).update(
        state=Delivery.QUEUED, next_try_at=now + timedelta(seconds=wait), claimed_until=None,
        problem=words[:200], tries=row.tries,
    )  # fmt: skip
    rest = now + timedelta(seconds=min(wait, LONGEST_REST_S)) if problem.free else None
    _trouble(row.channel_id, words, rest)


def _failed(row: Outbox, problem: str, *, channel: bool = True) -> None:
    Outbox.objects.filter(pk=row.pk).update(
        state=Delivery.FAILED, problem=problem[:200], claimed_until=None, next_try_at=None
    )
    if channel:
        _trouble(row.channel_id, problem)


def _trouble(channel: int, problem: str, rest: datetime | None = None) -> None:
    """What the registry shows; with ``rest`` nothing of this channel goes out before."""
    rows = Channel.objects.filter(pk=channel)
    rows.filter(failing_since__isnull=True).update(failing_since=timezone.now())
    rows.update(last_problem=problem[:200])
    if rest is not None:
        rows.update(resting_until=rest)


def wake(channel: Channel) -> None:
    """Somebody mended the channel: what waited for it goes out and is fetched at once."""
    fetching.ask_again(channel.pk)
    message_files.wake(channel)
    Channel.objects.filter(pk=channel.pk).update(resting_until=None)
    Outbox.objects.filter(channel=channel, state=Delivery.QUEUED).update(next_try_at=timezone.now())


def sweep(limit: int = 200) -> int:
    """Sends what waits for its turn: lost tasks, retries, a worker's unfinished rows."""
    now, ends = timezone.now(), time.monotonic() + SWEEP_S
    ready = Outbox.objects.ready(now).exclude(channel__resting_until__gt=now)
    done = 0
    for pk in list(ready.values_list("pk", flat=True)[:limit]):
        if time.monotonic() > ends:
            break
        done += send(pk)
    return done
