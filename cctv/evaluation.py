"""The figures of a camera trial, summed by site, device model, data package and camera, judged by one rule.

Seconds and bytes come from the hourly rows, obstacles from people, prices from the data packages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cctv import figures
from cctv.capture.availability import Seconds
from cctv.capture.trial import Because, Finding, Recommendation, Totals, evaluate
from cctv.models import Camera, Obstacle, ObstacleKind, Phase
from commandcenter.city.viewers import Viewer

DAY = timedelta(days=1)
# What nobody at the site can remove by himself.
BLOCKING = (ObstacleKind.PERMISSION,)
WORDS: dict[str, str | Promise] = {
    Recommendation.CONTINUE: pgettext_lazy("trial", "Continue"),
    Recommendation.CHANGE: pgettext_lazy("trial", "Change"),
    Recommendation.STOP: pgettext_lazy("trial", "Stop"),
    Recommendation.NOT_ENOUGH_DATA: pgettext_lazy("trial", "Not enough data"),
}
STATES = {
    Recommendation.CONTINUE: "good",
    Recommendation.CHANGE: "warn",
    Recommendation.STOP: "crit",
    Recommendation.NOT_ENOUGH_DATA: "unknown",
}
BECAUSE: dict[str, str | Promise] = {
    Because.TOO_FEW_DAYS: _("fewer than 14 days were observed"),
    Because.TOO_LITTLE_OBSERVED: _("less than half of the time was observed"),
    Because.BLOCKING_OBSTACLE: _("an obstacle that cannot be removed at the site (permission or land)"),
    Because.AVAILABILITY_HOPELESS: _("available less than 60 % of the time"),
    Because.AVAILABILITY_BELOW_TARGET: _("available less than 95 % of the time"),
    Because.LINK_UNRELIABLE: _("the network link fails often"),
    Because.DEVICE_UNRELIABLE: _("the device fails often"),
    Because.PASSWORD_REFUSED: _("user or password were refused for a long time"),
    Because.ADDRESS_WRONG: _("the address was wrong for a long time"),
    Because.PACKAGE_TOO_SMALL: _("the data package is too small"),
    Because.PICTURES_FAULTY: _("more than a tenth of the pictures are faulty"),
    Because.COST_TOO_HIGH: _("the cost of a working day is too high"),
    Because.OBSTACLES_OPEN: _("obstacles were noted"),
    Because.AVAILABILITY_ON_TARGET: _("available at least 95 % of the time"),
    Because.PACKAGE_TOO_LARGE: _("the data package is larger than needed"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``first`` to ``last``, both included; ``kind`` is month, quarter or custom."""

    first: date
    last: date
    kind: str = "custom"

    @property
    def start(self) -> datetime:
        """Midnight of the first day in the city's zone."""
        return figures.midnight(self.first)

    @property
    def end(self) -> datetime:
        """Midnight after the last day."""
        return figures.midnight(self.last + DAY)


@dataclass(slots=True)
class Measured:
    """One camera's part of the period. ``days`` observed since registration, ``months`` for the price."""

    camera: Camera
    days: float
    months: float
    sums: figures.Sums
    reasons: dict[str, float] = field(default_factory=dict)
    faulty_s: float = 0.0
    obstacles: list[Obstacle] = field(default_factory=list)

    @property
    def faulty(self) -> int:
        """Pictures taken while a picture fault was confirmed."""
        up = self.sums.seconds.up
        return round(self.sums.ok * min(1.0, self.faulty_s / up)) if up > 0 else 0

    @property
    def cost(self) -> float | None:
        """Rupiah for the period; None where no package tells a price."""
        package = self.camera.data_package
        return package.price * self.months if package is not None and package.price else None


