"""Texts and static files made ready to be served; quick when nothing changed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string


class Command(BaseCommand):
    help = "Compile the texts and collect the static files, where something changed."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("compile_messages")
        for hook in settings.STATIC_BUILDERS:
            import_string(hook)()
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        digest = _fingerprint([settings.BASE_DIR / "static", *settings.VENDOR.values()])
        if stamp.exists() and stamp.read_text() == digest:
            return
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(digest)


def _fingerprint(folders: list[Path]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                stat = path.stat()
                digest.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}".encode())
    return digest.hexdigest()
