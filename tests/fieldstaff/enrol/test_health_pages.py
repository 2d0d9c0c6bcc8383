"""The list of sick phones by right and filter, and the page that a phone's holder opens by his link."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from commandcenter import keys
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.incidents.models import Alarm
from fieldstaff import tokens
from fieldstaff.enrol import twice
from fieldstaff.health import read
from fieldstaff.models import Device, Flag, PhoneCare, Position
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.fieldstaff import make_device, make_officer, make_shift
from tests.fieldstaff.phones import Phone

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def scene(now, redis_client):
    """A mocked phone on shift in one agency, one that was never used in another, off shift."""
    ensure_roles()
    own, other = make_agency("satu"), make_agency("dua")
    mocked = make_officer("P-PALSU", agency=own, name="Si Palsu")
    make_shift(mocked, now - 2 * HOUR)
    phone = Phone(make_device(mocked, uid="70011234", app="Traccar Client 7"))
    unused = Phone(make_device(make_officer("P-BARU", agency=other, name="Si Baru"), uid="70011235"))
    for n in range(30):
        Position.objects.create(
            device=phone.device, officer=mocked, fix_at=now - timedelta(minutes=60 - n), kind=1, batt=70,
            recv_at=now - timedelta(minutes=60 - n), lat_e7=-61_201_000 - n, lon_e7=1_061_502_000,
            flags=Flag.MOCK if n > 20 else 0,
        )  # fmt: skip
    Device.objects.filter(pk=phone.device.pk).update(last_recv_at=now)
    assert read.judge_all(now) == 2
    return {"own": own, "other": other, "mocked": phone, "unused": unused}


def listed(role: Role, query: str = "", **values) -> str:
    answer = client_of(make_user(role, **values)).get(f"/fieldstaff/phones/health/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_sweep_judges_and_forgets_phones_that_nobody_carries(scene, now):
    mocked = PhoneCare.objects.get(device=scene["mocked"].device)
    assert (mocked.worst, mocked.findings[0]) == ("crit", ["mock", 9])
    assert mocked.officer and mocked.officer.code == "P-PALSU"
    scene["mocked"].device.bindings.update(valid=(now - 9 * HOUR, now - HOUR))
    read.judge_all(now)
    mocked.refresh_from_db()
    assert (mocked.worst, mocked.findings, mocked.officer) == ("", [], None)


def test_what_the_last_holder_did_is_not_the_next_ones(scene, now):
    """A phone that changed hands is judged on the new hand's time alone."""
    device = scene["mocked"].device
    device.bindings.update(valid=(now - 9 * HOUR, now - timedelta(minutes=20)))
    device.bindings.create(officer=make_officer("P-NEU"), valid=(now - timedelta(minutes=20), None))
    assert "mock" not in [one.code.value for one in read.judge_device(device, now)]


def test_who_sees_which_sick_phone(scene):
    assert "Si Palsu" in listed(Role.ADMIN) and "Si Baru" in listed(Role.ADMIN)
    head = listed(Role.HEAD, agency=scene["other"])
    assert "Si Baru" in head and "Si Palsu" not in head
    desk = listed(Role.OPERATOR)
    assert "Si Palsu" in desk and "Si Baru" not in desk, "the desk sees those on shift"
    assert f"/fieldstaff/phones/{scene['mocked'].device.pk}/" not in desk, "and no door to the phone"
    for role in (Role.MAYOR, Role.PARTNER):
        assert client_of(make_user(role)).get("/fieldstaff/phones/health/").status_code == 403
    assert Client().get("/fieldstaff/phones/health/").status_code == 302


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=crit", ["Si Palsu"]),
        ("?state=warn", ["Si Baru"]),
        ("?state=good", []),
        ("?finding=mock", ["Si Palsu"]),
        ("?finding=never", ["Si Baru"]),
        ("?q=palsu", ["Si Palsu"]),
        ("?q=P-BA", ["Si Baru"]),
        ("?agency=999999999999999", ["Si Palsu", "Si Baru"]),
        ("?state=x&finding=y&page=z", ["Si Palsu", "Si Baru"]),
    ],
)
def test_filters(scene, query, found):
    page = listed(Role.ADMIN, query)
    assert [name for name in ("Si Palsu", "Si Baru") if name in page] == found


