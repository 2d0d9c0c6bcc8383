"""The elements in a real browser: pictures by socket, ages by server time, loss and return."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.long]
ROOT = Path(__file__).resolve().parents[2]


class Stage:
    """The running stage process."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def order(self, **what: Any) -> None:
        data = json.dumps(what).encode()
        with urlopen(Request(f"{self.url}/control", data=data, method="POST")) as answer:
            answer.read()

    def heard(self) -> dict[str, Any]:
        with urlopen(f"{self.url}/heard") as answer:
            return dict(json.load(answer))

    def last(self, kind: str) -> dict[str, Any]:
        found = [message for message in self.heard()["heard"] if message["t"] == kind]
        return dict(found[-1]) if found else {}


@pytest.fixture(scope="module")
def running() -> Iterator[Stage]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "--verbosity", "0"]
    process = subprocess.Popen([*command, "tests.front.stage:application"], cwd=ROOT, env={**os.environ})
    found = Stage(port)
    try:
        until(lambda: _answers(found), 60)
        yield found
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def stage(running: Stage) -> Stage:
    running.order(reset=True)
    return running


def _answers(stage: Stage) -> bool:
    try:
        return bool(stage.heard())
    except OSError:
        return False


def until(check: Callable[[], Any], seconds: float) -> Any:
    """Waits until ``check`` answers something true; fails after ``seconds``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s")


@pytest.fixture
def tab(chrome: Any) -> Iterator[Any]:
    page = chrome.new_page(viewport={"width": 1920, "height": 1080})
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda m: page.faults.append(m.text) if m.type == "error" else None)
    yield page
    page.close()


def cam(tab: Any, number: int) -> dict[str, Any]:
    """What a camera element shows."""
    script = """n => { const c = document.querySelector(`cc-cam[camera="${n}"]`);
      const width = c.querySelector("canvas").width;
      return {show: c.dataset.show, fault: c.dataset.fault, text: c.innerText, width} }"""
    return dict(tab.evaluate(script, number))


def test_pictures_arrive_are_acknowledged_and_age_by_server_time(stage: Stage, tab: Any) -> None:
    stage.order(age=25)
    tab.goto(f"{stage.url}/wall")
    until(lambda: stage.last("show").get("ids") == [1, 2, 3], 10)
    until(lambda: cam(tab, 1)["width"] == 64, 5)
    stage.order(frame={"camera": 1, "seq": 7, "colour": "red"})
    until(lambda: stage.last("ack") == {"t": "ack", "source": "cctv", "id": 1, "seq": 7}, 5)
    assert cam(tab, 1)["show"] == "fresh"
    assert cam(tab, 2)["show"] == "late"
    assert "terlambat" in cam(tab, 2)["text"]
    assert "<b>Kopo</b>" in cam(tab, 2)["text"], "a name is text, never markup"
    stage.order(frame={"camera": 3, "seq": 1, "colour": "red", "flags": 1})
    until(lambda: cam(tab, 3)["fault"] == "frozen", 5)
    assert "BEKU" in cam(tab, 3)["text"]
    assert tab.faults == []


JUDGE = "async cases => { const { judge } = await import('/static/cc/cam.js'); return cases.map(judge); }"
RESTED = {"state": "online", "interval": 60, "wanted": 10, "now": 1_000_000}


def test_a_camera_that_rested_is_not_fresh_for_two_minutes_once_somebody_looks(
    stage: Stage, tab: Any
) -> None:
    tab.goto(f"{stage.url}/wall")
    ages = [  # seconds old, seconds somebody has looked
        (50, 5, "fresh"), (30, 19, "fresh"), (50, 21, "late"), (119, 5, "fresh"), (121, 5, "late"),
        (75, 61, "expired"), (181, 5, "expired"), (5, 600, "fresh"),
    ]  # fmt: skip
    cases = [
        {**RESTED, "capturedAt": 1_000_000 - 1000 * old, "watchedFor": 1000 * looked}
        for old, looked, _ in ages
    ]
    assert tab.evaluate(JUDGE, cases) == [word for _, _, word in ages]


AGE = (
    "async all => { const { age } = await import('/static/cc/conf.js'); return all.map(s => age(s * 1000)); }"
)


def test_an_age_is_told_in_the_largest_unit_there_is_one_of(stage: Stage, tab: Any) -> None:
    tab.goto(f"{stage.url}/wall")
    told = {
        0.4: "0,4 dtk",
        59.9: "59 dtk",
        60: "1 mnt",
        119: "1 mnt",
        3599: "59 mnt",
        3600: "1 jam",
        86399: "23 jam",
    }
    assert tab.evaluate(AGE, list(told)) == list(told.values())
    assert tab.evaluate(AGE, [86400, 200000])[0].startswith("1 h")


def test_an_age_elsewhere_on_the_page_follows_the_picture(stage: Stage, tab: Any) -> None:
    stage.order(age=25)
    tab.goto(f"{stage.url}/wall")
    # Both first pictures: one that comes after the ages are there would be followed, as it should.
    until(lambda: cam(tab, 1)["width"] == 64 and cam(tab, 2)["width"] == 64, 10)
    tab.evaluate("""() => { for (const camera of ["1", "2"]) {
      const found = document.createElement("cc-age");
      found.setAttribute("camera", camera);
      found.setAttribute("at", new Date(Date.now() - 500000).toISOString());
      document.body.append(found); } }""")
    stage.order(frame={"camera": 1, "seq": 7, "colour": "red"})

    def ages() -> list[str]:
        script = "() => [...document.querySelectorAll('cc-age[camera]')].map(found => found.innerText)"
        return list(tab.evaluate(script))

    until(lambda: "dtk" in ages()[0], 5)
    assert "mnt" in ages()[1], "another camera's age stays its own"


def test_an_expired_picture_is_never_shown_as_live(stage: Stage, tab: Any) -> None:
    stage.order(age=200, state2="offline")
    tab.goto(f"{stage.url}/wall")
    until(lambda: cam(tab, 1)["show"] == "expired", 5)
    assert "tidak langsung" in cam(tab, 1)["text"]
    until(lambda: cam(tab, 2)["show"] == "offline", 5)
    assert "putus" in cam(tab, 2)["text"]
    assert "tidak menjawab" in cam(tab, 2)["text"]


def test_a_tile_reads_again_once_for_a_burst_and_not_for_a_known_revision(stage: Stage, tab: Any) -> None:
    tab.goto(f"{stage.url}/wall")
    until(lambda: "demo.thing" in (stage.last("join").get("topics") or []), 10)
    # The page's first hello makes its tiles read again: what was said while it connected is not lost.
    until(lambda: stage.heard()["reads"], 10)
    before = stage.heard()["reads"]
    stage.order(tile="<p>kedua</p>")
    stage.order(say=[{"t": "event", "topic": "demo.thing", "id": 1, "rev": rev} for rev in (4, 5, 5, 3)])
    until(lambda: "kedua" in tab.inner_text("[data-tile=text]"), 5)
    tab.wait_for_timeout(800)
    assert stage.heard()["reads"] == before + 1
    stage.order(say=[{"t": "event", "topic": "demo.thing", "id": 1, "rev": 5}])
    tab.wait_for_timeout(800)
    assert stage.heard()["reads"] == before + 1


def test_a_whole_tile_replaces_itself_instead_of_nesting(stage: Stage, tab: Any) -> None:
    tab.goto(f"{stage.url}/wall")
    until(lambda: "demo.thing" in (stage.last("join").get("topics") or []), 10)
    stage.order(tile="<p>kedua</p>", whole=True)
    stage.order(say=[{"t": "event", "topic": "demo.thing", "id": 1, "rev": 9}])
    until(lambda: "kedua" in tab.inner_text("[data-tile=text]"), 5)
    assert tab.evaluate("document.querySelectorAll('cc-tile cc-tile').length") == 0


FORM = """<p>%s</p><details data-hold="forward"><summary>Teruskan</summary><form>
  <select id="to"><option>A<option>B</select><input id="why" value=""></form></details>
  <fieldset data-hold="end"><input type="radio" name="end"></fieldset>"""
IN_HAND = """[document.querySelector("details").open, document.activeElement.id,
  document.querySelector("#why").value, document.querySelector("[type=radio]").checked]"""


def test_what_a_person_has_in_hand_stays_under_the_news(stage: Stage, tab: Any) -> None:
    stage.order(tile=FORM % "pertama")
    tab.goto(f"{stage.url}/wall")
    until(lambda: "demo.thing" in (stage.last("join").get("topics") or []), 10)
    until(lambda: stage.heard()["reads"], 10)
    tab.click("[data-tile=text] summary")
    tab.check("[data-tile=text] [type=radio]")
    tab.fill("#why", "Tolong kirim")
    stage.order(tile=FORM % "kedua")
    stage.order(say=[{"t": "event", "topic": "demo.thing", "id": 1, "rev": 21}])
    until(lambda: "kedua" in tab.inner_text("[data-tile=text]"), 5)
    assert tab.evaluate(IN_HAND) == [True, "why", "Tolong kirim", True]
    tab.keyboard.type(" orang")
    assert tab.input_value("#why") == "Tolong kirim orang"
    # What nobody has in hand is the server's, and what the server no longer offers goes.
    tab.fill("#why", "")
    tab.click("[data-tile=text] summary")
    tab.evaluate("document.activeElement.blur()")
    stage.order(tile=FORM.replace('value=""', 'value="baru"') % "ketiga")
    stage.order(say=[{"t": "event", "topic": "demo.thing", "id": 1, "rev": 22}])
    until(lambda: "ketiga" in tab.inner_text("[data-tile=text]"), 5)
    assert tab.input_value("#why") == "baru"
    stage.order(tile="<p>selesai</p>")
    stage.order(say=[{"t": "event", "topic": "demo.thing", "id": 1, "rev": 23}])
    until(lambda: "selesai" in tab.inner_text("[data-tile=text]"), 5)
    assert tab.locator("[data-tile=text] details").count() == 0


def test_silence_without_a_close_frame_shows_the_banner_within_fifteen_seconds_and_heals(
    stage: Stage, tab: Any
) -> None:
    tab.goto(f"{stage.url}/wall")
    until(lambda: tab.inner_text("cc-live") == "LANGSUNG", 10)
    stage.order(mute=True, refuse=True)
    tab.wait_for_selector("[data-cc-banner]:not([hidden])", timeout=15_500)
    assert tab.inner_text("[data-cc-banner]").startswith("SAMBUNGAN PUTUS sejak ")
    assert tab.inner_text("cc-live") == "TIDAK LANGSUNG"
    before = stage.heard()["reads"]
    stage.order(mute=False, refuse=False)
    tab.wait_for_selector("[data-cc-banner]", state="hidden", timeout=15_000)
    until(lambda: stage.heard()["reads"] > before, 5)


def test_a_closed_socket_comes_back_within_five_seconds(stage: Stage, tab: Any) -> None:
    tab.goto(f"{stage.url}/wall")
    until(lambda: stage.last("show"), 10)
    until(lambda: cam(tab, 1)["width"] == 64, 10)

    first = stage.heard()["sockets"][-1]

    def asked() -> list[Any]:
        """What the sockets after the first asked to be shown: the first may say it twice."""
        said = stage.heard()
        pairs = zip(said["heard"], said["sockets"], strict=True)
        return [message["ids"] for message, number in pairs if number > first and message["t"] == "show"]

    stage.order(cut=True)
    assert until(asked, 5)[0] == [1, 2, 3], "the new socket asks for the same cameras"
    stage.order(frame={"camera": 1, "seq": 9, "colour": "red"})
    until(lambda: stage.last("ack").get("seq") == 9, 5)
    assert tab.locator("[data-cc-banner]").is_hidden(), "too short a gap to alarm anybody"


@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160), (5760, 1080), (1280, 800)])
def test_the_wall_does_not_overflow(stage: Stage, tab: Any, size: tuple[int, int]) -> None:
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    tab.goto(f"{stage.url}/wall")
    tab.wait_for_timeout(500)
    width, height = tab.evaluate("[document.documentElement.scrollWidth, document.body.scrollHeight]")
    assert width <= size[0]
    assert height <= size[1]
