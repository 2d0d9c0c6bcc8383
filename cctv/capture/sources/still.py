"""One picture over HTTP: the cheapest way, about a fifth of a millisecond of CPU plus the check."""

from cctv.capture.address import Target
from cctv.capture.sources.base import MAX_PICTURE, CameraSpec, Deadline, GrabResult, utc_now
from cctv.capture.sources.http import fetch
from cctv.capture.sources.jpeg import check_jpeg


def grab_still(spec: CameraSpec, target: Target, deadline: Deadline) -> GrabResult:
    """GET the camera's JPEG, check and strip it. Raises GrabError."""
    body, bytes_in = fetch(spec, target, deadline, limit=MAX_PICTURE)
    captured_at = utc_now()
    picture = check_jpeg(body)
    return GrabResult(
        jpeg=picture.jpeg,
        width=picture.width,
        height=picture.height,
        captured_at=captured_at,
        latency_ms=deadline.elapsed_ms(),
        bytes_in=bytes_in,
        codec="jpeg",
        gray_small=picture.gray_small,
    )
