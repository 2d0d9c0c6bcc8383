"""``manage.py phonesim``: the phones of the demo's officers, speaking each app's own words over HTTP."""

from __future__ import annotations

import json
import os
import time
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, close_old_connections
from django.utils import timezone

from commandcenter.city.origin import Source
from fieldstaff import tokens
from fieldstaff.demo_cast import cast
from fieldstaff.models import Device, Shift
from fieldstaff.phonesim.apps import Identity
from fieldstaff.phonesim.crowd import Crowd, Spans
from fieldstaff.phonesim.queue import Line, Phone

LOOK_S = 300
"""Between two looks at the rosters."""


class Command(BaseCommand):
    help = "Simulated phones of the demo's officers: they send while their officers are on shift."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, how often, and for how long."""
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="the house")
        parser.add_argument("--every", type=int, default=60, help="seconds between two positions of a phone")
        parser.add_argument(
            "--once", action="store_true", help="one position of each phone on duty, then end"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs until it is stopped."""
        address = urlsplit(options["url"])
        if address.scheme != "http" or not address.hostname:
            raise CommandError("--url: http://host:port")
        line = Line(address.hostname, address.port or 80)
        crowd = Crowd(cast(), _phones(), _duty(), max(5, options["every"]))
        self.stdout.write(json.dumps({"ready": len(crowd.phones)}))
        self.stdout.flush()
        if options["once"]:
            for part in crowd.parts:
                if part.number in crowd.phones:
                    crowd.speak(part, int(time.time()), line.send)
            self.stdout.write(json.dumps({"answers": crowd.answers}))
            return
        self._run(crowd, line)

    def _run(self, crowd: Crowd, line: Line) -> None:
        last = looked = int(time.time())
        while True:
            now = int(time.time())
            # Seconds that a slow answer took are not left out; those of a suspended machine are.
            for second in range(max(last, now - crowd.every) + 1, now + 1):
                crowd.second(second, line.send)
            last = max(last, now)
            if now - looked >= LOOK_S:
                looked = now
                try:
                    crowd.duty = _duty()
                except Error as error:
                    self.stderr.write(f"WARN the rosters cannot be read: {type(error).__name__}")
                close_old_connections()
            time.sleep(0.5)


def _phones() -> dict[int, Phone]:
    """Each simulated phone with a token that opens. Tokens are kept beside the house's other secrets."""
    path = Path(settings.DATA_DIR) / "phonesim.json"
    try:
        kept: dict[str, str] = json.loads(path.read_text())
    except (OSError, ValueError):
        kept = {}
    rows = {row.uid: row for row in Device.objects.filter(origin=Source.SIMULATED, revoked_at=None)}
    found: dict[int, Phone] = {}
    for part in cast():
        row = rows.get(part.uid)
        if row is None:
            continue
        if tokens.check(kept.get(part.uid, "")) is None:
            kept[part.uid] = tokens.issue(viewer=None, device=row)
        found[part.number] = Phone(Identity(part.uid, kept[part.uid]), part.app)
    _write(path, {uid: token for uid, token in kept.items() if uid in rows})
    return found


def _write(path: Path, kept: dict[str, str]) -> None:
    fresh = path.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(kept, file)
    fresh.replace(path)


def _duty() -> dict[int, Spans]:
    """Shifts of today and tomorrow by the number in the cast."""
    now = timezone.now()
    numbers = {part.code: part.number for part in cast()}
    soon = (now - timedelta(hours=1), now + timedelta(days=1))
    rows = Shift.objects.filter(origin=Source.SIMULATED, officer__code__in=numbers, span__overlap=soon)
    found: dict[int, list[tuple[int, int]]] = {}
    for code, span in rows.values_list("officer__code", "span"):
        found.setdefault(numbers[code], []).append((int(span.lower.timestamp()), int(span.upper.timestamp())))
    return dict(found)