@dataclass(frozen=True, slots=True)
class Line:
    """One judged group of cameras, ready for page, sheet and paper."""

    name: str
    note: str
    cameras: list[Camera]
    totals: Totals
    finding: Finding
    obstacles: list[Obstacle]
    simulated: bool
    outages: list[tuple[str, float]]

    @property
    def recommendation(self) -> str:
        """The word of the recommendation."""
        return str(WORDS[self.finding.recommendation])

    @property
    def state(self) -> str:
        """The word for its colour."""
        return STATES[self.finding.recommendation]

    @property
    def reasons(self) -> list[str]:
        """Why, in words, the heaviest first."""
        return [str(BECAUSE[because]) for because in self.finding.reasons]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything of one period; ``made_at`` is the date of every figure in it."""

    period: Period
    made_at: datetime
    everything: Line
    sites: list[Line]
    models: list[Line]
    packages: list[Line]
    cameras: list[Line]

    @property
    def tally(self) -> list[tuple[str, str, int]]:
        """(word, state, how many sites) of each recommendation that some site was given."""
        found = Counter(line.finding.recommendation for line in self.sites)
        return [(str(WORDS[each]), STATES[each], found[each]) for each in Recommendation if found[each]]

    @property
    def groups(self) -> list[tuple[str, str, list[Line]]]:
        """(key, title, lines) of each grouping, in reading order."""
        return [
            ("site", str(_("By site")), self.sites),
            ("model", str(_("By device model")), self.models),
            ("package", str(_("By data package")), self.packages),
            ("camera", str(_("By camera")), self.cameras),
        ]


def evaluation(
    viewer: Viewer, period: Period, *, every_phase: bool = False, now: datetime | None = None
) -> Evaluation:
    """The trial's cameras that ``viewer`` may see; with ``every_phase`` the permanent ones too."""
    now = now or timezone.now()
    cameras = Camera.objects.visible_to(viewer).filter(registered_at__lt=min(period.end, now))
    if not every_phase:
        cameras = cameras.filter(phase=Phase.TRIAL)
    related = ("site__area", "device_model", "data_package", "agency")
    rows = _measure(list(cameras.select_related(*related).order_by("name")), period, now)
    return Evaluation(
        period=period,
        made_at=now,
        everything=_line(str(_("All cameras") if every_phase else _("All trial cameras")), "", rows),
        sites=_grouped(rows, lambda c: (c.site_id, c.site.name, c.site.area.full_name)),
        models=_grouped(rows, lambda c: (c.device_model_id, str(c.device_model or _("not recorded")), "")),
        packages=_grouped(rows, lambda c: (c.data_package_id, str(c.data_package or _("no package")), "")),
        cameras=[_line(row.camera.name, row.camera.site.name, [row]) for row in rows],
    )


def _grouped(rows: list[Measured], key: Callable[[Camera], tuple[Any, str, str]]) -> list[Line]:
    """Lines by group, in the order of their names."""
    groups: dict[Any, list[Measured]] = {}
    titles: dict[Any, tuple[str, str]] = {}
    for row in rows:
        pk, name, note = key(row.camera)
        groups.setdefault(pk, []).append(row)
        titles[pk] = (name, note)
    return sorted((_line(*titles[pk], members) for pk, members in groups.items()), key=lambda line: line.name)


def _line(name: str, note: str, rows: list[Measured]) -> Line:
    totals = _totals(rows)
    return Line(
        name=name,
        note=note,
        cameras=[row.camera for row in rows],
        totals=totals,
        finding=evaluate(totals),
        obstacles=_obstacles(rows),
        simulated=any(row.camera.is_simulated for row in rows),
        outages=sorted(totals.outages.items(), key=lambda item: -item[1]),
    )


def _obstacles(rows: list[Measured]) -> list[Obstacle]:
    """Each once, though a site's obstacle hangs on all its cameras; the newest first."""
    found = {obstacle.pk: obstacle for row in rows for obstacle in row.obstacles}
    return sorted(found.values(), key=lambda obstacle: obstacle.noted_at, reverse=True)


def _totals(rows: list[Measured]) -> Totals:
    outages: dict[str, float] = {}
    for row in rows:
        for reason, seconds in row.reasons.items():
            outages[reason] = outages.get(reason, 0.0) + seconds
    obstacles = _obstacles(rows)
    costs = [row.cost for row in rows if row.cost is not None]
    return Totals(
        days=max((row.days for row in rows), default=0.0),
        seconds=Seconds.sum(row.sums.seconds for row in rows),
        cameras=len(rows),
        mb_used=sum(row.sums.bytes_in for row in rows) / figures.MEGA,
        package_mb=_allowance(row.camera for row in rows),
        cost=sum(costs) if costs else None,
        pictures=sum(row.sums.ok for row in rows),
        faulty_pictures=sum(row.faulty for row in rows),
        outages=outages,
        obstacles=len(obstacles),
        blocking=sum(obstacle.kind in BLOCKING for obstacle in obstacles),
        blocked=sum(any(obstacle.kind in BLOCKING for obstacle in row.obstacles) for row in rows),
    )


