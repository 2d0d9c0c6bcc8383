"""The verbs of phones: enrol, show the code, hand over, take back, revoke. Each checks who may and audits."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from commandcenter.city import audit, formats
from commandcenter.city.viewers import Viewer
from fieldstaff import tokens
from fieldstaff.enrol import notice, twice
from fieldstaff.models import (
    App,
    Device,
    DeviceBinding,
    NoticeGiven,
    Officer,
    PhoneCare,
    Protocol,
    PushSubscription,
)
from fieldstaff.querysets.enrolment import ENROL, kept_by, phones_kept_by

PROTOCOLS = {App.OWNTRACKS: Protocol.OWNTRACKS, App.OWN: Protocol.APP}
TRIES = 20
FAR = timedelta(days=7)


@transaction.atomic
def enrol(*, viewer: Viewer, officer: Officer, program: str, brand: str, label: str = "") -> Device:
    """A phone for an officer, in his hand from now on; its code comes later (``show_code``)."""
    _must_keep(viewer, officer)
    app = App(program)
    device = Device.objects.create(
        uid=_new_uid(), label=label.strip()[:120], protocol=PROTOCOLS.get(app, Protocol.TRACCAR),
        app=str(app.label), origin=officer.origin,
    )  # fmt: skip
    PhoneCare.objects.create(device=device, brand=brand, program=app)
    # Phones tell whole seconds: a first message of this second is already his.
    since = timezone.now().replace(microsecond=0)
    DeviceBinding.objects.create(device=device, officer=officer, valid=(since, None))
    audit.record(viewer=viewer, action="device.enrolled", subject=device, detail={"officer": officer.code})
    return device


def show_code(*, viewer: Viewer, device: Device, at_once: bool = False) -> str:
    """A new token, to be shown once. One that is in use opens for another day, unless ``at_once``.

    Raises ValidationError where nobody carries the phone, or he was not told what becomes of his data.
    """
    _must_keep_phone(viewer, device)
    holder = holder_of(device)
    if holder is None:
        raise ValidationError(_("Nobody carries this phone. Hand it over first."))
    if not notice.was_given(holder):
        raise ValidationError(_("Hand over the privacy notice first."))
    with transaction.atomic():
        used = device.enrolled_at is not None and device.revoked_at is None
        renew = tokens.rotate if used and not at_once else tokens.issue
        token = renew(viewer=viewer, device=device)
        twice.settled(device.pk)
    return token


def revoke(*, viewer: Viewer, device: Device) -> bool:
    """Ends the phone's tokens at once; False when that was done before."""
    _must_keep_phone(viewer, device)
    done = tokens.revoke(viewer=viewer, device=device)
    twice.settled(device.pk)
    return done


@transaction.atomic
def hand_over(*, viewer: Viewer, device: Device, officer: Officer, since: datetime) -> None:
    """Into another hand from ``since`` on. Raises ValidationError where somebody else has it then."""
    _must_keep_phone(viewer, device)
    _must_keep(viewer, officer)
    Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    PushSubscription.objects.on_phone(device.pk, timezone.now()).delete()
    if since > timezone.now() + FAR:
        raise ValidationError(_("A week ahead at most."))
    for row in DeviceBinding.objects.filter(device=device, valid__overlap=(since, None)):
        if row.valid.upper is not None or row.valid.lower >= since:
            raise ValidationError(_clash(row))
        if row.officer_id == officer.pk:
            raise ValidationError(_("%(code)s carries this phone already.") % {"code": officer.code})
        row.valid = (row.valid.lower, since)
        row.save(update_fields=["valid"])
    DeviceBinding.objects.create(device=device, officer=officer, valid=(since, None))
    audit.record(viewer=viewer, action="device.handed_over", subject=device, detail={"officer": officer.code})


@transaction.atomic
def take_back(*, viewer: Viewer, device: Device) -> bool:
    """Into the drawer from now on; what the phone still sends is nobody's. False: nobody had it."""
    _must_keep_phone(viewer, device)
    now = timezone.now()
    row = DeviceBinding.objects.select_for_update().filter(device=device).at(now).first()
    if row is None:
        return False
    PushSubscription.objects.on_phone(device.pk, now).delete()
    row.valid = (row.valid.lower, now)
    row.save(update_fields=["valid"])
    audit.record(viewer=viewer, action="device.taken_back", subject=device)
    return True


def give_notice(*, viewer: Viewer, officer: Officer) -> None:
    """He was handed the privacy notice and said so; once for each version."""
    _must_keep(viewer, officer)
    _row, new = NoticeGiven.objects.get_or_create(
        officer=officer, version=notice.VERSION,
        defaults={"given_at": timezone.now(), "given_by_id": viewer.pk},
    )  # fmt: skip
    if new:
        detail = {"version": notice.VERSION}
        audit.record(viewer=viewer, action="officer.notice_given", subject=officer, detail=detail)


def holder_of(device: Device, at: datetime | None = None) -> Officer | None:
    """Who carries it."""
    rows = DeviceBinding.objects.filter(device=device).at(at or timezone.now())
    row = rows.select_related("officer__agency").first()
    return row.officer if row else None


def _clash(row: Any) -> str:
    values = {"code": row.officer.code, "start": _said(row.valid.lower)}
    if row.valid.upper is None:
        return _("%(code)s carries this phone from %(start)s on.") % values
    values["end"] = _said(row.valid.upper)
    return _("%(code)s carries this phone from %(start)s to %(end)s.") % values


def _said(moment: datetime) -> str:
    return formats.day_clock(moment, timezone.get_current_timezone(), (get_language() or "id")[:2])


def _new_uid() -> str:
    for _try in range(TRIES):
        uid = str(secrets.randbelow(90_000_000) + 10_000_000)
        if not Device.objects.filter(uid=uid).exists():
            return uid
    raise RuntimeError("no free device id was found")


def _must_keep(viewer: Viewer, officer: Officer) -> None:
    if not viewer.can(ENROL) or not Officer.objects.filter(kept_by(viewer, ENROL), pk=officer.pk).exists():
        raise PermissionDenied


def _must_keep_phone(viewer: Viewer, device: Device) -> None:
    if not viewer.can(ENROL) or not phones_kept_by(viewer).filter(pk=device.pk).exists():
        raise PermissionDenied
