"""A hold worker finds its own work: it reads a queue of its own and keeps its shard's task running.

Start one with ``-Q hold`` on any machine; nothing else has to be told.
"""

from __future__ import annotations

import logging
from typing import Any

from celery.signals import celeryd_after_setup, worker_process_shutdown, worker_ready
from redis.exceptions import RedisError

from cctv.engine import names, shard
from commandcenter import jobs, keys

log = logging.getLogger(__name__)
CHECK_S = 5.0


@celeryd_after_setup.connect
def read_own_queue(sender: str, instance: Any, **_: Any) -> None:
    """``-Q hold`` becomes ``hold.<nodename>``."""
    queues = instance.app.amqp.queues
    if "hold" in queues.consume_from:
        queues.select_add(shard.queue_of(sender))


@worker_ready.connect
def keep_shard_running(sender: Any, **_: Any) -> None:
    """Sends the shard's task now, and again whenever its lease is gone (a crash, a restarted Redis)."""
    name = sender.hostname
    if "hold" not in sender.app.amqp.queues.consume_from:
        return

    def check() -> None:
        try:
            missing = not keys.client().exists(names.lock("shard", name))
        except RedisError as error:
            log.warning("shard %s waits for Redis: %s", name, type(error).__name__)
            return
        if missing:
            jobs.send("cctv.hold_shard", name, queue=shard.queue_of(name), expires=CHECK_S)

    check()
    sender.timer.call_repeatedly(CHECK_S, check)


@worker_process_shutdown.connect
def stop_streams(**_: Any) -> None:
    """TEARDOWN before the process goes, within a second."""
    shard.stop()
