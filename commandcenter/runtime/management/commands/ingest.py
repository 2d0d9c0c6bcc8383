"""``manage.py ingest``: the doors of phones in processes of their own, for very large fleets."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from commandcenter.runtime import programs


class Command(BaseCommand):
    help = "Serve the addresses of officers' phones, and nothing else, by WSGI (gunicorn)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument(
            "--port", type=int, default=programs.INGEST_PORT, help=f"default {programs.INGEST_PORT}"
        )
        parser.add_argument("--processes", type=int, default=1, help="about one a core (default 1)")
        parser.add_argument(
            "--threads", type=int, default=programs.THREADS,
            help=f"requests at once, each process ({programs.THREADS})",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        """Becomes gunicorn: signals and exit code are its own."""
        command = programs.gunicorn(
            options["host"], options["port"], processes=options["processes"], threads=options["threads"]
        )
        os.execve(command[0], command, {**os.environ, "CC_INGEST_ONLY": "1"})  # noqa: S606 (no shell)
