"""What the database itself demands of a camera; each message tells a person what to do."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cctv.models.choices import (
    HTTP_STREAM_MODES,
    RTSP_MODES,
    CaptureMode,
    Phase,
    PlaceKind,
    Status,
    Transport,
)
from commandcenter.city.sharing import Sharing

USERINFO = r"^[a-z][a-z0-9+.-]*://[^/?#]*@"
_HTTP = r"^https?://"
_RTSP = r"^rtsps?://"


def _check(name: str, condition: Q, message: Any) -> models.CheckConstraint:
    return models.CheckConstraint(condition=condition, name=f"camera_{name}", violation_error_message=message)


def _known(field: str, choices: type[models.TextChoices], message: Any) -> models.CheckConstraint:
    return _check(f"{field}_known", Q(**{f"{field}__in": choices.values}), message)


def _stream(pattern: str) -> Q:
    """The main or the sub stream has that scheme, and neither has another one."""
    main, sub = Q(main_url__iregex=pattern), Q(sub_url__iregex=pattern)
    return (main & sub) | (main & Q(sub_url="")) | (Q(main_url="") & sub)


CAMERA_CONSTRAINTS: list[models.BaseConstraint] = [
    _check(
        "point_on_earth",
        Q(lat__range=(-90, 90)) & Q(lng__range=(-180, 180)),
        _("Latitude is -90 to 90, longitude -180 to 180."),
    ),
    _check(
        "view_in_degrees",
        (Q(direction__isnull=True) | Q(direction__lt=360)) & Q(fov__range=(1, 360)),
        _("Direction is 0 to 359 degrees, field of view 1 to 360."),
    ),
    _known("place_kind", PlaceKind, _("Choose what the camera looks at from the list.")),
    _known("phase", Phase, _("Choose trial or permanent.")),
    _known("sharing", Sharing, _("Choose who the camera is shared with from the list.")),
    _known("capture_mode", CaptureMode, _("Choose a capture mode from the list.")),
    _known("transport", Transport, _("Choose TCP or UDP.")),
    _known("status", Status, _("This status does not exist.")),
    _check(
        "trial_has_end",
        ~Q(phase=Phase.TRIAL) | Q(trial_until__isnull=False),
        _("A trial needs an end date."),
    ),
    _check(
        "url_without_userinfo",
        ~(Q(main_url__iregex=USERINFO) | Q(sub_url__iregex=USERINFO) | Q(still_url__iregex=USERINFO)),
        _("Put user and password in their own fields, not in the address."),
    ),
    _check(
        "still_has_url",
        ~Q(capture_mode=CaptureMode.HTTP_STILL) | Q(still_url__iregex=_HTTP),
        _("HTTP pictures need a picture address that starts with http:// or https://."),
    ),
    _check(
        "http_stream_has_url",
        ~Q(capture_mode__in=HTTP_STREAM_MODES) | _stream(_HTTP),
        _("MJPEG and HLS need a stream address that starts with http:// or https://."),
    ),
    _check(
        "rtsp_has_url",
        ~Q(capture_mode__in=RTSP_MODES) | _stream(_RTSP),
        _("RTSP needs a stream address that starts with rtsp:// or rtsps://."),
    ),
    _check(
        "retention_limited",
        Q(retention_days__range=(1, 365)),
        _("Pictures are kept for 1 to 365 days."),
    ),
    _check(
        "intervals_ordered",
        Q(min_interval__gte=1)
        & Q(wall_interval__gte=models.F("min_interval"))
        & Q(idle_interval__gte=models.F("wall_interval")),
        _("Intervals grow: shortest, on a wall, idle."),
    ),
]
