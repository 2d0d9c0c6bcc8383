"""A phone from the box to its first message: notice, code once, contact, other hands, the end."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.db import connections
from django.test import Client
from django.utils import timezone

from commandcenter.asgi import application
from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role, ensure_roles
from fieldstaff import tokens
from fieldstaff.models import Device, DeviceBinding, NoticeGiven, Position
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.fieldstaff import make_device, make_officer, make_shift

TOKEN = re.compile(r"cc_[0-9a-f]{8}_[A-Za-z0-9_-]{43}")
ORIGIN = "https://pusat.example.go.id"
HOUR = timedelta(hours=1)


@pytest.fixture
def scene(db, redis_client, settings):
    """Two agencies with a head and an officer each; the first officer has been on shift for an hour."""
    settings.PUBLIC_URL = ORIGIN
    ensure_roles()
    own, other = make_agency("satu"), make_agency("dua")
    officer = make_officer("P-SATU", agency=own, name="Siti Aminah")
    make_shift(officer, datetime.now(UTC).replace(microsecond=0) - HOUR)
    return {
        "officer": officer,
        "foreign": make_officer("P-DUA", agency=other, name="Orang Lain"),
        "head": client_of(make_user(Role.HEAD, agency=own)),
        "stranger": client_of(make_user(Role.HEAD, agency=other)),
        "admin": client_of(make_user(Role.ADMIN)),
    }


def enrolled(scene, program="traccar10", brand="xiaomi") -> Device:
    """A phone in the officer's hand, with the notice given."""
    answer = scene["head"].post(
        f"/fieldstaff/people/{scene['officer'].pk}/phone/", {"program": program, "brand": brand}
    )
    assert answer.status_code == 302, answer.content.decode()
    device = Device.objects.get()
    scene["head"].post(f"/fieldstaff/phones/{device.pk}/notice/", {"agreed": "1"})
    return device


def once(client: Client, device: Device) -> str:
    page = client.get(f"/fieldstaff/phones/{device.pk}/").content.decode()
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found
    return found[1]


def code_of(scene, device: Device, **more: str) -> tuple[str, str]:
    """The token and the page that shows it."""
    form = {"once": once(scene["head"], device), **more}
    answer = scene["head"].post(f"/fieldstaff/phones/{device.pk}/", form)
    text = answer.content.decode()
    assert answer.status_code == 200
    found = TOKEN.search(text)
    assert found
    return found[0], text


def send(token: str, uid: str):
    """One position as Traccar Client 10 sends it."""
    at = int(timezone.now().timestamp())
    body = f"id={uid}&lat=-6.1201&lon=106.1502&batt=64&timestamp={at}"
    return Client().post(f"/fieldstaff/t/{token}/", body, content_type="application/x-www-form-urlencoded")


def test_the_whole_way(scene, caplog):
    caplog.set_level(logging.DEBUG)
    device = enrolled(scene)
    before = scene["head"].get(f"/fieldstaff/phones/{device.pk}/").content.decode()
    assert not TOKEN.search(before) and "Belum ada kode" in before
    token, sheet = code_of(scene, device)
    assert "data:image/svg+xml" in sheet and f"{ORIGIN}/fieldstaff/t/{token}/" in sheet
    assert "Xiaomi" in sheet and "kesehatan/" in sheet and "UU 27/2022" in sheet
    waiting = scene["head"].get(f"/fieldstaff/phones/{device.pk}/").content.decode()
    assert "Menunggu pesan pertama" in waiting and not TOKEN.search(waiting)
    assert send(token, device.uid).status_code == 200
    there = scene["head"].get(f"/fieldstaff/phones/{device.pk}/").content.decode()
    assert "Terhubung pukul" in there and "-6.12010, 106.15020" in there and "baterai 64" in there
    assert token not in caplog.text and token[12:] not in caplog.text
    trail = list(AuditEntry.objects.values_list("action", "detail"))
    assert {"device.enrolled", "officer.notice_given", "device.token_issued"} <= {name for name, _d in trail}
    assert token[12:] not in json.dumps([detail for _n, detail in trail])


