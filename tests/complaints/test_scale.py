"""Lists, searches and maps that stay quick with a million reports: what is shown, what answers."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from commandcenter.city.roles import Role
from commandcenter.city.viewers import PUBLIC, viewer_of_user
from complaints import paging, points, tiles
from complaints.models import Report
from complaints.paging import CappedPaginator, FoundPaginator, newest_found
from complaints.services import moving
from tests.bench.plans import queries_of, read_whole
from tests.bench.reports_seed import BIG
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_category, make_channel, make_report

pytestmark = pytest.mark.django_db
EVERY = Report.objects.order_by("-pk")


def text(answer) -> str:
    return answer.content.decode()


PAGES = [
    "/reports/", "/reports/?box=new", "/reports/?box=mine", "/reports/?box=late", "/reports/?box=waiting",
    "/reports/?box=unread", "/reports/?box=closed", "/reports/?box=placeless", "/reports/?box=all",
    "/reports/?box=all&status=unable", "/reports/?box=all&priority=urgent", "/reports/?box=all&sort=due",
    "/reports/?box=all&sort=old", "/reports/?box=all&first=2026-01-01&last=2026-02-01", "/reports/?q=lampu",
    "/reports/?box=all&q=lampu+jalan", "/reports/?box=all&q=Jl.+Veteran",
    "/reports/?box=all&q=lampu&sort=old", "/lapor/daftar/", "/lapor/daftar/?q=lampu",
    "/wall/layer/complaints.reports.geojson",
    "/lapor/mirip.json?lat=-6.2&lng=106.1&text=lampu",
]  # fmt: skip


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.HEAD])
def test_no_page_reads_a_big_table_from_end_to_end(role):
    agency = make_agency()
    for number in range(4):
        make_report(f"Lampu jalan mati {number}", lat=-6.2, lng=106.1, address="Jl. Veteran No. 3")
    client = client_of(make_user(role, agency=agency))
    found = {path: queries_of(client, path) for path in PAGES}
    assert all(found.values())
    with connection.cursor() as cursor:
        # So small a table is quickest read whole; what is asked is whether an index could answer.
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert [(path, sql) for path in PAGES for sql in found[path] if read_whole(sql, BIG)] == []


def test_a_list_is_counted_to_a_limit_and_says_that_there_is_more(monkeypatch):
    monkeypatch.setattr(CappedPaginator, "limit", 3)
    made = [make_report() for _ in range(5)]
    pages = CappedPaginator(EVERY, 2)
    assert (pages.count, pages.num_pages, pages.more) == (3, 2, True)
    assert [row.pk for row in pages.page(1)] == [made[4].pk, made[3].pk]
    assert not CappedPaginator(EVERY.filter(pk__lte=made[2].pk), 2).more


def test_the_desk_tells_capped_counts_as_such(monkeypatch):
    operator = client_of(make_user(Role.OPERATOR))
    for _ in range(4):
        make_report()
    assert "4 laporan dalam daftar ini" in text(operator.get("/reports/"))
    monkeypatch.setattr(CappedPaginator, "limit", 2)
    monkeypatch.setattr("complaints.views.desk.BOXED", 3)
    monkeypatch.setattr(paging, "BOXED", 3)
    page = text(operator.get("/reports/"))
    assert "Lebih dari 2 laporan" in page and "<b>3+</b>" in page


def test_common_words_are_found_in_the_newest_and_rare_ones_everywhere(monkeypatch):
    monkeypatch.setattr(paging, "FOUND", 2)
    monkeypatch.setattr(paging, "WINDOW", 4)
    old = make_report("Kucing tersangkut di tiang lampu")
    common = [make_report(f"Lampu padam {number}") for number in range(5)]
    lamps = FoundPaginator(Report.objects.find("lampu"), 2)
    assert [row.pk for row in lamps.page(1)] == [common[4].pk, common[3].pk]
    assert (lamps.count, lamps.more) == (2, True)
    cats = FoundPaginator(Report.objects.find("kucing"), 2)
    assert [row.pk for row in cats.page(1)] == [old.pk]
    assert (cats.count, cats.more) == (1, False)
    first = FoundPaginator(Report.objects.find("lampu"), 2, oldest=True)
    assert [row.pk for row in first.page(1)] == [old.pk, common[0].pk]
    assert [row.pk for row in newest_found(Report.objects.find("kucing"), 3)] == [old.pk]
    assert [row.pk for row in newest_found(Report.objects.find("lampu"), 1)] == [common[4].pk]


def test_a_day_is_the_citys_day_from_midnight_to_midnight():
    before = make_report(received_at=datetime(2026, 3, 1, 16, 59, tzinfo=UTC))
    first = make_report(received_at=datetime(2026, 3, 1, 17, 0, tzinfo=UTC))
    last = make_report(received_at=datetime(2026, 3, 2, 16, 59, tzinfo=UTC))
    after = make_report(received_at=datetime(2026, 3, 2, 17, 0, tzinfo=UTC))
    day = date(2026, 3, 2)
    assert set(Report.objects.received_between(day, day)) == {first, last}
    assert set(Report.objects.received_between(None, day)) == {before, first, last}
    assert set(Report.objects.received_between(day, None)) == {first, last, after}
    assert Report.objects.received_between(date.min, date.max).count() == 4


def test_the_map_is_written_by_one_statement_under_the_readers_rights(django_assert_num_queries):
    agency, category = make_agency(), make_category("PJU-09", name="Lampu")
    place = {"lat": -6.2, "lng": 106.1}
    mine = make_report("Lampu padam", category=category, **place)
    Report.objects.filter(pk=mine.pk).update(agency=agency)
    hidden = make_report("Rahasia", secret=True, **place)
    urgent = make_report("Kebakaran", priority="urgent", **place)
    done = make_report("Sampah", **place)
    moving.move(pk=done.pk, target="resolved", viewer=None, text="Sudah diangkut")
    make_report("Tanpa tempat")
    operator = viewer_of_user(make_user(Role.OPERATOR))
    with django_assert_num_queries(1):
        found = json.loads(tiles.points_text(operator, timezone.now()))
    by_id = {row["id"]: row for row in found["features"]}
    assert set(by_id) == {mine.pk, urgent.pk, done.pk} and hidden.pk not in by_id
    assert by_id[urgent.pk]["properties"]["state"] == "crit"
    assert by_id[done.pk]["properties"]["state"] == "good"
    assert by_id[mine.pk]["geometry"] == {"type": "Point", "coordinates": [106.1, -6.2]}
    assert by_id[mine.pk]["properties"]["href"] == f"/reports/{mine.number}/"
    assert by_id[mine.pk]["properties"]["name"] == f"Lampu · {mine.number}"
    head = viewer_of_user(make_user(Role.HEAD, agency=agency))
    assert [row["id"] for row in tiles.features(head, timezone.now())["features"]] == [mine.pk]
    assert points.collection(Report.objects.visible_to(PUBLIC), base="/lapor/", at=timezone.now()).count(
        '"Feature"'
    ) == len([row for row in Report.objects.public() if row.lat is not None])


def test_the_map_stops_at_its_limit_and_forgets_what_ended_long_ago(monkeypatch):
    monkeypatch.setattr(points, "MOST", 2)
    place, now = {"lat": -6.2, "lng": 106.1, "channel": make_channel()}, timezone.now()
    made = [make_report(**place) for _ in range(3)]
    found = json.loads(points.collection(Report.objects.all(), base="", at=now + timedelta(minutes=1)))
    assert {row["id"] for row in found["features"]} == {made[2].pk, made[1].pk}
    for report in made:
        moving.move(pk=report.pk, target="resolved", viewer=None, text="Selesai")
    later = timezone.now() + timedelta(days=8)
    assert json.loads(points.collection(Report.objects.all(), base="", at=later))["features"] == []


def test_a_desk_reads_the_layer_as_the_database_wrote_it():
    make_report("Lampu padam", lat=-6.2, lng=106.1)
    operator = client_of(make_user(Role.OPERATOR))
    answer = operator.get("/wall/layer/complaints.reports.geojson")
    assert answer.status_code == 200 and len(answer.json()["features"]) == 1
    same = operator.get("/wall/layer/complaints.reports.geojson", headers={"If-None-Match": answer["ETag"]})
    assert same.status_code == 304
