"""``manage.py restore FILE``: a backup put back, into a stopped house, in one step or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from commandcenter.runtime import house
from commandcenter.runtime.management.commands.backup import FORMAT, database_environment, key_fingerprint
from commandcenter.runtime.servers import client_program

# pg_restore's own "clean" stumbles over partitions: it drops their inherited keys one by one and is refused.
PARTITIONED = """
DO $$ DECLARE found regclass; BEGIN
  FOR found IN SELECT oid::regclass FROM pg_class
    WHERE relkind = 'p' AND NOT relispartition AND relnamespace = 'public'::regnamespace
  LOOP EXECUTE format('DROP TABLE %s CASCADE', found); END LOOP;
END $$"""


class Command(BaseCommand):
    help = "Replace the database and the media by those of a backup. The house must be stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="an archive that `backup` wrote")
        parser.add_argument("--yes", action="store_true", help="do not ask: what is there now is replaced")

    def handle(self, *args: Any, **options: Any) -> None:
        if house.running() and not settings.TESTING:
            raise CommandError("The command centre is running: stop it first (Ctrl-C where `up` runs).")
        if not options["yes"] and input("Replace everything that is there now? [yes/no] ") != "yes":
            raise CommandError("Nothing was changed.")
        with tempfile.TemporaryDirectory(dir=_beside_media()) as folder:
            self._unpack(options["file"], Path(folder))
            manifest = self._check(Path(folder))
            self._database(Path(folder) / "database.dump")
            self._media(Path(folder) / "media")
        connections.close_all()
        call_command("migrate", interactive=False, verbosity=0)
        if manifest["field_key"] != key_fingerprint():
            self.stderr.write(
                "Another CC_FIELD_KEY made this backup: camera passwords cannot be read until it is set."
            )
        self.stdout.write(f"Restored the backup of {manifest['made_at']}.")

    def _unpack(self, file: Path, folder: Path) -> None:
        try:
            with tarfile.open(file) as archive:
                archive.extractall(folder, filter="data")
        except (OSError, tarfile.TarError) as error:
            raise CommandError(f"{file} cannot be read as a backup: {error}") from None

    def _check(self, folder: Path) -> dict[str, Any]:
        try:
            manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
            digest = hashlib.sha256((folder / "database.dump").read_bytes()).hexdigest()
        except (OSError, ValueError):
            raise CommandError("This archive is not a backup of the command centre.") from None
        if manifest.get("format") != FORMAT or manifest.get("database_sha256") != digest:
            raise CommandError("The backup is damaged or of another format; nothing was changed.")
        return manifest

    def _database(self, dump: Path) -> None:
        """One transaction: an error leaves the old database as it was.

        The dump is written out as SQL first, so that a damaged one is found before anything is touched.
        """
        connections.close_all()
        script = dump.with_suffix(".sql")
        plain = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--file", str(script), str(dump)]
        self._run("pg_restore", *plain)
        once = ["--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1"]
        name = str(settings.DATABASES["default"]["NAME"])
        self._run("psql", *once, "--dbname", name, "--command", PARTITIONED, "--file", str(script))

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [client_program(program), *arguments], env=database_environment(), capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            raise CommandError(f"{program} failed, the database is as it was: " + done.stderr.strip())

    def _media(self, fresh: Path) -> None:
        """Swaps the folders; the old one goes when the new one stands."""
        media = Path(settings.MEDIA_ROOT)
        old = media.with_name(media.name + ".old")
        shutil.rmtree(old, ignore_errors=True)
        if media.exists():
            media.rename(old)
        if fresh.exists():
            shutil.move(fresh, media)
        shutil.rmtree(old, ignore_errors=True)


def _beside_media() -> Path:
    parent = Path(settings.MEDIA_ROOT).parent
    parent.mkdir(parents=True, exist_ok=True)
    return parent
