"""The published description against the server: whatever a machine makes of it, asked over HTTP.

Services and numbers are narrowed to those of the test's city, so that what fits the description must be
taken: a limit that the server has and the description hides, or the other way round, is found here.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest
from django.test import Client

from complaints.models import Attachment, PartnerReport, PartnerUpdate, RemoteFile, Report
from complaints.open311.openapi import PATH, document
from complaints.services import moving
from complaints.texts import clean_text
from tests import described
from tests.complaints.open311.wires import post
from tests.factories.city import make_region

pytestmark = pytest.mark.django_db
LABELS = described.operations(document())
READ, WRITE = ([label for label in LABELS if label.startswith(verb)] for verb in ("GET", "POST"))
# What an error may name beside the fields of its operation.
FRAME = {"api_key", "body", "method", "format", "address", "attribute", "media", "service_code"}
# What no schema can say: two fields that do not fit each other, an e-mail address that none can have.
TOGETHER = ("end_date: ", "email: ")


@pytest.fixture
def number(key, lamp) -> str:
    make_region()
    values = {"service_code": "PJU-01", "lat": "-6.12", "long": "106.15", "description": "Padam"}
    found = json.loads(post(key, **values).content)[0]["service_request_id"]
    moving.move(pk=Report.objects.get(number=found).pk, target="verified", viewer=None)
    return str(found)


@pytest.fixture
def city_as_described(number, settings, request, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.PARTNER_PER_MINUTE = 1_000_000
    narrowed = document()
    new, update = (narrowed["components"]["schemas"][name] for name in ("NewRequest", "NewUpdate"))
    new["properties"]["service_code"] = {"enum": ["PJU-01"]}
    new["patternProperties"] = {}
    new["properties"]["attribute[TIANG]"] = {"type": "string", "maxLength": 300, "pattern": "^[^\\u0000]*$"}
    new["properties"]["attribute[MACAM][]"] = {"type": "array", "items": {"enum": ["a", "b"]}}
    update["properties"]["service_request_id"] = {"enum": [number]}
    narrowed["components"]["parameters"]["jurisdiction"]["schema"] = {"enum": [""]}
    for path, value in (("/services/{code}.{form}", "PJU-01"), ("/requests/{number}.{form}", number)):
        narrowed["paths"][path]["get"]["parameters"][2]["schema"] = {"enum": [value]}
    many = request.config.getoption("--many")
    with described.one_transaction():
        yield described.loaded(narrowed, many=many, edges="without_a_key" not in request.node.name)


def rows(answer: Any) -> list[dict[str, Any]]:
    """What came back, whatever the format; the format is the asked one."""
    if answer.headers["content-type"][0].startswith("application/json"):
        found = json.loads(answer.content)
        return found if isinstance(found, list) else [found]
    return [{child.tag: child.text for child in row} for row in ElementTree.fromstring(answer.content)]


def named(case: Any, answer: Any) -> None:
    """An error begins with the name of a field that this operation has."""
    operation, body = case.operation, case.operation.body
    fields = FRAME | {
        parameter.name for where in (operation.query, operation.path_parameters) for parameter in where
    }
    for kind in body:
        schema = kind.raw_schema if hasattr(kind, "raw_schema") else {}
        fields |= set(schema.get("properties", {}))
    for row in rows(answer):
        name = row["description"].partition(": ")[0]
        assert "holds a NUL" in row["description"] or name in fields | {
            "service_request_id",
            "status",
            "description",
            "token",
        }, row


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Report, PartnerReport, Attachment, RemoteFile))


@pytest.mark.parametrize("label", READ)
def test_whatever_is_asked(city_as_described, label):
    def check(case):
        answer = case.call()
        case.validate_response(answer, checks=described.CHECKS)
        if answer.status_code != 200:
            named(case, answer)
            assert not described.fits(case) or rows(answer)[0]["description"].startswith(
                (*TOGETHER, "token: ")
            )

    described.tried(city_as_described, label, check)


def test_whatever_is_filed_is_kept_whole_or_refused_by_name(city_as_described, key):
    def check(case):
        before, known = counts(), set(Report.objects.values_list("number", flat=True))
        answer = case.call(params={"api_key": key})
        # The same address seven times is one picture.
        urls = case.body.get("media_url", []) if isinstance(case.body, dict) else []
        again = isinstance(urls, list) and len(urls) > len(set(map(str, urls)))
        case.validate_response(answer, checks=described.CHECKS[: -1 if again else None])
        if answer.status_code != 200:
            named(case, answer)
            assert counts() == before
            assert not described.fits(case) or rows(answer)[0]["description"].startswith(TOGETHER), (
                answer.text
            )
            return
        [row] = rows(answer)
        report = Report.objects.get(number=row["service_request_id"])
        assert counts()[:2] == tuple(n + (report.number not in known) for n in before[:2])
        assert PartnerReport.objects.filter(report=report).count() == 1
        if described.fits(case) and report.number not in known:
            whole(case.body, report)

    described.tried(city_as_described, "POST /requests.{form}", check)


def whole(body: dict[str, Any], report: Report) -> None:
    """Nothing of what was sent is lost."""
    assert report.text == (clean_text(body.get("description", ""), 4000) or "PJU mati")
    if "lat" in body:
        assert (report.lat, report.lng) == (float(body["lat"]), float(body["long"]))
    urls = RemoteFile.objects.filter(report=report).values_list("url", flat=True)
    assert set(urls) == set(body.get("media_url", [])) - {""}


def test_whatever_is_told_about_a_report_is_kept_or_refused_by_name(city_as_described, key):
    def check(case):
        known = {f"p{pk}" for pk in PartnerUpdate.objects.values_list("pk", flat=True)}
        answer = case.call(params={"api_key": key})
        taken = answer.status_code == 200
        # A number that was sent before gives the first result, whatever else is said.
        again = taken and rows(answer)[0]["update_id"] in known
        case.validate_response(answer, checks=described.CHECKS[: -1 if again else None])
        if not taken:
            named(case, answer)
            # No schema can say that a letter which is invisible is none.
            unseen = described.fits(case) and not clean_text(case.body["description"], 4000)
            assert (
                unseen or not described.fits(case) or rows(answer)[0]["description"].startswith(TOGETHER)
            ), answer.text
        assert PartnerUpdate.objects.count() == len(known) + (taken and not again)

    described.tried(city_as_described, "POST /servicerequestupdates.{form}", check)


@pytest.mark.parametrize("label", WRITE)
def test_without_a_key_nothing_is_written(city_as_described, label):
    def check(case):
        before = (*counts(), PartnerUpdate.objects.count())
        answer = case.call()
        case.validate_response(answer, checks=described.CHECKS)
        assert answer.status_code in {400, 403, 404}
        assert (*counts(), PartnerUpdate.objects.count()) == before

    described.tried(city_as_described, label, check)


def test_the_description_is_public_kept_for_an_hour_and_linked():
    make_region()
    answer = Client().get(PATH)
    assert answer.json() == json.loads(json.dumps(document()))
    assert answer["Cache-Control"] == "public, max-age=3600" and not answer.cookies
    assert f'<{PATH}>; rel="service-desc"' in Client().get("/open311/discovery.xml")["Link"]
    assert PATH in Client().get("/data/").content.decode()


@pytest.mark.parametrize(
    "path", ["requests/a%2Fb.json", "nothing.json", "services", "v2/x.xml", "openapi.xml"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_is_none_is_an_error_document_too(path, method):
    answer = getattr(Client(enforce_csrf_checks=True), method)(f"/open311/v2/{path}")
    assert answer.status_code == 404
    kind = "application/json" if path.endswith("json") else "text/xml"
    assert answer["Content-Type"] == f"{kind}; charset=utf-8" and b"address: " in answer.content


@pytest.mark.parametrize("field", ["start_date", "end_date", "status"])
def test_nonsense_beside_numbers_is_told_by_name(number, field):
    query = {"service_request_id": number, field: "kemarin"}
    answer = Client().get("/open311/v2/requests.json", query)
    assert answer.status_code == 400 and answer.json()[0]["description"].startswith(f"{field}: ")
    assert len(Client().get("/open311/v2/requests.json", {**query, field: ""}).json()) == 1


def test_a_description_of_nothing_visible_is_as_good_as_none(key, lamp):
    values = {"service_code": "PJU-01", "lat": "-6.12", "long": "106.15", "description": "\u200b\u202e\x01"}
    assert post(key, **values).status_code == 200
    assert Report.objects.get().text == "PJU mati"


def test_a_field_without_a_name_that_holds_a_nul_is_the_body(key, lamp):
    answer = Client().post("/open311/v2/requests.json", {"\x00": "x", "api_key": key})
    assert answer.status_code == 400 and answer.json()[0]["description"] == "body: it holds a NUL"
