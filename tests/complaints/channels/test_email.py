"""Letters: words, files, threads, and all that nobody wrote."""

from __future__ import annotations

import base64
import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import settings as fuzz
from hypothesis import strategies as st

from complaints.channels import email as mail
from complaints.channels.contract import (
    Delivered,
    DeliveryStatus,
    Ignored,
    InboundMessage,
    Outbound,
    Permanent,
    Retryable,
    Unknown,
)
from complaints.channels.email import ADAPTER
from complaints.channels.mime import MAX_ATTACHMENTS
from complaints.channels.pages import MAX_PAGE, text_of_html
from tests.complaints.channels.samples import AT, LETTER

SETTINGS = {"address": "lapor@kota.example", "name": "Lapor Kota", "smtp_host": "127.0.0.1"}
SECRETS = {"reply_secret": "reply-secret"}
OUT = Outbound(
    "answer:1", "siti@example.org", "Terima kasih, kami periksa.", reply_to="<a1@example.org>",
    subject="Re: Jalan rusak [LAP-7K3M-92QF]", thread="LAP7K3M92QF", references=("<a0@example.org>",),
)  # fmt: skip


def letter(*, text="Halo", html="", files=(), **headers) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = "Siti A <siti@example.org>", "lapor@kota.example"
    made["Subject"], made["Message-ID"] = "Lapor", "<x@example.org>"
    for name, value in headers.items():
        del made[name.replace("_", "-")]
        made[name.replace("_", "-")] = value
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    for name, kind, data in files:
        main, _, sub = kind.partition("/")
        made.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return made.as_bytes()


def only(raw):
    (meaning,) = ADAPTER.normalise(raw)
    return meaning


def test_a_plain_letter():
    message = only(LETTER)
    assert isinstance(message, InboundMessage)
    assert (message.external_id, message.sender_email, message.sender_name) == (
        "<a1@example.org>",
        "siti@example.org",
        "Siti A",
    )
    assert (message.text, message.subject) == ("Jalan rusak di depan pasar.", "Jalan rusak 🚧")
    assert message.sent_at == AT


def test_the_key_is_the_id_and_what_the_letter_says():
    keys = {
        ADAPTER.envelopes(raw)[0].external_id
        for raw in (
            LETTER,
            LETTER.replace(b"Date:", b"Received: by mx\r\nDate:"),
            LETTER.replace(b"pasar", b"kantor"),
        )
    }
    assert len(keys) == 2
    assert all(key.startswith("<a1@example.org>:") for key in keys)


def test_words_come_from_the_page_without_its_scripts():
    page = (
        "<html><head><title>t</title><style>p{}</style></head><body><p>Jalan&nbsp;rusak<br>parah</p>"
        "<script>alert('x')</script><!-- rahasia --><div>di <b>pasar</b></div><svg><text>s</text></svg>"
        "<noscript>n</noscript></body></html>"
    )
    assert text_of_html(page).split("\n") == ["Jalan rusak", "parah", "", "di pasar"]
    made = EmailMessage(policy=SMTP)
    made["From"] = "a@b.example"
    made.set_content(page, subtype="html")
    assert only(made.as_bytes()).text.startswith("Jalan rusak")
    assert only(letter(text="biasa", html="<p>indah</p>")).text == "biasa"


