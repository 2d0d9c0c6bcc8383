"""One redactor for logs and exceptions: passwords in URLs, tokens and secrets never leave the process."""

from __future__ import annotations

import logging
import re

REFUSED = range(400, 500)
_USERINFO = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?P<userinfo>[^\s/@'\"]*(?:@[^\s/@'\"]*)*)@", re.IGNORECASE
)
_PAIRS = re.compile(
    r"(?i)\b(password|passwd|pwd|secret|token|authorization)(\"?'?\s*[:=]\s*\"?'?)([^\s,;\"'&}]+)"
)
_TOKEN_PATH = re.compile(r"(/(?:pic|push|henti|fieldstaff/t)/)[^/\s?.\"']+")
# The prefix of a token finds its row and may stand in a log.
_TOKEN = re.compile(r"\bcc_([0-9a-f]{1,12})_[A-Za-z0-9_-]{8,}")

# Numbers of reports: whoever holds one has half of what opens a secret report.
_REPORT = re.compile(r"(?<![\w-])([A-Z]{2,5})-[2-9A-Z]{4}-[2-9A-Z]{4}(?![\w-])", re.IGNORECASE)
_REPORT_PATH = re.compile(
    r"(/(?:lapor|reports)/(?:(?:kamar|rooms)/)?)"
    r"(?=[^\s/]*\d|(?:[A-Z]{2,5}-?)?[A-Z]{4}-?[A-Z]{4}(?:/|$|\s))[^\s/]+",
    re.IGNORECASE,
)
_REPORT_DOORS = re.compile(r"/(?:lapor|reports|fieldstaff)/")


def redact(text: str) -> str:
    """``text`` with credentials replaced by ``***``.

    >>> redact("rtsp://admin:p@ss@10.0.0.9/ch1 password=abc")
    'rtsp://***@10.0.0.9/ch1 password=***'
    """
    text = _USERINFO.sub(r"\g<scheme>***@", text)
    text = _REPORT.sub(r"\1-…", text)
    text = _TOKEN.sub(r"cc_\1_***", text)
    text = _PAIRS.sub(r"\1\2***", text)
    return _TOKEN_PATH.sub(r"\1***", text)


class RefusedDoors(logging.Filter):
    """What a citizen's or a desk's door refuses is everyday news: INFO, and without the report it was about.

    It stands at the logger ``django.request``, before any handler.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 0) not in REFUSED:
            return True
        message = record.getMessage()
        if not _REPORT_DOORS.search(message):
            return True
        record.msg, record.args = _REPORT_PATH.sub(r"\1…", redact(message)), None
        record.levelno, record.levelname = logging.INFO, "INFO"
        return logging.getLogger().isEnabledFor(logging.INFO)


class RedactingFilter(logging.Filter):
    """Rewrites the finished message, so that arguments are covered as well."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 0) in REFUSED:
            record.exc_info = None  # what a visitor asked wrongly is one line, not a page of ours
        message = record.getMessage()
        clean = redact(message)
        if clean != message:
            record.msg, record.args = clean, None
        if record.exc_info and not record.exc_text:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
        return True
