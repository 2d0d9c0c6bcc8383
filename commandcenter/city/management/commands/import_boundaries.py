"""``manage.py import_boundaries FILE.geojson``: boundaries of areas from a GeoJSON file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from commandcenter.city import boundaries


class Command(BaseCommand):
    """Imports all or nothing, and says per feature what is wrong."""

    help = "Imports area boundaries from GeoJSON (property “kode”); all or nothing, safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the options."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--level", choices=list(boundaries.LEVELS), help="only areas of this level")
        parser.add_argument(
            "--simplify", type=float, default=0.0, metavar="DEGREES", help="0.0003 is about 33 m"
        )
        parser.add_argument("--dissolve", action="store_true", help="join deeper areas to --level")
        parser.add_argument("--source", default="", help="shown as the origin of the boundaries")
        parser.add_argument("--dry-run", action="store_true", help="check and report, save nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs the import and prints what happened."""
        path: Path = options["file"]
        if options["dissolve"] and not options["level"]:
            raise CommandError("--dissolve needs --level: to what should the areas be joined?")
        try:
            features = boundaries.read(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(f"{path}: cannot be read ({error.strerror})") from error
        except ValueError as error:
            raise CommandError(f"{path}: {error}") from error
        report = boundaries.import_features(
            features,
            source=options["source"] or path.name,
            level=boundaries.LEVELS.get(options["level"] or ""),
            simplify=options["simplify"],
            dissolve=options["dissolve"],
            dry_run=options["dry_run"],
        )
        for line in report.errors:
            self.stderr.write(line)
        if report.errors:
            raise CommandError(f"{len(report.errors)} problems; nothing was saved.")
        if report.swapped:
            self.stdout.write(f"{report.swapped} features had latitude first; turned round.")
        if report.dropped:
            self.stdout.write(f"{report.dropped} rings without any area were left out.")
        self.stdout.write(
            f"{'would save' if options['dry_run'] else 'saved'} {len(report.saved)}, "
            f"unchanged {len(report.unchanged)}, skipped {len(report.skipped)} (other level or region)"
        )