@pytest.mark.parametrize(
    "piece",
    [
        "<p>", "<", "<!--", "<![CDATA[", "<!", "</a ", "</", "<a '", '<a "', "<a b='", "<?", "&#", "&#9",
        "<script", "<script>", "<head>",
        "<a =", "<a/", "<a <b ", "<script><!--", "</script", "<!--->", "<svg>'", "x",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["", "<script>", '<a "'])
def test_a_swollen_page_ends_in_time(piece, before):
    """The standard library's parser takes minutes for some of these (CVE-2025-6069)."""
    page = (before + piece * (MAX_PAGE // len(piece)))[:MAX_PAGE]
    began = time.process_time()
    text_of_html(page)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("a < b dan 1<2", "a < b dan 1<2"),
        ("<a title=\"x>y\" href='z'>tautan</a>", "tautan"),
        ("<STYLE>p{}</Style>isi<SCRIPT\n>alert(1)</script >!", "isi!"),
        ("<p>satu<p>dua<script>tak ditutup", "satu\ndua"),
        ("<head><title>t</title>tanpa akhir<p>isi", "tanpa akhir\nisi"),
        ("&lt;b&gt; &amp; &#128679; &nbsp; &bogus;", "<b> & 🚧 &bogus;"),
        ("&#" + "9" * 5000 + ";", "&#" + "9" * 5000 + ";"),
        ("<!-- a > b -->isi<!-- tak ditutup", "isi"),
        ("İ<script>x</script>isi", "İisi"),
        ("<a href='tak ditutup>isi", "isi"),
        ("", ""),
    ],
)
def test_what_a_reader_sees(page, words):
    assert text_of_html(page) == words


@fuzz(deadline=None)
@given(st.text(alphabet="<>/!-\"'= &#;abcsript\n", max_size=200))
def test_any_page_has_words_and_no_script_among_them(page):
    assert text_of_html(f"<p>isi<script>KODE</script>{page}").startswith("isi")
    assert "KODE" not in text_of_html(f"<script>KODE</script>{page}")


def test_attachments_keep_their_bytes_and_lose_their_path():
    message = only(letter(files=[("../../etc/foto.jpg", "image/jpeg", b"\xff\xd8data")]))
    (ref,) = message.attachments
    assert (ref.name, ref.mime, ref.size, ref.opaque) == ("foto.jpg", "image/jpeg", 6, False)
    assert b"".join(ADAPTER.fetch_media(ref, {}, {}, None, limit=6)) == b"\xff\xd8data"
    with pytest.raises(Permanent, match="media_too_large"):
        b"".join(ADAPTER.fetch_media(ref, {}, {}, None, limit=5))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("winmail.dat", "application/ms-tnef"),
        ("winmail.dat", "application/octet-stream"),
        ("42.zip", "application/zip"),
        ("42.ZIP", "application/octet-stream"),
    ],
)
def test_what_is_packed_stays_packed(name, kind):
    (ref,) = only(letter(files=[(name, kind, b"PK\x03\x04" * 100)])).attachments
    assert ref.opaque and ref.data == b"PK\x03\x04" * 100


def test_a_letter_within_a_letter_is_one_sealed_file():
    outer = EmailMessage(policy=SMTP)
    outer["From"], outer["To"] = "a@b.example", "lapor@kota.example"
    outer.set_content("lihat terlampir")
    inner = EmailMessage(policy=SMTP)
    inner["From"] = "c@d.example"
    inner.set_content("isi dalam")
    inner.add_attachment(b"x", maintype="image", subtype="png", filename="dalam.png")
    outer.add_attachment(inner)
    message = only(outer.as_bytes())
    assert message.text == "lihat terlampir"
    assert [(ref.mime, ref.opaque) for ref in message.attachments] == [("message/rfc822", True)]
    assert b"isi dalam" in message.attachments[0].data


def test_a_hundred_attachments_are_twenty():
    message = only(letter(files=[(f"{n}.png", "image/png", b"x") for n in range(100)]))
    assert len(message.attachments) == MAX_ATTACHMENTS and message.left_out == 80


@pytest.mark.parametrize(("count", "left"), [(0, 0), (20, 0), (21, 1), (450, 430)])
def test_files_that_are_left_out_are_counted_without_being_opened(count, left):
    message = only(letter(files=[(f"{n}.png", "image/png", b"x") for n in range(count)]))
    assert (len(message.attachments), message.left_out) == (min(count, MAX_ATTACHMENTS), left)


def test_empty_parts_and_words_are_no_files_left_out():
    parts = [("leer.png", "image/png", b"")] * 30 + [("a.png", "image/png", b"x")] * 20
    assert only(letter(files=parts)).left_out == 0


