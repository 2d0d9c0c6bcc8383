"""Whether a camera trial should go on, be changed or stop: a rule, so that every site is judged alike.

Kabupaten Pati tries cameras at six sites before it buys; the year-end decision rests on figures per site,
device model and data package. The rule gives a recommendation and the codes of all its reasons; people
decide. Below a number of days it recommends nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cctv.capture.availability import Seconds
from cctv.capture.events import SILENT, SITE_DOWN
from cctv.capture.failures import FailureKind as K

DAY_S = 86_400.0
MONTH_DAYS = 30.0


class Recommendation(StrEnum):
    """What the figures speak for."""

    CONTINUE = "continue"
    CHANGE = "change"
    STOP = "stop"
    NOT_ENOUGH_DATA = "not_enough_data"


class Because(StrEnum):
    """Codes of reasons, translated where they are shown."""

    TOO_FEW_DAYS = "too_few_days"
    TOO_LITTLE_OBSERVED = "too_little_observed"
    BLOCKING_OBSTACLE = "blocking_obstacle"
    AVAILABILITY_HOPELESS = "availability_hopeless"
    AVAILABILITY_BELOW_TARGET = "availability_below_target"
    LINK_UNRELIABLE = "link_unreliable"
    DEVICE_UNRELIABLE = "device_unreliable"
    PASSWORD_REFUSED = "password_refused"  # noqa: S105 (a reason, no secret)
    ADDRESS_WRONG = "address_wrong"
    PACKAGE_TOO_SMALL = "package_too_small"
    PICTURES_FAULTY = "pictures_faulty"
    COST_TOO_HIGH = "cost_too_high"
    OBSTACLES_OPEN = "obstacles_open"
    AVAILABILITY_ON_TARGET = "availability_on_target"
    PACKAGE_TOO_LARGE = "package_too_large"


_CAUSES: dict[str, Because] = {
    **dict.fromkeys((K.UNAUTHORIZED, K.FORBIDDEN), Because.PASSWORD_REFUSED),
    **dict.fromkeys((K.NOT_FOUND, K.MOVED, K.BAD_REQUEST, K.ADDRESS_REFUSED), Because.ADDRESS_WRONG),
    **dict.fromkeys(
        (K.REFUSED, K.DEVICE_ERROR, K.BUSY, K.NOT_A_JPEG, K.TOO_LARGE, K.BAD_STREAM),
        Because.DEVICE_UNRELIABLE,
    ),
    **dict.fromkeys(
        (K.NO_SUCH_NAME, K.UNREACHABLE, K.CONNECT_TIMEOUT, K.TIMEOUT, K.CLOSED, SITE_DOWN, SILENT),
        Because.LINK_UNRELIABLE,
    ),
}

_SETTINGS = frozenset({Because.PASSWORD_REFUSED, Because.ADDRESS_WRONG})
"""Causes that an hour at a desk removes: no reason to give a site up."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What was measured for one site, device model or data package.

    `days` since the trial began (of the longest-running camera); `cameras` in the group; `seconds` summed
    over them; `mb_used` in those days against `package_mb` a month (all cameras together, None: unmetered);
    `cost` in rupiah for the days (None: unknown); `pictures` judged and `faulty_pictures` among them;
    `outages` seconds down by reason; `obstacles` noted and open, `blocking` those nobody there can remove,
    on `blocked` of the cameras (None: on all).
    """

    days: float
    seconds: Seconds
    cameras: int = 1
    mb_used: float = 0.0
    package_mb: float | None = None
    cost: float | None = None
    pictures: int = 0
    faulty_pictures: int = 0
    outages: Mapping[str, float] = field(default_factory=dict)
    obstacles: int = 0
    blocking: int = 0
    blocked: int | None = None

    @property
    def hindered(self) -> bool:
        """Whether what nobody can remove stands before most of the group: one site does not stop a trial."""
        blocked = self.cameras if self.blocked is None else self.blocked
        return self.blocking > 0 and 2 * blocked > self.cameras


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The limits of the rule; a city sets its own. Availability in per cent, cost in rupiah."""

    min_days: float = 14.0
    min_observed_share: float = 0.5
    target: float = 95.0
    hopeless: float = 60.0
    package_full_share: float = 1.0
    package_idle_share: float = 0.3
    fault_share: float = 0.1
    min_pictures: int = 100
    cause_share: float = 0.4
    cost_per_up_day: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The recommendation, all reasons in the order of their weight, and the figures they rest on.

    `mb_a_month` and `package_share` are projected from the days seen; `cost_per_up_day` is rupiah per
    camera-day of working time. A figure is None where there is nothing to compute it from.
    """

    recommendation: Recommendation
    reasons: tuple[Because, ...]
    availability: float | None
    mb_a_month: float | None
    package_share: float | None
    fault_share: float | None
    cost_per_up_day: float | None


def evaluate(totals: Totals, limits: Thresholds | None = None) -> Finding:
    """Judge one group of a trial."""
    limits = limits or Thresholds()
    missing = _missing(totals, limits)
    if missing:
        return _finding(Recommendation.NOT_ENOUGH_DATA, missing, totals)
    against = _against(totals, limits)
    stop = totals.hindered or (Because.AVAILABILITY_HOPELESS in against and not _SETTINGS & set(against))
    if stop:
        return _finding(Recommendation.STOP, against, totals)
    if against:
        return _finding(Recommendation.CHANGE, against, totals)
    notes = [Because.AVAILABILITY_ON_TARGET]
    share = _package_share(totals)
    if share is not None and share < limits.package_idle_share:
        notes.append(Because.PACKAGE_TOO_LARGE)
    return _finding(Recommendation.CONTINUE, notes, totals)


def _missing(totals: Totals, limits: Thresholds) -> list[Because]:
    """Why nothing can be recommended yet."""
    if totals.days < limits.min_days:
        return [Because.TOO_FEW_DAYS]
    observed = totals.seconds.up + totals.seconds.down
    enough = limits.min_observed_share * totals.days * DAY_S * totals.cameras
    # Planned pauses (a market camera off at night) are no lack of data.
    enough -= totals.seconds.paused + totals.seconds.maintenance
    return [Because.TOO_LITTLE_OBSERVED] if observed <= 0 or observed < enough else []


def _against(totals: Totals, limits: Thresholds) -> list[Because]:
    """Everything that speaks against going on unchanged, the heaviest first."""
    availability = totals.seconds.availability or 0.0
    package, faults, cost = _package_share(totals), _fault_share(totals, limits), _cost_per_up_day(totals)
    below = availability < limits.target
    checks = [
        (totals.blocking > 0, Because.BLOCKING_OBSTACLE),
        (availability < limits.hopeless, Because.AVAILABILITY_HOPELESS),
        (limits.hopeless <= availability < limits.target, Because.AVAILABILITY_BELOW_TARGET),
        *((below, cause) for cause in _causes(totals, limits)),
        (package is not None and package > limits.package_full_share, Because.PACKAGE_TOO_SMALL),
        (faults is not None and faults > limits.fault_share, Because.PICTURES_FAULTY),
        (_over(cost, limits.cost_per_up_day), Because.COST_TOO_HIGH),
        (totals.obstacles > totals.blocking, Because.OBSTACLES_OPEN),
    ]
    return [because for holds, because in checks if holds]


def _over(value: float | None, limit: float | None) -> bool:
    return value is not None and limit is not None and value > limit


def _causes(totals: Totals, limits: Thresholds) -> list[Because]:
    """The causes that make up much of the time down, the largest first."""
    sums: dict[Because, float] = {}
    for reason, seconds in totals.outages.items():
        cause = _CAUSES.get(reason)
        if cause is not None:
            sums[cause] = sums.get(cause, 0.0) + seconds
    whole = sum(totals.outages.values())
    ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return [cause for cause, seconds in ordered if whole > 0 and seconds >= limits.cause_share * whole]


def _mb_a_month(totals: Totals) -> float | None:
    return totals.mb_used / totals.days * MONTH_DAYS if totals.days > 0 else None


def _package_share(totals: Totals) -> float | None:
    used = _mb_a_month(totals)
    return used / totals.package_mb if used is not None and totals.package_mb else None


def _fault_share(totals: Totals, limits: Thresholds | None = None) -> float | None:
    enough = limits.min_pictures if limits else 1
    return totals.faulty_pictures / totals.pictures if totals.pictures >= max(enough, 1) else None


def _cost_per_up_day(totals: Totals) -> float | None:
    up_days = totals.seconds.up / DAY_S
    return totals.cost / up_days if totals.cost is not None and up_days > 0 else None


def _finding(recommendation: Recommendation, reasons: list[Because], totals: Totals) -> Finding:
    return Finding(
        recommendation=recommendation,
        reasons=tuple(reasons),
        availability=totals.seconds.availability,
        mb_a_month=_mb_a_month(totals),
        package_share=_package_share(totals),
        fault_share=_fault_share(totals),
        cost_per_up_day=_cost_per_up_day(totals),
    )
