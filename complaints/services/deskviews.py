"""Saved views of the desk: one's own, and those that the desk shares with everybody."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from commandcenter.city.models import User
from commandcenter.city.viewers import Viewer
from complaints import rights
from complaints.models import DeskView

MOST = 30


def may_share(viewer: Viewer) -> bool:
    """Words that stand on every desk come from the desk."""
    return viewer.kind == "user" and rights.sees_desk(viewer)


@transaction.atomic
def save_view(*, viewer: Viewer, name: str, query: str, shared: bool) -> DeskView:
    """Keeps a filter under a name; the same name again is the same view. At most :data:`MOST` a person."""
    name = name.strip()[:60]
    if not name:
        raise ValidationError({"name": _("Give the view a name.")})
    if shared and not may_share(viewer):
        raise ValidationError({"shared": _("Only the city's desk shares views with everybody.")})
    User.objects.select_for_update().get(pk=viewer.pk or 0)  # two tabs at once do not get past the limit
    own = DeskView.objects.filter(owner=viewer.pk)
    if own.exclude(name=name).count() >= MOST:
        raise ValidationError({"name": _("At most %(n)d views: delete one first.") % {"n": MOST}})
    view, _new = DeskView.objects.update_or_create(
        owner_id=viewer.pk, name=name, defaults={"query": query[:1000], "shared": shared}
    )
    return view


def delete_view(*, viewer: Viewer, pk: int) -> bool:
    """Forgets one's own view, or at the desk one that somebody shared; whether there was one."""
    mine = Q(owner=viewer.pk) | (Q(shared=True) if may_share(viewer) else rights.NOTHING)
    gone, _rows = DeskView.objects.filter(mine, pk=pk).delete()
    return bool(gone)
