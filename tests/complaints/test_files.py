"""Photos of citizens and agencies: made anew, nothing of the original served, bombs and tricks refused."""

from __future__ import annotations

import io
import struct
import uuid
import zlib
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from commandcenter.city.media import photo
from commandcenter.city.roles import Role
from complaints import hurdle, proof
from complaints.models import Attachment, Report
from complaints.services import assigning, files, moving
from complaints.views import files as file_views
from tests.complaints.devices import known_browser
from tests.complaints.test_proof import solved
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_category, make_channel, make_report

pytestmark = pytest.mark.django_db
SERIAL = b"KAMERA-SERI-4711"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture(form: str = "JPEG", size: tuple[int, int] = (400, 200), *, exif: bool = True, **values) -> bytes:
    image = Image.new("RGB", size, "navy")
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    out, data = io.BytesIO(), Image.Exif()
    data[ExifTags.Base.Make] = SERIAL.decode()
    data[ExifTags.Base.Orientation] = 6
    data.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:03:13 07:45:00"
    gps = data.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "S", (6.0, 7.0, 12.0)
    gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (106.0, 9.0, 0.0)
    image.save(out, form, **({"exif": data} if exif else {}), **values)
    return out.getvalue()


def test_a_photo_is_turned_upright_and_forgets_everything():
    original = picture(comment=b"rahasia keluarga")
    assert SERIAL in original
    made = photo.make(original)
    assert (made.width, made.height) == (200, 400)
    assert made.lat == pytest.approx(-6.12) and made.lng == pytest.approx(106.15)
    assert made.taken_at.isoformat() == "2026-03-13T07:45:00"
    for served in (made.served, made.thumb):
        assert served[:2] == b"\xff\xd8" and SERIAL not in served and b"Exif" not in served
        assert b"rahasia" not in served and not Image.open(io.BytesIO(served)).getexif()


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_pictures_become_jpegs(form):
    made = photo.make(picture(form, exif=False))
    assert Image.open(io.BytesIO(made.served)).format == "JPEG" and made.lat is None


def bomb() -> bytes:
    """A PNG of 40,000 × 40,000 pixels in a few hundred bytes."""
    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script>", "type_not_allowed"),
        (b"%PDF-1.7", "type_not_allowed"),
        (b"PK\x03\x04zip", "type_not_allowed"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "type_not_allowed"),
        (bomb(), "too_many_pixels"),
        (picture()[:300], "undecodable"),
        (picture("GIF", exif=False), "type_not_allowed"),
    ],
)
def test_what_is_no_photo_is_refused_with_a_reason(content, problem):
    with pytest.raises(photo.Refused) as caught:
        photo.make(content)
    assert caught.value.problem.value == problem


GOOD = picture()


@hypothesis_settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=12))
def test_a_damaged_photo_never_raises_anything_else(changes):
    damaged = bytearray(GOOD)
    for place, value in changes:
        damaged[place] = value
    try:
        made = photo.make(bytes(damaged))
    except photo.Refused:
        return
    assert SERIAL not in made.served


def upload(content: bytes, draft: uuid.UUID, name: str = "foto.jpg", declared: str = "image/jpeg"):
    file = SimpleUploadedFile(name, content, content_type=declared)
    return Client().post("/lapor/berkas/", {"file": file, "draft": str(draft)})


def test_a_citizens_photo_goes_along_with_the_report_and_is_shown_when_it_is_ready():
    make_channel("web")
    draft = uuid.uuid4()
    assert upload(picture(), draft, "../../etc/passwd\u202egnp.jpg").status_code == 201
    row = Attachment.objects.get()
    assert "/" not in row.name and "\u202e" not in row.name and row.original.startswith("reports/")
    Client().post("/lapor/", {"text": "Lampu mati", "key": str(draft)})
    report = Report.objects.get()
    operator = client_of(make_user(Role.OPERATOR))
    at = f"/reports/files/{row.uuid}/"
    assert operator.get(at).status_code == 404  # not looked at yet
    assert files.process(row.pk) and not files.process(row.pk)
    row.refresh_from_db()
    assert (row.report, row.state, row.kind) == (report, "ready", "photo") and row.exif_lat
    for path in (at, at + "thumb/"):
        answer = operator.get(path)
        body = answer.content
        assert answer["Content-Type"] == "image/jpeg" and answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"] and SERIAL not in body
    assert Client().get(f"/lapor/berkas/{row.uuid}/").status_code == 404  # not for everybody
    assert Client().get(at).status_code == 302
    assert client_of(make_user(Role.HEAD, agency=make_agency())).get(at).status_code == 404
    assert str(row.uuid) in operator.get(f"/reports/{report.number}/").content.decode()


