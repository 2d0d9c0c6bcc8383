"""What is left of each camera's data package this month, kept in Redis for five minutes.

A camera with a package of its own has that; the others at a site with a counted link share the link's
allowance, each an equal part of what is left. Months begin in the city's zone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from cctv import figures
from cctv.capture.cadence import Budget
from cctv.engine import names
from cctv.models import Camera
from commandcenter import keys
from commandcenter.city.models import Region

KEEP_S = 300
# Until a camera has shown what its pictures weigh: a 640 × 360 still with its headers.
USUAL_BYTES = 30_000.0


@dataclass(frozen=True, slots=True)
class Share:
    """A camera's part: bytes left (below 0: overdrawn), when it renews (epoch s), bytes a picture costs."""

    left: float
    renews: float
    per_picture: float

    def budget(self, now: float) -> Budget | None:
        """The budget of this moment; None once the month is over and the sums are old."""
        seconds = self.renews - now
        return Budget(self.left, seconds, self.per_picture) if seconds > 0 else None


def current(now: datetime | None = None) -> Mapping[int, Budget]:
    """Camera -> its budget; cameras whose data nobody counts are absent."""
    moment = now or timezone.now()
    raw = keys.client().get(names.budgets())
    shares = _load(raw) if raw else _refresh(moment)
    found = {id: share.budget(moment.timestamp()) for id, share in shares.items()}
    return {id: budget for id, budget in found.items() if budget is not None}


def _load(raw: Any) -> dict[int, Share]:
    return {int(id): Share(*values) for id, values in json.loads(raw).items()}


def _refresh(now: datetime) -> dict[int, Share]:
    """Sums the month anew and keeps it, at most until the month ends."""
    with timezone.override(Region.current().zone_info):
        start = figures.month_start(now)
        renews = figures.midnight(figures.next_month(start.date())).timestamp()
    shares = _shares(start, now, renews)
    keep = max(1, min(KEEP_S, int(renews - now.timestamp())))
    plain = {id: (share.left, share.renews, share.per_picture) for id, share in shares.items()}
    keys.client().set(names.budgets(), json.dumps(plain), ex=keep)
    return shares


def _shares(start: datetime, now: datetime, renews: float) -> dict[int, Share]:
    rows = list(
        Camera.objects.in_use().values_list(
            "pk", "site", "data_package", "data_package__mb_per_month", "site__link", "site__monthly_mb"
        )
    )
    own = {pk: mb * figures.MEGA for pk, _site, package, mb, _link, _mb in rows if package and mb}
    together: dict[int, list[int]] = {}
    allowance: dict[int, int] = {}
    for pk, site, package, _mb, link, monthly in rows:
        if not package and link == "metered" and monthly:
            together.setdefault(site, []).append(pk)
            allowance[site] = monthly * figures.MEGA
    counted = [*own, *(pk for ids in together.values() for pk in ids)]
    used = figures.sums(counted, start, now) if counted else {}
    nothing = figures.Sums()

    def share(pk: int, left: float) -> Share:
        sums = used.get(pk, nothing)
        return Share(left, renews, sums.bytes_in / sums.ok if sums.ok else USUAL_BYTES)

    found = {pk: share(pk, limit - used.get(pk, nothing).bytes_in) for pk, limit in own.items()}
    for site, ids in together.items():
        left = allowance[site] - sum(used.get(pk, nothing).bytes_in for pk in ids)
        found.update({pk: share(pk, left / len(ids)) for pk in ids})
    return found


def forget() -> None:
    """Sums anew at the next look (a package was changed)."""
    keys.client().delete(names.budgets())
