"""``manage.py backup FILE``: database and media in one archive, written whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from commandcenter.runtime import house
from commandcenter.runtime.servers import client_program

FORMAT = 1


def key_fingerprint() -> str:
    """Twelve letters that tell two field keys apart and give neither away."""
    return hashlib.sha256(b"commandcenter field key " + settings.FIELD_KEY.encode()).hexdigest()[:12]


def database_environment() -> dict[str, str]:
    """libpq's variables for this installation's database; no password on a command line."""
    database = settings.DATABASES["default"]
    found = {"PGHOST": database["HOST"], "PGPORT": database["PORT"], "PGUSER": database["USER"]}
    found |= {"PGPASSWORD": database["PASSWORD"], "PGDATABASE": database["NAME"]}
    return {**os.environ, **{name: value for name, value in found.items() if value}}


def _where_the_key_is() -> str:
    """Without the key the cameras' passwords in the archive stay unreadable: say where to find it."""
    own = house.secrets_file()
    if os.environ.get("CC_FIELD_KEY_FILE"):
        place = os.environ["CC_FIELD_KEY_FILE"]
    elif own.exists() and settings.FIELD_KEY in own.read_text():
        place = str(own)
    else:
        place = "the variable CC_FIELD_KEY"
    return f"The key is not in it: keep a copy of it elsewhere (CC_FIELD_KEY, from {place})."


class Command(BaseCommand):
    help = "Write the database and the media to one archive. Keys are not in it: keep CC_FIELD_KEY apart."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the archive to write, e.g. kota.tar")
        parser.add_argument("--overwrite", action="store_true", help="replace the file if it is there")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"]
        if target.exists() and not options["overwrite"]:
            raise CommandError(f"{target} is there already: choose another name or add --overwrite")
        if not target.resolve().parent.is_dir():
            raise CommandError(f"the folder of {target} does not exist")
        partial = target.with_name(target.name + ".part")
        try:
            with tempfile.TemporaryDirectory() as folder, tarfile.open(partial, "w") as archive:
                self._write(archive, Path(folder))
            partial.chmod(0o600)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        self.stdout.write(f"{target}: {target.stat().st_size / 1e6:.1f} MB. {_where_the_key_is()}")

    def _write(self, archive: tarfile.TarFile, folder: Path) -> None:
        dump = folder / "database.dump"
        command = [client_program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
        done = subprocess.run(
            [*command, "--file", str(dump)],
            env=database_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandError("pg_dump failed: " + done.stderr.strip())
        manifest = {
            "format": FORMAT,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "field_key": key_fingerprint(),
            "database_sha256": hashlib.sha256(dump.read_bytes()).hexdigest(),
        }
        data = json.dumps(manifest).encode()
        info = tarfile.TarInfo("manifest.json")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
        archive.add(dump, "database.dump")
        media = Path(settings.MEDIA_ROOT)
        if media.is_dir():
            archive.add(media, "media")
