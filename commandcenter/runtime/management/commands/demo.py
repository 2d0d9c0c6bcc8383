"""``manage.py demo seed|purge``: the demo city, and its removal without touching anything else."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils.module_loading import autodiscover_modules

from commandcenter import demo


class Command(BaseCommand):
    help = "Seed the demo city, or remove it and nothing else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["seed", "purge"])

    def handle(self, *args: Any, **options: Any) -> None:
        autodiscover_modules("demo")
        parts = demo.parts()
        with transaction.atomic():
            for part in parts if options["verb"] == "seed" else reversed(parts):
                getattr(part, options["verb"])()
        done = {"seed": "The demo city is there.", "purge": "The demo city is gone; everything else stays."}
        self.stdout.write(done[options["verb"]])
