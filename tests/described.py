"""Schemathesis on our own descriptions: what the tests of both our APIs share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, negative_data_rejection,
]  # fmt: skip
VERBS = {"get", "post"}
MOMENTS = st.datetimes(
    dt.datetime(1900, 1, 1), dt.datetime(2100, 12, 31), timezones=st.sampled_from([
        dt.UTC, dt.timezone(dt.timedelta(hours=7)), dt.timezone(dt.timedelta(hours=-9, minutes=-30))
    ])
)  # fmt: skip
schemathesis.openapi.format("date-time", MOMENTS.map(dt.datetime.isoformat))


def loaded(document: dict[str, Any], *, many: bool, edges: bool = True) -> Any:
    """Our description, its cases sent to the real application in this process and transaction.

    The edges of every limit, and the same few cases by chance each time; ``many`` draws more, and others in
    every run. A key comes from the test.
    """
    drawn = {
        "deterministic": not many,
        "database": "none",
        "max-examples": 150 if many else 8,
        "with-security-parameters": False,
    }
    phases = {"coverage": {"enabled": edges or many}}
    config = SchemathesisConfig.from_dict({"generation": drawn, "phases": phases})
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.app = get_wsgi_application()
    return schema


def operations(document: dict[str, Any]) -> list[str]:
    """``GET /path`` of everything that is described."""
    return [
        f"{verb.upper()} {path}" for path, found in document["paths"].items() for verb in VERBS & set(found)
    ]


def tried(schema: Any, label: str, check: Callable[[Any], None]) -> None:
    """``check`` with every case made of one operation: its edges and some by chance, right and wrong ones.

    Schemathesis' own ``parametrize`` makes them while tests are collected, even if others are to run.
    """
    found = schema.find_operation_by_label(label)
    assert found is not None, label

    def one(case: Any) -> None:
        check(case)

    build_operation_test(
        config=schema.config, operation=found, test_func=one, given_kwargs={}, feedback=FeedbackSources()
    )()


def fits(case: Any) -> bool:
    """Whether the case keeps to the description in every part."""
    return bool(case.meta and case.meta.generation.mode.is_positive)


@contextmanager
def one_transaction() -> Iterator[None]:
    """A real request closes a connection that is inside a transaction, as every test's is: not here."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
