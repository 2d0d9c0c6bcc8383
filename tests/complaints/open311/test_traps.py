"""The traps of GeoReport v2 that other servers fell into, each by name."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from complaints.models import PartnerReport, Question, Report
from complaints.services import merging, moving
from complaints.workflow import OUTCOMES
from tests.complaints.open311.wires import V2, both, post
from tests.factories.city import make_region
from tests.factories.complaints import make_category, make_report, make_reporter

pytestmark = pytest.mark.django_db
PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--'
GOOD = {"service_code": "PJU-01", "lat": "-6.1", "long": "106.1", "description": "Padam"}


def shown(category=None, **values):
    report = make_report(category=category, **values)
    moving.move(pk=report.pk, target="verified", viewer=None)
    return report


def test_the_changeset_moves_with_every_word_that_is_served_and_sorts_by_time(lamp):
    def now() -> str:
        return both("discovery")[0]["changeset"]

    question = Question.objects.get(code="TIANG")
    steps = [now()]
    for row, name, value in (
        (lamp, "name", "Lampu mati"),
        (lamp, "description", "Lampu jalan"),
        (lamp, "keywords", ["lampu"]),
        (question, "text", "Nomor tiang listrik"),
        (question, "required", True),
        (Question.objects.get(code="MACAM"), "values", [["a", "mati"]]),
        (lamp, "active", False),
        (lamp, "active", True),
    ):
        setattr(row, name, value)
        row.save()
        steps.append(now())
    assert steps == sorted(set(steps)) and now() == steps[-1]


def test_the_changeset_stays_when_nothing_that_is_served_changes(lamp):
    before = both("discovery")[0]["changeset"]
    make_category("APR-01", private=True)
    lamp.radius_m = 77
    lamp.save()
    shown(lamp)
    assert both("discovery")[0]["changeset"] == before


def test_codes_and_ids_are_texts_flags_are_booleans_and_numbers_are_numbers():
    make_region()
    row = make_category("001", name="Angka")
    Question.objects.create(category=row, code="007", datatype="string", text="Nomor", order=3)
    report = shown(row, lat=-6.1, lng=106.1)
    text = Client().get(f"{V2}/services.json").content.decode()
    assert '"service_code":"001"' in text and '"metadata":true' in text
    definition = Client().get(f"{V2}/services/001.json").content.decode()
    assert '"code":"007"' in definition and '"order":1' in definition and '"required":false' in definition
    [found] = both(f"requests/{report.number}")[0]
    assert isinstance(found["service_request_id"], str) and isinstance(found["service_code"], str)
    assert isinstance(found["lat"], float) and found["zipcode"] is None
    [problem] = both("services/TAK")[0]
    assert problem["code"] == 404


@pytest.mark.parametrize(
    "place", [{"lat": "-6.1", "long": "106.1"}, {"address_string": "Jl. Raya 5"}, {"address_id": "36.04.19"}]
)
def test_each_form_of_place_is_enough_alone(key, lamp, place):
    assert post(key, service_code="PJU-01", **place).status_code == 200


def test_the_key_is_checked_before_everything_else(lamp):
    assert post("cc_salah_x", service_code="TAK-ADA", lat="999").status_code == 403


def test_an_empty_parameter_is_an_absent_one(key, lamp):
    empty = dict.fromkeys(("address_string", "email", "media_url", "attribute[TIANG]", "jurisdiction_id"), "")
    assert post(key, **GOOD, **empty).status_code == 200
    assert Client().get(f"{V2}/requests.json?start_date=&end_date=&status=&page=").status_code == 200


def test_our_own_jurisdiction_and_none_are_here_another_is_not():
    make_region()
    for given, status in (("", 200), ("36.04", 200), ("31.71", 404)):
        assert Client().get(f"{V2}/services.json?jurisdiction_id={given}").status_code == status


def test_the_format_is_behind_the_last_dot(lamp):
    report = shown(lamp)
    answer = Client().get(f"{V2}/requests/{report.number}.x.json")
    assert answer.status_code == 404 and json.loads(answer.content)[0]["code"] == 404


def test_one_date_alone_is_one_end_of_ninety_days(lamp):
    shown(lamp)
    now = timezone.now()

    def count(**query) -> int:
        return len(both("requests", **{name: at.isoformat() for name, at in query.items()})[0])

    assert count(start_date=now - timedelta(days=1)) == 1
    assert count(start_date=now - timedelta(days=100)) == 0
    assert count(end_date=now + timedelta(days=1)) == 1
    assert count(end_date=now - timedelta(days=1)) == 0


def test_ids_override_every_other_parameter(lamp):
    report = shown(lamp)
    found = both("requests", service_request_id=report.number, status="closed", service_code="X")[0]
    assert [row["service_request_id"] for row in found] == [report.number]


def test_a_service_without_questions_answers_an_empty_definition():
    make_category("SMP-01")
    found, root, status = both("services/SMP-01")
    assert status == 200 and found == {"service_code": "SMP-01", "attributes": []}
    assert root.find("attributes") is not None and len(root.findall("attributes/attribute")) == 0


@pytest.mark.parametrize("outcome", sorted(OUTCOMES))
def test_every_outcome_is_closed_and_says_which(lamp, outcome):
    report = shown(lamp)
    if outcome == "duplicate":
        merging.merge(pk=report.pk, into=shown(lamp).pk, viewer=None, text="Karena begitu")
    else:
        moving.move(pk=report.pk, target=outcome, viewer=None, text="Karena begitu", body_named="PLN")
    found = both(f"requests/{report.number}")[0][0]
    if outcome == "rejected":
        assert found["code"] == 404
        return
    assert found["status"] == "closed" and found["status_notes"] not in {"", "closed"}


@pytest.mark.parametrize(
    "query",
    [
        "end_date=0001-01-01T00:00:00Z",
        "start_date=9999-12-31T23:59:59Z",
        "start_date=0001-01-01T00:00:00%2B14:00",
    ],
)
def test_a_moment_at_the_end_of_the_calendar_names_its_field(query):
    for path in ("requests", "servicerequestupdates"):
        answer = Client().get(f"/open311/v2/{path}.json?{query}")
        assert answer.status_code == 400 and query.partition("=")[0] in answer.json()[0]["description"]


def test_the_expected_moment_is_the_completion_clock(lamp):
    make_region()
    report = shown(lamp)
    found = both(f"requests/{report.number}")[0][0]
    assert report.finish_due is None or found["expected_datetime"].endswith("+07:00")


def test_nothing_personal_is_in_any_answer(lamp):
    person = make_reporter(name="Siti Rahasia", email="siti@contoh.id", phone="081234567890")
    report = shown(lamp, reporter=person, anonymous=True)
    PartnerReport.objects.create(report=report, key=1, key_name="Kunci Mitra", account_id="akun-77")
    pages = [f"requests.{{}}?service_request_id={report.number}&extensions=true", "servicerequestupdates.{}"]
    for page in pages:
        for form in ("json", "xml"):
            body = Client().get(f"{V2}/{page.format(form)}").content.decode()
            for word in ("Siti", "siti@", "8123456", "Kunci", "akun-77"):
                assert word not in body


def test_reports_of_a_private_category_are_in_no_list_and_404_by_id():
    report = shown(make_category("APR-01", private=True), text="Pungli di loket")
    assert both("requests")[0] == [] and both(f"requests/{report.number}")[2] == 404
    assert both(f"tokens/{report.uuid}")[2] == 404 and both("servicerequestupdates")[0] == []


def test_a_token_leads_to_its_number(lamp):
    report = shown(lamp)
    found, root, _status = both(f"tokens/{report.uuid}")
    assert found == [{"service_request_id": report.number, "token": str(report.uuid)}]
    assert root.findtext("request/token") == str(report.uuid)
    assert both("tokens/bukan-token")[2] == 404


def test_extensions_are_absent_by_default_and_cost_no_query_a_row(lamp, django_assert_max_num_queries):
    for n in range(4):
        shown(lamp, text=f"Laporan {n}")
    assert "extended_attributes" not in both("requests")[0][0]
    with django_assert_max_num_queries(12):
        rows = json.loads(Client().get(f"{V2}/requests.json?extensions=true").content)
    assert len(rows) == 4 and all(row["notes"][0]["type"] == "opened" for row in rows)


def test_paging_is_newest_first_with_fifty_a_page(lamp):
    for n in range(3):
        shown(lamp, text=f"Laporan {n}", sent_at=timezone.now() - timedelta(hours=n))
    found = both("requests", page="1")[0]
    assert [row["description"] for row in found] == ["Laporan 0", "Laporan 1", "Laporan 2"]


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data; boundary=x", b"--y\r\nnothing"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x; charset=hex", PART),
        ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
        ("application/x-www-form-urlencoded", b"service_code=%00"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(2000))),
        ("application/json", b'{"service_code": "PJU-01"}'),
    ],
)  # fmt: skip
def test_a_body_that_is_no_form_is_an_error_in_the_asked_format(form, content_type, body):
    client = Client(raise_request_exception=False)
    answer = client.generic("POST", f"{V2}/requests.{form}", body, content_type=content_type)
    assert answer.status_code in {400, 403}
    if form == "json":
        assert json.loads(answer.content)[0]["code"] in {400, 403}
    else:
        assert ElementTree.fromstring(answer.content).tag == "errors"


@pytest.mark.parametrize("where", ["?status=%00", "?service_code=a%00b", "/A%00B.json", ".json?%00=1"])
def test_a_nul_anywhere_is_an_error_in_the_asked_format(where):
    path = f"{V2}/requests{where}" if where.startswith(("/", ".")) else f"{V2}/requests.json{where}"
    answer = Client().get(path)
    assert answer.status_code in {400, 404} and json.loads(answer.content)[0]["code"] in {400, 404}


def test_an_email_that_is_none_names_its_field(key, lamp):
    answer = post(key, **GOOD, email="bukan surat")
    assert answer.status_code == 400 and json.loads(answer.content)[0]["description"].startswith("email")
    assert not Report.objects.exists()


def test_a_busy_key_is_asked_to_come_later_and_others_are_not(key, lamp, settings, redis_client):
    settings.PARTNER_PER_MINUTE = 3
    answers = [post(key, **{**GOOD, "description": f"Padam {n}"}) for n in range(6)]
    refused = [answer for answer in answers if answer.status_code == 400]
    assert len(refused) >= 2  # the minute may turn once while this test runs
    assert {answer.status_code for answer in answers} == {200, 400}
    problem = json.loads(refused[-1].content)[0]
    assert problem["code"] == 429 and problem["description"].startswith("api_key")
    assert 1 <= int(refused[-1]["Retry-After"]) <= 60
    assert Client().get(f"{V2}/requests.json").status_code == 200  # reading needs no key and has no limit


def test_who_wants_no_name_is_not_found_by_the_point(lamp):
    shown(lamp, anonymous=True, lat=-6.123456, lng=106.151515)
    [row] = both("requests")[0]
    assert (row["lat"], row["long"]) == (-6.123, 106.152)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_our_own_fault_is_told_in_the_asked_format(lamp, form, monkeypatch, caplog):
    def broken(*args, **words):
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("complaints.open311.views.documents.loaded", broken)
    answer = Client().get(f"/open311/v2/requests.{form}")
    body = answer.content.decode()
    assert answer.status_code == 500 and "secret detail" not in body and "a secret detail" in caplog.text
    if form == "json":
        assert json.loads(body)[0]["code"] == 500
    else:
        assert ElementTree.fromstring(body).findtext("error/code") == "500"
