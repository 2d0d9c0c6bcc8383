"""Two cities, two databases, two servers: ours hands a report on over the wire and hears how it ended."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from complaints.models import Forwarding, Note, OutsideParty, OutsideService, StatusChange
from complaints.services import assigning, bringing, forwarding
from tests.factories.city import make_agency, make_user
from tests.factories.complaints import make_category, make_report, make_reporter

pytestmark = [pytest.mark.django_db, pytest.mark.long]
ROOT = Path(django_settings.BASE_DIR)
NAME = "cc_other_city"
SEED = """
from commandcenter.city.models import Area, Region
from commandcenter.city.roles import ensure_roles
from commandcenter.city.services import issue_token
from commandcenter.city.viewers import Viewer
from complaints.models import Category, Channel
ensure_roles()
area = Area.objects.get_or_create(code="31.71", defaults={"name": "Kota Lain", "level": 2, "kind": "kota"})[0]
Region.objects.update_or_create(id=1, defaults={"area": area, "name": "Kota Lain"})
Category.objects.create(code="JALAN", name="Jalan rusak")
Channel.objects.create(kind="partner", slug="mitra", name="Mitra")
boss = Viewer(kind="user", pk=None, name="Admin")
print("KEY=" + issue_token(viewer=boss, name="Kota tetangga", scopes=["complaints.add_report"])[1])
"""
MOVE = """
from complaints.models import Report
from complaints.services import moving, talking
report = Report.objects.get(number={number!r})
moving.move(pk=report.pk, target="verified", viewer=None)
talking.add_note(pk=report.pk, viewer=None, text="Aspal dipesan", public=True)
moving.move(pk=report.pk, target="resolved", viewer=None, text="Sudah ditambal")
"""
LOOK = """
import json
from complaints.models import Report
report = Report.objects.get()
who = report.reporter
print("ROW=" + json.dumps([report.number, report.text, report.lat, who.name if who else None]))
"""


class City:
    """The other one: its own database, its own settings, a real Daphne."""

    def __init__(self) -> None:
        found = connection.settings_dict
        self._admin = {
            "host": found["HOST"],
            "user": found["USER"],
            "password": found["PASSWORD"],
            "dbname": "postgres",
        }
        self._sql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)", f"CREATE DATABASE {NAME}")
        url = f"postgresql://{found['USER']}:{found['PASSWORD']}@/{NAME}?host={found['HOST']}"
        self.env = {
            **os.environ,
            "CC_DATABASE_URL": url,
            "CC_REDIS_PREFIX": "cc-other",
            "CC_NO_BOOTSTRAP": "1",
        }
        self.env |= {"CC_ALLOWED_HOSTS": "127.0.0.1", "CC_REPORT_PREFIX": "KTL"}
        self.env |= {"CC_SECRET_KEY": "kota-lain-" * 6, "CC_FIELD_KEY": "ladang-lain-" * 5}  # its own secrets
        self._manage("migrate", "-v", "0")
        self.key = self.run(SEED, "KEY=")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.host = f"127.0.0.1:{free.getsockname()[1]}"
        command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", self.host.split(":")[1]]
        self._server = subprocess.Popen(
            [*command, "commandcenter.asgi:application"], cwd=ROOT, env=self.env,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.url = f"http://{self.host}/open311/v2"

    def wait(self) -> None:
        """Until it answers."""
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{self.url}/services.json", timeout=5):
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("the other city does not answer")

    def run(self, code: str, mark: str = "") -> str:
        """Code inside the other city; the rest of the line that begins with ``mark``."""
        told = self._manage("shell", "-c", code)
        return next(
            (line.removeprefix(mark) for line in told.splitlines() if mark and line.startswith(mark)), ""
        )

    def _manage(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=self.env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def _sql(self, *lines: str) -> None:
        with psycopg.connect(**self._admin, autocommit=True) as link:
            for line in lines:
                link.execute(line)

    def stop(self) -> None:
        """Its server ends, its database goes."""
        self._server.terminate()
        self._server.wait(10)
        self._sql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


@pytest.fixture
def neighbour():
    city = City()
    try:
        city.wait()
        yield city
    finally:
        city.stop()


def test_a_report_goes_to_the_neighbour_and_its_end_comes_home(neighbour, settings):
    settings.CHANNEL_ALLOW_HOSTS = [neighbour.host]
    category = make_category("JLN-01")
    party = OutsideParty.objects.create(
        name="Kota Lain", url=neighbour.url, key=neighbour.key, jurisdiction="31.71"
    )
    assert forwarding.discover(party) == 1
    OutsideService.objects.create(party=party, category=category, code=party.services[0]["service_code"])
    report = make_report(
        "Jalan batas kota berlubang",
        category=category,
        reporter=make_reporter(name="Siti"),
        lat=-6.1,
        lng=106.1,
    )
    assigning.assign(pk=report.pk, agency=make_agency(), viewer=None)
    row = forwarding.forward(pk=report.pk, party=party, viewer=viewer_of_user(make_user(Role.ADMIN)))
    assert forwarding.send(row.pk)
    row.refresh_from_db()
    assert (row.state, row.problem) == ("sent", "")
    there = json.loads(neighbour.run(LOOK, "ROW="))
    assert row.external_id == there[0] and there[0].startswith("KTL-")
    assert "berlubang" in there[1] and report.number in there[1] and there[2:] == [-6.1, None]

    def ask() -> None:
        Forwarding.objects.filter(pk=row.pk).update(next_ask_at=timezone.now())
        assert bringing.bring(row.pk)
        row.refresh_from_db()

    ask()  # nobody over there has looked at it yet
    assert row.state == "sent" and not Note.objects.filter(report=report).exists()
    neighbour.run(MOVE.format(number=row.external_id))
    ask()
    notes = list(Note.objects.filter(report=report).values_list("text", flat=True))
    last = StatusChange.objects.filter(report=report).last()
    assert any("Aspal dipesan" in text for text in notes)
    assert last.target == "resolved" and last.text == "Kota Lain: Sudah ditambal" and row.state == "ended"
