"""Pages that one of our own pages may show in a frame; every other page stays out of all frames.

By address and not by view: what is wrong with a page in the frame (404, 403, 409, a form's stale token) has
to show in the frame too. Source: Content Security Policy Level 3, ``frame-ancestors``; RFC 7034 for browsers
that know only that.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from csp.constants import SELF
from django.http import HttpRequest, HttpResponseBase

Respond = Callable[[HttpRequest], HttpResponseBase]
_ALLOWED: list[re.Pattern[str]] = []


def allow(*paths: str) -> None:
    """Whole paths, as regular expressions, whose answers may stand in a frame of this site only."""
    _ALLOWED.extend(re.compile(path) for path in paths)


class OwnFrame:
    """Loosens the house's "in no frame" for the allowed paths to "in our own frames"."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Runs inside the middleware that writes both headers."""
        response = self.get_response(request)
        if any(path.fullmatch(request.path) for path in _ALLOWED):
            response._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]
            response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        return response
