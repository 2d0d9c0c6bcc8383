"""Lines of the ledger between the pure rules and their table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256

from fieldstaff.ledger import Line, Unit
from fieldstaff.models import Attendance, LedgerLine, Officer, PaySheet, Policy


def fingerprint(lines: Sequence[Line], days: Iterable[Attendance]) -> str:
    """SHA-256 of the lines and of the versions of the days they rest on."""
    content = [
        [
            line.rule, line.amount_idr, line.rate_idr, line.qty, line.per, line.unit, line.scheme,
            line.policy, str(line.work_date or ""), line.minutes, line.spans, str(line.of_period or ""),
        ]
        for line in lines
    ]  # fmt: skip
    rows = [content, sorted(row.pk for row in days)]
    return sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


def to_rows(
    sheet: PaySheet,
    officer: Officer,
    lines: Sequence[Line],
    days: Sequence[Attendance],
    policies: Mapping[str, Policy],
    closings: Mapping[date, int],
) -> list[LedgerLine]:
    """Rows to be stored. ``policies`` by cited version; ``closings`` ids of closed periods by first day."""
    place = {_starts(row): row.pk for row in days}
    place |= {row.work_date: row.pk for row in reversed(days)} if place else {}
    return [
        LedgerLine(
            sheet=sheet,
            attendance_id=place.get(line.starts_at) or place.get(line.work_date),
            officer=officer,
            period_id=closings[line.of_period] if line.of_period else None,
            seq=line.seq,
            rule=line.rule,
            policy=policies.get(line.scheme),
            quantity=line.qty,
            unit=line.unit,
            rate=line.rate_idr,
            amount_idr=line.amount_idr,
            evidence=_evidence(line),
        )
        for line in lines
    ]


def _starts(row: Attendance) -> int | date | None:
    return int(row.shift.span.lower.timestamp()) if row.shift else row.work_date


def _evidence(line: Line) -> dict[str, object]:
    return {
        "date": line.work_date.isoformat() if line.work_date else None,
        "minutes": line.minutes,
        "per": line.per,
        "spans": [list(span) for span in line.spans],
        "scheme": line.scheme,
        "rules": line.policy,
        "of": line.of_period.isoformat() if line.of_period else None,
    }


def from_row(row: LedgerLine) -> Line:
    """The line as the rules made it."""
    found = row.evidence
    return Line(
        row.rule,
        row.amount_idr,
        int(row.rate),
        int(row.quantity),
        int(found["per"]),
        Unit(row.unit),
        str(found["scheme"]),
        date.fromisoformat(found["date"]) if found["date"] else None,
        str(found["rules"]),
        int(found["minutes"]),
        tuple((int(start), int(end)) for start, end in found["spans"]),
        date.fromisoformat(found["of"]) if found["of"] else None,
        row.seq,
    )
