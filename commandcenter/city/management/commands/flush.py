"""Django's ``flush``, which this house refuses outside its tests: the audit trail is written once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as DjangoFlush
from django.db import connections

from commandcenter.city.append_only import TABLE_TRIGGER


class Command(DjangoFlush):
    """Empties the test database between transactional tests; says no everywhere else."""

    def handle(self, **options: Any) -> None:
        """Lifts the truncate triggers for the time of the flush (``CC_TESTING`` only)."""
        if not settings.TESTING:
            raise CommandError("flush would erase the audit trail; use `manage.py demo purge` instead.")
        database = options["database"]
        self._switch(database, "DISABLE")
        try:
            super().handle(**options)
        finally:
            self._switch(database, "ENABLE")

    def _switch(self, database: str, word: str) -> None:
        with connections[database].cursor() as cursor:
            cursor.execute(
                "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s", [TABLE_TRIGGER]
            )
            for (table,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} {word} TRIGGER {TABLE_TRIGGER}")
