"""Two verbs beside taking and closing an alarm: put it away from the walls for a while, hand it to an agency.

Neither is an end. What was put away comes back by itself, and at once when its cause repeats (decision 0118);
what was handed on stays visible to everybody who saw it before.
"""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter import live
from commandcenter.city import audit
from commandcenter.city.models import Agency
from commandcenter.city.viewers import Viewer
from commandcenter.incidents.models import RANK, Alarm, Severity
from commandcenter.incidents.querysets import scopes_for
from commandcenter.incidents.services import HANDLE, announce_alarm
from commandcenter.wall.takeovers import announce_takeover

SNOOZE = "incidents.snooze_alarm"
# Who handles alarms for one agency may not take them off everybody's walls.
MINUTES = (2, 5, 10, 15)
"""How long at most: a call for help that nobody takes must not be out of sight for longer."""
REASON = 200


def snooze(*, viewer: Viewer, alarm: Alarm, minutes: int, reason: str) -> bool:
    """Takes the alarm off the walls and silences it for one of :data:`MINUTES`; False when it is over.

    Raises PermissionDenied, and ValidationError for another time, no reason, or an alarm that fills no wall.
    """
    if not viewer.can(SNOOZE):
        raise PermissionDenied
    reason = _told(reason, _("Write why it leaves the walls."))
    if minutes not in MINUTES:
        raise ValidationError(_("Choose one of the listed times."))
    if alarm.rank < RANK[Severity.CRITICAL]:
        raise ValidationError(_("This alarm fills no wall."))
    until = timezone.now() + timedelta(minutes=minutes)
    with transaction.atomic():
        changed = Alarm.objects.alive().filter(pk=alarm.pk).update(snoozed_until=until, rev=F("rev") + 1)
        if changed:
            alarm.refresh_from_db()
            detail = {"minutes": minutes, "reason": reason}
            audit.record(viewer=viewer, action="alarm.snoozed", subject=alarm, detail=detail)
            announce_alarm(alarm)
            announce_takeover(alarm.sharing)
    return bool(changed)


@transaction.atomic
def bring_back(*, alarm: Alarm, viewer: Viewer | None = None) -> bool:
    """The alarm fills the walls again at once: a person wants it, or (no viewer) its cause repeats.

    False when it was not put away, or is over. Raises PermissionDenied.
    """
    if viewer is not None and not viewer.can(SNOOZE):
        raise PermissionDenied
    away = Alarm.objects.alive().filter(pk=alarm.pk, snoozed_until__gt=timezone.now())
    changed = away.update(snoozed_until=None, rev=F("rev") + 1)
    if changed:
        alarm.refresh_from_db()
        audit.record(viewer=viewer, action="alarm.returned", subject=alarm)
        announce_alarm(alarm)
        announce_takeover(alarm.sharing)
    return bool(changed)


def forward(*, viewer: Viewer, alarm: Alarm, agency: Agency, reason: str) -> bool:
    """Hands the alarm to another agency, whose people see it from now on; False when it is over.

    Who had it keeps seeing it. Raises PermissionDenied, and ValidationError without a reason or for the
    agency that has it already.
    """
    if not viewer.can(HANDLE):
        raise PermissionDenied
    reason = _told(reason, _("Write what the agency is asked to do."))
    if agency.pk in {alarm.agency_id, alarm.forwarded_to_id}:
        raise ValidationError(_("%(agency)s has this alarm already.") % {"agency": agency.name})
    before = alarm.forwarded_to_id
    with transaction.atomic():
        changed = Alarm.objects.alive().filter(pk=alarm.pk).update(forwarded_to=agency, rev=F("rev") + 1)
        if changed:
            alarm.refresh_from_db()
            detail = {"agency": agency.code, "reason": reason}
            audit.record(viewer=viewer, action="alarm.forwarded", subject=alarm, detail=detail)
            announce_alarm(alarm)
            if before:
                # Its people see it no longer: their pages must hear that too.
                scopes = scopes_for(alarm.sharing, before)
                live.publish("incidents.alarm", id=alarm.pk, rev=alarm.rev, scopes=scopes)
            announce_takeover(alarm.sharing)
    return bool(changed)


def _told(text: str, empty: str) -> str:
    found = " ".join(text.split())[:REASON]
    if not found:
        raise ValidationError(empty)
    return found
