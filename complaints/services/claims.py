"""Eleven operators at one inbox: who works on what, whose turn it is, and what a break gives back."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone

from commandcenter import live
from commandcenter.city.viewers import Viewer, viewer_of_user
from complaints import rights
from complaints.models import DutyState, Priority, Report
from complaints.services.writing import TOPIC, Conflict, must

HELD_FOR = timedelta(minutes=30)
DEALT_AT_ONCE = 100


def claim(*, pk: int, viewer: Viewer) -> Report:
    """Takes a report for oneself; Conflict when a colleague has it (a claim rests after half an hour)."""
    must(viewer, "handle_report")
    now = timezone.now()
    free = Q(claimed_by__isnull=True) | Q(claimed_by=viewer.pk) | Q(claimed_at__lt=now - HELD_FOR)
    rows = Report.objects.visible_to(viewer).filter(free, pk=pk)
    if not rows.update(claimed_by=viewer.pk, claimed_at=now, rev=F("rev") + 1):
        raise Conflict
    return _told(pk)


def release(*, pk: int, viewer: Viewer) -> Report:
    """Gives a report back; only one's own."""
    Report.objects.filter(pk=pk, claimed_by=viewer.pk).update(
        claimed_by=None, claimed_at=None, rev=F("rev") + 1
    )
    return _told(pk)


@transaction.atomic
def take_next(*, viewer: Viewer) -> Report | None:
    """The next report that nobody works on: urgent first, then the oldest deadline. None when all is done."""
    must(viewer, "handle_report")
    now = timezone.now()
    free = Q(claimed_by__isnull=True) | Q(claimed_at__lt=now - HELD_FOR)
    rows = Report.objects.visible_to(viewer).untouched().filter(free, is_test=False)
    ordered = rows.order_by(F("priority").desc(), F("next_due").asc(nulls_last=True), "pk")
    urgent = ordered.filter(priority="urgent")
    for candidates in (urgent, ordered):
        found: Report | None = candidates.select_for_update(skip_locked=True, of=("self",)).first()
        if found is not None:
            Report.objects.filter(pk=found.pk).update(claimed_by=viewer.pk, claimed_at=now, rev=F("rev") + 1)
            DutyState.objects.filter(user=viewer.pk).update(last_given_at=now)
            return _told(found.pk)
    return None


@transaction.atomic
def deal_out(*, viewer: Viewer) -> int:
    """Round-robin: what nobody works on goes to those on duty in turn, who waited longest first; how many.

    Urgent reports first, then the oldest deadline. Nobody gets a report that he may not see.
    """
    must(viewer, "bulk_report")
    now = timezone.now()
    states = DutyState.objects.select_for_update().filter(on_duty=True, user__is_active=True)
    turn = [
        (state, person)
        for state in states.order_by(F("last_given_at").asc(nulls_first=True), "pk").select_related("user")
        if (person := viewer_of_user(state.user)).can("complaints.handle_report") and rights.sees_desk(person)
    ]
    free = Q(claimed_by__isnull=True) | Q(claimed_at__lt=now - HELD_FOR)
    rows = Report.objects.visible_to(viewer).untouched().filter(free, is_test=False)
    urgent_first = Case(When(priority=Priority.URGENT, then=0), default=1)
    rows = rows.order_by(urgent_first, F("next_due").asc(nulls_last=True), "pk")
    given: list[int] = []
    for report in rows.select_for_update(skip_locked=True, of=("self",))[:DEALT_AT_ONCE] if turn else ():
        place = next((i for i, (_state, p) in enumerate(turn) if _may_read(p, report.pk)), None)
        if place is None:
            continue
        state, _person_ = turn.pop(place)
        Report.objects.filter(pk=report.pk).update(claimed_by=state.user_id, claimed_at=now, rev=F("rev") + 1)
        turn.append((state, _person_))
        given.append(report.pk)
        DutyState.objects.filter(pk=state.pk).update(last_given_at=now + timedelta(microseconds=len(given)))
    for pk in given:
        _told(pk)
    return len(given)


def _may_read(person: Viewer, pk: int) -> bool:
    return bool(Report.objects.visible_to(person).filter(pk=pk).exists())


def go_on_duty(*, viewer: Viewer) -> None:
    """Begins to take reports."""
    DutyState.objects.update_or_create(user_id=_person(viewer), defaults={"on_duty": True})


@transaction.atomic
def take_break(*, viewer: Viewer) -> int:
    """ "Istirahat": every claim goes back to the inbox; how many."""
    DutyState.objects.update_or_create(user_id=_person(viewer), defaults={"on_duty": False})
    mine = list(Report.objects.filter(claimed_by=viewer.pk).values_list("pk", flat=True))
    Report.objects.filter(pk__in=mine).update(claimed_by=None, claimed_at=None, rev=F("rev") + 1)
    for pk in mine:
        _told(pk)
    return len(mine)


def hear_urgent(*, viewer: Viewer, on: bool) -> None:
    """Whether this person's desk sounds for urgent reports; duty and its time stay as they are."""
    if not DutyState.objects.filter(user_id=_person(viewer)).update(sound=on):
        DutyState.objects.get_or_create(user_id=_person(viewer), defaults={"sound": on})


def _person(viewer: Viewer) -> int:
    if viewer.kind != "user" or viewer.pk is None:
        raise PermissionDenied
    return viewer.pk


def _told(pk: int) -> Report:
    report: Report = Report.objects.get(pk=pk)
    live.publish(TOPIC, id=report.pk, rev=report.rev, scopes=sorted(rights.scopes_for(report)))
    return report
