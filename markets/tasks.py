"""Celery's doors to markets. Tasks are safe to run twice."""

from __future__ import annotations

from celery import shared_task

from markets import auditphotos, falling


@shared_task(name="markets.process_photo", soft_time_limit=200, time_limit=220)
def process_photo(pk: int) -> None:
    """One photo of an audit made anew."""
    auditphotos.process(pk)


@shared_task(name="markets.sweep_photos", soft_time_limit=280, time_limit=300)
def sweep_photos() -> None:
    """Photos whose task was lost."""
    auditphotos.sweep()


@shared_task(name="markets.sweep_orphans", soft_time_limit=580, time_limit=600)
def sweep_orphans() -> None:
    """Files of audits that no row names."""
    auditphotos.clear_orphans()


@shared_task(name="markets.look_again", soft_time_limit=280, time_limit=300)
def look_again() -> None:
    """Revitalised markets at which nobody has looked for too long."""
    falling.look_again()
