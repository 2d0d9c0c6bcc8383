"""The second factor: one TOTP device (RFC 6238) and ten recovery codes a person."""

from __future__ import annotations

from base64 import b32encode
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from commandcenter.city import audit
from commandcenter.city.models import User
from commandcenter.city.services.guards import check_may_manage
from commandcenter.city.viewers import Viewer, viewer_of_user

CODES = 10


def has_two_factor(user: User) -> bool:
    """Whether the login asks this person for a code."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


@transaction.atomic
def begin_enrolment(*, user: User) -> Any:
    """The person's unconfirmed device, made where there is none; a reload shows the same code."""
    device, _created = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "totp"})
    return device


def secret_of(device: Any) -> str:
    """The device's secret as people type it into an app."""
    return b32encode(device.bin_key).decode().rstrip("=")


def address_of(device: Any, issuer: str) -> str:
    """The ``otpauth://`` address behind the QR code."""
    name = quote(f"{issuer}:{device.user.get_username()}")
    return f"otpauth://totp/{name}?secret={secret_of(device)}&issuer={quote(issuer)}&digits=6&period=30"


@transaction.atomic
def confirm_enrolment(*, user: User, code: str) -> list[str] | None:
    """Switches the second factor on when ``code`` is right; gives the recovery codes, else None."""
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
    if device is None or not device.verify_is_allowed()[0] or not device.verify_token(code):
        return None
    TOTPDevice.objects.filter(user=user, confirmed=True).delete()
    device.confirmed = True
    device.save()
    audit.record(viewer=viewer_of_user(user), action="two_factor.on", subject=user)
    return _codes(user)


def _codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
    codes = [str(StaticToken.random_token()) for _ in range(CODES)]  # type: ignore[no-untyped-call]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


@transaction.atomic
def new_recovery_codes(*, user: User) -> list[str]:
    """Ten new codes; the old ones no longer work."""
    audit.record(viewer=viewer_of_user(user), action="two_factor.codes", subject=user)
    return _codes(user)


def _remove(user: User) -> int:
    StaticDevice.objects.filter(user=user).delete()
    removed, _by_model = TOTPDevice.objects.filter(user=user).delete()
    return int(removed)


@transaction.atomic
def disable_two_factor(*, user: User) -> None:
    """Switches one's own second factor off."""
    if _remove(user):
        audit.record(viewer=viewer_of_user(user), action="two_factor.off", subject=user)


@transaction.atomic
def reset_two_factor(*, viewer: Viewer, user: User) -> bool:
    """An admin lets someone in who lost phone and codes; False when there was nothing to reset."""
    check_may_manage(viewer=viewer, user=user)
    removed = _remove(user)
    if removed:
        audit.record(viewer=viewer, action="two_factor.reset", subject=user)
    return bool(removed)


def wait_until(user: User) -> datetime | None:
    """When the next code may be tried after wrong ones; None when at once."""
    waits = [
        allowed[1]["locked_until"]
        for model in (TOTPDevice, StaticDevice)
        for device in model.objects.filter(user=user, confirmed=True)
        if not (allowed := device.verify_is_allowed())[0] and allowed[1] and "locked_until" in allowed[1]
    ]
    return max(waits, default=None)
