"""A citizen's phone for the browser stories: its pages, its network and its background sync."""

from __future__ import annotations

import io
import json
from typing import Any

from PIL import Image

from tests.browser.conftest import wait_for

FORM = "[data-report][data-ready]"
HELD = "Promise.all(['reports', 'files', 'receipts'].map(lapor.all)).then(JSON.stringify)"


def photo(seed: int = 1, size: tuple[int, int] = (1280, 960)) -> bytes:
    """A JPEG that looks like nothing, and like no other."""
    image = Image.effect_mandelbrot(size, (-2 - seed / 50, -1.5, 1, 1.5), 60).convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


class Phone:
    """A phone-sized window with Indonesian words, on ``address``."""

    def __init__(self, chrome: Any, address: str) -> None:
        self.address = address
        self.context = chrome.new_context(
            viewport={"width": 390, "height": 844}, locale="id-ID", is_mobile=True, has_touch=True
        )
        self.context.set_default_timeout(30_000)
        self.page = self.context.new_page()

    def open(self, path: str = "/lapor/") -> Any:
        """A page; for the form, once it keeps what is written."""
        self.page.goto(self.address + path)
        if path == "/lapor/":
            self.page.wait_for_selector(FORM)
        return self.page

    def worker_ready(self) -> None:
        """Waits until the worker has kept the form and stands before the pages."""
        script = "navigator.serviceWorker.controller?.state === 'activated'"
        wait_for(lambda: self.page.evaluate(script), 30, "the worker to be there")

    def add(self, *files: tuple[str, str, bytes]) -> None:
        """Chooses files (name, type, bytes) and waits until the phone keeps them."""
        before = self.page.locator("[data-file]").count()
        chosen = [{"name": name, "mimeType": mime, "buffer": content} for name, mime, content in files]
        self.page.set_input_files("#photos", chosen)
        rows = self.page.locator("[data-file]")
        wait_for(lambda: rows.count() == before + len(files), 30, "the phone to keep the files")

    def held(self) -> tuple[list[dict[str, Any]], ...]:
        """What lies in the phone's own store: reports, files, receipts."""
        found: tuple[list[dict[str, Any]], ...] = tuple(json.loads(self.page.evaluate(HELD)))
        return found

    def sync(self) -> None:
        """What the browser does by itself once there is a network again, pages open or not."""
        session = self.page.context.new_cdp_session(self.page)
        registrations: list[dict[str, Any]] = []
        session.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: registrations.extend(event["registrations"]),
        )
        session.send("ServiceWorker.enable")
        for _ in range(50):
            mine = [row for row in registrations if row["scopeURL"] == self.address + "/lapor/"]
            if mine:
                break
            self.page.wait_for_timeout(100)
        wish = {"origin": self.address, "registrationId": mine[-1]["registrationId"], "tag": "lapor-kirim"}
        session.send("ServiceWorker.dispatchSyncEvent", {**wish, "lastChance": False})
        session.detach()
