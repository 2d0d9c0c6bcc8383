"""What a hostile visitor tries, and the answer: a clear refusal, never an error page, never a cost."""

from __future__ import annotations

import asyncio
import io
import logging
import struct
import threading
import time
import tracemalloc
import zipfile
import zlib

import pytest
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from openpyxl import Workbook

from cctv.exchange import FileRefused, read_table
from commandcenter.asgi import application
from commandcenter.body_limit import limited
from commandcenter.city import sheets
from commandcenter.city.forms import BoundariesForm
from commandcenter.city.models import User
from commandcenter.city.roles import Role
from commandcenter.city.services.guards import leaves_an_admin
from commandcenter.redaction import RedactingFilter
from commandcenter.wall import pairing
from tests.factories.cctv import make_camera
from tests.factories.city import client_of, make_user

pytestmark = pytest.mark.django_db
NUL = 'sessionid="a\\000b"'


def book(**parts: bytes) -> bytes:
    """A real XLSX with some of its parts replaced by hostile ones."""
    plain, out = io.BytesIO(), io.BytesIO()
    work = Workbook()
    work.active.append(["code", "name"])
    work.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            target.writestr(item, parts.pop(item.filename, source.read(item.filename)))
        for name, content in parts.items():
            target.writestr(name, content)
    return out.getvalue()


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
BOMBS = {
    "zeroes in a sheet": {"xl/worksheets/sheet1.xml": SHEET + b" " * 30_000_000},
    "one text a million times": {"xl/sharedStrings.xml": b"<sst>" + b"<si><t>a</t></si>" * 1_000_000},
    "a part nobody reads": {"xl/media/x.bin": b"\0" * 11_000_000},
    "a thousand parts": {f"xl/x{n}.xml": b"<a/>" for n in range(1000)},
    "one row of a million cells": {"xl/worksheets/sheet1.xml": SHEET + b"<row>" + b"<c/>" * 1_000_000},
    "formats without end": {"xl/styles.xml": b"<styleSheet>" + b'<xf numFmtId="1"/>' * 100_000},
    "texts that name each other": {
        "xl/sharedStrings.xml": b'<!DOCTYPE s [<!ENTITY a "aaaa">]><sst>&a;</sst>'
    },
    "the same in sixteen bits": {
        "xl/sharedStrings.xml": '<!DOCTYPE s [<!ENTITY a "aaaa">]><sst>&a;</sst>'.encode("utf-16")
    },
    "the same in a mainframe's letters": {
        "xl/sharedStrings.xml": b"<?xml version='1.0' encoding = 'cp037'?>"
        + '<!DOCTYPE s [<!ENTITY a "aaaa">]><sst>&a;</sst>'.encode("cp037")
    },
}


@pytest.mark.alone
@pytest.mark.parametrize("name", BOMBS)
def test_a_spreadsheet_bomb_is_refused_before_it_is_read(name):
    content = book(**BOMBS[name])
    assert len(content) < 500_000
    begun = time.monotonic()
    with pytest.raises(FileRefused):
        read_table(content, "kamera.xlsx")
    with pytest.raises(sheets.SheetError):
        sheets.read(io.BytesIO(content), {"name": ["nama"]})
    assert time.monotonic() - begun < 1


def understated(size: int, claimed: int) -> bytes:
    """A book whose styles unpack to ``size`` blanks, and say that they are ``claimed``."""
    content = book(**{"xl/styles.xml": b" " * size})
    for real, said in ((size, claimed), (zlib.crc32(b" " * size), zlib.crc32(b" " * claimed))):
        content = content.replace(struct.pack("<I", real), struct.pack("<I", said))
    return content


def test_what_a_file_claims_of_its_size_is_not_believed():
    content = understated(150_000_000, 150_000)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.getinfo("xl/styles.xml").file_size == 150_000
    tracemalloc.start()
    with pytest.raises(FileRefused):
        read_table(content, "kamera.xlsx")
    with pytest.raises(sheets.SheetError):
        sheets.read(io.BytesIO(content), {"name": ["nama"]})
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_that_cannot_be_unpacked_by_pieces_is_refused(method):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as source, zipfile.ZipFile(out, "w", method) as target:
        for item in source.infolist():
            target.writestr(item.filename, source.read(item.filename))
    with pytest.raises(FileRefused, match="Simpan ulang"):
        read_table(out.getvalue(), "kamera.xlsx")


def test_a_full_list_of_cameras_is_no_bomb():
    rows = [[f"K-{row}", "Simpang " + "x" * 30, *(f"{row}.{n}" for n in range(30))] for row in range(2000)]
    content = sheets.write("Kamera", ["code", "name", *(f"k{n}" for n in range(30))], rows)
    assert len(sheets.read(io.BytesIO(content), {"code": [], "k29": []})) == 2000


