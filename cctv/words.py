"""The words of reasons and faults, for every screen."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Any] = {
    "unauthorized": _("The camera refuses user or password."),
    "forbidden": _("The camera knows the user but forbids the picture."),
    "not_found": _("The camera has nothing at this address."),
    "moved": _("The camera sends us elsewhere; enter the final address."),
    "bad_request": _("The camera does not understand the request."),
    "no_such_name": _("The host name does not exist."),
    "unreachable": _("There is no route to the camera."),
    "connect_timeout": _("The camera does not answer the connection."),
    "timeout": _("The camera answers too slowly."),
    "closed": _("The camera closes the connection."),
    "refused": _("The port is closed."),
    "device_error": _("The camera reports an error of its own."),
    "busy": _("The camera serves too many viewers."),
    "not_a_jpeg": _("What came is no picture."),
    "too_large": _("The picture is too large."),
    "bad_stream": _("The stream cannot be decoded."),
    "address_refused": _("The address lies outside what may be dialled."),
    "ours": _("The trouble is on our side."),
    "silent": _("No picture came for too long."),
    "site_down": _("Most cameras of this site are gone."),
}
FAULTS: dict[str, Any] = {
    "frozen": _("frozen"),
    "black": _("black"),
    "covered": _("covered"),
    "blurred": _("blurred"),
    "moved": _("moved"),
}


def reason_words(reason: str) -> str:
    """A stored reason as a sentence; an unknown one stays as it is."""
    return str(REASONS.get(reason, reason))


def fault_words(faults: list[str]) -> str:
    """Picture faults as one enumeration."""
    return ", ".join(str(FAULTS.get(fault, fault)) for fault in faults)
