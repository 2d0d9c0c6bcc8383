"""A citizen's phone: small, patient without a network, honest about what arrived, forgetful of the rest."""

from __future__ import annotations

import json
import re

import pytest

from tests.browser.conftest import wait_for
from tests.browser.phone import FORM, Phone, photo

pytestmark = [pytest.mark.long, pytest.mark.browser]
MOST_BYTES = 100_000


@pytest.fixture
def phone(chrome, house):
    held = Phone(chrome, house.address)
    yield held
    held.context.close()


def in_city(house, text: str) -> list[dict[str, str]]:
    """The reports with this text, as the server has them."""
    code = (
        "import json; from complaints.models import Report;"
        f"rows = Report.objects.filter(text={text!r});"
        "print('FOUND', json.dumps([[row.number, row.attachments.count()] for row in rows]))"
    )
    line = next(line for line in house.manage("shell", "-c", code).splitlines() if line.startswith("FOUND"))
    return json.loads(line.removeprefix("FOUND "))


def test_the_first_load_is_small(phone):
    """Everything over the wire until the form can be used and kept, the worker's own part included."""
    session = phone.context.new_cdp_session(phone.page)
    session.send("Network.enable")
    names: dict[str, str] = {}
    bytes_of: dict[str, int] = {}
    session.on(
        "Network.requestWillBeSent",
        lambda event: names.__setitem__(event["requestId"], event["request"]["url"]),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: bytes_of.__setitem__(names.get(event["requestId"], "?"), event["encodedDataLength"]),
    )
    worker: list[int] = []
    phone.context.on("response", lambda answer: answer.request.service_worker and worker.append(answer))
    phone.open()
    phone.worker_ready()
    phone.page.wait_for_timeout(1000)
    page = sum(bytes_of.values())
    kept = sum(len(answer.body()) for answer in worker)  # not compressed: more than went over the wire
    print(f"first load: {page} bytes for the page, at most {kept} more for the worker's store")
    assert len(bytes_of) >= 6 and page + kept <= MOST_BYTES, bytes_of


def test_a_report_waits_on_the_phone_and_leaves_while_no_page_is_open(phone, house):
    text = "Tiang lampu roboh menutup jalan desa, belum ada yang menangani"
    page = phone.open()
    phone.worker_ready()
    phone.context.set_offline(True)
    page.fill("#id_text", text)
    page.click("summary")
    page.fill("#id_name", "Bu Sari")
    phone.add(("lampu.jpg", "image/jpeg", photo(1)))
    page.click("[data-report] [type=submit]")
    card = page.locator("[data-outbox] li")
    card.get_by_text("Belum terkirim").wait_for()
    assert "Akan dikirim saat ada jaringan" in card.inner_text()
    assert page.locator("#id_text").input_value() == ""
    page.goto("about:blank")
    assert in_city(house, text) == []
    phone.context.set_offline(False)
    phone.sync()
    wait_for(lambda: in_city(house, text), 30, "the worker to send the report")
    ((number, files),) = in_city(house, text)
    assert files == 1
    page = phone.open()
    receipt = page.locator(".cp-receipt")
    receipt.wait_for()
    assert number in receipt.inner_text() and re.search(r"\b\d{8}\b", receipt.inner_text())
    reports, kept_files, receipts = phone.held()
    assert reports == kept_files == [] and len(receipts) == 1
    assert "Bu Sari" not in json.dumps(receipts) and text not in json.dumps(receipts)
    receipt.get_by_text("Sudah saya catat").click()
    receipt.wait_for(state="detached")
    assert phone.held()[2] == []


def test_a_file_that_the_city_cannot_use_is_told_on_the_receipt_and_the_page(phone):
    page = phone.open()
    phone.context.set_offline(True)
    page.fill("#id_text", "Pohon tumbang menutup separuh jalan di depan puskesmas")
    phone.add(("IMG_0042.jpg", "image/jpeg", b"\xff\xd8\xff\xe0" + b"rusak" * 300))
    page.click("[data-report] [type=submit]")
    page.get_by_text("Belum terkirim").wait_for()
    phone.context.set_offline(False)
    receipt = page.locator(".cp-receipt")
    receipt.get_by_text("Berkas rusak dan tidak bisa dibuka").wait_for()
    assert "IMG_0042.jpg" in receipt.inner_text() and "sedang diperiksa" not in receipt.inner_text()
    page.goto(phone.address + receipt.locator("a").get_attribute("href"))
    assert "IMG_0042.jpg" in page.locator("#berkas").inner_text()


def test_past_the_newcomers_limit_the_phone_computes_and_its_photo_goes(phone, house):
    """Somebody used up what all new browsers share: the photo is asked for work, and goes with it."""
    count = "from commandcenter.city import tries; tries.count('upload', 'nameless', add={})"
    house.manage("shell", "-c", count.format(500))
    try:
        page, answers = phone.open(), []
        page.on("response", lambda one: answers.append(one.status) if "/berkas/" in one.url else None)
        phone.add(("IMG_0050.jpg", "image/jpeg", photo(50)))
        wait_for(lambda: [row["state"] for row in phone.held()[1]] == ["sent"], 60, "the photo to go")
        assert [one for one in answers if one in {201, 428}] == [428, 201]
    finally:
        house.manage("shell", "-c", count.format(-500))


