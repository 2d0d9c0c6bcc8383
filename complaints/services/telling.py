"""Who is told what: a row in the outbox for each person and thing, written with the change it tells about."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from commandcenter import jobs
from commandcenter.city.models import Agency
from complaints.models import (
    Channel,
    ChannelKind,
    Message,
    Outbox,
    Report,
    Reporter,
    StatusChange,
    Subscription,
)
from complaints.models.choices import STATUS_LABELS
from complaints.services import deputies, quiet
from complaints.services.reporters import plain_phone
from complaints.workflow import OUTCOMES, Status

SEND = "complaints.send_outbox"
MOST_RECEIPTS = 5
"""Receipts to an address that somebody typed, in a day: the page still shows each number."""
# Channels that can carry an answer themselves; the others answer by e-mail or the page.
SPEAKS = frozenset(
    {
        ChannelKind.EMAIL, ChannelKind.WHATSAPP, ChannelKind.TELEGRAM, ChannelKind.X,
        ChannelKind.MESSENGER, ChannelKind.INSTAGRAM, ChannelKind.LAPOR, ChannelKind.PARTNER,
    }
)  # fmt: skip
# What a citizen hears of; the moves between desks are the desks' own business.
TOLD = (
    frozenset(
        {
            Status.VERIFIED,
            Status.FORWARDED,
            Status.WAITING,
            Status.SCHEDULED,
            Status.EXTERNAL,
            Status.REOPENED,
        }
    )
    | OUTCOMES
)


def received(report: Report) -> None:
    """Confirms the receipt with the number to follow the report by."""
    if report.reporter is None or _written_enough(report.reporter):
        return
    with translation.override(report.reporter.language):
        body = _("Thank you. Your report %(number)s was received. Follow it here: %(link)s") % {
            "number": report.number,
            "link": link_to(report),
        }
    tell(report, report.reporter, purpose="received", key=f"received:{report.pk}", body=body)


def _written_enough(reporter: Reporter) -> bool:
    """Whether a typed address got as many receipts as it may: nobody's mailbox is filled through our form."""
    if not quiet.typed(reporter) or not reporter.email:
        return False
    return quiet.written(quiet.mailbox(reporter.email), "received") >= MOST_RECEIPTS


def status_changed(report: Report, row: StatusChange) -> None:
    """Tells the reporter and everybody who follows along of a move they care about."""
    status = Status(row.target)
    if status not in TOLD or not row.source:
        return
    for reporter in _each_once(followers(report)):
        with translation.override(reporter.language):
            body = _("Report %(number)s: %(status)s.") % {
                "number": report.number,
                "status": STATUS_LABELS[status],
            }
            body = " ".join(part for part in (body, _reason(row, status), link_to(report)) if part)
        tell(report, reporter, purpose="status", key=f"status:{row.pk}:{reporter.pk}", body=body)


def _reason(row: StatusChange, status: Status) -> str:
    if status not in OUTCOMES | {Status.WAITING}:
        return ""
    named = _("Responsible: %(body)s.") % {"body": row.body_named} if row.body_named else ""
    return " ".join(part for part in (row.text, named) if part)


def followers(report: Report) -> list[Reporter]:
    """The reporter, and the subscribers of this report who have not ended it.

    While it is secret, of the subscribers only those who came in secret: everybody else knows no more of it
    than its public page, which is gone.
    """
    rows = Subscription.objects.filter(report=report, ended_at__isnull=True).select_related("reporter")
    if report.hidden:
        rows = rows.filter(in_secret=True)
    found = [row.reporter for row in rows]
    if report.reporter is not None:
        found.insert(0, report.reporter)
    return list({reporter.pk: reporter for reporter in found if not reporter.erased_at}.values())


def may_hear(report: Report | None, reporter: Reporter) -> bool:
    """Whether this person may be told of the report now: of a secret one, nobody who followed it before."""
    if report is None or not report.hidden or report.reporter_id == reporter.pk:
        return True
    rows = Subscription.objects.filter(report=report, reporter=reporter, ended_at__isnull=True)
    return bool(rows.filter(in_secret=True).exists())


def _each_once(people: list[Reporter]) -> list[Reporter]:
    """One of those whom the same letter would reach: a mailbox is told once, whoever typed it how often."""
    found: dict[tuple[int, str], Reporter] = {}
    for reporter in people:
        way = way_to(reporter)
        if way is not None:
            channel, address = way
            mark = quiet.mailbox(address) if channel.kind == ChannelKind.EMAIL else ""
            found.setdefault((channel.pk, mark or address), reporter)
    return list(found.values())


def unreachable(report: Report, reporter: Reporter | None) -> str:
    """Why an answer cannot go out, in words for the desk; empty where it can."""
    way = way_to(reporter) if reporter is not None else None
    if reporter is None or way is None:
        return _("This reporter left no way to answer. Write a public note instead.")
    return quiet.problem(report, reporter, *way)


