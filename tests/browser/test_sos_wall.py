"""An officer calls for help: every wall is taken over at once, aloud, also one whose cable is pulled."""

from __future__ import annotations

import os
import time
import uuid
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.browser.cable import Cable
from tests.browser.conftest import paired, wait_for
from tests.browser.test_officer_phone import SETUP, told

pytestmark = [
    pytest.mark.long,
    pytest.mark.browser,
]
SIZES = {"720p": (1280, 720), "1080p": (1920, 1080), "4k": (3840, 2160)}
AT_ONCE_MS, TOO_LATE_MS = 2000, 6000  # the promise on a quiet machine; what a busy one must still keep
TONE_HZ = 980
"""How the tone of a call for help begins; a critical alarm's begins lower."""
SHOTS = os.environ.get("CC_SHOTS", "")
# Where many cameras hang, and who is there: four officers at work within half a kilometre.
PLACE = """
import json
from datetime import timedelta
from django.utils import timezone
from cctv.models import Camera
from cctv.nearest import by_distance
from commandcenter.city.models import User
from commandcenter.city.viewers import viewer_of_user
from commandcenter.incidents.models import Alarm
from commandcenter.incidents.services import clear
from fieldstaff.models import Latest, Officer
from commandcenter.city.models import Agency
from tests.factories.fieldstaff import make_device, make_shift
viewer = viewer_of_user(User.objects.get(username="operator"))
for alarm in Alarm.objects.alive():
    clear(viewer=viewer, alarm=alarm, outcome="false_alarm")
cameras = [camera for camera in Camera.objects.in_use() if camera.lat is not None]
def near(camera):
    return sum(way < 1500 for way, _other in by_distance(cameras, (camera.lat, camera.lng)))
best = max(cameras, key=near)
lat, lng, now = best.lat + 0.0004, best.lng + 0.0004, timezone.now()
for number, name in enumerate(["Joko Susilo", "Siti Nurhaliza Kartika", "Tono", "Ujang"], 1):
    about = {"name": name, "kind": "penyapu", "agency": Agency.objects.first()}
    officer = Officer.objects.create(code=f"CODE-{number}", **about)
    make_shift(officer, now - timedelta(hours=1), 8)
    where = {"lat_e7": round((lat + number / 1000) * 1e7), "lon_e7": round(lng * 1e7), "fix_at": now}
    phone = make_device(officer, officer.code)
    Latest.objects.create(officer=officer, last_contact=now, device=phone, **where)
print("FOUND", json.dumps([lat, lng, near(best)]))
"""
AFTER = """
import json
from commandcenter.incidents.models import Alarm
from fieldstaff.models import SosEvent
event = SosEvent.objects.filter(officer__code="CODE").latest("pk")
alarm = Alarm.objects.get(source=f"fieldstaff.sos:{event.pk}")
print("FOUND", json.dumps({"alarm": alarm.pk, "at": event.recv_at.timestamp() * 1000, "state": alarm.state}))
"""
# Notes when the takeover came and went, and when a call for help began to sound.
WATCH = """(hz) => {
  globalThis.kinds = [];
  globalThis.tones = [];
  const Tone = OscillatorNode;
  globalThis.OscillatorNode = class extends Tone {
    start(at) {
      if (this.frequency.value === hz) globalThis.tones.push(Date.now());
      super.start(at);
    }
  };
  const look = () => {
    const over = document.querySelector('.cc-scene[data-kind="takeover"] .cc-over[data-severity="panic"]');
    if (Boolean(over) !== Boolean(kinds.at(-1)?.over)) kinds.push({ over: Boolean(over), at: Date.now() });
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}"""
# What of the takeover is cut off, lies outside the screen or on something else.
FIT = """() => {
  const found = [];
  const inside = (box, frame) => box.left >= frame.left - 1 && box.right <= frame.right + 1 &&
    box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
  const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) found.push("the page scrolls");
  const shown = (one) => one.getClientRects().length > 0 && getComputedStyle(one).visibility !== "hidden";
  const must = ".cc-over-head h2, .cc-over-word, .cc-over-since, .cc-over-who > *, .cc-over-state," +
    ".cc-over-place, .cc-over-call, .cc-over-lost, .cc-over-panel h3, .cc-over-near li," +
    ".cc-over-cams figure, .cc-takeover-rail";
  const told = (one) => `${one.className || one.localName} ${one.textContent.trim().slice(0, 40)}`;
  for (const one of document.querySelectorAll(must)) {
    if (!shown(one)) continue;
    const box = one.getBoundingClientRect();
    const around = one.closest(".cc-over-facts, .cc-over-panel, .cc-over-head");
    if (!inside(box, around?.getBoundingClientRect() ?? screen)) found.push(`outside: ${told(one)}`);
    const line = one.matches("h2, .cc-over-word, .cc-over-state span");
    if (line && one.scrollWidth > one.clientWidth + 1) found.push(`cut: ${told(one)}`);
  }
  const rail = document.querySelector(".cc-takeover-rail").getBoundingClientRect();
  for (const one of document.querySelectorAll(".cc-over-facts > *")) {
    const box = one.getBoundingClientRect();
    if (shown(one) && box.height && box.bottom > rail.top + 1) found.push(`under the rail: ${one.className}`);
  }
  return found;
}"""
FILTERS = """() => [".cc-over-map", ".cc-over-panel", ".cc-over-state", ".cc-takeover-rail"].map(
  (name) => getComputedStyle(document.querySelector(name)).filter.includes("grayscale"))"""


