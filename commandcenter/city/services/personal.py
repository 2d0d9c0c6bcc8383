"""What a person keeps for themselves: named filters of list pages."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from commandcenter.city.models import SavedView, User

MOST = 30


@transaction.atomic
def save_view(*, user: User, page: str, name: str, query: str) -> SavedView:
    """Stores (or replaces) the filter ``name`` of ``page``; ``query`` is a query string without ``?``."""
    # PostgreSQL knows no NUL in text.
    name, query = name.replace("\x00", "").strip(), query.replace("\x00", "")
    if not name:
        raise ValidationError({"name": _("Give the view a name.")})
    if SavedView.objects.filter(user=user, page=page).exclude(name=name).count() >= MOST:
        raise ValidationError({"name": _("You have %(n)d views here; delete one first.") % {"n": MOST}})
    view = SavedView.objects.filter(user=user, page=page, name=name).first() or SavedView(
        user=user, page=page, name=name
    )
    view.query = query.lstrip("?")
    view.full_clean(validate_unique=False, validate_constraints=False)
    view.save()
    return view


@transaction.atomic
def delete_view(*, user: User, pk: int) -> bool:
    """Forgets one of the user's own views; False for anyone else's."""
    deleted, _by_model = SavedView.objects.filter(user=user, pk=pk).delete()
    return bool(deleted)
