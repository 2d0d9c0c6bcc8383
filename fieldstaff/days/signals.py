"""What upper floors and pages may listen to; sent after commit, robustly."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.dispatch import Signal

days_written = Signal()
"""``pks`` of new versions of days."""

closed_day_touched = Signal()
"""``officer`` and ``day``: something has changed about a day of a closed period."""

correction_asked = Signal()
"""``pk`` of a correction or an objection that somebody has to decide."""

correction_decided = Signal()
"""``pk`` of a decided correction: its subject and who asked for it are told."""

outage_suggested = Signal()
"""``pk`` of an outage that somebody has to confirm or dismiss."""


def tell(signal: Signal, sender: type, **about: Any) -> None:
    """After commit; a receiver that fails harms nobody."""

    def send() -> None:
        signal.send_robust(sender=sender, **about)

    transaction.on_commit(send, robust=True)
