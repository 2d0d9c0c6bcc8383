"""Files on their way: streamed in, looked through, made anew by a worker that may die, never shown before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from commandcenter import jobs
from commandcenter.city.media import child, scanning
from commandcenter.city.media.problems import Problem, Refused
from complaints.models import Attachment
from complaints.services import erasing, files, remaking
from tests.complaints.media import films
from tests.complaints.media.clamd import WORD
from tests.complaints.test_files import picture
from tests.factories.complaints import make_report

pytestmark = pytest.mark.django_db


def taken(
    content: bytes, name: str = "IMG_0001.MOV", declared: str = "video/quicktime", **more
) -> Attachment:
    return files.take([content], name=name, declared=declared, **({"draft": uuid.uuid4()} | more))


def test_a_video_of_a_telephone_is_ready_with_poster_and_thumbnail(short_film):
    row = taken(short_film, report=make_report(), draft=None)
    before = row.report.rev
    assert files.process(row.pk) and not files.process(row.pk)
    row.refresh_from_db()
    assert (row.state, row.kind, row.mime, row.problem) == ("ready", "video", "video/mp4", "")
    assert (row.width, row.height) == (180, 320) and row.seconds > 0.8 and row.exif_lat
    for path, start in ((row.served, b"ftyp"), (row.poster, b"\xd8\xff"), (row.thumb, b"\xd8\xff")):
        content = files.read(path)
        assert start in content[:8] and films.SECRET.encode() not in content and b"06.12" not in content
    row.report.refresh_from_db()
    assert row.report.rev == before, "a file that is ready clashes with nobody's open form"


@pytest.mark.parametrize(
    ("content", "name", "declared", "problem"),
    [
        (picture(), "foto.exe", "image/jpeg", "name_disagrees"),
        (picture(), "laporan\u202egpj.html", "", "name_disagrees"),
        (picture(), "a\0b/../../foto.php", "", "name_disagrees"),
        (picture(), "foto.jpg", "text/html", "name_disagrees"),
        (picture(), "foto.mp4", "video/mp4", "name_disagrees"),
        (b"<script>alert(1)</script>", "foto.jpg", "image/jpeg", "type_not_allowed"),
        (b"PK\x03\x04" + b"\0" * 900, "foto.jpg", "image/jpeg", "type_not_allowed"),
        (b"\xff\xd8\xff\xe0" + b"PK\x03\x04" * 200, "foto.jpg", "image/jpeg", "undecodable"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0" * 900, "v.mp4", "video/mp4", "undecodable"),
    ],
)
def test_tricks_are_refused_with_a_word_and_nothing_is_served(content, name, declared, problem):
    row = taken(content, name, declared)
    files.process(row.pk)
    row.refresh_from_db()
    assert (row.state, row.problem, row.served, row.thumb) == ("refused", problem, "", "")
    assert not set(row.name) & set("/\\\0\u202e")


def test_a_page_behind_a_photo_is_not_carried_over():
    """A polyglot: a good picture with a page, a program and an archive behind it."""
    row = taken(picture() + b"<html><script>alert(1)</script>PK\x03\x04", "foto.jpg", "image/jpeg")
    files.process(row.pk)
    row.refresh_from_db()
    assert row.state == "ready" and b"script" not in files.read(row.served)
    assert b"PK\x03\x04" not in files.read(row.served)


def test_a_long_video_is_refused_in_words(short_film, settings):
    settings.REPORT_VIDEO_SECONDS = -1
    row = taken(short_film)
    files.process(row.pk)
    row.refresh_from_db()
    assert (row.state, row.problem) == ("refused", "too_long")


def test_a_video_may_be_larger_than_a_photo_and_is_never_whole_in_memory(settings):
    settings.REPORT_VIDEO_MB = 20
    head = b"\0\0\0\x18ftypisom\0\0\0\0isommp42"

    def chunks(first: bytes, megabytes: int):
        yield first
        for _ in range(megabytes):
            yield bytes(1_000_000)

    row = files.take(chunks(head, 19), name="v.mp4", draft=uuid.uuid4())
    assert row.size == 19_000_024 and default_storage.size(row.original) == row.size and row.kind == "video"
    with pytest.raises(ValidationError, match="20 MB"):
        files.take(chunks(head, 20), name="v.mp4", draft=uuid.uuid4())
    with pytest.raises(ValidationError, match="15 MB"):
        files.take(chunks(b"\xff\xd8\xff", 15), name="f.jpg", draft=uuid.uuid4())
    assert len(default_storage.listdir("reports")[1]) == 1


def test_files_go_to_workers_of_their_own(django_capture_on_commit_callbacks, monkeypatch):
    sent: list[tuple] = []
    monkeypatch.setattr(jobs, "send", lambda task, *args, **more: sent.append((task, args, more["queue"])))
    with django_capture_on_commit_callbacks(execute=True):
        row = taken(picture(), "a.jpg", "")
    assert sent == [("complaints.process_attachment", (row.pk,), "files")]


def test_nothing_is_opened_before_the_virus_scan_said_yes(scanner, settings):
    settings.CLAMAV = scanner.wanted if scanner.wanted.startswith("unix") else "tcp:127.0.0.1:9"
    row = taken(picture(), "a.jpg", "")
    for _ in range(5):  # a scanner that is away costs no try
        Attachment.objects.update(next_try_at=None)
        files.process(row.pk)
    row.refresh_from_db()
    assert (row.state, row.problem, row.served, row.tries) == ("waiting", "scanner_away", "", 0)
    assert row.next_try_at > timezone.now() and files.sweep() == 0
    settings.CLAMAV = scanner.start()
    Attachment.objects.update(next_try_at=timezone.now())
    assert files.sweep() == 1
    row.refresh_from_db()
    assert (row.state, row.problem) == ("ready", "")
    bad = taken(picture() + WORD, "b.jpg", "")
    files.process(bad.pk)
    bad.refresh_from_db()
    assert (bad.state, bad.problem, bad.served) == ("refused", "infected", "")


def test_the_scanner_says_no_verdict_where_it_did_not_read_everything(scanner):
    address = scanner.start(limit=1000)
    scanning.scan(address, [b"x" * 900])
    with pytest.raises(scanning.ScannerAway):
        scanning.scan(address, [b"x" * 3_000_000])
    with pytest.raises(Refused):
        scanning.scan(address, [b"a", WORD[:10], WORD[10:]])
    scanner.stop()
    with pytest.raises(scanning.ScannerAway):
        scanning.scan(address, [b"x"])


def test_a_file_that_is_being_made_is_nobody_elses_and_comes_back_when_its_worker_is_gone():
    row = taken(picture(), "a.jpg", "")
    assert remaking.claim(row.pk, "waiting", timedelta(seconds=90)).tries == 1
    assert not files.process(row.pk) and files.sweep() == 0
    Attachment.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    assert files.sweep() == 1
    row.refresh_from_db()
    assert (row.state, row.tries, row.next_try_at) == ("ready", 2, None)


def test_a_file_that_took_three_workers_with_it_is_given_up():
    row = taken(picture(), "a.jpg", "")
    Attachment.objects.update(tries=3)
    files.process(row.pk)
    row.refresh_from_db()
    assert (row.state, row.problem) == ("refused", "gave_up")


def test_what_is_erased_while_it_is_made_stays_erased(short_film, monkeypatch):
    report = make_report()
    row = taken(short_film, report=report, draft=None)
    make = child.make

    def slow(*args):
        made = make(*args)
        erasing.erase(pk=report.pk, viewer=None, reason="request")
        return made

    monkeypatch.setattr(child, "make", slow)
    files.process(row.pk)
    row.refresh_from_db()
    assert (row.state, row.served, row.thumb, row.exif_lat) == ("erased", "", "", None)
    assert default_storage.listdir("reports")[1] == []


def test_a_lost_original_is_tried_again_and_then_told():
    row = taken(picture(), "a.jpg", "")
    default_storage.delete(row.original)
    for state in ("waiting", "waiting", "refused"):
        Attachment.objects.update(next_try_at=None)
        files.process(row.pk)
        row.refresh_from_db()
        assert (row.state, row.problem) == (state, Problem.STORAGE.value)


WORKER = """
import sys, django
django.setup()
from django.conf import settings
settings.MEDIA_ROOT = sys.argv[2]
settings.DATABASES["default"]["NAME"] = sys.argv[3]
from complaints.services import files
files.process(int(sys.argv[1]))
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_nothing(settings, tmp_path):
    """A real process is killed while its child decodes; the sweep finishes when the claim is over."""
    content = films.film(tmp_path / "film", size=(1280, 720), codec="mpeg4", seconds=4, sound="")
    row = taken(content)
    name = connection.settings_dict["NAME"]
    command = [sys.executable, "-c", WORKER, str(row.pk), str(settings.MEDIA_ROOT), name]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "commandcenter.settings", "CC_TESTING": "1"}
    worker = subprocess.Popen(command, cwd=child.ROOT, env=environment)
    deadline = time.monotonic() + 90
    while not row.tries and worker.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
        row.refresh_from_db()
    time.sleep(0.3)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    row.refresh_from_db()
    assert (row.state, row.tries, row.served) == ("waiting", 1, "") and files.sweep() == 0
    Attachment.objects.update(next_try_at=timezone.now())
    assert files.sweep() == 1
    row.refresh_from_db()
    assert (row.state, row.tries) == ("ready", 2)
