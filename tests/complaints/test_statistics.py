"""The statistics page: right figures, the reader's rights, no secret singled out, sheets that run nothing."""

from __future__ import annotations

import csv
import re
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from zoneinfo import ZoneInfo

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.http import QueryDict
from django.test import AsyncClient
from openpyxl import load_workbook

from cctv.evaluation import Period
from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from complaints.models import Report
from complaints.statistics import periods, sheet
from complaints.statistics.counted import count
from complaints.statistics.lines import Line, statistics
from complaints.templatetags.report_charts import change, hours_words, nice
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_category, make_channel, make_report

pytestmark = pytest.mark.django_db
JAKARTA = ZoneInfo("Asia/Jakarta")
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31), "month")


def at(day: int, hour: int = 9, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, 30, tzinfo=JAKARTA)


def past(day: int, *, month: int = 3, hour: int = 9, **values) -> Report:
    """A report as it would stand after a life that began on that day."""
    kept = {name: values.pop(name) for name in ("category", "channel", "secret") if name in values}
    report = make_report(received_at=at(day, hour, month), **kept)
    Report.objects.filter(pk=report.pk).update(**values)
    return report


def ended(day: int, hours: float, allowed: float = 48, **values) -> Report:
    """One that was finished after so many hours."""
    begun = at(day)
    return past(
        day,
        status="resolved",
        closed_at=begun + timedelta(hours=hours),
        answered_at=begun + timedelta(hours=hours / 2),
        answer_by=begun + timedelta(hours=allowed / 2),
        finish_by=begun + timedelta(hours=allowed),
        **values,
    )


def operator():
    return viewer_of_user(make_user(Role.OPERATOR))


def test_medians_shares_and_ratings_are_counted_by_the_database():
    agency = make_agency()
    for number, hours in enumerate((10, 20, 30, 40, 100)):
        ended(number + 2, hours, agency=agency, rating=5 if number else 2, reopenings=int(number == 4))
    past(8, agency=agency, finish_by=at(9), status="in_progress")  # open and over its deadline
    past(9, agency=agency, finish_by=datetime(2099, 1, 1, tzinfo=JAKARTA), status="new")
    past(20, month=2)
    found = count(operator(), MARCH).groups["agency_id"][agency.pk]
    assert (found.count, found.closed, found.resolved, found.open) == (7, 5, 5, 2)
    assert found.finish_h == pytest.approx(30) and found.finish_p90_h == pytest.approx(76)
    assert found.answer_h == pytest.approx(15)
    # Four of five in time, one late, one overdue and open; the seventh still has time.
    assert (found.finish_in_time, found.finish_judged) == (4, 6)
    assert found.on_time == pytest.approx(found.finish_in_time / found.finish_judged)
    assert found.satisfaction == pytest.approx(22 / 5) and found.reopened == 1
    assert found.finish_limit_h is not None


def test_weeks_and_hours_are_those_of_the_citys_zone():
    past(2, hour=0)  # 00.30 WIB on Monday is still Sunday in UTC
    found = count(operator(), MARCH)
    assert found.groups["week"].keys() == {date(2026, 3, 2)}
    assert found.hours == {(1, 0): 1}
    assert count(operator(), Period(date(2026, 3, 1), date(2026, 3, 1))).whole.count == 0


def test_everybody_counts_only_what_he_may_read():
    mine, other = make_agency(), make_agency()
    past(3, agency=mine)
    past(4, agency=other)
    past(5, agency=other, secret=True)
    past(6, is_test=True)
    assert count(operator(), MARCH).whole.count == 2
    assert count(viewer_of_user(make_user(Role.HEAD, agency=mine)), MARCH).whole.count == 1
    assert count(viewer_of_user(make_user(Role.HEAD, agency=other)), MARCH).whole.count == 2
    assert count(viewer_of_user(make_user(Role.PARTNER)), MARCH).whole.count == 0


def by_category(viewer) -> list[Line]:
    return next(group for group in statistics(viewer, MARCH).groups if group.key == "category").lines


def test_few_reports_of_a_secret_category_are_never_shown_alone():
    agency = make_agency()
    bribes, threats = make_category("SUAP", private=True), make_category("ANCAM", private=True)
    for day in range(2, 5):
        past(day, agency=agency, category=bribes)
    head = viewer_of_user(make_user(Role.HEAD, agency=agency))
    lines = by_category(head)
    assert [(line.hidden, line.now.count) for line in lines] == [(True, 0)]
    assert "Kategori" not in lines[0].name
    for day in range(5, 8):
        past(day, agency=agency, category=threats)
    lines = by_category(head)
    assert [(line.hidden, line.now.count) for line in lines] == [(False, 6)]
    for day in range(8, 12):
        past(day, agency=agency, category=threats)
    lines = by_category(head)
    assert [line.now.count for line in lines] == [7, 0] and lines[1].hidden


