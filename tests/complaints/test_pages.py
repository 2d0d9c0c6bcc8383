"""Desks, the 112 page and the citizen's pages, entered by the front door."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role
from commandcenter.incidents.models import Alarm
from complaints import receivers
from complaints.models import CallTally, CannedText, DeskView, Report, StatusChange
from complaints.services import assigning, classifying, moving, talking
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_category, make_channel, make_report, make_reporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return client_of(make_user(Role.OPERATOR))


def text(answer) -> str:
    return answer.content.decode()


def test_the_inbox_shows_lists_counts_and_the_next_deadline_first(operator):
    report, other = make_report("Lampu padam"), make_report("Sampah menumpuk")
    moving.move(pk=other.pk, target="resolved", viewer=None, text="Sudah diangkut")
    page = text(operator.get("/reports/"))
    assert report.number in page and other.number not in page
    assert other.number in text(operator.get("/reports/?box=closed"))
    for box in ("new", "mine", "late", "waiting", "unread", "placeless", "all", "nonsense"):
        assert operator.get(f"/reports/?box={box}").status_code == 200
    assert report.number in text(operator.get("/reports/?q=lampu&status=new&sort=old"))
    assert operator.get("/reports/?page=999&category=x&first=kemarin&agency=" + "9" * 400).status_code == 200


def test_the_report_page_tells_its_story_and_every_button_works(operator):
    agency, category = make_agency(), make_category()
    reporter = make_reporter()
    report = make_report(reporter=reporter, channel=reporter.channel, lat=-6.2, lng=106.1)
    at = f"/reports/{report.number}/"
    CannedText.objects.create(code="terima", title="Terima kasih", text="Laporan {number} kami terima.")
    page = text(operator.get(at))
    assert "Laporan " + report.number + " kami terima." in page
    for button, values in [
        ("claim", {}),
        ("classify", {"category": category.pk, "priority": "high", "severity": "heavy"}),
        ("locate", {"lat": "-6,21", "lng": "106.2", "address": "Pasar Petir"}),
        ("note", {"text": "Sudah ditelepon"}),
        ("note", {"text": "Petugas berangkat", "public": "1"}),
        ("answer", {"text": "Terima kasih, segera kami cek"}),
        ("assign", {"agency": agency.pk, "text": "Mohon dicek"}),
        ("move", {"status": "in_progress"}),
        ("move", {"status": "resolved", "text": "Lampu diganti"}),
    ]:
        answer = operator.post(at + button + "/", values, follow=True)
        assert answer.status_code == 200, button
        assert 'data-level="success"' in text(answer), (button, text(answer))
        assert 'data-level="error"' not in text(answer), (button, text(answer))
    refused = text(operator.post(at + "assign/", {"agency": agency.pk}, follow=True))
    assert 'data-level="error"' in refused and 'role="alert"' in refused, (
        "closed: it says so, and as an error"
    )
    page = text(operator.get(at))
    for word in ("Sudah ditelepon", "Petugas berangkat", "Lampu diganti", "Pasar Petir", str(agency)):
        assert word in page
    fresh = Report.objects.get(pk=report.pk)
    assert (fresh.lat, fresh.category, fresh.priority, fresh.status) == (-6.21, category, "high", "resolved")


def test_a_clash_is_a_page_of_its_own_on_which_nothing_is_lost(operator):
    report = make_report()
    old = report.rev
    operator.post(f"/reports/{report.number}/note/", {"text": "lebih dulu"})
    answer = operator.post(
        f"/reports/{report.number}/move/", {"status": "resolved", "text": "Kalimat panjang saya", "rev": old}
    )
    assert answer.status_code == 409 and "Kalimat panjang saya" in text(answer)
    assert Report.objects.get().status == "new"


@pytest.mark.parametrize(
    "button",
    ["move", "assign", "classify", "locate", "note", "answer", "claim", "merge", "unmerge", "secrecy"],
)
def test_foreign_reports_are_not_there_and_the_mayor_only_looks(button):
    report = make_report()
    path = f"/reports/{report.number}/{button}/"
    stranger = client_of(make_user(Role.HEAD, agency=make_agency()))
    assert stranger.get(f"/reports/{report.number}/").status_code == 404
    assert stranger.post(path).status_code == 404
    mayor = client_of(make_user(Role.MAYOR))
    assert mayor.get(f"/reports/{report.number}/").status_code == 200
    values = {
        "status": "verified",
        "text": "x",
        "category": make_category().pk,
        "priority": "low",
        "severity": "light",
    }
    before = Report.objects.get().rev
    assert mayor.post(path, values).status_code in {403, 302}
    assert Report.objects.get().rev == before
    assert client_of(make_user(Role.PARTNER)).post(path).status_code == 403
    assert Client().post(path).status_code == 302


def test_a_contact_is_shown_on_request_and_the_look_is_written_down(operator):
    reporter = make_reporter(name="Siti Contoh", phone="0811 0000 0001")
    report = make_report(reporter=reporter, channel=reporter.channel)
    assert "Siti Contoh" not in text(operator.get(f"/reports/{report.number}/"))
    assert "Siti Contoh" in text(operator.get(f"/reports/{report.number}/?contact=1"))
    assert AuditEntry.objects.filter(action="report.looked-at-contact").count() == 1


def test_an_agency_never_reads_the_name_of_an_anonymous_reporter():
    agency, reporter = make_agency(), make_reporter(name="Siti Contoh")
    report = make_report(reporter=reporter, channel=reporter.channel, anonymous=True)
    assigning.assign(pk=report.pk, agency=agency, viewer=None)
    head = client_of(make_user(Role.HEAD, agency=agency))
    assert "Siti Contoh" not in text(head.get(f"/reports/{report.number}/?contact=1"))


def test_views_are_kept_and_shared(operator):
    operator.post("/reports/views/", {"name": "PJU Ciruas", "query": "q=pju", "shared": "1"})
    colleague = client_of(make_user(Role.OPERATOR))
    assert "PJU Ciruas" in text(colleague.get("/reports/"))
    head = client_of(make_user(Role.HEAD, agency=make_agency()))
    head.post(f"/reports/views/{DeskView.objects.get().pk}/delete/")
    assert DeskView.objects.exists()


def test_the_export_has_no_names_and_only_what_one_may_see(operator):
    reporter = make_reporter(name="Siti Contoh")
    make_report("Lampu padam", reporter=reporter, channel=reporter.channel)
    make_report("Rahasia negara", secret=True)
    answer = operator.get("/reports/export.xlsx")
    import io

    from openpyxl import load_workbook

    cells = [str(cell.value) for row in load_workbook(io.BytesIO(answer.content)).active for cell in row]
    assert "Lampu padam" in cells and "Rahasia negara" not in cells and "Siti Contoh" not in cells


def test_a_call_is_closed_by_one_key_and_counted(operator):
    for kind in ("prank", "prank", "silent"):
        operator.post("/reports/112/send/", {"kind": kind, "phone": "0811 2222 3333"})
    row = CallTally.objects.get()
    assert (row.prank, row.silent) == (2, 1) and "0811" not in row.phone_digest
    assert "2" in text(operator.get("/reports/112/tally/?phone=%2B6281122223333"))
    assert not Report.objects.exists()


def test_a_112_call_goes_to_its_agency_at_once(operator):
    make_channel("112")
    agency = make_agency()
    category = make_category(priority="urgent", agency=agency)
    assert category.name in text(operator.get("/reports/112/"))
    key = str(uuid4())
    for _ in range(2):
        operator.post(
            "/reports/112/send/", {"category": category.pk, "phone": "", "address": "Ciruas", "key": key}
        )
    report = Report.objects.get()
    assert (report.agency, report.priority, report.status) == (agency, "urgent", "forwarded")


@pytest.mark.parametrize(
    ("lat", "lng", "kept"),
    [("-6.12", "106.15", (-6.12, 106.15)), ("", "", (None, None)), ("nan", "9", (None, None)),
     ("91", "0", (None, None)), ("-6,12", "106", (None, None))],
)  # fmt: skip
def test_a_112_call_takes_a_place_of_the_map_and_is_never_held_up_by_it(operator, lat, lng, kept):
    make_channel("112")
    category = make_category(priority="urgent")
    operator.post("/reports/112/send/", {"category": category.pk, "lat": lat, "lng": lng})
    report = Report.objects.get()
    assert (report.lat, report.lng) == kept


def test_staff_write_for_a_citizen(operator):
    channel = make_channel("phone")
    values = {
        "channel": channel.pk,
        "text": "Banjir di Kasemen",
        "name": "Bu Ani",
        "phone": "0811 2233 4455",
        "key": str(uuid4()),
    }
    answer = operator.post("/reports/new/", values, follow=True)
    assert re.search(r"PIN \d{8}", text(answer))
    again = operator.post("/reports/new/", {**values}, follow=True)
    assert Report.objects.count() == 1 and "PIN" not in text(again)
    bad = operator.post("/reports/new/", {"channel": channel.pk, "text": ""})
    assert bad.status_code == 200 and not Report.objects.filter(text="").exists()


def test_a_citizen_reports_follows_rates_and_opens_again():
    make_channel("web")
    citizen = Client()
    answer = citizen.post("/lapor/", {"text": "Lampu jalan mati", "key": str(uuid4()), "name": "Budi"})
    report = Report.objects.get()
    assert report.number in text(answer)
    pin = re.search(r"cp-number\">(\d{8})<", text(answer))[1]
    agency = make_agency()
    assigning.assign(pk=report.pk, agency=agency, viewer=None)
    viewer_text = "Catatan dalam, jangan tampil"
    from commandcenter.city.viewers import viewer_of_user

    talking.add_note(pk=report.pk, viewer=viewer_of_user(make_user(Role.OPERATOR)), text=viewer_text)
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Lampu sudah menyala")
    other = Client()
    page = text(other.get(f"/lapor/{report.number}/"))
    assert "Lampu sudah menyala" in page and viewer_text not in page and "Budi" not in page
    other.post(f"/lapor/{report.number}/nilai/", {"score": "5"})
    other.post(f"/lapor/{report.number}/pin/", {"pin": "000000" if pin != "000000" else "111111"})
    assert Report.objects.get().rating is None
    other.post(f"/lapor/{report.number}/pin/", {"pin": pin})
    other.post(f"/lapor/{report.number}/nilai/", {"score": "2"})
    other.post(f"/lapor/{report.number}/nilai/", {"again": "1", "text": "Masih gelap"})
    fresh = Report.objects.get()
    assert (fresh.rating, fresh.status, fresh.reopenings, fresh.agency) == (2, "reopened", 1, agency)


def test_pins_are_not_guessed_by_the_thousand():
    report = make_report()
    for _ in range(3):
        Client().post(f"/lapor/{report.number}/pin/", {"pin": "123456"})
    answer = Client().post(f"/lapor/{report.number}/pin/", {"pin": "123456"}, follow=True)
    assert "15" in text(answer)


def test_what_is_secret_has_no_public_page():
    make_channel("web")
    secret = make_report("Rahasia sekali", secret=True)
    fresh = make_report("Belum dibaca siapa pun")
    seen = make_report("Lampu padam di Ciruas")
    moving.move(pk=seen.pk, target="verified", viewer=None)
    assert Client().get(f"/lapor/{secret.number}/").status_code == 404
    listed = text(Client().get("/lapor/daftar/"))
    assert "Lampu padam di Ciruas" in listed
    assert "Rahasia sekali" not in listed and "Belum dibaca" not in listed
    assert "Belum dibaca" not in text(Client().get(f"/lapor/{fresh.number}/"))
    assert Client().get("/lapor/cari/?number=" + seen.number.replace("-", " ").lower()).status_code == 302
    assert Client().get("/lapor/cari/?number=salah").status_code == 404


def test_near_reports_are_offered_before_sending_and_secret_ones_never():
    category = make_category()
    near = make_report("Lampu mati depan pasar", lat=-6.2, lng=106.1, category=category)
    hidden = make_report("Lampu mati", lat=-6.2, lng=106.1, category=category, secret=True)
    far = make_report("Lampu mati", lat=-6.21, lng=106.1, category=category)
    for report in (near, hidden, far):
        moving.move(pk=report.pk, target="verified", viewer=None)
    query = f"lat=-6.2005&lng=106.1&category={category.pk}&text=lampu%20mati"
    found = Client().get(f"/lapor/mirip.json?{query}").json()["reports"]
    assert [row["number"] for row in found] == [near.number] and 40 < found[0]["metres"] < 70
    for bad in ("lat=x&lng=1", "lat=nan&lng=1", "lat=99&lng=1", "lat=1&lng=1&category=" + "9" * 500, ""):
        assert Client().get(f"/lapor/mirip.json?{bad}").json() == {"reports": []}


@pytest.mark.parametrize(
    "values",
    [
        {"text": "x", "lat": "abc"},
        {"text": "x", "lat": "91", "lng": "0"},
        {"text": "x", "lat": "nan", "lng": "nan"},
        {"text": "x", "category": "x"},
        {"text": "x", "key": "x"},
        {"text": "x", "email": "x"},
        {"text": ""},
        {"text": "a" * 20_000},
        {"text": "\u202e\u200b"},
    ],
)
def test_bad_input_of_a_citizen_is_a_page_with_a_reason(values):
    make_channel("web")
    answer = Client().post("/lapor/", values)
    assert answer.status_code == 200 and 'role="alert"' in text(answer)
    assert not Report.objects.exists()


def test_html_in_a_text_is_text(operator):
    report = make_report("<script>alert(1)</script><img src=x onerror=alert(1)>")
    moving.move(pk=report.pk, target="verified", viewer=None)
    for page in (
        operator.get("/reports/"),
        operator.get(f"/reports/{report.number}/"),
        Client().get(f"/lapor/{report.number}/"),
    ):
        assert "<script>alert" not in text(page) and "<img src=x" not in text(page)


def test_an_urgent_report_is_an_alarm_until_somebody_took_it_up():
    report = make_report(category=make_category(name="Kebakaran", priority="urgent"))
    receivers.judge(report.pk)
    receivers.judge(report.pk)
    alarm = Alarm.objects.get()
    assert (alarm.severity, alarm.count, alarm.href) == ("critical", 1, f"/reports/{report.number}/")
    assert "Kebakaran" in alarm.title and report.text not in alarm.title + alarm.text
    moving.move(pk=report.pk, target="verified", viewer=None)
    receivers.judge(report.pk)
    assert not Alarm.objects.alive().exists()


@pytest.mark.parametrize(
    "key", ["complaints.figures", "complaints.feed", "complaints.agencies", "complaints.channels"]
)
def test_tiles_show_no_words_of_strangers_and_nothing_secret(operator, key):
    make_report("Kata-kata warga")
    make_report("Rahasia", secret=True)
    answer = operator.get(f"/tile/{key}/")
    assert answer.status_code == 200
    assert "Kata-kata warga" not in text(answer) and 'state="error"' not in text(answer)


def test_every_move_of_the_table_is_written_down(operator):
    report = make_report()
    operator.post(f"/reports/{report.number}/move/", {"status": "verified"})
    row = StatusChange.objects.filter(report=report).last()
    assert (row.target, row.actor_kind) == ("verified", "user") and row.actor_name


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("Kecamatan Baros", "Kecamatan Baros"),
        ("Jl. Raya 3, kecamatan baros", "Jl. Raya 3, kecamatan baros"),
        ("Jl. Raya 3", "Jl. Raya 3 · Kecamatan Baros"),
        ("", "Kecamatan Baros"),
    ],
)
def test_a_place_is_not_named_twice(address, shown):
    from django.utils import timezone

    from commandcenter.city.models import Area
    from complaints.models import Report
    from complaints.shown import card

    area = Area(code="36.04.30", level=3, kind="kecamatan", name="Baros")
    assert area.full_name == "Kecamatan Baros"
    report = Report(address=address, area=area, status="new", received_at=timezone.now())
    assert card(report, timezone.now()).place == shown


def test_the_desk_is_offered_the_agency_of_the_category_as_it_is_now(operator):
    report, roads = make_report("Ada lubang"), make_agency(name="Dinas Jalan", short_name="Dinas Jalan")
    page = text(operator.get(f"/reports/{report.number}/"))
    assert "Usulan" not in page and '<option value="" selected>–</option>' in page
    assert "kembali ke meja pilah" not in page, "it is there already"
    holes = make_category("JLN-44", agency=roads)
    classifying.set_category(pk=report.pk, category=holes, viewer=None)
    page = text(operator.get(f"/reports/{report.number}/"))
    assert "Usulan: Dinas Jalan" in page and f'<option value="{roads.pk}" selected>' in page
    assigning.assign(pk=report.pk, agency=roads, viewer=None)
    page = text(operator.get(f"/reports/{report.number}/"))
    assert "Usulan: Dinas Jalan" not in page and "kembali ke meja pilah" in page


def test_who_left_only_a_telephone_number_is_called_not_told_to_have_left_nothing(operator):
    report = make_report(reporter=make_reporter(make_channel("web"), address="", phone="0812 3333 4444"))
    page = text(operator.get(f"/reports/{report.number}/"))
    assert "hanya meninggalkan nomor telepon" in page and "3333" not in page


@pytest.mark.parametrize(
    ("role", "path"), [(Role.HEAD, "/home/agency/"), (Role.MAYOR, "/home/mayor/"), (Role.OPERATOR, "/desk/")]
)
def test_a_home_page_shows_the_reports_that_its_reader_may_see(role, path):
    agency, other = make_agency(), make_agency()
    for at in (agency, other):
        assigning.assign(pk=make_report().pk, agency=at, viewer=None)
    reader = client_of(make_user(role, agency=agency if role is Role.HEAD else None))
    page = text(reader.get(path))
    tile = page.partition('data-tile="complaints.figures"')[2].partition("</cc-tile>")[0]
    assert f'cc-stat-value">{1 if role is Role.HEAD else 2}<' in tile and 'href="/reports/"' in tile
