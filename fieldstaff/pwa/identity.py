"""Whose phone this is: a login of the house, or an enrolment link that was exchanged once.

The link carries the device's token behind ``#``, which no browser sends and no server logs. It is exchanged
for a cookie of this phone; from then on the token opens nothing. The cookie is as good as the phone's
binding: revoking the device, giving it a new token or ending the binding ends it with the next request.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from commandcenter.city import audit
from commandcenter.city.models import User
from commandcenter.city.viewers import PUBLIC, Viewer, viewer_of, viewer_of_user
from commandcenter.wall.identify import desk_viewer
from fieldstaff import tokens
from fieldstaff.models import Device, DeviceBinding, Officer, PhoneSession, PushSubscription
from fieldstaff.models.choices import Protocol
from fieldstaff.tokens import Known

COOKIE = "cc_petugas"
COOKIE_PATH = "/petugas/"
COOKIE_AGE_S = 180 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Holder:
    """An officer at his phone. ``session`` is the row behind a link's cookie, None for a login."""

    officer: Officer
    device: Device
    session: PhoneSession | None = None

    @property
    def known(self) -> Known:
        """The phone as the doors of the other apps know theirs."""
        row = self.device
        return Known(row.pk, row.uid, row.protocol, row.token_prefix or "", row.clock_skew_s or 0)

    @property
    def viewer(self) -> Viewer:
        """The viewer behind the officer's own login; the public for one who has none."""
        user = self.officer.user
        return viewer_of_user(user) if user is not None else PUBLIC


def link_of(base: str, token: str) -> str:
    """The enrolment link of a device of our own app; ``base`` is scheme and host."""
    return f"{base}{COOKIE_PATH}#masuk={token}"


def holder_of(request: HttpRequest, now: datetime | None = None) -> Holder | None:
    """Who asks, or None. The cookie of a phone goes before a login; who looks as another role is nobody."""
    now = now or timezone.now()
    secret = request.COOKIES.get(COOKIE, "")
    if secret:
        return _by_cookie(secret, now)
    if not request.user.is_authenticated or viewer_of(request).read_only:
        return None
    return _by_login(request.user.pk, now)


def socket_viewer(scope: dict[str, Any]) -> Viewer | None:
    """Who opened a socket of the app: an officer and nothing else, whatever his login is at the desk."""
    secret = scope["cookies"].get(COOKIE, "")
    if secret:
        holder = _by_cookie(secret, timezone.now())
    else:
        viewer = desk_viewer(scope)
        himself = viewer.pk if viewer is not None and not viewer.read_only else None
        holder = _by_login(himself, timezone.now()) if himself is not None else None
    user = holder.officer.user if holder is not None else None
    return Viewer(kind="user", pk=user.pk, name=user.display_name) if user is not None else None


def _by_cookie(secret: str, now: datetime) -> Holder | None:
    row = (
        PhoneSession.objects.filter(digest=_digest(secret), ended_at=None, binding__valid__contains=now)
        .select_related("binding__officer__user", "binding__officer__agency", "binding__device")
        .first()
    )
    if row is None or not _in_service(row.binding.officer, now):
        return None
    device = row.binding.device
    current = Q(token_prefix=row.token_prefix) | Q(previous_prefix=row.token_prefix, previous_until__gt=now)
    if not Device.objects.alive().filter(current, pk=device.pk).exists():
        return None
    return Holder(row.binding.officer, device, row)


def _by_login(user: int, now: datetime) -> Holder | None:
    officer = Officer.objects.filter(user=user).select_related("user", "agency").first()
    if officer is None or not _in_service(officer, now):
        return None
    device = _device_of_login(officer, now)
    held = device.revoked_at is None and device.bindings.filter(officer=officer, valid__contains=now).exists()
    return Holder(officer, device) if held else None


def _in_service(officer: Officer, now: datetime) -> bool:
    """Works here, and nobody has closed his account: a phone's cookie outlives a login by months."""
    day = timezone.localdate(now)
    rows = Officer.objects.filter(pk=officer.pk).employed(day)
    return bool(rows.exclude(user__is_active=False).exists())


def _device_of_login(officer: Officer, now: datetime) -> Device:
    """One device stands for all phones on which an officer signs in with his password."""
    values = {"protocol": Protocol.APP, "label": officer.code, "origin": officer.origin}
    with transaction.atomic():
        device, created = Device.objects.get_or_create(uid=f"akun-{officer.pk}", defaults=values)
        if created:
            DeviceBinding.objects.create(device=device, officer=officer, valid=(now, None))
    return device


def enrol(token: str, now: datetime | None = None) -> tuple[Holder, str] | None:
    """Exchanges an enrolment link's token for a session; the holder and the cookie's secret.

    None: wrong, revoked, overdue, used before, not of our own app, or in nobody's hand.
    """
    now = now or timezone.now()
    known = tokens.check(token, now)
    if known is None or known.protocol != Protocol.APP:
        return None
    binding = (
        DeviceBinding.objects.at(now).filter(device=known.pk).select_related("officer", "device").first()
    )
    if binding is None or not _in_service(binding.officer, now):
        return None
    secret = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            PushSubscription.objects.on_phone(binding.device_id, now).delete()
            row = PhoneSession.objects.create(
                binding=binding, token_prefix=known.prefix, digest=_digest(secret), begun_at=now
            )
            tokens.consume(known, now)
            _with_account(binding.officer)
            audit.record(viewer=None, action="device.signed_in", subject=binding.device)
    except IntegrityError:
        return None
    return Holder(binding.officer, binding.device, row), secret


def _with_account(officer: Officer) -> None:
    """Orders are moved by accounts: an officer who has none gets one that no password opens."""
    if officer.user_id is not None:
        return
    user = User(
        username=f"petugas-{officer.code}".lower()[:150], first_name=officer.name[:150], origin=officer.origin
    )
    user.set_unusable_password()
    user.save()
    officer.user = user
    officer.save(update_fields=["user"])


def leave(holder: Holder) -> None:
    """Signs a phone out; it needs a new link afterwards."""
    if holder.session is not None:
        PushSubscription.objects.on_phone(holder.device.pk, timezone.now()).delete()
        PhoneSession.objects.filter(pk=holder.session.pk, ended_at=None).update(ended_at=timezone.now())


def _digest(secret: str) -> str:
    key = settings.FIELD_KEY.encode()
    return hmac.new(key, b"fieldstaff phone session " + secret[:100].encode(), hashlib.sha256).hexdigest()
