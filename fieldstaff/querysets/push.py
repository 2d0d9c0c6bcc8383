"""Whose browsers are whose."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from commandcenter.city.viewers import Viewer


class PushSubscriptionQuerySet(models.QuerySet[Any]):
    """Browsers to notify."""

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own alone: where somebody reads his notifications is nobody else's business."""
        return self.filter(user=viewer.pk) if viewer.kind == "user" else self.none()

    def of(self, whom: Any) -> Self:
        """Those of a login, or of an officer and his login; none of who has left or whose login is closed."""
        if not _is_here(whom):
            return self.none()
        if whom._meta.label_lower != "fieldstaff.officer":
            return self.filter(user=whom.pk)
        own = Q(officer=whom.pk)
        return self.filter(own | Q(user=whom.user_id) if whom.user_id else own)

    def on_phone(self, device: int, at: datetime) -> Self:
        """What the holder of a phone asked for in his app; his other phones ask again when opened."""
        return self.filter(user=None, officer__bindings__device=device, officer__bindings__valid__contains=at)


def _is_here(whom: Any) -> bool:
    if whom._meta.label_lower != "fieldstaff.officer":
        return bool(whom.is_active)
    if whom.left_on is not None and whom.left_on < timezone.localdate():
        return False
    return whom.user is None or bool(whom.user.is_active)
