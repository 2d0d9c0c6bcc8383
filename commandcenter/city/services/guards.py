"""Who may touch whose login."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Q

from commandcenter.city.models import User
from commandcenter.city.roles import Role
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


def leaves_an_admin(without: Iterable[int]) -> bool:
    """Whether an administrator who can log in remains when these people are none any more."""
    admins = User.objects.filter(Q(is_superuser=True) | Q(groups__name=Role.ADMIN.value), is_active=True)
    admins = admins.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    if connection.in_atomic_block:
        # Two who take it from each other at once: the second waits here, and looks at what the first left.
        list(admins.select_for_update(of=("self",)).values_list("pk", flat=True))
    return admins.exclude(pk__in=list(without)).exists()
