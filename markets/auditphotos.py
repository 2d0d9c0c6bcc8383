"""Photos of an audit: kept as they came, made anew in the confined child of decision 0090, shown only then.

Place and time in the file count for nothing and are in nothing that is shown.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter import jobs
from commandcenter.city.media import scanning, simple_photo
from commandcenter.city.media.limits import PHOTO
from commandcenter.city.media.problems import Problem, Refused
from commandcenter.city.viewers import Viewer
from markets.audits import Taken
from markets.models import AuditPhoto, ConditionAudit, PhotoState

PROCESS, QUEUE, FOLDER = "markets.process_photo", "files", "audits"
MOST_PHOTOS, MOST_FILES = 60, 120
TRIES = 3
LEASE = timedelta(seconds=PHOTO.wall) + timedelta(seconds=90)
PAUSE = timedelta(seconds=60)
AGE = timedelta(hours=24)
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
    try:
        return simple_photo.keep(chunks, FOLDER)
    except simple_photo.TooLarge:
        raise ValidationError({"photo": _("The photo is too large: up to 15 MB.")}) from None
    except simple_photo.NotAPhoto:
        raise ValidationError(
            {"photo": _("This is not a photo. JPEG, PNG, WebP and HEIC are taken.")}
        ) from None


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
        simple_photo.make(row, FOLDER)
        row.state, row.problem, row.next_try_at = PhotoState.READY, "", None
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
