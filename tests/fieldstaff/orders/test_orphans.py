"""Photos' files without a row leave after a day; everything else stays."""

from __future__ import annotations

import os
import time

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from fieldstaff import tasks
from fieldstaff.beat import BEAT
from fieldstaff.orders import moving, orphans, photos
from tests.factories.orders import jpeg


def aged(path: str, hours: float = 25) -> str:
    then = time.time() - hours * 3600
    os.utime(default_storage.path(path), (then, then))
    return path


def test_only_old_files_that_no_row_names_leave(crew):
    assert orphans.clear() == 0
    order, viewer = crew.offered(crew.worker), crew.viewer(crew.worker)
    moving.accept(pk=order.pk, viewer=viewer)
    row = photos.add(pk=order.pk, viewer=viewer, chunks=[jpeg()])
    named = aged(row.original)
    lost = aged(default_storage.save("orders/lost.bin", ContentFile(b"x")))
    young = default_storage.save("orders/young.bin", ContentFile(b"x"))
    other = aged(default_storage.save("reports/lost.bin", ContentFile(b"x")))
    tasks.sweep_orphans()
    assert [default_storage.exists(path) for path in (named, lost, young, other)] == [True, False, True, True]
    assert orphans.clear() == 0


def test_it_runs_four_times_a_day():
    entry = BEAT["fieldstaff.sweep_orphans"]
    assert entry["task"] == tasks.sweep_orphans.name and entry["schedule"] == 21_600.0
