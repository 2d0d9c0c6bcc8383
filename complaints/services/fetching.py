"""Channels that are asked: a mailbox by IMAP, SP4N-LAPOR! by pages. What came and its cursor: one write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from commandcenter import jobs, keys
from complaints.channels import contract, imap, lapor
from complaints.channels.email import ADAPTER as EMAIL
from complaints.channels.http import Http
from complaints.channels.words import in_words
from complaints.models import Channel, ChannelKind
from complaints.services import receiving
from complaints.services.receiving import secrets_of

FETCH = "complaints.fetch_channel"
# Longer than the task's hard limit: a killed worker's lock ends by itself.
LOCK_S = 330
LETTERS, PAGES = 100, 20
REST_S = 60.0


def due() -> list[int]:
    """Channels in use that have somewhere to fetch from."""
    rows = Channel.objects.in_use()
    return [
        row.pk
        for row in rows.filter(kind__in=[ChannelKind.EMAIL, ChannelKind.LAPOR])
        if row.settings.get("imap_host" if row.kind == ChannelKind.EMAIL else "api_base")
    ]


def order_all() -> int:
    """One task a channel: a mailbox that hangs holds up no other."""
    found = due()
    for pk in found:
        jobs.enqueue(FETCH, pk, queue="slow", expires=REST_S)
    return len(found)


def fetch(pk: int) -> int | None:
    """New events of one channel; None where somebody else is at it, it rests, or it could not be asked."""
    row = Channel.objects.in_use().filter(pk=pk).first()
    if row is None or keys.client().exists(_key(pk, "rest")):
        return None
    with _alone(pk) as mine:
        if not mine:
            return None
        try:
            count = _mailbox(row) if row.kind == ChannelKind.EMAIL else _pages(row)
        except contract.SendFailed as problem:
            _trouble(row, problem)
            return None
    well(row)
    return count


def _key(pk: int, what: str) -> str:
    return str(keys.key("complaints", "fetch", pk, what))


@contextmanager
def _alone(pk: int) -> Iterator[bool]:
    """A lock in Redis: a row lock would hold up the channel's own webhooks for as long as a mailbox takes."""
    client, mark = keys.client(), uuid4().hex.encode()
    if not client.set(_key(pk, "lock"), mark, nx=True, ex=LOCK_S):
        yield False
        return
    try:
        yield True
    finally:
        if client.get(_key(pk, "lock")) == mark:
            client.delete(_key(pk, "lock"))


def _mailbox(row: Channel) -> int:
    """Letters behind the cursor; a round that breaks begins again with the letter it broke at."""
    count = 0

    def keep(raw: bytes, cursor: imap.Cursor) -> None:
        nonlocal count
        count += _kept(row, EMAIL.envelopes(raw), cursor.dump())

    http = Http(allow_hosts=settings.CHANNEL_ALLOW_HOSTS)
    connection = imap.connect(row.settings, secrets_of(row), http)
    try:
        folder = str(row.settings.get("imap_folder") or "INBOX")
        imap.poll(connection, imap.Cursor.load(row.cursor), keep, folder=folder, limit=LETTERS)
    finally:
        imap.close(connection)
    return count


def _pages(row: Channel) -> int:
    http, cursor, count = (
        Http(allow_hosts=settings.CHANNEL_ALLOW_HOSTS),
        str(row.cursor.get("after") or ""),
        0,
    )
    for _page in range(PAGES):
        raw, after = lapor.ADAPTER.pull(row.settings, secrets_of(row), http, cursor, timezone.now())
        found = [] if lapor.is_empty(raw) else lapor.ADAPTER.envelopes(raw)
        count += _kept(row, found, {"after": after})
        if not found or after == cursor:
            break
        cursor = after
    return count


@transaction.atomic
def _kept(row: Channel, found: list[contract.Envelope], cursor: dict[str, Any]) -> int:
    new = receiving.store(row, found)
    if cursor != row.cursor:
        Channel.objects.filter(pk=row.pk).update(cursor=cursor)
        row.cursor = cursor
    return new


def ask_again(pk: int) -> None:
    """Ends the rest after a failure; a dead Redis ends it by itself."""
    with suppress(RedisError):
        keys.client().delete(_key(pk, "rest"))


def marked() -> str:
    """How a remark of this module begins; a letter that went out well says nothing about the mailbox."""
    return str(_("Fetching")) + ": "


def remark(row: Channel, problem: contract.SendFailed) -> None:
    """What the registry shows of it."""
    rows = Channel.objects.filter(pk=row.pk)
    rows.filter(failing_since__isnull=True).update(failing_since=timezone.now())
    rows.update(last_problem=(marked() + str(in_words(problem.code)))[:200])


def _trouble(row: Channel, problem: contract.SendFailed) -> None:
    remark(row, problem)
    # A wrong password tried every minute locks an account.
    after = getattr(problem, "after", None) or REST_S
    keys.client().set(_key(row.pk, "rest"), b"1", ex=max(1, int(after)))


def well(row: Channel) -> None:
    """Something could be fetched: its remark, and no other, leaves the registry."""
    rows = Channel.objects.filter(pk=row.pk, last_problem__startswith=marked())
    rows.update(failing_since=None, last_problem="")
