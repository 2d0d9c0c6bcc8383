"""What a phone brings: incidents that become reports, gauges, calls for help and their end."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from complaints.models import Report
from complaints.services import moving  # noqa: F401 - the seed of moves is read by filing
from fieldstaff.models import SosEvent, WaterLevel
from fieldstaff.pwa.incidents import SLUG
from tests.complaints.test_files import picture
from tests.factories.city import client_of, make_user
from tests.factories.complaints import make_category, make_channel
from tests.fieldstaff.pwa.stage import Pwa, item

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(redis_client, settings, tmp_path) -> Pwa:
    settings.MEDIA_ROOT = tmp_path
    held = Pwa(kind="pemantau_kali", name="Pak Budi")
    held.sign_in()
    return held


def jpeg() -> bytes:
    return picture(size=(60, 40))


def test_two_taps_make_a_report_with_photo_place_and_source(phone):
    category = make_category(name="Pohon tumbang")
    answer = phone.form(
        "/petugas/kejadian/", photo=jpeg(), category=category.pk, lat="-6.1201", lon="106.1502"
    )
    assert answer.status_code == 201
    report = Report.objects.get()
    assert answer.json() == {"number": report.number}
    assert (report.channel.slug, report.category, report.reporter.name) == (
        SLUG, category, f"Pak Budi ({phone.officer.code})",
    )  # fmt: skip
    assert report.attachments.count() == 1 and "Pohon tumbang" in report.text and "Budi" not in report.text
    assert (
        report.locations.count() == 1
        if hasattr(report, "locations")
        else report.lat == pytest.approx(-6.1201)
    )


def test_an_incident_sent_twice_is_one_report_with_one_photo(phone):
    values = {"id": str(uuid.uuid4()), "category": make_category().pk}
    first = phone.form("/petugas/kejadian/", photo=jpeg(), **values)
    again = phone.form("/petugas/kejadian/", photo=jpeg(), **values)
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    assert Report.objects.get().attachments.count() == 1


def test_another_officers_key_meets_nothing_of_his(phone):
    other = Pwa()
    other.sign_in()
    key = str(uuid.uuid4())
    numbers = {one.form("/petugas/kejadian/", id=key).json()["number"] for one in (phone, other)}
    assert len(numbers) == 2


def test_the_officers_channel_is_not_the_citizens(phone):
    web = make_channel("web")
    phone.form("/petugas/kejadian/")
    assert Report.objects.get().channel != web
    web.enabled = False
    web.save()
    assert phone.client.get("/lapor/").status_code == 404


@pytest.mark.parametrize(
    ("values", "field"),
    [({"id": "x"}, "id"), ({"at": "gestern"}, "at"), ({"at": "1999-01-01T00:00:00Z"}, "at")],
)
def test_a_refusal_names_its_field_and_stores_nothing(phone, values, field):
    answer = phone.form("/petugas/kejadian/", **values)
    assert answer.status_code == 400 and answer.json()["errors"][field]
    assert not Report.objects.exists()


@pytest.mark.parametrize("lat", ["nan", "inf", "91", "x", ""])
def test_a_place_that_is_none_is_left_out(phone, lat):
    assert phone.form("/petugas/kejadian/", lat=lat, lon="106").status_code == 201


@pytest.mark.parametrize("category", ["x", "999999", "9" * 300, "-1", "²"])
def test_a_category_that_is_not_offered_is_something_else(phone, category):
    assert phone.form("/petugas/kejadian/", category=category).status_code == 201
    assert Report.objects.get().category is None


def test_a_secret_category_is_no_button(phone):
    secret = make_category(private=True)
    phone.form("/petugas/kejadian/", category=secret.pk)
    assert Report.objects.get().category is None
    assert f'data-category="{secret.pk}"' not in phone.client.get("/petugas/").content.decode()


def test_a_reading_keeps_both_clocks(phone):
    now = datetime.now(UTC)
    slow = now - timedelta(hours=1)
    answer = phone.form(
        "/petugas/air/",
        station="Bendung Pamarayan",
        level_cm="184",
        at=slow.isoformat(),
        sent_at=slow.isoformat(),
    )
    assert answer.status_code == 201
    row = WaterLevel.objects.get()
    assert abs((row.at - now).total_seconds()) < 30 and abs((row.said_at - slow).total_seconds()) < 1
    assert (row.officer, row.device, row.level_cm) == (phone.officer, phone.device, 184)
    assert phone.state().json()["who"]["gauges"] == ["Bendung Pamarayan"]


def test_a_reading_sent_twice_is_one(phone):
    key = str(uuid.uuid4())
    answers = [phone.form("/petugas/air/", id=key, station="Situ", level_cm="90") for _i in range(2)]
    assert [one.status_code for one in answers] == [201, 200] and WaterLevel.objects.count() == 1


@pytest.mark.parametrize("level", ["-301", "2501", "999999", "1.5", "", "x", "1e3"])
def test_an_impossible_level_is_refused(phone, level):
    assert phone.form("/petugas/air/", station="Situ", level_cm=level).status_code == 400
    assert not WaterLevel.objects.exists()


def test_the_database_refuses_an_impossible_level_and_any_change(phone):
    values = {"officer": phone.officer, "station": "Situ", "at": timezone.now(), "said_at": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        WaterLevel.objects.create(level_cm=2501, **values)
    row = WaterLevel.objects.create(level_cm=100, **values)
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        WaterLevel.objects.filter(pk=row.pk).update(level_cm=101)
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        row.delete()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL cc.erasing = 'on'")
        row.delete()


def test_only_watchers_read_gauges(redis_client):
    sweeper = Pwa(kind="penyapu")
    sweeper.sign_in()
    assert sweeper.form("/petugas/air/", station="Situ", level_cm="90").status_code == 403
    assert not WaterLevel.objects.exists()


def test_the_desk_reads_gauges_and_a_head_his_agencys(phone):
    ensure_roles()
    phone.form("/petugas/air/", station="Kali Cibanten", level_cm="210")
    operator, mayor = client_of(make_user(Role.OPERATOR)), client_of(make_user(Role.MAYOR))
    page = operator.get("/fieldstaff/water/", {"station": "Kali Cibanten"}).content.decode()
    assert "Kali Cibanten" in page and "210" in page
    assert "Pak Budi" in page, page[page.index("<main") :]
    assert mayor.get("/fieldstaff/water/").status_code == 403
    own = viewer_of_user(make_user(Role.HEAD, agency=phone.officer.agency))
    from tests.factories.city import make_agency

    stranger = viewer_of_user(make_user(Role.HEAD, agency=make_agency("lain")))
    assert WaterLevel.objects.visible_to(own).count() == 1
    assert not WaterLevel.objects.visible_to(stranger).exists()


def test_a_call_is_heard_once_counted_and_told_by_whom_it_was_received(phone):
    call = item("sos", lat=-6.1, lon=106.1)
    for _time in range(3):
        assert phone.batch(call).status_code == 200
    row = SosEvent.objects.get()
    assert (row.repeats, row.officer, row.client_key) == (2, phone.officer, call["id"])
    said = phone.client.get(f"/petugas/sos/{call['id']}.json").json()
    assert said["acknowledged"] is None and said["received"]
    SosEvent.objects.update(
        acknowledged_at=timezone.now(),
        acknowledged_by=make_user(Role.OPERATOR, first_name="Ibu", last_name="Rina"),
    )
    said = phone.client.get(f"/petugas/sos/{call['id']}.json").json()
    assert said["acknowledged"] and said["by"] == "Ibu Rina"


def test_a_call_of_others_is_not_there(phone):
    other = Pwa()
    other.sign_in()
    call = item("sos")
    phone.batch(call)
    assert other.client.get(f"/petugas/sos/{call['id']}.json").status_code == 404
    path = f"/petugas/sos/{call['id']}/selesai/"
    assert other.client.post(path, {"pin": "1234", "outcome": "safe"}).status_code == 404


def end(phone: Pwa, call: dict[str, Any], pin: str, outcome: str = "false_alarm") -> Any:
    return phone.client.post(f"/petugas/sos/{call['id']}/selesai/", {"pin": pin, "outcome": outcome})


def test_only_the_pin_takes_a_call_back(phone):
    first, call = item("sos"), item("sos")
    phone.batch(first)
    assert end(phone, first, "1234").status_code == 400  # none was chosen
    SosEvent.objects.all().delete()
    assert phone.client.post("/petugas/pin/", {"pin": "4827"}).status_code == 201
    phone.batch(call)
    assert end(phone, call, "1234").status_code == 400
    assert end(phone, call, "4827", "weg").status_code == 400
    assert SosEvent.objects.get().cancelled_at is None
    answer = end(phone, call, "4827").json()
    assert answer["cancelled"] and answer["ended"] is None, "a person at the desk closes it"
    assert end(phone, call, "4827", "safe").json()["cancelled"] == answer["cancelled"]
    assert AuditEntry.objects.filter(action="sos.cancelled", detail__said="false_alarm").count() == 1


def test_a_silent_call_is_silent_on_the_server_too(phone):
    phone.batch(item("sos", silent="1"))
    assert SosEvent.objects.get().silent
    phone.batch(item("sos"))
    assert SosEvent.objects.filter(silent=False).count() == 1


def test_whoever_tries_pins_is_stopped_and_then_even_the_right_one_ends_nothing(phone):
    phone.client.post("/petugas/pin/", {"pin": "4827"})
    call = item("sos")
    phone.batch(call)
    for guess in range(5):
        assert end(phone, call, f"100{guess}").status_code == 400
    assert end(phone, call, "4827").status_code == 400
    assert SosEvent.objects.get().cancelled_at is None


@pytest.mark.parametrize("pin", ["", "123", "1111", "abcd", "123456789", "１２３４"])
def test_a_pin_that_is_none_is_refused(phone, pin):
    assert phone.client.post("/petugas/pin/", {"pin": pin}).status_code == 400


def test_a_pin_is_changed_with_the_old_one_only(phone):
    phone.client.post("/petugas/pin/", {"pin": "4827"})
    assert phone.client.post("/petugas/pin/", {"pin": "9315"}).status_code == 400
    assert phone.client.post("/petugas/pin/", {"pin": "9315", "old": "4827"}).status_code == 201
