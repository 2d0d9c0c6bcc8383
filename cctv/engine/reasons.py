"""Every reason a camera may be in trouble, in the words of the screen."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, str | Promise] = {
    "unauthorized": _("wrong user or password"),
    "forbidden": _("the camera refuses this user"),
    "not_found": _("address not found on the camera"),
    "moved": _("the camera sends us elsewhere"),
    "bad_request": _("the camera does not understand us"),
    "no_such_name": _("host name not found"),
    "unreachable": _("no route to the camera"),
    "connect_timeout": _("no connection in time"),
    "timeout": _("no picture in time"),
    "closed": _("the camera closed the connection"),
    "refused": _("connection refused"),
    "device_error": _("the camera reports an error"),
    "busy": _("the camera is busy"),
    "not_a_jpeg": _("the answer is not a picture"),
    "too_large": _("the picture is too large"),
    "bad_stream": _("the stream cannot be read"),
    "address_refused": _("the address is not allowed"),
    "ours": _("a fault of the command centre"),
    "silent": _("no picture comes"),
    "site_down": _("the whole site is gone"),
    "switched_off": _("switched off"),
    "budget": _("data package used up"),
    "schedule": _("outside its hours"),
    "late_tick": _("the command centre was held up"),
    "no_outcomes": _("the capture workers do not answer"),
    "own_faults": _("faults of the command centre itself"),
    "many_cameras": _("many cameras of many sites are gone at once"),
}