def test_the_agencys_photo_proves_the_work_and_everybody_sees_it():
    agency = make_agency()
    report = make_report(category=make_category(proof_photo=True))
    assigning.assign(pk=report.pk, agency=agency, viewer=None)
    head = client_of(make_user(Role.HEAD, agency=agency))
    with pytest.raises(moving.ValidationError):
        moving.move(pk=report.pk, target="resolved", viewer=None, text="Sudah")
    file = SimpleUploadedFile("sesudah.jpg", picture(), content_type="image/jpeg")
    head.post(f"/reports/{report.number}/files/", {"file": file, "moment": "after", "public": "1"})
    row = Attachment.objects.get()
    files.process(row.pk)
    head.post(f"/reports/{report.number}/move/", {"status": "resolved", "text": "Lampu diganti"})
    assert Report.objects.get().status == "resolved"
    page = Client().get(f"/lapor/{report.number}/").content.decode()
    assert f"/lapor/berkas/{row.uuid}/" in page
    assert Client().get(f"/lapor/berkas/{row.uuid}/").status_code == 200


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"draft": "x"}, "draft"),
        ({"file": None}, "file"),
        ({"file": b""}, "file"),
        ({"file": b"x" * 15_000_001}, "file"),
    ],
)
def test_a_bad_upload_names_its_field_and_leaves_nothing(values, field):
    make_channel("web")
    content = values.get("file", picture())
    data = {"draft": values.get("draft", str(uuid.uuid4()))}
    if content is not None:
        data["file"] = SimpleUploadedFile("a.jpg", content)
    answer = Client().post("/lapor/berkas/", data)
    assert answer.status_code == 400 and answer.json()["field"] == field
    assert not Attachment.objects.exists()


def test_a_draft_takes_six_photos_and_no_seventh():
    make_channel("web")
    draft = uuid.uuid4()
    codes = [upload(picture(size=(20 + n, 20)), draft).status_code for n in range(7)]
    assert codes == [201] * 6 + [400]


def sent(client: Client, content: bytes, **more: str):
    file = SimpleUploadedFile("foto.jpg", content, content_type="image/jpeg")
    return client.post("/lapor/berkas/", {"file": file, "draft": str(uuid.uuid4()), **more})


def test_what_was_not_taken_takes_nobodys_place(redis_client, monkeypatch):
    """Four hundred empty files stopped the photos of everybody who came for the first time."""
    make_channel("web")
    monkeypatch.setattr(file_views, "MOST_SENT", 1)
    assert {sent(Client(), b"").status_code for _ in range(12)} == {400}
    draft = {"draft": "kein"}
    assert {Client().post("/lapor/berkas/", draft).status_code for _ in range(12)} == {400}
    assert sent(Client(), picture()).status_code == 201


def test_past_the_limit_a_file_costs_work_of_its_own(redis_client, monkeypatch):
    make_channel("web")
    monkeypatch.setattr(file_views, "MOST_SENT", 1)
    codes = [sent(Client(), picture(size=(20 + n, 20))).status_code for n in range(11)]
    assert codes == [201] * 10 + [428]
    asked = sent(Client(), picture()).json()
    assert asked["field"] == "file" and asked["problem"]
    work = solved(asked["proof"])
    assert sent(Client(), picture(), proof=work).status_code == 201
    assert sent(Client(), picture(), proof=work).status_code == 428, "a proof is used once"
    foreign = solved(proof.challenge(purpose=hurdle.REPORT))
    assert sent(Client(), picture(), proof=foreign).status_code == 428, "and for nothing else"


