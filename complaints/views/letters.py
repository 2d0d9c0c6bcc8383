"""The end of letters about a report, by the link that each of them carries."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from complaints.services import quiet


@csrf_exempt  # a mail program posts here by itself (RFC 8058); the signed token is what proves it
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def end(request: HttpRequest, token: str) -> HttpResponse:
    """Asks first, because scanners of mail open every link; a POST ends it. Never a word of the report."""
    found = quiet.read(token)
    if found is None:
        raise Http404
    report, reporter = found
    if request.method == "POST":
        quiet.stop(report, reporter)
    context = {"number": report.number, "ended": quiet.stopped(report, reporter)}
    answer = render(request, "complaints/public/letters.html", context)
    answer["Referrer-Policy"] = "no-referrer"
    return answer
