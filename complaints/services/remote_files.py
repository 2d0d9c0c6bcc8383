"""Pictures that partners name by their address: fetched by a worker from the public internet and no other.

The row is written with the report; a worker fetches it through the downloader that judges every address and
every redirect, and hands the bytes to the usual pipeline, which alone decides whether they are a picture.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from commandcenter import jobs
from commandcenter.city.media import kinds
from complaints.channels.errors import Permanent, Retryable
from complaints.channels.http import Http
from complaints.models import Attachment, RemoteFile, Report
from complaints.services import files

FETCH = "complaints.fetch_remote_file"
CLAIM = timedelta(minutes=4)
TRIES = 6
FIRST_WAIT_S, LONGEST_WAIT_S = 60, 4 * 3600
log = logging.getLogger(__name__)


def want(
    report: Report, urls: Sequence[str], *, moment: str = Attachment.Moment.REPORTED, partner: str = ""
) -> None:
    """Notes what is to be fetched for ``report``, within the caller's transaction; ``partner``: see there."""
    for url in urls:
        row = RemoteFile.objects.create(
            report=report, url=url, moment=moment, partner=partner, next_try_at=timezone.now()
        )
        jobs.enqueue(FETCH, row.pk, queue="intake")


def fetch(pk: int) -> bool:
    """Fetches one; False where it is done or somebody else has it. Safe to run twice."""
    now = timezone.now()
    mine = RemoteFile.objects.filter(pk=pk, state=RemoteFile.State.WAITING, next_try_at__lte=now)
    if not mine.update(next_try_at=now + CLAIM, tries=F("tries") + 1):
        return False
    row = RemoteFile.objects.select_related("report").get(pk=pk)
    http = Http(allow_hosts=settings.CHANNEL_ALLOW_HOSTS, media_seconds=60.0, plain=True)
    try:
        _take(row, b"".join(http.stream(row.url, limit=files.MOST_BYTES)))
    except Retryable as problem:
        _again(row, problem.code, problem.after)
    except Permanent as problem:
        _failed(row, problem.code)
    except ValidationError:
        _failed(row, "media_refused")
    return True


@transaction.atomic
def _take(row: RemoteFile, content: bytes) -> None:
    if row.report.anonymised_at is not None:
        return _failed(row, "erased")
    name = unquote(urlsplit(row.url).path.rsplit("/", 1)[-1])
    name = name if kinds.names_a_file(name) else ""
    made = files.take(
        [content], name=name, report=row.report, moment=row.moment, public=row.public, partner=row.partner
    )
    RemoteFile.objects.filter(pk=row.pk).update(
        state=RemoteFile.State.DONE, attachment=made, problem="", next_try_at=None
    )
    return None


def _again(row: RemoteFile, problem: str, seconds: float | None) -> None:
    if row.tries >= TRIES:
        return _failed(row, problem)
    wait = seconds if seconds is not None else FIRST_WAIT_S * 4 ** (row.tries - 1)
    RemoteFile.objects.filter(pk=row.pk).update(
        problem=problem[:60], next_try_at=timezone.now() + timedelta(seconds=min(wait, LONGEST_WAIT_S))
    )
    return None


def _failed(row: RemoteFile, problem: str) -> None:
    RemoteFile.objects.filter(pk=row.pk).update(
        state=RemoteFile.State.FAILED, problem=problem[:60], next_try_at=None
    )


def sweep(limit: int = 50) -> int:
    """What waits for its turn: lost tasks, retries, a worker's unfinished ones."""
    due = RemoteFile.objects.filter(state=RemoteFile.State.WAITING, next_try_at__lte=timezone.now())
    return sum(fetch(pk) for pk in list(due.order_by("next_try_at").values_list("pk", flat=True)[:limit]))


def forget(report: Report) -> None:
    """The addresses leave with the reporter's words; what was not fetched never will be."""
    rows = RemoteFile.objects.filter(report=report, partner="")
    rows.filter(state=RemoteFile.State.WAITING).update(
        state=RemoteFile.State.FAILED, problem="erased", next_try_at=None
    )
    rows.update(url="")
