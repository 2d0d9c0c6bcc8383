"""E-mail: letters by IMAP or a provider's webhook in (`imap`), by SMTP out.

A letter is forged in a minute, so nothing hangs on its sender's word: the report a letter belongs to is named
by a signed token in our Reply-To address, and `authenticity` tells what our own mail server found.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from complaints.channels import answers, shapes, smtp
from complaints.channels.base import Base, cut
from complaints.channels.contract import (
    Delivered,
    DeliveryStatus,
    Envelope,
    Headers,
    Ignored,
    Inbound,
    InboundMessage,
    Outbound,
    Permanent,
    Secrets,
    Sent,
    Settings,
    Unknown,
)
from complaints.channels.http import Http
from complaints.channels.mime import Letter
from complaints.channels.signing import check, header, mac, same, secrets_of

UNSUBSCRIBE = "List-Unsubscribe"
# Our own letters carry it; one that comes back is a loop.
LOOP_HEADER = "X-Commandcenter-Letter"
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,300}>")
_TOKEN = re.compile(r"([a-z0-9]{1,40})-([a-z2-7]{16})")
_BULK = {"bulk", "junk", "list"}
_QUOTED = re.compile(
    r"\n(?:>|-{2,} ?(?:original message|pesan asli|forwarded message)|_{10,}\n|(?:on|pada) [^\n]{0,200}"
    r"(?:\n[^\n]{0,120})?(?:wrote|menulis)\s*:\s*\n)",
    re.IGNORECASE,
)


class _Policy(EmailPolicy):
    """A link in a header stays in one piece: folded, no mail program knows it again (RFC 8058)."""

    def fold(self, name: str, value: str) -> str:
        """Like everywhere, but for the one header."""
        return f"{name}: {value}{self.linesep}" if name == UNSUBSCRIBE else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """The same in bytes."""
        if name == UNSUBSCRIBE:
            return self.fold(name, value).encode("ascii", "replace")
        return super().fold_binary(name, value)


LETTER = _Policy(linesep="\r\n")


class Email(Base):
    """See the module. Settings: smtp_host, smtp_port, smtp_tls, smtp_user, address, name. Secrets:
    inbound_secret, smtp_password, reply_secret.
    """

    key = "email"

    def verify(self, headers: Headers, raw: bytes, secrets: Secrets, now: datetime) -> None:
        """A mail server that posts raw letters shows our secret (Authorization: Bearer, or X-Mail-Secret)."""
        given = header(headers, "X-Mail-Secret") or header(headers, "Authorization").removeprefix("Bearer ")
        check(given, secrets_of(secrets, "inbound_secret"))

    def envelopes(self, raw: bytes, headers: Headers | None = None) -> list[Envelope]:
        """A post is one letter: its Message-ID, which a sender may repeat, and what it says."""
        body = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[-1]
        found = _MESSAGE_ID.search(Letter(raw[:200_000]).header("Message-ID"))
        digest = hashlib.sha256(body).hexdigest()
        if found is None:
            return cut(raw, [("", "letter", None)])
        return cut(raw, [(shapes.ident(f"{found.group()}:{digest}"), "letter", None)])

    def normalise(self, raw_part: bytes) -> list[Inbound]:
        """A citizen's letter, a bounce of ours, or an automatic one that nobody wrote."""
        return [_meaning(Letter(raw_part))]

    def send(
        self, outbound: Outbound, settings: Settings, secrets: Secrets, http: Http, now: datetime
    ) -> Sent:
        """One letter to one address."""
        if not secrets.get("reply_secret"):
            raise answers.not_set_up("reply_secret")
        letter = write(outbound, settings, secrets, now)
        smtp.hand_over(letter, settings, secrets, http)
        return Sent(str(letter["Message-ID"]))


def _meaning(letter: Letter) -> Inbound:
    if letter.problem:
        return Unknown(letter.problem)
    if letter.header(LOOP_HEADER):
        return Ignored("own")
    if letter.content_type() == "multipart/report" or letter.header("Return-Path") == "<>":
        return _bounce(letter)
    reason = automatic(letter)
    if reason:
        return Ignored(reason)
    return _message(letter)


def automatic(letter: Letter) -> str:
    """Why nobody wrote this letter (RFC 3834), empty when somebody did."""
    if (letter.header("Auto-Submitted") or "no").split(";")[0].strip().lower() != "no":
        return "automatic"
    if letter.header("Precedence").lower() in _BULK or letter.header("List-Id"):
        return "bulk"
    return "automatic" if letter.header("X-Autoreply") or letter.header("X-Autorespond") else ""


def _bounce(letter: Letter) -> Inbound:
    """A letter that came back, by the id of ours it quotes (RFC 3464); that id cannot be guessed."""
    for part in letter.parts():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            inner = part.get_payload(0) if part.is_multipart() else None
            source = (
                inner.as_bytes()
                if inner is not None and hasattr(inner, "as_bytes")
                else part.get_payload(decode=True)
            )
            original = Letter(source if isinstance(source, bytes) else b"")
            found = _MESSAGE_ID.search(original.header("Message-ID"))
            if found and original.header(LOOP_HEADER):
                return DeliveryStatus(
                    shapes.ident(found.group()), Delivered.FAILED, letter.sent_at(), "bounced"
                )
    return Ignored("bounce")


