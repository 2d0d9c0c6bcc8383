"""``manage.py load_report_seed``: categories, deadlines, channels and canned texts to begin with."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from complaints.services.seeding import load_seed


class Command(BaseCommand):
    help = "Add the seed of categories, deadlines, channels and canned texts; what is there stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        added = load_seed()
        self.stdout.write("Added: " + ", ".join(f"{count} {name}" for name, count in added.items()))
