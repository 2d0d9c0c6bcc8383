"""One batch of grabs: sixteen threads on the network, one thread at the books."""

from __future__ import annotations

import logging
import random
import threading
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.grab import grab
from cctv.capture.sources.base import CameraSpec, GrabResult
from cctv.engine import books, demand, guarding, ledger, names, opens, outcome
from cctv.engine.books import Ahead
from cctv.engine.fleet_view import Row, policy, specs, view
from commandcenter import keys

log = logging.getLogger(__name__)
THREADS = 16
LEASE_MS = 25_000
BATCH_S = 18.0
TOKEN_S = 1.0  # two rounds of threads, each with this wait and a whole grab, still end within BATCH_S
_RELEASE = "if redis.call('GET',KEYS[1])==ARGV[1] then return redis.call('DEL',KEYS[1]) end return 0"
_pool: ThreadPoolExecutor | None = None


class Postponed(Exception):
    """The token buckets had nothing for this camera: not its fault, and not a failure."""


def _threads() -> ThreadPoolExecutor:
    """This process's grab threads; made after the fork, kept between batches."""
    global _pool
    if _pool is None:
        _pool = ThreadPoolExecutor(THREADS, thread_name_prefix="grab")
    return _pool


def run(ids: Sequence[int]) -> int:
    """Grabs a picture of each camera that nobody else is pulling; returns how many were good."""
    rows = [row for id in ids if (row := view.rows().get(id)) and not row.held and not row.paused]
    token = uuid.uuid4().hex
    random.shuffle(rows)  # where tokens are short, the same cameras must not always come first
    mine = _lease(rows, token)
    context = ledger.Context(guard=guarding.load(), levels=demand.levels())
    wanted = specs([row.id for row in mine])
    sites = {row.site: threading.Semaphore(row.site_max_open) for row in mine}
    ahead = books.read_ahead([row.id for row in mine])
    futures: dict[Future[GrabResult], Row] = {}
    for row in mine:
        if row.id in wanted:
            futures[_threads().submit(_grab, row, wanted[row.id], sites[row.site])] = row
    return _collect(futures, context, ahead, token)


def _grab(row: Row, spec: CameraSpec, site: threading.Semaphore) -> GrabResult:
    """In a thread. An RTSP open waits here for its token and follows it at once: tokens that a whole batch
    collected first would all be spent in one instant, and asking once would open one camera a second."""
    with site:
        if row.opens_rtsp and not opens.wait_for(row, TOKEN_S):
            raise Postponed
        return grab(spec, policy())


def _lease(rows: Sequence[Row], token: str) -> list[Row]:
    """Those rows whose one connection is now ours."""
    pipe = keys.client().pipeline(transaction=False)
    for row in rows:
        pipe.set(names.puller(row.id), token, nx=True, px=LEASE_MS)
    return [row for row, got in zip(rows, pipe.execute(), strict=True) if got]


def _collect(
    futures: dict[Future[GrabResult], Row], context: ledger.Context, ahead: dict[int, Ahead], token: str
) -> int:
    """Books each outcome as it comes; what is still out at the end has had its time."""
    count, waiting = 0, dict(futures)
    try:
        for future in as_completed(futures, timeout=BATCH_S):
            row = waiting.pop(future)
            done = _book(row, future, context, ahead[row.id], token)
            count += done
            if not done:
                _release(row, token)
    except TimeoutError:
        log.warning("%s grabs did not end in %s s", len(waiting), BATCH_S)
    for future, row in waiting.items():
        if not future.cancel():
            outcome.failed(row, GrabError(FailureKind.TIMEOUT, "no picture in time"), context)
        _release(row, token)
    return count


def _book(row: Row, future: Future[GrabResult], context: ledger.Context, ahead: Ahead, token: str) -> bool:
    """Whether a picture came; its booking gives the lease back."""
    try:
        result = future.result()
    except Postponed:
        keys.client().zadd(names.due(), {str(row.id): time.time() + random.uniform(0, TOKEN_S)})
        return False
    except GrabError as error:
        outcome.failed(row, error, context)
        return False
    except Exception as error:
        log.exception("grab of camera %s", row.id)
        outcome.failed(row, GrabError(FailureKind.OURS, type(error).__name__), context)
        return False
    outcome.good(row, result, context, ahead, token)
    return True


def _release(row: Row, token: str) -> None:
    keys.client().eval(_RELEASE, 1, names.puller(row.id), token)
