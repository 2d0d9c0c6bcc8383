"""Questions about enrolment: phones' health, notices, sheets, and whose phones somebody may look after."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from commandcenter.city.viewers import Role, Viewer
from fieldstaff import rights

ENROL = "fieldstaff.enrol_device"
MANAGE = "fieldstaff.manage_officer"
VIEW = "fieldstaff.view_device"


def everywhere(viewer: Viewer, permission: str) -> bool:
    """An admin who holds the permission."""
    return viewer.kind == "user" and viewer.has(Role.ADMIN) and permission in viewer.permissions


def kept_by(viewer: Viewer, permission: str, prefix: str = "") -> Q:
    """Officers whom ``viewer`` looks after: an admin all, a head those of his agencies, nobody else any."""
    if everywhere(viewer, permission):
        return rights.EVERYTHING
    return rights.of_agencies(viewer, permission, prefix) if viewer.has(Role.HEAD) else rights.NOTHING


def agencies_of(viewer: Viewer, permission: str) -> QuerySet[Any]:
    """The agencies for whose people somebody holds ``permission``."""
    from commandcenter.city.models import Agency

    rows: QuerySet[Any] = Agency.objects.order_by("name")
    if everywhere(viewer, permission):
        return rows
    return rows.filter(pk__in=sorted(viewer.agencies)) if permission in viewer.permissions else rows.none()


def phones_kept_by(viewer: Viewer) -> QuerySet[Any]:
    """Phones whose last holder ``viewer`` looks after: what once was in an agency's hand is not its own."""
    from fieldstaff.models import Device, DeviceBinding

    phones: QuerySet[Any] = Device.objects.all()
    if everywhere(viewer, ENROL):
        return phones
    last = DeviceBinding.objects.filter(device=OuterRef("pk")).order_by("-valid")
    phones = phones.annotate(_last=Subquery(last.values("officer")[:1]))
    from fieldstaff.models import Officer

    return phones.filter(_last__in=Officer.objects.filter(kept_by(viewer, ENROL)).values("pk"))


class HealthQuerySet(models.QuerySet[Any]):
    """How phones fare."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Admins all; heads and supervisors their people's; the desk those of officers on shift."""
        if everywhere(viewer, VIEW):
            return self
        found = rights.chain(viewer, "officer__") | rights.of_agencies(viewer, VIEW, "officer__")
        if viewer.kind == "user" and viewer.has(Role.OPERATOR) and rights.OFFICERS in viewer.permissions:
            found |= rights.on_shift(timezone.now(), "officer__")
        return self.filter(found)

    def waiting_for(self, viewer: Viewer, at: datetime) -> int:
        """Phones with a code in the hands of ``viewer``'s people that no verdict was written of yet."""
        from fieldstaff.models import Device, DeviceBinding, Officer

        mine = Officer.objects.visible_to(viewer).order_by().values("pk")
        held = DeviceBinding.objects.at(at).filter(officer__in=mine).values("device")
        judged = self.exclude(worst="").values("pk")
        phones: QuerySet[Any] = Device.objects.alive().filter(pk__in=held, token_prefix__isnull=False)
        return phones.exclude(pk__in=judged).count()


class NoticeQuerySet(models.QuerySet[Any]):
    """Privacy notices that were handed over."""

    def visible_to(self, viewer: Viewer) -> Self:
        """As visible as the officer."""
        return self.filter(rights.people(viewer, "officer__"))


class SheetQuerySet(models.QuerySet[Any]):
    """Sheets read in."""

    def visible_to(self, viewer: Viewer) -> Self:
        """An admin all; a head those that touch his agencies and no other."""
        if everywhere(viewer, MANAGE):
            return self
        if MANAGE not in viewer.permissions or not viewer.agencies or not viewer.has(Role.HEAD):
            return self.none()
        mine = sorted(viewer.agencies)
        through = self.model.agencies.through._default_manager
        foreign = through.exclude(agency__in=mine).values("sheetimport")
        return self.filter(agencies__in=mine).exclude(pk__in=foreign).distinct()
