"""Compiles every catalogue with Babel: no gettext tools are needed on the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.reloader import translation_file_changed


def compile_catalogues(root: Path) -> int:
    """Writes each app's ``django.po`` as ``django.mo`` where that is older; returns how many."""
    count = 0
    for source in sorted(root.glob("*/**/locale/*/LC_MESSAGES/django.po")):
        if any(part.startswith(".") or part == "node_modules" for part in source.relative_to(root).parts):
            continue
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        with target.open("wb") as file:
            write_mo(file, catalogue)
        count += 1
    if count:
        # What this process says from here on, it says with the new texts: a demo is seeded after this.
        translation_file_changed(None, Path("django.mo"))
    return count


class Command(BaseCommand):
    help = "Compile the translation catalogues."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        count = compile_catalogues(settings.BASE_DIR)
        if options["verbosity"] > 1:
            self.stdout.write(f"{count} compiled")
