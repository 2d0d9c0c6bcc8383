"""Everything between an empty database and a house that can be entered; one process, one import of Django."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils.module_loading import autodiscover_modules

from commandcenter import demo


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
            logins = [login.as_dict() for login in demo.logins()]
        else:
            logins = self._first_admin()
        self.stdout.write(json.dumps({"logins": logins}))

    def _first_admin(self) -> list[dict[str, str]]:
        """An empty city gets one administrator, whose password is shown once and must be changed."""
        users = get_user_model().objects
        if users.filter(is_superuser=True).exists():
            return []
        password = secrets.token_urlsafe(12)
        user = users.create_superuser("admin", "", password)
        if hasattr(user, "must_change_password"):
            user.must_change_password = True
            user.save(update_fields=["must_change_password"])
        return [{"role": "administrator", "username": "admin", "password": password}]