def test_the_answer_with_the_code_is_kept_by_nobody_and_travels_nowhere(scene):
    device = enrolled(scene)
    form = {"once": once(scene["head"], device)}
    answer = scene["head"].post(f"/fieldstaff/phones/{device.pk}/", form)
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["Referrer-Policy"] == "same-origin", "with no-referrer a browser's form is refused"
    assert 'name="referrer"' not in answer.content.decode()
    issued = Device.objects.get().token_prefix
    again = scene["head"].post(f"/fieldstaff/phones/{device.pk}/", form, follow=True)
    assert not TOKEN.search(again.content.decode()) and "sudah pernah ditampilkan" in again.content.decode()
    assert Device.objects.get().token_prefix == issued, "reading the page again makes no new code"


@pytest.mark.parametrize(
    ("program", "marks"),
    [
        ("traccar7", ["Frekuensi 60", "URL server"]),
        ("traccar9", ["Interval 60, distance 0"]),
        ("owntracks", ["/fieldstaff/owntracks", "petugas", "“Move”"]),
        ("own", ["/petugas/#masuk=cc_", "layar utama"]),
    ],
)
def test_each_app_has_its_own_sheet(scene, program, marks):
    device = enrolled(scene, program)
    token, sheet = code_of(scene, device)
    assert all(mark in sheet for mark in marks) and device.uid in sheet
    assert Device.objects.get().protocol == {"owntracks": "owntracks", "own": "app"}.get(program, "traccar")
    assert ("/kesehatan/" in sheet) is (program != "own"), (
        "our own link opens once and has no page after that"
    )
    assert tokens.check(token, use=False)


def test_no_code_without_the_notice_and_none_without_a_holder(scene):
    scene["head"].post(
        f"/fieldstaff/people/{scene['officer'].pk}/phone/", {"program": "traccar10", "brand": "other"}
    )
    device = Device.objects.get()
    import uuid

    form = {"once": str(uuid.uuid4())}
    page = scene["head"].post(f"/fieldstaff/phones/{device.pk}/", form, follow=True).content.decode()
    assert "Serahkan pemberitahuan privasi lebih dulu" in page
    scene["head"].post(f"/fieldstaff/phones/{device.pk}/notice/", {})
    assert not NoticeGiven.objects.exists(), "a notice that nobody ticked was not given"
    scene["head"].post(f"/fieldstaff/phones/{device.pk}/notice/", {"agreed": "1"})
    scene["head"].post(f"/fieldstaff/phones/{device.pk}/back/")
    form = {"once": str(uuid.uuid4())}
    page = scene["head"].post(f"/fieldstaff/phones/{device.pk}/", form, follow=True).content.decode()
    assert "Belum ada yang membawa ponsel ini" in page and Device.objects.get().token_prefix is None


def test_no_secret_is_made_where_it_would_travel_in_the_open(scene, settings):
    device = enrolled(scene)
    settings.PUBLIC_URL = "http://pusat.example.go.id"
    form = {"once": once(scene["head"], device)}
    page = scene["head"].post(f"/fieldstaff/phones/{device.pk}/", form, follow=True).content.decode()
    assert "CC_PUBLIC_URL" in page and Device.objects.get().token_prefix is None


def test_a_code_that_was_not_used_in_time_opens_nothing_and_the_page_says_so(scene):
    device = enrolled(scene)
    token, _page = code_of(scene, device)
    late = timezone.now() - timedelta(hours=1)
    Device.objects.update(enrol_until=late)
    assert send(token, device.uid).status_code == 404
    page = scene["head"].get(f"/fieldstaff/phones/{device.pk}/").content.decode()
    assert "tidak dipakai tepat waktu" in page and not Position.objects.exists()


def test_a_change_leaves_a_day_and_a_lost_phone_none(scene):
    device = enrolled(scene)
    first, _page = code_of(scene, device)
    assert send(first, device.uid).status_code == 200
    second, _page = code_of(scene, device)
    now = timezone.now()
    assert tokens.check(first, now) and tokens.check(second, now)
    third, _page = code_of(scene, device, at_once="1")
    # The test's transaction never commits, so the marks that a commit leaves are read off the table.
    from commandcenter import keys

    keys.client().flushdb()
    assert tokens.check(third, now) and not tokens.check(first, now)
    send(third, device.uid)
    scene["head"].post(f"/fieldstaff/phones/{device.pk}/revoke/")
    keys.client().flushdb()
    assert send(third, device.uid).status_code == 404
    assert "Kode sudah dicabut" in scene["head"].get(f"/fieldstaff/phones/{device.pk}/").content.decode()


