"""A migrated database is kept and brought back whole; another mark brings nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest

from commandcenter.runtime import ready_database
from commandcenter.runtime.servers import Postgres


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small project of one app."""
    (tmp_path / "app" / "migrations").mkdir(parents=True)
    for name in ("app/__init__.py", "app/migrations/__init__.py", "app/migrations/0001_first.py", "uv.lock"):
        (tmp_path / name).write_text("")
    return tmp_path


def started(data: Path) -> Postgres:
    server = Postgres(data, settings=["fsync=off"])
    server.start()
    return server


def test_kept_and_brought(root: Path) -> None:
    home = root / ".data"
    assert not ready_database.bring(root, home, home / "run-1")
    first = started(home / "run-1")
    try:
        with psycopg.connect(first.url, autocommit=True) as link:
            link.execute("CREATE TABLE kept AS SELECT 7 AS n")
        ready_database.keep(root, home, first)
        with psycopg.connect(first.url, autocommit=True) as link:
            link.execute("INSERT INTO kept VALUES (8)")
    finally:
        first.stop()
    assert ready_database.bring(root, home, home / "run-2")
    second = started(home / "run-2")
    try:
        with psycopg.connect(second.url) as link:
            assert link.execute("SELECT n FROM kept").fetchall() == [(7,)], "nothing of the first run's own"
    finally:
        second.stop()
        for server in (first, second):
            shutil.rmtree(server.run, ignore_errors=True)
    (root / "app" / "migrations" / "0002_more.py").write_text("")
    assert not ready_database.bring(root, home, home / "run-3"), "another migration, another mark"
