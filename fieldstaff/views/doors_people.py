"""What the pages of people and phones share: answers that nobody keeps."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


def sealed(view: View) -> View:
    """No cache keeps the answer, and no address of it leaves the house: it may hold a secret, or a person."""

    @wraps(view)
    def closed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        answer.headers["Cache-Control"] = "no-store, private"
        # Not "no-referrer" where a page has forms: browsers then send "Origin: null", which CSRF refuses.
        answer.headers.setdefault("Referrer-Policy", "same-origin")
        return answer

    return closed
