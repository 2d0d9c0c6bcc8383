"""Address templates of common camera brands: host and channel in, the three addresses out (no Django).

The paths are those the makers publish for integrators; firmware differs, so *test connection* has the last
word. ``{user}`` and ``{password}`` stay in the address: the source puts the camera's own fields there.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Brand:
    """One template. ``{channel}`` counts from 1, ``{index}`` from 0, ``{two}`` is 01, 02, …"""

    key: str
    label: str
    main: str
    sub: str = ""
    still: str = ""
    note: str = ""


BRANDS = (
    Brand(
        "hikvision", "Hikvision", "/Streaming/Channels/{channel}01", "/Streaming/Channels/{channel}02",
        "/ISAPI/Streaming/channels/{channel}02/picture",
    ),
    Brand(
        "dahua", "Dahua", "/cam/realmonitor?channel={channel}&subtype=0",
        "/cam/realmonitor?channel={channel}&subtype=1", "/cgi-bin/snapshot.cgi?channel={channel}",
    ),
    Brand(
        "uniview", "Uniview", "/unicast/c{channel}/s0/live", "/unicast/c{channel}/s1/live",
        "/LAPI/V1.0/Channels/{index}/Media/Video/Streams/1/Snapshot",
    ),
    Brand(
        "axis", "Axis", "/axis-media/media.amp?videocodec=h264&camera={channel}",
        "/axis-media/media.amp?videocodec=h264&resolution=640x360&camera={channel}",
        "/axis-cgi/jpg/image.cgi?resolution=640x360&camera={channel}",
    ),
    Brand("vigi", "TP-Link VIGI", "/stream1", "/stream2"),
    Brand("tapo", "TP-Link Tapo", "/stream1", "/stream2", note="Set a camera account in the Tapo app first."),
    Brand(
        "ezviz", "EZVIZ", "/h264/ch{channel}/main/av_stream", "/h264/ch{channel}/sub/av_stream",
        note="Switch local RTSP on in the EZVIZ app.",
    ),
    Brand(
        "reolink", "Reolink", "/h264Preview_{two}_main", "/h264Preview_{two}_sub",
        "/cgi-bin/api.cgi?cmd=Snap&channel={index}&user={user}&password={password}",
    ),
    Brand(
        "hanwha", "Hanwha Vision", "/profile2/media.smp", "/profile3/media.smp",
        "/stw-cgi/video.cgi?msubmenu=snapshot&action=view&Profile=2&Channel={index}",
    ),
    Brand("bosch", "Bosch", "/rtsp_tunnel?inst=1", "/rtsp_tunnel?inst=2", "/snap.jpg"),
    Brand("vivotek", "Vivotek", "/live.sdp", "/live2.sdp", "/cgi-bin/viewer/video.jpg?channel={index}"),
    Brand(
        "xiongmai", "Xiongmai (XMEye)", "/user={user}&password={password}&channel={channel}&stream=0.sdp",
        "/user={user}&password={password}&channel={channel}&stream=1.sdp",
    ),
    Brand(
        "onvif", "ONVIF (generic)", "/onvif1", "/onvif2",
        note="A common guess only: ask the camera's own page for its RTSP path.",
    ),
)  # fmt: skip
BY_KEY = {brand.key: brand for brand in BRANDS}


def fill(
    key: str, host: str, *, channel: int = 1, rtsp_port: int = 554, http_port: int = 80
) -> dict[str, str]:
    """``{"main_url", "sub_url", "still_url"}`` of a brand's camera; "" where the brand has no such address.

    Raises KeyError for an unknown brand and ValueError for a host that holds more than a host.
    """
    brand = BY_KEY[key]
    netloc = _netloc(host)
    rtsp, http = f"rtsp://{netloc}:{rtsp_port}", f"http://{netloc}:{http_port}"
    marks = {"{channel}": str(channel), "{index}": str(channel - 1), "{two}": f"{channel:02d}"}

    def path(template: str) -> str:
        for mark, value in marks.items():
            template = template.replace(mark, value)
        return template

    return {
        "main_url": rtsp + path(brand.main),
        "sub_url": rtsp + path(brand.sub) if brand.sub else "",
        "still_url": http + path(brand.still) if brand.still else "",
    }


def _netloc(host: str) -> str:
    host = host.strip()
    if ":" in host.strip("[]"):
        return f"[{ipaddress.IPv6Address(host.strip('[]'))}]"
    if not host or any(c in host for c in "/@?#\\ ") or not host.isascii():
        raise ValueError("host")
    return host