def test_closing_a_report_takes_its_receipt_off_the_phone(phone):
    page = phone.open()
    page.fill("#id_text", "Papan nama jalan roboh di simpang empat Kragilan")
    page.click("[data-report] [type=submit]")
    receipt = page.locator(".cp-receipt")
    receipt.wait_for()
    pin = receipt.locator("[data-slot=pin]").inner_text()
    assert "baru saja" in receipt.inner_text() and "Jawaban pertama" in receipt.inner_text()
    assert page.locator("h1").inner_text() == "Tulis laporan lain"
    page.goto(phone.address + receipt.locator("a").get_attribute("href"))
    page.get_by_text("1 tanda terima tersimpan di ponsel ini").wait_for()
    assert pin not in page.locator("main").inner_text()
    page.get_by_role("button", name="Tutup di perangkat ini").click()
    page.get_by_text("Sudah ditutup di perangkat ini").wait_for()
    wait_for(lambda: phone.held()[2] == [], 5, "the phone to forget the receipt")
    assert page.locator("[data-outbox]").is_hidden()
    phone.open()
    assert pin not in page.locator("main").inner_text()
    assert page.locator("h1").inner_text() == "Apa yang terjadi?"


def test_without_background_sync_it_leaves_when_the_page_is_opened_again(phone, house):
    text = "Saluran air mampet di gang belakang masjid, banjir setiap hujan"
    phone.context.add_init_script("delete ServiceWorkerRegistration.prototype.sync")
    page = phone.open()
    phone.worker_ready()
    phone.context.set_offline(True)
    page.fill("#id_text", text)
    page.click("[data-report] [type=submit]")
    page.get_by_text("Belum terkirim").wait_for()
    page.goto("about:blank")
    phone.context.set_offline(False)
    page.goto(house.address + "/lapor/daftar/")  # any page of the app
    page.get_by_text("1 tanda terima tersimpan di ponsel ini").click()
    page.locator(".cp-receipt").wait_for()
    assert len(in_city(house, text)) == 1


def test_two_open_pages_send_one_report(phone, house):
    text = "Jembatan kayu lapuk di Kampung Nelayan, papan kedua patah"
    page = phone.open()
    phone.worker_ready()
    phone.context.set_offline(True)
    page.fill("#id_text", text)
    page.click("[data-report] [type=submit]")
    page.get_by_text("Belum terkirim").wait_for()
    second = phone.context.new_page()
    second.goto(house.address + "/lapor/")
    second.get_by_text("Belum terkirim").wait_for()
    phone.context.set_offline(False)
    for one in (page, second):
        one.locator(".cp-receipt").wait_for()
    assert len(in_city(house, text)) == 1


def test_a_draft_with_its_photo_is_there_again(phone):
    page = phone.open()
    page.fill("#id_text", "Sampah menumpuk")
    page.fill("#id_address", "Pasar Ciruas")
    phone.add(("sampah.jpg", "image/jpeg", photo(2)))
    wait_for(lambda: phone.held()[0], 5, "the draft to be kept")
    page.goto("about:blank")
    page = phone.open()
    page.locator("[data-file]").wait_for()
    assert page.locator("#id_text").input_value() == "Sampah menumpuk"
    assert page.locator("#id_address").input_value() == "Pasar Ciruas"
    page.locator("[data-file] button").click()
    page.locator("[data-file]").wait_for(state="detached")
    assert phone.held()[1] == []


def test_what_the_city_refuses_comes_back_into_the_form(phone):
    page = phone.open()
    page.click("[data-report] [type=submit]")
    page.get_by_text("Tulis apa yang terjadi.").wait_for()
    page.fill("#id_text", "Lampu mati")
    page.click("summary")
    page.fill("#id_email", "bukan surel")
    page.click("[data-report] [type=submit]")
    field = page.locator(".cp-field:has(#id_email)")
    field.locator(".cp-error").wait_for()
    assert page.locator("#id_text").input_value() == "Lampu mati"
    page.fill("#id_email", "")
    page.click("[data-report] [type=submit]")
    page.locator(".cp-receipt").wait_for()


def test_the_kept_form_says_how_old_it_is_and_nothing_else_is_kept(phone, house):
    page = phone.open()
    phone.worker_ready()
    for path in ("/lapor/daftar/", "/lapor/privasi/"):
        page.goto(house.address + path)
    names = page.evaluate(
        "caches.keys().then(names => Promise.all(names.map(async name =>"
        " (await (await caches.open(name)).keys()).map(asked => new URL(asked.url).pathname))))"
    )
    pages = {path for store in names for path in store if not path.startswith("/static/")}
    assert pages == {"/lapor/luring/", "/theme.css"}
    phone.context.set_offline(True)
    page.goto(house.address + "/lapor/daftar/")
    said = page.locator(".cp-stale")
    said.wait_for()
    page.wait_for_selector(FORM)
    assert "tersimpan di ponsel" in said.inner_text() and "baru saja" in said.inner_text()
    assert page.locator(".cp-list li").count() == 0
    phone.context.set_offline(False)
    page.get_by_text("Jaringan sudah kembali").wait_for()


def test_the_worker_never_stands_before_a_staff_page(phone, house):
    phone.open()
    phone.worker_ready()
    for path in ("/login/", "/wall/", "/reports/"):
        page = phone.open(path)
        assert page.evaluate("navigator.serviceWorker.controller") is None
    scopes = page.evaluate(
        "navigator.serviceWorker.getRegistrations().then(all => all.map(one => one.scope))"
    )
    assert scopes == [house.address + "/lapor/"]
