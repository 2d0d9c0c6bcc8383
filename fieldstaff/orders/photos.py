"""Photos of an order: kept as they came, made anew in the confined child of decision 0090, shown only then.

What the file says of its time and place counts for nothing: the app says it, and our clock beside it.
"""

from __future__ import annotations

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
from fieldstaff.dispatch.orderflow import By
from fieldstaff.models import Order, OrderPhoto, PhotoState
from fieldstaff.orders import standing
from fieldstaff.orders.moving import fitted
from fieldstaff.orders.writing import NOTHING_SAID, Clash, Said, announce, lock, save, settle

PROCESS = "fieldstaff.process_photo"
QUEUE = "files"
FOLDER = "orders"
MOST_PHOTOS = 20
MOST_FILES = 60
"""With those that were refused: their originals lie on the disk, too."""
TRIES = 3
LEASE = timedelta(seconds=PHOTO.wall) + timedelta(seconds=90)
PAUSE = timedelta(seconds=60)


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
    try:
        return simple_photo.keep(chunks, FOLDER)
    except simple_photo.TooLarge:
        raise ValidationError({"photo": _("The photo is too large.")}) from None
    except simple_photo.NotAPhoto:
        raise ValidationError({"photo": _("This is not a photo.")}) from None


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
        simple_photo.make(row, FOLDER)
        row.state, row.problem, row.next_try_at = PhotoState.READY, "", None
    except Refused as refusal:
        row.state, row.problem = PhotoState.REFUSED, refusal.problem.value
    except (scanning.ScannerAway, OSError) as error:
        log_as = Problem.SCANNER if isinstance(error, scanning.ScannerAway) else Problem.STORAGE
        row.problem, row.next_try_at = log_as.value, timezone.now() + PAUSE
    _finish(row)
    return True


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
