"""Questions to the wall's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from typing import Self

    from commandcenter.city.viewers import Viewer
    from commandcenter.wall.models import Display  # noqa: F401


class DisplayQuerySet(models.QuerySet["Display"]):
    """Displays, by who asks."""

    def visible_to(self, viewer: Viewer) -> Self:
        """All of them for who manages the wall, itself for a display, none for anyone else."""
        if viewer.kind == "display":
            return self.filter(pk=viewer.pk)
        if "wall.view_display" in viewer.permissions:
            return self.all()
        return self.none()

    def paired(self) -> Self:
        """Those that a screen holds a token of."""
        return self.exclude(token_digest="").filter(revoked_at__isnull=True)
