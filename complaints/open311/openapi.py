"""The server described as OpenAPI 3.1, for programs that make clients and for those that try to break it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from complaints.open311 import doors, read, shapes, wire
from complaints.open311.shapes import Schema

FRESH_S = 3600
PATH = "/open311/v2/openapi.json"
KEYED: list[dict[str, list[str]]] = [{"apiKey": []}]
ABOUT = (
    "Open311 GeoReport v2 with the notes, extensions and servicerequestupdates of its users. Every endpoint "
    "speaks JSON and XML; errors come in the asked format and name the field. A limit a minute and key is "
    "told as the standard knows errors: status 400, inner code 429, Retry-After in seconds; a report that is "
    "being changed likewise with 409. The test endpoint is the same, and its reports reach nobody."
)
WRONG = {
    400: "Something asked or sent is wrong; the description begins with its name.",
    403: "The key is missing, unknown or may not do this.",
    404: "There is nothing like that here.",
    500: "Our own fault, noted.",
}


@require_safe
@cache_control(public=True, max_age=FRESH_S)
def openapi(request: HttpRequest) -> JsonResponse:
    """The description, the same for everybody."""
    return JsonResponse(document())


def document() -> dict[str, Any]:
    """The whole description; servers by path, so that it is right behind every name of the city."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Open311 GeoReport v2", "version": "2.0", "description": ABOUT},
        "servers": [
            {"url": "/open311/v2", "description": "production"},
            {"url": "/open311/test/v2", "description": "test"},
        ],
        "paths": _paths(),
        "components": {
            "schemas": {
                **shapes.answers(),
                "NewRequest": shapes.new_request(),
                "NewUpdate": shapes.new_update(),
            },
            "parameters": {"form": _form(), "jurisdiction": _jurisdiction()},
            "securitySchemes": {
                "apiKey": {
                    "type": "apiKey", "in": "query", "name": "api_key",
                    "description": "A field of the form does as well, and stays out of logs.",
                }
            },
        },
    }  # fmt: skip


def _paths() -> dict[str, Any]:
    requests, changes = "service_requests", "service_request_updates"
    return {
        "/discovery.{form}": {
            "servers": [{"url": "/open311/v2"}],
            "get": _asked("discovery", "What is where", shapes.ref("Discovery")),
        },
        "/services.{form}": {"get": _asked("services", "The services", _rows("services", "Service"))},
        "/services/{code}.{form}": {
            "get": _asked("definition", "What a service asks", shapes.ref("ServiceDefinition"), _id("code"))
        },
        "/requests.{form}": {
            "get": _asked(
                "requests", "Reports that everybody may read", _rows(requests, "Request"), *_query()
            ),
            "post": _sent("file", "A new report, its number at once", _rows(requests, "Filed"), "NewRequest"),
        },
        "/requests/{number}.{form}": {
            "get": _asked("request", "One report", _rows(requests, "Request"), _id("number"), _more())
        },
        "/tokens/{token}.{form}": {
            "get": _asked("token", "The number behind a token", _rows(requests, "Numbered"), _id("token"))
        },
        "/servicerequestupdates.{form}": {
            "get": _asked("updates", "What happened in a window", _rows(changes, "Update"), *_window()),
            "post": _sent("update", "News of a report", _rows(changes, "Updated"), "NewUpdate"),
        },
    }


def _rows(name: str, item: str) -> Schema:
    return shapes.listed(name, shapes.ref(item))


def _asked(name: str, summary: str, schema: Schema, *parameters: Schema) -> dict[str, Any]:
    """A GET."""
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [*_everywhere(), *parameters],
        "responses": _responses(schema, 400, 404, 500),
    }


def _sent(name: str, summary: str, schema: Schema, body: str) -> dict[str, Any]:
    """A POST of a form, with pictures as files of any name where it is multipart."""
    return {
        "operationId": name,
        "summary": summary,
        "parameters": _everywhere(),
        "security": KEYED,
        "requestBody": {
            "required": True,
            "content": {
                kind: {
                    "schema": shapes.ref(body),
                    "encoding": {"media_url": {"style": "form", "explode": True}},
                }
                for kind in ("application/x-www-form-urlencoded", "multipart/form-data")
            },
        },
        "responses": _responses(schema, 400, 403, 404, 500),
    }


def _responses(schema: Schema, *wrong: int) -> dict[str, Any]:
    errors = _rows("errors", "Error")
    told = {str(status): {"description": WRONG[status], "content": _content(errors)} for status in wrong}
    told["400"]["headers"] = {
        "Retry-After": {"description": "Seconds; with 409 and 429 only.", "schema": {"type": "integer"}}
    }
    return {"200": {"description": "As asked.", "content": _content(schema)}, **told}


def _content(schema: Schema) -> dict[str, Any]:
    return {kind.partition(";")[0]: {"schema": schema} for kind in wire.TYPES.values()}


def _everywhere() -> list[Schema]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in ("form", "jurisdiction")]


def _form() -> Schema:
    return {"name": "form", "in": "path", "required": True, "schema": {"enum": list(wire.TYPES)}}


def _jurisdiction() -> Schema:
    words = "One city answers here: leave it out or give its own Kemendagri code; any other is 404."
    return _in_query("jurisdiction_id", {"type": "string", "pattern": shapes.NO_NUL}, words)


def _id(name: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _in_query(name: str, schema: Schema, description: str = "") -> Schema:
    told = {"description": description} if description else {}
    return {"name": name, "in": "query", "schema": schema, **told}


def _commas(name: str, item: Schema, description: str = "") -> Schema:
    schema = {"type": "array", "items": item, "maxItems": read.FIRST}
    return {**_in_query(name, schema, description), "style": "form", "explode": False}


def _window() -> list[Schema]:
    words = f"Ninety days, if nothing is said; at most {read.SPAN.days} days apart."
    schema = {"anyOf": [shapes.moment(words), {"const": "", "description": "As if left out."}]}
    return [_in_query(name, schema) for name in ("start_date", "end_date")]


def _more() -> Schema:
    words = "true adds answers, channel, photos and the public story; anything else adds nothing."
    return _in_query("extensions", {"type": "string", "pattern": shapes.NO_NUL}, words)


def _query() -> list[Schema]:
    most = 10**read.DIGITS - 1
    number = {"type": "string", "pattern": shapes.NO_NUL}
    return [
        _commas("service_request_id", number, "Overrules all but paging and extensions."),
        _commas("service_code", {"type": "string", "pattern": f"^{doors.CODE.pattern}$"}),
        _commas("status", {"enum": list(read.STATES)}),
        *_window(),
        _in_query("page", {"type": "integer", "minimum": 1, "maximum": most}),
        _in_query("page_size", {"type": "integer", "minimum": 1, "maximum": read.MOST, "default": read.PAGE}),
        _more(),
    ]