class Scene:
    """Officer, wall behind its cable, and desk."""

    def __init__(self, chrome: Any, house: Any, visit: Any, name: str) -> None:
        self.house, self.name = house, name
        self.code = f"S-{uuid.uuid4().hex[:8]}".upper()
        self.cable = Cable(house.port)
        self.wall = paired(
            chrome, house, visit, f"Dinding SOS {name}", ["complaints.feed", "wall.clock", "wall.map"],
            size=SIZES[name], address=self.cable.address,
        )  # fmt: skip
        self.token = told(house, SETUP.replace("CODE", self.code))
        self.lat, self.lng, self.cameras = told(house, PLACE.replace("CODE", self.code))
        self.phone = phone_of(chrome, house, self.token, (self.lat, self.lng))
        self.desk = visit("/alarms/", login="operator")
        self.wall.evaluate(WATCH, TONE_HZ)
        self.alarm = 0

    def shot(self, name: str) -> None:
        if SHOTS:
            self.wall.wait_for_timeout(700)
            self.wall.screenshot(path=str(Path(SHOTS) / f"wall-{self.name}-{name}.png"))

    def over(self, is_over: bool, seconds: float) -> int:
        """Waits until the wall is (not) taken over; when that was seen, ms since 1970."""
        wait_for(lambda: self.last()["over"] == is_over, seconds, f"takeover {is_over}")
        return int(self.last()["at"])

    def last(self) -> dict[str, Any]:
        found: dict[str, Any] = self.wall.evaluate("kinds.at(-1) ?? { over: false, at: 0 }")
        return found

    def tones(self) -> list[int]:
        found: list[int] = self.wall.evaluate("tones")
        return found

    def press(self) -> None:
        """The officer's button, held for two seconds."""
        self.phone.click(".op-nav a[href='#sos']")
        box = self.phone.locator("[data-hold]").bounding_box()
        self.phone.mouse.move(box["x"] + 50, box["y"] + 50)
        self.phone.mouse.down()
        self.phone.wait_for_timeout(2200)
        self.phone.mouse.up()

    def close(self) -> None:
        self.cable.mend()
        self.phone.context.close()
        self.wall.context.close()
        self.cable.close()


def phone_of(chrome: Any, house: Any, token: str, place: tuple[float, float]) -> Any:
    """The officers' app in a window of a phone's size, logged in by its link."""
    context = chrome.new_context(
        viewport={"width": 390, "height": 844}, locale="id-ID", is_mobile=True, has_touch=True,
        geolocation={"latitude": place[0], "longitude": place[1]}, permissions=["geolocation"],
    )  # fmt: skip
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(f"{house.address}/petugas/#masuk={token}")
    page.wait_for_selector("body[data-view=in][data-ready]")
    return page


@pytest.fixture
def scene(chrome, house, visit, request):
    playing = Scene(chrome, house, visit, request.param)
    yield playing
    playing.close()


def takes_over_at_once(scene: Scene) -> None:
    scene.press()
    seen = scene.over(True, 20)
    wait_for(scene.tones, 10, "the tone")
    found = told(scene.house, AFTER.replace("CODE", scene.code))
    scene.alarm = int(found["alarm"])
    delays = {"takeover": seen - found["at"], "tone": scene.tones()[0] - found["at"]}
    said = {name: round(ms) for name, ms in delays.items()}
    print(f"{scene.name}: ms after the server heard the call (target {AT_ONCE_MS}):", said)
    assert max(delays.values()) <= TOO_LATE_MS, delays


