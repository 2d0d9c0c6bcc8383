"""The whole house as a user starts it, and a real browser before it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from cctv.camsim.control import Control
from commandcenter.runtime import browser as chromium

ROOT = Path(__file__).resolve().parents[2]
START_S = 600  # the very first start draws and encodes the demo's pictures
PASSWORD = "kota-demo-{}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PUSH_PORT = free_port()
"""Where a push service of ours may stand: the house dials nothing else that is not public."""
SCENE = (
    "from commandcenter.wall import demo; from commandcenter.wall.models import Display;"
    "tiles = [(key, {}) for key in %r];"
    "scene = demo._scene(%r, 'two-by-two', tiles);"
    "Display.objects.get_or_create(name=scene.name, defaults={'scene': scene})"
)


def house_environment(data: Path) -> dict[str, str]:
    """The environment of a user's shell: nothing of the test run's own servers."""
    ours = ("CC_", "DJANGO_", "PYTEST_")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    service = {"CC_CHANNEL_ALLOW_HOSTS": f"127.0.0.1:{PUSH_PORT}"}
    return {**plain, "CC_NO_BOOTSTRAP": "1", "CC_DATA_DIR": str(data), **service}


class RunningHouse:
    """``manage.py up`` in another process, on ports and data of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.cameras = f"{free_port()},{free_port()}"
        self.log = data / "up.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def control(self) -> Control:
        return Control.of_data(self.data / "camsim")

    def start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        shared = ROOT / ".data" / "camsim"
        shared.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable,
            "manage.py",
            "up",
            "--port",
            str(self.port),
            "--camera-ports",
            self.cameras,
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=house_environment(self.data),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for(lambda: "Ctrl-C stops all" in self.said() or self.ended(), START_S, "the house to start")
        assert not self.ended(), self.said()

    def said(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def children(self) -> list[psutil.Process]:
        assert self.process
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, word: str) -> psutil.Process:
        """The house's child whose command line holds ``word`` (the topmost one)."""
        assert self.process
        for process in psutil.Process(self.process.pid).children():
            if word in " ".join(process.cmdline()):
                return process
        raise AssertionError(f"no child runs {word}")

    def stop(self) -> float:
        """Ctrl-C; the seconds it took."""
        assert self.process
        begun = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        return time.monotonic() - begun

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=house_environment(self.data), capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout


def wait_for(ready: Callable[[], object], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.25)


@pytest.fixture(scope="session")
def house() -> Iterator[RunningHouse]:
    if not chromium.find():
        pytest.skip("NO CHROMIUM: the browser stories were not run")
    with tempfile.TemporaryDirectory(prefix="house-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        (ROOT / ".data" / "camsim").mkdir(parents=True, exist_ok=True)
        (data / "camsim").symlink_to(ROOT / ".data" / "camsim")
        running = RunningHouse(data)
        running.start()
        yield running
        if not running.ended():
            running.stop()


@pytest.fixture
def visit(chrome, house):
    """Opens a page in a fresh context, logged in where a name is given; all contexts close at the end."""
    contexts = []

    def open_page(path: str, login: str = "", size: tuple[int, int] = (1920, 1080), touch: bool = False):
        viewport = {"width": size[0], "height": size[1]}
        context = chrome.new_context(viewport=viewport, locale="id-ID", has_touch=touch, is_mobile=touch)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        if login:
            page.goto(house.address + "/login/")
            page.fill("input[name=username]", login)
            page.fill("input[name=password]", PASSWORD.format(login))
            page.press("input[name=password]", "Enter")
            page.wait_for_url(re.compile(r"^(?!.*/login/)"))
        page.goto(house.address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def paired(
    chrome,
    house,
    visit,
    scene: str,
    tiles: list[str],
    *,
    size: tuple[int, int] = (1920, 1080),
    address: str = "",
):
    """A wall's screen of these tiles, paired by its six digits; ``address``: by another way to the house."""
    house.manage("shell", "-c", SCENE % (tiles, scene))
    viewport = {"width": size[0], "height": size[1]}
    screen = chrome.new_context(viewport=viewport, locale="id-ID").new_page()
    screen.goto((address or house.address) + "/wall/")
    code = re.sub(r"\D", "", screen.locator(".cc-pair-code").inner_text())
    pairing = visit("/desk/displays/pair/", login="operator")
    pairing.fill("input[name=code]", code)
    pairing.locator("select[name=display]").select_option(label=scene)
    pairing.locator("main form button[type=submit]").first.click()
    screen.locator("cc-tile[data-w]").first.wait_for()
    return screen


def shown(page) -> dict[str, dict[str, object]]:
    """Every camera on the page: id -> what its element shows now."""
    script = """() => [...document.querySelectorAll('cc-cam')].map(cam => ({
        id: cam.getAttribute('camera'), show: cam.dataset.show, captured: cam.capturedAt || 0,
        painted: !!cam.painted, interval: cam.interval || 0, reason: cam.getAttribute('reason') || '',
        fault: cam.dataset.fault || '', since: cam.since || 0, name: cam.getAttribute('name'),
    }))"""
    return {str(item["id"]): item for item in page.evaluate(script)}


def get_json(url: str) -> dict[str, object]:
    with urllib.request.urlopen(url, timeout=5) as answer:
        found: dict[str, object] = json.load(answer)
    return found
