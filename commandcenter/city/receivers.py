"""Logins and lockouts, written to the audit trail as Django and axes announce them."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from commandcenter.city import audit
from commandcenter.city.models import User
from commandcenter.city.viewers import viewer_of_user


def _known_name(credentials: dict[str, Any]) -> str:
    """The tried user name if it exists: people type passwords into the wrong box."""
    name = str(credentials.get("username", ""))[:150]
    return name if User.objects.filter(username=name).exists() else "?"


@receiver(user_logged_in)
def logged_in(sender: Any, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """Who came in."""
    audit.record(viewer=viewer_of_user(user), action="login.done", subject=user)


@receiver(user_logged_out)
def logged_out(sender: Any, request: HttpRequest | None, user: User | None, **kwargs: Any) -> None:
    """Who left."""
    if user is not None:
        audit.record(viewer=viewer_of_user(user), action="login.left", subject=user)


@receiver(user_login_failed)
def login_failed(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    """A wrong password, without the password."""
    audit.record(viewer=None, action="login.failed", subject_label=_known_name(credentials))


@receiver(user_locked_out)
def locked_out(sender: Any, username: str | None = None, **kwargs: Any) -> None:
    """Too many wrong passwords."""
    audit.record(viewer=None, action="login.locked", subject_label=_known_name({"username": username or ""}))
