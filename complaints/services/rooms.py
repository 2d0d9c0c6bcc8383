"""Rooms and ambulances: asked of a hospital, held until a time, arrived, expired, or sent on to another one.

The report behind a request is secret and urgent and lives by the usual workflow; these verbs move both. What
happened is appended as rows; the requester hears of it by the channel he used.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from commandcenter.city import formats
from commandcenter.city.models import Agency
from commandcenter.city.viewers import Viewer
from complaints import moves, rights
from complaints.models import Category, FreeBeds, Hospital, Report, ReportKind, RoomChange, RoomRequest
from complaints.roomflow import WAITS, Room, may
from complaints.services import assigning, clocks, moving, telling
from complaints.services.writing import Conflict, actor, announce, lock, save
from complaints.texts import clean_text
from complaints.workflow import Status

FRESH = timedelta(hours=12)
"""Older figures of free beds choose no hospital any more."""
LEAST_MINUTES, MOST_MINUTES = 5, 720
NEEDS = {
    "KES-02": RoomRequest.Need.AMBULANCE,
    "KES-03": RoomRequest.Need.BED,
    "KES-04": RoomRequest.Need.MATERNITY,
}
"""What the seed's categories ask for; a city's own categories ask for a bed unless the form says more."""


def category_of(need: str) -> Category | None:
    """The category such a request is filed under, None where the city has none."""
    code = next((code for code, value in NEEDS.items() if value == need), "KES-03")
    rows = Category.objects.filter(kind=ReportKind.ROOM, active=True)
    found: Category | None = rows.filter(code=code).first() or rows.order_by("order").first()
    return found


def open_for(
    report: Report, *, need: str = "", hospital: Agency | None = None, viewer: Viewer | None = None
) -> RoomRequest:
    """The request of a locked or new report, asked of ``hospital`` or of the likeliest one; once a report."""
    known = RoomRequest.objects.filter(report=report).first()
    if known is not None:
        return known  # type: ignore[no-any-return]
    code = report.category.code if report.category else ""
    need = need if need in RoomRequest.Need.values else NEEDS.get(code, RoomRequest.Need.BED).value
    room = RoomRequest.objects.create(report=report, need=need)
    chosen = hospital or _usual(report, need)
    if not report.is_test:
        _ask(room, report, chosen, viewer=viewer, at=report.received_at)
    return room


def _usual(report: Report, need: str) -> Agency | None:
    """The hospital that a rule sent it to, else the one with the most free, else the only one."""
    taking = Hospital.objects.filter(active=True, needs__contains=[need]).select_related("agency")
    if report.agency_id and taking.filter(agency=report.agency_id).exists():
        return report.agency
    fresh = FreeBeds.objects.filter(
        hospital__in=taking, need=need, count__gt=0, at__gte=timezone.now() - FRESH
    ).order_by("-count", "-at")
    best = fresh.select_related("hospital__agency").first()
    if best is not None:
        return best.hospital.agency
    found = list(taking[:2])
    return found[0].agency if len(found) == 1 else None


def _ask(
    room: RoomRequest,
    report: Report,
    hospital: Agency | None,
    *,
    viewer: Viewer | None,
    at: datetime | None = None,
) -> None:
    """Asked of ``hospital``; of nobody yet where it is None: the room desk of the city decides."""
    if report.agency_id != (hospital.pk if hospital else None):
        assigning.hand_over(
            report, agency=hospital, officer=None, viewer=None, why={"room": room.need}, at=at
        )
    _change(room, report, Room.ASKED, viewer=viewer, text="", hospital=hospital, at=at)


@transaction.atomic
def hold(
    *,
    pk: int,
    minutes: int,
    viewer: Viewer | None,
    text: str = "",
    rev: int | None = None,
    at: datetime | None = None,
) -> RoomRequest:
    """Keeps it free for so many minutes from now; again: longer or shorter."""
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise ValidationError(
            {
                "minutes": _("A hold is %(least)d to %(most)d minutes.")
                % {"least": LEAST_MINUTES, "most": MOST_MINUTES}
            }
        )
    room, report = _locked(pk, viewer, rev)
    now = at or timezone.now()
    if room.hospital is None:
        raise ValidationError({"hospital": _("Choose the hospital first.")})
    until = now + timedelta(minutes=minutes)
    _change(room, report, Room.HELD, viewer=viewer, text=text, hospital=room.hospital, until=until, at=now)
    if report.status != Status.IN_PROGRESS and _open(report, Status.IN_PROGRESS):
        moving.put(report, Status.IN_PROGRESS, viewer=viewer, text=_("Held."), at=now)
    clocks.answered(report, at=now)
    save(report, *clocks.FIELDS)
    return room


@transaction.atomic
def arrive(
    *, pk: int, viewer: Viewer | None, rev: int | None = None, at: datetime | None = None
) -> RoomRequest:
    """They are there: the request and its report are done."""
    room, report = _locked(pk, viewer, rev)
    _change(room, report, Room.ARRIVED, viewer=viewer, text="", hospital=room.hospital, at=at)
    _close(report, Status.RESOLVED, _("Arrived."), viewer, at)
    return room


@transaction.atomic
def refuse(
    *,
    pk: int,
    viewer: Viewer | None,
    text: str,
    alternative: Agency | None = None,
    rev: int | None = None,
    at: datetime | None = None,
) -> RoomRequest:
    """No, with the reason; with an alternative the request is asked there at once, else the desk decides."""
    text = clean_text(text, 500)
    if not text:
        raise ValidationError({"text": _("Write why: the requester reads it.")})
    room, report = _locked(pk, viewer, rev)
    if alternative is not None:
        _takes(alternative, room)
    room.alternative = str(alternative or "")[:200]
    _change(room, report, Room.REFUSED, viewer=viewer, text=text, hospital=room.hospital, at=at)
    _ask_on(room, report, alternative, viewer, at)
    return room


def _ask_on(
    room: RoomRequest,
    report: Report,
    hospital: Agency | None,
    viewer: Viewer | None,
    at: datetime | None = None,
) -> None:
    left = rights.scopes_for(report)
    if hospital is not None:
        _ask(room, report, hospital, viewer=viewer, at=at)
    elif report.agency_id:
        assigning.hand_over(report, agency=None, officer=None, viewer=None, why={"room": room.need}, at=at)
        room.hospital = None
        room.save(update_fields=["hospital"])
    save(report)
    announce(report, *left)


@transaction.atomic
def send_to(
    *, pk: int, hospital: Agency, viewer: Viewer, text: str = "", rev: int | None = None
) -> RoomRequest:
    """The city's room desk asks another hospital."""
    if not rights.sees_rooms(viewer) and not rights.sees_secret(viewer):
        raise PermissionDenied
    room, report = _locked(pk, viewer, rev)
    _takes(hospital, room)
    if not may(Room(room.state), Room.ASKED):
        raise ValidationError({"hospital": _("This request is over.")})
    _ask_on(room, report, hospital, viewer)
    return room