def test_the_holder_reads_what_is_wrong_without_a_login_and_nothing_else(scene):
    phone = scene["mocked"]
    answer = Client().get(f"/fieldstaff/t/{phone.token}/kesehatan/")
    text = answer.content.decode()
    assert answer.status_code == 200 and "GPS palsu aktif" in text and "Hapus aplikasi GPS palsu" in text
    for secret in (phone.token, phone.token[12:], "Si Palsu", "P-PALSU", "70011234", "6.1201", "61201"):
        assert secret not in text
    assert answer["Referrer-Policy"] == "no-referrer" and "no-store" in answer["Cache-Control"]


def test_a_look_at_the_page_is_no_first_use(scene):
    phone = scene["unused"]
    text = Client().get(f"/fieldstaff/t/{phone.token}/kesehatan/").content.decode()
    assert "belum pernah terhubung" in text
    assert Device.objects.get(pk=phone.device.pk).enrolled_at is None
    assert tokens.check(phone.token)
    assert Device.objects.get(pk=phone.device.pk).enrolled_at is not None


def test_wrong_revoked_and_posted(scene, caplog, settings):
    phone = scene["mocked"]
    path = f"/fieldstaff/t/{phone.token}/kesehatan/"
    assert Client().post(path).status_code == 405
    wrong = Client().get("/fieldstaff/t/cc_00000000_" + "A" * 43 + "/kesehatan/")
    assert wrong.status_code == 404 and wrong.content == b""
    settings.HTTPS = True
    assert Client().get(path).status_code == 403
    assert Device.objects.get(pk=phone.device.pk).exposed_at is not None
    settings.HTTPS = False
    tokens.revoke(viewer=None, device=phone.device)
    keys.client().flushdb()
    assert Client().get(path).status_code == 404
    assert phone.token[12:] not in caplog.text


def test_one_token_in_two_networks_is_an_alarm_once_and_ends_with_a_new_code(scene, now):
    phone = scene["mocked"]
    for n in range(12):
        address = "36.70.1.9" if n % 2 else "114.10.3.4"
        phone.post(f"id={phone.device.uid}&batt=50", FORM, REMOTE_ADDR=address)
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.state, alarm.agency) == ("phone_two_networks", "open", scene["own"])
    assert "P-PALSU" not in alarm.title and "Si Palsu" not in alarm.title
    care = PhoneCare.objects.get(device=phone.device)
    assert care.two_networks_at is not None
    assert "two_networks" in [one.code.value for one in read.judge_device(phone.device)]
    kept = b"".join(keys.client().get(name) or b"" for name in keys.client().keys("*net*"))
    assert b"36.70.1.9" not in kept and b"114.10.3.4" not in kept and b"/16" in kept
    twice.settled(phone.device.pk)
    alarm.refresh_from_db()
    care.refresh_from_db()
    assert alarm.state == "cleared" and care.two_networks_at is None


def test_a_phone_on_its_way_home_is_no_alarm(scene):
    phone = scene["mocked"]
    for address in ["36.70.1.9"] * 5 + ["114.10.3.4"] * 5 + ["36.70.8.8"] * 3:
        phone.post(f"id={phone.device.uid}&batt=50", FORM, REMOTE_ADDR=address)
    assert not Alarm.objects.exists()


def test_no_verdict_is_not_a_clean_bill(scene):
    PhoneCare.objects.update(worst="", judged_at=None)
    page = listed(Role.ADMIN)
    assert "2 ponsel menunggu pemeriksaan pertama" in page and "Tidak ada ponsel bermasalah" not in page
    assert "cc-counts" not in page  # no figure before anybody was looked at
    read.judge_all()
    page = listed(Role.ADMIN)
    assert "menunggu pemeriksaan" not in page and "Terakhir diperiksa" in page and "cc-counts" in page
