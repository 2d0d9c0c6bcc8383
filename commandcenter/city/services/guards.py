"""Who may touch whose login."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from commandcenter.city.models import User
from commandcenter.city.viewers import Viewer


def check_may_manage(*, viewer: Viewer | None, user: User) -> None:
    """PermissionDenied where someone who is no superuser would act on a superuser's login."""
    if not user.is_superuser:
        return
    if (
        viewer is None
        or viewer.pk is None
        or viewer.kind != "user"
        or not User.objects.filter(pk=viewer.pk, is_superuser=True).exists()
    ):
        raise PermissionDenied
