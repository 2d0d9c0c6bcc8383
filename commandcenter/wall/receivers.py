"""News from below that open sockets must hear."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from commandcenter import live
from commandcenter.city import rights


@receiver(user_logged_out, dispatch_uid="wall.logged_out")
def close_sockets_of_logout(sender: Any, user: Any = None, **kwargs: Any) -> None:
    """Sockets of the ended session find it gone; those of the user's other sessions stay."""
    if user is not None and user.pk:
        rights.cut_links("user", user.pk)
        live.publish("rights", id=user.pk, rev=time.time_ns() // 1_000_000, scopes=[f"user-{user.pk}"])
