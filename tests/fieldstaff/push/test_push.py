"""Notifications end to end: a push service in another process receives, opens and checks who sent it."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from commandcenter.city.roles import Role, ensure_roles
from fieldstaff import push
from fieldstaff.models import PushKey, PushMessage, PushSubscription
from fieldstaff.orders import moving, telling
from fieldstaff.webpush import crypto
from tests.factories.city import client_of, make_user
from tests.factories.fieldstaff import make_device, make_officer
from tests.factories.orders import make_crew
from tests.fieldstaff.phones import Phone
from tests.fieldstaff.push.served import KEYS, received, service_on
from tests.fieldstaff.pwa.stage import Pwa

API = "/fieldstaff/api/v1/push"


@pytest.fixture(scope="module")
def service():
    with service_on() as host:
        yield host


@pytest.fixture(autouse=True)
def _trusted(db, redis_client, service, settings):
    ensure_roles()
    settings.CHANNEL_ALLOW_HOSTS = [service]


@pytest.fixture
def officer():
    return make_officer(name="Budi", user=make_user(first_name="Budi"))


def subscribe(client, service, path="201", **more):
    told = {"endpoint": f"http://{service}/push/{path}", "keys": KEYS, "device": "Chrome", **more}
    return client.post(API, json.dumps(told), content_type="application/json")


def row_of(path, count=1):
    rows = [one for one in PushMessage.objects.all() if one.subscription.endpoint.endswith(f"/push/{path}")]
    assert len(rows) == count
    return rows[-1]


def test_an_officer_is_told_and_the_city_hears_that_he_looked(officer, service):
    browser = client_of(officer.user)
    assert browser.get(API).json() == {"key": push.vapid().public, "count": 0}
    assert subscribe(browser, service).status_code == 201
    payload = {"title": "Tugas baru", "body": "Pohon tumbang", "url": "/petugas/1/"}
    assert push.send(officer, payload, ttl=600, urgency="high", topic="order-1") == 1
    row = row_of("201")
    assert push.deliver(row.pk) and not push.deliver(row.pk)
    (told,) = received(service)
    assert told["text"] == {**payload, "id": str(row.uuid)}
    claims, headers = told["claims"], told["headers"]
    assert claims["aud"] == f"http://{service}" and claims["sub"]
    assert 0 < claims["exp"] - time.time() <= 86_400
    assert headers["authorization"].endswith(f"k={push.vapid().public}")
    assert headers["content-encoding"] == "aes128gcm" and headers["urgency"] == "high"
    assert headers["topic"] == "order-1" and 590 <= int(headers["ttl"]) <= 600
    row.refresh_from_db()
    assert (row.state, row.payload) == ("delivered", "") and row.subscription.delivered_at
    answer = Client().post(API + "/seen", json.dumps({"id": str(row.uuid)}), content_type="application/json")
    assert answer.json() == {"result": "opened"}
    row.refresh_from_db()
    assert row.state == "opened" and row.opened_at


def test_a_dead_address_is_forgotten(officer, service):
    for status in ("404", "410"):
        subscribe(client_of(officer.user), service, status)
        push.send(officer, {"title": "x"})
        assert not push.deliver(row_of(status).pk)
    assert not PushSubscription.objects.exists()


def test_an_overloaded_service_is_asked_again_until_time_is_up(officer, service):
    subscribe(client_of(officer.user), service, "503/429/201")
    push.send(officer, {"title": "x"}, ttl=3600)
    row = row_of("503/429/201")
    for _try in range(2):
        assert not push.deliver(row.pk)
        assert PushMessage.objects.get().state == "waiting" and push.sweep() == 0
    assert PushSubscription.objects.get().failures == 2
    PushMessage.objects.update(due_at=timezone.now())
    assert push.sweep() == 1 and push.deliver(row.pk)
    assert PushSubscription.objects.get().failures == 0
    push.send(officer, {"title": "x"}, ttl=60)
    PushMessage.objects.filter(state="waiting").update(
        created_at=timezone.now() - timedelta(minutes=2), tries=1
    )
    late = PushMessage.objects.get(state="waiting")
    assert not push.deliver(late.pk)
    late.refresh_from_db()
    assert (late.state, late.payload) == ("expired", "")


def test_a_refusal_is_not_repeated(officer, service):
    subscribe(client_of(officer.user), service, "403")
    push.send(officer, {"title": "x"})
    push.deliver(row_of("403").pk)
    row = PushMessage.objects.get()
    assert (row.state, row.problem) == ("failed", "http_403")


@pytest.mark.parametrize(
    "endpoint",
    ["http://127.0.0.1:9/x/y", "https://127.0.0.1/push", "https://10.0.0.7/push", "https://169.254.169.254/x",
     "https://[::1]/push/x", "ftp://push.example.net/x", "https://user:pw@push.example.net/x", "kosong", ""],
)  # fmt: skip
def test_no_address_of_the_inside_is_taken_or_dialled(officer, service, endpoint, settings):
    browser = client_of(officer.user)
    assert subscribe(browser, service, endpoint=endpoint).status_code == 400
    assert not PushSubscription.objects.exists()
    # Also one that was right when it came: the policy is asked again at each call.
    subscribe(browser, service)
    PushSubscription.objects.update(endpoint=endpoint)
    push.send(officer, {"title": "x"})
    assert not push.deliver(PushMessage.objects.get().pk)
    assert not PushSubscription.objects.exists()


def test_keys_that_are_none_are_refused(officer, service):
    browser = client_of(officer.user)
    for keys in ({}, {**KEYS, "auth": "abc"}, {**KEYS, "p256dh": crypto.b64(b"\x04" + bytes(64))}, "x", None):
        assert subscribe(browser, service, keys=keys).status_code == 400
    assert browser.post(API, b"\xff{", content_type="application/json").status_code == 400


def test_address_and_keys_are_encrypted_at_rest_and_so_is_the_citys_key(officer, service):
    subscribe(client_of(officer.user), service)
    public = push.vapid().public
    assert push.vapid().public == public and PushKey.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT endpoint, p256dh, auth FROM fieldstaff_pushsubscription")
        stored = " ".join(cursor.fetchone())
        cursor.execute("SELECT private FROM fieldstaff_pushkey")
        stored += cursor.fetchone()[0]
    assert service not in stored and KEYS["p256dh"] not in stored and "PRIVATE KEY" not in stored


def test_a_token_subscribes_its_officer_and_a_new_holder_takes_the_browser_over(officer, service):
    phone = Phone(make_device(officer))
    told = json.dumps({"endpoint": f"http://{service}/push/201", "keys": KEYS})
    header = {"authorization": f"Bearer {phone.token}"}
    assert phone.client.post(API, told, content_type="application/json", headers=header).status_code == 201
    assert push.send(officer, {"title": "x"}) == 1
    other = make_user(Role.OPERATOR)
    subscribe(client_of(other), service)
    assert push.send(officer, {"title": "x"}) == 0 and push.send(other, {"title": "x"}) == 1


def test_strangers_forged_pages_and_others_end_nothing(officer, service):
    subscribe(client_of(officer.user), service)
    told = json.dumps({"endpoint": f"http://{service}/push/201"})
    stranger = client_of(make_user(Role.OPERATOR))
    path, kind = API + "/unsubscribe", "application/json"
    assert stranger.post(path, told, content_type=kind).json() == {"result": "unknown"}
    assert Client().post(path, told, content_type=kind).status_code == 401
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(officer.user, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(path, told, content_type=kind).status_code == 401
    assert PushSubscription.objects.count() == 1
    assert client_of(officer.user).post(path, told, content_type=kind).json() == {"result": "unsubscribed"}


def test_the_oldest_of_many_browsers_makes_room(officer, service):
    browser = client_of(officer.user)
    for number in range(12):
        subscribe(browser, service, f"201/{number}")
    assert browser.get(API).json()["count"] == 10


def test_what_no_push_can_hold_is_the_callers_mistake(officer):
    with pytest.raises(ValueError, match="bytes"):
        push.send(officer, {"title": "x" * 5000})
    with pytest.raises(ValueError, match="urgency"):
        push.send(officer, {"title": "x"}, urgency="loud")


def test_an_offer_and_its_reminder_reach_the_phone_with_the_place_and_no_more(
    service, tmp_path, settings, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = str(tmp_path)
    crew = make_crew()
    subscribe(client_of(crew.boss.user), service, "200")
    with django_capture_on_commit_callbacks(execute=True):
        order = crew.offered(crew.boss, address="Jl. Veteran 5", text="Kata pelapor")
    row = row_of("200")
    assert 100 <= row.ttl_s <= 120 and row.urgency == "high" and row.topic == f"order-{order.pk}"
    assert push.deliver(row.pk)
    told = received(service, "200")[-1]["text"]
    assert (told["title"], told["body"]) == ("Tugas baru", "Jl. Veteran 5") and told[
        "url"
    ] == "/petugas/#tugas"
    with django_capture_on_commit_callbacks(execute=True):
        moving.accept(pk=order.pk, viewer=crew.viewer(crew.boss))
    assert PushMessage.objects.count() == 1, "what he does himself is not told to him"
    telling.reminded(order.pk, crew.boss.pk)
    assert PushMessage.objects.count() == 2
    telling.offered(order.pk, "offered", crew.boss.pk)
    assert PushMessage.objects.count() == 2, "an offer that is over is not told"


def test_a_phone_signed_in_by_its_link_asks_in_the_app(service):
    phone = Pwa()
    phone.sign_in()
    told = {"endpoint": f"http://{service}/push/201", "keys": KEYS}
    path = "/petugas/kabari/"
    assert phone.client.get(path).json()["key"] == push.vapid().public
    assert phone.client.post(path, json.dumps(told), content_type="application/json").status_code == 201
    assert PushSubscription.objects.get().officer == phone.officer
    other = Pwa()
    other.sign_in()
    end = json.dumps({"endpoint": told["endpoint"]})
    for client, left in ((other.client, 1), (phone.client, 0)):
        client.post(f"{path}berhenti/", end, content_type="application/json")
        assert PushSubscription.objects.count() == left
    assert Client().post(path, json.dumps(told), content_type="application/json").status_code == 401
