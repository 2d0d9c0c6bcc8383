"""Photos of an order: kept as they came, made anew in the confined child of decision 0090, shown only then.

What the file says of its time and place counts for nothing: the app says it, and our clock beside it.
"""

from __future__ import annotations

import hashlib
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
from fieldstaff.dispatch.orderflow import By
from fieldstaff.models import Order, OrderPhoto, PhotoState
from fieldstaff.orders import standing
from fieldstaff.orders.moving import fitted
from fieldstaff.orders.writing import NOTHING_SAID, Clash, Said, announce, lock, save, settle

PROCESS = "fieldstaff.process_photo"
QUEUE = "files"
FOLDER = "orders"
MOST_BYTES = 15_000_000
MOST_PHOTOS = 20
MOST_FILES = 60
"""With those that were refused: their originals lie on the disk, too."""
TRIES = 3
LEASE = timedelta(seconds=PHOTO.wall) + timedelta(seconds=90)
PAUSE = timedelta(seconds=60)
PIECE = 256 * 1024


def add(*, pk: int, viewer: Viewer, chunks: Iterable[bytes], said: Said = NOTHING_SAID) -> OrderPhoto:
    """Keeps a photo of who has the order; the same ``said.uuid`` again gives the one that is there.

    Raises Order.DoesNotExist, PermissionDenied, ValidationError (empty, too large, too many, no photo),
    Clash("uuid_taken"), Clash("closed").
    """
    order = Order.objects.visible_to(viewer).select_related("assignee", "parent__assignee").get(pk=pk)
    if By.HOLDER not in standing.roles_of(viewer, order):
        raise PermissionDenied
    if (earlier := _earlier(order, said)) is not None:
        return earlier
    path, digest, size = _stored(chunks)
    try:
        return _kept(pk, viewer, said, path, digest, size)
    except BaseException:
        default_storage.delete(path)
        raise


def _earlier(order: Order, said: Said) -> OrderPhoto | None:
    row = OrderPhoto.objects.filter(uuid=said.uuid).first() if said.uuid else None
    if row is not None and row.order_id != order.pk:
        raise Clash("uuid_taken", order)
    return row


@transaction.atomic
def _kept(pk: int, viewer: Viewer, said: Said, path: str, digest: str, size: int) -> OrderPhoto:
    order = lock(pk)
    if not order.is_open:
        raise Clash("closed", order)
    good = order.photos.exclude(state=PhotoState.REFUSED).count()
    if good >= MOST_PHOTOS or order.photos.count() >= MOST_FILES:
        raise ValidationError({"photo": _("At most %(n)d photos.") % {"n": MOST_PHOTOS}})
    if _proves_another(order, digest):
        raise ValidationError({"photo": _("This photo belongs to another task already. Take a new one.")})
    now = timezone.now()
    values = {} if said.uuid is None else {"uuid": said.uuid}
    row = OrderPhoto.objects.create(
        order=order, at=fitted(order, said.at or now, now), device_at=said.device_at, recv_at=now,
        lat=said.lat, lng=said.lng, acc_m=said.acc_m, officer=order.assignee, uploaded_by_id=viewer.pk,
        original=path, sha256=digest, size=size, **values,
    )  # fmt: skip
    settle(order)  # a step that waited for its proof
    announce(order)
    jobs.enqueue(PROCESS, row.pk, queue=QUEUE)
    return row


def _proves_another(order: Order, digest: str) -> bool:
    """Whether the same file, to the byte, came with another order: one picture is no proof of two works."""
    same = OrderPhoto.objects.filter(sha256=digest).exclude(order=order)
    return bool(same.exclude(state=PhotoState.REFUSED).exists())


def _stored(chunks: Iterable[bytes]) -> tuple[str, str, int]:
    digest, head, size = hashlib.sha256(), b"", 0
    with tempfile.TemporaryFile() as copy:
        for chunk in chunks:
            head, size = head + chunk[: kinds.HEAD - len(head)], size + len(chunk)
            if size > MOST_BYTES:
                raise ValidationError({"photo": _("The photo is too large.")})
            digest.update(chunk)
            copy.write(chunk)
        if not _is_photo(head):
            raise ValidationError({"photo": _("This is not a photo.")})
        copy.seek(0)
        path = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}.bin", File(copy))
    return path, digest.hexdigest(), size


def _is_photo(head: bytes) -> bool:
    with suppress(Refused):
        return kinds.sniff(head) is kinds.Kind.PHOTO
    return False


def process(pk: int) -> bool:
    """Makes what is shown; False where it is done or somebody else has it. Safe to run twice."""
    now = timezone.now()
    free = OrderPhoto.objects.filter(Q(next_try_at__isnull=True) | Q(next_try_at__lte=now))
    mine = free.filter(pk=pk, state=PhotoState.WAITING)
    if not mine.update(next_try_at=now + LEASE, tries=F("tries") + 1):
        return False
    row = OrderPhoto.objects.get(pk=pk)
    try:
        if row.tries > TRIES:
            raise Refused(Problem.GAVE_UP)
        _make(row)
    except Refused as refusal:
        row.state, row.problem = PhotoState.REFUSED, refusal.problem.value
    except (scanning.ScannerAway, OSError) as error:
        log_as = Problem.SCANNER if isinstance(error, scanning.ScannerAway) else Problem.STORAGE
        row.problem, row.next_try_at = log_as.value, timezone.now() + PAUSE
    _finish(row)
    return True


def _make(row: OrderPhoto) -> None:
    with tempfile.TemporaryDirectory(prefix="cc-photo-") as name:
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
        row.served = _saved(made.served, f"{stem}.jpg")
        row.thumb = _saved(made.thumb, f"{stem}-s.jpg")
        row.width, row.height = made.width, made.height
        row.state, row.problem, row.next_try_at = PhotoState.READY, "", None


def _saved(path: Path, name: str) -> str:
    with path.open("rb") as file:
        return default_storage.save(f"{FOLDER}/{name}", File(file))


@transaction.atomic
def _finish(row: OrderPhoto) -> None:
    order = lock(row.order_id)
    row.save(update_fields=["state", "problem", "next_try_at", "served", "thumb", "width", "height"])
    if row.state == PhotoState.REFUSED and order.is_open:
        settle(order)  # it proves nothing
    if row.state != PhotoState.WAITING:
        save(order)  # a page leaves out a revision that it knows
        transaction.on_commit(lambda: _tell_above(order), robust=True)


def _tell_above(order: Order) -> None:
    """Whoever passed the order on sees its photos on his own; after commit: nothing is locked twice."""
    above = order.parent
    while above is not None:
        Order.objects.filter(pk=above.pk).update(rev=F("rev") + 1)
        above.refresh_from_db()
        announce(above)
        above = above.parent


def sweep(limit: int = 50) -> int:
    """Photos whose task was lost; how many were made."""
    now = timezone.now()
    due = OrderPhoto.objects.filter(Q(next_try_at__isnull=True) | Q(next_try_at__lte=now))
    rows = due.filter(state=PhotoState.WAITING, recv_at__lt=now - PAUSE).values_list("pk", flat=True)
    return sum(process(pk) for pk in list(rows[:limit]))
