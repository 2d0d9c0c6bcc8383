"""Every screen at every design size: nothing runs over, and axe-core finds no serious fault."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = [pytest.mark.long, pytest.mark.browser]

WALL = [(1920, 1080), (3840, 2160)]
DESK = [(1920, 1080), (1280, 800), (360, 800)]
CITIZEN = [(390, 844), (360, 800), (1280, 900)]
CITIZENS = ("/lapor/", "/lapor/daftar/", "/lapor/peta/", "/lapor/privasi/", "/lapor/cari/?number=x", "/data/")
SCREENS = [
    ("", "/wall/", [*WALL, (360, 800)]),
    ("", "/login/", DESK),
    ("operator", "/desk/", [*DESK, (3840, 2160)]),
    ("operator", "/desk/wall/", [*WALL, (1280, 800)]),
    ("operator", "/desk/displays/", DESK),
    ("operator", "/desk/scenes/", DESK),
    ("operator", "/desk/shift-test/", DESK),
    ("operator", "/cctv/", DESK),
    ("operator", "/cctv/1/", DESK),
    ("operator", "/cctv/trial/", DESK),
    ("operator", "/cctv/coverage/", DESK),
    ("operator", "/alarms/", DESK),
    ("operator", "/reports/", DESK),
    ("operator", "/reports/112/", DESK),
    ("operator", "/reports/new/", DESK),
    *(("", path, CITIZEN) for path in CITIZENS),
    ("operator", "/directory/", DESK),
    ("operator", "/search/?q=pasar", DESK),
    ("bupati", "/", DESK),
    ("kadis", "/", DESK),
    ("mitra", "/", DESK),
    ("admin", "/setup/", DESK),
    ("admin", "/audit/", DESK),
    ("admin", "/people/", DESK),
]


def faults(page) -> list[tuple[str, object, str]]:
    """What axe-core calls serious or worse on the page as it stands."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (fault["id"], fault["nodes"][0]["target"], fault["nodes"][0]["html"][:120])
        for fault in found["violations"]
        if fault["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize(
    ("login", "path", "sizes"), SCREENS, ids=lambda value: str(value) if isinstance(value, str) else ""
)
def test_a_screen_fits_and_can_be_used_by_everybody(visit, login, path, sizes):
    page = visit(path, login=login, size=sizes[0])
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(700)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} px wide on {width}"
    assert faults(page) == []


@pytest.mark.parametrize("path", ["/", "/cctv/", "/cctv/1/"])
def test_what_the_mayor_touches_is_large_enough(visit, path):
    """48 px and more, on his tablet; links inside running text are exempt (WCAG 2.5.8)."""
    page = visit(path, login="bupati", size=(1280, 800))
    page.wait_for_timeout(800)
    script = """() => [...document.querySelectorAll(
            'main button, main a.cc-btn, nav a, main select, header button')]
        .filter(e => e.offsetParent && !e.closest('p'))
        .map(e => [e.textContent.trim().slice(0, 30), Math.round(e.getBoundingClientRect().height)])
        .filter(([, height]) => height > 0 && height < 48)"""
    assert page.evaluate(script) == []


TOUCHED = {
    "bupati": (
        "/", "/desk/wall/", "/alarms/", "/cctv/1/", "/cctv/coverage/", "/cctv/trial/", "/markets/",
        "/directory/", "/desk/displays/", "/search/?q=pasar", "/account/", "/about/", "/reports/",
    ),
    "operator": (
        "/desk/", "/desk/scenes/", "/desk/scenes/1/", "/desk/playlists/", "/desk/displays/1/",
        "/desk/displays/pair/", "/desk/shift-test/", "/reports/112/",
    ),
    "admin": ("/setup/", "/people/", "/audit/", "/setup/agencies/", "/setup/boundaries/"),
}  # fmt: skip
# Whatever stands alone and can be touched; links in running text and boxes in their labels are exempt.
TOO_SMALL = """() => [...document.querySelectorAll(
        'a[href], button, select, summary, input:not([type=hidden]), label:has(input), textarea')]
    .filter(e => e.offsetParent && !e.closest('.cc-visually-hidden, .cc-skip, .cp-skip, .cp-file, [inert]'))
    .filter(e => !(e.matches('a') && getComputedStyle(e).display === 'inline'
        && e.closest('p, small') && e.parentElement.textContent.trim() !== e.textContent.trim()))
    .filter(e => !(e.matches('input[type=checkbox], input[type=radio]') && e.closest('label')))
    .map(e => [e.localName, e.textContent.trim().slice(0, 30), e.getBoundingClientRect()])
    .filter(([, , box]) => box.width > 0 && box.height > 0 && (box.width < 44 || box.height < 47.5))
    .map(([name, text, box]) => [name, text, Math.round(box.width), Math.round(box.height)])"""


