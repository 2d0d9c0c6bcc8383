"""An officer's phone: small, patient without a network, nothing lost on reload, heard when he calls."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import wait_for
from tests.browser.phone import photo

pytestmark = [pytest.mark.long, pytest.mark.browser]
MOST_BYTES = 100_000
SHOTS = os.environ.get("CC_SHOTS", "")
SETUP = """
import json
from datetime import timedelta
from django.utils import timezone
from commandcenter.city.models import Agency, User
from fieldstaff import tokens
from fieldstaff.models import Device, DeviceBinding, Officer, Shift
now = timezone.now()
officer, _ = Officer.objects.get_or_create(
    code="CODE",
    defaults={"name": "Budi Santoso", "kind": "pemantau_kali", "agency": Agency.objects.first()})
if not Shift.objects.filter(officer=officer).exists():
    Shift.objects.create(officer=officer, span=(now - timedelta(hours=1), now + timedelta(hours=7)),
                         work_date=timezone.localdate())
number = Device.objects.count()
device = Device.objects.create(uid=f"uji-{number}", protocol="app")
DeviceBinding.objects.create(device=device, officer=officer, valid=(now, None))
print("FOUND", json.dumps(tokens.issue(viewer=None, device=device)))
"""


def told(house: Any, code: str) -> Any:
    """What a few lines in the house's own shell print behind FOUND."""
    said = house.manage("shell", "-c", code)
    line = next(line for line in said.splitlines() if line.startswith("FOUND"))
    return json.loads(line.removeprefix("FOUND "))


def count(house: Any, model: str, condition: str = "") -> int:
    module, name = model.rsplit(".", 1)
    code = f"from {module} import {name} as M; print('FOUND', M.objects.filter({condition}).count())"
    return int(told(house, code))


def stored(house: Any, code: str) -> list[int]:
    """How many incidents with a photo, readings and check-ins with that place the city has of him."""
    return [
        count(house, "complaints.models.Report", "channel__slug='petugas', attachments__isnull=False"),
        count(house, "fieldstaff.models.WaterLevel", "level_cm=184"),
        count(house, "fieldstaff.models.Position", f"officer__code='{code}', kind=3, lat_e7=-61201000"),
    ]


@pytest.fixture
def code() -> str:
    """An officer of this story alone: a second try begins anew."""
    return f"P-{uuid.uuid4().hex[:8]}".upper()


@pytest.fixture
def link(house: Any, code: str) -> str:
    return f"/petugas/#masuk={told(house, SETUP.replace('CODE', code))}"


@pytest.fixture
def page(chrome: Any, house: Any):
    context = chrome.new_context(
        viewport={"width": 390, "height": 844}, locale="id-ID", is_mobile=True, has_touch=True,
        geolocation={"latitude": -6.1201, "longitude": 106.1502}, permissions=["geolocation"],
    )  # fmt: skip
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.wait_for_timeout(300)
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def worker_ready(page: Any) -> None:
    script = "navigator.serviceWorker.controller?.state === 'activated'"
    wait_for(lambda: page.evaluate(script), 60, "the worker to be there")


def waiting(page: Any) -> int:
    return int(page.evaluate("petugas.all('outbox').then((rows) => rows.length)"))


def test_the_first_load_is_small(page, house):
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: dict[str, int] = {}
    session.on(
        "Network.loadingFinished",
        lambda event: sizes.__setitem__(event["requestId"], event["encodedDataLength"]),
    )
    kept: list[Any] = []
    page.context.on("response", lambda answer: answer.request.service_worker and kept.append(answer))
    page.goto(house.address + "/petugas/")
    page.get_by_text("Ponsel ini belum masuk").wait_for()
    worker_ready(page)
    page.wait_for_timeout(1000)
    total, store = sum(sizes.values()), sum(len(answer.body()) for answer in kept)
    print(f"first load: {total} bytes for the page, at most {store} more for the worker's store")
    assert len(sizes) >= 8 and total + store <= MOST_BYTES
    shot(page, "1-keluar")


