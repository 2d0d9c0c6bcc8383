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
_TOKEN_PATH = re.compile(r"(/(?:pic|push)/)[^/\s?.\"']+")


def redact(text: str) -> str:
    """``text`` with credentials replaced by ``***``.

    >>> redact("rtsp://admin:p@ss@10.0.0.9/ch1 password=abc")
    'rtsp://***@10.0.0.9/ch1 password=***'
    """
    text = _USERINFO.sub(r"\g<scheme>***@", text)
    text = _PAIRS.sub(r"\1\2***", text)
    return _TOKEN_PATH.sub(r"\1***", text)


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
