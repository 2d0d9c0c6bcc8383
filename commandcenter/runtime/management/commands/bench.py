"""``manage.py bench NAME``: one benchmark of ``tests/bench``, on a database of its own."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

FOLDER = Path(settings.BASE_DIR) / "tests" / "bench"


def names() -> list[str]:
    """Every module of ``tests/bench`` that is a benchmark: it has NAME and run()."""
    return sorted(
        path.stem for path in FOLDER.glob("*.py") if "\nNAME = " in path.read_text(encoding="utf-8")
    )


class Command(BaseCommand):
    help = "Run one benchmark and print its table; --json adds one JSON object as the last line."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="one of: " + ", ".join(names()))
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
        parser.add_argument(
            "--quick", action="store_true", help="fewer and shorter runs, to see that it works"
        )
        parser.add_argument(
            "--seconds", type=int, help="how long the load lasts, for benchmarks that have one (complaints)"
        )
        parser.add_argument("--parts", nargs="*", help="only these parts (fieldstaff, markets)")
        parser.add_argument(
            "--positions",
            type=int,
            help="stored positions at least (fieldstaff; 15 million unless told)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        known = names()
        if options["name"] not in known:
            raise CommandError(f"no benchmark {options['name']!r}; there are: {', '.join(known)}")
        module = import_module(f"tests.bench.{options['name']}")
        report = import_module("tests.bench.report")
        metrics = module.run(options)
        report.emit(metrics, options["json"])
