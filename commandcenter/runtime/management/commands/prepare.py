"""Everything between an empty database and a house that can be entered; one process, one import of Django."""

from __future__ import annotations

import json
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils.module_loading import autodiscover_modules

from commandcenter import demo
from commandcenter.runtime import first_admin, house


class Command(BaseCommand):
    help = "Compile texts, migrate, collect static files and seed; the last line is JSON with the logins."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="seed the demo city")
        parser.add_argument("--no-demo", dest="demo", action="store_false", help="an empty city (default)")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("collect")
        call_command("migrate", interactive=False, verbosity=0)
        if options["demo"]:
            autodiscover_modules("demo")
            for part in demo.parts():
                part.seed()
            house.purged_note().unlink(missing_ok=True)
            logins = [login.as_dict() for login in demo.logins()]
        else:
            # An empty city gets one administrator.
            logins = (
                [] if first_admin.administrators().exists() else [first_admin.make(first_admin.free_name())]
            )
        self.stdout.write(json.dumps({"logins": logins}))
