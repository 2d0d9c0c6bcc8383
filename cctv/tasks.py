"""Celery's doors to the engine. Tasks take ids, are safe to run twice, and end by themselves."""

from __future__ import annotations

from celery import shared_task

from cctv import probing
from cctv.engine import batch, history, hold_worker, news, rollup, shard
from cctv.engine import sweep as sweeping
from cctv.engine import tick as ticking

__all__ = [
    "grab_batch",
    "hold_shard",
    "hold_worker",
    "roll_up",
    "sweep",
    "test_connection",
    "tick",
    "tidy_history",
]


@shared_task(name="cctv.tick", soft_time_limit=5, time_limit=8)
def tick() -> None:
    """Sends what is due to the grab workers."""
    ticking.tick()


@shared_task(name="cctv.sweep", soft_time_limit=15, time_limit=20)
def sweep() -> None:
    """Sees what changed without an attempt, and writes the news down."""
    sweeping.sweep()
    news.drain()


@shared_task(name="cctv.grab_batch", acks_late=False, soft_time_limit=20, time_limit=30)
def grab_batch(ids: list[int]) -> None:
    """Takes one picture of each camera."""
    batch.run(ids)
    news.drain()


@shared_task(name="cctv.hold_shard", acks_late=False, soft_time_limit=290, time_limit=330)
def hold_shard(name: str) -> None:
    """Holds this worker's share of the streams."""
    shard.run(name)


@shared_task(name="cctv.roll_up", soft_time_limit=120, time_limit=150)
def roll_up() -> None:
    """Writes the running and the last hour's sums."""
    rollup.roll_up()


@shared_task(name="cctv.tidy_history", soft_time_limit=120, time_limit=150)
def tidy_history() -> None:
    """Keeps the history of pictures inside its budget of bytes and days, and watches the disk."""
    history.tidy()


@shared_task(name="cctv.test_connection", soft_time_limit=35, time_limit=40)
def test_connection(camera_id: int) -> None:
    """Tries one camera for a person who asked."""
    probing.test_connection(camera_id)
