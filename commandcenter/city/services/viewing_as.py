"""An admin looks at the system through another role's eyes, changing nothing."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from commandcenter.city import audit, rights
from commandcenter.city.models import Agency
from commandcenter.city.permissions import require
from commandcenter.city.roles import Role
from commandcenter.city.viewers import SESSION_KEY, viewer_of_user


def start_viewing_as(*, request: HttpRequest, role: str, agency: Agency | None = None) -> None:
    """Puts the wish into the session. ValidationError for an unknown role or a head without agency."""
    viewer = viewer_of_user(request.user)
    require(viewer, Role.ADMIN)
    if role not in set(Role):
        raise ValidationError({"role": _("Choose one of the listed roles.")})
    if role == Role.HEAD and agency is None:
        raise ValidationError({"agency": _("An agency head needs an agency.")})
    request.session[SESSION_KEY] = {"role": role, "agency": agency.pk if agency else None}
    audit.record(
        viewer=viewer,
        action="view_as.started",
        detail={"role": role, "agency": agency.code if agency else ""},
    )
    rights.announce("user", viewer.pk or 0)


def stop_viewing_as(*, request: HttpRequest) -> None:
    """Back to one's own eyes."""
    if request.session.pop(SESSION_KEY, None):
        viewer = viewer_of_user(request.user)
        audit.record(viewer=viewer, action="view_as.left")
        rights.announce("user", viewer.pk or 0)
