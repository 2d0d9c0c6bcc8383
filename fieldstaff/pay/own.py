"""What an officer may see of his own pay: for his page on the phone, and to take along."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fieldstaff.ledger import Period
from fieldstaff.models import Attendance, Officer
from fieldstaff.pay import counters, months, shown
from fieldstaff.pay.shown import ShownDay


def own_months(officer: Officer) -> list[Period]:
    """The months of which he has a day, the newest first."""
    dates = Attendance.objects.filter(officer=officer).order_by().dates("work_date", "month", order="DESC")
    return [months.month_of(day) for day in dates]


def own_pay(officer: Officer, period: Period) -> dict[str, Any]:
    """One month as plain values (JSON types), texts in the language that is active.

    ``total_idr`` is None before anything was reckoned; ``closed`` says whether it may still change; ``days``
    hold ``date, state, colour, flags, credited, required, percent, duty, online, missing, neutral, bar,
    amount_idr, lines``; a line ``title, rule, sum, spans, amount_idr, scheme, rules, minutes``. ``bar`` are
    (kind, from, width): *online, missing, neutral* or *rest*, and thousandths of the shift. ``attendance``
    and ``shift`` name a day for an objection. The caller has made sure that it is his own.
    """
    month = shown.month_of(officer, period)
    counted = counters.count([officer.pk], period.first.year).get(officer.pk)
    closing = month.closing
    return {
        "month": month.key,
        "name": month.name,
        "officer": {"code": officer.code, "name": officer.name},
        "total_idr": month.total_idr,
        "closed": closing is not None,
        "closed_at": closing.at.isoformat() if closing else "",
        "sha256": closing.sha256 if closing else "",
        "made_at": month.sheet.made_at.isoformat() if month.sheet else "",
        "lines": [asdict(line) for line in month.others],
        "days": [_day(day) for day in month.days],
        "absences": {
            "year": period.first.year,
            "days": counted.absences.cumulative if counted else 0,
            "running": counted.absences.running if counted else 0,
        },
    }


def _day(day: ShownDay) -> dict[str, Any]:
    plain = ("state", "colour", "credited", "required", "percent", "duty", "online", "missing", "neutral")
    return {
        "attendance": day.row.pk,
        "shift": day.row.shift_id,
        "date": day.date.isoformat(),
        **{name: getattr(day, name) for name in plain},
        "flags": list(day.flags),
        "bar": [list(part) for part in day.bar],
        "amount_idr": day.total_idr,
        "lines": [asdict(line) for line in day.lines],
    }


def own_data(officer: Officer) -> dict[str, Any]:
    """All of his months, to take along (UU PDP 27/2022: access and copy)."""
    found = [own_pay(officer, period) for period in own_months(officer)]
    return {"officer": {"code": officer.code, "name": officer.name, "kind": officer.kind}, "months": found}
