"""The API shows a token or a person the cameras they may see, and never an address or a login."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from commandcenter.city import services
from commandcenter.city.viewers import Role, Viewer
from tests.factories.cctv import make_camera, make_market, make_site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_client")]
LIST = "/api/v1/cameras"
SECRET = "g3heim@:/#?%"


@pytest.fixture
def token(django_user_model):
    user = django_user_model.objects.create_user("penerbit")
    issuer = Viewer(kind="user", pk=user.pk, name="x", roles=frozenset({Role.ADMIN}))

    def issue(*sharing: str, scopes: tuple[str, ...] = ("read",)) -> dict[str, str]:
        _row, text = services.issue_token(viewer=issuer, name="provinsi", scopes=scopes, sharing=sharing)
        return {"Authorization": f"Bearer {text}"}

    return issue


def codes(answer) -> set[str]:
    return {camera["code"] for camera in answer.json()["items"]}


def test_a_partner_s_token_sees_shared_cameras_with_a_notice(token) -> None:
    make_camera(code="umum", sharing="public", notice_posted=True)
    make_camera(code="tanpa-papan", sharing="public")
    hidden = make_camera(code="dalam")
    headers = token("public", "partner")
    answer = Client().get(LIST, headers=headers)
    assert codes(answer) == {"umum"} and answer.json()["total"] == 1
    assert Client().get(f"{LIST}/{hidden.pk}", headers=headers).status_code == 404
    assert Client().get(f"{LIST}/999999", headers=headers).status_code == 404


def test_no_answer_holds_an_address_or_a_login(admin) -> None:
    camera = make_camera(username="kamera-x", password=SECRET, code="satu")
    for path in (LIST, f"{LIST}/{camera.pk}", "/api/v1/openapi.json"):
        text = admin.get(path).content.decode()
        assert "10.9.0" not in text and SECRET not in text and "kamera-x" not in text
        assert "still_url" not in text and "username" not in text
    assert admin.get(f"{LIST}/{camera.pk}").json()["has_password"] is True


def test_only_who_may_change_cameras_learns_whether_a_password_is_stored(operator) -> None:
    camera = make_camera(password=SECRET)
    assert operator.get(f"{LIST}/{camera.pk}").json()["has_password"] is None


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer cc_abc_def"}, {"Authorization": "Basic x"}]
)
def test_a_stranger_gets_a_problem_document(headers) -> None:
    answer = Client().get(LIST, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["title"] == "Unauthorized"


def test_a_token_without_the_scope_is_a_stranger(token) -> None:
    assert Client().get(LIST, headers=token("public", scopes=("heartbeat",))).status_code == 401


def test_filters_and_pages(admin) -> None:
    site = make_site(market=make_market(code="petir"))
    wanted = [make_camera(site=site, code=f"p-{n}", status="offline") for n in range(3)]
    make_camera(code="lain")
    assert codes(admin.get(f"{LIST}?market=petir&status=offline&area=36.04&q=Camera")) == {
        camera.code for camera in wanted
    }
    first = admin.get(f"{LIST}?limit=2").json()
    second = admin.get(f"{LIST}?limit=2&after={first['next']}").json()
    assert (len(first["items"]), len(second["items"]), second["next"], first["total"]) == (2, 2, None, 4)
    assert admin.get(f"{LIST}?limit=banyak").status_code == 422


def test_too_many_requests_are_told_to_wait(admin) -> None:
    for _ in range(60):
        assert admin.get(LIST).status_code == 200
    answer = admin.get(LIST)
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


def test_the_schema_names_every_path() -> None:
    paths = json.loads(Client().get("/api/v1/openapi.json").content)["paths"]
    assert {"/api/v1/cameras", "/api/v1/cameras/{camera_id}"} <= set(paths)