def _allowance(cameras: Iterable[Camera]) -> float | None:
    """MB a month of all packages and of each counted link once; None when one camera's data is uncounted."""
    total, links = 0.0, set()
    for camera in cameras:
        if camera.data_package is not None and camera.data_package.mb_per_month:
            total += camera.data_package.mb_per_month
        elif camera.data_package is None and camera.site.link == "metered" and camera.site.monthly_mb:
            if camera.site_id not in links:
                total += camera.site.monthly_mb
                links.add(camera.site_id)
        else:
            return None
    return total or None


def _measure(cameras: list[Camera], period: Period, now: datetime) -> list[Measured]:
    end = min(period.end, now)
    ids = [camera.pk for camera in cameras]
    sums = figures.sums(ids, period.start, period.end)
    reasons, faulty = _reasons(ids, period), _faulty(ids, period)
    noted = _noted(cameras, period)
    found = []
    for camera in cameras:
        start = max(period.start, camera.registered_at)
        found.append(
            Measured(
                camera=camera,
                days=max(0.0, (end - start) / DAY),
                months=months_between(start, end),
                sums=sums.get(camera.pk, figures.Sums()),
                reasons=reasons.get(camera.pk, {}),
                faulty_s=faulty.get(camera.pk, 0.0),
                obstacles=noted.get(camera.pk, []),
            )
        )
    return found


def months_between(start: datetime, end: datetime) -> float:
    """Calendar months, a part of a month by its share of that month's days; a whole one is exactly 1."""
    total = 0.0
    here = timezone.localtime(start)
    while here < end:
        first = here.date().replace(day=1)
        after = figures.midnight(figures.next_month(first))
        total += (min(after, end) - here) / (after - figures.midnight(first))
        here = timezone.localtime(after)
    return total


_REASONS = """
SELECT h.camera_id, r.key, SUM(r.value::float)
FROM cctv_healthhour h CROSS JOIN LATERAL jsonb_each_text(h.reasons) r
WHERE h.camera_id = ANY(%s) AND h.hour >= %s AND h.hour < %s GROUP BY 1, 2
"""
# Two faults at once are not twice the time: an hour never has more faulty seconds than it was up.
_FAULTY = """
SELECT h.camera_id, SUM(LEAST(h.up_s, f.total))
FROM cctv_healthhour h CROSS JOIN LATERAL
  (SELECT COALESCE(SUM(value::float), 0) AS total FROM jsonb_each_text(h.fault_s)) f
WHERE h.camera_id = ANY(%s) AND h.hour >= %s AND h.hour < %s GROUP BY 1
"""


def _asked(sql: str, ids: list[int], period: Period) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [ids, period.start, period.end])
        return list(cursor.fetchall())


def _reasons(ids: list[int], period: Period) -> dict[int, dict[str, float]]:
    """Camera -> seconds down by reason."""
    found: dict[int, dict[str, float]] = {}
    for camera, reason, seconds in _asked(_REASONS, ids, period):
        found.setdefault(camera, {})[reason] = seconds
    return found


def _faulty(ids: list[int], period: Period) -> dict[int, float]:
    """Camera -> seconds up with a faulty picture."""
    return {camera: float(seconds) for camera, seconds in _asked(_FAULTY, ids, period)}


def _noted(cameras: list[Camera], period: Period) -> dict[int, list[Obstacle]]:
    """Camera -> obstacles of the period on it or on its site."""
    by_site: dict[int, list[int]] = {}
    for camera in cameras:
        by_site.setdefault(camera.site_id, []).append(camera.pk)
    rows = Obstacle.objects.filter(noted_at__gte=period.start, noted_at__lt=period.end)
    rows = rows.filter(Q(camera__in=[camera.pk for camera in cameras]) | Q(site__in=list(by_site)))
    found: dict[int, list[Obstacle]] = {}
    for row in rows.select_related("camera", "site"):
        for pk in [row.camera_id] if row.camera_id else by_site.get(row.site_id or 0, []):
            found.setdefault(pk, []).append(row)
    return found
