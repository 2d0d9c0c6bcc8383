"""How much one partner's key may send in a minute. Counted by key, never by address (decision 0096)."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.core.cache import cache

from commandcenter.city.viewers import Viewer
from complaints.open311.wire import Problem

log = logging.getLogger(__name__)
WINDOW_S = 60


def spend(viewer: Viewer) -> None:
    """Counts one more; Problem 400 with the inner code 429 beyond the limit. Without a cache none is."""
    now = int(time.time())
    key = f"open311:{viewer.pk}:{now // WINDOW_S}"
    try:
        cache.add(key, 0, 2 * WINDOW_S)
        spent = int(cache.incr(key))
    except Exception as error:
        log.warning("requests of partners are not counted: %s", type(error).__name__)
        return
    if spent > settings.PARTNER_PER_MINUTE:
        after = WINDOW_S - now % WINDOW_S
        words = f"api_key: at most {settings.PARTNER_PER_MINUTE} a minute, try again in {after} s"
        raise Problem(400, words, 429, after=after)