def test_another_hand_and_who_has_it_already(scene):
    device = enrolled(scene)
    other = make_officer("P-TIGA", agency=scene["officer"].agency)
    mine = DeviceBinding.objects.get()

    def hand(officer, since) -> str:
        form = {"officer": officer.pk, "since": timezone.localtime(since).strftime("%Y-%m-%dT%H:%M")}
        return scene["head"].post(f"/fieldstaff/phones/{device.pk}/hand/", form, follow=True).content.decode()

    noon = timezone.now() + HOUR
    assert "sudah membawa ponsel ini" in hand(scene["officer"], noon)
    assert "P-SATU membawa ponsel ini sejak" in hand(other, mine.valid.lower - HOUR)
    assert "P-TIGA membawa ponsel ini." in hand(other, noon)
    mine.refresh_from_db()
    assert mine.valid.upper == DeviceBinding.objects.get(officer=other).valid.lower
    assert "P-TIGA membawa ponsel ini sejak" in hand(scene["officer"], noon)
    assert "Paling jauh seminggu" in hand(scene["officer"], timezone.now() + timedelta(days=9))
    assert "Pilih petugas" in hand(scene["foreign"], noon), "nobody else's people are in the list"
    assert DeviceBinding.objects.count() == 2


def test_whose_people_a_head_may_enrol(scene):
    device = enrolled(scene)
    for path in (f"/fieldstaff/people/{scene['officer'].pk}/phone/", f"/fieldstaff/phones/{device.pk}/"):
        assert scene["stranger"].get(path).status_code == 404
        assert scene["stranger"].post(path).status_code == 404
        assert scene["admin"].get(path).status_code == 200
        assert Client().get(path).status_code == 302
        for role in (Role.OPERATOR, Role.MAYOR, Role.PARTNER):
            assert client_of(make_user(role)).get(path).status_code == 403
    for verb in ("revoke", "back", "notice", "hand"):
        assert scene["stranger"].post(f"/fieldstaff/phones/{device.pk}/{verb}/").status_code == 404
    assert Device.objects.get().revoked_at is None
    # Once it is in another agency's hand it is that agency's.
    DeviceBinding.objects.update(valid=(timezone.now() - HOUR, timezone.now()))
    DeviceBinding.objects.create(device=device, officer=scene["foreign"], valid=(timezone.now(), None))
    assert scene["head"].get(f"/fieldstaff/phones/{device.pk}/").status_code == 404
    assert scene["stranger"].get(f"/fieldstaff/phones/{device.pk}/").status_code == 200


def test_the_place_of_one_off_duty_is_not_on_the_page(scene):
    device = enrolled(scene)
    token, _page = code_of(scene, device)
    from fieldstaff.models import Shift

    Shift.objects.all().delete()
    assert send(token, device.uid).status_code == 200
    page = scene["head"].get(f"/fieldstaff/phones/{device.pk}/").content.decode()
    assert "Terhubung pukul" in page and "di luar jam tugas" in page and "-6.12010" not in page


@pytest.mark.django_db(transaction=True)
async def test_the_page_that_waits_hears_of_the_first_message_and_others_do_not(redis_client):
    def prepare():
        ensure_roles()
        own, other = make_agency("satu"), make_agency("dua")
        device = make_device(make_officer("P-SATU", agency=own))
        cookies = [
            client_of(make_user(Role.HEAD, agency=agency)).cookies["sessionid"].value
            for agency in (own, other)
        ]
        return device, tokens.issue(viewer=None, device=device), cookies

    device, token, cookies = await database_sync_to_async(prepare)()
    sockets = []
    for value in cookies:
        cookie = f"sessionid={value}".encode()
        headers = [(b"origin", b"http://testserver"), (b"host", b"testserver"), (b"cookie", cookie)]
        socket = WebsocketCommunicator(application, "/ws/desk/", headers=headers)
        assert (await socket.connect())[0]
        await socket.send_json_to({"t": "join", "topics": ["fieldstaff.phone"]})
        sockets.append(socket)
    await asyncio.sleep(0.5)
    answer = await database_sync_to_async(send)(token, device.uid)
    assert answer.status_code == 200
    heard = []
    for socket in sockets:
        texts = []
        while not await socket.receive_nothing(timeout=1.0):
            texts.append(json.loads((await socket.receive_output())["text"]))
        heard.append([text for text in texts if text["t"] == "event"])
        await socket.disconnect()
    await database_sync_to_async(connections.close_all)()
    assert [event["id"] for event in heard[0]] == [device.pk]
    assert heard[1] == []
