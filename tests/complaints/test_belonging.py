"""Whose conversation a message joins: nobody writes into another citizen's, nothing into an erased one."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from complaints.channels.email import read_token, reply_token
from complaints.models import Envelope, Message, Outbox, Report, Reporter
from complaints.services import erasing, handling, moving, receiving
from complaints.services.reporters import reporter_for
from tests.complaints.channels import samples
from tests.complaints.channels.test_signatures import proof
from tests.factories.complaints import make_channel, make_report

pytestmark = pytest.mark.django_db
SECRETS = {"reply_secret": "balas", "inbound_secret": "mail-secret"}


@pytest.fixture
def mail():
    settings = {"address": "lapor@kota.example", "authserv_id": "mx.kota.example"}
    return make_channel("email", secrets=json.dumps(SECRETS), settings=settings)


@pytest.fixture
def wa():
    secrets = '{"app_secret": "app-secret"}'
    return make_channel("whatsapp", secrets=secrets, settings={"phone_number_id": "1"})


def letter(
    sender="siti@example.org", to="lapor@kota.example", text="Masih gelap.", name="a1", **headers
) -> bytes:
    lines = {"From": sender, "To": to, "Subject": "Lampu", "Message-ID": f"<{name}@example.org>", **headers}
    head = "\r\n".join(f"{key.replace('_', '-')}: {value}" for key, value in lines.items())
    return f"{head}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()


def arrives(channel, raw: bytes) -> None:
    receiving.take(channel, proof(channel.kind, raw), raw)
    handling.sweep()


def reply_to(report) -> str:
    return f"lapor+{reply_token(report.number.replace('-', ''), 'balas')}@kota.example"


@pytest.fixture
def of_siti(mail):
    """A report Siti wrote a letter about, some days ago."""
    arrives(mail, letter(text="Lampu mati di gang kami.", name="first"))
    Report.objects.update(received_at=timezone.now() - timezone.timedelta(days=3))
    return Report.objects.get()


def test_an_answer_to_our_letter_joins_its_report(mail, of_siti):
    assert read_token(reply_to(of_siti).partition("+")[2].partition("@")[0], SECRETS)
    arrives(mail, letter(to=reply_to(of_siti), name="a2"))
    assert Report.objects.count() == 1
    assert list(Message.objects.order_by("pk").values_list("text", flat=True))[1].endswith("Masih gelap.")


def test_a_forwarded_letter_is_no_key_to_somebody_elses_conversation(mail, of_siti):
    arrives(mail, letter("tetangga@example.net", reply_to(of_siti), "Tolong tutup saja.", "b1"))
    other = Report.objects.exclude(pk=of_siti.pk).get()
    assert other.flags == ["foreign_reply"] and "Tolong tutup" in other.text
    assert Message.objects.filter(report=of_siti).count() == 1
    of_siti.refresh_from_db()
    assert of_siti.unread == 0


def test_nor_is_the_message_id_of_our_letter(mail, of_siti):
    Outbox.objects.create(
        channel=mail,
        report=of_siti,
        purpose="answer",
        key="k",
        state="sent",
        external_id="<ours@kota.example>",
    )
    stranger = letter("tetangga@example.net", name="b2", In_Reply_To="<ours@kota.example>")
    arrives(mail, stranger)
    assert Report.objects.exclude(pk=of_siti.pk).get().flags == ["foreign_reply"]
    arrives(mail, letter(name="a3", In_Reply_To="<ours@kota.example>"))
    assert Message.objects.filter(report=of_siti).count() == 2


def test_who_follows_along_may_answer_too(mail, of_siti):
    from complaints.models import Subscription

    friend = reporter_for(channel=make_channel("whatsapp"), address="62811", email="Budi@example.net")
    Subscription.objects.create(report=of_siti, reporter=friend)
    arrives(mail, letter("budi@example.net", reply_to(of_siti), name="c1"))
    assert Message.objects.filter(report=of_siti).count() == 2


def test_a_report_of_the_web_form_is_answered_by_letter(mail):
    person = reporter_for(channel=make_channel("web"), email="siti@example.org")
    report = make_report(reporter=person)
    arrives(mail, letter(to=reply_to(report)))
    assert Message.objects.filter(report=report).count() == 2


FORGED = {"Authentication_Results": "mx.kota.example; dmarc=fail header.from=example.org"}
GENUINE = {"Authentication_Results": "mx.kota.example; dmarc=pass header.from=example.org"}


def test_a_forged_sender_joins_nothing_and_is_marked(mail, of_siti):
    arrives(mail, letter(to=reply_to(of_siti), name="d1", **FORGED))
    arrives(mail, letter(text=f"Tentang {of_siti.number}", name="d2", **FORGED))
    moving.move(pk=of_siti.pk, target="waiting", viewer=None)
    arrives(mail, letter(name="d3", **FORGED))
    assert Message.objects.filter(report=of_siti).count() == 1
    strange = Report.objects.exclude(pk=of_siti.pk)
    assert len(strange) == 3 and all("doubtful_sender" in row.flags for row in strange)


def test_what_the_mail_server_found_out_stands_beside_the_words(mail, of_siti):
    arrives(mail, letter(to=reply_to(of_siti), name="e1", **GENUINE))
    arrives(mail, letter("baru@example.net", name="e2", **FORGED))
    arrives(mail, letter("lain@example.net", name="e3"))
    lies = {"Authentication_Results": "mx.penipu.example; dmarc=pass"}
    arrives(mail, letter("lagi@example.net", name="e4", **lies))
    assert list(Message.objects.order_by("pk").values_list("proof", flat=True)) == [
        "none", "pass", "fail", "none", "none",
    ]  # fmt: skip


def test_a_channel_without_a_mail_server_of_its_own_believes_nobodys_results(mail, of_siti):
    mail.settings = {"address": "lapor@kota.example"}
    mail.save()
    arrives(mail, letter("x@example.net", name="f1", Authentication_Results="-; dmarc=pass"))
    assert Message.objects.latest("pk").proof == "none"


def test_an_erased_report_takes_no_more_words(mail, wa, of_siti):
    to = reply_to(of_siti)
    erasing.erase(pk=of_siti.pk, viewer=None, reason="request")
    arrives(mail, letter(to=to, name="g1"))
    assert Message.objects.filter(report=of_siti).count() == 1
    arrives(wa, samples.whatsapp(samples.wa_text()))
    gone = Report.objects.get(channel=wa)
    Outbox.objects.filter(report=gone).update(external_id="wamid.OUT")
    erasing.erase(pk=gone.pk, viewer=None, reason="request")
    Reporter.objects.filter(pk=gone.reporter_id).update(erased_at=None)
    answer = samples.wa_text("wamid.A9", "masih mati", context={"id": "wamid.OUT"})
    arrives(wa, samples.whatsapp(answer))
    assert Report.objects.filter(channel=wa).count() == 2
    assert set(Message.objects.filter(report=gone).values_list("text", flat=True)) == {"–"}


def test_a_citizen_who_hides_the_number_later_stays_one_person(wa):
    arrives(wa, samples.whatsapp(samples.wa_text()))
    hidden = samples.wa_text("wamid.H1", "di depan pasar")
    del hidden["from"]
    arrives(wa, samples.whatsapp(hidden, contacts=[{"profile": {"name": "Warga A"}, "user_id": "ID.2081"}]))
    person = Reporter.objects.get()
    assert person.address == "62811000" and person.phone == "+62811000"
    assert Report.objects.count() == 1 and Message.objects.count() == 2


def test_who_shows_the_number_later_is_no_second_person_either(wa):
    hidden = samples.wa_text()
    del hidden["from"]
    arrives(wa, samples.whatsapp(hidden, contacts=[{"profile": {"name": "Warga A"}, "user_id": "ID.2081"}]))
    arrives(wa, samples.whatsapp(samples.wa_text("wamid.H2", "di depan pasar")))
    assert Reporter.objects.get().phone == "+62811000" and Report.objects.count() == 1
    only_number = samples.wa_text("wamid.H3", "ada lagi")
    del only_number["from_user_id"]
    arrives(wa, samples.whatsapp(only_number, contacts=[]))
    assert Reporter.objects.count() == 1


def test_forgetting_a_person_forgets_the_further_ids(wa):
    arrives(wa, samples.whatsapp(samples.wa_text()))
    person = Reporter.objects.get()
    assert person.aliases.count() == 1
    erasing.forget(person)
    assert not person.aliases.exists()


def test_what_was_written_to_another_number_of_the_business_is_kept_and_not_filed(wa):
    wa.settings = {"phone_number_id": "77"}
    wa.save()
    arrives(wa, samples.whatsapp(samples.wa_text()))
    kept = Envelope.objects.get()
    assert kept.handled_at and "another account" in kept.problem and not Report.objects.exists()
    assert b"lampu PJU mati" in bytes(kept.raw) and not Reporter.objects.exists()
    wa.refresh_from_db()


@pytest.mark.parametrize(("kind", "ours"), [("messenger", "PAGE"), ("instagram", "PAGE")])
def test_a_page_files_its_own_messages_only(kind, ours):
    channel = make_channel(kind, secrets='{"app_secret": "app-secret"}', settings={"account_id": ours})
    talk = samples.talk()
    arrives(channel, samples.page(talk, object="page" if kind == "messenger" else kind))
    assert Report.objects.count() == 1
    channel.settings = {"account_id": "OTHER"}
    channel.save()
    later = samples.talk("m_2", "lain")
    arrives(channel, samples.page(later, object="page" if kind == "messenger" else kind))
    assert Report.objects.count() == 1 and "another account" in Envelope.objects.latest("pk").problem
