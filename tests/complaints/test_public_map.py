"""The public map: what everybody may read, and nothing else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from complaints.models import Report
from tests.factories.complaints import make_category, make_report

pytestmark = pytest.mark.django_db
PLACE = {"lat": -6.2, "lng": 106.1}


def shown(query: str = "") -> dict[str, dict[str, object]]:
    answer = Client().get(f"/lapor/peta/titik.geojson?{query}")
    assert answer.status_code == 200 and "max-age=60" in answer["Cache-Control"]
    return {row["id"]: row["properties"] for row in answer.json()["features"]}


def looked_at(**values) -> Report:
    """One that a person has read."""
    status = values.pop("status", "verified")
    report = make_report(**PLACE, **values)
    closed = timezone.now() if status == "resolved" else None
    Report.objects.filter(pk=report.pk).update(status=status, closed_at=closed)
    return report


def test_the_map_shows_open_reports_with_their_status_and_way():
    lamps = make_category("PJU-77", name="Lampu jalan")
    report = looked_at(category=lamps, priority="urgent")
    found = shown()[report.number]
    assert found["href"] == f"/lapor/{report.number}/" and found["word"] == "Terverifikasi"
    assert found["name"] == f"Lampu jalan · {report.number}" and found["state"] == "info"
    assert report.text not in str(found)


def test_what_is_secret_private_new_refused_or_a_test_is_not_there():
    bribes = make_category("SUAP-77", private=True)
    for values in (
        {"secret": True}, {"category": bribes}, {"status": "new"}, {"status": "resolved", "secret": True},
        {"is_test": True},
    ):  # fmt: skip
        looked_at(**values)
    assert shown() == {} and shown("state=all") == {}
    assert shown("category=SUAP-77") == {}


def test_who_wants_no_name_is_not_found_by_the_point_and_no_running_id_goes_out():
    looked_at(anonymous=True)
    looked_at()
    Report.objects.update(lat=-6.123456, lng=106.151515)
    rows = Client().get("/lapor/peta/titik.geojson").json()["features"]
    named, nameless = sorted(rows, key=lambda row: len(str(row["geometry"]["coordinates"])), reverse=True)
    assert named["geometry"]["coordinates"] == [106.151515, -6.123456]
    assert nameless["geometry"]["coordinates"] == [106.152, -6.123]
    assert {row["id"] for row in rows} == set(Report.objects.values_list("number", flat=True))
    assert all(row["properties"]["id"] == row["id"] for row in rows)


def test_it_is_filtered_by_category_and_state_and_nonsense_is_left_out():
    above = make_category("JLN-77")
    hole, tree = make_category("JLN-78", parent=above), make_category("PHN-77")
    a, b, c = looked_at(category=hole), looked_at(category=tree), looked_at(category=tree, status="resolved")
    assert shown().keys() == {a.number, b.number}
    assert shown("category=JLN-77").keys() == {a.number}
    assert shown("category=PHN-77&state=all").keys() == {b.number, c.number}
    assert shown("state=closed").keys() == {c.number}
    assert shown("category=NICHTS&state=x").keys() == {a.number, b.number}


def test_the_page_and_its_ground_need_no_account():
    page = Client().get('/lapor/peta/?category="><script>&state=all')
    assert page.status_code == 200 and '"><script>' not in page.content.decode()
    ground = Client().get("/lapor/peta/wilayah.geojson")
    assert ground.status_code == 200 and ground.json()["type"] == "FeatureCollection"
