"""Files that messages bring: fetched from their provider by a worker, then looked through like every other.

The row is written with its message. Where the file lies stays in the message's envelope alone, for such an
address may carry a token; whoever erases the envelope ends the fetching. Providers' addresses expire, so it
happens at once, and again with growing pauses. The row is claimed by moving its next try into the future, and
only whoever still holds that claim may say what came of it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from commandcenter import jobs
from commandcenter.city.media.problems import Problem, Refused
from complaints.channels.contract import InboundMessage, MediaRef, Permanent, Retryable
from complaints.channels.http import Http
from complaints.models import Attachment, Channel, Message
from complaints.services import fetching, files, remaking
from complaints.services.receiving import adapter_for, secrets_of
from complaints.texts import clean_text

FETCH = "complaints.fetch_attachment"
QUEUE = "fetch"
MOST = 20
"""Files of one message."""
MOST_OF_REPORT = 60
TRIES = 6
FIRST_WAIT_S, LONGEST_WAIT_S = 30, 4 * 3600
# While the channel itself is at fault no try is counted; no provider keeps a file much longer than this.
LONGEST = timedelta(days=7)
CALL_S, FILE_S = 15.0, 90.0
# Longer than the task's hard limit: a killed worker's claim ends by itself.
CLAIM = timedelta(seconds=260)
SWEEP_S = 30.0
_LATER = {
    "token_refused": Problem.NOT_FETCHED,
    Problem.PAGE.value: Problem.PAGE,
    Problem.DIFFERS.value: Problem.DIFFERS,
    Problem.STORAGE.value: Problem.STORAGE,
}
_NEVER = {
    "media_too_large": Problem.TOO_LARGE,
    "address_refused": Problem.ADDRESS,
}
log = logging.getLogger(__name__)


def want(message: Message, refs: Sequence[MediaRef]) -> None:
    """Notes the message's files within the caller's transaction; a message that comes again adds none."""
    if not refs or message.report.anonymised_at is not None:
        return
    known = Attachment.objects.filter(report=message.report_id).exclude(state=Attachment.State.REFUSED)
    room = MOST_OF_REPORT - known.exclude(message=message).count()
    rows = [_row(message, position, ref, room) for position, ref in enumerate(refs[:MOST])]
    Attachment.objects.bulk_create(rows, ignore_conflicts=True)
    new = Attachment.objects.filter(message=message, state=Attachment.State.FETCHING)
    for pk in new.values_list("pk", flat=True):
        jobs.enqueue(FETCH, pk, queue=QUEUE)


def _row(message: Message, position: int, ref: MediaRef, room: int) -> Attachment:
    family = ref.mime.partition("/")[0]
    kinds = {"image": Attachment.Kind.PHOTO, "video": Attachment.Kind.VIDEO}
    fits = position < room
    return Attachment(
        report_id=message.report_id, message=message, position=position, name=files.plain_name(ref.name),
        caption=clean_text(ref.caption, 300), declared=clean_text(ref.mime, 60),
        kind=kinds.get(family, Attachment.Kind.OTHER),
        state=Attachment.State.FETCHING if fits else Attachment.State.REFUSED,
        problem="" if fits else Problem.TOO_MANY.value,
    )  # fmt: skip


def fetch(pk: int) -> bool:
    """Fetches one; False where it is done or somebody else has it. Safe to run twice."""
    row = remaking.claim(pk, Attachment.State.FETCHING, CLAIM)
    if row is None:
        return False
    try:
        _arrived(row, _brought(row))
    except Refused as refusal:
        _refused(row, refusal.problem)
    except Retryable as problem:
        _again(row, problem)
    except SoftTimeLimitExceeded:
        _again(row, Retryable("timeout"))
        raise
    except Exception:
        log.exception("file %s could not be fetched", pk)
        _again(row, Retryable("fault"))
    return True


def _brought(row: Attachment) -> files.Stored:
    """The file in our storage. Raises Refused or Retryable."""
    try:
        return _stored(row)
    except Permanent as problem:
        raise Refused(_NEVER.get(problem.code, Problem.GONE)) from problem
    except ValidationError as error:
        codes = {one.code for found in error.error_dict.values() for one in found}
        raise Refused(Problem.EMPTY if "empty" in codes else Problem.TOO_LARGE) from error
    except OSError as error:
        raise Retryable(Problem.STORAGE.value) from error


def _stored(row: Attachment) -> files.Stored:
    if row.tries > TRIES:
        raise Refused(Problem(row.problem) if row.problem else Problem.NOT_FETCHED)
    channel, ref = _where(row)
    if ref.opaque:
        raise Refused(Problem.PACKED)
    limit = max(files.most_bytes(kind) for kind in (Attachment.Kind.PHOTO, Attachment.Kind.VIDEO))
    adapter = adapter_for(channel)
    if adapter is None:
        raise Refused(Problem.GONE)
    if ref.size > limit:
        raise Refused(Problem.TOO_LARGE)
    http = Http(allow_hosts=settings.CHANNEL_ALLOW_HOSTS, seconds=CALL_S, media_seconds=FILE_S)
    pieces = adapter.fetch_media(ref, channel.settings, secrets_of(channel), http, limit=limit)
    stored = files.store(pieces if ref.data is not None else _no_page(pieces))
    if ref.sha256 and ref.sha256.lower() != stored.sha256:
        default_storage.delete(stored.path)
        raise Retryable(Problem.DIFFERS.value)
    return stored


def _where(row: Attachment) -> tuple[Channel, MediaRef]:
    """What the envelope says of the file. Raises Refused where it was erased."""
    rows = Message.objects.select_related("channel", "envelope", "report")
    message = rows.filter(pk=row.message_id).first()
    envelope = message.envelope if message is not None else None
    if message is None or envelope is None or row.position is None:
        raise Refused(Problem.GONE)
    adapter = adapter_for(message.channel)
    if adapter is None or envelope.erased_at is not None or message.report.anonymised_at is not None:
        raise Refused(Problem.GONE)
    for item in adapter.normalise(bytes(envelope.raw)):
        if not isinstance(item, InboundMessage) or item.external_id != message.external_id:
            continue
        if row.position < len(item.attachments):
            return message.channel, item.attachments[row.position]
    raise Refused(Problem.GONE)


def _no_page(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces; a provider's page of login or of excuses is no file of a citizen."""
    first = True
    for piece in pieces:
        if first and piece[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype", b"<html")):
            raise Retryable(Problem.PAGE.value)
        first = False
        yield piece


def _arrived(row: Attachment, stored: files.Stored) -> None:
    with transaction.atomic():
        mine = _settle(
            row, state=Attachment.State.WAITING, problem="", next_try_at=None, tries=0,
            original=stored.path, sha256=stored.sha256, size=stored.size, kind=stored.kind,
        )  # fmt: skip
        if mine:
            jobs.enqueue(files.PROCESS, row.pk, queue=files.QUEUE)
    if not mine:
        default_storage.delete(stored.path)
    elif row.message is not None:
        fetching.well(row.message.channel)


def _again(row: Attachment, problem: Retryable) -> None:
    """Later, if there is a later; a channel at fault is seen in the registry and costs the file no try."""
    reason = Problem.NO_ENTRY if problem.channel_wide else _LATER.get(problem.code, Problem.AWAY)
    tries = row.tries - 1 if problem.channel_wide else row.tries
    if problem.channel_wide and row.message is not None:
        fetching.remark(row.message.channel, problem)
    if tries >= TRIES or timezone.now() - row.created_at > LONGEST:
        _refused(row, Problem.NOT_FETCHED if problem.channel_wide else reason)
        return
    wait = problem.after if problem.after is not None else FIRST_WAIT_S * 4.0 ** max(tries - 1, 0)
    next_try_at = timezone.now() + timedelta(seconds=min(wait, LONGEST_WAIT_S))
    _settle(row, problem=reason.value, next_try_at=next_try_at, tries=tries)


def _refused(row: Attachment, problem: Problem) -> None:
    _settle(row, state=Attachment.State.REFUSED, problem=problem.value, next_try_at=None)


def _settle(row: Attachment, **values: Any) -> bool:
    """Stores what came of it where the claim is still ours; nobody erased it, nobody else took it over."""
    mine = Attachment.objects.filter(
        pk=row.pk, state=Attachment.State.FETCHING, next_try_at=row.next_try_at
    ).update(**values)
    if mine:
        remaking.tell(row.pk)
    return bool(mine)


def wake(channel: Channel) -> None:
    """Somebody mended the channel: what waited for it is fetched with the next sweep."""
    rows = Attachment.objects.filter(state=Attachment.State.FETCHING, message__channel=channel)
    rows.filter(problem=Problem.NO_ENTRY.value).update(next_try_at=timezone.now())


def sweep(limit: int = 200) -> int:
    """Orders what waits for its turn: lost tasks, retries, a killed worker's; each in a task of its own."""
    due = Attachment.objects.due(timezone.now()).filter(state=Attachment.State.FETCHING)
    pks = list(due.order_by("next_try_at", "pk").values_list("pk", flat=True)[:limit])
    for pk in pks:
        jobs.enqueue(FETCH, pk, queue=QUEUE, expires=SWEEP_S)
    return len(pks)
