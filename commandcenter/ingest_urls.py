"""What the phones' own process serves: their doors, and whether it is alive."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from commandcenter import health


def _plainly(status: int) -> HttpResponse:
    answer = HttpResponse(status=status, content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def bad(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 without a page."""
    return _plainly(400)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 without a page."""
    return _plainly(404)


def failed(request: HttpRequest) -> HttpResponse:
    """500 without a page: the apps come again."""
    return _plainly(500)


handler400, handler403, handler404, handler500 = bad, missing, missing, failed
urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    *(path("", include(module)) for module in settings.INGEST_URL_MODULES if find_spec(module)),
]
