"""What phones sent at the same time goes to Redis together: three round trips for all of them.

Every message needs its token's verdict, its place in the limit and a stream that has reached the disk before
the answer. The disk takes some milliseconds however much is written, and Valkey writes once for a whole round
trip: while one group waits for it, the next one gathers.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import Any

from redis.exceptions import RedisError

from commandcenter import keys
from fieldstaff import ingest, stream, tokens
from fieldstaff.enrol import twice
from fieldstaff.health.networks import WINDOW_S, network
from fieldstaff.messages import Received
from fieldstaff.tokens import Known
from fieldstaff.wire.point import Decoded

log = logging.getLogger(__name__)
MOST = 256
"""Requests of one group."""


class Fate(Enum):
    """What became of a request."""

    DECLINED = "declined"
    """Nothing was done with it: the usual way decides."""
    TAKEN = "taken"
    """On the disk."""
    OVER = "over"
    """This phone sent too many."""
    COUNTED = "counted"
    """Counted, and the stream did not take it: it goes into the tables."""


# For each phone its counter and its network: one command for a whole group, where three for each phone would
# take more of this thread than all the rest.
COUNT = """
local told = {}
for i = 1, #KEYS / 2 do
  local counter, place, net = KEYS[2 * i - 1], KEYS[2 * i], ARGV[i + 2]
  told[2 * i - 1] = redis.call('INCR', counter)
  if told[2 * i - 1] == 1 then redis.call('EXPIRE', counter, ARGV[1]) end
  told[2 * i] = redis.call('GET', place) or ''
  if net ~= '' then redis.call('SET', place, net, 'EX', ARGV[2]) end
end
return told
"""


@dataclass(slots=True, eq=False)
class Job:
    """One request on its way. ``done`` is called once, from the thread of the groups."""

    token: str
    decoded: Decoded
    address: str
    now: datetime
    done: Callable[[], object]
    fate: Fate = Fate.DECLINED
    known: Known | None = None
    request: Received | None = None
    forgotten: bool = False
    """Redis knew nothing of the token: once it was asked of the table, this may be tried again."""
    last: bytes | None = None
    """The network from which the phone spoke before, where it was another."""


@lru_cache(maxsize=1)
def _script() -> Any:
    return keys.client().register_script(COUNT)


@lru_cache(maxsize=4096)
def net_of(address: str) -> str:
    """The network of an address; reading addresses is slow, and many phones have the same."""
    return network(address)


class Together:
    """One thread for all groups of this process; it begins with the first request."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[Job] = SimpleQueue()
        self._begin = threading.Lock()
        self._thread: threading.Thread | None = None

    def take(self, job: Job) -> None:
        """Returns at once; ``job.done`` tells when its fate is known."""
        self._waiting.put(job)
        if self._thread is None or not self._thread.is_alive():
            self._start()

    def _start(self) -> None:
        with self._begin:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="phones", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            group = [self._waiting.get()]
            try:
                while len(group) < MOST:
                    group.append(self._waiting.get_nowait())
            except Empty:
                pass
            try:
                decide(group)
            except Exception:  # the thread must outlive whatever one group met
                log.exception("a group of %d requests goes the usual way", len(group))
            for job in group:
                job.done()


def decide(group: Sequence[Job]) -> None:
    """Sets the fate of each; whatever is not plain is declined before anything of it is counted."""
    plain = _known(group)
    counted = _counted(plain)
    written = stream.append_all([job.request for job in counted if job.request is not None])
    for job, is_written in zip(counted, written, strict=True):
        job.fate = Fate.TAKEN if is_written else Fate.COUNTED


def _known(group: Sequence[Job]) -> list[Job]:
    """Those whose token Redis knows and whose device it is."""
    try:
        kept = keys.client().mget([tokens.mark_of(job.token) for job in group])
    except RedisError as error:
        log.warning("tokens are asked of the table: %s", type(error).__name__)
        return []
    found = []
    for job, verdict in zip(group, kept, strict=True):
        known = tokens.remembered(job.token, verdict, job.now)
        job.forgotten = verdict is None and not job.forgotten
        if known is None or ingest.is_foreign(known, job.decoded):
            continue
        job.known = known
        job.request, _points = ingest.received(known, job.decoded, job.now)
        found.append(job)
    return found


def _counted(plain: Sequence[Job]) -> list[Job]:
    """Those within their phone's limit; each is counted once, whatever becomes of it."""
    if not plain or not stream.is_durable():
        return []
    nets = [net_of(job.address) for job in plain]
    devices = [job.known.pk for job in plain if job.known is not None]
    names = [name for pk in devices for name in (ingest.counter(pk), twice.name(pk))]
    try:
        told = _script()(keys=names, args=[2 * ingest.WINDOW_S, WINDOW_S, *nets])
    except RedisError as error:
        log.warning("requests of phones are not counted: %s", type(error).__name__)
        return list(plain)
    found = []
    for job, net, spent, last in zip(plain, nets, told[::2], told[1::2], strict=True):
        if net and twice.is_other(last or None, net):
            job.last = last
        if ingest.counted(spent):
            found.append(job)
        else:
            job.fate = Fate.OVER
    return found
