"""Somebody found a phone, took one away, or has left: what he can no longer do with it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connections

from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from fieldstaff import tokens
from fieldstaff.emergency.cancel import TRIES, Answer, cancel, set_pin
from fieldstaff.enrol import verbs
from fieldstaff.models import OfficerPin, PushSubscription, SosEvent
from fieldstaff.webpush import crypto
from tests.factories.city import make_user
from tests.factories.fieldstaff import make_device, make_officer
from tests.fieldstaff.pwa.stage import Pwa, item

AUTH = crypto.b64(bytes(range(16)))
BROWSER = crypto.b64(crypto.point_of(crypto.new_key().public_key()))


@pytest.fixture
def admin(db):
    ensure_roles()
    return viewer_of_user(make_user(Role.ADMIN))


@pytest.fixture
def held(db, redis_client, settings) -> Pwa:
    settings.CHANNEL_ALLOW_HOSTS = ["127.0.0.1:9"]
    phone = Pwa()
    assert phone.sign_in().status_code == 201
    return phone


def told(phone: Pwa, name: str = "a") -> None:
    """This phone asks for notifications."""
    body = {"endpoint": f"http://127.0.0.1:9/{name}", "keys": {"p256dh": BROWSER, "auth": AUTH}}
    answer = phone.client.post("/petugas/kabari/", json.dumps(body), content_type="application/json")
    assert answer.status_code == 201, answer.content


@pytest.mark.django_db(transaction=True)
def test_a_hundred_guesses_at_once_are_five(redis_client, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    officer = make_officer()
    device = make_device(officer)
    assert set_pin(officer=officer, pin="4827") is Answer.DONE
    now = datetime.now(UTC)
    call = SosEvent.objects.create(
        device=device, officer=officer, client_key=str(uuid4()), fix_at=now, recv_at=now, last_at=now
    )

    def guess(number: int) -> Answer:
        try:
            return cancel(officer=officer, event=call, pin=f"10{number:02}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(guess, range(24)))
    assert answers.count(Answer.WRONG) == TRIES
    assert answers.count(Answer.TOO_MANY) == 24 - TRIES


def test_whoever_took_the_phone_during_a_call_chooses_no_pin_to_end_it(held):
    call = item("sos")
    held.batch(call)
    assert held.client.post("/petugas/pin/", {"pin": "4827"}).status_code == 400
    header = {"authorization": f"Bearer {tokens.issue(viewer=None, device=held.device)}"}
    path = "/fieldstaff/api/v1/sos/pin"
    answer = held.client.post(path, '{"pin": "4827"}', content_type="application/json", headers=header)
    assert answer.status_code == 409 and not OfficerPin.objects.exists()
    SosEvent.objects.update(ended_at=datetime.now(UTC))
    assert set_pin(officer=held.officer, pin="4827") is Answer.DONE


def test_the_cookie_of_a_closed_account_opens_nothing(held):
    assert held.state().status_code == 200
    held.officer.refresh_from_db()
    held.officer.user.is_active = False
    held.officer.user.save()
    assert held.state().status_code == 401
    assert held.client.get("/petugas/tugas.json").status_code == 401
    assert held.client.get("/petugas/hari.json").status_code == 401


@pytest.mark.parametrize("how", ["revoke", "issue", "back", "leave", "again"])
def test_a_phone_that_is_no_longer_his_is_told_of_no_order(held, how, admin):
    told(held)
    assert PushSubscription.objects.of(held.officer).count() == 1
    if how == "revoke":
        tokens.revoke(viewer=None, device=held.device)
    elif how == "issue":
        tokens.issue(viewer=None, device=held.device)
    elif how == "back":
        assert verbs.take_back(viewer=admin, device=held.device)
    elif how == "leave":
        held.client.post("/petugas/keluar/")
    else:
        held.sign_in(tokens.rotate(viewer=None, device=held.device))
    assert not PushSubscription.objects.exists()


def test_who_has_left_or_whose_account_is_closed_is_told_nothing(held):
    told(held)
    held.officer.refresh_from_db()
    held.officer.left_on = (datetime.now(UTC) - timedelta(days=3)).date()
    assert not PushSubscription.objects.of(held.officer).exists()
    held.officer.left_on = None
    assert PushSubscription.objects.of(held.officer).exists()
    held.officer.user.is_active = False
    assert not PushSubscription.objects.of(held.officer).exists()
    gone = make_user(is_active=False)
    PushSubscription.objects.update(user=gone)
    assert not PushSubscription.objects.of(gone).exists()
