"""Schemas of what the GeoReport server takes and answers, from the very constants it reads by."""

from __future__ import annotations

from typing import Any

from complaints.models import Question
from complaints.open311 import create, doors, read, updates, wire
from complaints.services.partner_updates import MOVES

Schema = dict[str, Any]
# What no text may hold: PostgreSQL stores no NUL.
NO_NUL = "^[^\\u0000]*$"
WORDS = r"[^\s\u0000-\u001f]"
HOST = "[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?"
ADDRESS_OF_A_PICTURE = rf"^(https?://{HOST}(:[1-9][0-9]{{0,3}})?(/[!-~]*)?)?$"


def text(limit: int, description: str = "", **more: Any) -> Schema:
    """A text of at most ``limit`` characters."""
    told = {"description": description} if description else {}
    return {"type": "string", "maxLength": limit, "pattern": NO_NUL, **told, **more}


def moment(description: str) -> Schema:
    """A moment with its zone."""
    first, last = read.YEARS
    return {
        "type": "string",
        "format": "date-time",
        "description": f"{description} Years {first} to {last}, with a zone.",
    }


def yes(description: str) -> Schema:
    """TRUE or FALSE in capitals or not."""
    return {"type": "string", "enum": ["TRUE", "FALSE", "true", "false"], "description": description}