@pytest.mark.alone
@pytest.mark.parametrize("kind", [b"multipart/mixed; boundary=b%d", b"message/rfc822"])
def test_nests_are_not_climbed_into(kind):
    raw = b"From: a@b.example\r\n"
    for n in range(2000):
        raw += b"Content-Type: " + (kind % n if b"%d" in kind else kind) + b"\r\n\r\n"
        raw += b"--b%d\r\n" % n if b"%d" in kind else b""
    began = time.perf_counter()
    assert only(raw + b"isi") == Unknown("letter_nests_too_deep")
    assert time.perf_counter() - began < 2
    assert ADAPTER.envelopes(raw)[0].raw_part == raw


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: " + b"=?utf-8?q?a?= " * 20_000,
        b"To: " + b"a@b.example, " * 20_000,
        b"Content-Type: text/plain; " + b"a*0=b; " * 5000,
        b"References: " + b"<a@b> " * 20_000,
        b"Date: " + b"9" * 100_000,
    ],
)
@pytest.mark.alone
def test_a_swollen_header_ends_in_time(header):
    began = time.perf_counter()
    ADAPTER.normalise(b"From: a@b.example\r\n" + header + b"\r\n\r\nisi")
    assert time.perf_counter() - began < 3


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, "automatic"),
        ({"Auto_Submitted": "auto-generated; owner=x"}, "automatic"),
        ({"Precedence": "Bulk"}, "bulk"),
        ({"Precedence": "list"}, "bulk"),
        ({"List_Id": "<warga.example.org>"}, "bulk"),
        ({"X_Autoreply": "yes"}, "automatic"),
        ({mail.LOOP_HEADER: "1"}, "own"),
    ],
)
def test_what_nobody_wrote_makes_no_report(headers, reason):
    assert only(letter(**headers)) == Ignored(reason)
    assert isinstance(only(letter(Auto_Submitted="no")), InboundMessage)


def test_a_letter_without_a_sender_is_kept():
    assert only(b"Subject: x\r\n\r\nisi") == Unknown("no_sender")
    assert only(b"From: not an address\r\n\r\nisi") == Unknown("no_sender")
    assert only(b"") == Unknown("no_sender")


@pytest.mark.parametrize("charset", ["iso-8859-1", "x-unknown", "utf-16", "\udcff", "a" * 300])
def test_odd_character_sets_lose_letters_and_not_the_letter(charset):
    raw = LETTER.replace(b"charset=utf-8", b"charset=" + charset.encode("utf-8", "surrogateescape"))
    assert isinstance(only(raw), InboundMessage)


# -- threads ----------------------------------------------------------------------------------------


def test_an_answer_finds_its_report_by_a_token_only_we_can_make():
    address = mail.reply_address("lapor@kota.example", mail.reply_token("LAP7K3M92QF", "reply-secret"))
    assert len(address.partition("@")[0]) <= 64
    for to in (address, address.upper(), f"Lapor <{address}>"):
        message = only(letter(To=to))
        assert mail.read_token(message.thread, SECRETS) == "lap7k3m92qf"
    assert mail.read_token(message.thread, {"reply_secret": "other"}) == ""
    assert mail.read_token(message.thread, {"old_reply_secret": "reply-secret"}) == "lap7k3m92qf"
    assert mail.read_token(message.thread, {}) == ""
    forged = message.thread.replace("lap7k3m92qf", "lap7k3m92qg")
    assert mail.read_token(forged, SECRETS) == ""
    assert only(letter(To="lapor+news@kota.example")).thread == ""


def test_an_answer_comes_without_what_it_answers():
    body = "Sudah bagus.\n\nPada Sel, 12 Mei 2026 pukul 16.53 Lapor Kota <lapor@kota.example> menulis:"
    body += "\n> Terima kasih\n> x"
    message = only(letter(text=body, In_Reply_To="<a1@example.org>"))
    assert (message.text, message.reply_to) == ("Sudah bagus.", "<a1@example.org>")
    assert only(letter(text=body)).text == body, "a first letter keeps all it says"
    quoted = only(letter(text="> hanya kutipan", In_Reply_To="<a1@example.org>"))
    assert quoted.text == "> hanya kutipan"


