"""Hypothesis without a stopwatch: a busy machine is no bug."""

import pytest
from celery import current_app
from django.core.cache import cache
from hypothesis import settings

from commandcenter import jobs

settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _forget_tries():
    """Counted wrong passwords of one test do not lock the next."""
    cache.clear()


@pytest.fixture
def jobs_at_once(monkeypatch):
    """Jobs run where they are enqueued, as a worker would after the commit."""
    monkeypatch.setattr(jobs, "enqueue", lambda task, *args, **_more: current_app.tasks[task](*args))