def test_a_huge_cell_of_a_csv_is_named():
    with pytest.raises(FileRefused, match="karakter"):
        read_table(b"code,name\nK-1," + b"x" * 200_000, "kamera.csv")


@pytest.mark.parametrize("path", ["/login/", "/", "/cctv/", "/wall/", "/healthz"])
def test_a_nul_in_a_cookie_is_a_forgotten_cookie(path):
    answer = Client(headers={"cookie": NUL}).get(path)
    assert answer.status_code in {200, 302, 404}


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["/ws/desk/", "/ws/wall/1/"])
async def test_a_nul_in_a_cookie_opens_no_socket_and_breaks_none(path):
    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", NUL.encode())]
    socket = WebsocketCommunicator(application, path, headers=headers)
    opened, _code = await socket.connect()
    if opened:
        assert "revoked" in await socket.receive_from()
    await socket.disconnect()


def test_a_nul_in_a_form_is_refused_in_one_place():
    camera = make_camera()
    client = client_of(make_user(Role.OPERATOR))
    for path, field in ((f"/cctv/{camera.pk}/obstacle/", "kind"), (f"/cctv/{camera.pk}/pause/", "reason")):
        assert client.post(path, {field: "a\x00b", "text": "x"}).status_code == 400
    assert Client().post("/login/", {"username": "a\x00", "password": "b"}).status_code == 400


@pytest.mark.parametrize("query", ["hour=" + "9" * 5000, "day=" + "9" * 5000, "still=" + "9" * 5000])
def test_absurd_numbers_of_an_address_are_answered(query):
    client = client_of(make_user(Role.OPERATOR))
    assert client.get(f"/cctv/{make_camera().pk}/?{query}").status_code == 200


@pytest.mark.parametrize("key", ["cctv.mosaic", "cctv.newest", "cctv.trouble", "incidents.alarms"])
@pytest.mark.parametrize("count", ["-1", "0", "999999999999", "x", ""])
def test_a_tile_of_minus_one_rows_is_a_tile(key, count):
    answer = client_of(make_user(Role.OPERATOR)).get(f"/tile/{key}/?count={count}")
    assert answer.status_code == 200
    assert b'state="error"' not in answer.content


def request_of(path: str, *, length: int | None = None) -> dict[str, object]:
    headers = [] if length is None else [(b"content-length", str(length).encode())]
    return {"type": "http", "method": "POST", "path": path, "headers": headers}


def answered(scope: dict[str, object], chunks: list[bytes]) -> tuple[int, int]:
    """The status, and how many bytes the application got to see."""
    seen, sent = 0, []
    waiting = list(chunks)

    async def receive():
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(message):
        sent.append(message)

    async def reader(scope, receive, send):
        nonlocal seen
        more = True
        while more:
            message = await receive()
            seen, more = seen + len(message["body"]), message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})

    asyncio.run(limited(reader, scope, receive, send))
    return sent[0]["status"], seen


def test_a_body_beyond_its_pages_limit_is_not_read():
    assert answered(request_of("/login/", length=50_000_000), [b"x"]) == (413, 0)
    assert answered(request_of("/login/"), [b"x" * 600_000] * 4) == (413, 600_000)
    assert answered(request_of("/login/", length=10), [b"x" * 10]) == (200, 10)
    assert answered(request_of("/admin/cctv/camera/import/", length=5_000_000), [b"x" * 10]) == (200, 10)
    largest = BoundariesForm.MOST_BYTES + 100_000
    assert answered(request_of("/setup/boundaries/", length=largest), [b"x" * 10]) == (200, 10)


def test_a_page_left_open_binds_no_strangers_telephone():
    user = make_user(Role.OPERATOR)
    client = client_of(user)
    client.get("/account/two-factor/")
    from django_otp.oath import totp
    from django_otp.plugins.otp_totp.models import TOTPDevice

    device = TOTPDevice.objects.get(user=user)
    code = f"{totp(device.bin_key):06d}"
    client.post("/account/two-factor/", {"code": code})
    client.post("/account/two-factor/", {"code": code, "password": "bukan"})
    assert not TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def test_reloading_in_a_loop_takes_no_other_screens_code():
    _row, secret = pairing.start_pairing(address="203.0.113.9")
    with pytest.raises(pairing.TooManyScreens):
        for _ in range(30):
            pairing.start_pairing(address="203.0.113.9")
    assert pairing.claim(secret=secret)[0] == "waiting"
    assert pairing.PairingCode.objects.filter(address="203.0.113.9").count() == pairing.MOST_PER_ADDRESS


def test_a_household_of_ipv6_addresses_shares_one_allowance():
    with pytest.raises(pairing.TooManyScreens):
        for n in range(30):
            pairing.start_pairing(address=f"2001:db8::{n:x}")
    assert pairing.PairingCode.objects.count() == pairing.MOST_PER_ADDRESS


