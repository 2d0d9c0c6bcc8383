"""112 by the keyboard: a digit chooses, Enter sends help, and only P and S close a call."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.long, pytest.mark.browser]


def test_a_digit_chooses_and_enter_sends_help_from_every_field(visit, house):
    for field in ("#phone", "#address", "#text"):
        page = visit("/reports/112/", login="operator", size=(1366, 850))
        page.keyboard.press("1")
        assert page.locator("input[name=category]").first.is_checked()
        assert page.evaluate("document.activeElement.id") == "text", "the caller's words come next"
        page.keyboard.press("Escape")
        page.keyboard.press("w")
        page.locator("#address").fill("Pasar Ciruas blok B")
        page.locator(field).press("Enter")
        page.wait_for_url("**/reports/LAP-*/")
        assert page.get_by_text("Pasar Ciruas blok B").locator("visible=true").first.is_visible()
        page.context.close()


def test_only_its_own_key_closes_a_prank_and_no_report_is_made(visit, house):
    page = visit("/reports/?box=all", login="operator", size=(1366, 850))
    before = page.locator("[data-live-part=total]").first.inner_text()
    page.goto(house.address + "/reports/112/")
    page.keyboard.press("2")
    page.keyboard.type("p")
    assert page.locator("#text").input_value() == "p", "words are words"
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.get_by_text("Panggilan ditutup").wait_for()
    assert page.url == house.address + "/reports/112/"
    page.goto(house.address + "/reports/?box=all")
    assert page.locator("[data-live-part=total]").first.inner_text() == before and "laporan" in before
