"""Questions about condition audits."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from commandcenter.city.viewers import Viewer

VIEW = "markets.view_conditionaudit"


class ConditionAuditQuerySet(models.QuerySet[Any]):
    """Audits of markets."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Final audits for those who may read them, drafts for their author alone; nobody else any."""
        if viewer.kind != "user" or VIEW not in viewer.permissions:
            return self.none()
        return self.filter(Q(state="final") | Q(author=viewer.pk))

    def standing(self) -> Self:
        """Final audits that no final correction replaced."""
        return self.filter(state="final").exclude(corrections__state="final")

    def drafts_of(self, viewer: Viewer) -> Self:
        """What the viewer has begun and not finished."""
        return self.visible_to(viewer).filter(state="draft", author=viewer.pk)


class AuditPhotoQuerySet(models.QuerySet[Any]):
    """Photos of audits."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of audits that the viewer may see."""
        from markets.models import ConditionAudit

        return self.filter(audit__in=ConditionAudit.objects.visible_to(viewer))
