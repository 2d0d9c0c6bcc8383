"""Who holds the phone: a link that opens once, a session that ends with the phone, or a login."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role
from fieldstaff import tokens
from fieldstaff.models import Device, DeviceBinding, PhoneSession, Position
from fieldstaff.pwa.identity import COOKIE
from tests.factories.city import client_of, make_user
from tests.factories.fieldstaff import make_device, make_officer
from tests.fieldstaff.pwa.stage import Pwa, forget, item, make_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(redis_client) -> Pwa:
    return Pwa()


def test_a_link_opens_one_session_on_one_phone(phone):
    assert phone.state().status_code == 401
    answer = phone.sign_in()
    assert answer.status_code == 201 and answer.json() == {"code": phone.officer.code}
    said = phone.state().json()
    assert said["who"]["code"] == phone.officer.code and said["who"]["by_link"] is True
    other = Client().post("/petugas/masuk/", {"token": phone.token})
    assert other.status_code == 403 and COOKIE not in other.cookies
    assert PhoneSession.objects.count() == 1
    assert AuditEntry.objects.filter(action="device.signed_in").count() == 1


def test_the_cookie_goes_no_further_than_the_app_and_is_kept_as_a_hash(phone):
    cookie = phone.sign_in().cookies[COOKIE]
    assert cookie["path"] == "/petugas/" and cookie["httponly"] and cookie["samesite"] == "Strict"
    assert phone.cookie() not in str(PhoneSession.objects.values())


def test_after_the_exchange_the_token_opens_nothing(phone):
    phone.sign_in()
    assert tokens.check(phone.token) is None
    headers = {"authorization": f"Bearer {phone.token}"}
    answer = Client().post("/fieldstaff/api/v1/batch", "{}", content_type="application/json", headers=headers)
    assert answer.status_code == 401


def test_revoking_the_phone_ends_its_session_at_once(phone):
    phone.sign_in()
    tokens.revoke(viewer=None, device=phone.device)
    assert phone.state().status_code == 401
    assert phone.batch(item()).status_code == 401 and not Position.objects.exists()


def test_a_new_token_ends_the_session_and_opens_another(phone):
    phone.sign_in()
    token = make_link(phone.device)
    assert phone.state().status_code == 401
    forget(token)
    assert phone.sign_in(token).status_code == 201 and phone.state().status_code == 200


def test_ending_the_binding_ends_the_session_at_once(phone):
    phone.sign_in()
    binding = DeviceBinding.objects.get()
    binding.valid = (binding.valid.lower, timezone.now())
    binding.save()
    assert phone.state().status_code == 401
    DeviceBinding.objects.create(device=phone.device, officer=make_officer(), valid=(timezone.now(), None))
    assert phone.state().status_code == 401


def test_who_left_the_service_is_out(phone):
    phone.sign_in()
    phone.officer.left_on = timezone.localdate() - timedelta(days=1)
    phone.officer.save()
    assert phone.state().status_code == 401


@pytest.mark.parametrize("token", ["", "x", "cc_00000000_" + "A" * 43, "cc_" + "0" * 5000, "\x00"])
def test_a_wrong_link_opens_nothing(phone, token):
    assert Client().post("/petugas/masuk/", {"token": token}).status_code in {400, 403}
    assert not PhoneSession.objects.exists()


def test_a_trackers_token_is_no_way_into_the_app(phone):
    tracker = make_device(phone.officer, protocol="traccar")
    assert Client().post("/petugas/masuk/", {"token": make_link(tracker)}).status_code == 403


def test_an_overdue_link_and_one_in_nobodys_hand_open_nothing(phone):
    Device.objects.filter(pk=phone.device.pk).update(enrol_until=timezone.now() - timedelta(minutes=1))
    assert phone.sign_in().status_code == 403
    loose = make_device(None, protocol="app")
    assert Client().post("/petugas/masuk/", {"token": make_link(loose)}).status_code == 403


def test_signing_out_ends_the_session_for_good(phone):
    phone.sign_in()
    secret = phone.cookie()
    assert phone.client.post("/petugas/keluar/").status_code == 200
    phone.client.cookies[COOKIE] = secret
    assert phone.state().status_code == 401


def test_an_officers_login_is_his_phone_too(phone):
    officer = make_officer(user=make_user(None))
    client = client_of(officer.user)
    assert client.get("/petugas/keadaan.json").json()["who"]["code"] == officer.code
    device = Device.objects.get(uid=f"akun-{officer.pk}")
    client.get("/petugas/keadaan.json")
    assert device.bindings.count() == 1
    tokens.revoke(viewer=None, device=device)
    assert client.get("/petugas/keadaan.json").status_code == 401


@pytest.mark.parametrize("role", [*Role, None], ids=str)
def test_a_login_without_an_officer_is_nobody(role, redis_client):
    client = client_of(make_user(role)) if role else Client()
    assert client.get("/petugas/keadaan.json").status_code == 401
    assert client.get("/petugas/kirim/").status_code == 401
    assert not Device.objects.exists()


def test_the_door_asks_for_the_forms_token(phone):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/petugas/masuk/", {"token": phone.token}).status_code == 403
    csrf = strict.get("/petugas/keadaan.json").json()["csrf"]
    answer = strict.post("/petugas/masuk/", {"token": phone.token}, headers={"X-CSRFToken": csrf})
    assert answer.status_code == 201


def test_items_of_the_outbox_arrive_once_and_are_his(phone):
    phone.sign_in()
    one = item(lat=-6.12, lon=106.15, acc=9)
    first, again = phone.batch(one).json(), phone.batch(one).json()
    assert [row["result"] for row in (first["items"][0], again["items"][0])] == ["accepted", "duplicate"]
    row = Position.objects.get()
    assert (row.officer_id, row.device_id, row.kind) == (phone.officer.pk, phone.device.pk, 3)
    said = phone.state().json()["contact"]
    assert said["reach"] == "fresh" and said["checkin"] and said["first"]


def test_a_late_backlog_counts_as_contact_now_and_says_so(phone):
    phone.sign_in()
    old = datetime.now(UTC) - timedelta(minutes=90)
    phone.batch({**item(), "at": old.isoformat()})
    said = phone.state().json()["contact"]
    assert said["reach"] == "fresh"
    assert datetime.fromisoformat(said["checkin"]) > old + timedelta(minutes=80)
