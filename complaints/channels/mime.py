"""A letter taken apart so that no letter can raise, hang or swell: headers, text, attachments.

Nothing packed is unpacked, no letter within a letter is opened, and what is counted is bounded before the
parser sees it. The raw bytes stay in the envelope, so whatever is left out here is not lost.
"""

from __future__ import annotations

import email.policy
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from itertools import islice

from complaints.channels import shapes
from complaints.channels.contract import MediaRef
from complaints.channels.pages import MAX_PAGE, text_of_html
from complaints.texts import clean_text

MAX_LETTER = 30 * 1024 * 1024
MAX_MULTIPARTS = 50
MAX_PARTS = 200
MAX_ATTACHMENTS = 20
MAX_HEADER = 4000
_NESTS = re.compile(rb"(?im)^content-type:\s*(?:multipart|message)/")
# What a broken letter can raise inside the standard library, its own bugs included.
_BROKEN = (
    MessageError, HeaderParseError, ValueError, LookupError, TypeError, AttributeError, AssertionError,
    RecursionError,
)  # fmt: skip
_OPAQUE = {
    "application/ms-tnef", "application/vnd.ms-tnef", "application/zip", "application/x-zip-compressed",
    "application/x-rar-compressed", "application/vnd.rar", "application/x-7z-compressed", "application/gzip",
    "application/x-tar", "message/rfc822",
}  # fmt: skip
_OPAQUE_NAMES = ("winmail.dat", ".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".eml", ".iso")


class Letter:
    """A parsed letter. ``problem`` says why it could not be parsed, empty when it could."""

    def __init__(self, raw: bytes) -> None:
        self.problem = ""
        self._message: Message = Message()
        self._found: list[MediaRef] | None = None
        if len(raw) > MAX_LETTER:
            self.problem = "letter_too_large"
            raw = raw[:MAX_PAGE]
        if len(_NESTS.findall(raw)) > MAX_MULTIPARTS:
            self.problem = "letter_nests_too_deep"
            raw = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
        try:
            # The older policy keeps headers as they came: the newer one parses them on access and raises.
            parser = BytesParser(policy=email.policy.compat32)
            self._message = parser.parsebytes(raw, headersonly=bool(self.problem))
        except _BROKEN:
            self.problem = "letter_broken"

    def all(self, name: str) -> list[str]:
        """Every header of a name, decoded, each on one line of at most 4,000 characters."""
        found: list[str] = []
        try:
            values = self._message.get_all(name) or []
        except _BROKEN:
            return []
        for value in values[:50]:
            found.append(_decoded(str(value)[:MAX_HEADER]))
        return found

    def header(self, name: str) -> str:
        """The first header of a name, empty when there is none."""
        return next(iter(self.all(name)), "")

    def addresses(self, *names: str) -> list[tuple[str, str]]:
        """Name and address of everybody in these headers; what is no address is left out."""
        values = [value for name in names for value in self.all(name)]
        try:
            pairs = getaddresses(values)
        except _BROKEN:
            return []
        return [(shapes.line(who, 120), at.strip()) for who, at in pairs if _is_address(at.strip())]

    def sent_at(self) -> datetime | None:
        """The Date header, which the sender's machine wrote; None when it is nonsense."""
        try:
            found = parsedate_to_datetime(self.header("Date"))
            if found.tzinfo is None:
                found = found.replace(tzinfo=UTC)
            return shapes.moment(found.timestamp())
        except (ValueError, TypeError, OverflowError, IndexError):
            return None

    def content_type(self) -> str:
        """The letter's own media type."""
        return _type_of(self._message)

    def parts(self, most: int | None = MAX_PARTS) -> Iterator[Message]:
        """Leaves, in order, of the first ``most`` parts; a letter within the letter is one leaf."""
        return (part for part in islice(_walk(self._message), most) if _inner(part) is None)

    def text(self) -> str:
        """The words: the plain part, else the page's words without its scripts."""
        html = ""
        for part in self.parts():
            kind = _type_of(part)
            if not _is_to_read(part):
                continue
            words = _words(part)
            if kind == "text/plain" and words.strip():
                return clean_text(words, shapes.MAX_TEXT)
            html = html or (words if kind == "text/html" else "")
        return clean_text(text_of_html(html), shapes.MAX_TEXT)

    def attachments(self) -> tuple[MediaRef, ...]:
        """Everything that is no text to read, at most twenty."""
        return tuple(self._files()[:MAX_ATTACHMENTS])

    def left_out(self) -> int:
        """How many files the letter has beyond those in :meth:`attachments`; they are counted, not opened."""
        if len(self._files()) <= MAX_ATTACHMENTS:
            return 0
        count = sum(1 for part in self.parts(most=None) if part.get_payload() and not _is_to_read(part))
        return max(count - MAX_ATTACHMENTS, 1)

    def _files(self) -> list[MediaRef]:
        """The files up to one too many."""
        if self._found is None:
            refs = (_attachment(part) for part in self.parts() if not _is_to_read(part))
            self._found = list(islice((ref for ref in refs if ref is not None), MAX_ATTACHMENTS + 1))
        return self._found


def _decoded(value: str) -> str:
    """RFC 2047 words decoded; unknown character sets lose their letters, not the header."""
    words: list[str] = []
    try:
        for part, charset in decode_header(value):
            words.append(_characters(part, charset or "utf-8") if isinstance(part, bytes) else str(part))
    except _BROKEN:
        words = [value]
    return shapes.line("".join(words), MAX_HEADER)


def _characters(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


def _is_address(value: str) -> bool:
    local, at, domain = value.rpartition("@")
    plain = value.isascii() and value.isprintable() and not set(value) & set(' <>"(),;:\\[]')
    return bool(local and at and domain) and plain and len(value) <= 254 and "@" not in local


def _type_of(part: Message) -> str:
    try:
        return part.get_content_type()
    except _BROKEN:
        return "application/octet-stream"


def _walk(message: Message) -> Iterator[Message]:
    """The letter and everything inside it, in order; without recursion, however deep it nests."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(_inner(part) or []))


def _inner(part: Message) -> list[Message] | None:
    """What a multipart holds; None for a leaf."""
    inner = part.get_payload()
    if not isinstance(inner, list) or not _type_of(part).startswith("multipart/"):
        return None
    return [one for one in inner if isinstance(one, Message)]


def _is_to_read(part: Message) -> bool:
    """Whether its words are the letter's own."""
    return not _is_attached(part) and _type_of(part) in ("text/plain", "text/html")


def _is_attached(part: Message) -> bool:
    try:
        return part.get_content_disposition() == "attachment" or part.get_filename() is not None
    except _BROKEN:
        return True


def _words(part: Message) -> str:
    data = _bytes(part)
    try:
        charset = part.get_content_charset() or "utf-8"
    except _BROKEN:
        charset = "utf-8"
    return _characters(data[:MAX_PAGE], charset)


def _bytes(part: Message) -> bytes:
    """The part's content, unwrapped from its transfer encoding; a letter within as it stands."""
    try:
        if _type_of(part) == "message/rfc822":
            inner = part.get_payload(0) if part.is_multipart() else part
            return inner.as_bytes() if isinstance(inner, Message) else b""
        found = part.get_payload(decode=True)
    except _BROKEN:
        return b""
    return found if isinstance(found, bytes) else b""


def _attachment(part: Message) -> MediaRef | None:
    data, kind = _bytes(part), shapes.mime(_type_of(part))
    if not data or kind.startswith("multipart/"):
        return None
    try:
        name = safe_name(_decoded(str(part.get_filename() or "")[:MAX_HEADER]))
    except _BROKEN:
        name = ""
    return MediaRef(
        mime=kind,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        name=name,
        data=data,
        opaque=kind in _OPAQUE or name.lower().endswith(_OPAQUE_NAMES),
    )


def safe_name(name: str) -> str:
    """A file's name without its folders; never a path."""
    plain = name.replace("\\", "/").rsplit("/", 1)[-1].strip(". ")
    return shapes.line(plain, 120)
