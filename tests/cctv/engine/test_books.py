"""A picture's one step into the books: nothing is lost where somebody else was quicker, or Redis forgot."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from cctv.capture.events import Failed
from cctv.capture.failures import FailureKind
from cctv.capture.sources.base import GrabResult
from cctv.engine import books, fleet_view, ledger, names, outcome
from cctv.models import Still
from commandcenter import keys
from commandcenter.wall.frames import Quality, unpack
from tests.factories.cctv import make_camera

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 27, 3, 0, 5, tzinfo=UTC)


def still(at: datetime = AT, shade: int | None = None) -> GrabResult:
    """A picture; with ``shade`` one that picture health looks at."""
    gray = None if shade is None else np.full((90, 160), shade, np.uint8)
    return GrabResult(
        jpeg=b"\xff\xd8\xff\xd9", width=640, height=360, captured_at=at, latency_ms=20.0, bytes_in=1000,
        codec="jpeg", gray_small=gray,
    )  # fmt: skip


@pytest.fixture
def row():
    keys.client().flushdb()
    outcome._faults.clear()
    camera = make_camera()
    yield fleet_view.view.rows(fresh=True)[camera.pk]
    keys.client().flushdb()


def state(row) -> dict[str, object]:
    return json.loads(keys.client().get(names.state(row.id)))


def sums(row, at: datetime = AT) -> dict[bytes, bytes]:
    return keys.client().hgetall(names.hour(row.id, at))


def test_a_picture_and_everything_that_follows_from_it_are_one_step(row):
    outcome.good(row, still(), ledger.Context())
    ahead = books.read_ahead([row.id])[row.id]
    before = keys.client().info("commandstats")["cmdstat_evalsha"]["calls"]
    outcome.good(row, still(AT + timedelta(seconds=10)), ledger.Context(), ahead)
    assert keys.client().info("commandstats")["cmdstat_evalsha"]["calls"] == before + 1
    assert state(row)["successes_in_row"] == 2
    assert ahead.state == keys.client().get(names.state(row.id))
    assert unpack(keys.client().get(names.snap(row.id))).captured_at == AT + timedelta(seconds=10)
    found = sums(row)
    assert (found[b"ok"], found[b"bytes"], found[b"latency9"]) == (b"2", b"2000", b"2")
    assert keys.client().zscore(names.due(), row.id) is not None
    assert Still.objects.count() == 1, "one a minute"


def test_somebody_elses_decision_in_between_is_neither_lost_nor_overwritten(row):
    outcome.good(row, still(), ledger.Context())
    ahead = books.read_ahead([row.id])[row.id]
    ledger.apply(row, [Failed(AT + timedelta(seconds=5), FailureKind.TIMEOUT)], ledger.Context())
    outcome.good(row, still(AT + timedelta(seconds=10)), ledger.Context(), ahead)
    now = state(row)
    assert now["last_failure"] == "timeout", "the failure is remembered"
    assert now["successes_in_row"] == 1, "and the picture came after it"
    assert sums(row)[b"ok"] == b"2", "counted once"
    assert ahead.state == keys.client().get(names.state(row.id)), "known for the next picture"


def test_a_redis_that_forgot_everything_learns_it_again(row):
    outcome.good(row, still(), ledger.Context())
    ahead = books.read_ahead([row.id])[row.id]
    keys.client().flushall()
    keys.client().script_flush()
    outcome.good(row, still(AT + timedelta(seconds=10)), ledger.Context(), ahead)
    assert state(row)["last_good_at"]
    assert keys.client().get(names.snap(row.id))


def test_the_lease_is_given_back_by_its_holder_alone(row):
    keys.client().set(names.puller(row.id), "mine")
    outcome.good(row, still(), ledger.Context(), token="yours")
    assert keys.client().get(names.puller(row.id)) == b"mine"
    outcome.good(row, still(AT + timedelta(seconds=10)), ledger.Context(), token="mine")
    assert keys.client().get(names.puller(row.id)) is None


def test_a_second_process_keeps_no_second_still_of_a_minute(row):
    for second in (0, 10, 20):
        outcome.good(row, still(AT + timedelta(seconds=second)), ledger.Context())
    outcome.good(row, still(AT + timedelta(seconds=70)), ledger.Context())
    assert Still.objects.count() == 2


def test_a_fault_travels_with_its_picture_and_counts_its_seconds(row):
    books.enter(row, still(), frozenset({"frozen"}), ledger.Context(), books.Ahead())
    assert unpack(keys.client().get(names.snap(row.id))).quality is Quality.FROZEN
    assert float(sums(row)[b"fault_frozen"]) == pytest.approx(row.interval(set()))


def test_a_shard_holds_what_picture_health_learned_for_half_a_minute_and_then_writes_it(row):
    ahead = books.Ahead(health_every_s=3600)
    outcome.good(row, still(shade=90), ledger.Context(), ahead)
    first = keys.client().get(names.health(row.id))
    assert first == ahead.health
    outcome.good(row, still(AT + timedelta(seconds=10), shade=120), ledger.Context(), ahead)
    assert keys.client().get(names.health(row.id)) == first != ahead.health
    books.save_health(row.id, ahead)
    assert keys.client().get(names.health(row.id)) == ahead.health
