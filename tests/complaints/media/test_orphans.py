"""Stored files that no row names: counted, removed after a day, and never one that a row names."""

from __future__ import annotations

import io
import os
import time
import uuid

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from complaints import tasks
from complaints.beat import BEAT
from complaints.models import Attachment
from complaints.services import files, orphans
from tests.complaints.test_files import picture
from tests.factories.complaints import make_report

pytestmark = pytest.mark.django_db
OLD_S = 25 * 3600


def aged(path: str, seconds: float = OLD_S) -> str:
    at = time.time() - seconds
    os.utime(default_storage.path(path), (at, at))
    return path


def stray(seconds: float = OLD_S, content: bytes = b"12345") -> str:
    """A file that nobody names."""
    return aged(default_storage.save(f"reports/{uuid.uuid4().hex}.bin", ContentFile(content)), seconds)


def every_path() -> list[str]:
    return sorted(f"reports/{name}" for name in default_storage.listdir("reports")[1])


@pytest.fixture
def ready():
    """A photo that went the whole way; all its files are old."""
    row = files.take([picture()], name="foto.jpg", report=make_report())
    files.process(row.pk)
    row.refresh_from_db()
    assert row.state == "ready"
    for path in every_path():
        aged(path)
    return row


def test_what_a_row_names_stays_whatever_its_age_and_the_rest_leaves(ready):
    kept = every_path()
    assert len(kept) == 3
    old, young = stray(), stray(seconds=23 * 3600)
    found = orphans.clear()
    assert (found.files, found.bytes, found.removed) == (1, 5, 1)
    assert every_path() == sorted([*kept, young]) and not default_storage.exists(old)
    assert files.read(ready.served)[:2] == b"\xff\xd8"


def test_every_column_that_names_a_file_keeps_it():
    paths = {column: stray() for column in orphans.COLUMNS}
    for column, path in paths.items():
        Attachment.objects.create(report=make_report(), **{column: path})
    assert orphans.clear().files == 0 and every_path() == sorted(paths.values())


def test_the_command_counts_and_removes_only_when_told(ready):
    for _ in range(3):
        stray()
    before, out = every_path(), io.StringIO()
    call_command("orphan_files", stdout=out)
    assert "3 files without a row, 15 bytes" in out.getvalue() and every_path() == before
    call_command("orphan_files", "--remove", stdout=out)
    assert "3 removed" in out.getvalue() and len(every_path()) == 3


def test_a_row_that_names_a_file_while_it_is_looked_for_keeps_it(monkeypatch):
    path, look = stray(), orphans._unnamed

    def then_named() -> set[str]:
        found = look()
        Attachment.objects.create(report=make_report(), original=path)
        return found

    monkeypatch.setattr(orphans, "_unnamed", then_named)
    assert orphans.clear().files == 0 and default_storage.exists(path)


def test_an_upload_killed_before_its_row_leaves_with_the_sweep_once_a_day(redis_client, monkeypatch):
    def died(**values: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):
        cut.setattr(Attachment.objects, "create", died)
        files.take([picture()], name="foto.jpg", report=make_report())
    (left,) = every_path()
    assert BEAT["complaints.sweep_orphans"]["task"] == tasks.sweep_orphans.name
    tasks.sweep_orphans()
    assert every_path() == [left], "it is not a day old"
    aged(left)
    tasks.sweep_orphans()
    assert every_path() == [left], "looked at today"
    cache.delete(orphans._MARK)
    tasks.sweep_orphans()
    assert every_path() == []


def test_an_empty_storage_is_no_fault():
    assert orphans.clear() == orphans.Orphans()
