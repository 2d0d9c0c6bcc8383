"""Letters over real SMTP and IMAP."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from complaints.channels import imap
from complaints.channels.contract import InboundMessage, Outbound, Permanent, Retryable
from complaints.channels.email import ADAPTER
from complaints.channels.http import Http
from complaints.channels.imap import Cursor
from tests.complaints.channels.samples import LETTER

NOW = datetime(2026, 5, 12, 10, tzinfo=UTC)


def dialler(sim):
    return Http(allow_hosts={*sim.allow_hosts, "127.0.0.1:9"})


def send(sim, to="siti@example.org", key="answer:1", **settings):
    outbound = Outbound(key, to, "Kami periksa 🚧", subject="Re: Jalan", thread="LAP7K3M92QF")
    return ADAPTER.send(outbound, sim.settings["email"] | settings, sim.secrets["email"], dialler(sim), NOW)


def letters(number):
    return [LETTER.replace(b"<a1@", b"<n%d@" % n).replace(b"pasar", b"pasar %d" % n) for n in range(number)]


class Kept(list[str]):
    """A store that has each letter once, with the cursor written in the same breath."""

    cursor = Cursor()

    def __call__(self, raw, cursor):
        key = ADAPTER.envelopes(raw)[0].external_id
        if key not in self:
            self.append(key)
        self.cursor = cursor


@pytest.fixture
def mailbox(sim):
    """A connection to the mailbox, and the cursor behind what lies there already."""
    connection = imap.connect(sim.settings["email"], sim.secrets["email"], dialler(sim))
    cursor = imap.poll(connection, Cursor(), lambda raw, cursor: None, limit=10**6)
    yield connection, cursor
    connection.logout()


def test_a_letter_goes_out(sim):
    sent = send(sim)
    taken = sim.control.sent("email")[-1]
    assert (taken["id"], taken["to"]) == (sent.external_id, "siti@example.org")
    assert "Reply-To: lapor+lap7k3m92qf-" in taken["text"]


@pytest.mark.parametrize(
    ("to", "error", "code"),
    [
        ("nobody@example.org", Permanent, "recipient_unknown"),
        ("later@example.org", Retryable, "provider_down"),
    ],
)
def test_a_mail_server_that_says_no_or_not_now(sim, to, error, code):
    with pytest.raises(error, match=code):
        send(sim, to)


def test_a_mail_server_that_is_not_there_or_hangs_up(sim):
    with pytest.raises(Retryable, match="unreachable") as caught:
        send(sim, smtp_port=9)
    assert not caught.value.maybe_sent
    sim.control.fault("email", "drop", 1)
    with pytest.raises(Retryable, match="line_broken") as caught:
        send(sim)
    assert caught.value.maybe_sent


def test_a_server_that_cannot_encrypt_gets_no_letter(sim):
    before = len(sim.control.sent("email"))
    with pytest.raises((Retryable, Permanent)):
        send(sim, smtp_tls="starttls")
    assert len(sim.control.sent("email")) == before


def test_letters_are_fetched_once_and_left_where_they_are(sim, mailbox):
    connection, cursor = mailbox
    uids = [sim.control.letter(raw) for raw in letters(3)]
    kept = Kept()
    after = imap.poll(connection, cursor, kept)
    assert [key.partition(":")[0] for key in kept] == [
        "<n0@example.org>",
        "<n1@example.org>",
        "<n2@example.org>",
    ]
    assert imap.poll(connection, after, kept) == after
    assert len(kept) == 3
    assert set(uids) <= set(sim.control.call("seen")["uids"])


def test_a_letter_comes_byte_for_byte(sim, mailbox):
    connection, cursor = mailbox
    raw = LETTER + "Isi lain 🚧\r\n.\r\n..titik\r\n".encode()
    sim.control.letter(raw)
    got = []
    imap.poll(connection, cursor, lambda raw, cursor: got.append(raw))
    assert got == [raw]
    assert isinstance(ADAPTER.normalise(raw)[0], InboundMessage)


def test_a_round_that_breaks_begins_again_with_the_same_letter(sim, mailbox):
    connection, cursor = mailbox
    for raw in letters(4):
        sim.control.letter(raw)
    kept = Kept()
    kept.cursor = cursor

    def failing(raw, cursor):
        if len(kept) == 2:
            raise RuntimeError("the database is away")
        kept(raw, cursor)

    with pytest.raises(RuntimeError):
        imap.poll(connection, cursor, failing)
    assert len(kept) == 2
    imap.poll(connection, kept.cursor, kept)
    assert len(kept) == 4


def test_new_numbers_for_old_letters_double_nothing(sim, mailbox):
    connection, cursor = mailbox
    for raw in letters(2):
        sim.control.letter(raw)
    kept = Kept()
    before = imap.poll(connection, cursor, kept)
    sim.control.call("letter", renumber=True)
    again = imap.connect(sim.settings["email"], sim.secrets["email"], dialler(sim))
    seen_before = len(kept)
    fetched = []
    after = imap.poll(
        again, before, lambda raw, cursor: (fetched.append(raw), kept(raw, cursor)), limit=10**6
    )
    again.logout()
    assert after.validity == before.validity + 1
    assert len(fetched) >= 2, "everything is read again"
    assert [key for key in kept if key.startswith(("<n0@", "<n1@"))][:2] == kept[:2] and seen_before == 2
    assert len(kept) == len(set(kept))


def test_a_round_has_an_end(sim, mailbox):
    connection, cursor = mailbox
    for raw in letters(5):
        sim.control.letter(raw)
    kept = Kept()
    cursor = imap.poll(connection, cursor, kept, limit=2)
    assert len(kept) == 2
    imap.poll(connection, cursor, kept, limit=10)
    assert len(kept) == 5


def test_a_mailbox_that_is_not_there(sim):
    settings, secrets = sim.settings["email"], sim.secrets["email"]
    for changed, password, code in (
        ({"imap_port": 9}, {}, "unreachable"),
        ({}, {"imap_password": "wrong"}, "token_refused"),
        ({"imap_host": ""}, {}, "not_set_up"),
    ):
        with pytest.raises(Retryable, match=code) as caught:
            imap.connect(settings | changed, secrets | password, dialler(sim))
        assert caught.value.channel_wide
    connection = imap.connect(settings, secrets, dialler(sim))
    with pytest.raises(Retryable, match="not_set_up"):
        imap.poll(connection, Cursor(), lambda raw, cursor: None, folder='No "such" folder')
    connection.logout()


@pytest.mark.parametrize(
    "value", [{}, {"validity": "x", "uid": 1}, {"validity": -1, "uid": 1}, {"uid": None}]
)
def test_a_cursor_of_nonsense_starts_anew(value):
    assert Cursor.load(value) == Cursor()
    assert Cursor.load(Cursor(7, 9).dump()) == Cursor(7, 9)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"smtp_user": "lapor", "smtp_tls": "none", "smtp_host": "mail.kota.example"}, "not_encrypted"),
        ({"smtp_user": "lapor", "smtp_tls": "tls"}, "address_refused"),
        ({"smtp_host": "10.0.0.7"}, "address_refused"),
        ({"smtp_host": "mail.kota.example/x"}, "address_refused"),
        ({"smtp_host": "169.254.169.254"}, "address_refused"),
        ({"smtp_host": "mail.dalam.example"}, "address_refused"),
    ],
)
def test_a_mail_server_is_judged_like_a_web_address(sim, changed, code):
    """Nobody inside the network is dialled, and no password goes in the open, whatever the settings say."""
    inside = Http(resolve=lambda name: ["192.168.1.9"])
    settings, sent = sim.settings["email"] | changed, len(sim.control.sent("email"))
    with pytest.raises(Retryable, match=code) as caught:
        ADAPTER.send(Outbound("k", "siti@example.org", "isi"), settings, sim.secrets["email"], inside, NOW)
    assert caught.value.channel_wide and len(sim.control.sent("email")) == sent
    mapped = {name.replace("smtp", "imap"): value for name, value in changed.items()}
    plain = sim.settings["email"] | {"imap_tls": "tls"} | mapped
    with pytest.raises(Retryable, match=code):
        imap.connect(plain, sim.secrets["email"], inside)


def test_a_mailbox_must_prove_its_name(sim):
    """TLS to a server that speaks none, or whose certificate nobody vouches for, gives it no password."""
    with pytest.raises(Retryable, match="unreachable"):
        imap.connect(sim.settings["email"] | {"imap_tls": "tls"}, sim.secrets["email"], dialler(sim))
    with pytest.raises(Retryable, match="unreachable"):
        send(sim, smtp_tls="tls")
