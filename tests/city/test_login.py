"""The front door: passwords, lockout, second factor, first login, reset."""

from __future__ import annotations

import re
import time

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from commandcenter.city import services
from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from tests.factories.city import PASSWORD, client_of, make_user

pytestmark = pytest.mark.django_db


def log_in(client: Client, username: str, password: str = PASSWORD, **more):
    return client.post("/login/", {"username": username, "password": password, **more})


def code_of(device: TOTPDevice, shift: int = 0) -> str:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time() + shift
    return f"{totp.token():06d}"


def test_login_leads_to_the_page_that_was_wanted_and_is_audited():
    user = make_user(Role.OPERATOR)
    client = Client()
    response = log_in(client, user.username.upper(), next="/directory/")
    assert response["Location"] == "/directory/"
    assert AuditEntry.objects.get(action="login.done").actor_id == user.pk
    client.post("/logout/")
    assert AuditEntry.objects.filter(action="login.left").exists()
    assert client.get("/directory/").status_code == 302


def test_login_never_sends_people_to_another_site():
    user = make_user(Role.OPERATOR)
    assert log_in(Client(), user.username, next="https://jahat.example/")["Location"] == "/"


def test_a_wrong_password_is_audited_without_password_or_mistyped_name():
    user = make_user(Role.OPERATOR)
    assert log_in(Client(), user.username, "salah-sekali").status_code == 200
    log_in(Client(), "kata-sandi-di-kotak-nama", "x")
    labels = list(AuditEntry.objects.filter(action="login.failed").values_list("subject_label", flat=True))
    assert sorted(labels) == sorted([user.username, "?"])
    assert "salah-sekali" not in str(list(AuditEntry.objects.values()))


def test_five_wrong_passwords_lock_the_login_and_the_page_says_until_when(settings):
    settings.AXES_ENABLED = True
    user = make_user(Role.OPERATOR)
    client = Client()
    for _try in range(5):
        response = log_in(client, user.username, "salah")
    assert response.status_code == 429
    page = response.content.decode()
    assert re.search(r"dikunci sampai \d\d\.\d\d", page)
    assert int(response["Retry-After"]) <= 15 * 60
    assert log_in(client, user.username).status_code == 429
    assert AuditEntry.objects.filter(action="login.locked").exists()
    with time_machine.travel(time.time() + 16 * 60):
        assert log_in(Client(), user.username).status_code == 302


def test_an_admin_unlocks_a_locked_login(settings):
    settings.AXES_ENABLED = True
    user = make_user(Role.OPERATOR)
    for _try in range(5):
        log_in(Client(), user.username, "salah")
    boss = client_of(make_user(Role.ADMIN))
    boss.post("/admin/city/user/", {"action": "unlock", "_selected_action": [user.pk]})
    assert log_in(Client(), user.username).status_code == 302
    assert AuditEntry.objects.filter(action="login.unlocked").exists()


def enrol(client: Client, user):
    client.get("/account/two-factor/")
    device = TOTPDevice.objects.get(user=user)
    assert (
        client.post("/account/two-factor/", {"code": code_of(device), "password": PASSWORD}).status_code
        == 302
    )
    return TOTPDevice.objects.get(user=user, confirmed=True)


def test_second_factor_from_enrolment_to_login():
    user = make_user(Role.OPERATOR)
    client = client_of(user)
    page = client.get("/account/two-factor/").content.decode()
    assert "data:image/svg+xml" in page
    assert client.post("/account/two-factor/", {"code": "000000", "password": PASSWORD}).status_code == 200
    assert not services.has_two_factor(user)
    with time_machine.travel(time.time() + 120):
        device = enrol(client, user)
        codes = re.findall(r"<code>(\w+)</code>", client.get("/account/two-factor/").content.decode())
        assert len(codes) == 10
        assert "<code>" not in client.get("/account/two-factor/").content.decode(), "codes are shown once"
    with time_machine.travel(time.time() + 300):
        other = Client()
        assert log_in(other, user.username, next="/directory/")["Location"] == "/login/code/"
        assert other.get("/directory/").status_code == 302, "the password alone opens nothing"
        assert other.post("/login/code/", {"code": code_of(device)})["Location"] == "/directory/"
        assert other.get("/directory/").status_code == 200
        third = Client()
        log_in(third, user.username)
        assert third.post("/login/code/", {"code": codes[0]})["Location"] == "/"
        again = Client()
        log_in(again, user.username)
        assert again.post("/login/code/", {"code": codes[0]}).status_code == 200, "a recovery code works once"
    assert AuditEntry.objects.filter(action="login.code_failed").count() == 1


