"""Open data: what everybody may read and nothing else, in a shape that machines and spreadsheets survive."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.db import connections
from django.test import AsyncClient, Client
from django.utils import timezone

from complaints import opendata
from complaints.models import Report
from complaints.services import moving
from tests.complaints.nasty import NUMBERS, TEXTS
from tests.factories.city import make_area, make_region
from tests.factories.complaints import make_category, make_report, make_reporter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def region():
    make_region()


def shown(text: str = "Lampu mati", **values) -> Report:
    report = make_report(text, **values)
    moving.move(pk=report.pk, target="verified", viewer=None)
    return report


def rows_of(kind: str = "json", **query) -> list[dict[str, Any]]:
    answer: Any = Client().get(f"/data/laporan.{kind}", query)
    assert answer.status_code == 200, answer.content
    body = b"".join(answer.streaming_content)
    if kind == "json":
        return json.loads(body)
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def test_both_files_have_every_public_report_and_the_bulk_columns():
    category = make_category("PJU-01", parent=make_category("PJU", name="Penerangan"))
    report = shown(category=category, lat=-6.123456, lng=106.151515)
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Menyala")
    [row] = rows_of()
    assert tuple(row) == opendata.COLUMNS
    assert row["status"] == "closed" and row["status_description"] == "Selesai" and row["source"] == "web"
    assert row["closed_date"] == row["updated_datetime"] and row["closed_date"].endswith("+07:00")
    assert (row["lat"], row["long"]) == (-6.123, 106.152) and row["origin"] == "real"
    [same] = rows_of("csv")
    assert same["service_request_id"] == report.number and same["lat"] == "-6.123"


def test_what_is_not_public_is_in_no_file():
    shown("Rahasia satu", secret=True)
    shown("Rahasia dua", category=make_category("APR-01", private=True))
    shown("Uji coba", is_test=True)
    make_report("Belum dilihat")
    refused = shown("Ditolak")
    moving.move(pk=refused.pk, target="rejected", viewer=None, text="Iseng")
    for kind in ("json", "csv"):
        assert rows_of(kind) == []


def test_no_word_of_an_anonymous_reporter_and_no_contact_of_anybody():
    person = make_reporter(name="Siti Rahasia", email="siti@contoh.id")
    shown(
        "Tetangga saya Pak Budi", anonymous=True, reporter=person, lat=-6.1, lng=106.1, address="Jl. Melati 3"
    )
    shown("Biasa", reporter=person, address="Jl. Anggrek 4")
    text = json.dumps([rows_of(), rows_of("csv")])
    for word in ("Budi", "Siti", "siti@", "Melati", "Anggrek"):
        assert word not in text
    assert [row["description"] for row in rows_of()] == [None, "Biasa"] and rows_of()[0]["lat"] is None


def test_a_single_report_of_its_kind_in_an_area_is_told_by_its_wider_kind():
    area = make_area()
    parent = make_category("SOS", name="Sosial")
    rare, usual = make_category("SOS-01", parent=parent), make_category("SOS-02", parent=parent)
    made = [shown(category=rare), *(shown(category=usual) for _ in range(5))]
    Report.objects.filter(pk__in=[report.pk for report in made]).update(area=area)
    codes = [row["service_code"] for row in rows_of()]
    assert codes == ["SOS", *["SOS-02"] * 5] and rows_of()[0]["service_subtype"] is None


@pytest.mark.parametrize("text", ["=1+1", "+62", "-2", "@SUM(A1)", " =cmd|' /C calc'!A0"])
def test_no_cell_is_a_formula(text):
    assert opendata.safe(text).startswith("'")
    assert opendata.safe(-6.12) == -6.12
    shown(f"{text} lampu")
    [row] = rows_of("csv")
    assert row["description"][:1] == "'"


def test_the_file_has_as_many_rows_as_the_filter_counts():
    reports = [shown(f"Laporan {n}") for n in range(7)]
    Report.objects.filter(pk=reports[0].pk).update(sent_at=timezone.now() - timedelta(days=45))
    today = timezone.localdate()
    for query in (
        {},
        {"month": f"{today:%Y-%m}"},
        {"from": f"{today - timedelta(days=60)}", "to": f"{today}"},
    ):
        wanted = opendata.wish(query, today)
        answer = Client().get("/data/laporan.json", query)
        count = opendata.reports(wanted).count()
        assert len(json.loads(b"".join(answer.streaming_content))) == count == int(answer["X-Total-Count"])
        assert len(rows_of("csv", **query)) == count
    assert sum(opendata.counts(opendata.Wish(today - timedelta(days=60), today)).values()) == 7


def test_days_are_the_citys_days():
    report = shown()
    Report.objects.filter(pk=report.pk).update(sent_at="2026-03-31T17:30:00Z")  # 1 April, 00.30 WIB
    assert rows_of(month="2026-03") == [] and len(rows_of(month="2026-04")) == 1


def test_an_unchanged_file_is_not_sent_again():
    report = shown()
    first = Client().get("/data/laporan.csv")
    assert "max-age=300" in first["Cache-Control"] and "public" in first["Cache-Control"]
    assert not first.cookies and first["Last-Modified"]
    again = Client().get("/data/laporan.csv", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304 and not again.content
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Selesai")
    assert Client().get("/data/laporan.csv", headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"month": "kemarin"}, "month"), ({"month": "2026-13"}, "month"), ({"from": "2026-02-30"}, "from"),
        ({"from": "2026-02-02", "to": "2026-02-01"}, "to"),
        ({"from": "2020-01-01", "to": "2026-01-01"}, "to"),
        ({"from": "0001-01-01"}, "from"), ({"to": "9999-12-31"}, "to"),
    ],
)  # fmt: skip
def test_a_range_of_nonsense_names_its_field(query, field):
    answer = Client().get("/data/laporan.json", query)
    assert answer.status_code == 400 and answer.json()["field"] == field


@pytest.mark.parametrize("field", ["month", "from", "to"])
def test_no_words_are_a_500(field):
    for text in [*TEXTS, *NUMBERS]:
        assert Client().get("/data/laporan.csv", {field: text}).status_code in {200, 400}
    assert Client().get("/data/laporan.exe").status_code == 404


def test_the_page_tells_age_licence_and_columns():
    shown()
    body = Client().get("/data/").content.decode()
    assert "CC BY 4.0" in body and "Data per" in body and "service_subtype" in body and "1 laporan" in body


@pytest.mark.django_db(transaction=True)
async def test_the_file_is_streamed_in_pieces_where_a_server_is_asynchronous():
    await sync_to_async(lambda: [shown(f"Laporan {n}") for n in range(3)])()
    answer = await AsyncClient().get("/data/laporan.json")
    body = b"".join([piece async for piece in answer])
    await sync_to_async(connections.close_all)()
    assert len(json.loads(body)) == 3


def test_one_address_does_not_keep_the_house_busy_with_files(monkeypatch, redis_client):
    from complaints.views import opendata as door

    monkeypatch.setattr(door, "MOST_FILES", 2)
    near, far = {"REMOTE_ADDR": "203.0.113.7"}, {"REMOTE_ADDR": "203.0.113.8"}
    cache.clear()
    statuses = [Client().get("/data/laporan.csv", **near).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert Client().get("/data/laporan.csv", **far).status_code == 200
