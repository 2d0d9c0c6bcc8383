"""The inbox with a report beside it, worked by keyboard as an operator does."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import wait_for

pytestmark = [pytest.mark.long, pytest.mark.browser]
PANE = "iframe[name=report-pane]"


@pytest.fixture
def desk(visit):
    page = visit("/reports/?box=all", login="operator")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("[data-split][data-ready]").wait_for()
    return page


def opened(page) -> str:
    """The number of the report in the pane, once its page has come."""
    return page.frame_locator(PANE).locator("h1.cc-number").inner_text().strip()


def numbers(page) -> list[str]:
    return page.locator("[data-split] [data-row]").evaluate_all(
        "rows => rows.map((row) => row.dataset.number)"
    )


def rows_seen(page) -> int:
    """Rows of the list that are whole on the screen."""
    return page.locator("[data-split] [data-row]").evaluate_all(
        "rows => rows.filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length"
    )


def test_an_urgent_report_above_leaves_six_rows_on_a_laptop(visit, desk):
    phone = visit("/lapor/", size=(390, 844))
    phone.fill("#id_text", "Api besar di kios pakaian")
    phone.select_option("#id_category", label="Kebakaran")
    phone.fill("#id_address", "Jl. Raya Anyer, dekat jembatan")
    phone.click("[data-report] [type=submit]")
    phone.locator(".cp-receipt").wait_for()
    desk.locator(".cc-urgent > li").first.wait_for()
    # The demo may have one of its own: a second line is a second line.
    desk.evaluate("document.querySelectorAll('.cc-urgent > li ~ li').forEach((line) => line.remove())")
    assert desk.locator(".cc-urgent > li").count() == 1 and rows_seen(desk) >= 6


def test_rows_open_beside_the_list_by_mouse_and_by_keys(desk):
    listed = numbers(desk)
    assert rows_seen(desk) >= 6  # a laptop shows a list, not one row under buttons
    desk.locator("a.cc-inbox-main").first.click()
    assert opened(desk) == listed[0]
    assert re.search(rf"open={listed[0]}", desk.url) and "/reports/?" in desk.url
    frame = desk.frame_locator(PANE)
    assert frame.locator(".cc-head").is_hidden() and frame.locator(".cc-nav").is_hidden()

    desk.keyboard.press("j")
    wait_for(lambda: opened(desk) == listed[1], 10, "the next report")
    desk.keyboard.press("o")  # a key of the report, pressed in the list
    note = frame.locator("#note-text")
    note.fill("Sudah ditelepon, menunggu jawaban pelapor")
    frame.locator("form[action$='/note/'] button").click()
    frame.locator(".cc-msg[data-level=success]").wait_for()
    assert opened(desk) == listed[1] and "menunggu jawaban pelapor" in frame.locator(".cc-story").inner_text()

    desk.keyboard.press("o")
    frame.locator("#note-text").fill("Belum disimpan")
    asked: list[str] = []
    desk.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    desk.locator("a.cc-inbox-main").nth(3).click()
    assert len(asked) == 1 and opened(desk) == listed[1]  # what was written is not thrown away unasked
    assert frame.locator("#note-text").input_value() == "Belum disimpan"
    frame.locator("#note-text").fill("")
    frame.locator("#note-text").press("Escape")  # out of the field; the report stays

    frame.locator("body").press("k")  # a key of the list, pressed in the report
    wait_for(lambda: opened(desk) == listed[0], 10, "the report before")
    desk.reload()
    wait_for(lambda: opened(desk) == listed[0], 10, "the same report after loading again")
    broken: list[str] = []
    desk.on("pageerror", lambda error: broken.append(str(error)))
    frame.locator("body").press("Escape")
    desk.locator(".cc-desk-none").wait_for(state="visible")
    assert "open=" not in desk.evaluate("location.href") and not broken


def test_an_address_that_only_begins_like_a_report_opens_nothing(visit):
    page = visit("/reports/?box=all&open=LAP-2222-2222/../../../admin", login="operator", size=(1440, 900))
    page.locator("[data-split][data-ready]").wait_for()
    assert page.locator(".cc-desk-none").is_visible() and "/reports/" in page.evaluate("location.pathname")


def test_the_next_one_opens_beside_the_list_and_a_narrow_page_goes_there(desk):
    with desk.expect_response(re.compile(r"/reports/next/")):
        desk.keyboard.press("x")
    wait_for(lambda: "open=" in desk.evaluate("location.href"), 10, "the next report that waits")
    taken = opened(desk)
    assert desk.frame_locator(PANE).locator("form[action$='/claim/'] [name=release]").count() == 1

    desk.set_viewport_size({"width": 800, "height": 900})
    desk.goto(desk.url.split("?")[0] + "?box=mine")
    desk.locator(f"[data-row][data-number='{taken}'] a.cc-inbox-main").click()
    desk.wait_for_url(f"**/reports/{taken}/")
    assert desk.locator(".cc-head").first.is_visible()
