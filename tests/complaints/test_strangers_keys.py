"""A stranger who guesses a key, types another citizen's number, or holds another citizen's report number."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from complaints.models import Outbox, Report, Reporter
from complaints.services import classifying, filing, handling, merging, moving, telling
from complaints.services.reporters import reporter_for
from tests.complaints.devices import open_in, opened_in
from tests.factories.city import client_of, make_user
from tests.factories.complaints import make_category, make_channel, make_report, make_reporter

pytestmark = pytest.mark.django_db
PHONE = "0812 3333 4444"
ROOM = {"need": "maternity", "phone": PHONE, "address": "Gang Melati", "text": "Ketuban pecah"}


@pytest.fixture(autouse=True)
def web(db):
    return make_channel("web")


def of_a_post() -> Report:
    """A report made from a public post on X: its id is known to everybody, and so was its mark."""
    channel = make_channel("x")
    reporter = make_reporter(channel, name="Siti Contoh", phone="081200001111", email="siti@contoh.id")
    key = uuid.uuid5(handling.NAMESPACE, f"{channel.pk}:post:1790000000000000001")
    new = filing.NewReport(channel=channel, text="Jalan berlubang", uuid=key, reporter=reporter)
    return filing.file_report(new).report


def test_the_mark_of_another_channels_report_opens_nothing_at_the_room_form():
    report, stranger = of_a_post(), Client()
    stranger.post("/lapor/kamar/", {**ROOM, "key": str(report.uuid)})
    assert report.pk not in opened_in(stranger)
    assert stranger.get(f"/lapor/{report.number}/data.json").status_code == 404
    assert stranger.post(f"/lapor/{report.number}/hapus/").status_code == 404


def test_nor_does_it_tell_the_number_of_a_secret_report_at_the_door():
    report = of_a_post()
    Report.objects.filter(pk=report.pk).update(secret=True)
    values = {"text": "Lampu mati", "key": str(report.uuid)}
    for path in ("/lapor/kirim/", "/lapor/"):
        assert report.number not in Client().post(path, values).content.decode()


def test_a_key_taken_beforehand_swallows_no_message_of_a_provider():
    channel = make_channel("telegram")
    key = uuid.uuid5(handling.NAMESPACE, f"{channel.pk}:42")
    assert Client().post("/lapor/kirim/", {"text": "x marks", "key": str(key)}).status_code == 201
    filed = filing.file_report(filing.NewReport(channel=channel, text="Kebakaran di pasar", uuid=key))
    assert filed.created and Report.objects.count() == 2


def test_a_room_asked_for_twice_by_the_same_browser_is_one_request():
    phone, key = Client(), str(uuid.uuid4())
    for _turn in range(2):
        answer = phone.post("/lapor/kamar/", {**ROOM, "key": key}, follow=True)
        assert Report.objects.get().number in answer.content.decode()
    assert opened_in(phone) == [Report.objects.get().pk]


def test_who_types_another_citizens_number_neither_reads_nor_changes_his_contact(web):
    make_channel("email")
    victim = Client().post(
        "/lapor/kirim/",
        {"text": "Pungli di kantor", "key": str(uuid.uuid4()), "phone": PHONE, "name": "Siti Contoh",
         "email": "siti@contoh.id", "secret": "on"},
    ).json()  # fmt: skip
    stranger = Client()
    said = stranger.post(
        "/lapor/kirim/", {"text": "Lampu mati", "key": str(uuid.uuid4()), "phone": PHONE}
    ).json()
    data = stranger.get(f"/lapor/{said['number']}/data.json").content.decode()
    assert "Siti" not in data and "siti@contoh.id" not in data
    stranger.post(
        "/lapor/kirim/",
        {"text": "Lampu mati lagi", "key": str(uuid.uuid4()), "phone": PHONE, "email": "lain@contoh.id"},
    )
    report = Report.objects.get(number=victim["number"])
    assert (report.reporter.name, report.reporter.email) == ("Siti Contoh", "siti@contoh.id")
    moving.move(pk=report.pk, target="verified", viewer=None)
    assert set(Outbox.objects.filter(report=report).values_list("to", flat=True)) == {"siti@contoh.id"}
    stranger.post(f"/lapor/{said['number']}/hapus/")
    assert Reporter.objects.get(pk=report.reporter_id).phone == PHONE


def test_the_room_form_joins_nobody_to_a_number_either(web):
    person = reporter_for(channel=web, address="+6281233334444", name="Siti Contoh", phone=PHONE)
    make_report(reporter=person, channel=web)
    stranger = Client()
    stranger.post("/lapor/kamar/", {**ROOM, "name": "Orang Lain"})
    person.refresh_from_db()
    asked = Report.objects.get(kind="room")
    assert person.name == "Siti Contoh" and asked.reporter_id != person.pk
    assert "Siti" not in stranger.get(f"/lapor/{asked.number}/data.json").content.decode()


def test_two_taps_at_once_are_told_and_are_no_server_error(web, monkeypatch):
    """A row that somebody holds: the citizen reads that he should try again."""
    from complaints.services import reopening, writing

    report = make_report(channel=web, category=make_category())
    moving.move(pk=report.pk, target="verified", viewer=None)
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Sudah")
    citizen = Client()
    open_in(citizen, report)

    def held(*_args, **_words):
        raise writing.Conflict

    monkeypatch.setattr(reopening, "lock", held)
    answer = citizen.post(f"/lapor/{report.number}/nilai/", {"score": "4"}, follow=True)
    assert answer.status_code == 200 and "cp-" in answer.content.decode()


def test_a_duplicate_that_became_secret_leaves_the_page_of_its_main_report():
    main, copy = make_report("Jalan rusak"), make_report("Kepala dinas menerima suap")
    operator = make_user(Role.OPERATOR)
    merging.merge(pk=copy.pk, into=main.pk, viewer=viewer_of_user(operator))
    desk = client_of(operator)
    assert copy.number in desk.get(f"/reports/{main.number}/").content.decode()
    classifying.set_secret(pk=copy.pk, secret=True, text="Menyebut pejabat", viewer=viewer_of_user(operator))
    row = desk.get(f"/reports/{main.number}/").content.decode()
    assert "menerima suap" not in row


def test_a_partners_word_for_a_number_joins_nobody_to_it(web):
    """The users of a key are not ours to believe: the same contact twice is one row, another another."""
    channel = make_channel("partner")
    told = {"channel": channel, "address": "+6281233334444", "phone": PHONE, "claimed": True}
    first = reporter_for(**told, name="Siti Contoh", email="siti@contoh.id")
    assert reporter_for(**told, name="Siti Contoh", email="siti@contoh.id") == first
    assert reporter_for(**told, name="Siti Contoh", email="lain@contoh.id") != first
    first.refresh_from_db()
    assert first.email == "siti@contoh.id"


def test_a_caller_who_names_another_citizens_number_gets_nothing_of_his():
    channel, desk = make_channel("phone"), client_of(make_user(Role.OPERATOR))
    told = {"channel": channel.pk, "text": "Pohon tumbang", "phone": PHONE}
    for more in ({"name": "Siti Contoh", "email": "siti@contoh.id"}, {}, {"email": "lain@contoh.id"}):
        assert desk.post("/reports/new/", {**told, **more, "key": str(uuid.uuid4())}).status_code == 302
    first, silent, other = Report.objects.order_by("pk")
    assert (first.reporter.name, first.reporter.email) == ("Siti Contoh", "siti@contoh.id")
    assert (silent.reporter.name, silent.reporter.email) == ("", "")
    assert (other.reporter.name, other.reporter.email) == ("", "lain@contoh.id")


def test_nobodys_mailbox_is_filled_through_our_form():
    make_channel("email")
    victim = {"text": "Lampu mati", "email": "korban@contoh.example"}
    for n in range(telling.MOST_RECEIPTS + 3):
        made = Client().post("/lapor/kirim/", {**victim, "text": f"Lampu mati {n}", "key": str(uuid.uuid4())})
        assert made.status_code == 201 and made.json()["number"]
    assert Outbox.objects.filter(purpose="received").count() == telling.MOST_RECEIPTS
    Client().post("/lapor/kirim/", {**victim, "email": "lain@contoh.example", "key": str(uuid.uuid4())})
    assert Outbox.objects.filter(purpose="received").count() == telling.MOST_RECEIPTS + 1
