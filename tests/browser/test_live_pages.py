"""The camera list and a camera's page say what is true now, without being loaded again."""

from __future__ import annotations

import json

import pytest

from tests.browser.conftest import wait_for

pytestmark = [pytest.mark.long, pytest.mark.browser]
PICK = (
    "import json; from cctv.models import Camera;"
    "c = Camera.objects.filter(capture_mode='rtsp_held', status='online').order_by('-pk').first();"
    "print('PICK', json.dumps([c.pk, c.code]))"
)


@pytest.fixture(scope="module")
def desk(chrome, house):
    context = chrome.new_context(viewport={"width": 1440, "height": 900}, locale="id-ID")
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(house.address + "/login/")
    page.fill("input[name=username]", "operator")
    page.fill("input[name=password]", "kota-demo-operator")
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/desk/")
    yield context
    context.close()


@pytest.fixture(scope="module")
def camera(house) -> tuple[int, str]:
    found: list[tuple[int, str]] = []

    def look() -> bool:
        lines = house.manage("shell", "-c", PICK).splitlines()
        found[:] = [tuple(json.loads(line.removeprefix("PICK "))) for line in lines if line[:5] == "PICK "]
        return bool(found)

    wait_for(look, 120, "a held camera that is live")
    return found[0]


def text_of(page, part: str) -> str:
    return page.locator(f"[data-live-part={part}]").first.inner_text()


def test_pages_follow_a_camera_that_dies_and_heals(house, desk, camera):
    pk, code = camera
    page, listed = desk.new_page(), desk.new_page()
    page.goto(f"{house.address}/cctv/{pk}/")
    listed.goto(f"{house.address}/cctv/?look=table&q={code}")
    row = listed.locator(f"tr:has(a[href='/cctv/{pk}/'])")
    wait_for(lambda: "Langsung" in text_of(page, "marks"), 60, "the page to say live")
    wait_for(lambda: row.get_attribute("data-state") == "online", 60, "the row to be live")
    for surface in (page, listed):
        wait_for(lambda page=surface: page.locator("cc-live[data-state=live]").count() == 1, 20, "the mark")
    house.control.fault(code, "dead")
    wait_for(lambda: "Putus" in text_of(page, "marks"), 130, "the page to say down")
    wait_for(lambda: row.get_attribute("data-state") == "offline", 20, "the row to say down")
    assert "Putus" in text_of(page, "changes") and "Putus" in row.inner_text()
    assert "Putus" in text_of(page, "state") or "putus" in text_of(page, "state")
    house.control.clear(code)
    wait_for(lambda: "Langsung" in text_of(page, "marks"), 60, "the page to say live again")
    wait_for(lambda: row.get_attribute("data-state") == "online", 20, "the row to be live again")
    page.close()
    listed.close()


def test_a_pause_holds_at_once_and_the_camera_comes_back(house, desk, camera):
    page = desk.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{house.address}/cctv/{camera[0]}/")
    wait_for(lambda: "Langsung" in text_of(page, "marks"), 60, "the page to say live")
    page.locator("[data-live-part=actions] summary").click()
    page.fill("#pause-reason", "Lensa dibersihkan")
    page.locator("form[action$='/pause/'] button").click()
    page.wait_for_selector("form[action$='/resume/']")
    # What this very answer says, not what a later event makes of it.
    html = page.request.get(page.url).text()
    assert 'data-live-part="marks"' in html and "Langsung" not in text_of(page, "marks")
    assert "Dijeda" in text_of(page, "marks")
    page.locator("form[action$='/resume/'] button").click()
    page.wait_for_selector("form[action$='/pause/']", state="attached")
    wait_for(lambda: "Langsung" in text_of(page, "marks"), 60, "the camera to be live again")
    page.close()


def test_what_a_person_writes_survives_the_news(house, desk, camera):
    page = desk.new_page()
    page.goto(f"{house.address}/cctv/{camera[0]}/")
    page.locator("#work details summary").first.click()
    page.fill("#work-reason", "Membersihkan lensa")
    page.evaluate("document.dispatchEvent(new CustomEvent('cc-refetch'))")
    page.wait_for_timeout(4000)
    assert page.input_value("#work-reason") == "Membersihkan lensa"
    page.close()