def _message(letter: Letter) -> Inbound:
    senders = letter.addresses("From") or letter.addresses("Sender")
    if not senders:
        return Unknown("no_sender")
    name, address = senders[0]
    own = _MESSAGE_ID.search(letter.header("Message-ID"))
    before = _MESSAGE_ID.findall(letter.header("In-Reply-To") + " " + letter.header("References"))
    text = letter.text()
    media = letter.attachments()
    subject = letter.header("Subject")[:200]
    return InboundMessage(
        external_id=shapes.ident(own.group())
        if own
        else shapes.digest(repr((address, subject, text)).encode()),
        conversation_id=address,
        sender_id=address.lower(),
        sender_name=name,
        sender_email=address,
        text=without_quotes(text) if before else text,
        sent_at=letter.sent_at(),
        attachments=media,
        left_out=letter.left_out(),
        reply_to=shapes.ident(before[0]) if before else "",
        thread=_token_in(letter),
        subject=subject,
    )


def without_quotes(text: str) -> str:
    """An answer without the letter it answers; all of it when nothing would be left."""
    found = _QUOTED.search("\n" + text)
    kept = text[: max(found.start() - 1, 0)].strip() if found else text
    return kept or text


def _token_in(letter: Letter) -> str:
    """The first address with a token that looks like one of ours; `read_token` proves it."""
    for _, address in letter.addresses("To", "Cc", "Delivered-To", "X-Original-To"):
        token = address.partition("@")[0].partition("+")[2].lower()
        if _TOKEN.fullmatch(token):
            return token
    return ""


def reply_token(reference: str, secret: str) -> str:
    """A token for an address's ``+`` part: the reference (letters and digits) and 80 bits that prove it is
    ours.

    Only lower case: mail servers may change the case of an address.
    """
    plain = reference.lower()
    seal = base64.b32encode(mac(secret, f"reply:{plain}".encode())[:10]).decode().lower()
    return f"{plain}-{seal}"


def read_token(token: str, secrets: Secrets) -> str:
    """The reference a token was made for, empty when it was not made by us."""
    found = _TOKEN.fullmatch(token.lower())
    if found is None:
        return ""
    known = secrets_of(secrets, "reply_secret", "old_reply_secret")
    fits = [same(reply_token(found[1], secret), token.lower()) for secret in known]
    return found[1] if any(fits) else ""


def reply_address(address: str, token: str) -> str:
    """``lapor@kota.go.id`` with the token: ``lapor+TOKEN@kota.go.id``."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{token}@{domain}"


def authenticity(raw: bytes, authserv_id: str) -> str:
    """DMARC as our own mail server found it (RFC 8601): "pass", "fail", or "none" where it says nothing.

    Only the topmost result that names our server counts: a sender can write any number of them below.
    """
    for value in Letter(raw).all("Authentication-Results")[:1]:
        server, _, results = value.partition(";")
        if server.split()[:1] == [authserv_id]:
            found = re.search(r"(?:^|[;\s])dmarc\s*=\s*([a-z]+)", results.lower())
            return found[1] if found and found[1] in ("pass", "fail") else "none"
    return "none"


def message_id(outbound: Outbound, settings: Settings, secrets: Secrets) -> str:
    """The same for every try of one message, and unknown to anybody who did not get it."""
    domain = str(settings.get("address", "")).rpartition("@")[2] or "localhost"
    return f"<{mac(str(secrets['reply_secret']), f'letter:{outbound.key}'.encode()).hex()[:40]}@{domain}>"


def write(outbound: Outbound, settings: Settings, secrets: Secrets, now: datetime) -> EmailMessage:
    """The letter: threading headers, a signed reply address, plain text.

    Raises:
        Permanent: an address no letter can go to.
        Retryable: the channel has no address of its own yet.
    """
    address = str(settings.get("address") or "")
    if "@" not in address:
        raise answers.not_set_up("address")
    letter = EmailMessage(policy=LETTER)
    try:
        letter["From"] = _mailbox(str(settings.get("name") or ""), address)
        letter["To"] = _mailbox("", outbound.to)
    except (ValueError, LookupError, MessageError):
        raise Permanent("recipient_unknown", "no address") from None
    letter["Subject"] = shapes.line(outbound.subject, 200) or "Laporan"
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = message_id(outbound, settings, secrets)
    letter[LOOP_HEADER] = "1"
    if outbound.thread:
        letter["Reply-To"] = reply_address(
            address, reply_token(outbound.thread, str(secrets["reply_secret"]))
        )
    chain = [one for one in (*outbound.references, outbound.reply_to) if _MESSAGE_ID.fullmatch(one)]
    if chain:
        letter["In-Reply-To"] = chain[-1]
        letter["References"] = " ".join(dict.fromkeys(chain))
    for header_name, value in ways_out(outbound).items():
        letter[header_name] = value
    letter.set_content(outbound.text)
    return letter


def ways_out(outbound: Outbound) -> dict[str, str]:
    """The headers by which a mail program ends these letters with one click (RFC 2369, RFC 8058)."""
    if not outbound.stop.startswith(("https://", "http://")):
        return {}
    return {UNSUBSCRIBE: f"<{outbound.stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _mailbox(name: str, address: str) -> Any:
    if any(ord(c) < 33 or c == "," for c in address):
        raise ValueError("no address")
    return Address(display_name=shapes.line(name, 80), addr_spec=address)


ADAPTER = Email()
