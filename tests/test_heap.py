"""A server settles its heap once it is warm, and not again."""

from __future__ import annotations

import gc

import pytest

from commandcenter import heap


@pytest.fixture
def counted(settings, monkeypatch):
    settings.TESTING = False
    monkeypatch.setattr(heap, "_asked", 0)
    yield
    gc.unfreeze()


def test_after_so_many_requests_what_is_loaded_is_left_out_of_collections(counted):
    before = gc.get_freeze_count()
    for _request in range(heap.WARM_AFTER):
        heap.count_request()
    assert gc.get_freeze_count() == before
    heap.count_request()
    settled = gc.get_freeze_count()
    assert settled > before + 10_000
    loaded = [[] for _one in range(100)]
    for _request in range(2 * heap.WARM_AFTER):
        heap.count_request()
    assert gc.get_freeze_count() == settled and len(loaded) == 100


def test_a_test_run_keeps_its_heap(settings):
    settings.TESTING = True
    before = gc.get_freeze_count()
    for _request in range(2 * heap.WARM_AFTER):
        heap.count_request()
    assert gc.get_freeze_count() == before
