"""What leaves on paper: the disposition, an agency's month, and whom a breach touched."""

from __future__ import annotations

from io import BytesIO, StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone
from openpyxl import load_workbook
from PIL import Image
from reportlab import rl_config

from commandcenter.city.models import AuditEntry
from commandcenter.city.viewers import Role
from complaints.models import Attachment, Report
from complaints.services import assigning, merging
from tests.factories.city import client_of, make_agency, make_region, make_user
from tests.factories.complaints import make_channel, make_report, make_reporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def readable(monkeypatch, settings, tmp_path):
    """A PDF whose words can be looked for."""
    monkeypatch.setattr(rl_config, "pageCompression", 0)
    settings.MEDIA_ROOT = tmp_path
    make_region()


@pytest.fixture
def case():
    make_channel("email")
    agency = make_agency("dpu", head_title="Kepala DPU", head_name="Hasan Basri")
    reporter = make_reporter(name="Siti Contoh", phone="081200001111")
    report = make_report("Jalan <b>amblas</b> di Petir 🙏", reporter=reporter, channel=reporter.channel)
    assigning.assign(pk=report.pk, agency=agency, viewer=None, text="Mohon ditinjau hari ini")
    return agency, Report.objects.get(pk=report.pk)


def pdf(answer) -> str:
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    return answer.content.decode("latin-1")


def test_the_disposition_names_head_number_deadline_and_words_but_no_contact(readable, case):
    agency, report = case
    client = client_of(make_user(Role.HEAD, agency=agency))
    told = pdf(client.get(f"/reports/{report.number}/disposition.pdf"))
    for word in (report.number, "Hasan Basri", "Kepala DPU", "ditinjau", "amblas"):
        assert word in told, word
    assert "Siti" not in told and "0812" not in told
    assert not AuditEntry.objects.filter(action="report.looked-at-contact").exists()
    told = pdf(client.get(f"/reports/{report.number}/disposition.pdf?contact=1"))
    assert "Siti" in told
    assert AuditEntry.objects.filter(action="report.looked-at-contact").count() == 1


def test_a_photo_is_on_the_paper_and_a_lost_one_does_not_matter(readable, case):
    _agency, report = case
    out = BytesIO()
    Image.new("RGB", (640, 480), "green").save(out, "JPEG")
    path = default_storage.save("reports/a.jpg", ContentFile(out.getvalue()))
    row = Attachment.objects.create(report=report, kind="photo", state="ready", served=path)
    client = client_of(make_user(Role.OPERATOR))
    with_photo = client.get(f"/reports/{report.number}/disposition.pdf").content
    assert b"/Subtype /Image" in with_photo
    Attachment.objects.filter(pk=row.pk).update(served="reports/lost.jpg")
    assert b"/Subtype /Image" not in client.get(f"/reports/{report.number}/disposition.pdf").content


def test_an_anonymous_reporter_is_never_on_the_agencys_paper(readable, case):
    agency, report = case
    Report.objects.update(anonymous=True)
    client = client_of(make_user(Role.HEAD, agency=agency))
    assert "Siti" not in pdf(client.get(f"/reports/{report.number}/disposition.pdf?contact=1"))
    stranger = client_of(make_user(Role.HEAD, agency=make_agency()))
    assert stranger.get(f"/reports/{report.number}/disposition.pdf").status_code == 404
    Report.objects.update(secret=True)
    operator = client_of(make_user(Role.OPERATOR))
    assert operator.get(f"/reports/{report.number}/disposition.pdf").status_code == 404


