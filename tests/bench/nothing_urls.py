"""A view that does nothing: what the server and Django cost before anybody has written a line.

Any view's way: the server, the whole stack of middlewares, the address looked up, an empty answer. Only the
check of forms is off, as at the doors of phones.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

PATH = "/bench/nothing/"


@csrf_exempt
def nothing(request: HttpRequest, **_words: str) -> HttpResponse:
    """An empty 200; what was sent is not looked at."""
    return HttpResponse(b"")


urlpatterns = [
    path("bench/nothing/<str:word>/", nothing),
    path("bench/nothing/", nothing),
]
