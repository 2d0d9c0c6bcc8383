"""Who has a report open at this moment: told to colleagues, kept for seconds, and never a lock.

Each report has a sorted set in Valkey, a person scored by the moment he is forgotten. A page says every
twenty seconds that it is still looked at; one that was closed says so, and one that died is forgotten.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection

import redis

from commandcenter import keys
from commandcenter.city.models import User
from commandcenter.city.viewers import Viewer

FORGOTTEN_S = 50
"""A little more than two polls: one that got lost does not make anybody vanish."""
log = logging.getLogger(__name__)


def _key(report: int) -> str:
    return keys.key("complaints", "looking", report)


def look(*, report: int, viewer: Viewer, gone: bool = False) -> None:
    """Notes that ``viewer`` has the report open, or closed it. One who looks as another role is not told."""
    if viewer.kind != "user" or viewer.pk is None or viewer.read_only:
        return
    try:
        pipe = keys.client().pipeline()
        if gone:
            pipe.zrem(_key(report), viewer.pk)
        else:
            pipe.zadd(_key(report), {str(viewer.pk): time.time() + FORGOTTEN_S})
            pipe.expire(_key(report), FORGOTTEN_S)
        pipe.execute()
    except redis.RedisError as error:
        log.warning("presence is not kept: %s", type(error).__name__)


def who(reports: Collection[int], *, but: int | None = None) -> dict[int, list[str]]:
    """The names of those who have each report open now, without ``but``; absent where nobody has.

    The caller has checked that its viewer may read these reports.
    """
    wanted = list(dict.fromkeys(reports))
    if not wanted:
        return {}
    try:
        pipe = keys.client().pipeline()
        for pk in wanted:
            pipe.zrangebyscore(_key(pk), time.time(), "+inf")
        found = [[int(member) for member in members] for members in pipe.execute()]
    except redis.RedisError as error:
        log.warning("presence is not known: %s", type(error).__name__)
        return {}
    people = {pk for members in found for pk in members} - {but}
    if not people:
        return {}
    names = {row.pk: row.display_name for row in User.objects.filter(pk__in=people, is_active=True)}
    told = {
        pk: sorted(names[member] for member in members if member in names)
        for pk, members in zip(wanted, found, strict=True)
    }
    return {pk: people for pk, people in told.items() if people}
