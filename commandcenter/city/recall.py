"""Reading what the cache remembers of settings: a cache that is away remembers nothing, and work goes on."""

from __future__ import annotations

import logging
from typing import Any

from django.core.cache import cache

log = logging.getLogger(__name__)


def recall(key: str) -> Any:
    """The remembered value; None where there is none, or no cache to ask."""
    try:
        return cache.get(key)
    except Exception as error:  # whatever the cache's client raises
        log.warning("the cache is not read: %s", type(error).__name__)
        return None


def remember(key: str, value: Any, seconds: int) -> None:
    """Keeps ``value`` for so long where there is a cache."""
    try:
        cache.set(key, value, seconds)
    except Exception as error:  # whatever the cache's client raises
        log.warning("the cache is not written: %s", type(error).__name__)
