"""What goes out: only what we made, to whom may see it, in the pieces that are asked for, never as a page."""

from __future__ import annotations

import uuid

import pytest
from asgiref.sync import sync_to_async
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import AsyncClient, Client

from commandcenter.city.roles import Role
from complaints.models import Attachment
from complaints.services import assigning, files, moving
from complaints.views import ranges
from complaints.views.public import DEVICE
from tests.complaints.test_files import picture
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_category, make_channel, make_report

pytestmark = pytest.mark.django_db
CONTENT = bytes(range(256)) * 40_000  # ten megabytes, every byte known


def video(report, **values) -> Attachment:
    """A ready video whose bytes are known."""
    row = Attachment.objects.create(
        report=report, kind="video", state="ready", mime="video/mp4", width=320, height=180, **values
    )
    for name in ("served", "thumb", "poster"):
        content = CONTENT if name == "served" else b"\xff\xd8\xff" + name.encode()
        setattr(row, name, default_storage.save(f"reports/{uuid.uuid4().hex}", ContentFile(content)))
    row.save()
    return row


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize(
    ("asked", "status", "first", "length"),
    [
        ("", 200, 0, len(CONTENT)),
        ("bytes=0-1", 206, 0, 2),
        ("bytes=100-1099", 206, 100, 1000),
        ("bytes=0-9999999999", 206, 0, len(CONTENT)),
        ("bytes=5000000-", 206, 5_000_000, ranges.OPEN_END),
        ("bytes=10239999-", 206, 10_239_999, 1),
        ("bytes=-500", 206, len(CONTENT) - 500, 500),
        ("bytes=10240000-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=9-3", 200, 0, len(CONTENT)),
        ("bytes=0-1,5-6", 200, 0, len(CONTENT)),
        ("pages=1-2", 200, 0, len(CONTENT)),
        ("bytes=-", 200, 0, len(CONTENT)),
        ("bytes=99999999999999999999-", 200, 0, len(CONTENT)),
    ],
)
def test_a_player_gets_the_part_it_asks_for(asked, status, first, length):
    row = video(make_report())
    answer = client_of(make_user(Role.OPERATOR)).get(f"/reports/files/{row.uuid}/", headers={"Range": asked})
    assert answer.status_code == status and answer["Accept-Ranges"] == "bytes"
    assert answer["Content-Type"] == "video/mp4" and answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith('inline; filename="video-')
    content = body(answer)
    assert content == CONTENT[first : first + length]
    if status == 206:
        assert answer["Content-Range"] == f"bytes {first}-{first + length - 1}/{len(CONTENT)}"
        assert answer["Content-Length"] == str(length)
    if status == 416:
        assert answer["Content-Range"] == f"bytes */{len(CONTENT)}"


def test_a_part_of_other_bytes_is_never_given():
    row, client = video(make_report()), client_of(make_user(Role.OPERATOR))
    path = f"/reports/files/{row.uuid}/"
    mark = client.get(path, headers={"Range": "bytes=0-1"})["ETag"]
    assert client.get(path, headers={"Range": "bytes=0-1", "If-Range": mark}).status_code == 206
    assert client.get(path, headers={"Range": "bytes=0-1", "If-Range": '"other"'}).status_code == 200
    assert client.get(path, headers={"If-None-Match": mark}).status_code == 304
    head = client.head(path)
    assert (head.status_code, head["Content-Length"], head.content) == (200, str(len(CONTENT)), b"")


@pytest.mark.django_db(transaction=True)
async def test_the_asynchronous_server_streams_and_does_not_read_it_whole():
    row = await sync_to_async(video)(await sync_to_async(_public_report)(), public=True)
    answer = await AsyncClient().get(f"/lapor/berkas/{row.uuid}/")
    assert answer.status_code == 200 and answer.streaming and answer.is_async
    assert b"".join([piece async for piece in answer.streaming_content]) == CONTENT
    await sync_to_async(connections.close_all)()


def _public_report():
    report = make_report(category=make_category())
    moving.move(pk=report.pk, target="verified", viewer=None)
    return report


