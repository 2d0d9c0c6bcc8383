"""Questions to the city's tables, above all: what may this viewer see?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from commandcenter.city.roles import Role

if TYPE_CHECKING:
    from typing import Self

    from commandcenter.city.models import Agency, Area, AuditEntry  # noqa: F401
    from commandcenter.city.viewers import Viewer


class AreaQuerySet(models.QuerySet["Area"]):
    """Areas are public knowledge: no viewer is refused."""

    def level(self, level: int) -> Self:
        """Areas of one level, 1 province to 4 village."""
        return self.filter(level=level)

    def under(self, code: str) -> Self:
        """Areas below ``code`` (dotted), whatever their level."""
        return self.filter(code__startswith=f"{code}.")


class AgencyQuerySet(models.QuerySet["Agency"]):
    """Agencies and their duty phones: for everyone inside the government, for nobody outside."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Users of any role and displays see the directory; tokens and the public see none."""
        if viewer.kind == "user" and viewer.roles - {Role.PARTNER}:
            return self.all()
        if viewer.kind == "user" and viewer.has(Role.PARTNER):
            return self.filter(kind="opd")
        return self.none()

    def matching(self, query: str) -> Self:
        """Agencies whose names or head's title hold ``query``; all for an empty one."""
        if not query:
            return self
        fields = ("name", "short_name", "head_title", "head_name", "phone_duty")
        wish = models.Q()
        for name in fields:
            wish |= models.Q(**{f"{name}__icontains": query})
        return self.filter(wish)


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """The audit trail is read by admins only."""

    def visible_to(self, viewer: Viewer) -> Self:
        """All rows for an admin, none for anyone else."""
        return self.all() if viewer.has(Role.ADMIN) else self.none()
