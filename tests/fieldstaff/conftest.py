"""What tests of phones lean on; no deadline: a machine that is busy is no bug of a rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from fieldstaff.models import Position
from tests.factories.fieldstaff import make_device, make_officer, make_shift
from tests.fieldstaff.phones import Phone

settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture
def phone(db, redis_client: object) -> Iterator[Phone]:
    """The phone of an officer whose shift began two hours ago and lasts for six more."""
    officer = make_officer()
    now = datetime.now(UTC).replace(microsecond=0)
    make_shift(officer, now - timedelta(hours=2), 8)
    yield Phone(make_device(officer, uid="70011234"))


@pytest.fixture(autouse=True)
def no_places_left(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Positions lie in partitions that no test empties: a test that commits takes its own away."""
    yield
    mark = request.node.get_closest_marker("django_db")
    if mark is not None and mark.kwargs.get("transaction"):
        with django_db_blocker.unblock():
            Position.objects.all()._raw_delete("default")
