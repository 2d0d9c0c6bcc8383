"""Time on a task for the day's attendance: en route or on scene counts as inside one's area, wherever it was.

Read from the events by the same replay that gives an order its state: a step that moved nothing counts for
nothing, and neither does one whose photo was refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from psycopg.types.range import TimestamptzRange

from fieldstaff.days import due
from fieldstaff.days.translate import moment
from fieldstaff.dispatch import orderflow
from fieldstaff.dispatch.orderflow import State
from fieldstaff.intervals import Span, Spans, normal
from fieldstaff.models import Attendance, OrderEvent, OrderPhoto, OrderState, PhotoState
from fieldstaff.orders.writing import NOT_MOVES, as_event, micros

LONGEST = timedelta(hours=12)
"""A task that nobody ended counts no longer than this after its last step."""
AWAY = frozenset({State.EN_ROUTE, State.ON_SCENE})
_STEPS = (OrderState.EN_ROUTE, OrderState.ON_SCENE)
MICRO = 1_000_000
Round = tuple[int, int]
"""An order and which of its offers."""


def on_task(officers: Collection[int], span: Span) -> Mapping[int, Spans]:
    """By officer the time en route or on scene near ``span`` (epoch seconds), three queries."""
    reach = (moment(span[0]) - LONGEST, moment(span[1]))
    steps = OrderEvent.objects.filter(officer__in=officers, target__in=_STEPS, at__range=reach)
    rounds = set(steps.values_list("order", "round"))
    return {officer: spans for officer, spans in _of(rounds).items() if officer in set(officers)}


def changed(pk: int) -> int:
    """Has the days computed again that an order's steps are about, if they were; how many were marked.

    What was not over when it happened is computed at its end anyway.
    """
    steps = OrderEvent.objects.filter(order=pk, target__in=_STEPS, officer__isnull=False)
    days = set()
    for officer, at in steps.values_list("officer", "at"):
        rows = Attendance.objects.filter(
            officer=officer, shift__span__overlap=TimestamptzRange(at, at + LONGEST)
        )
        days |= set(rows.values_list("officer", "work_date"))
    due.mark(days, "order")
    return len(days)


def _of(rounds: Collection[Round]) -> dict[int, Spans]:
    events: dict[Round, list[OrderEvent]] = defaultdict(list)
    orders = {order for order, _round in rounds}
    for row in OrderEvent.objects.filter(order__in=orders).order_by("pk"):
        if (row.order_id, row.round) in rounds:
            events[row.order_id, row.round].append(row)
    photos: dict[int, list[datetime]] = defaultdict(list)
    shots = OrderPhoto.objects.filter(order__in=orders).exclude(state=PhotoState.REFUSED)
    for order, at in shots.values_list("order", "at"):
        photos[order].append(at)
    found: dict[int, list[Span]] = defaultdict(list)
    for (order, _round), rows in events.items():
        holder = next((row.officer_id for row in rows if row.target in _STEPS and row.officer_id), None)
        if holder is not None:
            asked = min((micros(row.heard_at) for row in rows if row.target == OrderState.OFFERED), default=0)
            # Nobody was on a task before he was asked, whatever his phone says.
            spans = _away([row for row in rows if row.target not in NOT_MOVES], photos[order])
            found[holder].extend((max(start, asked // MICRO), end) for start, end in spans)
    return {officer: normal(spans) for officer, spans in found.items()}


def _away(rows: list[OrderEvent], photos: Iterable[datetime]) -> list[Span]:
    """The stretches between setting out or arriving and whatever ended them, of one round."""
    arrived = [row.at for row in rows if row.target == OrderState.ON_SCENE]
    proofs = [at for at in photos if arrived and at >= max(arrived)]
    spans: list[Span] = []
    since: int | None = None
    last = 0
    longest = int(LONGEST.total_seconds())
    for event in orderflow.replay(as_event(row, proofs) for row in rows).moved:
        at = event.at // MICRO
        if since is not None:
            end = min(at, last + longest)
            if event.target not in AWAY or end < at:
                spans.append((since, end))
                since = None
        if event.target in AWAY:
            since, last = (at if since is None else since), at
    if since is not None:
        spans.append((since, last + longest))
    return spans
