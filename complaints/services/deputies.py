"""Who stands in (Plt) for the head of an agency: named with dates, heard from the first to the last day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city import audit
from commandcenter.city.models import Agency, User
from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer, own_agencies
from complaints.models import Deputy

LONGEST_DAYS = 366
OURS = (Agency.Kind.OPD, Agency.Kind.DISTRICT, Agency.Kind.VILLAGE)


def of_today(agency: Agency, day: date | None = None) -> list[Deputy]:
    """The deputies of the agency whose term runs today, the newest first.

    A term of somebody who may not be named any more (he works elsewhere, he was named under older rules)
    gives nothing, though its row stays.
    """
    today = day or timezone.localdate()
    rows = Deputy.objects.filter(agency=agency, first__lte=today, last__gte=today, user__in=candidates())
    return list(rows.select_related("user").order_by("-first", "-pk"))


def named_for(user: int) -> QuerySet[Deputy, Any]:
    """The ids of the agencies that a person is named for today, whether he may stand in or not."""
    today = timezone.localdate()
    return Deputy.objects.filter(user=user, first__lte=today, last__gte=today).order_by().values("agency")


def may_stand_in(user: int) -> bool:
    """Whether a person may be named at all today (see :func:`candidates`)."""
    return candidates().filter(pk=user).exists()


def candidates(viewer: Viewer | None = None) -> QuerySet[User]:
    """Who may be named: heads with a login, of the city's own agencies.

    Never somebody from outside (police, utilities) and no hospital: they would read another agency's reports.
    And nobody stands in for himself.
    """
    heads = User.objects.filter(is_active=True, groups__name=Role.HEAD.value)
    ours = heads.filter(agency__kind__in=OURS).exclude(agency__hospital__isnull=False)
    others = ours.exclude(pk=viewer.pk) if viewer and viewer.pk else ours
    return others.order_by("first_name", "username")


def signed_by(agency: Agency) -> tuple[str, str]:
    """Title and name that a letter of the agency ends with: the deputy's while one stands in."""
    standing = of_today(agency)
    if standing:
        return f"Plt. {agency.head_title or _('Head')}", standing[0].user.display_name
    return agency.head_title or str(_("Head")), agency.head_name


@transaction.atomic
def name(*, agency: Agency, user: User | None, first: date, last: date, viewer: Viewer) -> Deputy:
    """Names a deputy; two terms of one agency never overlap. Raises ValidationError by field."""
    _may(viewer, agency)
    errors = {}
    if user is None or not candidates(viewer).filter(pk=user.pk).exists():
        errors["user"] = _("Choose a head with a login from the list.")
    if last < first:
        errors["last"] = _("The last day is before the first.")
    elif last < timezone.localdate():
        errors["last"] = _("This day is over.")
    elif (last - first).days > LONGEST_DAYS:
        errors["last"] = _("A deputy stands in for a year at the most.")
    elif Deputy.objects.filter(agency=agency, first__lte=last, last__gte=first).exists():
        errors["first"] = _("Somebody stands in on these days already. End that term first.")
    if errors or user is None:
        raise ValidationError(errors)
    row = Deputy.objects.create(agency=agency, user=user, first=first, last=last)
    audit.record(viewer=viewer, action="deputy.named", subject=agency, detail=_days(row))
    return row


@transaction.atomic
def end(*, pk: int, viewer: Viewer) -> None:
    """Ends a term yesterday, or takes one away that has not begun."""
    row = Deputy.objects.select_related("agency").get(pk=pk)
    _may(viewer, row.agency)
    today = timezone.localdate()
    audit.record(viewer=viewer, action="deputy.ended", subject=row.agency, detail=_days(row))
    if row.first >= today:
        row.delete()
    else:
        row.last = today - timedelta(days=1)
        row.save(update_fields=["last"])


def _may(viewer: Viewer, agency: Agency) -> None:
    """The agency's own head or an administrator: who stands in names nobody, least of all himself."""
    user = User.objects.filter(pk=viewer.pk).first() if viewer.kind == "user" and viewer.pk else None
    own = user is not None and agency.pk in own_agencies(user) & viewer.agencies
    if not ((own or viewer.has(Role.ADMIN)) and viewer.can("complaints.add_deputy")):
        raise PermissionDenied


def _days(row: Deputy) -> dict[str, object]:
    return {"user": row.user_id, "first": row.first.isoformat(), "last": row.last.isoformat()}
