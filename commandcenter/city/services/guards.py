"""Who may touch whose login."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

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
    """Whether an active administrator remains when these people are none any more."""
    admins = User.objects.filter(Q(is_superuser=True) | Q(groups__name=Role.ADMIN.value), is_active=True)
    return admins.exclude(pk__in=list(without)).exists()


def check_leaves_an_admin(without: Iterable[int]) -> None:
    """ValidationError where nobody could administer the house any more."""
    if not leaves_an_admin(without):
        raise ValidationError(_("This is the last administrator: name another one first."))
