"""The API's published description against the API, with a token, a session and nothing."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from commandcenter.api import PROBLEM, api
from commandcenter.city import api_viewer
from commandcenter.city.roles import Role
from commandcenter.city.services import issue_token
from commandcenter.city.viewers import viewer_of_user
from tests import described
from tests.factories.cctv import make_camera
from tests.factories.city import make_region, make_user

pytestmark = pytest.mark.django_db
LABELS = described.operations(api.get_openapi_schema())


@pytest.fixture
def token(db) -> str:
    return issue_token(viewer=viewer_of_user(make_user(Role.ADMIN)), name="Uji", scopes=["read"])[1]


@pytest.fixture
def api_as_described(db, monkeypatch, request, redis_client):
    monkeypatch.setattr(api_viewer, "LIMIT", 1_000_000)
    make_region()
    for name in ("satu", "dua"):
        make_camera(code=name)
    published = json.loads(Client().get("/api/v1/openapi.json").content)
    with described.one_transaction():
        yield described.loaded(published, many=request.config.getoption("--many"))


def checked(case, answer, *expected: int) -> None:
    case.validate_response(answer, checks=described.CHECKS)
    assert answer.status_code in (expected if case.method == "GET" else {405})
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == [PROBLEM]
        found = json.loads(answer.content)
        assert found["status"] == answer.status_code
        assert answer.status_code != 422 or all(row["where"] and row["detail"] for row in found["errors"])


@pytest.mark.parametrize("label", LABELS)
def test_with_a_token_whatever_is_asked_has_an_answer(api_as_described, token, label):
    def check(case):
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        checked(case, answer, *((200, 404) if described.fits(case) else (200, 404, 422)))

    described.tried(api_as_described, label, check)


@pytest.mark.parametrize("label", LABELS)
def test_without_a_token_nothing_is_shown(api_as_described, label):
    def check(case):
        answer = case.call(headers={"Authorization": "Bearer cc_x_y"})
        checked(case, answer, 401)

    described.tried(api_as_described, label, check)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("post", "/api/v1/cameras", 405),
        ("delete", "/api/v1/cameras/1", 405),
        ("get", "/api/v1/cameras/a%2Fb", 404),
    ],
)
def test_what_is_not_offered_is_a_problem_document_too(method, path, status):
    make_region()
    answer = getattr(Client(enforce_csrf_checks=True), method)(path)
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
    assert status == 404 or answer["Allow"] == "GET"
