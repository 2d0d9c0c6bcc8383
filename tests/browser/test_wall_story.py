"""Start everything, pair a display, see the city; break it piece by piece and watch the wall heal."""

from __future__ import annotations

import json
import re
import signal
import time

import pytest

from tests.browser.conftest import shown, wait_for

pytestmark = [pytest.mark.long, pytest.mark.browser]
MODES = (
    "import json; from cctv.models import Camera;"
    "print('MODES', json.dumps({c.pk: [c.code, c.capture_mode] for c in Camera.objects.all()}))"
)


@pytest.fixture(scope="module")
def modes(house) -> dict[str, tuple[str, str]]:
    """Camera id -> (key of the simulator, capture mode)."""
    out = house.manage("shell", "-c", MODES)
    line = next(line for line in out.splitlines() if line.startswith("MODES"))
    return {pk: tuple(pair) for pk, pair in json.loads(line.removeprefix("MODES ")).items()}


@pytest.fixture(scope="module")
def wall(chrome, house):
    """A screen paired by its six digits, showing the scene with all cameras."""
    context = chrome.new_context(viewport={"width": 1920, "height": 1080}, locale="id-ID")
    screen = context.new_page()
    screen.goto(house.address + "/wall/")
    code = re.sub(r"\D", "", screen.locator(".cc-pair-code").inner_text())
    assert len(code) == 6
    desk = chrome.new_context(locale="id-ID").new_page()
    desk.goto(house.address + "/login/")
    desk.fill("input[name=username]", "operator")
    desk.fill("input[name=password]", "kota-demo-operator")
    desk.press("input[name=password]", "Enter")
    desk.wait_for_url("**/desk/")
    desk.goto(house.address + "/desk/displays/pair/")
    desk.fill("input[name=code]", code)
    if desk.locator("input[name=name]").count():
        desk.fill("input[name=name]", "Dinding uji")
    scene = desk.locator("select[name=scene]")
    if scene.count():
        scene.select_option(label="Semua kamera")
    desk.locator("main form button[type=submit]").first.click()
    screen.wait_for_selector("cc-cam", timeout=20_000)
    yield screen
    desk.context.close()
    context.close()


def live(page) -> dict[str, dict[str, object]]:
    return {id: cam for id, cam in shown(page).items() if cam["painted"] and cam["show"] == "fresh"}


def test_sixteen_tiles_live_for_half_a_minute(wall, modes):
    wait_for(lambda: len(live(wall)) >= 16, 90, "16 live tiles")
    first = shown(wall)
    rtsp = [id for id in first if modes[id][1].startswith("rtsp")]
    assert len(rtsp) >= 12
    steps: dict[str, set[object]] = {id: set() for id in first}
    end = time.monotonic() + 30
    while time.monotonic() < end:
        for id, cam in shown(wall).items():
            steps[id].add(cam["captured"])
        wall.wait_for_timeout(500)
    changed = [id for id in rtsp if len(steps[id]) >= 3]
    hidden = wall.evaluate("document.hidden")
    told = {modes[id][0]: (len(steps[id]), cam["show"], cam["interval"]) for id, cam in shown(wall).items()}
    assert len(changed) >= 12, f"hidden: {hidden}, pictures, state and interval: {told}"
    ages = [time.time() - float(cam["captured"]) / 1000 for cam in live(wall).values()]
    assert min(ages) >= -1


def test_a_dead_camera_is_late_then_offline_with_its_reason_and_heals_by_itself(wall, modes, house):
    wait_for(lambda: len(live(wall)) >= 16, 90, "16 live tiles")
    id = next(id for id in live(wall) if modes[id][1] == "rtsp_held")
    house.control.fault(modes[id][0], "dead")
    last = float(shown(wall)[id]["captured"])
    interval = float(shown(wall)[id]["interval"])
    wait_for(lambda: shown(wall)[id]["show"] == "late", 4 * interval, "the tile to be late")
    late_after = time.time() - float(shown(wall)[id]["captured"]) / 1000
    assert 2 * interval <= late_after <= 2 * interval + 4
    wait_for(lambda: shown(wall)[id]["show"] == "offline", 100, "the tile to be offline")
    offline_after = time.time() - float(shown(wall)[id]["captured"]) / 1000
    assert max(3 * interval, 60) - 2 <= offline_after <= max(3 * interval, 60) + 20, offline_after
    assert shown(wall)[id]["reason"]
    assert float(shown(wall)[id]["captured"]) >= last
    house.control.clear(modes[id][0])
    begun = time.monotonic()
    wait_for(lambda: shown(wall)[id]["show"] == "fresh", 30, "the tile to heal")
    assert time.monotonic() - begun <= 30


def fresh_since(wall, moment: float) -> int:
    return sum(float(cam["captured"]) / 1000 > moment for cam in live(wall).values())


def pictures_flow(wall, seconds: float, what: str) -> None:
    """At least 12 tiles show a picture taken after now."""
    moment = time.time()
    wait_for(lambda: fresh_since(wall, moment) >= 12, seconds, what)


def test_the_wall_heals_when_redis_is_killed(wall, house):
    pictures_flow(wall, 90, "pictures before")
    house.child("valkey-server").send_signal(signal.SIGKILL)
    time.sleep(2)
    pictures_flow(wall, 90, "pictures after Redis came back")


def test_a_banner_tells_of_the_lost_web_server_and_the_wall_heals(wall, house):
    pictures_flow(wall, 90, "pictures before")
    daphne = house.child("daphne")
    daphne.send_signal(signal.SIGSTOP)  # no close frame: the page must notice the silence itself
    try:
        wall.wait_for_selector("text=SAMBUNGAN PUTUS", timeout=15_500)
    finally:
        daphne.send_signal(signal.SIGKILL)
    pictures_flow(wall, 90, "pictures after the web server came back")
    wall.wait_for_selector("text=SAMBUNGAN PUTUS", state="hidden", timeout=20_000)


@pytest.mark.parametrize("worker", ["grab@", "hold@"])
def test_the_wall_heals_when_a_worker_is_killed(wall, house, worker):
    pictures_flow(wall, 90, "pictures before")
    house.child(worker).send_signal(signal.SIGKILL)
    pictures_flow(wall, 60, f"pictures after {worker} was killed")


def test_a_revoked_screen_goes_back_to_pairing_at_once(wall, house, visit):
    house.manage(
        "shell", "-c", "from commandcenter.wall.models import Display; print(Display.objects.count())"
    )
    desk = visit("/desk/displays/", login="operator")
    desk.locator("article:has-text('Dinding uji') h2 a").first.click()
    desk.once("dialog", lambda dialog: dialog.accept())
    desk.locator("form[action*='revoke'] button").first.click()
    wall.wait_for_selector(".cc-pair-code", timeout=15_000)