def test_a_day_without_a_network_arrives_whole(page, house, link, code):
    """One link, then offline: check-in, incident, gauge; a reload loses nothing; online all is stored."""
    before = stored(house, code)
    page.goto(house.address + link)
    page.wait_for_selector("body[data-view=in][data-ready]")
    assert "masuk" not in page.url and "Budi Santoso" in page.locator(".op-head").inner_text()
    worker_ready(page)
    shot(page, "2-tugas")
    page.context.set_offline(True)
    page.click(".op-nav a[href='#hadir']")
    page.click("[data-do=checkin]")
    wait_for(lambda: waiting(page) == 1, 30, "the check-in to be kept")
    shot(page, "3-hadir-luring")
    page.click(".op-nav a[href='#lapor']")
    page.set_input_files("#photo", [{"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": photo(7)}])
    page.locator("[data-photo] img").wait_for()
    page.locator("[data-category]").first.click()
    wait_for(lambda: waiting(page) == 2, 30, "the incident to be kept")
    page.fill("[name=station]", "Bendung Pamarayan")
    page.fill("[name=level_cm]", "184")
    page.click("[data-water] button")
    wait_for(lambda: waiting(page) == 3, 30, "the reading to be kept")
    shot(page, "4-lapor-luring")
    page.reload()
    page.wait_for_selector("body[data-view=in][data-ready]")
    assert waiting(page) == 3 and "Budi Santoso" in page.locator(".op-head").inner_text()
    assert page.locator("[data-offline]").is_visible()
    page.context.set_offline(False)
    wait_for(lambda: waiting(page) == 0, 90, "everything to be sent")
    assert [after - old for after, old in zip(stored(house, code), before, strict=True)] == [1, 1, 1]
    page.click(".op-nav a[href='#hadir']")
    page.get_by_text("Check-in terakhir").wait_for()
    shot(page, "5-hadir")


def test_a_call_for_help_repeats_until_somebody_has_it_and_ends_with_the_pin(page, house, link, code):
    page.goto(house.address + link)
    page.wait_for_selector("body[data-view=in][data-ready]")
    page.click(".op-nav a[href='#sos']")
    page.get_by_text("PIN untuk mengakhiri panggilan").click()
    page.fill("[name=pin]", "4827")
    page.click("[data-pin-form] button")
    page.get_by_text("PIN tersimpan").wait_for()
    shot(page, "6-sos")
    button = page.locator("[data-hold]").bounding_box()
    page.mouse.move(button["x"] + 50, button["y"] + 50)
    page.mouse.down()
    page.wait_for_timeout(600)
    page.mouse.up()
    assert page.locator("[data-call]").is_hidden()
    page.mouse.down()
    page.wait_for_timeout(2600)
    page.mouse.up()
    page.get_by_text("menunggu petugas posko").wait_for()
    shot(page, "7-sos-terkirim")
    page.reload()
    mine = f"officer__code='{code}', ended_at=None, repeats__gte=1, lat__isnull=False"
    wait_for(lambda: count(house, "fieldstaff.models.SosEvent", mine), 90, "the call to be repeated")
    told(
        house,
        "from django.utils import timezone; from commandcenter.city.models import User;"
        "from fieldstaff.models import SosEvent; u = User.objects.get(username='operator');"
        "rows = SosEvent.objects.filter(ended_at=None);"
        "rows.update(acknowledged_at=timezone.now(), acknowledged_by=u); print('FOUND 1')",
    )
    page.locator("[data-slot=call]", has_text="Diterima oleh").wait_for(timeout=60_000)
    shot(page, "8-sos-diterima")
    page.get_by_text("Akhiri panggilan", exact=True).click()
    page.fill("[data-end-pin]", "1234")
    page.click("[data-outcome=false_alarm]")
    page.get_by_text("PIN salah").wait_for()
    page.fill("[data-end-pin]", "4827")
    page.click("[data-outcome=false_alarm]")
    page.locator("[data-no-call]").wait_for()
    taken_back = f"officer__code='{code}', cancelled_at__isnull=False, ended_at=None"
    assert count(house, "fieldstaff.models.SosEvent", taken_back) == 1
