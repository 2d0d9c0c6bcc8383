"""The address guard at the door of the register: the same check as at connect, with words for the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cctv.capture.address import AddressRefused, Policy, check_url

if TYPE_CHECKING:
    from cctv.models import Camera

FIELDS = ("main_url", "sub_url", "still_url")
# The guard knows no Django; its codes get their translated words here.
WORDS = {
    "empty": _("Enter an address."),
    "too_long": _("The address is too long."),
    "characters": _("The address contains spaces or control characters."),
    "malformed": _("This is not a valid address."),
    "scheme": _("Only rtsp, rtsps, http and https addresses are allowed."),
    "userinfo": _("Put user and password in their own fields, not in the address."),
    "secret_in_path": _("Write {user} and {password} in the address where the camera wants them."),
    "fragment": _("Write # as %23 in the address."),
    "port": _("The port must be a number from 1 to 65535. A password belongs in its own field."),
    "numeric_host": _("Write the IP address as four plain decimal numbers."),
    "no_such_name": _("This host name does not exist."),
    "loopback": _("This address points at the server itself."),
    "link_local": _("Link-local addresses are not allowed."),
    "multicast": _("Multicast addresses are not allowed."),
    "special": _("This kind of address is not allowed."),
    "own_service": _("This address belongs to a service of the command centre."),
    "not_listed": _("This address lies outside the camera networks (CC_CAMERA_NETWORKS)."),
}


def policy() -> Policy:
    """What this installation may dial."""
    return Policy(
        networks=tuple(settings.CAMERA_NETWORKS),
        allow_hosts=frozenset(settings.CAMERA_ALLOW_HOSTS),
        refuse_hosts=frozenset(settings.CAMERA_REFUSE_HOSTS),
    )


def check_camera(camera: Camera) -> None:
    """Checks the addresses that changed; ValidationError names each field at fault.

    Addresses that stay are not asked again (a name may be gone for a minute while somebody corrects a
    phone number); the check at connect still holds for them. Blocks on DNS for at most 2 s a name.
    """
    stored = type(camera).objects.filter(pk=camera.pk).values(*FIELDS).first() if camera.pk else None
    errors: dict[str, list[ValidationError]] = {}
    for field in FIELDS:
        url = getattr(camera, field)
        if not url or (stored and stored[field] == url):
            continue
        try:
            check_url(url, policy())
        except AddressRefused as refused:
            words = WORDS.get(refused.code, refused.message)
            errors[field] = [ValidationError(words, code=refused.code)]
    if errors:
        raise ValidationError(errors)