def test_wrong_codes_make_the_next_try_wait():
    user = make_user(Role.OPERATOR)
    device = enrol(client_of(user), user)
    with time_machine.travel(time.time() + 60) as clock:
        client = Client()
        log_in(client, user.username)
        for _try in range(3):
            page = client.post("/login/code/", {"code": "000000"}).content.decode()
        assert "Tunggu" in page
        assert client.post("/login/code/", {"code": code_of(device)}).status_code == 200
        clock.shift(60)
        assert client.post("/login/code/", {"code": code_of(device)}).status_code == 302


def test_the_second_step_expires_after_five_minutes():
    user = make_user(Role.OPERATOR)
    device = enrol(client_of(user), user)
    client = Client()
    log_in(client, user.username)
    with time_machine.travel(time.time() + 400):
        assert client.post("/login/code/", {"code": code_of(device)})["Location"] == "/login/"


def test_a_lost_phone_is_reset_by_an_admin():
    user = make_user(Role.OPERATOR)
    enrol(client_of(user), user)
    boss = client_of(make_user(Role.ADMIN))
    boss.post("/admin/city/user/", {"action": "reset_two_factor", "_selected_action": [user.pk]})
    assert log_in(Client(), user.username)["Location"] == "/"
    assert AuditEntry.objects.get(action="two_factor.reset").subject_id == str(user.pk)


def test_switching_the_second_factor_off_asks_the_password():
    user = make_user(Role.OPERATOR)
    client = client_of(user)
    enrol(client, user)
    client.post("/account/two-factor/off/", {"password": "bukan"})
    assert services.has_two_factor(user)
    client.post("/account/two-factor/off/", {"password": PASSWORD})
    assert not services.has_two_factor(user)


def test_the_first_login_must_choose_a_new_password():
    user = make_user(Role.OPERATOR, must_change_password=True)
    client = client_of(user)
    assert client.get("/directory/")["Location"] == "/account/password/"
    short = {"old_password": PASSWORD, "new_password1": "pendek1", "new_password2": "pendek1"}
    assert client.post("/account/password/", short).status_code == 200
    same = {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post("/account/password/", same).status_code == 200
    new = {
        "old_password": PASSWORD,
        "new_password1": "sandi-baru-saya-9",
        "new_password2": "sandi-baru-saya-9",
    }
    assert client.post("/account/password/", new).status_code == 302
    assert client.get("/directory/").status_code == 200, "the session goes on"
    assert AuditEntry.objects.filter(action="password.changed").exists()


def test_password_reset_by_mail_ends_other_sessions(jobs_at_once):
    user = make_user(Role.OPERATOR, email="budi@example.go.id")
    old = client_of(user)
    client = Client()
    assert (
        client.post("/password/reset/", {"email": "BUDI@example.go.id"})["Location"]
        == "/password/reset/sent/"
    )
    path = re.findall(r"http://[^/]+(/password/reset/\S+)", str(mail.outbox[0].body))[0]
    page = client.get(path, follow=True)
    assert page.status_code == 200
    new = {"new_password1": "sandi-lain-lagi-7", "new_password2": "sandi-lain-lagi-7"}
    client.post(page.request["PATH_INFO"], new)
    assert old.get("/directory/").status_code == 302
    assert log_in(Client(), user.username, "sandi-lain-lagi-7").status_code == 302
    assert "kedaluwarsa" in client.get(path, follow=True).content.decode(), "a link works once"


def test_reset_answers_alike_for_unknown_addresses(jobs_at_once):
    response = Client().post("/password/reset/", {"email": "siapa@example.go.id"})
    assert response["Location"] == "/password/reset/sent/"
    assert mail.outbox == []


def test_an_admin_hands_over_a_reset_link():
    user = make_user(Role.OPERATOR)
    path = services.make_reset_link(viewer=viewer_of_user(make_user(Role.ADMIN)), user=user)
    assert Client().get(path, follow=True).status_code == 200
    assert AuditEntry.objects.filter(action="password.link_made", subject_id=str(user.pk)).exists()


def test_the_admin_site_has_no_login_door_of_its_own():
    assert Client().get("/admin/", follow=True).redirect_chain[-1][0].startswith("/login/?next=")
    assert Client().get("/admin/login/?next=/admin/")["Location"] == "/login/?next=/admin/"
    stranger_to_the_admin = client_of(make_user(Role.MAYOR))
    assert stranger_to_the_admin.get("/admin/", follow=True).redirect_chain[1][0] == "/"
