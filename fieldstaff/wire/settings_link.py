"""What enrolls a phone: links and texts that carry the settings an honest standing officer needs.

Traccar Client 10 keeps ``origin + path`` of a scanned link as the server and takes the settings from its
query, so the secret stands in the path: a query or a userinfo of the server's own would be lost. OwnTracks
takes a whole configuration file, base64, in a link. Sources: traccar-client's configuration service,
https://owntracks.org/booklet/features/remoteconfig/ (read, not copied).
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

_SEGMENT = re.compile(r"[A-Za-z0-9_-]{1,200}")
ACCURACIES = ("highest", "high", "medium", "low")
DEEP_LINK = "org.traccar.client://config"
START, STOP = "org.traccar.client://action/start", "org.traccar.client://action/stop"
OWNTRACKS_LINK = "owntracks:///config?inline="
HTTP_MODE, MOVE_MODE = 3, 2


@dataclass(frozen=True, slots=True)
class Settings:
    """How a phone tracks: ``interval`` and ``heartbeat`` s, ``distance`` m (0: by time, on Android).

    Stop detection is off: with it a standing officer is silent. Raises ValueError for what no app takes.
    """

    interval: int = 60
    distance: int = 0
    accuracy: str = "high"
    stop_detection: bool = False
    heartbeat: int = 60
    buffer: bool = True
    wakelock: bool = True

    def __post_init__(self) -> None:
        """Refuse what the app would not do."""
        if self.accuracy not in ACCURACIES:
            raise ValueError(f"accuracy: one of {', '.join(ACCURACIES)}")
        if not 5 <= self.interval <= 3600:
            raise ValueError("interval: 5 to 3600 seconds")
        if not 0 <= self.distance <= 10_000:
            raise ValueError("distance: 0 to 10000 metres")
        if not 60 <= self.heartbeat <= 3600:
            raise ValueError("heartbeat: 60 to 3600 seconds, the app does it no sooner")

    def pairs(self) -> list[tuple[str, str]]:
        """The settings by the app's own keys, in the order of the printed link."""
        return [
            ("interval", str(self.interval)),
            ("distance", str(self.distance)),
            ("accuracy", self.accuracy),
            ("stop_detection", _said(self.stop_detection)),
            ("heartbeat", str(self.heartbeat)),
            ("buffer", _said(self.buffer)),
            ("wakelock", _said(self.wakelock)),
        ]


STANDARD = Settings()


def server_url(origin: str, token: str) -> str:
    """The address to which a phone sends, and which a person types into Traccar Client 7 or 9.

    ``origin`` is scheme and host, such as ``https://pusat.example.go.id``; plain HTTP is taken for this
    machine only, because the token would be read on its way. Raises ValueError, without the token in it.
    """
    parts = urlsplit(origin.rstrip("/"))
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise ValueError("origin: https, or a phone's secret is read on its way")
    if not parts.hostname or parts.username or parts.path or parts.query or parts.fragment:
        raise ValueError("origin: scheme and host only")
    if not _SEGMENT.fullmatch(token):
        raise ValueError("token: letters, digits, _ and - only")
    return f"{parts.scheme}://{parts.netloc}/fieldstaff/t/{token}/"


def traccar_link(origin: str, token: str, device: str, settings: Settings = STANDARD) -> str:
    """For the scanner inside Traccar Client 10, as a QR code."""
    return f"{server_url(origin, token)}?{urlencode([_id(device), *settings.pairs()])}"


def traccar_deep_link(origin: str, token: str, device: str, settings: Settings = STANDARD) -> str:
    """The same to be tapped on the phone itself; the app asks before it takes it."""
    url = ("url", server_url(origin, token))
    return f"{DEEP_LINK}?{urlencode([url, _id(device), *settings.pairs()])}"


def traccar_typed(origin: str, token: str, device: str) -> tuple[str, str]:
    """Server address and device id to be typed: Traccar Client 7, and 9 where its scanner does not do."""
    return server_url(origin, token), _id(device)[1]


def owntracks_configuration(
    *, url: str, user: str, secret: str, device: str, tid: str, interval: int = 60
) -> dict[str, object]:
    """The content of an ``.otrc`` file: mode HTTP, move mode, Basic login, remote commands allowed.

    ``tid`` is one or two characters for the app's map; ``interval`` the seconds between fixes while in move
    mode. Raises ValueError.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise ValueError("url: an address without a login in it")
    for name, part in (("user", user), ("secret", secret), ("device", device)):
        if not _SEGMENT.fullmatch(part):
            raise ValueError(f"{name}: letters, digits, _ and - only")
    if not re.fullmatch(r"[A-Za-z0-9]{1,2}", tid):
        raise ValueError("tid: one or two letters or digits")
    return {
        "_type": "configuration",
        "mode": HTTP_MODE,
        "url": url,
        "auth": True,
        "username": user,
        "password": secret,
        "deviceId": device,
        "tid": tid,
        "monitoring": MOVE_MODE,
        "moveModeLocatorInterval": interval,
        "locatorInterval": interval,
        "ping": 15,
        "cmd": True,
        "remoteConfiguration": True,
        "extendedData": False,
    }


def owntracks_link(configuration: dict[str, object]) -> str:
    """The configuration as a link or QR code: ``owntracks:///config?inline=`` and base64.

    The base64 is the standard one, as Android asks, yet without ``+``, ``/`` and ``=``, which a query would
    have to escape and not every scanner unescapes: the text is ASCII without ``>``, ``?`` and ``~``, the only
    characters that lead there, and spaces fill it up to a multiple of three.
    """
    told = json.dumps(configuration, separators=(",", ":"))
    told = (
        told.replace(">", "\\u003e")
        .replace("?", "\\u003f")
        .replace("~", "\\u007e")
        .replace("\x7f", "\\u007f")
    )
    told += " " * (-len(told) % 3)
    return OWNTRACKS_LINK + base64.b64encode(told.encode("ascii")).decode("ascii")


def _id(device: str) -> tuple[str, str]:
    if not _SEGMENT.fullmatch(device):
        raise ValueError("device: letters, digits, _ and - only")
    return "id", device


def _said(value: bool) -> str:
    return "true" if value else "false"
