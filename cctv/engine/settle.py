"""A person's change takes hold at once: the page that says "paused" must not show "live" beside it.

The sweep would see it too, some seconds later; the same rules decide here for the few cameras that changed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import transaction
from redis.exceptions import RedisError

from cctv.engine import demand, guarding, ledger, names, news, sweep
from cctv.engine.fleet_view import in_maintenance, view
from commandcenter import keys

log = logging.getLogger(__name__)
MOST = 200
"""More cameras than that (a site's maintenance) wait for the next sweep rather than hold a page."""


def settle_soon(ids: Sequence[int]) -> None:
    """After commit; without Redis the next sweep does it."""

    def settle_now() -> None:
        try:
            settle(ids)
        except RedisError as error:
            log.warning("cameras %s settle with the next sweep: %s", list(ids), type(error).__name__)

    transaction.on_commit(settle_now, robust=True)


def settle(ids: Sequence[int]) -> None:
    """Applies what people changed on these cameras, and writes the news down."""
    now = datetime.now(UTC)
    context = ledger.Context(guard=guarding.load(), levels=demand.levels())
    works = in_maintenance()
    rows = view.rows(fresh=True)
    for id in [id for id in ids if id in rows][:MOST]:
        row = rows[id]
        state = ledger.parse(ledger.read([id])[id], row, now)
        known = keys.client().hget(names.revisions(), str(id))
        events = sweep.events_for(row, state, known.decode() if known else None, works, now)
        if events:
            ledger.apply(row, events, context)
            sweep.remember({id: row})
    news.drain()
