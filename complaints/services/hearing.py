"""When a channel last brought something: what the wall's tile and the admin say of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from complaints.models import Channel

SEEN_EVERY = timedelta(seconds=30)


def heard(channel: Channel, at: datetime) -> None:
    """Notes that ``channel`` brought something ``at``; at most every half minute, never backward."""
    if channel.last_in_at is not None and at - channel.last_in_at <= SEEN_EVERY:
        return
    Channel.objects.filter(pk=channel.pk).exclude(last_in_at__gte=at).update(last_in_at=at)
