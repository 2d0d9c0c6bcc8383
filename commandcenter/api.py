"""The HTTP API: every app's router by its dotted name, errors as RFC 9457 problem details."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

PROBLEM = "application/problem+json"
# What every operation may answer beside its own, for the published description.
WRONG = {
    HTTPStatus.BAD_REQUEST: "The request cannot be read.",
    HTTPStatus.UNAUTHORIZED: "No valid token.",
    HTTPStatus.NOT_FOUND: "There is nothing like that, or it is not the caller's to see.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The request does not fit; each of `errors` says where.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many in a minute.",
}
PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457 problem details.",
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"where": {"type": "array"}, "detail": {"type": "string"}},
                "required": ["where", "detail"],
            },
        },
    },
    "required": ["type", "title", "status"],
}


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


class Api(NinjaAPI):
    """One whose published description names the errors too, and whose every error is a problem document."""

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        found = super()._get_urls()
        for item in found:
            if isinstance(item, URLPattern):
                item.callback = _no_pages(item.callback)
        return found

    def get_openapi_schema(self, **words: Any) -> OpenAPISchema:
        """The description at ``openapi.json``."""
        schema = super().get_openapi_schema(**words)
        schema["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"] = {**_errors(), **operation["responses"]}
        return schema


def _no_pages(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose 405 is a problem document, with the methods that it allows."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **words: Any) -> HttpResponse:
        answer = view(request, *args, **words)
        if answer.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return answer
        refusal = problem(405)
        refusal["Allow"] = answer["Allow"]
        return refusal

    return told


@csrf_exempt
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Any address that is none."""
    return problem(404)


def _errors() -> dict[int, dict[str, Any]]:
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    found: dict[int, dict[str, Any]] = {
        int(status): {"description": words, "content": content} for status, words in WRONG.items()
    }
    found[401]["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    found[429]["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return found


def build() -> NinjaAPI:
    """The API with all routers of ``settings.API_ROUTERS``; its schema is at ``openapi.json``."""
    api = Api(title="Command centre", version="1", docs_url=None, urls_namespace="api")
    api.add_exception_handler(Http404, _not_found)
    api.add_exception_handler(AuthenticationError, _no_token)
    api.add_exception_handler(HttpError, _refused)
    api.add_exception_handler(ValidationError, _wrong)
    for prefix, router in settings.API_ROUTERS.items():
        api.add_router(prefix, import_string(router))
    return api


api = build()
