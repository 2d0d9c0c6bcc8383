"""The month grid says what runs now and what is to come, counts neither, and marks what the demo made up."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine

from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from fieldstaff.days.ahead import Ahead, ahead
from fieldstaff.models import Latest, Leave
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.fieldstaff import make_attendance, make_device, make_officer, make_shift

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 12, 3, tzinfo=UTC)
"""A Thursday, 10:00 WIB."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def crew(redis_client):
    """Two are on shift, one unseen; the third works on Friday, is free on Saturday, away on Sunday."""
    ensure_roles()
    agency = make_agency("dlh")
    busy = make_officer(agency=agency, name="Pak Sibuk", origin="simulated")
    unseen = make_officer(agency=agency, name="Bu Belum")
    planned = make_officer(agency=agency, name="Pak Rencana")
    for one in (busy, unseen):
        make_shift(one, NOW - 2 * HOUR)
    make_attendance(make_shift(busy, NOW - DAY - 2 * HOUR), credited_s=25_200)
    Latest.objects.create(officer=busy, device=make_device(busy), last_contact=NOW - timedelta(seconds=20))
    make_shift(planned, NOW + DAY)
    make_shift(planned, NOW + 3 * DAY)
    make_shift(planned, NOW + 4 * DAY)
    Leave.objects.create(officer=planned, kind="cuti", span=(NOW + 3 * DAY - HOUR, NOW + 3 * DAY + 10 * HOUR))
    head = make_user(Role.HEAD, agency=agency)
    return {"busy": busy, "unseen": unseen, "planned": planned, "head": head}


def test_what_runs_and_what_is_planned(crew):
    ids = [crew[name].pk for name in ("busy", "unseen", "planned")]
    found = ahead(viewer_of_user(crew["head"]), ids, FIRST, LAST, NOW)
    today = NOW.date()
    assert (found[ids[0], today].state, found[ids[0], today].planned) == ("in_progress", False)
    assert (found[ids[1], today].state, found[ids[1], today].planned) == ("no_show_yet", False)
    states = {day.day: one.state for (pk, day), one in found.items() if pk == ids[2]}
    assert states == {12: "day_off", 13: "not_started", 14: "day_off", 15: "leave", 16: "not_started"}
    assert all(one.planned for (pk, _day), one in found.items() if pk == ids[2])
    assert found[ids[2], date(2026, 11, 13)] == Ahead("not_started", True, NOW + DAY, NOW + DAY + 8 * HOUR)


def test_others_people_and_months_that_are_over_say_nothing(crew):
    stranger = viewer_of_user(make_user(Role.HEAD, agency=make_agency("bpbd")))
    assert ahead(stranger, [crew["busy"].pk], FIRST, LAST, NOW) == {}
    own = viewer_of_user(crew["head"])
    assert ahead(own, [crew["busy"].pk], date(2026, 10, 1), date(2026, 10, 31), NOW) == {}


def test_a_night_shift_of_last_month_still_runs_on_its_own_date(crew):
    make_shift(crew["planned"], datetime(2026, 10, 31, 14, tzinfo=UTC), 10)
    at = datetime(2026, 10, 31, 20, tzinfo=UTC)  # 03:00 on 1 November
    pk = crew["planned"].pk
    found = ahead(viewer_of_user(crew["head"]), [pk], date(2026, 10, 1), date(2026, 10, 31), at)
    assert {key: (one.state, one.planned) for key, one in found.items()} == {
        (pk, date(2026, 10, 31)): ("no_show_yet", False)
    }


def test_the_grid_shows_both_and_counts_days_that_were(crew):
    with time_machine.travel(NOW, tick=False):
        page = client_of(crew["head"]).get("/officers/month/?month=2026-11").content.decode()
    assert 'day=2026-11-12" data-s="open" title="sedang bertugas · 08.00–16.00">…</a>' in page
    assert 'data-s="plan" title="rencana: belum mulai · 10.00–18.00">·</span>' in page
    assert 'title="rencana: cuti' in page and 'title="rencana: hari tidak bertugas"' in page
    foot = re.findall(r"<td>([\d–]*)</td>", page.split("<tfoot>")[1])
    assert foot[10] == "1" and foot[11] == "1" and foot[12:] == [""] * 18
    legend = page.split('class="om-key"')[1]
    assert "rencana: bertugas" in legend and "sedang bertugas" in legend
    rows = {name: page.split(name)[1].split("</tr>")[0] for name in ("Pak Sibuk", "Bu Belum")}
    assert "SIMULASI" in rows["Pak Sibuk"] and "SIMULASI" not in rows["Bu Belum"]
    assert '<td class="om-sum">1</td>' in rows["Pak Sibuk"] and "7:00" in rows["Pak Sibuk"]
    assert '<td class="om-sum">1</td>' not in rows["Bu Belum"]


def test_an_earlier_shift_of_today_keeps_its_figures_beside_the_one_that_runs(crew):
    make_attendance(make_shift(crew["busy"], NOW - 8 * HOUR, 4), state="absent", percent=0, credited_s=0)
    with time_machine.travel(NOW, tick=False):
        page = client_of(crew["head"]).get("/officers/month/?month=2026-11").content.decode()
    assert 'data-s="absent" title="tidak hadir · 0%; sedang bertugas · 08.00–16.00">M<sup>…</sup></a>' in page


def test_the_sheet_says_what_is_made_up_and_what_is_only_planned(crew):
    with time_machine.travel(NOW, tick=False):
        answer = client_of(crew["head"]).get("/officers/month/export/csv/?month=2026-11")
    rows = {row["Nama"]: row for row in csv.DictReader(StringIO(answer.content.decode("utf-8-sig")))}
    assert rows["Pak Sibuk"]["Data"] == "SIMULASI" and rows["Bu Belum"]["Data"] == ""
    assert (rows["Pak Sibuk"]["11"], rows["Pak Sibuk"]["12"], rows["Bu Belum"]["12"]) == ("H", "…", "?")
    planned = rows["Pak Rencana"]
    assert [planned[str(day)] for day in range(12, 18)] == ["(–)", "(·)", "(–)", "(C)", "(·)", ""]
