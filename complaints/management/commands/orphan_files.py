"""``manage.py orphan_files``: stored files that no report names; counted, and removed on request."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from complaints.services import orphans


class Command(BaseCommand):
    help = "Counts stored files of reports that are older than a day and belong to no report any more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether they leave."""
        parser.add_argument("--remove", action="store_true", help="take them away now, not within a day")

    def handle(self, *args: Any, **options: Any) -> None:
        """Looks, and says what it found."""
        found = orphans.clear(remove=options["remove"])
        words = f"{found.files} files without a row, {found.bytes} bytes"
        self.stdout.write(f"{words}; {found.removed} removed" if options["remove"] else words)