def test_the_page_compares_with_the_days_before_and_says_its_source():
    channel = make_channel(name="Loket")
    for day in (3, 4, 5):
        past(day, channel=channel)
    past(10, month=2, channel=channel)
    page = client_of(make_user(Role.OPERATOR)).get("/reports/statistics/?period=2026-03").content.decode()
    assert "Loket" in page and "+200" in page and "<svg" in page
    counted = re.search(r"dihitung \d", page)  # today's day of the month
    assert counted.start() < page.index('class="rs-facts"') and page.count('class="cc-stat-note"') == 7
    assert re.search(r"\+200%</span><span>1 sebelumnya</span>", page)
    assert "Sumber: laporan" in page and "1\u00a0Feb\u00a02026" in page
    empty = client_of(make_user(Role.OPERATOR)).get("/reports/statistics/?period=2019-01")
    assert empty.status_code == 200 and '<svg class="rs-chart"' not in empty.content.decode()


@pytest.mark.parametrize(
    "query", ["period=last-7", "period=x", "period=custom&first=9&last=0", "period=2026-Q1", ""]
)
def test_any_period_is_a_page(query):
    assert client_of(make_user(Role.OPERATOR)).get(f"/reports/statistics/?{query}").status_code == 200


def test_periods_and_the_ones_before_them():
    today = date(2026, 11, 28)
    chosen = [
        periods.chosen(QueryDict(q), today) for q in ("period=last-7", "period=2026-Q1", "period=quatsch")
    ]
    assert [periods.value_of(period) for period in chosen] == ["last-7", "2026-Q1", "last-30"]
    assert periods.before(chosen[0]) == Period(date(2026, 11, 15), date(2026, 11, 21))
    assert periods.before(chosen[1]).first == date(2025, 10, 1)
    assert periods.before(MARCH) == Period(date(2026, 2, 1), date(2026, 2, 28), "month")


def test_sheets_hold_numbers_and_run_nothing():
    past(3, channel=make_channel(name="=1+1"))
    client = client_of(make_user(Role.OPERATOR))
    answer = client.get("/reports/statistics.xlsx?period=2026-03")
    book = load_workbook(BytesIO(answer.content))
    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row]
    assert "=1+1" in [cell.value for cell in cells if cell.data_type == "s"]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert book.worksheets[0]["B2"].value == 1
    sent = client.get("/reports/statistics.csv?period=2026-03")
    assert sent.streaming
    table = list(csv.reader(StringIO(b"".join(sent).decode("utf-8-sig"))))
    assert table[1][2] == "1" and any("'=1+1" in row for row in table)
    assert (
        sheet.safe(-5) == -5
        and sheet.safe("-5") == "'-5"
        and sheet.safe(" \u00a0=1") == "' \u00a0=1"
        and sheet.safe(None) == ""
    )
    assert AuditEntry.objects.filter(action="export.report-statistics").count() == 2


@pytest.mark.django_db(transaction=True)
async def test_the_table_is_streamed_in_the_readers_language(redis_client):
    """As the web server sends it: the lines are written when the request's language is long forgotten."""
    await sync_to_async(past)(3)
    operator = await sync_to_async(make_user)(Role.OPERATOR)
    client = AsyncClient()
    await client.aforce_login(operator)
    found = {}
    for language in ("en", "id"):
        await client.post("/language/", {"language": language})
        answer = await client.get("/reports/statistics.csv?period=2026-03")
        pieces = [piece async for piece in answer.streaming_content]
        found[language] = b"".join(pieces).decode("utf-8-sig").splitlines()
    assert found["en"][0].startswith("Grouping,Name,Received")
    assert found["id"][0].startswith("Pengelompokan,") and found["id"][1].startswith("Semua,Semua,1")
    await sync_to_async(connections.close_all)()


def test_reports_without_a_recorded_deadline_are_told():
    ended(3, 10)
    past(4, answer_by=None, finish_by=None)
    past(5, answer_by=None)
    client = client_of(make_user(Role.OPERATOR))
    page = client.get("/reports/statistics/?period=2026-03").content.decode()
    assert "1 laporan tidak punya catatan tenggat" in page
    assert count(operator(), MARCH).whole.unlimited == 1
    Report.objects.filter(finish_by=None).update(finish_by=at(9))
    assert "catatan tenggat" not in client.get("/reports/statistics/?period=2026-03").content.decode()


def test_who_may_not_see_reports_sees_no_statistics():
    for path in ("/reports/statistics/", "/reports/statistics.xlsx", "/reports/statistics.csv"):
        assert client_of(make_user(Role.PARTNER)).get(path).status_code == 403


def test_words_of_figures():
    assert [nice(value) for value in (0, 3, 5, 11, 480, 501)] == [4, 4, 5, 20, 500, 1000]
    assert hours_words(None) == "–" and hours_words(0.5) != hours_words(3.25)
    told = [hours_words(value).replace("\xa0", " ") for value in (23.4, 26)]
    assert told == ["23 jam", "1,1 hari"]
    assert "▲" in change(3, 1) and change(1, None) == "" and 'data-state="warn"' in change(9, 3, "down")
