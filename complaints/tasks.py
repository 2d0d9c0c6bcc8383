"""Celery's doors to citizen reports. Tasks take ids and are safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from complaints.services import (
    bringing,
    closing,
    erasing,
    escalating,
    fetching,
    files,
    forwarding,
    handling,
    message_files,
    orphans,
    quiet,
    remote_files,
    rooms,
    sending,
)


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
def handle_envelope(*pks: int) -> None:
    """Stored events of a provider, one transaction each."""
    for pk in pks:
        handling.handle(pk)


@shared_task(name="complaints.sweep_envelopes", soft_time_limit=110, time_limit=120)
def sweep_envelopes() -> None:
    """Events whose task was lost, or that came too early."""
    handling.sweep()


# What the child may take, the scan and the storage; the child is ended by its own limits long before.
_FILE_S = settings.REPORT_VIDEO_SECONDS * 2 + 150


@shared_task(name="complaints.process_attachment", soft_time_limit=_FILE_S, time_limit=_FILE_S + 10)
def process_attachment(pk: int) -> None:
    """One file of a citizen."""
    files.process(pk)


@shared_task(name="complaints.sweep_files", soft_time_limit=_FILE_S + 80, time_limit=_FILE_S + 90)
def sweep_files() -> None:
    """Files whose task was lost, drafts that were never sent."""
    files.sweep()


@shared_task(name="complaints.fetch_attachment", soft_time_limit=230, time_limit=245)
def fetch_attachment(pk: int) -> None:
    """One file that a message brought."""
    message_files.fetch(pk)


@shared_task(name="complaints.sweep_fetch", soft_time_limit=20, time_limit=30)
def sweep_fetch() -> None:
    """Files of messages whose task was lost, or that are tried again."""
    message_files.sweep()


@shared_task(name="complaints.sweep_orphans", soft_time_limit=880, time_limit=900)
def sweep_orphans() -> None:
    """Once a day: stored files that no row names."""
    orphans.sweep()


@shared_task(name="complaints.close_silent", soft_time_limit=110, time_limit=120)
def close_silent() -> None:
    """Reports whose citizen did not write back."""
    closing.sweep()


@shared_task(name="complaints.fetch_remote_file", soft_time_limit=100, time_limit=110)
def fetch_remote_file(pk: int) -> None:
    """One picture that a partner named by its address."""
    remote_files.fetch(pk)


@shared_task(name="complaints.sweep_remote_files", soft_time_limit=110, time_limit=120)
def sweep_remote_files() -> None:
    """Pictures whose task was lost, or that are tried again."""
    remote_files.sweep()


@shared_task(name="complaints.send_forwarding", soft_time_limit=50, time_limit=60)
def send_forwarding(pk: int) -> None:
    """One report to an outside party."""
    forwarding.send(pk)


@shared_task(name="complaints.sweep_forwardings", soft_time_limit=110, time_limit=120)
def sweep_forwardings() -> None:
    """Reports that wait to be forwarded, and those whose turn it is to be asked after."""
    forwarding.sweep()
    bringing.sweep()


@shared_task(name="complaints.retention", soft_time_limit=280, time_limit=300)
def retention() -> None:
    """Contacts whose time is over."""
    erasing.retention()
    quiet.sweep()


@shared_task(name="complaints.fetch_channels", soft_time_limit=20, time_limit=30)
def fetch_channels() -> None:
    """Mailboxes and interfaces that are asked."""
    fetching.order_all()


@shared_task(name="complaints.fetch_channel", soft_time_limit=280, time_limit=300)
def fetch_channel(pk: int) -> None:
    """One of them."""
    fetching.fetch(pk)


@shared_task(name="complaints.sweep_rooms", soft_time_limit=50, time_limit=60)
def sweep_rooms() -> None:
    """Rooms whose time is over."""
    rooms.sweep()
