"""A camera out of sight is not there: every address, every role, GET and POST."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cctv.models import Camera
from cctv.urls import urlpatterns
from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role
from tests.factories.cctv import make_agency, make_camera

BLIND = [Role.OPERATOR, Role.HEAD, Role.PARTNER, None]
OF_A_CAMERA = sorted(
    str(p.name) for p in urlpatterns if "<int:pk>" in str(p.pattern) and "views/" not in str(p.pattern)
)
OTHERS = sorted(str(p.name) for p in urlpatterns if p.name not in OF_A_CAMERA)


def address(name, camera, still, window):
    pattern = str(next(p.pattern for p in urlpatterns if p.name == name))
    values = {"pk": camera.pk, "still": still.pk, "window": window.pk}
    return reverse(f"cctv:{name}", kwargs={key: v for key, v in values.items() if f":{key}>" in pattern})


def test_there_are_addresses_to_walk():
    assert {"camera", "still", "pause", "work-finish", "still-hold"} <= set(OF_A_CAMERA)


@pytest.mark.parametrize("role", BLIND)
@pytest.mark.parametrize("name", OF_A_CAMERA)
def test_a_foreign_camera_is_not_found(name, role, enter, foreign):
    camera, still, window = foreign(role)
    before = Camera.objects.values().get(pk=camera.pk)
    client = enter(role)
    for method in (client.get, client.post):
        answer = method(address(name, camera, still, window))
        assert answer.status_code in {404, 405}, name
        assert b"Rahasia" not in answer.content
    answers = {client.get(address(name, camera, still, window)).status_code}
    answers.add(client.post(address(name, camera, still, window), {"reason": "x", "text": "x"}).status_code)
    assert 404 in answers
    assert Camera.objects.values().get(pk=camera.pk) == before
    window.refresh_from_db()
    still.refresh_from_db()
    assert window.ends is None
    assert not still.legal_hold


@pytest.mark.parametrize("name", OF_A_CAMERA)
def test_strangers_are_sent_to_the_login(name, foreign):
    client = Client()
    url = address(name, *foreign(None))
    answers = [client.get(url), client.post(url)]
    assert {answer.status_code for answer in answers} <= {302, 405}
    assert any(answer.url.startswith("/login/") for answer in answers if answer.status_code == 302)


@pytest.mark.parametrize("name", [n for n in OF_A_CAMERA if n not in {"camera", "still"}])
@pytest.mark.parametrize("role", [Role.MAYOR, Role.HEAD, Role.PARTNER])
def test_looking_is_not_doing(name, role, enter, keep):
    camera = make_camera(agency=make_agency("own"), sharing="public", notice_posted=True)
    still, window = keep(camera), camera.maintenance.create(reason="x")
    client = enter(role)
    answers = [
        client.post(address(name, camera, still, window)),
        client.get(address(name, camera, still, window)),
    ]
    assert 403 in {answer.status_code for answer in answers}
    assert {answer.status_code for answer in answers} <= {403, 405}


def test_posts_need_a_token(operator, keep):
    client = Client(enforce_csrf_checks=True)
    client.cookies = operator.cookies
    camera = make_camera()
    assert client.post(f"/cctv/{camera.pk}/pause/").status_code == 403
    camera.refresh_from_db()
    assert camera.capture_mode != "paused"


def test_the_list_holds_only_what_a_role_may_see(enter):
    own = make_camera(name="Kamera sendiri", agency=make_agency("own"), sharing="restricted")
    shared = make_camera(
        name="Kamera bersama", agency=make_agency("other"), sharing="partner", notice_posted=True
    )
    seen = {
        role: {name for name in (own.name, shared.name) if name in enter(role).get("/cctv/").content.decode()}
        for role in Role
    }
    assert seen[Role.ADMIN] == seen[Role.MAYOR] == {own.name, shared.name}
    assert seen[Role.HEAD] == {own.name}
    assert seen[Role.OPERATOR] == seen[Role.PARTNER] == {shared.name}


def test_every_look_at_a_restricted_camera_leaves_one_row_in_ten_minutes(enter, keep, redis_client):
    camera = make_camera(sharing="restricted")
    still = keep(camera)
    rows = AuditEntry.objects.filter(action="camera.viewed")
    mayor, admin = enter(Role.MAYOR), enter(Role.ADMIN)
    for _ in range(3):
        mayor.get(f"/cctv/{camera.pk}/")
        mayor.get("/cctv/")
        mayor.get(f"/cctv/{camera.pk}/stills/{still.pk}.jpg")
    assert rows.count() == 1
    admin.get("/cctv/")
    assert rows.count() == 2
    redis_client.flushdb()
    mayor.get(f"/cctv/{camera.pk}/")
    assert rows.count() == 3
    mayor.get(f"/cctv/{make_camera(sharing='internal').pk}/")
    assert rows.count() == 3


def test_an_export_needs_the_right_and_leaves_a_row(enter):
    make_camera(password="rahasia-benar")
    assert enter(Role.MAYOR).get("/cctv/export.csv").status_code == 403
    answer = enter(Role.OPERATOR).get("/cctv/export.csv?status=unknown")
    assert answer.status_code == 200
    assert b"rahasia-benar" not in answer.content
    assert "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.filter(action="export.cameras").count() == 1
    assert enter(Role.OPERATOR).get("/cctv/export.exe").status_code == 404
