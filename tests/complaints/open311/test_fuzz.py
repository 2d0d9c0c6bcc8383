"""Whatever strangers send to the GeoReport server: an answer in the asked format, never a 500."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints.models import PartnerReport, PartnerUpdate, Report
from tests.complaints.nasty import NUMBERS, POINTS, TEXTS, values
from tests.complaints.open311.wires import V2, post

pytestmark = pytest.mark.django_db
FUZZ = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # fmt: skip
GOOD = {"service_code": "PJU-01", "lat": "-6.1", "long": "106.1", "description": "Padam"}
REPORT_FIELDS = [
    "service_code", "lat", "long", "address_string", "address_id", "description", "email", "phone",
    "first_name", "last_name", "device_id", "account_id", "media_url", "jurisdiction_id",
    "attribute[TIANG]", "attribute[MACAM][]", "attribute[MACAM]", "attribute[]", "attribute[HANTU]",
]  # fmt: skip
UPDATE_FIELDS = [
    "service_request_id", "update_id", "status", "updated_datetime", "description", "email", "first_name",
    "phone", "title", "media_url", "account_id", "public_anonymity_required", "email_alerts_requested",
]  # fmt: skip
QUERY_FIELDS = [
    "service_request_id", "service_code", "start_date", "end_date", "status", "page", "page_size",
    "extensions", "jurisdiction_id", "api_key",
]  # fmt: skip


@pytest.fixture(autouse=True)
def no_limit(settings):
    settings.PARTNER_PER_MINUTE = 100_000


def readable(answer, form: str) -> bool:
    """Well-formed in its format; an error says which field."""
    assert answer.status_code in {200, 400, 403, 404}, answer.status_code
    if form == "json":
        found = json.loads(answer.content)
        texts = [row["description"] for row in found] if answer.status_code != 200 else []
    else:
        root = ElementTree.fromstring(answer.content)
        texts = [row.text or "" for row in root.iter("description")] if answer.status_code != 200 else []
    assert all(": " in text for text in texts)
    return answer.status_code == 200


@pytest.mark.parametrize("field", REPORT_FIELDS, ids="field={}".format)
def test_every_nasty_value_in_every_field_of_a_report(key, lamp, field):
    numeric = field in {"lat", "long"}
    for place, text in enumerate(NUMBERS if numeric else TEXTS):
        before, form = Report.objects.count(), ("json", "xml")[place % 2]
        good = readable(post(key, form, **{**GOOD, field: text}), form)
        assert Report.objects.count() - before in ({0, 1} if good else {0}), (field, text[:40])
    assert PartnerReport.objects.count() == Report.objects.count()


@FUZZ
@given(st.dictionaries(st.sampled_from(REPORT_FIELDS), values, max_size=8), st.sampled_from(["json", "xml"]))
def test_reports_of_any_words(key, lamp, given_values, form):
    readable(post(key, form, **{**GOOD, **given_values}), form)


@pytest.mark.parametrize("place", POINTS)
def test_every_point_on_earth_is_taken_where_it_was_meant(key, lamp, place):
    """The other side of the equator is a place: it is kept as it was said, for a person to correct."""
    answer = post(key, **{**GOOD, "lat": place[0], "long": place[1]})
    assert answer.status_code == 200
    report = Report.objects.get()
    assert (report.lat, report.lng) == (float(place[0]), float(place[1])) and report.area is None


@FUZZ
@given(st.dictionaries(st.sampled_from(UPDATE_FIELDS), values, max_size=6), st.sampled_from(["json", "xml"]))
def test_updates_of_any_words(key, lamp, given_values, form):
    number = json.loads(post(key, **GOOD).content)[0]["service_request_id"]
    good = {
        "api_key": key, "service_request_id": number, "update_id": "u", "status": "UNCHANGED",
        "updated_datetime": "2026-11-01T00:00:00Z", "description": "Masih",
    }  # fmt: skip
    before = PartnerUpdate.objects.count()
    answer = Client().post(f"{V2}/servicerequestupdates.{form}", {**good, **given_values})
    if not readable(answer, form):
        assert PartnerUpdate.objects.count() == before


@FUZZ
@given(
    st.dictionaries(st.sampled_from(QUERY_FIELDS), values, max_size=6),
    st.sampled_from(["requests", "servicerequestupdates", "services", "discovery"]),
    st.sampled_from(["json", "xml"]),
)
def test_queries_of_any_words(lamp, given_values, page, form):
    query = urlencode(given_values, doseq=True, errors="replace")
    readable(Client().get(f"{V2}/{page}.{form}?{query}"), form)


@pytest.mark.parametrize("page", ["requests", "services", "tokens"])
def test_every_nasty_id_in_the_address(lamp, page):
    for text in [*TEXTS, *NUMBERS]:
        path = quote(text[:300], safe="", errors="replace")
        answer = Client().get(f"{V2}/{page}/{path}.json")
        assert answer.status_code in {200, 301, 400, 404}
        if answer["Content-Type"].startswith("application/json"):
            readable(answer, "json")


@FUZZ
@given(st.binary(max_size=400), st.sampled_from([
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "application/json",
    "",
    "multipart/form-data; boundary=\"", "application/x-www-form-urlencoded; charset=utf-7",
]))  # fmt: skip
def test_bodies_of_any_bytes(key, lamp, body, content_type):
    answer = Client().generic("POST", f"{V2}/requests.json?api_key={key}", body, content_type=content_type)
    readable(answer, "json")


@pytest.mark.parametrize("page", ["requests", "servicerequestupdates"])
def test_lone_surrogates_and_broken_utf8_are_read_with_their_holes(key, lamp, page):
    body = urlencode({"api_key": key, **GOOD}).encode() + b"&first_name=%ED%A0%80&description=%FF%FEx%C3"
    answer = Client().generic(
        "POST", f"{V2}/{page}.json", body, content_type="application/x-www-form-urlencoded"
    )
    assert readable(answer, "json") is (page == "requests")