@pytest.mark.parametrize("login", TOUCHED)
def test_fingers_find_every_target_on_a_tablet(visit, house, login):
    """Upright and lying: 48 px high, 44 wide."""
    page = visit("/", login=login, size=(768, 1024), touch=True)
    small = {}
    for path in TOUCHED[login]:
        for width, height in ((768, 1024), (1024, 768)):
            page.set_viewport_size({"width": width, "height": height})
            page.goto(house.address + path)
            page.wait_for_timeout(1000)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            if found := page.evaluate(TOO_SMALL):
                small[path] = found[:4]
    assert small == {}


@pytest.mark.parametrize("size", [(390, 844), (1280, 900)], ids=str)
def test_a_citizen_finds_every_target_with_a_thumb(visit, house, size):
    """Form with its map and a near report, receipt, own page, all that is public: fitting, large, for all."""
    page = visit("/lapor/", size=size, touch=True)
    wrong = {}

    def look(name: str) -> None:
        page.wait_for_timeout(500)
        wide = page.evaluate("document.documentElement.scrollWidth")
        found = [*([f"{wide} px wide"] if wide > size[0] else []), *page.evaluate(TOO_SMALL), *faults(page)]
        if found:
            wrong[name] = found[:4]

    page.wait_for_selector("[data-report][data-ready]")
    points = page.evaluate("fetch('/lapor/peta/titik.geojson').then((answer) => answer.json())")
    lng, lat = points["features"][0]["geometry"]["coordinates"]
    assert not page.evaluate("'L' in window")  # the map's library comes with a tap and never before
    page.click("[data-pick-place]")
    page.locator(".cp-pick.leaflet-container").click()
    place = page.locator("[data-report]").evaluate(
        "form => [form.elements.lat.value, form.elements.lng.value]"
    )
    assert all(float(number) for number in place) and page.locator("[data-no-place]").is_visible()
    page.locator("[data-report]").evaluate(
        """(form, [lat, lng]) => {
            form.elements.lat.value = lat;
            form.elements.lng.value = lng;
            form.elements.lng.dispatchEvent(new Event('change', { bubbles: true }));
        }""",
        [lat, lng],
    )
    page.locator("[data-slot=ask]").first.click()
    look("the form with a map and a near report")
    page.locator("[data-slot=phone]").first.fill("12")
    page.locator("[data-slot=join]").first.click()
    page.locator("[data-slot=problem]").first.wait_for()
    page.locator("[data-slot=phone]").first.fill("")
    page.locator("[data-slot=join]").first.click()
    page.locator("[data-slot=said]").first.wait_for()
    look("joined")
    page.locator("[data-slot=clear]").first.click()
    page.get_by_text("Formulir dikosongkan").wait_for()
    page.fill("#id_text", f"Uji layar {size[0]}: lampu taman mati sejak semalam")
    page.click("[data-report] [type=submit]")
    page.locator(".cp-receipt").wait_for()
    look("receipt")
    page.locator(".cp-receipt a.cp-btn").click()
    look("own page")
    for path in CITIZENS:
        page.goto(house.address + path)
        look(path)
    page.goto(house.address + "/lapor/daftar/")
    page.locator(".cp-list a").last.click()
    look("somebody's report")
    assert wrong == {}


def test_what_a_citizen_wrote_stays_when_the_server_is_away(visit, house):
    page = visit("/lapor/daftar/", size=(390, 844), touch=True)
    page.locator(".cp-list a").first.click()
    page.locator("#pin").fill("000000")
    page.context.set_offline(True)
    page.get_by_role("button", name="Buka", exact=True).click()
    page.locator("form[action$='/pin/'] .cp-error").wait_for()
    assert page.locator("#pin").input_value() == "000000"
    page.context.set_offline(False)
    page.get_by_role("button", name="Buka", exact=True).click()
    wrong = page.get_by_text("PIN tidak cocok")
    wrong.wait_for()
    assert page.locator("form[action$='/pin/'] .cp-error").count() == 1
    assert page.locator("#pin").input_value() == "000000"


def test_no_page_asks_a_foreign_host(visit, house):
    hosts = set()
    page = visit("/login/")
    page.on(
        "request",
        lambda request: hosts.add(request.url.split("/")[2]) if request.url.startswith("http") else None,
    )
    page.fill("input[name=username]", "operator")
    page.fill("input[name=password]", "kota-demo-operator")
    page.press("input[name=password]", "Enter")
    for path in ("/desk/", "/desk/wall/", "/cctv/", "/wall/"):
        page.goto(house.address + path)
        page.wait_for_timeout(1500)
    assert hosts == {f"127.0.0.1:{house.port}"}
