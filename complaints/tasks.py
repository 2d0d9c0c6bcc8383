"""Celery's doors to citizen reports. Tasks take ids and are safe to run twice."""

from __future__ import annotations

from celery import shared_task

from complaints.services import erasing, escalating, files, handling, sending


@shared_task(name="complaints.send_outbox", soft_time_limit=50, time_limit=60)
def send_outbox(pk: int) -> None:
    """One delivery."""
    sending.send(pk)


@shared_task(name="complaints.sweep_outbox", soft_time_limit=110, time_limit=120)
def sweep_outbox() -> None:
    """Deliveries whose turn it is."""
    sending.sweep()


@shared_task(name="complaints.escalate", soft_time_limit=50, time_limit=60)
def escalate() -> None:
    """Deadlines that somebody must hear of."""
    escalating.sweep()


@shared_task(name="complaints.handle_envelope", soft_time_limit=50, time_limit=60)
def handle_envelope(pk: int) -> None:
    """One stored event of a provider."""
    handling.handle(pk)


@shared_task(name="complaints.sweep_envelopes", soft_time_limit=110, time_limit=120)
def sweep_envelopes() -> None:
    """Events whose task was lost, or that came too early."""
    handling.sweep()


@shared_task(name="complaints.process_attachment", soft_time_limit=40, time_limit=45)
def process_attachment(pk: int) -> None:
    """One file of a citizen."""
    files.process(pk)


@shared_task(name="complaints.sweep_files", soft_time_limit=110, time_limit=120)
def sweep_files() -> None:
    """Files whose task was lost, drafts that were never sent."""
    files.sweep()


@shared_task(name="complaints.retention", soft_time_limit=280, time_limit=300)
def retention() -> None:
    """Contacts whose time is over."""
    erasing.retention()
