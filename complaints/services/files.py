"""Files of a report: taken in, made anew by a worker, shown only then, erased when their time is over."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter import jobs
from commandcenter.city.media import kinds
from commandcenter.city.media.problems import Refused
from commandcenter.city.viewers import Viewer
from complaints.models import Attachment, Report
from complaints.services.remaking import process
from complaints.services.writing import lock, must, save
from complaints.texts import clean_text

__all__ = ["attach", "erase", "process", "read", "store", "sweep", "take"]

PROCESS = "complaints.process_attachment"
QUEUE = "files"
MOST_BYTES = 15_000_000
MOST_FILES = 6
ORPHAN = timedelta(hours=24)
DRAFT = timedelta(hours=3)
"""A draft's files without their report; the citizen's script sends older ones again (citizen-send.js)."""
SWEEP_SECONDS = 60


def take(
    chunks: Iterable[bytes],
    *,
    name: str,
    draft: uuid.UUID | None = None,
    report: Report | None = None,
    viewer: Viewer | None = None,
    moment: str = Attachment.Moment.REPORTED,
    public: bool = False,
    declared: str = "",
    device: str = "",
    partner: str = "",
) -> Attachment:
    """Stores a file under a random name and lets a worker look at it; nothing is shown before that.

    ``declared`` is the media type its sender claims, ``device`` the digest of the sender's browser's mark.

    Raises ValidationError by field: too large, too many, empty.
    """
    known = Attachment.objects.filter(draft=draft) if draft else Attachment.objects.filter(report=report)
    if known.exclude(state=Attachment.State.REFUSED).count() >= MOST_FILES * (1 if draft else 10):
        raise ValidationError({"file": _("At most %(n)d files.") % {"n": MOST_FILES}})
    stored = store(chunks)
    same: Attachment | None = None
    if draft:
        same = known.filter(sha256=stored.sha256).exclude(state=Attachment.State.REFUSED).first()
    if same is not None:
        default_storage.delete(stored.path)
        return same  # its answer was lost on the way, and the phone sent it again
    row = Attachment.objects.create(
        report=report, draft=draft, name=plain_name(name), moment=moment, public=public, device=device,
        declared=clean_text(declared, 60), partner=partner, original=stored.path, sha256=stored.sha256,
        size=stored.size, kind=stored.kind,
        uploaded_by_id=viewer.pk if viewer is not None and viewer.kind == "user" else None,
    )  # fmt: skip
    jobs.enqueue(PROCESS, row.pk, queue=QUEUE)
    return row


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it came, under a random name; ``kind`` is its guessed kind."""

    path: str
    sha256: str
    size: int
    kind: str


def store(chunks: Iterable[bytes]) -> Stored:
    """Writes the chunks to the storage as they come, never whole in memory.

    Raises ValidationError: empty, or larger than its kind may be.
    """
    digest, head, size, kind = hashlib.sha256(), b"", 0, str(Attachment.Kind.OTHER)
    with tempfile.TemporaryFile() as copy:
        for chunk in chunks:
            head += chunk[: kinds.HEAD - len(head)]
            kind, size = _guessed(head), size + len(chunk)
            if size > most_bytes(kind):
                raise ValidationError({"file": ValidationError(too_large(kind), code="too_large")})
            digest.update(chunk)
            copy.write(chunk)
        if not size:
            raise ValidationError({"file": ValidationError(_("The file is empty."), code="empty")})
        copy.seek(0)
        path = default_storage.save(f"reports/{secrets.token_hex(16)}.bin", File(copy))
    return Stored(path, digest.hexdigest(), size, kind)


def _guessed(head: bytes) -> str:
    try:
        return str(kinds.sniff(head).value)
    except Refused:
        return Attachment.Kind.OTHER


def most_bytes(kind: str) -> int:
    """Bytes that a file of this kind may have."""
    return int(settings.REPORT_VIDEO_MB) * 1_000_000 if kind == Attachment.Kind.VIDEO else MOST_BYTES


def too_large(kind: str) -> str:
    """Says how much is allowed."""
    megabytes = most_bytes(kind) // 1_000_000
    if kind == Attachment.Kind.VIDEO:
        return _("The video is larger than %(n)d MB. Send a shorter one.") % {"n": megabytes}
    return _("The file is larger than %(n)d MB.") % {"n": megabytes}


def plain_name(name: str) -> str:
    """A sender's name of a file, for people to read: no path, no control or turning characters."""
    return clean_text(name.replace("/", " ").replace("\\", " "), 120)


@transaction.atomic
def attach(
    *,
    pk: int,
    chunks: Iterable[bytes],
    name: str,
    viewer: Viewer,
    moment: str,
    public: bool,
    declared: str = "",
) -> Attachment:
    """A photo or a video of the desk or the agency, before or after the work."""
    must(viewer, "handle_report")
    if moment not in Attachment.Moment.values:
        raise ValidationError({"moment": _("Choose from the lists.")})
    report = lock(pk, viewer=viewer)
    row = take(
        chunks, name=name, report=report, viewer=viewer, moment=moment, public=public, declared=declared
    )
    save(report)
    return row


def read(path: str) -> bytes:
    """The bytes behind a row's path; FileNotFoundError where the storage lost them."""
    with default_storage.open(path) as file:
        return bytes(file.read())


def sweep(limit: int = 100) -> int:
    """Files whose task was lost; and drafts that never became a report leave after three hours.

    After a minute's work it leaves the rest to the next sweep.
    """
    waiting = Attachment.objects.due(timezone.now()).filter(state=Attachment.State.WAITING)
    done, begun = 0, time.monotonic()
    for pk in list(waiting.values_list("pk", flat=True)[:limit]):
        if time.monotonic() - begun < SWEEP_SECONDS:
            done += process(pk)
    clear_drafts()
    return done


def clear_drafts() -> int:
    """Files that were never joined to a report and whose time is over leave, all of them; how many they were.

    After a minute's work it leaves the rest to the next sweep.
    """
    now, gone, begun = timezone.now(), 0, time.monotonic()
    old = Q(draft__isnull=False, created_at__lt=now - DRAFT) | Q(created_at__lt=now - ORPHAN)
    for pk in list(Attachment.objects.filter(old, report__isnull=True).values_list("pk", flat=True)):
        if time.monotonic() - begun > SWEEP_SECONDS:
            break
        gone += _clear_draft(pk)
    return gone


def _clear_draft(pk: int) -> bool:
    """The row first: bytes that no row names are found again (``orphans``), a row without bytes is not."""
    with transaction.atomic():
        # Not while a report takes it at this very moment.
        row = (
            Attachment.objects.select_for_update(skip_locked=True).filter(pk=pk, report__isnull=True).first()
        )
        if row is None:
            return False
        paths = (row.original, row.served, row.thumb, row.poster)
        row.delete()
    for path in filter(None, paths):
        default_storage.delete(path)
    return True


def erase(row: Attachment) -> None:
    """Takes every byte of it away; the row says that it was there."""
    for path in (row.original, row.served, row.thumb, row.poster):
        if path:
            default_storage.delete(path)
    row.original = row.served = row.thumb = row.poster = row.name = row.caption = ""
    row.declared = row.device = ""
    row.exif_lat = row.exif_lng = row.taken_at = row.next_try_at = None
    row.state = Attachment.State.ERASED
    row.save()