def test_the_last_administrator_stays():
    boss = make_user(Role.ADMIN, is_superuser=True)
    other = make_user(Role.ADMIN)
    client = client_of(boss)
    page, people = f"/admin/city/user/{boss.pk}/", "/admin/city/user/"
    User.objects.filter(pk=other.pk).update(is_active=False)
    form = {"username": boss.username, "language": "id", "groups": [], "is_superuser": "on"}
    answer = client.post(f"{page}change/", form)
    assert answer.status_code == 200 and "administrator terakhir" in answer.content.decode()
    bulk = {"action": "delete_selected", "_selected_action": [boss.pk, other.pk], "post": "yes"}
    for path, body in ((f"{page}delete/", {"post": "yes"}), (people, bulk)):
        answer = client.post(path, body)
        assert answer.status_code == 200 and "tunjuk yang lain" in answer.content.decode(), path
    locked = client.post(f"{page}password/", {"usable_password": "false"}, follow=True)
    assert "harus tetap bisa masuk" in locked.content.decode()
    boss.refresh_from_db()
    assert boss.is_active and boss.is_superuser and boss.has_usable_password()
    User.objects.filter(pk=other.pk).update(is_active=True, password="!nobody")
    assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 200
    User.objects.filter(pk=other.pk).update(password=boss.password)
    assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_take_it_from_each_other_leave_one():
    pair = [make_user(Role.ADMIN), make_user(Role.ADMIN)]
    barrier = threading.Barrier(2, timeout=10)

    def switch_off(me: User, other: User) -> None:
        try:
            with transaction.atomic():
                barrier.wait()
                if leaves_an_admin([other.pk]):
                    time.sleep(0.2)
                    User.objects.filter(pk=other.pk).update(is_active=False)
        finally:
            connection.close()

    threads = [threading.Thread(target=switch_off, args=args) for args in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert User.objects.filter(pk__in=[user.pk for user in pair], is_active=True).count() == 1


def test_a_role_of_the_house_keeps_its_name():
    client = client_of(make_user(Role.ADMIN, is_superuser=True))
    group = Group.objects.get(name=Role.ADMIN.value)
    client.post(f"/admin/auth/group/{group.pk}/change/", {"name": "lain", "permissions": []})
    assert Group.objects.filter(pk=group.pk, name=Role.ADMIN.value).exists()
    assert client.post("/admin/auth/group/add/", {"name": "tamu", "permissions": []}).status_code == 302
    guests = Group.objects.get(name="tamu")
    client.post(f"/admin/auth/group/{guests.pk}/change/", {"name": "tamu kota", "permissions": []})
    assert Group.objects.filter(name="tamu kota").exists()


@pytest.mark.parametrize("request_", [("/audit/", {}), ("/", {"HTTP_HOST": "asing.example"})])
def test_a_refused_page_is_one_line_in_the_log(request_):
    path, headers = request_
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.addFilter(RedactingFilter())
    logging.getLogger("django").addHandler(handler)
    try:
        assert client_of(make_user(Role.PARTNER)).get(path, **headers).status_code in {400, 403}
    finally:
        logging.getLogger("django").removeHandler(handler)
    assert heard.getvalue()
    assert "Traceback" not in heard.getvalue()


def test_a_role_of_the_house_cannot_be_deleted():
    client = client_of(make_user(Role.ADMIN, is_superuser=True))
    group = Group.objects.get(name=Role.OPERATOR.value)
    client.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"})
    client.post(
        "/admin/auth/group/",
        {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"},
    )
    assert Group.objects.filter(pk=group.pk).exists()


def test_what_was_typed_into_the_name_box_is_on_no_admin_page():
    client = client_of(make_user(Role.ADMIN, is_superuser=True))
    assert client.get("/admin/axes/").status_code == 404


def test_an_import_with_a_blank_first_row_says_what_is_missing():
    work, out = Workbook(), io.BytesIO()
    work.active.append([None, None])
    work.active.append(["code", "name"])
    work.save(out)
    with pytest.raises(FileRefused):
        read_table(out.getvalue(), "kamera.xlsx")
    client = client_of(make_user(Role.ADMIN, is_superuser=True))
    upload = SimpleUploadedFile("kamera.xlsx", out.getvalue())
    assert client.post("/admin/cctv/camera/import/", {"file": upload}).status_code in {200, 302}


def test_resets_from_one_address_stop_without_a_word(monkeypatch):
    sent = []
    monkeypatch.setattr("commandcenter.city.views.account.jobs.enqueue", lambda *a: sent.append(a[1]))
    for n in range(40):
        answer = Client().post("/password/reset/", {"email": f"orang{n}@contoh.id"})
        assert answer.status_code == 302
    assert 0 < len(sent) <= 20