def ref(name: str) -> Schema:
    """One of the document's schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def listed(name: str, item: Schema) -> Schema:
    """A list: a bare array in JSON, ``<name><child>…`` in XML."""
    return {
        "type": "array",
        "items": {**item, "xml": {"name": wire.CHILDREN[name]}} if "$ref" not in item else item,
        "xml": {"name": name, "wrapped": True},
    }


def _object(properties: Schema, *, name: str = "", optional: tuple[str, ...] = (), **more: Any) -> Schema:
    named = {"xml": {"name": name}} if name else {}
    required = [key for key in properties if key not in optional]
    return {"type": "object", "properties": properties, "required": required, **named, **more}


TEXT: Schema = {"type": "string"}
MAYBE: Schema = {"type": ["string", "null"]}
MAYBE_MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}
DEGREES: Schema = {
    "type": ["number", "null"],
    "description": "WGS84; some 100 m are left open for the nameless.",
}


def answers() -> dict[str, Schema]:
    """What comes back."""
    return {
        "Error": _object(
            {
                "code": {"type": "integer", "description": "The status, or more exactly 409 or 429."},
                "description": {
                    "type": "string", "pattern": "^[^:]+: ",
                    "description": "The field, a colon, what is wrong.",
                },
            },
            name="error",
        ),
        "Endpoint": _object(
            {
                "specification": TEXT, "url": {"type": "string", "format": "uri"}, "changeset": TEXT,
                "type": {"enum": ["production", "test"]}, "formats": listed("formats", TEXT),
            },
            name="endpoint",
        ),
        "Discovery": _object(
            {
                "changeset": {"type": "string", "description": "Moves when a service reads differently."},
                "contact": TEXT, "key_service": TEXT, "endpoints": listed("endpoints", ref("Endpoint")),
            },
            name="discovery",
        ),
        **_services(),
        **_requests(),
    }  # fmt: skip


def _services() -> dict[str, Schema]:
    value = _object({"key": TEXT, "name": TEXT}, name="value")
    return {
        "Service": _object(
            {
                "service_code": TEXT, "service_name": TEXT, "description": TEXT,
                "metadata": {"type": "boolean", "description": "Whether there are questions."},
                "type": {"enum": ["realtime"]}, "keywords": {**TEXT, "description": "With commas."},
                "group": TEXT,
            },
            name="service",
        ),
        "Attribute": _object(
            {
                "variable": {"type": "boolean"}, "code": TEXT, "datatype": {"enum": Question.DataType.values},
                "required": {"type": "boolean"}, "datatype_description": TEXT,
                "order": {"type": "integer", "minimum": 1}, "description": TEXT,
                "values": listed("values", value),
            },
            name="attribute",
        ),
        "ServiceDefinition": _object(
            {"service_code": TEXT, "attributes": listed("attributes", ref("Attribute"))},
            name="service_definition",
        ),
    }  # fmt: skip


def _requests() -> dict[str, Schema]:
    photo = _object(
        {
            "media_url": TEXT, "title": TEXT, "width": {"type": ["integer", "null"]},
            "height": {"type": ["integer", "null"]}, "created_at": MAYBE_MOMENT,
        },
        name="photo",
    )  # fmt: skip
    note = _object({"datetime": TEXT, "description": TEXT, "type": TEXT}, name="note")
    answer = _object({"label": TEXT, "name": TEXT, "value": {}, "code": TEXT}, name="attribute")
    request = {
        "service_request_id": TEXT, "status": {"enum": list(read.STATES)}, "status_notes": TEXT,
        "service_name": MAYBE, "service_code": MAYBE, "description": TEXT, "agency_responsible": MAYBE,
        "service_notice": MAYBE, "requested_datetime": MAYBE_MOMENT, "updated_datetime": MAYBE_MOMENT,
        "expected_datetime": MAYBE_MOMENT, "address": MAYBE, "address_id": MAYBE, "zipcode": MAYBE,
        "lat": DEGREES, "long": DEGREES, "media_url": MAYBE,
    }  # fmt: skip
    extended = {
        "attributes": listed("attributes", answer),
        "extended_attributes": _object({"channel": TEXT, "photos": listed("photos", photo)}),
        "notes": listed("notes", note),
    }
    return {
        "Request": _object({**request, **extended}, name="request", optional=tuple(extended)),
        "Filed": _object(
            {"service_request_id": TEXT, "service_notice": TEXT, "account_id": MAYBE}, name="request"
        ),
        "Numbered": _object({"service_request_id": TEXT, "token": TEXT}, name="request"),
        "Update": _object(
            {
                "update_id": TEXT, "service_request_id": TEXT,
                "status": {"enum": sorted(set(updates.WORDS.values()))}, "description": TEXT,
                "media_url": MAYBE, "updated_datetime": MAYBE_MOMENT,
            },
            name="request_update",
        ),
        "Updated": _object({"update_id": TEXT, "account_id": MAYBE}, name="request_update"),
    }  # fmt: skip


def contact() -> dict[str, Schema]:
    """Who wrote: never shown, encrypted, optional."""
    fields = {name: text(limit) for name, limit in create.CONTACT}
    fields["email"] = {"anyOf": [{**fields["email"], "format": "email"}, {"const": ""}]}
    return fields


def media() -> Schema:
    """Addresses of pictures, the parameter repeated; a worker fetches them from public servers."""
    address = {"type": "string", "maxLength": read.URL, "pattern": ADDRESS_OF_A_PICTURE}
    return {"type": "array", "items": address, "maxItems": read.MOST_MEDIA}


def new_request() -> Schema:
    """What ``POST requests`` takes."""
    degrees = {"lat": 90, "long": 180}
    where = {
        name: {"type": "number", "minimum": -limit, "maximum": limit, "description": "WGS84, both or none."}
        for name, limit in degrees.items()
    }
    service = {"type": "string", "pattern": f"^{doors.CODE.pattern}$", "description": "One of services."}
    properties = {
        "service_code": service, **where, "address_string": text(read.ADDRESS),
        "address_id": text(read.ADDRESS), "description": text(read.TEXT), **contact(),
        "account_id": text(read.ACCOUNT), "media_url": media(),
    }  # fmt: skip
    return {
        "type": "object",
        "properties": properties,
        "required": ["service_code"],
        "dependentRequired": {"lat": ["long"], "long": ["lat"]},
        "anyOf": [
            {"required": ["lat", "long"]},
            *(
                {"required": [name], "properties": {name: {"pattern": WORDS}}}
                for name in ("address_string", "address_id")
            ),
        ],
        "patternProperties": {
            read.ATTRIBUTE: {
                "type": ["string", "array"],
                "description": "An answer to a question of the service's definition.",
            }
        },
    }


def new_update() -> Schema:
    """What ``POST servicerequestupdates`` takes."""
    properties = {
        "service_request_id": text(read.NUMBER, minLength=1),
        "update_id": text(read.MARK, "Your own number: the same again is the same update.", pattern=WORDS),
        "updated_datetime": moment("When it happened."),
        "status": {"enum": list(MOVES)},
        "description": text(read.TEXT, pattern=WORDS),
        "public_anonymity_required": yes("Read and always granted: names are never shown."),
        "email_alerts_requested": yes("Whether the person hears of what follows (of this key's reports)."),
        **contact(),
        "account_id": text(read.ACCOUNT),
        "media_url": media(),
    }
    needed = ["service_request_id", "update_id", "updated_datetime", "status", "description"]
    return {"type": "object", "properties": properties, "required": needed}