@transaction.atomic
def cancel(
    *,
    pk: int,
    viewer: Viewer | None,
    text: str = "",
    rev: int | None = None,
    at: datetime | None = None,
) -> RoomRequest:
    """Not needed any more."""
    room, report = _locked(pk, viewer, rev)
    reason = clean_text(text, 500) or _("Not needed any more.")
    _change(room, report, Room.CANCELLED, viewer=viewer, text=reason, hospital=room.hospital, at=at)
    _close(report, Status.UNABLE, reason, viewer, at)
    return room


@transaction.atomic
def say_free(*, hospital: Hospital, counts: dict[str, int], viewer: Viewer) -> None:
    """How many are free now; every page says that it was now."""
    desk = rights.sees_rooms(viewer)
    if not desk and not (viewer.can("complaints.handle_report") and hospital.agency_id in viewer.agencies):
        raise PermissionDenied
    for need, count in counts.items():
        if need not in hospital.needs or not 0 <= count <= 999:
            raise ValidationError({need: _("Write a number from 0 to 999.")})
        FreeBeds.objects.update_or_create(
            hospital=hospital, need=need,
            defaults={"count": count, "at": timezone.now(), "by_id": viewer.pk},
        )  # fmt: skip


def sweep(now: datetime | None = None) -> int:
    """Ends the holds whose time is over, and the requests whose report was closed another way."""
    moment, done = now or timezone.now(), 0
    over = RoomRequest.objects.filter(state=Room.HELD, held_until__lte=moment)
    shut = RoomRequest.objects.filter(~Q(report__closed_at=None), state__in=sorted(WAITS))
    for pk in list((over | shut).values_list("report", flat=True)[:200]):
        try:
            done += expire(pk, moment)
        except Conflict:
            continue  # somebody is writing it at this moment; the next sweep looks again
    return done


