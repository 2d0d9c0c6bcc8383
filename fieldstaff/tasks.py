"""Celery's doors to field officers. Tasks are safe to run twice."""

from __future__ import annotations

from celery import shared_task

from fieldstaff import partitions, push, stream
from fieldstaff.days import due, outages, planning
from fieldstaff.emergency import settle
from fieldstaff.health import read
from fieldstaff.orders import orphans, photos, reports, waiting
from fieldstaff.pay import nightly


@shared_task(name="fieldstaff.drain_positions", soft_time_limit=20, time_limit=30)
def drain_positions() -> None:
    """What waits in the stream; short, because it shares its worker."""
    stream.drain()


@shared_task(name="fieldstaff.sweep_positions", soft_time_limit=280, time_limit=300)
def sweep_positions() -> None:
    """The days of positions made ahead and dropped, the quarantine emptied of what is old."""
    partitions.sweep()
    stream.shrink()


@shared_task(name="fieldstaff.sweep_orders", soft_time_limit=20, time_limit=30)
def sweep_orders() -> None:
    """Offers that nobody answered: the next is asked, then it is told further up."""
    waiting.sweep()
    reports.sweep()


@shared_task(name="fieldstaff.process_photo", soft_time_limit=200, time_limit=220)
def process_photo(pk: int) -> None:
    """One photo of an order made anew."""
    photos.process(pk)


@shared_task(name="fieldstaff.sweep_photos", soft_time_limit=280, time_limit=300)
def sweep_photos() -> None:
    """Photos whose task was lost."""
    photos.sweep()


@shared_task(name="fieldstaff.sweep_orphans", soft_time_limit=580, time_limit=600)
def sweep_orphans() -> None:
    """Files of orders' photos that no row names."""
    orphans.clear()


@shared_task(name="fieldstaff.compute_due", soft_time_limit=80, time_limit=100)
def compute_due() -> None:
    """Days about which something has changed."""
    due.work()


@shared_task(name="fieldstaff.sweep_days", soft_time_limit=110, time_limit=120)
def sweep_days() -> None:
    """Shifts that have just ended, what came late, and what is still due."""
    due.after_shifts()
    due.after_late_data()
    due.work(seconds_left=30)


@shared_task(name="fieldstaff.finish_days", soft_time_limit=560, time_limit=580)
def finish_days() -> None:
    """Free days that are over, and days about which nothing can come any more."""
    due.after_free_days()
    due.when_final()


@shared_task(name="fieldstaff.reckon_pay", soft_time_limit=560, time_limit=580)
def reckon_pay() -> None:
    """Open months that were not reckoned this night yet."""
    nightly.sweep()


@shared_task(name="fieldstaff.watch_intake", soft_time_limit=50, time_limit=55)
def watch_intake() -> None:
    """Whether as much comes in as usual."""
    outages.look()


@shared_task(name="fieldstaff.plan_shifts", soft_time_limit=280, time_limit=300)
def plan_shifts() -> None:
    """The shifts of the next two weeks."""
    planning.plan_ahead()


@shared_task(name="fieldstaff.settle_calls", soft_time_limit=20, time_limit=30)
def settle_calls() -> None:
    """Open calls for help whose news were lost."""
    settle.sweep()


@shared_task(name="fieldstaff.push", soft_time_limit=20, time_limit=30)
def push_one(pk: int) -> None:
    """One notification for one browser."""
    push.deliver(pk)


@shared_task(name="fieldstaff.sweep_push", soft_time_limit=50, time_limit=60)
def sweep_push() -> None:
    """Notifications whose turn it is again."""
    push.sweep()


@shared_task(name="fieldstaff.judge_phones", soft_time_limit=580, time_limit=600)
def judge_phones() -> None:
    """What is set wrong on each phone, for the list of sick ones."""
    read.judge_all()
