"""Price files: every bad row named by row and column, nothing half imported, written after a yes."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from commandcenter.city.roles import Role, ensure_roles
from markets.models import PriceImport, PriceReading
from markets.priceseed import ensure_commodities
from tests.factories.cctv import make_market
from tests.factories.city import client_of, make_agency, make_user

pytestmark = pytest.mark.django_db
HEAD = "Tanggal,Kode pasar,Kode komoditas,Harga,Satuan,Jam,Sumber"
ALL = [(2, "Harga"), (2, "Kode komoditas"), (2, "Kode pasar"), (2, "Tanggal")]
URL = "/markets/prices/import/"


@pytest.fixture(autouse=True)
def lists(db) -> None:
    ensure_roles()
    ensure_commodities()


@pytest.fixture
def market():
    return make_market(code="uji", name="Pasar Uji", agency=make_agency("disperindag"))


@pytest.fixture
def client(market):
    return client_of(make_user(Role.HEAD, agency=market.agency))


def day(back: int = 1) -> str:
    return (timezone.localdate() - timedelta(days=back)).isoformat()


def csv_of(*rows: str, head: str = HEAD) -> SimpleUploadedFile:
    return SimpleUploadedFile("harga.csv", "\n".join([head, *rows]).encode())


def send(client, file):
    return client.post(URL, {"file": file})


def problems(answer) -> list[tuple[int, str]]:
    assert answer.status_code == 422 and not PriceReading.objects.exists()
    assert not PriceImport.objects.exists()
    return sorted((one["row"], one["column"]) for one in answer.context["problems"])


def test_a_good_file_is_shown_first_and_written_after_a_yes(client) -> None:
    file = csv_of(
        f"{day(2)},uji,beras-medium-1,13.400,kg,09.30,Survei", f"{day()},Pasar Uji,Beras medium I,13500,,,"
    )
    answer = send(client, file)
    assert answer.status_code == 302 and not PriceReading.objects.exists()
    page = client.get(answer.url)
    assert page.context["looked"].added == 2 and "2 baru" in page.content.decode()
    assert client.post(answer.url, {"sure": "yes"}).status_code == 302
    rows = PriceReading.objects.order_by("day")
    assert [int(row.value) for row in rows] == [13_400, 13_500]
    assert {row.way for row in rows} == {"file"} and rows[0].source == "Survei"
    assert rows[0].batch == PriceImport.objects.get() and PriceImport.objects.get().rows == []
    client.post(answer.url, {"sure": "yes"})  # a second click
    assert PriceReading.objects.count() == 2


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("{day},uji,beras-medium-1,-13400,,,", [(2, "Harga")]),
        ("{day},uji,beras-medium-1,0,,,", [(2, "Harga")]),
        ('{day},uji,beras-medium-1,"13,6",,,', [(2, "Harga")]),
        ("{day},uji,beras-medium-1,13400000,,,", [(2, "Harga")]),
        ("{day},uji,beras-medium-1,13,,,", [(2, "Harga")]),
        ("{day},uji,beras-medium-1,NaN,,,", [(2, "Harga")]),
        ("uji,beras-medium-1,13400,{day},,,", ALL),
        ("{day},tidak-ada,beras-medium-1,13400,,,", [(2, "Kode pasar")]),
        ("{day},uji,emas,13400,,,", [(2, "Kode komoditas")]),
        ("{day},uji,beras-medium-1,13400,liter,,", [(2, "Satuan")]),
        ("{day},uji,beras-medium-1,13400,kg,25.00,", [(2, "Jam")]),
        ("2099-01-01,uji,beras-medium-1,13400,,,", [(2, "Tanggal")]),
        ("2019-01-01,uji,beras-medium-1,13400,,,", [(2, "Tanggal")]),
        ("31-31-2026,uji,beras-medium-1,13400,,,", [(2, "Tanggal")]),
        (",,,,,,x", ALL),
    ],
)
def test_a_bad_row_is_named_by_row_and_column_and_nothing_is_written(client, row, found) -> None:
    good = f"{day(3)},uji,bawang-putih,38000,,,"
    assert problems(send(client, csv_of(row.format(day=day()), good))) == found


def test_thousand_fold_values_are_refused_with_what_was_meant(client) -> None:
    rows = [f"{day(3)},uji,cabai-merah-besar,42000,,,", f"{day(2)},uji,cabai-merah-besar,290000,,,"]
    answer = send(client, csv_of(*rows))
    assert problems(answer) == [(3, "Harga")]
    rows = [f"{day(3)},uji,garam,1900,,,", f"{day(2)},uji,garam,19000,,,"]
    assert "Rp1.900" in send(client, csv_of(*rows)).content.decode()


def test_a_row_that_stands_twice_names_the_first(client) -> None:
    row = f"{day()},uji,beras-medium-1,13400,,,"
    answer = send(client, csv_of(row, f"{day(2)},uji,garam,11000,,,", row))
    assert problems(answer) == [(4, "")] and "baris 2" in answer.content.decode()


def test_a_price_that_moved_far_wants_a_yes_of_its_own(client) -> None:
    answer = send(client, csv_of(f"{day(2)},uji,garam,10000,,,", f"{day()},uji,garam,13000,,,"))
    page = client.get(answer.url)
    assert [one["row"] for one in page.context["questions"]] == [3]
    assert client.post(answer.url).status_code == 422 and not PriceReading.objects.exists()
    assert client.post(answer.url, {"sure": "yes"}).status_code == 302
    assert PriceReading.objects.count() == 2 and PriceReading.objects.get(value=13_000).confirmed


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<x>" + b"0" * 60_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("harga.csv", HEAD.encode("utf-16")),
        ("harga.csv", (HEAD + "\n2026-01-01,uji,beras,13\xa0400,,,").encode("latin-1")),
        ("harga.csv", b"\x00\x01\x02"),
        ("harga.csv", b""),
        ("harga.csv", b"Tanggal,Harga\n2026-01-01,13400"),
        ("harga.csv", (HEAD + ",Harga\n").encode()),
        ("harga.xlsx", b"PK\x03\x04 no zip"),
        ("harga.xlsx", bomb()),
        ("harga.csv", (HEAD + "\n" + "2026-01-01,uji,garam,1000,,,\n" * 5_100).encode()),
    ],
    ids=["utf16", "latin1", "binary", "empty", "columns", "twice", "zip", "bomb", "rows"],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_why(client, name, content) -> None:
    answer = send(client, SimpleUploadedFile(name, content))
    assert answer.status_code in {200, 422} and answer.context["form"].errors["file"]
    assert not PriceImport.objects.exists() and not PriceReading.objects.exists()


def test_an_xlsx_of_the_template_is_read(client) -> None:
    sheet = load_workbook(BytesIO(client.get(f"{URL}template.xlsx").content))
    assert sheet.sheetnames[0] and [cell.value for cell in sheet.worksheets[0][1]] == HEAD.split(",")
    book = Workbook()
    book.active.append(HEAD.split(","))
    book.active.append(
        [timezone.localdate() - timedelta(days=1), "uji", "garam", 11_000.0, "kg", "09.00", ""]
    )
    out = BytesIO()
    book.save(out)
    answer = send(client, SimpleUploadedFile("x.xlsx", out.getvalue()))
    assert answer.status_code == 302
    client.post(answer.url, {"sure": "yes"})
    assert int(PriceReading.objects.get().value) == 11_000


def test_others_neither_see_a_draft_nor_write_a_foreign_market(client, market) -> None:
    other = client_of(make_user(Role.HEAD, agency=make_agency("lain")))
    assert other.get(URL).status_code == 403
    make_market(code="lain", agency=other_agency())
    answer = send(client, csv_of(f"{day()},lain,garam,11000,,,"))
    assert problems(answer) == [(2, "Kode pasar")]
    draft = send(client, csv_of(f"{day()},uji,garam,11000,,,")).url
    admin = client_of(make_user(Role.ADMIN))
    assert admin.get(draft).status_code == 404 and admin.post(draft, {"sure": "yes"}).status_code == 404


def other_agency():
    return make_agency("lain-2")


def test_the_export_is_read_again(client) -> None:
    draft = send(client, csv_of(f"{day()},uji,garam,11000,kg,10.15,=Survei")).url
    client.post(draft, {"sure": "yes"})
    text = b"".join(client.get("/markets/prices/export.csv").streaming_content).decode()
    assert "pangan.garam.harga" in text and "'=Survei" in text
    again = client.get(send(client, SimpleUploadedFile("lagi.csv", text.encode())).url)
    assert again.context["looked"].same == 1
    book = load_workbook(BytesIO(client.get("/markets/prices/export.xlsx?commodity=garam").content))
    assert book.active.max_row == 2
