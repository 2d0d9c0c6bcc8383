"""Mail of a house without a mail server: kept as files, and its links shown in the console of ``up``."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from commandcenter.runtime import house

MARK = "MAIL to "  # the supervisor shows lines that have it
LINK = re.compile(r"https?://\S+")


def folder() -> Path:
    """``mail`` beside the house's other data; its owner alone may read."""
    path = house.data_dir() / "mail"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def _short(address: str) -> str:
    """Enough to know one's own by: consoles and their logs are read by others than the addressee."""
    name, at, host = address.rpartition("@")
    return f"{name[:2]}…{at}{host}"


class Mailbox(BaseEmailBackend):
    """What ``up`` uses unless CC_EMAIL_BACKEND or CC_EMAIL_HOST is set. Never in production."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Writes each to a file and prints one line with its first link."""
        for message in email_messages:
            name = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.eml"
            handle = os.open(folder() / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(message.message().as_bytes())
            link = LINK.search(str(message.body))
            people = ", ".join(map(_short, message.to))
            line = f"{MARK}{people}: {message.subject} | {link[0] if link else ''} | {name}"
            # Not through logging: a worker's log hides what looks like a secret, and this link is one.
            print(line, file=sys.__stdout__, flush=True)
        return len(email_messages)
