"""Files of a report: taken in, made anew by a worker, shown only then, erased when their time is over."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter import jobs
from commandcenter.city.viewers import Viewer
from complaints.media import photo
from complaints.models import Attachment, Report
from complaints.services.writing import lock, must, save
from complaints.texts import clean_text

PROCESS = "complaints.process_attachment"
MOST_BYTES = 15_000_000
MOST_FILES = 6
TRIES = 3
ORPHAN = timedelta(hours=24)


def take(
    chunks: Iterable[bytes],
    *,
    name: str,
    draft: uuid.UUID | None = None,
    report: Report | None = None,
    viewer: Viewer | None = None,
    moment: str = Attachment.Moment.REPORTED,
    public: bool = False,
) -> Attachment:
    """Stores a file under a random name and lets a worker look at it; nothing is shown before that.

    Raises ValidationError by field: too large, too many, empty.
    """
    known = Attachment.objects.filter(draft=draft) if draft else Attachment.objects.filter(report=report)
    if known.exclude(state=Attachment.State.REFUSED).count() >= MOST_FILES * (1 if draft else 10):
        raise ValidationError({"file": _("At most %(n)d files.") % {"n": MOST_FILES}})
    content, mark = _read(chunks)
    path = default_storage.save(f"reports/{secrets.token_hex(16)}.bin", ContentFile(content))
    row = Attachment.objects.create(
        report=report, draft=draft, name=clean_text(name.replace("/", " ").replace("\\", " "), 120),
        moment=moment, public=public, original=path, sha256=mark, size=len(content),
        uploaded_by_id=viewer.pk if viewer is not None and viewer.kind == "user" else None,
    )  # fmt: skip
    jobs.enqueue(PROCESS, row.pk, queue="intake")
    return row


def _read(chunks: Iterable[bytes]) -> tuple[bytes, str]:
    digest, parts, size = hashlib.sha256(), [], 0
    for chunk in chunks:
        size += len(chunk)
        if size > MOST_BYTES:
            raise ValidationError({"file": _("The file is larger than 15 MB.")})
        digest.update(chunk)
        parts.append(chunk)
    if not size:
        raise ValidationError({"file": _("The file is empty.")})
    return b"".join(parts), digest.hexdigest()


@transaction.atomic
def attach(
    *, pk: int, chunks: Iterable[bytes], name: str, viewer: Viewer, moment: str, public: bool
) -> Attachment:
    """A photo of the desk or the agency, before or after the work."""
    must(viewer, "handle_report")
    if moment not in Attachment.Moment.values:
        raise ValidationError({"moment": _("Choose from the lists.")})
    report = lock(pk, viewer=viewer)
    row = take(chunks, name=name, report=report, viewer=viewer, moment=moment, public=public)
    save(report)
    return row


def process(pk: int) -> bool:
    """Makes what is shown; False where it is done or somebody else has it. Safe to run twice."""
    with transaction.atomic():
        rows = Attachment.objects.select_for_update(skip_locked=True, of=("self",))
        row = rows.filter(pk=pk, state=Attachment.State.WAITING).first()
        if row is None:
            return False
        row.tries += 1
        try:
            made = photo.make(_original(row))
        except photo.Refused as refusal:
            row.state, row.problem = Attachment.State.REFUSED, refusal.problem.value
        except OSError:
            row.state = Attachment.State.REFUSED if row.tries >= TRIES else row.state
            row.problem = "storage"
        else:
            _keep(row, made)
        row.save()
    if row.report_id is not None:
        report = Report.objects.filter(pk=row.report_id).first()
        if report is not None:
            from complaints.services.writing import announce

            Report.objects.filter(pk=report.pk).update(rev=report.rev + 1)
            report.refresh_from_db(fields=["rev"])
            announce(report)
    return True


def _original(row: Attachment) -> bytes:
    with default_storage.open(row.original) as file:
        return bytes(file.read(MOST_BYTES + 1))


def _keep(row: Attachment, made: photo.Photo) -> None:
    stem = secrets.token_hex(16)
    row.served = default_storage.save(f"reports/{stem}.jpg", ContentFile(made.served))
    row.thumb = default_storage.save(f"reports/{stem}-s.jpg", ContentFile(made.thumb))
    row.kind, row.mime, row.state, row.problem = (
        Attachment.Kind.PHOTO,
        "image/jpeg",
        Attachment.State.READY,
        "",
    )
    row.width, row.height = made.width, made.height
    row.exif_lat, row.exif_lng = made.lat, made.lng
    if made.taken_at is not None:
        row.taken_at = timezone.make_aware(made.taken_at)


def read(path: str) -> bytes:
    """The bytes behind a row's path; FileNotFoundError where the storage lost them."""
    with default_storage.open(path) as file:
        return bytes(file.read())


def sweep(limit: int = 100) -> int:
    """Files whose task was lost; and drafts that never became a report leave after a day."""
    waiting = Attachment.objects.filter(state=Attachment.State.WAITING).values_list("pk", flat=True)
    done = sum(process(pk) for pk in list(waiting[:limit]))
    for row in Attachment.objects.filter(report__isnull=True, created_at__lt=timezone.now() - ORPHAN)[:limit]:
        erase(row)
        row.delete()
    return done


def erase(row: Attachment) -> None:
    """Takes every byte of it away; the row says that it was there."""
    for path in (row.original, row.served, row.thumb, row.poster):
        if path:
            default_storage.delete(path)
    row.original = row.served = row.thumb = row.poster = row.name = row.caption = ""
    row.exif_lat = row.exif_lng = row.taken_at = None
    row.state = Attachment.State.ERASED
    row.save()