@transaction.atomic
def expire(pk: int, moment: datetime) -> int:
    """Ends one request whose hold is over at ``moment`` or whose report is closed; 1 where it did."""
    report = lock(pk)
    room = RoomRequest.objects.select_for_update(of=("self",)).select_related("hospital").get(report=pk)
    if not report.is_open and room.state in WAITS:
        end = Room.ARRIVED if report.status == Status.RESOLVED else Room.CANCELLED
        _change(room, report, end, viewer=None, text=_("The report was closed."), hospital=room.hospital)
    elif room.state == Room.HELD and room.held_until is not None and room.held_until <= moment:
        _change(room, report, Room.EXPIRED, viewer=None, text="", hospital=room.hospital, at=moment)
    else:
        return 0
    save(report)
    return 1


def _locked(pk: int, viewer: Viewer | None, rev: int | None) -> tuple[RoomRequest, Report]:
    """Request and report, both locked; RoomRequest.DoesNotExist for what the viewer may not see."""
    report = lock(pk, rev=rev)
    rows = RoomRequest.objects.all() if viewer is None else RoomRequest.objects.visible_to(viewer)
    room: RoomRequest = rows.select_for_update(of=("self",)).select_related("hospital").get(report=pk)
    if viewer is not None and not (viewer.can(rights.ROOMS) or viewer.can("complaints.handle_report")):
        raise PermissionDenied
    if not report.is_open:
        raise ValidationError({"state": _("This request is over.")})
    return room, report


def _takes(hospital: Agency, room: RoomRequest) -> None:
    rows = Hospital.objects.filter(agency=hospital, active=True, needs__contains=[room.need])
    if not rows.exists() or hospital.pk == room.hospital_id:
        raise ValidationError({"hospital": _("Choose another hospital that takes this.")})


def _change(
    room: RoomRequest,
    report: Report,
    state: Room,
    *,
    viewer: Viewer | None,
    text: str,
    hospital: Agency | None,
    until: datetime | None = None,
    at: datetime | None = None,
) -> None:
    """The row, the pointers, and word to the requester."""
    if not may(Room(room.state), state):
        raise ValidationError({"state": _("This request is over.")})
    row = RoomChange.objects.create(
        report=report, at=at or timezone.now(), state=state, hospital=hospital,
        hospital_name=str(hospital.name if hospital else "")[:160], held_until=until,
        text=clean_text(text, 500), **actor(viewer),
    )  # fmt: skip
    room.state, room.hospital, room.held_until = state, hospital, until
    room.save(update_fields=["state", "hospital", "held_until", "alternative", "state_at"])
    _tell(report, row)


def _tell(report: Report, row: RoomChange) -> None:
    person = report.reporter
    if person is None or report.is_test:
        return
    with translation.override(person.language):
        body = _words(report, row)
    if body:
        telling.tell(report, person, purpose="room", key=f"room:{row.pk}", body=body)


def _words(report: Report, row: RoomChange) -> str:
    """What the requester reads; nothing of the illness, because a message is read over shoulders."""
    zone, language = timezone.get_current_timezone(), translation.get_language() or "id"
    until = formats.clock(row.held_until, zone, language) if row.held_until else ""
    words = {"number": report.number, "hospital": row.hospital_name, "until": until, "reason": row.text}
    said = {
        Room.HELD: _("Request %(number)s: held for you at %(hospital)s until %(until)s."),
        Room.EXPIRED: _(
            "Request %(number)s: the hold at %(hospital)s is over. Call again if you still need it."
        ),
        Room.REFUSED: _("Request %(number)s: %(hospital)s cannot take you (%(reason)s). We ask elsewhere."),
    }
    if row.state == Room.ASKED and row.hospital_name:
        return _("Request %(number)s: we are asking %(hospital)s.") % words
    return said[Room(row.state)] % words if row.state in said else ""


def _open(report: Report, status: Status) -> bool:
    return any(row.target is status for row in moves.open_moves(report))


def _close(report: Report, status: Status, text: str, viewer: Viewer | None, at: datetime | None) -> None:
    if _open(report, status):
        moving.put(report, status, viewer=viewer, text=text, at=at)
    else:
        save(report)
