"""The demo city for several tests, made once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from commandcenter import keys

SIMULATOR = ["127.0.0.1:28554", "127.0.0.1:28080"]


def few(patch: pytest.MonkeyPatch) -> None:
    """A demo city of a test has a handful of reports: the story is the same, the minutes are saved."""
    patch.setattr("complaints.demo.COUNT", 6)
    # And its officers no past; those of their own tests have some.
    patch.setattr("fieldstaff.demo.PAST_DAYS", 0)


@contextmanager
def seeded_city(blocker: Any) -> Iterator[None]:
    """A copy of the test database with the demo in it, for tests that roll back what they do to it.

    To be entered by a fixture of a module or a class, before pytest-django opens a test's transaction.

    Args:
        blocker: pytest-django's ``django_db_blocker``; the fixture also asks for ``django_db_setup``.
    """
    plain = connection.settings_dict["NAME"]
    seeded = f"{plain}_seeded"
    with blocker.unblock():
        connection.close()
        _on_server(f'CREATE DATABASE "{seeded}" TEMPLATE "{plain}"')
    connection.settings_dict["NAME"] = seeded
    try:
        with blocker.unblock():
            _seed()
        yield
    finally:
        with blocker.unblock():
            connection.close()
            connection.settings_dict["NAME"] = plain
            _on_server(f'DROP DATABASE "{seeded}" WITH (FORCE)')


def _seed() -> None:
    with pytest.MonkeyPatch.context() as patch, override_settings(CAMERA_ALLOW_HOSTS=SIMULATOR):
        few(patch)
        call_command("demo", "seed", stdout=StringIO())
    keys.client().flushdb()  # the news and tasks of the seeding are nobody's here
    connection.close()


def _on_server(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
