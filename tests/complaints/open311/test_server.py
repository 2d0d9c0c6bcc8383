"""GeoReport v2 as another city's app sees it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from complaints.models import Report
from complaints.services import moving, talking
from tests.complaints.open311.wires import V2, both, post
from tests.factories.city import make_region
from tests.factories.complaints import make_category, make_report, make_reporter

pytestmark = pytest.mark.django_db


def test_discovery_names_both_endpoints_and_formats():
    make_region()
    found, root, _status = both("discovery")
    assert [row["type"] for row in found["endpoints"]] == ["production", "test"]
    assert all(row["formats"] == ["text/xml", "application/json"] for row in found["endpoints"])
    assert root.tag == "discovery" and len(root.findall("endpoints/endpoint/formats/format")) == 4
    assert root.findtext("endpoints/endpoint/specification") == "http://wiki.open311.org/GeoReport_v2"
    before = found["changeset"]
    make_category()
    assert both("discovery")[0]["changeset"] != before


def test_services_and_their_questions(lamp):
    make_category("APR-01", private=True)
    found, root, _status = both("services")
    assert found == [
        {
            "service_code": "PJU-01", "service_name": "PJU mati", "description": "PJU mati", "metadata": True,
            "type": "realtime", "keywords": "lampu,pju", "group": "",
        }
    ]  # fmt: skip
    assert root.findtext("service/metadata") == "true" and root.find("service/group") is not None
    found, root, _status = both("services/PJU-01")
    assert [row["order"] for row in found["attributes"]] == [1, 2]
    assert found["attributes"][1]["values"] == [{"key": "a", "name": "padam"}, {"key": "b", "name": "kedip"}]
    assert len(root.findall("attributes/attribute/values/value")) == 2
    assert both("services/TAK-ADA")[2] == 404


def test_a_report_is_filed_and_read_back(key, lamp):
    make_region()
    answer = post(
        key, service_code="PJU-01", lat="-6.1203", long="106.1502", description="Lampu padam\nsejak Senin",
        email="warga@contoh.id", first_name="Siti",
        **{"attribute[TIANG]": "A17", "attribute[MACAM][]": ["a", "b"]},
    )  # fmt: skip
    assert answer.status_code == 200
    [row] = json.loads(answer.content)
    report = Report.objects.get(number=row["service_request_id"])
    assert report.answers == {"TIANG": "A17", "MACAM": ["a", "b"]} and report.lat == -6.1203
    assert both(f"requests/{report.number}")[2] == 404  # nobody has looked at it yet
    moving.move(pk=report.pk, target="verified", viewer=None)
    [found], root, _status = both(f"requests/{report.number}")
    assert found["status"] == "open" and found["description"] == "Lampu padam\nsejak Senin"
    assert found["requested_datetime"].endswith("+07:00") and found["lat"] == -6.1203
    assert "siti" not in json.dumps(found).lower() and "contoh.id" not in json.dumps(found)
    assert root.findtext("request/service_request_id") == report.number
    [more] = json.loads(Client().get(f"{V2}/requests/{report.number}.json?extensions=true").content)
    assert more["extended_attributes"]["channel"] == "partner" and more["notes"][0]["type"] == "opened"


def test_an_exact_repeat_is_the_same_report(key, lamp):
    values = {"service_code": "PJU-01", "lat": "-6.1", "long": "106.1", "description": "Padam"}
    numbers = {json.loads(post(key, **values).content)[0]["service_request_id"] for _ in range(3)}
    assert len(numbers) == 1 and Report.objects.count() == 1
    post(key, **{**values, "description": "Padam lagi"})
    assert Report.objects.count() == 2


def test_a_second_citizen_with_the_same_words_is_no_repeat(key, lamp):
    values = {"service_code": "PJU-01", "lat": "-6.1", "long": "106.1", "description": "Padam"}
    people = [
        {"email": "satu@contoh.id"}, {"email": "dua@contoh.id"}, {"phone": "081234567890"},
        {"device_id": "d-1"}, {"first_name": "Siti"}, {"account_id": "a-1"}, {"account_id": "a-2"}, {},
    ]  # fmt: skip
    for person in [*people, *people]:
        assert post(key, **values, **person).status_code == 200
    assert Report.objects.count() == len(people)
    assert {row.reporter.email for row in Report.objects.exclude(reporter=None)} >= {
        "satu@contoh.id",
        "dua@contoh.id",
    }


@pytest.mark.parametrize(
    ("values", "status", "field"),
    [
        ({"api_key": ""}, 403, "api_key"),
        ({"api_key": "cc_salah_salah"}, 403, "api_key"),
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "XXX"}, 404, "service_code"),
        ({"lat": "", "long": ""}, 400, "lat"),
        ({"long": ""}, 400, "long"),
        ({"lat": "-6,12"}, 400, "lat"),
        ({"lat": "nan"}, 400, "lat"),
        ({"lat": "91"}, 400, "lat"),
        ({"long": "181"}, 400, "long"),
        ({"description": "x" * 4001}, 400, "description"),
        ({"attribute[HANTU]": "1"}, 400, "attribute"),
        ({"attribute[MACAM][]": "z"}, 400, "attribute"),
        ({"jurisdiction_id": "99.99"}, 404, "jurisdiction_id"),
    ],
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_an_error_names_its_field_in_the_asked_format(key, lamp, values, status, field, form):
    good = {"service_code": "PJU-01", "lat": "-6.1", "long": "106.1", "description": "Padam", "api_key": key}
    answer = Client().post(f"{V2}/requests.{form}", {**good, **values})
    assert answer.status_code == status
    if form == "json":
        [problem] = json.loads(answer.content)
        assert problem["code"] == status and problem["description"].startswith(field)
    else:
        assert ElementTree.fromstring(answer.content).findtext("error/description").startswith(field)
    assert not Report.objects.exists()


def test_an_address_alone_is_a_place(key, lamp):
    assert post(key, service_code="PJU-01", address_string="Jl. Raya Ciruas 5").status_code == 200
    assert Report.objects.get().address == "Jl. Raya Ciruas 5"


@pytest.mark.parametrize(
    "query",
    [
        "start_date=2026-01-01T00:00:00Z&end_date=2026-06-01T00:00:00Z",
        "start_date=kemarin",
        "start_date=2026-01-01T00:00:00",
        "status=menunggu",
        "page=0",
        "page=x",
        "page_size=1001",
    ],
)
def test_a_query_of_nonsense_is_a_400(query):
    assert Client().get(f"{V2}/requests.json?{query}").status_code == 400


def test_an_unescaped_plus_is_understood():
    assert Client().get(f"{V2}/requests.json?start_date=2026-11-01T00:00:00+07:00").status_code == 200


def test_lists_filter_page_and_leave_out_what_is_secret(lamp):
    reports = [make_report(f"Laporan {n}", category=lamp, lat=-6.1, lng=106.1) for n in range(5)]
    for report in reports:
        moving.move(pk=report.pk, target="verified", viewer=None)
    moving.move(pk=reports[0].pk, target="resolved", viewer=None, text="Selesai")
    hidden = make_report("Rahasia", secret=True)
    moving.move(pk=hidden.pk, target="verified", viewer=None)
    make_report("Uji", is_test=True)
    found, root, _status = both("requests")
    assert len(found) == 5 == len(root.findall("request")) and "Rahasia" not in json.dumps(found)
    assert [row["status"] for row in both("requests", status="closed")[0]] == ["closed"]
    assert len(both("requests", service_code="PJU-01,X", status="open")[0]) == 4
    pages = [both("requests", page=str(n), page_size="2")[0] for n in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    wanted = f"{reports[0].number},{hidden.number},SRG-XXXX-XXXX"
    assert len(both("requests", service_request_id=wanted, status="open")[0]) == 1
    assert both(f"requests/{hidden.number}")[2] == 404


def test_a_later_note_never_moves_the_closing_time(lamp):
    report = make_report(category=lamp)
    moving.move(
        pk=report.pk, target="resolved", viewer=None, text="Selesai", at=timezone.now() - timedelta(days=1)
    )
    before = both(f"requests/{report.number}")[0][0]["updated_datetime"]
    talking.add_note(pk=report.pk, viewer=None, text="Catatan kemudian", public=True)
    assert both(f"requests/{report.number}")[0][0]["updated_datetime"] == before


def test_updates_tell_the_moves_of_a_window(lamp):
    report = make_report(category=lamp, reporter=make_reporter())
    moving.move(pk=report.pk, target="verified", viewer=None, text="catatan dalam")
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Sudah menyala")
    found, root, _status = both("servicerequestupdates")
    assert [row["status"] for row in found] == ["for_triage", "fixed"]
    assert "catatan dalam" not in json.dumps(found) and found[1]["description"] == "Sudah menyala"
    assert len(root.findall("request_update")) == 2


def test_the_test_endpoint_reaches_nobody(key, lamp):
    answer = Client().post(
        "/open311/test/v2/requests.json",
        {"api_key": key, "service_code": "PJU-01", "lat": "-6.1", "long": "106.1", "description": "Uji"},
    )
    number = json.loads(answer.content)[0]["service_request_id"]
    assert Report.objects.get().is_test
    assert both(f"requests/{number}")[2] == 404
    assert Client().get(f"/open311/test/v2/requests/{number}.json").status_code == 200


@pytest.mark.parametrize("path", ["requests.yaml", "requests.", "services.html", "discovery.JSON"])
def test_another_format_is_a_404_in_xml(path):
    answer = Client().get(f"{V2}/{path}")
    assert answer.status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_another_method_is_a_400_in_the_asked_format(method):
    answer = getattr(Client(), method)(f"{V2}/requests.json")
    assert answer.status_code == 400 and json.loads(answer.content)[0]["code"] == 400


def test_characters_that_xml_does_not_know_are_left_out(lamp):
    report = make_report("a\x0bb<c>&d", category=lamp)
    moving.move(pk=report.pk, target="verified", viewer=None)
    assert both(f"requests/{report.number}")[1].findtext("request/description") == "ab<c>&d"
