"""What people decide about days: asked for by one person, decided by another, told to both.

Nobody decides about his own day or about what he asked for himself; a supervisor's roll-call is his own
word. Of two decisions the later wins, and both stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city import audit
from commandcenter.city.viewers import Role, Viewer
from complaints.texts import clean_text
from fieldstaff import partitions, rights
from fieldstaff.attendance.states import OPEN
from fieldstaff.days import due, signals
from fieldstaff.models import Correction, CorrectionDecision, CorrectionKind, Officer, Outage, Shift, State

Span = tuple[datetime, datetime]
SPANNED = frozenset(
    {CorrectionKind.ADD, CorrectionKind.VOID, CorrectionKind.EXCUSE, CorrectionKind.ROLL_CALL}
)
MOST_OBJECTIONS = 5


def correctable(viewer: Viewer) -> Q:
    """Officers whose days ``viewer`` may correct: those under him or of his agency, never himself."""
    if viewer.kind != "user" or viewer.read_only:
        return rights.NOTHING
    found = rights.chain(viewer) | rights.of_agencies(viewer, rights.FIGURES)
    if viewer.has(Role.ADMIN) and rights.FIGURES in viewer.permissions:
        found = rights.EVERYTHING
    return found & ~Q(user=viewer.pk)


@transaction.atomic
def ask(
    *,
    viewer: Viewer,
    officer: int,
    day: date,
    kind: str,
    reason: str,
    shift: int | None = None,
    span: Span | None = None,
    state: str = "",
    attachment: str = "",
) -> Correction:
    """Asks for a correction of an officer's day: of one shift, or of all it has.

    Raises PermissionDenied, or ValidationError by field. It counts once a second person has approved it.
    """
    subject = Officer.objects.filter(correctable(viewer), pk=officer).first()
    if subject is None or kind == CorrectionKind.OBJECTION:
        raise PermissionDenied
    _check(kind, day, span, state)
    row = _row(viewer, subject, day, kind, reason, shift, attachment)
    row.span, row.state = span, state if kind == CorrectionKind.SET_STATE else ""
    return _asked(row, viewer)


@transaction.atomic
def object_to(
    *, viewer: Viewer, day: date, reason: str, shift: int | None = None, attachment: str = ""
) -> Correction:
    """An officer's own objection to one of his days. It changes nothing by itself: his supervisor answers.

    Raises PermissionDenied for who is no officer, or ValidationError by field.
    """
    me = Officer.objects.filter(rights.himself(viewer)).first()
    if me is None or viewer.read_only:
        raise PermissionDenied
    if day > timezone.localdate() + timedelta(days=1):
        raise ValidationError({"day": _("This day has not begun.")})
    open_ones = Correction.objects.waiting().filter(officer=me, work_date=day, kind=CorrectionKind.OBJECTION)
    if open_ones.count() >= MOST_OBJECTIONS:
        raise ValidationError({"reason": _("Your objections to this day are still waiting for an answer.")})
    return _asked(_row(viewer, me, day, CorrectionKind.OBJECTION, reason, shift, attachment), viewer)


@transaction.atomic
def decide(*, viewer: Viewer, pk: int, approved: bool, text: str = "") -> CorrectionDecision:
    """The second person's word; an approved correction has the day computed again.

    Raises PermissionDenied for the subject, for who asked (but of a roll-call) and for who may not correct
    that officer; ValidationError for what is decided already, or cannot be computed any more.
    """
    row = Correction.objects.select_for_update(of=("self",)).filter(pk=pk).select_related("officer").first()
    if row is None or not Officer.objects.filter(correctable(viewer), pk=row.officer_id).exists():
        raise PermissionDenied
    if row.requested_by_id == viewer.pk and row.kind != CorrectionKind.ROLL_CALL:
        raise PermissionDenied
    if CorrectionDecision.objects.filter(correction=row).exists():
        raise ValidationError(_("This has been decided already."))
    if not approved and not text.strip():
        raise ValidationError({"text": _("Say why it is refused: both of them read it.")})
    counts = approved and row.kind != CorrectionKind.OBJECTION
    if counts:
        _has_trail(row.work_date)
    made = CorrectionDecision.objects.create(
        correction=row, approved=approved, text=clean_text(text, 500), decided_by_id=viewer.pk or 0,
        decided_by_name=viewer.name[:160],
    )  # fmt: skip
    audit.record(
        viewer=viewer, action="correction.decided", subject=row,
        detail={"approved": approved, "kind": row.kind, "work_date": row.work_date},
    )  # fmt: skip
    if counts:
        due.mark([(row.officer_id, row.work_date)], f"correction {row.pk}")
    signals.tell(signals.correction_decided, Correction, pk=row.pk)
    return made


def decide_all(
    *, viewer: Viewer, pks: Iterable[int], approved: bool, text: str = ""
) -> tuple[list[CorrectionDecision], dict[int, str]]:
    """Decides many, each by itself: those decided, and by number why the others were not."""
    made: list[CorrectionDecision] = []
    refused: dict[int, str] = {}
    for pk in pks:
        try:
            made.append(decide(viewer=viewer, pk=pk, approved=approved, text=text))
        except PermissionDenied:
            refused[pk] = _("You may not decide this.")
        except ValidationError as error:
            refused[pk] = " ".join(error.messages)
    return made, refused


@transaction.atomic
def excuse(*, viewer: Viewer, outage: int, reason: str) -> list[Correction]:
    """Asks for the time of an outage to be excused for everybody it met whom ``viewer`` may correct.

    For outages that one does not want to confirm for the whole area, and for phones that failed elsewhere.
    Raises PermissionDenied, or ValidationError: the outage is still open, or met nobody.
    """
    row = Outage.objects.visible_to(viewer).filter(pk=outage).select_related("area").first()
    if row is None:
        raise PermissionDenied
    if row.span.upper is None:
        raise ValidationError(_("The outage is not over yet."))
    place = Q()
    if row.area is not None:
        inside = Q(code=row.area.code) | Q(code__startswith=f"{row.area.code}.")
        areas = type(row.area)._default_manager.filter(inside).values("pk")
        own = Q(work_area__isnull=True)
        place = Q(work_area__area__in=areas) | own & Q(officer__work_area__area__in=areas)
        place |= own & Q(officer__work_area__isnull=True, officer__agency__area__in=areas)
    shifts = Shift.objects.during(row.span.lower, row.span.upper).filter(
        place, officer__in=Officer.objects.filter(correctable(viewer)).values("pk")
    )
    made = [_excused(shift, row, viewer, reason) for shift in shifts.select_related("officer")]
    if not made:
        raise ValidationError(_("Nobody whom you may correct was on shift then and there."))
    return made


def _excused(shift: Shift, outage: Outage, viewer: Viewer, reason: str) -> Correction:
    row = _row(viewer, shift.officer, shift.work_date, CorrectionKind.EXCUSE, reason, shift.pk, "")
    row.span = (max(shift.span.lower, outage.span.lower), min(shift.span.upper, outage.span.upper))
    return _asked(row, viewer)


def _check(kind: str, day: date, span: Span | None, state: str) -> None:
    if kind not in CorrectionKind.values:
        raise ValidationError({"kind": _("Choose from the lists.")})
    if day > timezone.localdate() + timedelta(days=1):
        raise ValidationError({"day": _("This day has not begun.")})
    _has_trail(day)
    if kind in SPANNED:
        if span is None or span[0] >= span[1]:
            raise ValidationError({"span": _("Say from when until when.")})
        # A night shift ends on the next day; nothing of a day lies further away.
        if abs(span[0].date() - day) > timedelta(days=2) or span[1] - span[0] > timedelta(days=1):
            raise ValidationError({"span": _("This time lies outside that day.")})
    if kind == CorrectionKind.SET_STATE and (state not in State.values or state in OPEN):
        raise ValidationError({"state": _("Choose the state.")})


def _has_trail(day: date) -> None:
    """A correction is a part of a computation, and that needs the positions."""
    if not {day - timedelta(days=1), day} <= partitions.present():
        raise ValidationError({"day": _("The positions of that day have left: it cannot be computed again.")})


def _row(
    viewer: Viewer, officer: Officer, day: date, kind: str, reason: str, shift: int | None, attachment: str
) -> Correction:
    words = clean_text(reason, 2000)
    if not words:
        raise ValidationError({"reason": _("Say why.")})
    if shift is not None and not Shift.objects.filter(pk=shift, officer=officer, work_date=day).exists():
        raise ValidationError({"shift": _("That shift is another officer's, or on another day.")})
    values: dict[str, Any] = {"attachment": attachment[:200], "requested_by_name": viewer.name[:160]}
    return Correction(
        officer=officer, work_date=day, kind=kind, reason=words, shift_id=shift, requested_by_id=viewer.pk,
        **values,
    )  # fmt: skip


def _asked(row: Correction, viewer: Viewer) -> Correction:
    row.save(force_insert=True)
    audit.record(
        viewer=viewer, action="correction.asked", subject=row,
        detail={"kind": row.kind, "work_date": row.work_date},
    )  # fmt: skip
    signals.tell(signals.correction_asked, Correction, pk=row.pk)
    return row
