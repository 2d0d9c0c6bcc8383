"""How much is written to a mailbox, and who wants no more of it.

An address that somebody merely typed proves nothing: a stranger's mailbox must not be filled through our
form, and its owner must be able to end it without an account, a PIN or a question.
"""

from __future__ import annotations

import re
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.channels.signing import mac, same
from complaints.models import (
    Channel,
    ChannelKind,
    Delivery,
    LetterStop,
    Outbox,
    Report,
    Reporter,
    Subscription,
)
from complaints.services.reporters import digest, plain_email

MOST_LETTERS = 12
"""Letters of every purpose to one address that was only typed, in a day."""
DAY = timedelta(days=1)
KEPT = timedelta(days=2)
NO_MORE = gettext_lazy("This reporter wants no more letters about this report. Write a public note instead.")
_DOTLESS = frozenset({"gmail.com", "googlemail.com"})
_TOKEN = re.compile(r"([0-9a-f]{1,16})-([0-9a-f]{1,16})-([0-9a-f]{20})")


def folded(address: str) -> str:
    """The mailbox behind an address: small letters, without ``+tag``, without the dots that Gmail ignores."""
    local, _at, domain = plain_email(address).rpartition("@")
    local = local.partition("+")[0] or local
    return f"{local.replace('.', '') if domain in _DOTLESS else local}@{domain}"


def mailbox(address: str) -> str:
    """A keyed digest of the mailbox; empty for what is no e-mail address."""
    return digest("mailbox", folded(address)) if "@" in address else ""


def address_of(reporter: Reporter) -> str:
    """Where letters to this person go."""
    return (reporter.address if _writes_letters(reporter) else "") or reporter.email


def _writes_letters(reporter: Reporter) -> bool:
    return bool(reporter.channel.kind == ChannelKind.EMAIL and reporter.address)


def typed(reporter: Reporter) -> bool:
    """Whether nobody vouches for the e-mail address: no letter ever came from it."""
    return not (_writes_letters(reporter) and reporter.address_digest)


def written(box: str, purpose: str = "") -> int:
    """Letters to a mailbox within a day, whatever became of them."""
    rows = Outbox.objects.filter(mailbox=box, created_at__gte=timezone.now() - DAY)
    return (rows.filter(purpose=purpose) if purpose else rows).count()


def problem(report: Report | None, reporter: Reporter, channel: Channel, address: str) -> str:
    """Why no letter goes out now, in words for the desk; empty where one may."""
    if channel.kind != ChannelKind.EMAIL:
        return ""
    box = mailbox(address)
    if report is not None and LetterStop.objects.filter(report=report, mailbox=box).exists():
        return str(NO_MORE)
    if typed(reporter) and written(box) >= MOST_LETTERS:
        return _("This mailbox got as many letters as it may in a day. Write a public note instead.")
    return ""


def token(report: Report, reporter: Reporter) -> str:
    """Signed: ends the letters about this report to this person's mailbox."""
    return f"{report.pk:x}-{reporter.pk:x}-{_seal(report.pk, reporter.pk)}"


def _seal(report: int, reporter: int) -> str:
    return mac(settings.FIELD_KEY, f"stop:{report}:{reporter}".encode()).hex()[:20]


def read(text: str) -> tuple[Report, Reporter] | None:
    """What a token was made for; None where it is none of ours."""
    found = _TOKEN.fullmatch(text)
    if found is None:
        return None
    about, whom = int(found[1], 16), int(found[2], 16)
    if not same(_seal(about, whom), found[3]):
        return None
    report = Report.objects.filter(pk=about).first()
    reporter = Reporter.objects.select_related("channel").filter(pk=whom).first()
    return (report, reporter) if report is not None and reporter is not None else None


def link(report: Report, reporter: Reporter) -> str:
    """The page that ends it; a path alone while the city has not set its address."""
    return f"{settings.PUBLIC_URL}/lapor/henti/{token(report, reporter)}/"


def stopped(report: Report, reporter: Reporter) -> bool:
    """Whether this mailbox hears no more of the report (or is forgotten)."""
    box = mailbox(address_of(reporter))
    return not box or LetterStop.objects.filter(report=report, mailbox=box).exists()


def takes_more(report: Report, reporter: Reporter) -> bool:
    """Whether this mailbox may be signed up for the report: it wants them and got less than it may a day."""
    if stopped(report, reporter):
        return False
    return not typed(reporter) or written(mailbox(address_of(reporter))) < MOST_LETTERS


@transaction.atomic
def stop(report: Report, reporter: Reporter) -> None:
    """Ends the letters about this report to this mailbox, whoever typed it there and how often."""
    box = mailbox(address_of(reporter))
    if not box:
        return
    LetterStop.objects.get_or_create(report=report, mailbox=box)
    rows = Subscription.objects.filter(report=report, ended_at__isnull=True).select_related(
        "reporter__channel"
    )
    same_box = [row.pk for row in rows if mailbox(address_of(row.reporter)) == box]
    Subscription.objects.filter(pk__in=same_box).update(ended_at=timezone.now())
    # What waits in the outbox is not sent either; a letter on its way at this moment cannot be called back.
    waiting = Outbox.objects.filter(report=report, mailbox=box, state=Delivery.QUEUED)
    waiting.update(state=Delivery.FAILED, problem=str(NO_MORE))


def sweep() -> int:
    """The digests of mailboxes leave the sent letters when nobody counts them any more."""
    old = Outbox.objects.filter(created_at__lt=timezone.now() - KEPT).exclude(mailbox="")
    return int(old.update(mailbox=""))
