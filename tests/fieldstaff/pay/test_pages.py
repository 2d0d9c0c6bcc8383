"""The screens of pay, the exports and the payslip, entered by their doors."""

from __future__ import annotations

import csv
from datetime import date
from hashlib import sha256
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from commandcenter.city.models import AuditEntry, User
from commandcenter.city.roles import Role, ensure_roles
from fieldstaff.models import Attendance, Correction, PayrollPeriod
from fieldstaff.pay import closing, own
from tests.factories.city import client_of, make_user
from tests.factories.fieldstaff import make_officer
from tests.fieldstaff.pay.scenes import (
    AUGUST,
    IN_OCTOBER,
    clerk,
    day_from,
    head,
    keep,
    scheme,
    seen,
    worked_month,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def month(time_machine_october):
    ensure_roles()
    officer = make_officer(
        "P-GAJI", name='=HYPERLINK("http://x")', user=make_user(username="petugas"), kind="penyapu"
    )
    scheme()
    worked_month(officer)
    first, second = clerk("juru-bayar"), head(officer.agency)
    return {
        "officer": officer, "agency": officer.agency_id, "clerk": client_of(User.objects.get(pk=first.pk)),
        "head": client_of(User.objects.get(pk=second.pk)), "viewer": first,
        "own": client_of(officer.user), "base": f"/fieldstaff/pay/{officer.agency_id}/2026-08/",
        "page": f"/fieldstaff/pay/officer/{officer.pk}/2026-08/",
    }  # fmt: skip


@pytest.fixture
def time_machine_october():
    import time_machine

    with time_machine.travel(IN_OCTOBER, tick=True):
        yield


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_from_the_list_to_a_closed_month_and_open_again(month):
    listed = text(month["clerk"].get("/fieldstaff/pay/"))
    assert "Agustus 2026" in listed and "Perhitungan pertama belum berjalan" in listed
    page = text(month["clerk"].get(month["base"]))
    assert "Siap ditutup" in page and "Rp3.133.333" not in page
    page = text(month["clerk"].post(month["base"] + "reckon/", follow=True))
    assert "Rp3.133.333" in page
    page = text(month["clerk"].post(month["base"] + "close/", {"seen": 0}, follow=True))
    row = PayrollPeriod.objects.get()
    assert "Perhitungan pertama" not in text(month["clerk"].get("/fieldstaff/pay/"))
    assert row.sha256 in page and "Anda sendiri yang menutup" in page
    clash = month["head"].post(month["base"] + "close/", {"seen": 0})
    assert clash.status_code == 409 and PayrollPeriod.objects.count() == 1
    page = text(month["head"].post(month["base"] + "reopen/", {"seen": 1, "reason": "keliru"}, follow=True))
    assert "dibuka kembali" in page and "keliru" in page


def test_what_is_to_do_stands_first_and_links_to_its_day(month):
    mocked = keep(month["officer"], day_from(date(2026, 8, 11), seen(date(2026, 8, 11), marks=1)))
    page = text(month["clerk"].get(month["base"]))
    assert "lokasi tiruan" in page and f"{month['page']}#d2026-08-11" in page and "Siap ditutup" not in page
    page = text(month["clerk"].post(month["base"] + "close/", {"seen": 0}, follow=True))
    assert "belum dapat ditutup" in page and not PayrollPeriod.objects.exists()
    page = text(month["clerk"].get(month["page"]))
    assert f"/fieldstaff/pay/day/{mocked.pk}/look/" in page
    page = text(
        month["clerk"].post(f"/fieldstaff/pay/day/{mocked.pk}/look/", {"text": "ponsel baru"}, follow=True)
    )
    assert "ponsel baru" in page and "Siap ditutup" in text(month["clerk"].get(month["base"]))


def test_a_day_that_was_not_reckoned_says_so(month):
    page = text(month["clerk"].get(month["page"]))
    assert page.count("Honor hari ini belum dihitung") == 5 and "Tidak ada potongan" not in page
    month["clerk"].post(month["base"] + "reckon/")
    page = text(month["clerk"].get(month["page"]))
    assert "belum dihitung" not in page


def test_an_officers_month_says_each_rule_and_each_time_in_indonesian(month):
    month["clerk"].post(month["base"] + "reckon/")
    for client in (month["clerk"], month["head"], month["own"]):
        page = text(client.get(month["page"]))
        for words in (
            "Rp3.133.333", "Terlambat 12 menit", "07.30–07.42", "Pulang 1 jam 8 menit lebih awal",
            "satu hari dipotong 4", "Tidak ada potongan", "Honor pokok",
        ):  # fmt: skip
            assert words in page, words
        assert "%(" not in page
    assert "/look/" not in text(month["own"].get(month["page"]))


def test_the_exports_hold_the_same_rows_and_run_nothing(month):
    month["clerk"].post(month["base"] + "close/", {"seen": 0})
    content = month["clerk"].get(month["base"] + "export.csv").content
    assert sha256(content).hexdigest() == PayrollPeriod.objects.get().sha256
    rows = list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))
    assert {row["nama"] for row in rows} == {'\'=HYPERLINK("http://x")'}
    assert sum(int(row["nilai_rp"]) for row in rows) == 3_133_333 and len(rows) == 6
    assert [row["aturan"] for row in rows] == ["base", "late.1-30", "early.61-90", "absent", "", ""]
    answer = month["clerk"].get(month["base"] + "export.xlsx")
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    table = list(sheet.iter_rows(values_only=True))
    at = table[0].index("nilai_rp")
    assert [line[at] for line in table[1:]] == [int(row["nilai_rp"]) for row in rows]
    assert table[1][table[0].index("nama")] == '=HYPERLINK("http://x")'
    assert sheet.cell(2, table[0].index("nama") + 1).data_type == "s"
    assert AuditEntry.objects.filter(action="export.pay").count() == 2


