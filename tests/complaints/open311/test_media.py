"""Pictures of partners: as files in the request, or by an address that a worker fetches safely."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from commandcenter.city.roles import Role
from complaints.channelsim.process import SimProcess
from complaints.models import Attachment, RemoteFile, Report
from complaints.services import erasing, files, remote_files
from tests.complaints.open311.wires import V2, post
from tests.complaints.test_files import picture
from tests.factories.city import client_of, make_user
from tests.factories.complaints import make_report

pytestmark = pytest.mark.django_db
GOOD = {"service_code": "PJU-01", "lat": "-6.1", "long": "106.1", "description": "Padam"}


@pytest.fixture(scope="module")
def world():
    with SimProcess() as running:
        yield running


@pytest.fixture
def server(world, settings, tmp_path):
    """A public picture server; it runs beside us and is allowed by name."""
    settings.MEDIA_ROOT, settings.CHANNEL_ALLOW_HOSTS = tmp_path, list(world.allow_hosts)
    yield world
    world.control.clear()


def fetched(url: str) -> RemoteFile:
    report = make_report()
    remote_files.want(report, [url])
    row = RemoteFile.objects.get(report=report)
    assert remote_files.fetch(row.pk)
    row.refresh_from_db()
    return row


def test_a_picture_by_its_address_becomes_a_file_like_any_other(key, lamp, server):
    url = f"{server.address}/files/open/{server.control.file(picture())}"
    number = json.loads(post(key, **GOOD, media_url=url).content)[0]["service_request_id"]
    report = Report.objects.get(number=number)
    row = RemoteFile.objects.get(report=report)
    assert row.state == "waiting" and not report.attachments.exists()
    assert remote_files.fetch(row.pk) and not remote_files.fetch(row.pk)
    made = report.attachments.get()
    assert files.process(made.pk)
    made.refresh_from_db()
    assert made.state == Attachment.State.READY and not made.public and made.kind == "photo"


def test_the_address_is_stored_encrypted_and_leaves_with_its_report(server):
    report = make_report()
    remote_files.want(report, [f"{server.address}/files/open/siapa?token=rahasia"])
    raw = (
        RemoteFile.objects.filter(report=report).extra(select={"raw": "url"}).values_list("raw", flat=True)[0]
    )
    assert "rahasia" not in str(raw)
    erasing.erase(pk=report.pk, viewer=None, reason="request")
    row = RemoteFile.objects.get(report=report)
    assert (row.url, row.state) == ("", "failed") and not remote_files.sweep()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x.jpg", "http://localhost/x.jpg", "https://10.0.0.8/x.jpg",
        "http://169.254.169.254/latest/meta-data/", "http://[::1]/x.jpg", "http://[::ffff:10.1.1.1]/x",
        "http://0x7f000001/", "https://192.168.1.1:8443/cam.jpg",
    ],
)  # fmt: skip
def test_no_address_inside_is_dialled(url, settings):
    settings.CHANNEL_ALLOW_HOSTS = []
    row = fetched(url)
    assert row.state == "failed" and row.problem == "address_refused" and row.tries == 1


def test_a_redirect_to_the_inside_is_refused(server):
    server.control.fault("files", "redirect", to="http://169.254.169.254/latest/")
    row = fetched(f"{server.address}/files/open/x")
    assert (row.state, row.problem) == ("failed", "address_refused")


def test_what_is_no_picture_is_refused_by_the_pipeline(server):
    name = server.control.file(b"<html><script>alert(1)</script></html>", mime="image/jpeg")
    row = fetched(f"{server.address}/files/open/{name}")
    assert row.state == "done"
    files.process(row.attachment_id)
    row.attachment.refresh_from_db()
    assert row.attachment.state == Attachment.State.REFUSED


def test_a_picture_too_large_is_given_up(server, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 1000)
    row = fetched(f"{server.address}/files/open/{server.control.file(bytes(1001))}")
    assert (row.state, row.problem) == ("failed", "media_too_large")


def test_a_server_that_is_away_is_tried_again_and_then_given_up(server):
    server.control.fault("files", "error", code=503)
    row = fetched(f"{server.address}/files/open/x")
    assert row.state == "waiting" and row.next_try_at > timezone.now() + timedelta(seconds=20)
    for _ in range(remote_files.TRIES):
        RemoteFile.objects.filter(pk=row.pk).update(next_try_at=timezone.now())
        remote_files.sweep()
    row.refresh_from_db()
    assert (row.state, row.problem, row.tries) == ("failed", "provider_down", remote_files.TRIES)


def test_a_dead_workers_fetch_is_taken_up_after_its_claim(server):
    report = make_report()
    remote_files.want(report, [f"{server.address}/files/open/{server.control.file(picture())}"])
    row = RemoteFile.objects.get()
    RemoteFile.objects.update(
        next_try_at=timezone.now() + remote_files.CLAIM, tries=1
    )  # claimed, then killed
    assert remote_files.sweep() == 0
    RemoteFile.objects.update(next_try_at=timezone.now())
    assert remote_files.sweep() == 1
    row.refresh_from_db()
    assert row.state == "done"


@pytest.mark.parametrize("url", ["ftp://a.id/x", "javascript:alert(1)", "/x.jpg", "https://", "http://a b/"])
def test_an_address_that_is_none_names_its_field(key, lamp, url):
    answer = post(key, **GOOD, media_url=url)
    assert answer.status_code == 400
    assert json.loads(answer.content)[0]["description"].startswith("media_url")
    assert not Report.objects.exists()


def test_files_come_with_the_report(key, lamp, server):
    values = {**GOOD, "api_key": key, "media": SimpleUploadedFile("a.jpg", picture(), "image/jpeg")}
    answer = Client().post(f"{V2}/requests.json", values)
    assert answer.status_code == 200
    made = Report.objects.get().attachments.get()
    files.process(made.pk)
    made.refresh_from_db()
    assert made.state == Attachment.State.READY


def test_a_file_that_is_refused_takes_its_report_along_and_leaves_no_bytes(key, lamp, server, tmp_path):
    values = {
        **GOOD, "api_key": key,
        "media": [SimpleUploadedFile("a.jpg", picture()), SimpleUploadedFile("b.jpg", b"")],
    }  # fmt: skip
    answer = Client().post(f"{V2}/requests.json", values)
    assert answer.status_code == 400 and json.loads(answer.content)[0]["description"].startswith("media")
    assert not Report.objects.exists() and not Attachment.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_desk_sees_what_could_not_be_fetched_and_why(server):
    row = fetched(f"{server.address}/files/open/none?token=kuncinya")
    operator = client_of(make_user(Role.OPERATOR))
    page = operator.get(f"/reports/{row.report.number}/").content.decode()
    assert row.problem and "belum dapat diambil" in page and "127.0.0.1" in page and "kuncinya" not in page
    remote_files.want(row.report, [f"{server.address}/files/open/x"])
    page = operator.get(f"/reports/{row.report.number}/").content.decode()
    assert "sedang diambil" in page
