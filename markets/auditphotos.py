"""Photos of an audit: kept as they came, made anew in the confined child of decision 0090, shown only then.

Place and time in the file count for nothing and are in nothing that is shown.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter import jobs
from commandcenter.city.media import child, kinds, scanning
from commandcenter.city.media.limits import PHOTO
from commandcenter.city.media.problems import Problem, Refused
from commandcenter.city.viewers import Viewer
from markets.audits import Taken
from markets.models import AuditPhoto, ConditionAudit, PhotoState

PROCESS, QUEUE, FOLDER = "markets.process_photo", "files", "audits"
MOST_BYTES = 15_000_000
MOST_PHOTOS, MOST_FILES = 60, 120
TRIES = 3
LEASE = timedelta(seconds=PHOTO.wall) + timedelta(seconds=90)
PAUSE = timedelta(seconds=60)
AGE = timedelta(hours=24)
PIECE = 256 * 1024
log = logging.getLogger(__name__)


def add(*, by: Viewer, pk: int, item: str, chunks: Iterable[bytes]) -> AuditPhoto:
    """Keeps a photo of a draft. ConditionAudit.DoesNotExist, PermissionDenied, Taken("final"),
    ValidationError (empty, too large, too many, no photo, unknown line).
    """
    _writable(by, pk, item)
    path, digest, size = _stored(chunks)
    try:
        return _kept(by, pk, item, path, digest, size)
    except BaseException:
        default_storage.delete(path)
        raise


def _writable(by: Viewer, pk: int, item: str = "") -> ConditionAudit:
    rows = ConditionAudit.objects.visible_to(by).select_related("market", "version")
    if transaction.get_connection().in_atomic_block:
        rows = rows.select_for_update(of=("self",))
    audit: ConditionAudit = rows.get(pk=pk)
    if audit.is_final:
        raise Taken("final")
    if by.read_only or audit.author_id != by.pk:
        raise PermissionDenied
    if item and item not in {line["code"] for line in audit.version.items}:
        raise ValidationError({"photo": _("This line is not in the checklist.")})
    return audit


@transaction.atomic
def _kept(by: Viewer, pk: int, item: str, path: str, digest: str, size: int) -> AuditPhoto:
    audit = _writable(by, pk, item)
    good = audit.photos.exclude(state=PhotoState.REFUSED).count()
    if good >= MOST_PHOTOS or audit.photos.count() >= MOST_FILES:
        raise ValidationError({"photo": _("At most %(n)d photos.") % {"n": MOST_PHOTOS}})
    row = AuditPhoto.objects.create(
        audit=audit, item=item, uploaded_by_id=by.pk, original=path, sha256=digest, size=size
    )
    jobs.enqueue(PROCESS, row.pk, queue=QUEUE)
    return row


def _stored(chunks: Iterable[bytes]) -> tuple[str, str, int]:
    digest, head, size = hashlib.sha256(), b"", 0
    with tempfile.TemporaryFile() as copy:
        for chunk in chunks:
            head, size = head + chunk[: kinds.HEAD - len(head)], size + len(chunk)
            if size > MOST_BYTES:
                raise ValidationError({"photo": _("The photo is too large: up to 15 MB.")})
            digest.update(chunk)
            copy.write(chunk)
        if not _is_photo(head):
            raise ValidationError({"photo": _("This is not a photo. JPEG, PNG, WebP and HEIC are taken.")})
        copy.seek(0)
        path = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}.bin", File(copy))
    return path, digest.hexdigest(), size


def _is_photo(head: bytes) -> bool:
    with suppress(Refused):
        return kinds.sniff(head) is kinds.Kind.PHOTO
    return False


@transaction.atomic
def remove(*, by: Viewer, photo: AuditPhoto) -> None:
    """Takes a photo out of a draft; its files go with the sweep."""
    _writable(by, photo.audit_id)
    photo.delete()


def process(pk: int) -> bool:
    """Makes what is shown; False where it is done or somebody else has it. Safe to run twice."""
    now = timezone.now()
    free = AuditPhoto.objects.filter(Q(next_try_at__isnull=True) | Q(next_try_at__lte=now))
    mine = free.filter(pk=pk, state=PhotoState.WAITING)
    if not mine.update(next_try_at=now + LEASE, tries=F("tries") + 1):
        return False
    row = AuditPhoto.objects.get(pk=pk)
    try:
        if row.tries > TRIES:
            raise Refused(Problem.GAVE_UP)
        _make(row)
    except Refused as refusal:
        row.state, row.problem = PhotoState.REFUSED, refusal.problem.value
    except (scanning.ScannerAway, OSError) as error:
        away = isinstance(error, scanning.ScannerAway)
        row.problem = (Problem.SCANNER if away else Problem.STORAGE).value
        row.next_try_at = timezone.now() + PAUSE
    made = {name: getattr(row, name) for name in ("state", "problem", "next_try_at", "served", "thumb")}
    # An update: a photo that was removed meanwhile stays removed.
    AuditPhoto.objects.filter(pk=pk).update(**made, width=row.width, height=row.height)
    return True


def _make(row: AuditPhoto) -> None:
    with tempfile.TemporaryDirectory(prefix="cc-audit-") as name:
        folder = Path(name)
        source = folder / "source"
        with default_storage.open(row.original) as stored, source.open("wb") as copy:
            for chunk in stored.chunks(PIECE):
                copy.write(chunk)
        if settings.CLAMAV:
            with source.open("rb") as file:
                scanning.scan(settings.CLAMAV, iter(lambda: file.read(PIECE), b""))
        made = child.make(kinds.Kind.PHOTO, source, folder, PHOTO)
        stem = secrets.token_hex(16)
        row.served, row.thumb = _saved(made.served, f"{stem}.jpg"), _saved(made.thumb, f"{stem}-s.jpg")
        row.width, row.height = made.width, made.height
        row.state, row.problem, row.next_try_at = PhotoState.READY, "", None


def _saved(path: Path, name: str) -> str:
    with path.open("rb") as file:
        return default_storage.save(f"{FOLDER}/{name}", File(file))


def sweep(limit: int = 50) -> int:
    """Photos whose task was lost; how many were made."""
    now = timezone.now()
    due = AuditPhoto.objects.filter(Q(next_try_at__isnull=True) | Q(next_try_at__lte=now))
    rows = due.filter(state=PhotoState.WAITING, received_at__lt=now - PAUSE).values_list("pk", flat=True)
    return sum(process(pk) for pk in list(rows[:limit]))


def clear_orphans() -> int:
    """Files older than a day that no row names (removed photos, drafts taken away); how many went."""
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:  # nobody has taken a photo yet
        return 0
    removed = 0
    for path in sorted(f"{FOLDER}/{name}" for name in names):
        named = Q(original=path) | Q(served=path) | Q(thumb=path)
        if _is_old(path) and not AuditPhoto.objects.filter(named).exists():
            default_storage.delete(path)
            removed += 1
    if removed:
        log.warning("%d files of audits without a row were removed", removed)
    return removed


def _is_old(path: str) -> bool:
    try:
        return timezone.now() - default_storage.get_modified_time(path) > AGE
    except FileNotFoundError:
        return False
