"""A stored file looked through, decoded in a child of its own, and made anew; whoever is killed in between.

The row is claimed by moving its next try into the future: a worker that dies leaves it to the sweep, and a
file that took three workers with it is given up.
"""

from __future__ import annotations

import secrets
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models import F
from django.utils import timezone

from commandcenter.city.media import child, kinds, scanning
from commandcenter.city.media.limits import PHOTO, Limits, video
from commandcenter.city.media.problems import Problem, Refused
from complaints.models import Attachment, Report
from complaints.services.writing import announce

TRIES = 3
SPARE = timedelta(seconds=90)
"""Beyond the child's own time, for the scan and the storage."""
SCANNER_PAUSE = timedelta(seconds=60)
PIECE = 256 * 1024
_MIME = {kinds.Kind.PHOTO: "image/jpeg", kinds.Kind.VIDEO: "video/mp4"}


def process(pk: int) -> bool:
    """Makes what is shown; False where it is done or somebody else has it. Safe to run twice."""
    guess = Attachment.objects.filter(pk=pk).values_list("kind", flat=True).first()
    kind = kinds.Kind.VIDEO if guess == Attachment.Kind.VIDEO else kinds.Kind.PHOTO
    row = claim(pk, Attachment.State.WAITING, timedelta(seconds=limits_of(kind).wall) + SPARE)
    if row is None:
        return False
    try:
        if row.tries > TRIES:
            raise Refused(Problem.GAVE_UP)
        _make(row)
    except Refused as refusal:
        row.state, row.problem = Attachment.State.REFUSED, refusal.problem.value
    except scanning.ScannerAway:
        row.problem, row.next_try_at = Problem.SCANNER.value, timezone.now() + SCANNER_PAUSE
        row.tries -= 1
    except OSError:
        row.state = Attachment.State.REFUSED if row.tries >= TRIES else row.state
        row.problem, row.next_try_at = Problem.STORAGE.value, timezone.now() + SCANNER_PAUSE
    finish(row)
    return True


def claim(pk: int, state: str, lease: timedelta) -> Attachment | None:
    """The row, ours until the lease is over; None where there is nothing to do."""
    now = timezone.now()
    free = Attachment.objects.due(now).filter(pk=pk, state=state)
    if not free.update(next_try_at=now + lease, tries=F("tries") + 1):
        return None
    found: Attachment = Attachment.objects.get(pk=pk)
    return found


def finish(row: Attachment) -> None:
    """Stores what came of it, unless the file was erased meanwhile; open pages of its report hear of it."""
    original = row.original
    if row.state in {Attachment.State.READY, Attachment.State.REFUSED}:
        row.next_try_at = None
    if row.state == Attachment.State.REFUSED:
        row.original = ""  # nobody will look at it again: only the row and the reason stay
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    kept = ("id", "uuid", "report_id", "draft", "public", "caption", "moment", "message_id")
    fresh = {name: value for name, value in values.items() if name not in kept}
    unfinished = Attachment.objects.filter(pk=row.pk, state__in=["waiting", "fetching"])
    if not unfinished.update(**fresh):
        for path in (row.served, row.thumb, row.poster):
            if path:
                default_storage.delete(path)
        return
    if original and not row.original:
        with suppress(OSError):  # a storage that is away: the day's look for files without a row finds it
            default_storage.delete(original)
    tell(row.pk)


def tell(pk: int) -> None:
    """Open pages of the file's report hear of it; a file that is ready clashes with nobody's work."""
    report = Report.objects.filter(attachments=pk).first()
    if report is not None:
        announce(report, stays=True)


def limits_of(kind: kinds.Kind) -> Limits:
    return PHOTO if kind is kinds.Kind.PHOTO else video(settings.REPORT_VIDEO_SECONDS)


def _make(row: Attachment) -> None:
    with tempfile.TemporaryDirectory(prefix="cc-file-") as name:
        folder = Path(name)
        source = folder / "source"
        with default_storage.open(row.original) as stored, source.open("wb") as copy:
            for chunk in stored.chunks(PIECE):
                copy.write(chunk)
        with source.open("rb") as file:
            kind = kinds.sniff(file.read(kinds.HEAD))
        kinds.agree(kind, name=row.name, declared=row.declared)
        if settings.CLAMAV:
            with source.open("rb") as file:
                scanning.scan(settings.CLAMAV, iter(lambda: file.read(PIECE), b""))
        _keep(row, child.make(kind, source, folder, limits_of(kind)))


def _keep(row: Attachment, made: child.Made) -> None:
    stem = secrets.token_hex(16)
    row.served = _stored(made.served, f"{stem}{made.served.suffix}")
    row.thumb = _stored(made.thumb, f"{stem}-s.jpg")
    row.poster = _stored(made.poster, f"{stem}-p.jpg") if made.poster else ""
    row.kind, row.mime = made.kind.value, _MIME[made.kind]
    row.state, row.problem = Attachment.State.READY, ""
    row.width, row.height, row.seconds = made.width, made.height, made.seconds
    row.exif_lat, row.exif_lng = made.lat, made.lng
    if made.taken_at is not None:
        aware = made.taken_at.tzinfo is not None
        row.taken_at = made.taken_at if aware else timezone.make_aware(made.taken_at)


def _stored(path: Path, name: str) -> str:
    with path.open("rb") as file:
        return default_storage.save(f"reports/{name}", File(file))
