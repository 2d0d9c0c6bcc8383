"""An officer's own days and pay: the bar of the day, each silence with its reason, each rupiah."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from fieldstaff.attendance.explain import BRIDGED, Explanation, Gap, Why
from fieldstaff.attendance.states import OPEN
from fieldstaff.days import codec, decisions
from fieldstaff.models import Attendance, Correction, CorrectionKind, LedgerLine, PaySheet, State
from fieldstaff.models.choices import Finality
from fieldstaff.pay import runs, shown, words
from fieldstaff.pwa.identity import Holder
from fieldstaff.pwa.work import viewer_of

BACK = timedelta(days=31)
MOST_GAPS = 40


def own_days(holder: Holder, now: datetime | None = None) -> list[dict[str, Any]]:
    """His days of the last month, the newest first, each in its newest version; nobody else's."""
    today = timezone.localdate(now or timezone.now())
    viewer = viewer_of(holder)
    own = Attendance.objects.visible_to(viewer).filter(officer=holder.officer).current()
    rows = list(own.on_days(today - BACK, today).order_by("-work_date", "-pk"))
    # A sheet replaces the one before it: a day's rupiah are those of the newest alone.
    sheets = list(PaySheet.objects.filter(officer=holder.officer, days__endswith__gt=today - BACK).newest())
    lines: dict[int, list[dict[str, Any]]] = {}
    found = LedgerLine.objects.visible_to(viewer).filter(attendance__in=rows, sheet__in=sheets)
    for line in found.order_by("seq"):
        told = {"rule": words.title(line.rule), "idr": line.amount_idr}
        lines.setdefault(line.attendance_id, []).append(told)
    said, known = _objections(holder, today), _reckoned(sheets)
    return [
        {**_told(row, lines.get(row.pk, []), said.get(row.work_date, [])), "reckoned": known(row)}
        for row in rows
    ]


def _reckoned(sheets: Iterable[PaySheet]) -> Callable[[Attendance], bool]:
    """Whether the last reckoning of a day's month knew the day as it stands."""
    known = [(sheet.days, sheet, runs.made_at(sheet.agency_id, sheet.days)) for sheet in sheets]

    def knows(row: Attendance) -> bool:
        return row.state in OPEN or any(
            row.work_date in days and shown.knows(sheet, at, row) for days, sheet, at in known
        )

    return knows


def _told(row: Attendance, lines: list[dict[str, Any]], said: list[dict[str, Any]]) -> dict[str, Any]:
    told = _explained(row)
    return {
        "id": row.pk, "day": row.work_date.isoformat(), "state": str(State(row.state).label),
        "tone": row.state, "finality": str(Finality(row.finality).label), "percent": row.percent,
        "credited_s": row.credited_s, "required_s": row.required_s, "late_s": row.late_s,
        "early_s": row.early_s, "shift": row.shift_id,
        "pay": {"lines": lines, "total": sum(line["idr"] for line in lines)} if lines else None,
        "objections": said, **(_bar(told) if told is not None else {"span": None, "parts": [], "gaps": []}),
    }  # fmt: skip


def _explained(row: Attendance) -> Explanation | None:
    """None where an older form of the evidence cannot be read: the figures stand without it."""
    try:
        return codec.read(row.evidence).told
    except codec.CodecError:
        return None


def _bar(told: Explanation) -> dict[str, Any]:
    start, end = told.day.span
    width = max(1, end - start)

    def share(spans: Iterable[tuple[int, int]], kind: str) -> list[dict[str, Any]]:
        """Parts of the bar in thousandths of its width."""
        found = []
        for a, b in spans:
            a, b = max(a, start), min(b, end)
            if a < b:
                found.append(
                    {"kind": kind, "x": (a - start) * 1000 // width, "w": max(1, (b - a) * 1000 // width)}
                )
        return found

    day = told.day
    parts = [*share(day.duty, "duty"), *share(day.online, "online"), *share(day.neutral, "neutral")]
    gaps = [_gap(gap) for gap in told.gaps if gap.start < end and gap.end > start][:MOST_GAPS]
    return {"span": [_iso(start), _iso(end)], "parts": parts, "gaps": gaps}


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "from": _iso(gap.start), "until": _iso(gap.end), "silent_s": gap.silent_s,
        "credited_s": gap.credited_s, "bridged": gap.why in BRIDGED, "why": words_of(gap.why),
    }  # fmt: skip


def words_of(why: Why) -> str:
    """Why a silence counts, or does not."""
    return {
        Why.OUTAGE: _("counts: nothing could be received then"),
        Why.STILL: _("counts: your phone stood at one place"),
        Why.TOO_LONG: _("does not count: the silence was too long"),
        Why.MOVED: _("does not count: your phone had moved meanwhile"),
        Why.NO_PLACE: _("does not count: nobody knows where your phone was"),
        Why.NOT_SEEN: _("does not count: your phone was not heard of"),
    }[why]


def _iso(second: int) -> str:
    return datetime.fromtimestamp(second, tz=UTC).isoformat()


def _objections(holder: Holder, today: Any) -> dict[Any, list[dict[str, Any]]]:
    """His objections by day, with the answer where there is one."""
    rows = Correction.objects.filter(officer=holder.officer, kind=CorrectionKind.OBJECTION)
    found: dict[Any, list[dict[str, Any]]] = {}
    for row in rows.filter(work_date__gte=today - BACK).select_related("decision").order_by("pk"):
        answer = getattr(row, "decision", None)
        told = {"reason": row.reason, "answered": answer is not None, "answer": answer.text if answer else ""}
        told["by"] = answer.decided_by_name if answer else ""
        found.setdefault(row.work_date, []).append(told)
    return found


def object_to(holder: Holder, day: Any, reason: str, shift: int | None = None) -> Correction:
    """His objection to one of his days; the same words to the same day again are the same objection.

    Raises what ``decisions.object_to`` raises.
    """
    same: Correction | None = Correction.objects.filter(
        officer=holder.officer, work_date=day, kind=CorrectionKind.OBJECTION, reason=reason.strip()
    ).first()
    if same is not None:
        return same
    return decisions.object_to(viewer=viewer_of(holder), day=day, reason=reason, shift=shift)