@pytest.mark.parametrize("size", ["", "thumb/", "poster/"])
@pytest.mark.parametrize("part", ["", "bytes=0-9"])
def test_each_size_and_each_part_asks_for_rights(size, part):
    """Own agency, foreign agency, operator, everybody: the same answer whatever is asked of the file."""
    own, foreign = make_agency("milik"), make_agency("asing")
    report = _public_report()
    assigning.assign(pk=report.pk, agency=own, viewer=None)
    secret, public = video(report), video(report, public=True)
    hidden = video(make_report(secret=True), public=True)
    ok = 206 if part else 200
    headers = {"Range": part} if part else {}
    for client, on_desk in (
        (client_of(make_user(Role.OPERATOR)), ok),
        (client_of(make_user(Role.HEAD, agency=own)), ok),
        (client_of(make_user(Role.HEAD, agency=foreign)), 404),
        (Client(), 302),
    ):
        assert client.get(f"/reports/files/{secret.uuid}/{size}", headers=headers).status_code == on_desk
        assert client.get(f"/lapor/berkas/{secret.uuid}/{size}", headers=headers).status_code == 404
        assert client.get(f"/lapor/berkas/{public.uuid}/{size}", headers=headers).status_code == ok
        assert client.get(f"/lapor/berkas/{hidden.uuid}/{size}", headers=headers).status_code == 404
    for state in ("waiting", "fetching", "refused", "erased"):
        Attachment.objects.update(state=state)
        for path in (f"/reports/files/{public.uuid}/{size}", f"/lapor/berkas/{public.uuid}/{size}"):
            assert client_of(make_user(Role.ADMIN)).get(path, headers=headers).status_code == 404


@pytest.mark.parametrize("size", ["original", "served", "../x", "state.json.html", "THUMB"])
def test_there_is_no_other_size(size):
    row = video(_public_report(), public=True)
    assert Client().get(f"/lapor/berkas/{row.uuid}/{size}/").status_code == 404
    assert client_of(make_user(Role.ADMIN)).get(f"/reports/files/{row.uuid}/{size}/").status_code == 404


def sent(browser: Client, content: bytes, name: str = "foto.jpg", declared: str = "image/jpeg"):
    file = SimpleUploadedFile(name, content, content_type=declared)
    return browser.post("/lapor/berkas/", {"file": file, "draft": str(uuid.uuid4())})


def test_the_browser_that_sent_a_file_hears_how_it_fares_and_nobody_else():
    make_channel("web")
    browser = Client()
    answer = sent(browser, picture())
    assert DEVICE in answer.cookies and answer.cookies[DEVICE]["httponly"]
    path = f"/lapor/berkas/{answer.json()['id']}/state.json"
    assert browser.get(path).json() == {
        "state": "waiting", "kind": "photo", "problem": "", "words": "", "place": None,
    }  # fmt: skip
    row = Attachment.objects.get()
    files.process(row.pk)
    told = browser.get(path)
    assert told.json()["state"] == "ready" and told.json()["place"] == {"lat": -6.12, "lng": 106.15}
    assert "no-store" in told["Cache-Control"] and told["Content-Type"] == "application/json"
    stranger, other = Client(), Client()
    other.get("/lapor/")  # has a mark of its own
    admin = client_of(make_user(Role.ADMIN))
    assert {one.get(path).status_code for one in (stranger, other, admin)} == {404}
    assert len(row.device) == 64 and browser.cookies[DEVICE].value not in row.device


def test_a_refusal_is_told_in_the_citizens_language():
    make_channel("web")
    browser = Client()
    path = f"/lapor/berkas/{sent(browser, b'%PDF-1.7').json()['id']}/state.json"
    files.process(Attachment.objects.get().pk)
    told = browser.get(path).json()
    assert (told["state"], told["problem"]) == ("refused", "type_not_allowed")
    assert told["words"].startswith("Jenis berkas ini tidak diterima.")


def test_pages_play_a_video_with_its_poster(short_film):
    report = _public_report()
    row = files.take([short_film], name="v.mov", report=report, public=True, moment="after")
    files.process(row.pk)
    desk = client_of(make_user(Role.OPERATOR)).get(f"/reports/{report.number}/").content.decode()
    assert f'poster="/reports/files/{row.uuid}/poster/"' in desk and "<video controls" in desk
    page = Client().get(f"/lapor/{report.number}/").content.decode()
    assert f'<source src="/lapor/berkas/{row.uuid}/" type="video/mp4">' in page


def test_the_desk_reads_why_a_file_is_not_shown():
    report = make_report()
    row = files.take([b"%PDF"], name="surat.pdf", report=report)
    files.process(row.pk)
    page = client_of(make_user(Role.OPERATOR)).get(f"/reports/{report.number}/").content.decode()
    assert "Jenis berkas ini tidak diterima." in page
