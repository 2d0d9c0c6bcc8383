"""What a server process has loaded stays: the collector need not walk through it again and again.

A full collection walks every object that can be part of a circle. With Django, our apps, their addresses,
forms and templates that takes 0.2 to 0.4 s in which the process stands still, sockets and pictures included,
and comes every few hundred requests (decision 0127).
"""

from __future__ import annotations

import gc
import threading

from django.conf import settings

WARM_AFTER = 200
"""Requests after which what is loaded at first use has been loaded."""
_asked = 0
_lock = threading.Lock()


def settle() -> None:
    """Collects once, then takes all that is left out of later collections (about 0.3 s)."""
    gc.collect()
    gc.freeze()


def count_request() -> None:
    """Called with each request: after :data:`WARM_AFTER` of them the heap is settled once more."""
    global _asked
    if _asked > WARM_AFTER or settings.TESTING:
        return
    with _lock:
        _asked += 1
        due = _asked == WARM_AFTER + 1
    if due:
        settle()
