"""What cameras' alarms are called, by what is wrong."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

TITLES = {
    "camera_offline": _("Camera offline: %(name)s"),
    "camera_refuses": _("Camera refuses the login: %(name)s"),
    "camera_busy": _("Camera is busy: %(name)s"),
    "camera_address": _("Camera address is wrong: %(name)s"),
    "site_offline": _("Site offline: %(name)s"),
    "capture_trouble": _("Camera capture is disturbed"),
    "picture_frozen": _("Picture stands still: %(name)s"),
    "picture_black": _("Picture is dark: %(name)s"),
    "picture_covered": _("Camera is covered: %(name)s"),
    "picture_blurred": _("Picture is blurred: %(name)s"),
    "picture_moved": _("Camera was moved: %(name)s"),
}
_BY_REASON = {
    "unauthorized": "camera_refuses",
    "forbidden": "camera_refuses",
    "busy": "camera_busy",
    "not_found": "camera_address",
    "no_such_name": "camera_address",
    "bad_request": "camera_address",
    "address_refused": "camera_address",
}


def title_of(reason: str | None) -> str:
    """The code of the title for a camera that gives no picture for this reason."""
    return _BY_REASON.get(reason or "", "camera_offline")
