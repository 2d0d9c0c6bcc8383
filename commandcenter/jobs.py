"""The only enqueuer: after commit, and a dead broker never turns saved work into an error page."""

from __future__ import annotations

import logging
from typing import Any

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)


def send(task: str, *args: Any, queue: str | None = None, expires: float | None = None) -> bool:
    """Sends ``task`` (its registered name) at once; False when the broker does not answer."""
    try:
        current_app.send_task(task, args=args, queue=queue, expires=expires, ignore_result=True)
    except Exception as error:
        log.warning("task %s was not enqueued: %s", task, type(error).__name__)
        return False
    return True


def enqueue(task: str, *args: Any, queue: str | None = None, expires: float | None = None) -> None:
    """Sends ``task`` after commit; the row's own "not done yet" column stays the truth."""

    def send_task() -> None:
        send(task, *args, queue=queue, expires=expires)

    transaction.on_commit(send_task, robust=True)
