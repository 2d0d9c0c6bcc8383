"""A stored login stays with the device it was given for.

Nobody can read a camera's password. Who may edit its address could still send it to a box of his own, so a
new place asks for the login again.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cctv.models import Camera

URLS = ("main_url", "sub_url", "still_url")
_DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
_ENCRYPTED = {"rtsps", "https"}


def _place(url: str) -> tuple[str, int | None, bool] | None:
    """(host, port where it is not the scheme's own, encrypted); None for no address or nonsense."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname:
        return None
    own = _DEFAULT_PORTS.get(parts.scheme) == port
    return parts.hostname.lower(), None if own else port, parts.scheme in _ENCRYPTED


def check_login_stays(before: Camera | None, urls: Mapping[str, str], password: str | None) -> None:
    """ValidationError at the address that would take the stored login elsewhere, or off its encryption.

    ``password`` None means that the stored one stays; a new one, or "" to remove it, may go anywhere.
    """
    if before is None or password is not None or not (before.username or before.password):
        return
    known = {place for name in URLS if (place := _place(getattr(before, name)))}
    known |= {(host, port, True) for host, port, _encrypted in known}
    for name in URLS:
        place = _place(urls.get(name) or "")
        if place is not None and place not in known:
            message = _("The stored login belongs to another address: enter user and password again.")
            raise ValidationError({name: message})
