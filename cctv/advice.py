"""What to tell a person about a camera's settings after a connection test."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cctv.models import Camera
from cctv.models.choices import CaptureMode, LinkKind
from commandcenter.city.formats import number
from commandcenter.city.sharing import PARTNERS

LONG_GOP_S = 4.0
# Above this an on-demand RTSP keyframe is lighter than a full-size still on a counted link.
HEAVY_STILL_BYTES = 87_000


def advice(camera: Camera, probe: dict[str, Any]) -> list[str]:
    """Warnings, the gravest first; empty when there is nothing to say."""
    return [text for holds, text in _rules(camera, probe) if holds]


def _rules(camera: Camera, probe: dict[str, Any]) -> list[tuple[bool, str]]:
    metered = camera.site.link == LinkKind.METERED
    codec = str(probe.get("codec") or camera.codec_hint)
    return [
        (
            not camera.notice_posted and camera.sharing in PARTNERS,
            _("No notice is posted: the camera stays internal until there is one (Law 27/2022 art. 17)."),
        ),
        (
            not camera.notice_posted and camera.sharing not in PARTNERS,
            _("No notice is posted (Law 27/2022 art. 17)."),
        ),
        (
            codec in {"h265", "hevc"},
            _("H.265: browsers show no live video of it. Set the sub stream to H.264."),
        ),
        *_keyframes(probe),
        (
            camera.is_rtsp and not camera.sub_url,
            _("No sub stream: walls take the large main stream."),
        ),
        (
            camera.mode == CaptureMode.RTSP_HELD and metered,
            _("A stream held open on a metered link uses about 160 GB a month."),
        ),
        (
            metered
            and camera.mode == CaptureMode.HTTP_STILL
            and (probe.get("bytes") or 0) > HEAVY_STILL_BYTES,
            _("The picture is large for a metered link: ask the camera for a smaller one."),
        ),
    ]


def _keyframes(probe: dict[str, Any]) -> list[tuple[bool, str]]:
    # One long gap is late enough, whatever the usual one is, and one that had not ended is no shorter.
    gap = float(probe.get("longest_gap_s") or probe.get("gop_s") or 0)
    return [
        (
            gap > LONG_GOP_S,
            _("A keyframe may take %(seconds)s s or more to come: set the keyframe interval to 2 s.")
            % {"seconds": number(gap, (get_language() or "id")[:2], decimals=1)},
        ),
        (
            bool(probe.get("smart")),
            _("Keyframes come at uneven times: switch the camera's smart codec (H.264+, H.265+) off."),
        ),
    ]
