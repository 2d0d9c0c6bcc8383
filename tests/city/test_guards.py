"""Locks of the city's pages: superusers, borrowed sessions, odd input, caches."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from commandcenter.city import services, tasks
from commandcenter.city.api_viewer import ApiViewer
from commandcenter.city.models import AuditEntry, User
from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer, viewer_of_user
from tests.factories.city import PASSWORD, client_of, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return make_user(Role.ADMIN)


@pytest.fixture
def root():
    return make_user(Role.ADMIN, is_superuser=True)


def test_an_admin_does_not_take_over_a_superuser(boss, root):
    client, page = client_of(boss), f"/admin/city/user/{root.pk}/"
    new = {"password1": "sandi-curian-9", "password2": "sandi-curian-9", "usable_password": "true"}
    assert client.get(f"{page}password/").status_code == 403
    assert client.post(f"{page}password/", new).status_code == 403
    assert client.post(f"{page}change/", {"username": "curian"}).status_code == 403
    assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    for action in ("make_reset_links", "reset_two_factor", "unlock", "switch_off"):
        body = {"action": action, "_selected_action": [root.pk]}
        answer = client.post("/admin/city/user/", body, follow=True).content.decode()
        assert "/password/reset/" not in answer
    root.refresh_from_db()
    assert root.is_active
    assert root.check_password(PASSWORD)


def test_no_admin_page_shows_the_secret_of_a_second_factor(root):
    device = TOTPDevice.objects.create(user=root, name="totp")
    client = client_of(root)
    for path in (
        f"totpdevice/{device.pk}/config/",
        f"totpdevice/{device.pk}/change/",
        "totpdevice/999999/config/",
    ):
        assert client.get(f"/admin/otp_totp/{path}").status_code == 404
    assert client.get("/admin/otp_static/staticdevice/").status_code == 404


def test_a_password_set_by_an_admin_is_written_down_and_lasts_for_one_login(boss):
    victim = make_user(Role.OPERATOR)
    new = {"password1": "sandi-titipan-77", "password2": "sandi-titipan-77", "usable_password": "true"}
    client_of(boss).post(f"/admin/city/user/{victim.pk}/password/", new)
    victim.refresh_from_db()
    assert victim.check_password("sandi-titipan-77")
    assert victim.must_change_password
    entry = AuditEntry.objects.get(action="password.set")
    assert (entry.actor_id, entry.subject_id) == (boss.pk, str(victim.pk))
    wrong = client_of(boss).post(f"/admin/city/user/{victim.pk}/password/", {**new, "password2": "lain"})
    assert wrong.status_code == 200
    assert AuditEntry.objects.filter(action="password.set").count() == 1


@pytest.mark.parametrize("network", ["not-a-net", "10.0.0.1/8"])
def test_a_token_keeps_no_network_that_nobody_can_read(boss, network):
    token, _text = services.issue_token(viewer=viewer_of_user(boss), name="uji", scopes=["read"])
    page = f"/admin/city/apitoken/{token.pk}/change/"
    answer = client_of(boss).post(page, {"name": "uji", "scopes": "read", "allowed_cidrs": network})
    assert answer.status_code == 200
    assert "10.1.0.0/16" in answer.content.decode(), "the field says how to write it"
    token.refresh_from_db()
    assert token.allowed_cidrs == []


def test_the_services_refuse_it_too(boss, root):
    with pytest.raises(PermissionDenied):
        services.make_reset_link(viewer=viewer_of_user(boss), user=root)
    with pytest.raises(PermissionDenied):
        services.reset_two_factor(viewer=viewer_of_user(boss), user=root)
    assert services.make_reset_link(viewer=viewer_of_user(root), user=root)


def test_superusers_still_manage_each_other(root):
    other = make_user(Role.ADMIN, is_superuser=True)
    client = client_of(root)
    assert client.get(f"/admin/city/user/{other.pk}/password/").status_code == 200
    client.post("/admin/city/user/", {"action": "switch_off", "_selected_action": [other.pk]})
    other.refresh_from_db()
    assert not other.is_active


def test_an_admin_makes_nobody_a_superuser(boss):
    user = make_user(Role.OPERATOR)
    body = {"username": user.username, "language": "id", "is_active": "on", "is_superuser": "on"}
    client_of(boss).post(f"/admin/city/user/{user.pk}/change/", body)
    assert not User.objects.get(pk=user.pk).is_superuser


@pytest.mark.parametrize("query", ["before=²", "until=9999-12-31", "since=0001-01-01", "before=%C2%B2"])
def test_odd_audit_filters_are_no_error(boss, query):
    assert client_of(boss).get(f"/audit/?{query}").status_code == 200


def test_nul_is_no_error(boss):
    answer = Client().post("/language/", {"language": "en", "next": "/\x00x"})
    assert answer.status_code in {302, 400}
    answer = client_of(boss).post("/cctv/views/", {"name": "a\x00b", "query": "q=\x00"})
    assert answer.status_code in {302, 400}


def test_only_people_and_tokens_use_the_api(rf):
    request = rf.get("/api/v1/")
    request._viewer = Viewer(kind="display", pk=1, name="dinding")
    assert ApiViewer()(request) is None


def test_pages_of_signed_in_people_are_not_kept(boss):
    assert client_of(boss).get("/directory/")["Cache-Control"] == "private, no-store"
    assert "no-store" not in Client().get("/theme.css").headers.get("Cache-Control", "")
    assert client_of(boss).get("/theme.css").headers["Cache-Control"] != "private, no-store"


def test_another_address_asks_for_the_password_and_the_old_one_is_told():
    user = make_user(Role.OPERATOR, email="lama@example.go.id")
    client, body = client_of(user), {"phone": "", "email": "maling@example.com"}
    assert "Kata sandi salah" in client.post("/account/", body).content.decode()
    assert User.objects.get(pk=user.pk).email == "lama@example.go.id"
    assert client.post("/account/", {"phone": "0254 111 222", "email": user.email}).status_code == 302
    assert client.post("/account/", {**body, "current_password": PASSWORD}).status_code == 302
    assert User.objects.get(pk=user.pk).email == "maling@example.com"
    tasks.tell_old_address(user.pk, "lama@example.go.id")
    assert mail.outbox[0].to == ["lama@example.go.id"]
    assert user.username in mail.outbox[0].body


def test_wrong_passwords_of_a_borrowed_session_are_counted_over_all_pages():
    user = make_user(Role.OPERATOR, email="saya@example.go.id")
    client = client_of(user)
    for path in ("/account/two-factor/off/", "/account/two-factor/codes/") * 2:
        client.post(path, {"password": "tebakan"})
    client.post("/account/password/", {"old_password": "tebakan", "new_password1": "x", "new_password2": "x"})
    new = {"new_password1": "sandi-curian-9", "new_password2": "sandi-curian-9"}
    page = client.post("/account/password/", {"old_password": PASSWORD, **new}).content.decode()
    assert "terlalu sering salah" in page
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_one_address_does_not_try_many_names(settings):
    settings.PROXY_COUNT = 1
    user = make_user(Role.OPERATOR)
    sprayer = Client(headers={"X-Forwarded-For": "10.9.9.9, 203.0.113.7"})
    for number in range(30):
        sprayer.post("/login/", {"username": f"orang-{number}", "password": "rahasia"})
    answer = sprayer.post("/login/", {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 429
    assert "jaringan" in answer.content.decode()
    other = Client(headers={"X-Forwarded-For": "203.0.113.7, 203.0.113.8"})
    assert other.post("/login/", {"username": user.username, "password": PASSWORD}).status_code == 302


def test_a_household_of_ipv6_addresses_tries_no_more_names_than_one_address(settings):
    settings.PROXY_COUNT = 1
    for number in range(30):
        sprayer = Client(headers={"X-Forwarded-For": f"2001:db8:7:7::{number + 1:x}"})
        sprayer.post("/login/", {"username": f"orang-{number}", "password": "rahasia"})
    user = make_user(Role.OPERATOR)
    again = Client(headers={"X-Forwarded-For": "2001:db8:7:7:8::9"})
    assert again.post("/login/", {"username": user.username, "password": PASSWORD}).status_code == 429
    other = Client(headers={"X-Forwarded-For": "2001:db8:7:8::1"})
    assert other.post("/login/", {"username": user.username, "password": PASSWORD}).status_code == 302