def says_who_where_and_who_is_near(scene: Scene) -> None:
    wall = scene.wall
    wall.locator(".cc-over-cams figure").first.wait_for()
    wall.locator(".cc-over-near li").first.wait_for()
    assert "Budi Santoso" in wall.locator(".cc-over-who").inner_text()
    assert scene.code in wall.locator(".cc-over-head h2").inner_text()
    near = wall.locator(".cc-over-near").inner_text()
    assert f"{scene.code}-1" in near and near.index("110 m") < near.index("220 m")
    assert "Joko" not in wall.locator("main").inner_text(), "who only happens to be near has no name there"
    assert 1 <= wall.locator(".cc-over-cams figure").count() <= min(4, scene.cameras)
    painted = "[...document.querySelectorAll('.cc-over-cams cc-cam')].every((cam) => cam.painted)"
    wait_for(partial(wall.evaluate, painted), 30, "pictures of the cameras near")
    wall.locator(".cc-over-map cc-map[data-ready]").wait_for()
    wait_for(lambda: not wall.evaluate(FIT), 10, f"everything to fit: {wall.evaluate(FIT)}")
    scene.shot("1-takeover")


def says_that_it_is_cut_off_and_recovers(scene: Scene) -> None:
    wall = scene.wall
    scene.cable.cut()
    begun = time.monotonic()
    wall.locator(".cc-over-lost").wait_for(timeout=15_500)
    print(f"{scene.name}: cut off, said after {time.monotonic() - begun:.1f} s")
    assert all(wall.evaluate(FILTERS)) and not wall.evaluate(FIT), wall.evaluate(FIT)
    assert wall.locator("[data-cc-banner]").is_visible()
    scene.shot("2-cut-off")
    heard = len(scene.tones())
    wait_for(lambda: len(scene.tones()) > heard, 8, "it to go on aloud: nobody has said that it is over")
    scene.cable.mend()
    begun = time.monotonic()
    wall.locator(".cc-over-lost").wait_for(state="hidden", timeout=20_000)
    assert not any(wall.evaluate(FILTERS))
    print(f"{scene.name}: back after {time.monotonic() - begun:.1f} s")


def is_put_away_with_a_reason_and_comes_back(scene: Scene) -> None:
    desk = scene.desk
    desk.goto(f"{scene.house.address}/alarms/{scene.alarm}/")
    desk.locator("details:has(form[action$='/snooze/']) summary").click()
    form = desk.locator("form[action$='/snooze/']")
    form.locator("[name=minutes]").select_option("2")
    form.locator("[name=reason]").fill("Sudah dihubungi lewat radio")
    sent = time.time() * 1000
    with desk.expect_navigation():
        form.locator("button").click()
    assert scene.over(False, 20) - sent <= TOO_LATE_MS
    heard = len(scene.tones())
    scene.shot("3-put-away")
    assert "Sudah dihubungi lewat radio" in desk.locator("main").inner_text()
    scene.wall.wait_for_timeout(11_000)  # the app calls again by itself meanwhile
    assert not scene.last()["over"] and len(scene.tones()) == heard, "its own repeats leave it away, silent"
    sent = time.time() * 1000
    with desk.expect_navigation():
        desk.locator("form[action$='/return/'] button").click()
    assert scene.over(True, 20) - sent <= TOO_LATE_MS
    wait_for(lambda: len(scene.tones()) > heard, 10, "the tone again")


def is_taken_and_ends(scene: Scene) -> None:
    desk, wall = scene.desk, scene.wall
    desk.goto(f"{scene.house.address}/alarms/{scene.alarm}/")
    with desk.expect_navigation():
        desk.locator("form[action$='/acknowledge/'] button").click()
    wall.locator(".cc-over[data-acknowledged] .cc-over-state", has_text="sejak").wait_for(timeout=5000)
    heard = len(scene.tones())
    scene.shot("4-taken")
    scene.phone.locator("[data-slot=call]", has_text="Diterima oleh").wait_for(timeout=15_000)
    wall.wait_for_timeout(3500)
    assert scene.last()["over"] and len(scene.tones()) == heard, "the scene stays, the sound does not"
    desk.once("dialog", lambda dialog: dialog.accept())
    desk.locator("form[action$='/clear/'] [value=safe]").check()
    sent = time.time() * 1000
    with desk.expect_navigation():
        desk.locator("form[action$='/clear/'] button").click()
    assert scene.over(False, 20) - sent <= TOO_LATE_MS


@pytest.mark.parametrize("scene", SIZES, indirect=True)
def test_a_call_for_help_takes_the_wall_over_and_stays_until_a_person_ends_it(scene: Scene):
    begun = time.monotonic()
    takes_over_at_once(scene)
    says_who_where_and_who_is_near(scene)
    says_that_it_is_cut_off_and_recovers(scene)
    if scene.name == "1080p":  # the same page at every size; what it looks like is not the question here
        is_put_away_with_a_reason_and_comes_back(scene)
    is_taken_and_ends(scene)
    print(f"the story took {time.monotonic() - begun:.0f} s")
    assert not scene.last()["over"]
