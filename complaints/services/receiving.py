"""What a provider posts, stored as it came and answered at once; a worker makes reports of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from commandcenter import jobs
from complaints.channels import contract
from complaints.channels.registry import adapter_of
from complaints.models import Channel, Envelope

log = logging.getLogger(__name__)
HANDLE = "complaints.handle_envelope"
SEEN_EVERY = timedelta(seconds=30)


def secrets_of(channel: Channel) -> dict[str, Any]:
    """The channel's secrets; none where nothing readable is stored."""
    try:
        found = json.loads(channel.secrets) if channel.secrets else {}
    except ValueError:
        log.warning("the secrets of channel %s are no JSON", channel.pk)
        return {}
    return found if isinstance(found, dict) else {}


def adapter_for(channel: Channel) -> contract.Adapter | None:
    """Its adapter; None for a channel that is a form of our own."""
    return adapter_of(channel.kind)


def take(channel: Channel, headers: Mapping[str, str], raw: bytes) -> int:
    """Stores the events of a verified post under their own keys; how many are new.

    Raises `contract.Unverified` and keeps nothing then. A replay finds its rows and adds none.
    """
    adapter = adapter_for(channel)
    if adapter is None:
        raise contract.WrongSignature("secret_not_set")
    now = timezone.now()
    adapter.verify(headers, raw, secrets_of(channel), now)
    return store(channel, adapter.envelopes(raw, headers))


def store(channel: Channel, envelopes: list[contract.Envelope]) -> int:
    """One insert for all; the ids of the new ones go to a worker."""
    keys = [item.external_id for item in envelopes]
    known = set(
        Envelope.objects.filter(channel=channel, external_id__in=keys).values_list("external_id", flat=True)
    )
    fresh = [
        Envelope(channel=channel, external_id=item.external_id, kind=item.kind[:40], raw=item.raw_part)
        for item in envelopes
        if item.external_id not in known
    ]
    if fresh:
        Envelope.objects.bulk_create(fresh, ignore_conflicts=True)
        stored = Envelope.objects.waiting().filter(
            channel=channel, external_id__in=[row.external_id for row in fresh]
        )
        for pk in stored.values_list("pk", flat=True):
            jobs.enqueue(HANDLE, pk, queue="intake")
    _seen(channel)
    return len(fresh)


def _seen(channel: Channel) -> None:
    now = timezone.now()
    if channel.last_in_at is None or now - channel.last_in_at > SEEN_EVERY:
        Channel.objects.filter(pk=channel.pk).update(last_in_at=now)