def test_a_payslip_has_its_lines_sum_and_fingerprint_and_numbers_its_pages(month):
    assert month["own"].get(month["page"] + "slip.pdf").status_code == 404
    month["clerk"].post(month["base"] + "close/", {"seen": 0})
    for client in (month["own"], month["clerk"]):
        answer = client.get(month["page"] + "slip.pdf")
        assert answer.content[:5] == b"%PDF-" and answer["Content-Type"] == "application/pdf"
    assert AuditEntry.objects.filter(action="paysheet.viewed").count() == 1


def test_an_officers_own_pay_and_data(month):
    month["clerk"].post(month["base"] + "reckon/")
    found = own.own_pay(month["officer"], AUGUST)
    assert found["total_idr"] == 3_133_333 and not found["closed"] and len(found["days"]) == 5
    assert [day["amount_idr"] for day in found["days"]] == [-16_667, -50_000, -133_333, 0, 0]
    kinds = [part[0] for part in found["days"][0]["bar"]]
    assert kinds == ["missing", "online", "rest", "online"]
    answer = month["own"].get("/fieldstaff/pay/own.json")
    assert answer.json()["months"][0]["total_idr"] == 3_133_333
    assert month["head"].get("/fieldstaff/pay/own.json").status_code == 404


def test_counters_count_closed_days_only_and_impose_nothing(month):
    assert "belum ada hari yang ditutup" in text(month["clerk"].get(month["page"]))
    closing.close_period(
        viewer=month["viewer"], agency=month["agency"], period=AUGUST, seen=0, now=IN_OCTOBER
    )
    page = text(month["clerk"].get(month["page"]))
    assert "1 hari, terpanjang 1" in page and "tidak menjatuhkan" in page


def test_the_queue_shows_what_waits_to_those_who_may_read_the_day(month):
    day = Attendance.objects.first()
    wish = Correction.objects.create(
        officer=month["officer"], shift=day.shift, work_date=day.work_date, kind="objection",
        reason="saya di pos sejak pagi", requested_by=month["officer"].user, requested_by_name="petugas",
    )  # fmt: skip
    for client in (month["clerk"], month["head"], month["own"]):
        assert "saya di pos" in text(client.get("/fieldstaff/pay/queue/"))
        assert "saya di pos" in text(client.get(f"/fieldstaff/pay/queue/{wish.pk}/"))
    other = client_of(make_user(username="orang-lain"))
    assert "saya di pos" not in text(other.get("/fieldstaff/pay/queue/"))
    assert other.get(f"/fieldstaff/pay/queue/{wish.pk}/").status_code == 404


def test_a_second_person_decides_with_a_reason_and_whoever_is_slower_gets_409(month):
    day = Attendance.objects.first()
    wish = Correction.objects.create(
        officer=month["officer"], shift=day.shift, work_date=day.work_date, kind="objection",
        reason="saya di pos", requested_by=month["officer"].user, requested_by_name="petugas",
    )  # fmt: skip
    path = f"/fieldstaff/pay/queue/{wish.pk}/"
    assert "decide/" in text(month["head"].get(path))
    for client in (month["own"], month["clerk"]):
        assert "decide/" not in text(client.get(path))
        assert client.post(path + "decide/", {"word": "approve", "text": "ya"}).status_code == 403
    assert month["head"].post(path + "decide/", {"word": "approve", "text": " "}).status_code == 422
    month["head"].post(path + "decide/", {"word": "refuse", "text": "tidak ada bukti"})
    wish.refresh_from_db()
    assert (wish.decision.approved, wish.decision.text) == (False, "tidak ada bukti")
    slow = month["head"].post(path + "decide/", {"word": "approve", "text": "setuju"})
    assert slow.status_code == 409 and "tidak ada bukti" in slow.content.decode()


@pytest.mark.parametrize("role", [Role.MAYOR, Role.OPERATOR, Role.PARTNER, None], ids=str)
def test_who_may_not_read_rupiah_finds_no_door(month, role):
    client = client_of(make_user(role))
    month["clerk"].post(month["base"] + "reckon/")
    for path in ("", "export.csv", "export.xlsx"):
        assert client.get(month["base"] + path).status_code in {403, 404}, path
    assert client.get(month["page"]).status_code == 404
    assert client.get(month["page"] + "slip.pdf").status_code == 404
    for path in ("reckon/", "close/", "reopen/"):
        assert client.post(month["base"] + path, {"seen": 0}).status_code in {403, 404}
    assert not PayrollPeriod.objects.exists()


def test_strange_addresses_are_404(month):
    for path in ("2026-13", "0000-00", "x", "2026-08-01"):
        assert month["clerk"].get(f"/fieldstaff/pay/{month['agency']}/{path}/").status_code == 404
        assert month["clerk"].get(f"/fieldstaff/pay/officer/{month['officer'].pk}/{path}/").status_code == 404
