"""The HTTP API: every app's router by its dotted name, errors as RFC 9457 problem details."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.module_loading import import_string
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

PROBLEM = "application/problem+json"


def problem(status: int, detail: str = "", **more: Any) -> JsonResponse:
    """One error answer: status, its standard title, what went wrong."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, **more}
    if detail:
        body["detail"] = detail
    answer = JsonResponse(body, status=status, content_type=PROBLEM)
    answer["Cache-Control"] = "no-store"
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def _not_found(request: HttpRequest, error: Http404 | type[Http404]) -> HttpResponse:
    return problem(404)


def _no_token(request: HttpRequest, error: AuthenticationError | type[AuthenticationError]) -> HttpResponse:
    return problem(401, "Send a valid token: Authorization: Bearer cc_…")


def _refused(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    status = getattr(error, "status_code", 400)
    answer = problem(status, str(error))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        answer["Retry-After"] = "60"
    return answer


def _wrong(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    errors = [
        {"where": list(e.get("loc", ())), "detail": e.get("msg", "")} for e in getattr(error, "errors", [])
    ]
    return problem(422, "The request does not fit the schema.", errors=errors)


def build() -> NinjaAPI:
    """The API with all routers of ``settings.API_ROUTERS``; its schema is at ``openapi.json``."""
    api = NinjaAPI(title="Command centre", version="1", docs_url=None, urls_namespace="api")
    api.add_exception_handler(Http404, _not_found)
    api.add_exception_handler(AuthenticationError, _no_token)
    api.add_exception_handler(HttpError, _refused)
    api.add_exception_handler(ValidationError, _wrong)
    for prefix, router in settings.API_ROUTERS.items():
        api.add_router(prefix, import_string(router))
    return api


api = build()
