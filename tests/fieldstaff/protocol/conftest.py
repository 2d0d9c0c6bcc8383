"""Servers of phones for a whole module of tests, on the test's own database.

Rows are really committed, so that other processes see them. They are cleared once a module: emptying every
table after each test would take longer than the tests.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from commandcenter import keys
from commandcenter.city.models import Agency
from commandcenter.incidents.models import Alarm
from fieldstaff import tokens
from fieldstaff.phonesim.apps import Identity
from fieldstaff.phonesim.queue import Line
from tests.factories.fieldstaff import make_device, make_officer, make_shift
from tests.fieldstaff.protocol.servers import KINDS, serving

_uids = count(70_000_000)
WRITTEN = ("position", "latest", "quarantine", "sosevent", "devicebinding", "shift", "device", "officer")


@pytest.fixture(scope="module")
def db(django_db_setup, django_db_blocker) -> Iterator[None]:
    """In place of pytest-django's: without a transaction around each test."""
    with django_db_blocker.unblock():
        before = set(Agency.objects.values_list("pk", flat=True))
        alarms = set(Alarm.objects.values_list("pk", flat=True))
        keys.client().flushdb()
        yield
        with connection.cursor() as cursor:
            for table in WRITTEN:
                cursor.execute(f"DELETE FROM fieldstaff_{table}")
        # A call for help raises one.
        Alarm.objects.exclude(pk__in=alarms).delete()
        Agency.objects.exclude(pk__in=before).delete()
        keys.client().flushdb()
        connection.close()


def house(**more: str) -> dict[str, str]:
    """This test's database for processes of their own."""
    parts = urlsplit(os.environ["CC_DATABASE_URL"])
    url = urlunsplit(parts._replace(path="/" + connection.settings_dict["NAME"]))
    return {**os.environ, "CC_DATABASE_URL": url, "CC_NO_BOOTSTRAP": "1", **more}


@pytest.fixture(scope="module")
def ports(db, tmp_path_factory) -> Iterator[dict[str, int]]:
    """Port by kind of server."""
    folder = tmp_path_factory.mktemp("servers")
    with (
        serving("daphne", house(), folder / "daphne.log") as web,
        serving("wsgi", house(), folder / "wsgi.log") as ingest,
    ):
        yield {"daphne": web, "wsgi": ingest}


@pytest.fixture(params=KINDS)
def line(request, ports) -> Iterator[Line]:
    """A connection to each of the two servers in turn."""
    found = Line("127.0.0.1", ports[request.param])
    yield found
    found.close()


@pytest.fixture
def who(db) -> Identity:
    """The phone of an officer whose shift began five hours ago and lasts for three more."""
    return enrolled()


def enrolled(protocol: str = "traccar") -> Identity:
    """An officer on shift with a phone."""
    officer, uid = make_officer(), str(next(_uids))
    make_shift(officer, datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5), 8)
    device = make_device(officer, uid=uid, protocol=protocol)
    return Identity(uid, tokens.issue(viewer=None, device=device))
