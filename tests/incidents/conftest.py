"""The cast of the alarms' stories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from commandcenter.city.roles import Role
from commandcenter.incidents.models import Alarm
from commandcenter.incidents.services import Subject, raise_alarm
from tests.factories.city import client_of, make_agency, make_user

Enter = Callable[[Role | None], Client]


@pytest.fixture(autouse=True)
def _clean(db: None, redis_client: object) -> None:
    """Database and an empty Redis."""


@pytest.fixture
def own() -> Any:
    """The agency that the head leads."""
    return make_agency("own", name="Dinas Perdagangan", short_name="Disdag")


@pytest.fixture
def enter(own: Any) -> Enter:
    """A logged-in client of a role."""

    def log_in(role: Role | None) -> Client:
        return client_of(make_user(role, agency=own if role is Role.HEAD else None))

    return log_in


@pytest.fixture
def operator(enter: Enter) -> Client:
    return enter(Role.OPERATOR)


@pytest.fixture
def alarm() -> Callable[..., Alarm]:
    """Opens an alarm; what belongs to its subject may be named directly."""
    number = iter(range(1, 10_000))

    def make(**values: Any) -> Alarm:
        about = {name: values.pop(name) for name in list(values) if name in Subject.__slots__}
        words = {"source": f"test.thing:{next(number)}", "kind": "broken", "severity": "warning"}
        return raise_alarm(**{**words, "title": "Kamera putus", **values}, subject=Subject(**about))

    return make
