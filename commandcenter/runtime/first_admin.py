"""The administrator that nobody can appoint: of a new city, or of one whose demo logins have left."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

NAME = "admin"


def administrators() -> QuerySet[Any]:
    """Everybody who can log in and appoint others."""
    people = get_user_model()._default_manager.filter(is_active=True)
    return people.filter(Q(is_superuser=True) | Q(groups__name="admin")).distinct()


def free_name() -> str:
    """``admin``, or the next name that nobody has."""
    taken = {name.lower() for name in get_user_model()._default_manager.values_list("username", flat=True)}
    names = (NAME if n == 1 else f"{NAME}{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def make(name: str) -> dict[str, str]:
    """Makes one whose password is told this once and must be changed. ValidationError for a bad name."""
    model = get_user_model()
    password = secrets.token_urlsafe(12)
    user: Any = model(username=name, is_superuser=True, is_staff=True)
    user.set_password(password)
    if hasattr(user, "must_change_password"):
        user.must_change_password = True
    user.full_clean()
    user.save()
    return {"role": "administrator", "username": name, "password": password}


def problem(error: ValidationError) -> str:
    """What is wrong with a name, in one line."""
    return " ".join(error.messages)
