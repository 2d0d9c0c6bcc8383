"""The tables of field officers come and go: each migration has a way back."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from fieldstaff import partitions


def tables() -> set[str]:
    return {name for name in connection.introspection.table_names() if name.startswith("fieldstaff_")}


@pytest.mark.django_db(transaction=True)
def test_every_migration_has_a_way_back_and_forth():
    before = tables()
    assert {"fieldstaff_position", "fieldstaff_attendance"} <= before
    try:
        MigrationExecutor(connection).migrate([("fieldstaff", None)])
        assert tables() == set() and partitions.present() == set()
    finally:
        call_command("migrate", "fieldstaff", verbosity=0)
    assert tables() == before
    assert len(partitions.present()) == 15, "a fresh database takes positions at once"