def test_our_letters_thread_and_name_themselves_the_same_each_try():
    made = mail.write(OUT, SETTINGS, SECRETS, AT)
    assert made["In-Reply-To"] == "<a1@example.org>"
    assert made["References"] == "<a0@example.org> <a1@example.org>"
    assert made["Message-ID"] == mail.write(OUT, SETTINGS, SECRETS, AT)["Message-ID"]
    assert made["Message-ID"] != mail.write(OUT, SETTINGS, {"reply_secret": "b"}, AT)["Message-ID"]
    assert made["Message-ID"].endswith("@kota.example>")
    token = made["Reply-To"].partition("+")[2].partition("@")[0]
    assert mail.read_token(token, SECRETS) == "lap7k3m92qf"
    assert only(made.as_bytes()) == Ignored("own")


def test_a_subject_cannot_add_headers():
    outbound = Outbound("k", "siti@example.org", "isi", subject="Halo\r\nBcc: semua@example.org")
    raw = mail.write(outbound, SETTINGS, SECRETS, AT).as_bytes()
    assert b"\r\nBcc:" not in raw and b"Halo Bcc:" in raw


@pytest.mark.parametrize(
    "to", ["", "siti", "siti@", "a@b\r\nBcc: c@d", "a@b.example, c@d.example", "@b.example"]
)
def test_an_address_no_letter_can_go_to(to):
    with pytest.raises(Permanent, match="recipient_unknown"):
        mail.write(Outbound("k", to, "isi"), SETTINGS, SECRETS, AT)


def test_a_channel_without_an_address_or_secret_waits():
    for settings, secrets in (({}, SECRETS), (SETTINGS, {})):
        with pytest.raises(Retryable) as caught:
            ADAPTER.send(OUT, settings, secrets, None, AT)
        assert caught.value.channel_wide


def bounce(original: bytes) -> bytes:
    return (
        b"From: MAILER-DAEMON@mx.example\r\nTo: lapor@kota.example\r\nReturn-Path: <>\r\n"
        b"Auto-Submitted: auto-replied\r\nDate: Tue, 12 May 2026 09:53:02 +0000\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=q\r\n\r\n--q\r\n"
        b"Content-Type: text/plain\r\n\r\nNo such user.\r\n--q\r\n"
        b"Content-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; siti@example.org\r\n"
        b"Action: failed\r\n"
        b"Status: 5.1.1\r\n\r\n--q\r\nContent-Type: message/rfc822\r\n\r\n" + original + b"\r\n--q--\r\n"
    )


def test_a_letter_that_came_back_fails_the_one_we_sent():
    ours = mail.write(OUT, SETTINGS, SECRETS, AT)
    assert only(bounce(ours.as_bytes())) == DeliveryStatus(
        ours["Message-ID"], Delivered.FAILED, AT, "bounced"
    )
    headers = ours.as_bytes().split(b"\r\n\r\n")[0] + b"\r\n"
    short = bounce(headers).replace(b"message/rfc822", b"text/rfc822-headers")
    assert only(short).external_id == ours["Message-ID"]
    assert only(bounce(LETTER)) == Ignored("bounce")


# -- whom our own server believes -------------------------------------------------------------------


def test_only_our_own_servers_word_counts():
    ours = b"Authentication-Results: mx.kota.example;\r\n dmarc=pass header.from=example.org\r\n"
    forged = b"Authentication-Results: mx.kota.example; dmarc=pass\r\n"
    other = b"Authentication-Results: mx.jahat.example; dmarc=pass\r\n"
    assert mail.authenticity(ours + LETTER, "mx.kota.example") == "pass"
    assert mail.authenticity(ours.replace(b"pass", b"fail") + forged + LETTER, "mx.kota.example") == "fail"
    assert mail.authenticity(other + forged + LETTER, "mx.kota.example") == "none"
    assert mail.authenticity(LETTER, "mx.kota.example") == "none"


def test_base64_that_is_none_is_kept_as_it_is():
    raw = LETTER.replace(b"charset=utf-8", b"charset=utf-8\r\nContent-Transfer-Encoding: base64")
    assert isinstance(only(raw), InboundMessage)
    good = raw.replace(b"Jalan rusak di depan pasar.", base64.b64encode(b"Jalan baik."))
    assert only(good).text == "Jalan baik."
