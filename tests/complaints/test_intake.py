"""A provider's post on its whole road: verified, stored, made into reports; and answers going out."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client
from django.utils import timezone

from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from complaints.models import Channel, Envelope, Message, Outbox, Report, Reporter
from complaints.services import handling, moving, sending, talking
from tests.complaints.channels.samples import telegram, wa_kind, wa_text, whatsapp
from tests.factories.city import make_user
from tests.factories.complaints import make_channel

pytestmark = pytest.mark.django_db
SECRET = {"app_secret": "rahasia-uji", "verify_token": "cocok", "token": "t"}


@pytest.fixture
def wa() -> Channel:
    return make_channel("whatsapp", slug="wa", secrets=json.dumps(SECRET), settings={"phone_number_id": "1"})


def signed(raw: bytes, secret: str = SECRET["app_secret"]) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}


def post(raw: bytes, headers: dict[str, str] | None = None, slug: str = "wa"):
    headers = signed(raw) if headers is None else headers
    return Client().post(f"/hooks/{slug}/", raw, content_type="application/json", headers=headers)


def handled() -> None:
    handling.sweep()


def test_the_handshake_echoes_the_challenge_and_only_to_who_knows_the_word(wa):
    good = {"hub.mode": "subscribe", "hub.verify_token": "cocok", "hub.challenge": "12345"}
    assert Client().get("/hooks/wa/", good).content == b"12345"
    assert Client().get("/hooks/wa/", {**good, "hub.verify_token": "salah"}).status_code == 403
    assert Client().get("/hooks/tak-ada/", good).status_code == 404


def test_a_message_becomes_a_report_of_a_known_person(wa):
    assert post(whatsapp(wa_text())).status_code == 200
    assert Envelope.objects.get().handled_at is None
    handled()
    report = Report.objects.get()
    assert report.text == "lampu PJU mati" and report.sent_at == datetime.fromtimestamp(1778579582, UTC)
    assert report.reporter.name == "Warga A" and report.envelope == Envelope.objects.get()
    assert Message.objects.get().external_id == "wamid.A1"
    wa.refresh_from_db()
    assert wa.last_in_at


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"X-Hub-Signature-256": "sha256=" + "0" * 64}, 403),
        ({"X-Hub-Signature-256": "sha1=x"}, 403),
    ],
)
def test_an_unsigned_post_is_refused_and_nothing_is_kept(wa, headers, status):
    assert post(whatsapp(wa_text()), headers).status_code in {status, 401, 403}
    assert not Envelope.objects.exists()


def test_a_body_that_was_changed_on_the_way_is_refused(wa):
    raw = whatsapp(wa_text())
    assert post(raw.replace(b"mati", b"MATI"), signed(raw)).status_code == 403
    assert not Envelope.objects.exists()


def test_a_replay_six_hundred_times_is_one_report(wa):
    raw = whatsapp(wa_text())
    for turn in range(600):
        assert post(raw).status_code == 200
        if turn in {0, 1, 300}:
            handled()
    handled()
    assert (Envelope.objects.count(), Report.objects.count(), Message.objects.count()) == (1, 1, 1)


def test_several_messages_in_one_post_are_one_report_of_one_person(wa):
    place = wa_kind("location", {"latitude": -6.12, "longitude": 106.15, "address": "Ciruas"}, "wamid.A3")
    post(whatsapp(wa_text(), wa_text("wamid.A2", "di depan pasar"), {**place, "from_user_id": "ID.2081"}))
    handled()
    report = Report.objects.get()
    assert Envelope.objects.count() == 3 and Message.objects.filter(report=report).count() == 3
    assert (report.lat, report.address) == (-6.12, "Ciruas")


def test_an_edit_before_its_message_waits_for_it(wa):
    change = wa_kind(
        "edit",
        {"original_message_id": "wamid.A1", "message": {"type": "text", "text": {"body": "PJU padam"}}},
        "wamid.E1",
    )
    post(whatsapp({**change, "from_user_id": "ID.2081"}))
    handled()
    assert not Report.objects.exists()
    post(whatsapp(wa_text()))
    handled()
    handled()
    kinds = list(Message.objects.order_by("pk").values_list("kind", "text"))
    assert kinds == [("text", "lampu PJU mati"), ("edit", "PJU padam")]
    assert Report.objects.get().text == "lampu PJU mati"  # what was said first stays


def test_an_unknown_kind_is_kept_and_breaks_nothing(wa):
    assert post(whatsapp(wa_kind("hologram", {"x": 1}))).status_code == 200
    assert post(b'{"object":"whatsapp_business_account","entry":[]}').status_code == 200
    handled()
    assert Envelope.objects.count() == 2 and not Envelope.objects.waiting().exists()
    assert not Report.objects.exists()


def test_an_answer_to_a_question_goes_on_with_the_waiting_report(wa):
    post(whatsapp(wa_text()))
    handled()
    report = Report.objects.get()
    moving.move(pk=report.pk, target="waiting", viewer=None)
    Report.objects.filter(pk=report.pk).update(received_at=timezone.now() - timedelta(days=3))
    post(whatsapp(wa_text("wamid.B1", "Di RT 05")))
    handled()
    assert Report.objects.get().status == "new" and Message.objects.count() == 2


def test_a_later_message_is_a_new_report_unless_it_names_the_number(wa):
    post(whatsapp(wa_text()))
    handled()
    report = Report.objects.get()
    Report.objects.filter(pk=report.pk).update(received_at=timezone.now() - timedelta(days=3))
    post(whatsapp(wa_text("wamid.B1", f"Untuk {report.number.lower()}: masih gelap")))
    post(whatsapp(wa_text("wamid.B2", "Sampah menumpuk")))
    handled()
    assert Report.objects.count() == 2
    assert Message.objects.filter(report=report).count() == 2
    assert Reporter.objects.count() == 1


def test_statuses_of_a_delivery_only_move_forward(wa):
    row = Outbox.objects.create(channel=wa, purpose="x", key="x", state="sent", external_id="wamid.OUT")
    for state, kept in (("read", "read"), ("sent", "read"), ("delivered", "read")):
        status = {"id": "wamid.OUT", "status": state, "timestamp": "1778579582", "recipient_id": "62811000"}
        post(whatsapp(statuses=[status]))
        handled()
        row.refresh_from_db()
        assert row.state == kept


def test_a_channel_that_is_switched_off_takes_nothing(wa):
    Channel.objects.update(enabled=False)
    assert post(whatsapp(wa_text())).status_code == 404


class Provider(BaseHTTPRequestHandler):
    """A Telegram of our own: it remembers what it was asked and answers as it is told."""

    asked: list[tuple[str, dict[str, object]]] = []
    answers: list[tuple[int, dict[str, object]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).asked.append((self.path, body))
        ok = {"ok": True, "result": {"message_id": len(self.asked), "chat": {"id": 23}}}
        status, answer = self.answers.pop(0) if self.answers else (200, ok)
        raw = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *args: object) -> None:
        return


@pytest.fixture
def provider(settings):
    Provider.asked, Provider.answers = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"127.0.0.1:{server.server_port}"
    settings.CHANNEL_ALLOW_HOSTS = [address]
    yield f"http://{address}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def told(provider):
    """A report that came over Telegram, and an answer in the outbox."""
    secrets = json.dumps({"token": "123456:" + "A" * 35, "secret_token": "kata-rahasia"})
    channel = make_channel("telegram", slug="tg", secrets=secrets, settings={"api_base": provider})
    answer = post(telegram(), {"X-Telegram-Bot-Api-Secret-Token": "kata-rahasia"}, slug="tg")
    assert answer.status_code == 200
    handled()
    report = Report.objects.get()
    Outbox.objects.all().delete()
    talking.answer(pk=report.pk, viewer=viewer_of_user(make_user(Role.OPERATOR)), text="Petugas berangkat")
    return channel, Outbox.objects.get()


def test_an_answer_goes_out_by_the_channel_it_came_from(told):
    _channel, row = told
    assert sending.send(row.pk) and not sending.send(row.pk)
    [(path, body)] = Provider.asked
    assert (
        path.endswith("/sendMessage") and body["text"] == "Petugas berangkat" and str(body["chat_id"]) == "23"
    )
    row.refresh_from_db()
    assert row.state == "sent" and row.external_id
    assert "Petugas" not in str(Outbox.objects.values_list("body").query)


def test_a_provider_that_asks_to_wait_is_asked_again_and_its_trouble_is_seen(told):
    channel, row = told
    wait = {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests",
        "parameters": {"retry_after": 7},
    }
    Provider.answers = [(429, wait)]
    sending.send(row.pk)
    row.refresh_from_db()
    channel.refresh_from_db()
    assert (
        row.state == "queued"
        and row.next_try_at > timezone.now() + timedelta(seconds=4)
        and channel.failing_since
    )
    assert sending.sweep() == 0
    sending.wake(channel)
    assert sending.sweep() == 1
    row.refresh_from_db()
    channel.refresh_from_db()
    assert row.state == "sent" and channel.failing_since is None and len(Provider.asked) == 2


def test_a_citizen_who_blocked_us_is_a_visible_failure(told):
    _channel, row = told
    Provider.answers = [
        (403, {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"})
    ]
    sending.send(row.pk)
    row.refresh_from_db()
    assert row.state == "failed" and row.problem and len(Provider.asked) == 1


def test_a_worker_that_died_while_sending_never_sends_twice(told):
    _channel, row = told
    Outbox.objects.update(state="sending", claimed_until=timezone.now() - timedelta(seconds=1))
    sending.sweep()
    row.refresh_from_db()
    assert row.state == "failed" and Provider.asked == []


def test_a_word_after_the_window_is_refused_and_said_so(wa):
    post(whatsapp(wa_text()))
    handled()
    report = Report.objects.get()
    Outbox.objects.all().delete()
    Reporter.objects.update(last_in_at=timezone.now() - timedelta(hours=25))
    talking.answer(pk=report.pk, viewer=viewer_of_user(make_user(Role.OPERATOR)), text="Terlambat")
    row = Outbox.objects.get()
    sending.send(row.pk)
    row.refresh_from_db()
    assert row.state == "failed" and row.problem