def test_the_months_list_of_an_agency_holds_its_reports_only(case):
    agency, report = case
    other = make_report("Lain")
    assigning.assign(pk=other.pk, agency=make_agency(), viewer=None)
    client = client_of(make_user(Role.HEAD, agency=agency))
    page = client.get("/reports/agency/?month=2026-02").content.decode()
    assert f"agency={agency.pk}&amp;first=2026-02-01&amp;last=2026-02-28" in page
    assert f"<b>{agency.name}</b>" in page, "an agency with open reports has its name too"
    for nonsense in ("2026-13", "x", "0000-00"):
        assert client.get("/reports/agency/", {"month": nonsense}).status_code == 200
    today = timezone.localdate()
    sheet = load_workbook(
        BytesIO(
            client.get(
                f"/reports/export.xlsx?box=all&agency={agency.pk}&first={today:%Y-%m-01}&last={today}"
            ).content
        )
    ).active
    numbers = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert numbers == [report.number]


def test_a_breach_list_holds_reporters_followers_looks_and_deliveries(case):
    _agency, report = case
    friend = make_reporter(name="Budi Contoh")
    twin = make_report("Jalan amblas", reporter=friend, channel=friend.channel)
    merging.merge(pk=twin.pk, into=report.pk, viewer=None)
    make_report("Tidak terdampak", reporter=make_reporter(name="Luar Contoh"))
    client_of(make_user(Role.OPERATOR)).get(f"/reports/{report.number}/?contact=1")
    admin = client_of(make_user(Role.ADMIN))
    answer = admin.post("/reports/breach/", {"numbers": report.number.lower(), "reason": "Laptop hilang"})
    book = load_workbook(BytesIO(answer.content))
    people, looks, sent = (list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book)
    assert {row[3] for row in people} == {"Siti Contoh", "Budi Contoh"}
    assert [row[0] for row in looks] == [report.number]
    assert sent and {row[0] for row in sent} == {report.number}
    entry = AuditEntry.objects.get(action="report.breach-listed")
    assert entry.detail["reason"] == "Laptop hilang" and entry.detail["people"] == 2


def test_a_breach_of_an_account_lists_what_it_looked_at(case):
    _agency, report = case
    thief = make_user(Role.OPERATOR)
    client_of(thief).get(f"/reports/{report.number}/?contact=1")
    make_report("Tidak dilihat", reporter=make_reporter(name="Luar Contoh"))
    admin = client_of(make_user(Role.ADMIN))
    answer = admin.post("/reports/breach/", {"account": thief.pk, "reason": "Akun dibajak"})
    people = list(load_workbook(BytesIO(answer.content)).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert [row[3] for row in people] == ["Siti Contoh"]


@pytest.mark.parametrize(
    "values",
    [
        {"reason": "x"},
        {"numbers": "LAP-2222-2222", "reason": "x"},
        {"numbers": "bukan nomor", "reason": "x"},
        {"first": "2026-02-02", "last": "2026-02-01", "reason": "x"},
        {"first": "1999-01-01", "last": "1999-01-02", "reason": "x"},
        {"first": "2026-01-01"},
        {"last": "9999-12-31", "reason": "x"},
    ],
    ids=str,
)
def test_the_breach_form_says_what_is_wrong(values):
    answer = client_of(make_user(Role.ADMIN)).post("/reports/breach/", values)
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.HEAD, Role.MAYOR, Role.PARTNER], ids=str)
def test_only_an_admin_makes_a_breach_list(role, case):
    client = client_of(make_user(role, agency=case[0] if role is Role.HEAD else None))
    assert client.get("/reports/breach/").status_code == 403
    assert client.post("/reports/breach/", {"numbers": case[1].number, "reason": "x"}).status_code == 403


def test_the_command_writes_a_file_for_its_maker_only(case, tmp_path):
    out, path = StringIO(), tmp_path / "daftar.xlsx"
    call_command("breach_list", str(path), "--number", case[1].number, "--reason", "Uji", stdout=out)
    assert path.stat().st_mode & 0o077 == 0 and load_workbook(path).worksheets[0].max_row == 2
    for wrong in (["--channel", "tidak-ada"], ["--account", "tidak-ada"], ["--number", "LAP-2222-2222"], []):
        with pytest.raises(CommandError):
            call_command("breach_list", str(path), *wrong, "--reason", "Uji")
