"""Whom a breach touched: everybody behind a set of reports, for the notice within 3 x 24 hours.

UU 27/2022 (PDP), article 46: the notice says which data, when and how, and goes to each person and to the
institution. This list is what the letters are written from; making it is itself audited.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from commandcenter.city import audit, sheets
from commandcenter.city.models import AuditEntry, User
from commandcenter.city.viewers import Viewer
from complaints.models import Channel, Outbox, Report, Reporter, Subscription
from complaints.numbers import read_number
from complaints.services.writing import must

LOOK = "report.looked-at-contact"
MOST = 100_000


@dataclass(frozen=True, slots=True)
class Touched:
    """The ids of the reports, the numbers that nobody has, and what was asked."""

    reports: list[int]
    unknown: list[str]
    asked: dict[str, Any]


def touched(
    *,
    numbers: str = "",
    first: date | None = None,
    last: date | None = None,
    channel: Channel | None = None,
    account: User | None = None,
) -> Touched:
    """The reports that fit every given condition. Raises ValidationError where nothing narrows them."""
    if not (numbers.strip() or first or last or channel or account):
        raise ValidationError(_("Say which reports: numbers, days, a channel or an account."))
    typed = list(dict.fromkeys(numbers.upper().replace(",", "\n").split()))
    read = {text: read_number(text, settings.REPORT_PREFIX) for text in typed}
    rows = Report.objects.all()
    unknown = [text for text, number in read.items() if number is None]
    if typed:
        rows = rows.filter(number__in=[number for number in read.values() if number])
        there = set(rows.values_list("number", flat=True))
        unknown += [text for text, number in read.items() if number and number not in there]
    if first:
        rows = rows.filter(received_at__gte=_midnight(first))
    if last:
        rows = rows.filter(received_at__lt=_midnight(last + timedelta(days=1)))
    if channel:
        rows = rows.filter(channel=channel)
    if account:
        seen = AuditEntry.objects.filter(action=LOOK, actor_kind="user", actor_id=account.pk)
        rows = rows.filter(
            pk__in=[int(pk) for pk in seen.values_list("subject_id", flat=True) if pk.isdecimal()]
        )
    asked = {
        "numbers": len(typed), "first": first, "last": last, "channel": channel.slug if channel else "",
        "account": account.pk if account else None,
    }  # fmt: skip
    return Touched(list(rows.order_by("pk").values_list("pk", flat=True)[:MOST]), unknown, asked)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def book(found: Touched, *, viewer: Viewer | None, reason: str) -> bytes:
    """People, looks and deliveries as an XLSX of three sheets. ``viewer`` None is the command line."""
    must(viewer, "list_breach")
    people = list(_people(found.reports))
    audit.record(
        viewer=viewer, action="report.breach-listed",
        detail={**found.asked, "reason": reason[:300], "reports": len(found.reports), "people": len(people)},
    )  # fmt: skip
    return sheets.write_book(
        [
            (
                _("People"),
                [_("Report"), _("Received"), _("As"), _("Name"), _("Telephone"),
                 pgettext("of a reporter", "E-mail"), _("Address"), _("Channel"), _("Anonymous"),
                 _("Erased")],
                people,
            ),
            (
                _("Looks at contacts"),
                [_("Report"), _("When"), _("Who"), _("From where")],
                _looks(found.reports),
            ),
            (
                _("Deliveries"),
                [_("Report"), _("When"), _("Purpose"), _("Channel"), _("To"), _("State")],
                _deliveries(found.reports),
            ),
        ]
    )  # fmt: skip


def _people(reports: list[int]) -> Iterator[tuple[Any, ...]]:
    rows = Report.objects.filter(pk__in=reports).select_related("reporter__channel").defer("search")
    for row in rows.order_by("pk").iterator(2000):
        if row.reporter is not None:
            yield _person(row, row.reporter, _("reporter"))
    subscribed: QuerySet[Subscription] = Subscription.objects.filter(report__in=reports)
    for item in subscribed.select_related("report", "reporter__channel").iterator(2000):
        yield _person(item.report, item.reporter, _("follows along"))


def _person(report: Report, person: Reporter, role: str) -> tuple[Any, ...]:
    erased = _("yes") if person.erased_at else ""
    return (
        report.number, report.received_at, role, person.name, person.phone, person.email, person.address,
        person.channel.name, _("yes") if report.anonymous else "", erased,
    )  # fmt: skip


def _looks(reports: list[int]) -> Iterator[tuple[Any, ...]]:
    ids = [str(pk) for pk in reports]
    rows = AuditEntry.objects.filter(
        Q(action=LOOK), subject_type=Report._meta.label_lower, subject_id__in=ids
    ).order_by("pk")
    for row in rows.iterator(2000):
        yield row.subject_label, row.at, row.actor_name, row.ip or ""


def _deliveries(reports: list[int]) -> Iterator[tuple[Any, ...]]:
    rows = Outbox.objects.filter(report__in=reports, reporter__isnull=False)
    for row in rows.select_related("report", "channel").order_by("pk").iterator(2000):
        sent = row.sent_at or row.created_at
        yield row.report.number, sent, row.purpose, row.channel.name, row.to, row.get_state_display()
