"""Wrong passwords, counted in the cache: by person once signed in, by address at the login page."""

from __future__ import annotations

import hashlib
import logging

from django.core.cache import cache
from django.utils.translation import gettext as _

from commandcenter.city.models import User
from commandcenter.city.networks import share_of

log = logging.getLogger(__name__)
WINDOW_S = 15 * 60
PER_PERSON, PER_ADDRESS = 5, 30


class Away(Exception):
    """The cache does not count."""


def counted(kind: str, who: str, *, add: int = 0, seconds: int = WINDOW_S) -> int:
    """Tries since the first of them, at most ``seconds`` ago, after ``add`` more. Raises Away.

    ``who`` is a person's key, an address or whatever is tried; the addresses of one IPv6 household count
    together.
    """
    key = _key(kind, who)
    try:
        cache.add(key, 0, seconds)
        return int(cache.incr(key, add)) if add else int(cache.get(key, 0))
    except Exception as error:  # whatever the cache's client raises
        log.warning("tries are not counted: %s", type(error).__name__)
        raise Away from error


def count(kind: str, who: str, *, add: int = 0) -> int:
    """The same for a quarter of an hour; 0 without a cache or a name."""
    if not who:
        return 0
    try:
        return counted(kind, who, add=add)
    except Away:
        return 0


def _key(kind: str, who: str) -> str:
    return f"tries:{kind}:" + hashlib.sha256(share_of(who).encode()).hexdigest()


def problem_with_password(user: User, password: str) -> str:
    """Empty when ``password`` is the person's own; else what to tell, the same lock for every page."""
    who = str(user.pk)
    # Counted before the check: parallel tries do not slip through.
    if count("person", who) >= PER_PERSON or count("person", who, add=1) > PER_PERSON:
        return _("The password was wrong too often. Try again in 15 minutes.")
    if not user.check_password(password):
        return _("The password is wrong; nothing was changed.")
    count("person", who, add=-1)
    return ""
