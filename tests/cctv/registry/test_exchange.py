"""Cameras in and out: errors by row and column, dry run, all or nothing, no password out, no formula run."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from cctv.exchange import COLUMNS
from cctv.exchange_cells import heading
from cctv.models import Camera, CameraGroup, DataPackage, DeviceModel
from commandcenter.city.models import AuditEntry
from tests.factories.cctv import make_agency, make_camera, make_site

pytestmark = pytest.mark.django_db
IMPORT = "/admin/cctv/camera/import/"
EXPORT = "/admin/cctv/camera/export/"
SECRET = "g3heim@:/#?%"


def headers(rows: list[dict[str, str]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def csv_file(rows: list[dict[str, str]], mark: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, headers(rows), delimiter=mark)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def xlsx_file(rows: list[dict[str, str]]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(headers(rows))
    for row in rows:
        sheet.append([row.get(name) for name in headers(rows)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(client, content: bytes, name: str = "kamera.csv", *, save: bool = True):
    data = {"file": SimpleUploadedFile(name, content), **({"save": "on"} if save else {})}
    return client.post(IMPORT, data)


def row(**values) -> dict[str, str]:
    base = {
        "name": "Pintu utama",
        "code": "",
        "site": "pasar-petir",
        "agency": "diskominfo",
        "capture_mode": "rtsp_on_demand",
        "main_url": "rtsp://10.4.1.9/ch1",
        "notice_posted": "ya",
        "username": "viewer",
        "password": SECRET,
    }
    return {**base, **values}


@pytest.fixture(autouse=True)
def places() -> None:
    make_site(code="pasar-petir")
    make_agency()


@pytest.mark.parametrize("kind", ["csv", "csv-semicolon", "xlsx"])
def test_a_file_registers_cameras(admin, kind: str) -> None:
    rows = [row(), row(name="Los ikan", lat="-6.2241", direction="45", sharing="PUBLIC")]
    content = xlsx_file(rows) if kind == "xlsx" else csv_file(rows, ";" if "semi" in kind else ",")
    answer = send(admin, content, "kamera.xlsx" if kind == "xlsx" else "kamera.csv")
    assert answer.context["saved"], answer.context["problems"]
    first, second = Camera.objects.order_by("pk")
    assert (first.code, first.password, first.notice_posted) == ("pintu-utama", SECRET, True)
    assert (second.lat, second.direction, second.lng) == (-6.2241, 45, second.site.lng)
    assert AuditEntry.objects.filter(action="camera.registered").count() == 2
    assert AuditEntry.objects.get(action="import.cameras").detail["new"] == 2
    assert SECRET not in answer.content.decode()


def test_a_dry_run_saves_nothing_and_says_what_would_happen(admin) -> None:
    camera = make_camera(code="lama")
    rows = [row(), row(code="lama", name="Baru", capture_mode="http_still", still_url=camera.still_url)]
    answer = send(admin, csv_file(rows), save=False)
    assert (answer.context["problems"], answer.context["saved"]) == ([], False)
    assert (answer.context["totals"]["new"], answer.context["totals"]["update"]) == (1, 1)
    assert list(Camera.objects.values_list("name", flat=True)) == [camera.name]
    assert not AuditEntry.objects.filter(action__startswith="camera.").exists()


def test_errors_name_row_and_column_and_nothing_is_saved(admin) -> None:
    rows = [
        row(),
        row(site="tidak-ada"),
        row(sharing="semua"),
        row(main_url="rtsp://127.0.0.1/x"),
        row(lat="enam"),
        row(phase="trial"),
        row(main_url=f"rtsp://admin:{SECRET}@10.0.0.1/x"),
        row(notice_posted="mungkin"),
        row(agency="entah"),
    ]
    answer = send(admin, csv_file(rows))
    found = {(p["row"], p["column"]) for p in answer.context["problems"]}
    assert found >= {
        (3, "site"),
        (4, "sharing"),
        (5, "main_url"),
        (6, "lat"),
        (7, ""),
        (8, "main_url"),
        (9, "notice_posted"),
        (10, "agency"),
    }
    assert {line for line, _column in found} == set(range(3, 11))
    assert not Camera.objects.exists() and not AuditEntry.objects.filter(action="import.cameras").exists()
    text = answer.content.decode()
    assert SECRET not in text and "g3heim" not in text


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "x.csv"),
        (b"name,site\n1,2\n", "x.csv"),
        (b"name,site,agency,wachtwoord\n1,2,3,4\n", "x.csv"),
        (b"PK\x03\x04 broken", "x.xlsx"),
        (b"\x00" * 5_000_001, "x.csv"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_a_sentence(admin, content: bytes, name: str) -> None:
    answer = send(admin, content, name)
    assert answer.status_code == 200 and answer.context["form"].errors["file"]


def test_empty_lines_at_the_end_are_no_cameras(admin) -> None:
    empty = dict.fromkeys(row(), "")
    answer = send(admin, csv_file([row(), empty, empty]))
    assert answer.context["saved"] and Camera.objects.count() == 1


def full_camera() -> Camera:
    camera = make_camera(
        site=make_site(code="anyer"),
        code="=anyer".strip("="),
        name="=cmd|' /C calc'!A0",
        notes="+62 811; @home",
        purpose="'=sudah dikutip",
        phone="+62 254 200112",
        direction=270,
        notice_posted=True,
        sharing="partner",
        phase="trial",
        trial_until="2027-01-31",
        device_model=DeviceModel.objects.create(brand="=cmd", name="DS-2CD1043"),
        data_package=DataPackage.objects.create(name="=HYPERLINK(1)"),
        username="viewer",
        password=SECRET,
    )
    camera.groups.set(
        [
            CameraGroup.objects.create(name="Pasar", code="pasar"),
            CameraGroup.objects.create(name="B", code="b"),
        ]
    )
    return camera


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_goes_out_comes_back_the_same(admin, kind: str) -> None:
    camera = full_camera()
    answer = admin.get(f"{EXPORT}{kind}/")
    assert "no-store" in answer["Cache-Control"] and SECRET.encode() not in answer.content
    columns = [name for name in COLUMNS if name not in {"groups", "code"}]
    before = {name: getattr(camera, name) for name in columns}
    before["trial_until"] = str(before["trial_until"])
    Camera.objects.update(name="x", notes="", phone="", direction=None, purpose="", data_package=None)
    camera.groups.clear()
    back = send(admin, answer.content, f"kamera.{kind}")
    assert back.context["saved"], back.context["problems"]
    camera = Camera.objects.get()
    after = {name: getattr(camera, name) for name in columns}
    after["trial_until"] = str(after["trial_until"])
    assert after == before
    assert set(camera.groups.values_list("code", flat=True)) == {"pasar", "b"}
    assert camera.password == SECRET, "an export has no password, so importing it keeps the stored one"


def test_no_cell_is_a_formula(admin) -> None:
    full_camera()
    book = load_workbook(io.BytesIO(admin.get(EXPORT + "xlsx/").content))
    cells = [cell for line in book.worksheets[0].iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]
    rows = list(csv.DictReader(io.StringIO(admin.get(EXPORT + "csv/").content.decode("utf-8-sig"))))
    assert rows[0]["name"].startswith("'=") and rows[0]["phone"].startswith("'+")
    assert "password" not in rows[0] and "username" not in rows[0]


def test_an_exported_sheet_is_made_for_people_and_for_counting(admin) -> None:
    camera = full_camera()
    sheet = load_workbook(io.BytesIO(admin.get(EXPORT + "xlsx/").content)).worksheets[0]
    assert sheet.title == "Kamera"
    line = dict(zip([cell.value for cell in sheet[1]], [cell.value for cell in sheet[2]], strict=True))
    assert (line["Lintang"], line["Bujur"], line["Arah (°)"]) == (camera.lat, camera.lng, 270)
    assert line["Uji coba sampai"].date() == date(2027, 1, 31)
    assert "Kata sandi" not in line and "code" not in line


def test_everything_wrong_with_a_row_is_said_at_once_and_in_indonesian(admin) -> None:
    bad = row(
        name="", lat="enam", direction="4,5", trial_until="besok", phase="trial", site="tidak-ada",
        main_url="rtsp://127.0.0.1/x", groups="entah", fov="400", notice_posted="mungkin",
    )  # fmt: skip
    answer = send(admin, csv_file([bad]), save=False)
    found = {p["column"]: p["text"] for p in answer.context["problems"]}
    assert set(found) == {
        "name", "lat", "direction", "trial_until", "site", "main_url", "groups", "fov", "notice_posted",
    }  # fmt: skip
    assert found["lat"] == "“enam” bukan angka; tulis misalnya -6,224."
    assert found["direction"] == "“4,5” bukan bilangan bulat; tulis misalnya 45."
    assert found["trial_until"] == "“besok” bukan tanggal; tulis misalnya 31/12/2026."
    page = answer.content.decode()
    assert "<td>Lintang</td>" in page and "could not" not in page
    again = send(
        admin, csv_file([{**bad, "name": "A", "lat": "-6,2", "direction": "4", "fov": "90"}]), save=False
    )
    assert {p["column"] for p in again.context["problems"]} == set(found) - {
        "name",
        "lat",
        "direction",
        "fov",
    }


def test_everything_wrong_with_the_headings_is_said_at_once(admin) -> None:
    answer = send(admin, b"Nama,nama,wachtwoord,kolom lain\n1,2,3,4\n")
    (text,) = answer.context["form"].errors["file"]
    assert "Lokasi" in text and "Pemilik" in text and "wachtwoord" in text and "kolom lain" in text
    assert "dua kali: Nama" in text


@pytest.mark.parametrize(
    ("written", "read"), [("-6,224", -6.224), ("-6.224", -6.224), ("\N{MINUS SIGN}6.5", -6.5), ("'-7", -7.0)]
)
def test_numbers_are_read_as_people_write_them(admin, written: str, read: float) -> None:
    assert send(admin, csv_file([row(lat=written, trial_until="31/12/2026", phase="trial")])).context["saved"]
    camera = Camera.objects.get()
    assert camera.lat == read and camera.trial_until == date(2026, 12, 31)


@pytest.mark.parametrize("written", ["nan", "inf", "1e999", "6 lintang", "--6", "1,2,3"])
def test_what_is_no_number_is_refused(admin, written: str) -> None:
    problems = send(admin, csv_file([row(lat=written)])).context["problems"]
    assert [p["column"] for p in problems] == ["lat"] and not Camera.objects.exists()


def test_headings_of_the_other_language_are_understood(admin) -> None:
    names = {"name": "Name", "site": "Site", "agency": "Owner", "main_url": "Main stream"}
    columns = {names.get(key, key): value for key, value in row().items()}
    assert send(admin, csv_file([columns])).context["saved"]


def test_an_export_holds_only_what_the_viewer_may_export_and_is_audited(operator, sign_in) -> None:
    make_camera(code="biasa")
    make_camera(code="rahasia", sharing="restricted")
    make_camera(code="mati", status="offline")
    text = operator.get(EXPORT + "csv/?needs=down").content.decode()
    assert "mati" in text and "rahasia" not in text and "biasa" not in text
    assert "rahasia" not in operator.get(EXPORT + "csv/").content.decode()
    assert list(AuditEntry.objects.filter(action="export.cameras").values_list("detail", flat=True)) == [
        {"rows": 2, "format": "csv"},
        {"rows": 1, "format": "csv"},
    ]
    mayor = sign_in("mayor")
    assert mayor.get(EXPORT + "csv/").status_code == 403
    assert operator.get(EXPORT + "pdf/").status_code == 404


def test_only_who_may_add_and_change_imports(operator) -> None:
    assert operator.get(IMPORT).status_code == 403
    assert send(operator, csv_file([row()])).status_code == 403
    assert operator.get("/admin/cctv/camera/template/").status_code == 403
    assert not Camera.objects.exists()


def test_the_template_can_be_filled_and_sent_back(admin) -> None:
    book = load_workbook(io.BytesIO(admin.get("/admin/cctv/camera/template/").content))
    sheet = book.worksheets[0]
    names = [cell.value for cell in sheet[1]]
    columns = (*COLUMNS, "username", "password")
    assert names == [heading(column) for column in columns]
    sheet.append([row().get(column, "") for column in columns])
    out = io.BytesIO()
    book.save(out)
    answer = send(admin, out.getvalue(), "kamera.xlsx")
    assert answer.context["saved"], answer.context["problems"]
    assert len(list(book.worksheets[1].iter_rows())) == len(names) + 1


def test_a_table_that_is_too_wide_or_lies_about_its_size_is_refused() -> None:
    from cctv.exchange import FileRefused, read_table

    with pytest.raises(FileRefused):
        read_table(b",".join([b"name"] * 20_000) + b"\n" + b"," * 20_000, "x.csv")
    book = Workbook()
    sheet: Any = book.active
    sheet["A1"], sheet["XFD20000"] = "name", "far"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(FileRefused):
        read_table(out.getvalue(), "x.xlsx")
