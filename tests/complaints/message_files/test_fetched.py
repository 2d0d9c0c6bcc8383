"""Files that messages bring, over the simulated providers: fetched, tried again, refused in words, shown."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from commandcenter import jobs
from commandcenter.city.roles import Role
from complaints.models import Attachment, Envelope, Message, Report
from complaints.services import files, handling, message_files, receiving, sending
from tests.complaints.message_files.posts import (
    FIVE,
    PHOTO,
    SERVER,
    channel_of,
    one,
    said,
    stored,
    turn,
    until_refused,
)
from tests.complaints.test_files import picture
from tests.factories.city import client_of, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", FIVE)
def test_a_photo_of_a_message_is_fetched_and_made_anew(sim, key, django_capture_on_commit_callbacks):
    channel_of(sim, key)
    said(sim, key, text="Lampu mati")
    row, report = one(), Report.objects.get()
    assert (row.report, row.message, row.position) == (report, Message.objects.get(), 0)
    assert (row.state, row.kind, row.public, report.text) == ("fetching", "photo", False, "Lampu mati")
    with django_capture_on_commit_callbacks() as after:
        assert message_files.fetch(row.pk) and not message_files.fetch(row.pk)
    names = [call.__qualname__.split(".")[0] for call in after]
    assert {"publish", "announce"} <= set(names), "open pages hear of it"
    row, rev = one(), report.rev
    assert (row.state, row.tries, row.sha256) == ("waiting", 0, hashlib.sha256(PHOTO).hexdigest())
    report.refresh_from_db()
    assert report.rev == rev, "and nobody's open form is thrown back"
    files.process(row.pk)
    assert (one().state, one().exif_lat) == ("ready", pytest.approx(-6.12))


@pytest.mark.parametrize("key", FIVE)
def test_nothing_of_where_a_file_lies_is_kept_beside_it(sim, key):
    channel_of(sim, key)
    name = sim.control.file(PHOTO)
    said(sim, key, name=name)
    message_files.fetch(one().pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(a)::text FROM complaints_attachment a")
        assert name not in cursor.fetchone()[0].replace(hashlib.sha256(PHOTO).hexdigest(), "")


@pytest.mark.parametrize("key", FIVE)
def test_a_file_that_is_gone_is_told_in_words(sim, key):
    channel_of(sim, key)
    said(sim, key, name="none")
    row = turn()
    assert (row.state, row.problem, row.next_try_at) == ("refused", "gone_at_provider", None)
    page = client_of(make_user(Role.OPERATOR)).get(f"/reports/{row.report.number}/").content.decode()
    assert "Minta warga mengirimnya lagi" in page


@pytest.mark.parametrize("key", ["messenger", "instagram"])
def test_an_address_that_is_over_is_a_file_that_is_gone(sim, key):
    """Their signed addresses answer 403 when their time is over; no token of ours is at fault."""
    channel = channel_of(sim, key)
    said(sim, key)
    sim.control.fault("files", "error", code=403)
    assert (turn().state, one().problem) == ("refused", "gone_at_provider")
    channel.refresh_from_db()
    assert channel.failing_since is None


@pytest.mark.parametrize("key", FIVE)
def test_a_provider_that_is_away_is_asked_again_and_then_no_more(sim, key):
    channel_of(sim, key)
    said(sim, key)
    sim.control.fault(SERVER[key], "error")
    row, waits = turn(), []
    while row.state == "fetching":
        assert row.problem == "provider_away"
        waits.append((row.next_try_at - timezone.now()).total_seconds())
        assert not message_files.fetch(row.pk), "not before its turn"
        row = turn()
    assert (row.state, row.problem, len(waits)) == ("refused", "provider_away", message_files.TRIES - 1)
    assert waits == sorted(waits) and 20 < waits[0] < 40 and waits[-1] > 3600
    assert stored() == []


@pytest.mark.parametrize("fault", ["drop", "short", "drip", "stall"])
def test_a_slow_or_broken_line_then_a_good_one(sim, monkeypatch, fault):
    monkeypatch.setattr(message_files, "FILE_S", 1.5)
    channel_of(sim, "messenger")
    said(sim, "messenger")
    sim.control.fault("files", fault)
    assert (turn().state, one().problem, stored()) == ("fetching", "provider_away", [])
    sim.control.clear()
    assert (turn().state, one().problem, one().size) == ("waiting", "", len(PHOTO))


@pytest.mark.parametrize("key", FIVE)
def test_a_page_instead_of_the_picture(sim, key):
    channel_of(sim, key)
    said(sim, key, content=b"\n<!DOCTYPE html><title>Log in</title>" + bytes(600))
    assert (turn().state, one().problem) == ("fetching", "page_not_file")
    assert (until_refused().problem, stored()) == ("page_not_file", [])


@pytest.mark.parametrize("key", FIVE)
def test_a_file_that_is_too_large(sim, key):
    channel_of(sim, key)
    said(sim, key, content=b"\xff\xd8\xff" + bytes(15_000_000))
    assert (turn().state, one().problem, stored()) == ("refused", "too_large", [])


def test_a_server_without_end_is_left(sim):
    channel_of(sim, "instagram")
    said(sim, "instagram")
    sim.control.fault("files", "huge")
    assert (turn().state, one().problem, stored()) == ("refused", "too_large", [])


def test_what_arrives_is_compared_with_what_was_announced(sim):
    channel_of(sim, "whatsapp")

    def digest(content: bytes):
        def change(value):
            image = value["entry"][0]["changes"][0]["value"]["messages"][0]["image"]
            image["sha256"] = base64.b64encode(hashlib.sha256(content).digest()).decode()
            return value

        return change

    said(sim, "whatsapp", change=digest(b"another"))
    assert (turn().state, one().problem, stored()) == ("fetching", "digest_differs", [])
    assert (until_refused().problem, stored()) == ("digest_differs", [])
    Attachment.objects.all().delete()
    said(sim, "whatsapp", change=digest(PHOTO))
    assert turn().state == "waiting"


@pytest.mark.parametrize("key", ["whatsapp", "telegram", "x"])
def test_a_token_that_is_over_costs_no_try_and_is_seen_at_the_channel(sim, key):
    good = json.dumps(sim.secrets[key])
    channel = channel_of(sim, key, token="123456789:WRONG-bot-token-that-is-no-secret-0")
    said(sim, key)
    for _ in range(message_files.TRIES + 2):
        assert (turn().state, one().problem, one().tries) == ("fetching", "token_refused", 0)
    channel.refresh_from_db()
    assert channel.failing_since and "token" in channel.last_problem
    channel.secrets = good
    channel.save()
    Attachment.objects.update(next_try_at=timezone.now() + timedelta(minutes=10))
    assert message_files.sweep() == 0
    sending.wake(channel)
    assert message_files.sweep() == 1 and message_files.fetch(one().pk) and one().state == "waiting"
    channel.refresh_from_db()
    assert (channel.failing_since, channel.last_problem) == (None, "")


def test_a_token_that_nobody_mends_ends_in_words(sim):
    channel_of(sim, "whatsapp", token="")
    said(sim, "whatsapp")
    Attachment.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert (turn().state, one().problem) == ("refused", "not_fetched")


def test_a_replay_of_the_post_and_of_the_envelope_makes_no_second_rows(sim):
    channel_of(sim, "whatsapp")
    for _ in range(3):
        said(sim, "whatsapp", number=4711)
        Envelope.objects.update(handled_at=None, tries=0)
        handling.sweep()
    assert (Attachment.objects.count(), Message.objects.count()) == (1, 1)
    Envelope.objects.update(external_id="moved")  # a provider that calls the same event otherwise
    said(sim, "whatsapp", number=4711)
    assert (Envelope.objects.count(), Attachment.objects.count()) == (2, 1)


def test_text_then_photos_are_one_report_with_its_files(sim):
    channel_of(sim, "whatsapp")
    said(sim, "whatsapp", what="text", text="Pohon tumbang")
    said(sim, "whatsapp")
    said(sim, "whatsapp", content=picture("PNG"))
    report = Report.objects.get()
    assert report.attachments.count() == 2 and report.text == "Pohon tumbang"
    texts = list(Message.objects.order_by("pk").values_list("text", flat=True))
    assert texts == ["Pohon tumbang", *2 * ["[1 berkas dikirim]"]], "said only where nothing else was"
    for row in Attachment.objects.all():
        message_files.fetch(row.pk)
        files.process(row.pk)
    assert set(report.attachments.values_list("state", flat=True)) == {"ready"}


def test_fetching_has_a_queue_of_its_own_and_begins_after_commit(
    sim, django_capture_on_commit_callbacks, monkeypatch
):
    channel_of(sim, "telegram")
    sent: list[tuple[Any, ...]] = []
    with django_capture_on_commit_callbacks(execute=True):
        monkeypatch.setattr(jobs, "send", lambda *args, **more: sent.append((*args, more["queue"])))
        said(sim, "telegram")
        assert not any(task[0] == message_files.FETCH for task in sent)
    assert (message_files.FETCH, one().pk, "fetch") in sent
    with django_capture_on_commit_callbacks(execute=True):
        message_files.fetch(one().pk)
    assert (files.PROCESS, one().pk, "files") in sent
    assert message_files.sweep() == 0 and files.sweep() == 1


def letter(*attachments: tuple[str, str, bytes]) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "siti@example.org", "lapor@kota.example", "Banjir"
    made["Message-ID"] = "<foto@example.org>"
    made.set_content("Air masuk rumah.")
    for mime, name, content in attachments:
        made.add_attachment(content, maintype=mime.split("/")[0], subtype=mime.split("/")[1], filename=name)
    return made.as_bytes().replace(b"\n", b"\r\n")


def test_a_letter_brings_its_files_along_and_archives_stay_shut(sim):
    channel = channel_of(sim, "email")
    parts = [("image/jpeg", "banjir.jpg", PHOTO), ("application/zip", "foto.zip", b"PK\x03\x04" + bytes(90))]
    receiving.take(channel, {"X-Mail-Secret": sim.config.mail_secret}, letter(*parts))
    handling.sweep()
    for row in Attachment.objects.all():
        message_files.fetch(row.pk)
    photo, packed = Attachment.objects.order_by("position")
    assert (photo.state, photo.name, photo.size) == ("waiting", "banjir.jpg", len(PHOTO))
    assert (packed.state, packed.problem, packed.original) == ("refused", "packed", "")
    files.process(photo.pk)
    photo.refresh_from_db()
    assert photo.state == "ready" and "berkas" not in Report.objects.get().text


def test_a_letter_full_of_files_says_how_many_were_left_out(sim):
    channel = channel_of(sim, "email")
    parts = [("image/jpeg", f"banjir-{n}.jpg", PHOTO) for n in range(27)]
    receiving.take(channel, {"X-Mail-Secret": sim.config.mail_secret}, letter(*parts))
    handling.sweep()
    assert Attachment.objects.count() == message_files.MOST
    assert Report.objects.get().text == "Banjir\nAir masuk rumah.\n[hanya 20 dari 27 berkas yang diambil]"


def test_a_message_full_of_files_is_taken_in_part_and_says_so(sim):
    channel_of(sim, "partner")
    one_file = {"url": f"{sim.address}/files/open/x", "mime": "image/jpeg"}
    said(sim, "partner", text="Banjir", change=lambda value: value | {"attachments": [one_file] * 23})
    assert Attachment.objects.count() == message_files.MOST
    assert Report.objects.get().text == "Banjir\n[hanya 20 dari 23 berkas yang diambil]"


def test_a_report_has_room_for_so_many_files(sim, monkeypatch):
    monkeypatch.setattr(message_files, "MOST_OF_REPORT", 2)
    channel_of(sim, "whatsapp")
    for _ in range(4):
        said(sim, "whatsapp")
    states = Attachment.objects.order_by("pk").values_list("state", "problem")
    assert list(states) == [("fetching", ""), ("fetching", ""), *2 * [("refused", "too_many")]]


def test_the_page_of_the_report_shows_each_file_as_it_is(sim):
    channel_of(sim, "whatsapp")
    said(sim, "whatsapp", text="Jalan rusak")
    client = client_of(make_user(Role.OPERATOR))

    def page() -> str:
        return client.get(f"/reports/{Report.objects.get().number}/").content.decode()

    assert "foto: sedang diambil" in page()
    sim.control.fault("files", "error")
    turn()
    assert "Akan dicoba lagi." in page()
    sim.control.clear()
    turn()
    assert "foto: sedang diperiksa" in page() and "Akan dicoba lagi." not in page()
    files.process(one().pk)
    assert f"/reports/files/{one().uuid}/thumb/" in page()
