"""Hypothesis without a stopwatch: a busy machine is no bug."""

import pytest
from django.core.cache import cache
from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _forget_tries():
    """Counted wrong passwords of one test do not lock the next."""
    cache.clear()
