"""Browsers of citizens who have had our mark for a while."""

from __future__ import annotations

import time
import uuid

from django.core import signing
from django.test import Client

from complaints import hurdle, opened
from complaints.models import Report


class _Earlier(signing.TimestampSigner):
    def timestamp(self) -> str:
        return signing.b62_encode(int(time.time()) - hurdle.YOUNG_S - 5)


def old_mark() -> str:
    """A mark that was given before this visit."""
    return _Earlier(salt=hurdle._SALT).sign(uuid.uuid4().hex)


def known_browser() -> Client:
    """A browser that counts on its own."""
    client = Client()
    client.cookies[hurdle.DEVICE] = old_mark()
    return client


def open_in(client: Client, *reports: Report) -> None:
    """As if this browser had shown the PINs of these reports."""
    session = client.session
    session[opened.OPENED] = [[report.pk, opened._mark(report.pin_digest)] for report in reports]
    session.save()


def opened_in(client: Client) -> list[int]:
    """The keys of the reports that this browser keeps open."""
    return [pk for pk, _mark in client.session.get(opened.OPENED, [])]
