"""Letters fetched from a mailbox, each once: by UIDVALIDITY and UID, and by Message-ID should those change.

The mailbox is only read and flagged, never emptied: it stays the city's archive.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cctv.capture.address import Target
from complaints.channels.errors import Retryable
from complaints.channels.http import Http
from complaints.channels.mime import MAX_LETTER

Connection = imaplib.IMAP4
Keep = Callable[[bytes, "Cursor"], None]
"""Stores one raw letter under its key, and the cursor behind it; a letter it knows already is no error."""

PORT, PLAIN_PORT = 993, 143
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a mailbox has been read."""

    validity: int = 0
    uid: int = 0

    @classmethod
    def load(cls, value: Mapping[str, Any]) -> Cursor:
        """From what `dump` made; nonsense starts anew, which doubles nothing."""
        validity, uid = value.get("validity"), value.get("uid")
        if isinstance(validity, int) and isinstance(uid, int) and validity >= 0 and uid >= 0:
            return cls(validity, uid)
        return cls()

    def dump(self) -> dict[str, int]:
        """As JSON."""
        return {"validity": self.validity, "uid": self.uid}


class _Plain(imaplib.IMAP4):
    """Dials the address that was judged, whatever the name says a moment later."""

    def __init__(self, target: Target, seconds: float) -> None:
        self._ip = target.ip
        super().__init__(target.host, target.port, timeout=seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return socket.create_connection((self._ip, self.port), timeout)


class _Tls(_Plain):
    """The same over TLS; the server must prove its name."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = super()._create_socket(timeout)
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def connect(
    settings: Mapping[str, Any], secrets: Mapping[str, Any], http: Http, seconds: float = 30.0
) -> Connection:
    """A logged-in connection. Settings: imap_host, imap_port, imap_tls ("tls", "none"), imap_user.

    Raises:
        Retryable: unreachable, refused, or not to be dialled, for the whole channel.
    """
    user, password = str(settings.get("imap_user") or ""), str(secrets.get("imap_password") or "")
    if not settings.get("imap_host") or not user or not password:
        raise Retryable("not_set_up", "imap", channel_wide=True, after=900.0)
    connection = _dial(settings, http, seconds)
    try:
        connection.login(user, password)
    except (OSError, imaplib.IMAP4.error) as error:
        connection.shutdown()
        code = "unreachable" if isinstance(error, imaplib.IMAP4.abort | OSError) else "token_refused"
        raise Retryable(code, type(error).__name__, channel_wide=True, after=900.0) from None
    return connection


def _dial(settings: Mapping[str, Any], http: Http, seconds: float) -> Connection:
    host, plain = str(settings.get("imap_host")), settings.get("imap_tls") == "none"
    port = int(settings.get("imap_port") or 0) or (PLAIN_PORT if plain else PORT)
    if plain and not http.trusts(host, port):
        raise Retryable("not_encrypted", "imap_tls", channel_wide=True, after=900.0)
    target = http.server(host, port)
    try:
        return _Plain(target, seconds) if plain else _Tls(target, seconds)
    except (OSError, imaplib.IMAP4.error) as error:
        raise Retryable("unreachable", type(error).__name__, channel_wide=True) from None


def close(connection: Connection) -> None:
    """Says goodbye; whoever has hung up already is not missed."""
    try:
        connection.logout()
    except (OSError, imaplib.IMAP4.error):
        connection.shutdown()


def poll(
    connection: Connection, cursor: Cursor, keep: Keep, *, folder: str = "INBOX", limit: int = 100
) -> Cursor:
    """Gives every new letter to ``keep``, oldest first, at most ``limit``; returns the new cursor.

    A letter counts as read only when ``keep`` returned: its error leaves here as it is, and the next round
    begins with that letter. One larger than 30 MB is kept as its header alone.

    Raises:
        Retryable: the mailbox does not answer as it should.
    """
    with _line():
        validity = _select(connection, folder)
    if validity != cursor.validity:
        cursor = Cursor(validity, 0)
    with _line():
        waiting = _new(connection, cursor.uid)[:limit]
    for uid in waiting:
        with _line():
            raw = _letter(connection, uid)
        cursor = Cursor(validity, uid)
        if raw is not None:
            keep(raw, cursor)
            with _line():
                connection.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Seen)")
    return cursor


@contextmanager
def _line() -> Iterator[None]:
    try:
        yield
    except (OSError, imaplib.IMAP4.error) as error:
        raise Retryable("line_broken", type(error).__name__, channel_wide=True) from None


def _select(connection: Connection, folder: str) -> int:
    """Opens the folder; its UIDVALIDITY (RFC 9051 §2.3.1.1): another one makes all UIDs mean others."""
    quoted = folder.replace("\\", "\\\\").replace('"', '\\"')
    try:
        answer, _ = connection.select(f'"{quoted}"')
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        answer = "BAD"
    found = connection.response("UIDVALIDITY")[1]
    if answer != "OK" or not found or not isinstance(found[0], bytes) or not found[0].isdigit():
        raise Retryable("not_set_up", "folder", channel_wide=True, after=900.0)
    return int(found[0])


def _new(connection: Connection, after: int) -> list[int]:
    """UIDs above ``after``, ascending. ``*`` is the newest letter even when it is older."""
    answer, data = connection.uid("SEARCH", f"UID {after + 1}:*")
    if answer != "OK":
        raise Retryable("line_broken", "search", channel_wide=True)
    words = b" ".join(part for part in data if isinstance(part, bytes)).split()
    return sorted({int(word) for word in words if word.isdigit() and int(word) > after})


def _letter(connection: Connection, uid: int) -> bytes | None:
    """The letter, unread as before; None when it has gone meanwhile."""
    _, sizes = connection.uid("FETCH", str(uid), "(RFC822.SIZE)")
    found = _SIZE.search(b" ".join(part for part in sizes if isinstance(part, bytes)))
    large = found is not None and int(found[1]) > MAX_LETTER
    what = "BODY.PEEK[HEADER]" if large else "BODY.PEEK[]"
    answer, data = connection.uid("FETCH", str(uid), f"({what})")
    if answer != "OK":
        return None
    return next((part[1] for part in data if isinstance(part, tuple) and isinstance(part[1], bytes)), None)
