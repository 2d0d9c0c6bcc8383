"""Where providers call: a GET asks who we are, a POST brings events and is answered at once."""

from __future__ import annotations

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from complaints.channels import contract
from complaints.models import Channel
from complaints.services import receiving

log = logging.getLogger(__name__)


# The signature on the raw bytes is the proof here; there is no session that a forged request could ride on.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, slug: str) -> HttpResponse:
    """401 without a signature, 403 with a wrong one, 200 as soon as the bytes are safe."""
    channel = Channel.objects.in_use().filter(slug=slug).first()
    adapter = receiving.adapter_for(channel) if channel else None
    if channel is None or adapter is None:
        raise Http404
    if request.method == "GET":
        params = {name: request.GET[name] for name in request.GET}
        status, body = adapter.challenge(params, receiving.secrets_of(channel))
        kind = "application/json" if body.startswith("{") else "text/plain; charset=utf-8"
        return HttpResponse(body, status=status, content_type=kind)
    try:
        receiving.take(channel, dict(request.headers), request.body)
    except contract.Unverified as problem:
        log.info("a post to channel %s was refused: %s", channel.pk, problem.code)
        return HttpResponse(status=problem.status)
    return HttpResponse("ok", content_type="text/plain")
