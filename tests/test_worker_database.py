"""A worker's tasks share the pool of their process: no new server process for each."""

from __future__ import annotations

from typing import Any

import pytest
from celery.fixups import django as fixups
from celery.signals import task_postrun
from django.db import connection

from commandcenter.celery import app


@pytest.mark.django_db(transaction=True)
def test_a_task_gives_its_connection_back():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.connection is not None
    task_postrun.send(sender=None)
    assert connection.connection is None


def test_celery_never_closes_the_whole_pool():
    fixup: Any = vars(fixups)["DjangoWorkerFixup"](app)
    closed: list[bool] = []
    fixup._close_database = lambda: closed.append(True)
    for _ in range(1000):
        fixup.close_database()
    assert closed == []
