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
from complaints.workflow import OUTCOMES, Status

SEND = "complaints.send_outbox"
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
    if report.reporter is None:
        return
    with translation.override(report.reporter.language):
        body = _("Thank you. Your report %(number)s was received. Follow it here: %(link)s") % {
            "number": report.number,
            "link": link_to(report),
        }
    tell(report, report.reporter, purpose="received", key=f"received:{report.pk}", body=body)


def status_changed(report: Report, row: StatusChange) -> None:
    """Tells the reporter and everybody who follows along of a move they care about."""
    status = Status(row.target)
    if status not in TOLD or not row.source:
        return
    for reporter in followers(report):
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
    """The reporter, and the subscribers of this report who have not ended it."""
    rows = Subscription.objects.filter(report=report, ended_at__isnull=True).select_related("reporter")
    found = [row.reporter for row in rows]
    if report.reporter is not None:
        found.insert(0, report.reporter)
    return list({reporter.pk: reporter for reporter in found if not reporter.erased_at}.values())


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
    """One delivery by the reporter's own way, None where there is none; a ``key`` is never sent twice."""
    way = way_to(reporter)
    if way is None:
        return None
    channel, address = way
    values: dict[str, Any] = {
        "channel": channel, "report": report, "message": message, "reporter": reporter, "purpose": purpose,
        "to": address, "body": body, "template": template, "next_try_at": timezone.now(),
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
    if not agency.email or report.is_test:
        return
    mail = Channel.objects.in_use().filter(kind=ChannelKind.EMAIL).first()
    if mail is None:
        return
    body = _("A report for %(agency)s: %(number)s. Open it here: %(link)s") % {
        "agency": agency.name,
        "number": report.number,
        "link": desk_link(report),
    }
    key = f"agency:{report.pk}:{agency.pk}:{report.rev}"
    row, created = Outbox.objects.get_or_create(
        key=key,
        defaults={
            "channel": mail, "report": report, "purpose": "agency", "to": agency.email, "body": body,
            "next_try_at": timezone.now(),
        },
    )  # fmt: skip
    if created:
        jobs.enqueue(SEND, row.pk, queue="default")


def link_to(report: Report) -> str:
    """The public page of a report; a path alone while the city has not set its address."""
    return f"{settings.PUBLIC_URL}/lapor/{report.number}/"


def desk_link(report: Report) -> str:
    """The desk's page of a report."""
    return f"{settings.PUBLIC_URL}/reports/{report.number}/"
