"""Questions about phones."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from commandcenter.city.viewers import Role, Viewer
from fieldstaff import rights

VIEW = "fieldstaff.view_device"


def _everywhere(viewer: Viewer) -> bool:
    return viewer.kind == "user" and viewer.has(Role.ADMIN) and VIEW in viewer.permissions


class DeviceQuerySet(models.QuerySet[Any]):
    """Phones."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Admins see all; a head, a supervisor and the officer himself the phones in their people's hands."""
        if _everywhere(viewer):
            return self
        theirs = rights.chain(viewer, "officer__") | rights.of_agencies(viewer, VIEW, "officer__")
        bindings = self.model._meta.get_field("bindings").related_model
        return self.filter(pk__in=bindings._default_manager.filter(theirs).values("device"))

    def alive(self) -> Self:
        """Not revoked."""
        return self.filter(revoked_at__isnull=True)

    def of_prefix(self, prefix: str, at: datetime) -> Self:
        """The phone whose token, or old token in its last day, begins with ``prefix``."""
        old = Q(previous_prefix=prefix, previous_until__gt=at)
        return self.alive().filter(Q(token_prefix=prefix) | old)


class BindingQuerySet(models.QuerySet[Any]):
    """Phones in hands."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Rows whose officer ``viewer`` may read, in the sense of phones."""
        if _everywhere(viewer):
            return self
        return self.filter(rights.chain(viewer, "officer__") | rights.of_agencies(viewer, VIEW, "officer__"))

    def at(self, moment: datetime) -> Self:
        """Those that hold at that moment."""
        return self.filter(valid__contains=moment)