def message_out(report: Report, message: Message, reporter: Reporter) -> Outbox | None:
    """Sends a written answer."""
    return tell(
        report, reporter, purpose="answer", key=f"answer:{message.pk}", body=message.text, message=message
    )


def tell(
    report: Report | None,
    reporter: Reporter,
    *,
    purpose: str,
    key: str,
    body: str,
    message: Message | None = None,
    template: str = "",
) -> Outbox | None:
    """One delivery by the reporter's own way; a ``key`` is never sent twice.

    None where there is no way, where the mailbox wants no more letters, where it got enough for a day, or
    where the report is secret and this person is none of its own.
    """
    way = way_to(reporter)
    if way is None or not may_hear(report, reporter) or quiet.problem(report, reporter, *way):
        return None
    channel, address = way
    values: dict[str, Any] = {
        "channel": channel, "report": report, "message": message, "reporter": reporter, "purpose": purpose,
        "to": address, "body": body, "template": template, "next_try_at": timezone.now(),
        "mailbox": quiet.mailbox(address) if channel.kind == ChannelKind.EMAIL else "",
    }  # fmt: skip
    row, created = Outbox.objects.get_or_create(key=key, defaults=values)
    if created:
        jobs.enqueue(SEND, row.pk, queue="default")
    return row


def way_to(reporter: Reporter) -> tuple[Channel, str] | None:
    """The channel and address an answer takes: the channel used, else e-mail."""
    channel = reporter.channel
    if channel.kind in SPEAKS and channel.enabled and reporter.address:
        return channel, reporter.address
    if reporter.email:
        mail = Channel.objects.in_use().filter(kind=ChannelKind.EMAIL).first()
        if mail is not None:
            return mail, reporter.email
    return None


def agency_has_report(report: Report, agency: Agency) -> None:
    """The agency hears at once: its open pages by the event, its mailbox by a letter without the contents."""
    if report.is_test:
        return
    # In the city's language, whichever the person reads in who sent it on.
    with translation.override(settings.LANGUAGE_CODE):
        body = _("A report for %(agency)s: %(number)s. Open it here: %(link)s") % {
            "agency": agency.name,
            "number": report.number,
            "link": desk_link(report),
        }
    letters(report, agency, purpose="agency", key=f"agency:{report.pk}:{agency.pk}:{report.rev}", body=body)


def letters(report: Report, agency: Agency, *, purpose: str, key: str, body: str) -> int:
    """The agency's mailbox, its WhatsApp number, and whoever stands in for its head today; how many.

    WhatsApp takes a template only (``agency_template`` of that channel, one parameter: the sentence); a city
    without one writes letters alone.
    """
    told = _by_whatsapp(report, agency, purpose=purpose, key=f"{key}:wa", body=body)
    mail = Channel.objects.in_use().filter(kind=ChannelKind.EMAIL).first()
    if mail is None:
        return told
    addresses = {agency.email.lower(): key} if agency.email else {}
    for person in deputies.of_today(agency):
        if person.user.email:
            addresses.setdefault(person.user.email.lower(), f"{key}:plt-{person.pk}")
    for address, mark in addresses.items():
        values = {
            "channel": mail, "report": report, "purpose": purpose, "to": address, "body": body,
            "next_try_at": timezone.now(),
        }  # fmt: skip
        row, created = Outbox.objects.get_or_create(key=mark, defaults=values)
        if created:
            jobs.enqueue(SEND, row.pk, queue="default")
    return told + len(addresses)


def _by_whatsapp(report: Report, agency: Agency, *, purpose: str, key: str, body: str) -> int:
    channel = Channel.objects.in_use().filter(kind=ChannelKind.WHATSAPP).first()
    template = str(channel.settings.get("agency_template", "")) if channel else ""
    number = plain_phone(agency.whatsapp).lstrip("+")
    if channel is None or not template or not number:
        return 0
    values = {
        "channel": channel, "report": report, "purpose": purpose, "to": number, "body": body,
        "template": template[:80], "next_try_at": timezone.now(),
    }  # fmt: skip
    row, created = Outbox.objects.get_or_create(key=key, defaults=values)
    if created:
        jobs.enqueue(SEND, row.pk, queue="default")
    return 1


def link_to(report: Report) -> str:
    """The public page of a report; a path alone while the city has not set its address."""
    room = "kamar/" if report.kind == "room" else ""
    return f"{settings.PUBLIC_URL}/lapor/{room}{report.number}/"


def desk_link(report: Report) -> str:
    """The desk's page of a report."""
    return f"{settings.PUBLIC_URL}/reports/{report.number}/"