def test_marks_multiply_no_allowance_until_they_have_sent_a_report(redis_client, monkeypatch):
    make_channel("web")
    monkeypatch.setattr(file_views, "MOST_SENT", 1)
    newcomers = [known_browser() for _ in range(11)]
    codes = [sent(one, picture(size=(20 + n, 20))).status_code for n, one in enumerate(newcomers)]
    assert codes == [201] * 10 + [428], "marks that are old and have sent nothing share one count"
    known = newcomers[-1]
    values = {"text": "Lampu mati", "key": str(uuid.uuid4())}
    assert known.post("/lapor/kirim/", values).status_code == 201
    assert [sent(known, picture()).status_code for _ in range(2)] == [201, 428]
    for cookie in ("", "x", "a:b:c", known_browser().cookies[hurdle.DEVICE].value[:-3] + "abc"):
        client = Client()
        client.cookies[hurdle.DEVICE] = cookie
        assert sent(client, picture()).status_code == 428, "an invented mark is a newcomer"


def test_a_refused_file_is_told_and_never_shown():
    make_channel("web")
    draft = uuid.uuid4()
    upload(b"<html>hai</html>", draft)
    row = Attachment.objects.get()
    files.process(row.pk)
    row.refresh_from_db()
    assert (row.state, row.problem) == ("refused", "type_not_allowed")
    assert client_of(make_user(Role.ADMIN)).get(f"/reports/files/{row.uuid}/").status_code == 404


def test_the_original_of_a_refused_file_leaves_at_once_and_the_reason_stays():
    make_channel("web")
    upload(b"<html>hai</html>", uuid.uuid4())
    path = Attachment.objects.get().original
    assert default_storage.exists(path)
    files.process(Attachment.objects.get().pk)
    row = Attachment.objects.get()
    assert not default_storage.exists(path)
    assert (row.state, row.problem, row.original, row.name) == ("refused", "type_not_allowed", "", "foto.jpg")


@pytest.mark.parametrize("setting", ["MEDIA_FREE_MB", "MEDIA_FREE_PERCENT"])
def test_a_volume_that_is_nearly_full_takes_no_file_and_the_phone_keeps_it(settings, setting):
    make_channel("web")
    setattr(settings, setting, 100 if setting.endswith("PERCENT") else 10**9)
    answer = upload(picture(), uuid.uuid4())
    # The phone tries again by itself after any answer of 500 and more.
    assert answer.status_code == 507 and answer.json()["problem"]
    assert not Attachment.objects.exists()
    setattr(settings, setting, 0)
    assert upload(picture(), uuid.uuid4()).status_code == 201


def test_drafts_leave_after_three_hours_however_many_and_not_those_of_a_report():
    make_channel("web")
    report = make_report()
    upload(picture(), uuid.uuid4())
    first = Attachment.objects.get()
    rows = [
        Attachment(draft=uuid.uuid4(), original=f"reports/{n}.bin", sha256="0", size=1, kind="photo",
                   state="refused")
        for n in range(130)
    ]  # fmt: skip
    Attachment.objects.bulk_create(rows)
    Attachment.objects.create(report=report, original="", sha256="0", size=1, kind="photo", state="refused")
    Attachment.objects.update(created_at=timezone.now() - timedelta(hours=3, minutes=1))
    upload(picture(size=(31, 20)), uuid.uuid4())
    assert files.clear_drafts() == 131
    assert not default_storage.exists(first.original)
    assert [row.report for row in Attachment.objects.order_by("pk")] == [report, None]


def test_a_draft_that_was_never_sent_leaves_with_all_its_bytes():
    make_channel("web")
    upload(picture(), uuid.uuid4())
    files.sweep()
    row = Attachment.objects.get()
    paths = [row.original, row.served, row.thumb]
    assert all(default_storage.exists(path) for path in paths)
    Attachment.objects.update(created_at=timezone.now() - timedelta(hours=25))
    files.sweep()
    assert not Attachment.objects.exists() and not any(default_storage.exists(path) for path in paths)
