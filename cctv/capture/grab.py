"""The one door to a picture: checks the address, picks the source, ends in time, fails in known words."""

from cctv.capture.address import Policy, Target, check_url
from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.sources.base import CameraSpec, Deadline, GrabResult, Mode, failure_of
from cctv.capture.sources.held import stop_all
from cctv.capture.sources.hls import grab_hls
from cctv.capture.sources.http import close_all
from cctv.capture.sources.mjpeg import grab_mjpeg
from cctv.capture.sources.ondemand import grab_on_demand
from cctv.capture.sources.still import grab_still

__all__ = [
    "CameraSpec",
    "Deadline",
    "FailureKind",
    "GrabError",
    "GrabResult",
    "Mode",
    "Policy",
    "grab",
    "shutdown_all",
]

_SCHEMES = {
    Mode.HTTP_STILL: ("http", "https"),
    Mode.MJPEG: ("http", "https"),
    Mode.HLS: ("http", "https"),
    Mode.RTSP_ON_DEMAND: ("rtsp", "rtsps"),
    Mode.RTSP_HELD: ("rtsp", "rtsps"),
}


def grab(spec: CameraSpec, policy: Policy, deadline: Deadline | None = None) -> GrabResult:
    """One picture of one camera. Raises GrabError and nothing else (but KeyboardInterrupt and SystemExit).

    Blocks until the deadline (default: the spec's total timeout), plus 0.3 s to take leave of an RTSP camera
    and at most DNS_TIMEOUT for a name. A held camera asked here gets an on-demand picture.
    Safe to call from many threads.
    """
    clock = deadline or Deadline(spec.total_timeout)
    try:
        target = check_url(spec.url, policy)
        if target.scheme not in _SCHEMES[spec.mode]:
            raise GrabError(FailureKind.ADDRESS_REFUSED, "the address does not fit the capture mode")
        return _grab(spec, target, clock, policy)
    except Exception as error:
        raise failure_of(error) from None


def _grab(spec: CameraSpec, target: Target, clock: Deadline, policy: Policy) -> GrabResult:
    if spec.mode is Mode.HTTP_STILL:
        return grab_still(spec, target, clock)
    if spec.mode is Mode.MJPEG:
        return grab_mjpeg(spec, target, clock)
    if spec.mode is Mode.HLS:
        return grab_hls(spec, target, clock, policy)
    return grab_on_demand(spec, target, clock)


def shutdown_all(timeout: float = 1.0) -> bool:
    """Before the process ends: stop held streams (with TEARDOWN) and close kept connections.

    False if a thread is still busy after `timeout` seconds; then leave with `os._exit`.
    """
    done = stop_all(timeout)
    close_all()
    return done
