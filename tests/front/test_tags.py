"""Template tags of the look."""

from __future__ import annotations

from datetime import UTC, datetime

import time_machine
from django.test import RequestFactory
from django.utils import translation

from commandcenter.wall.templatetags import cc, cc_charts


@time_machine.travel(datetime(2026, 11, 22, 2, 0, tzinfo=UTC))
def test_a_time_of_another_day_shows_its_day() -> None:
    with translation.override("id"):
        assert cc.when(datetime(2026, 11, 22, 1, 14, tzinfo=UTC)) == "08.14"
        assert cc.when(datetime(2026, 11, 21, 16, 59, tzinfo=UTC)) == "21 Nov"
        assert cc.when(datetime(2026, 11, 21, 17, 0, tzinfo=UTC)) == "00.00"
        assert cc.when(None) == ""


def test_a_gap_in_a_series_stays_a_gap() -> None:
    assert len(cc_charts.runs([1, 2, None, 3])) == 2
    assert cc_charts.runs([None, None]) == []
    assert cc_charts.runs([5, 5]) == [[(0.0, 37.0), (200.0, 37.0)]]


def test_a_bar_of_states_reads_either_name_and_never_overflows() -> None:
    svg = cc_charts.state_bar({"up": 9, "down": 1, "resting": 1, "total": 11})
    assert svg.count("data-state") == 3
    assert 'data-state="offline"' in svg
    assert cc_charts.state_bar({"total": 0}).count("data-state") == 0


def test_icons_and_states_speak_and_escape() -> None:
    assert 'aria-label="&lt;b&gt;"' in cc.icon("cctv", "<b>")
    assert "<circle" in cc.icon("nonsense")
    with translation.override("id"):
        assert "putus" in cc.state_chip("offline")
        assert cc.state_word("frozen") == "BEKU"
        assert "&lt;script" in cc.state_chip("offline", "<script>")


def test_the_query_string_keeps_filters_and_drops_what_is_empty() -> None:
    context = {"request": RequestFactory().get("/cctv/?q=pasar+petir&page=3&status=down")}
    assert cc.query(context, page=4) == "?q=pasar+petir&page=4&status=down"
    assert cc.query(context, page=None, status="") == "?q=pasar+petir"
    assert cc.query({}, page=1) == ""


def test_light_is_a_choice_and_dark_the_default() -> None:
    request = RequestFactory().get("/")
    assert cc.theme_name({"request": request}) == "dark"
    request.COOKIES["cc-theme"] = "light"
    assert cc.theme_name({"request": request}) == "light"
    request.COOKIES["cc-theme"] = '"><script>'
    assert cc.theme_name({"request": request}) == "dark"
