"""What a provider posts, stored as it came and answered at once; a worker makes reports of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from commandcenter import jobs
from complaints.channels import contract
from complaints.channels.registry import adapter_of
from complaints.models import Channel, Envelope
from complaints.services.hearing import heard

log = logging.getLogger(__name__)
HANDLE = "complaints.handle_envelope"
# Events one task handles: within its time limit on a busy machine.
A_TASK = 20
Found = tuple[Channel, contract.Envelope]


@dataclass(frozen=True, slots=True)
class Post:
    """One post to the hook of a channel."""

    slug: str
    headers: Mapping[str, str] = field(repr=False)
    raw: bytes = field(repr=False)


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


def take_posts(posts: Sequence[Post]) -> list[int]:
    """Stores the events of all verified posts with one insert; the HTTP status of each post.

    404 for no channel of ours, 401 unsigned, 403 wrongly signed; nothing of those is kept.
    """
    channels = {row.slug: row for row in Channel.objects.in_use().filter(slug__in={p.slug for p in posts})}
    now, found, statuses = timezone.now(), list[Found](), list[int]()
    for post in posts:
        channel = channels.get(post.slug)
        if channel is None or adapter_for(channel) is None:
            statuses.append(404)
            continue
        try:
            found += [(channel, item) for item in proved(channel, post.headers, post.raw, now)]
        except contract.Unverified as problem:
            log.info("a post to channel %s was refused: %s", channel.pk, problem.code)
            statuses.append(problem.status)
        else:
            statuses.append(200)
    keep(found)
    return statuses


def proved(
    channel: Channel, headers: Mapping[str, str], raw: bytes, now: datetime
) -> list[contract.Envelope]:
    """The events of a post. Raises `contract.Unverified`."""
    adapter = adapter_for(channel)
    if adapter is None:
        raise contract.WrongSignature("secret_not_set")
    adapter.verify(headers, raw, secrets_of(channel), now)
    return adapter.envelopes(raw, headers)


def take(channel: Channel, headers: Mapping[str, str], raw: bytes) -> int:
    """Stores the events of a verified post under their own keys; how many are new.

    Raises `contract.Unverified` and keeps nothing then. A replay finds its rows and adds none.
    """
    return store(channel, proved(channel, headers, raw, timezone.now()))


def store(channel: Channel, envelopes: Iterable[contract.Envelope]) -> int:
    """Stores events of one channel; how many are new."""
    return len(keep([(channel, item) for item in envelopes]))


INSERT = """
INSERT INTO complaints_envelope (channel_id, external_id, kind, raw, received_at, tries, problem)
SELECT *, clock_timestamp(), 0, '' FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bytea[])
ON CONFLICT (channel_id, external_id) DO NOTHING RETURNING id
"""


def keep(found: Sequence[Found]) -> list[int]:
    """One insert for all; the ids of the new rows go to a worker and are returned."""
    if not found:
        return []
    with connection.cursor() as cursor:
        columns: list[Any] = [
            [channel.pk for channel, _ in found],
            [item.external_id for _, item in found],
            [item.kind[:40] for _, item in found],
            [item.raw_part for _, item in found],
        ]
        cursor.execute(INSERT, columns)
        new = [int(pk) for (pk,) in cursor.fetchall()]
    for start in range(0, len(new), A_TASK):
        jobs.enqueue(HANDLE, *new[start : start + A_TASK], queue="intake")
    now = timezone.now()
    for channel in {channel.pk: channel for channel, _ in found}.values():
        heard(channel, now)
    return new


assert Envelope._meta.db_table == "complaints_envelope"
