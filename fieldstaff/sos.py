"""Calls for help, written before any rule about repeats, duty or limits."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction

from fieldstaff import duty, signals
from fieldstaff.messages import Message, Received, moment
from fieldstaff.models import SosEvent

MOST_OPEN = 10
"""Calls that one phone can have open at once; what it calls beyond counts up the newest of them."""
JOIN = timedelta(minutes=10)
"""A phone that names no call and calls again so soon means the call that is open."""

# The same name is the same call, also for two requests at once.
_CALL = """
INSERT INTO fieldstaff_sosevent (uuid, device_id, officer_id, client_key, fix_at, recv_at, last_at, repeats,
                                 lat, lng, silent, outcome)
VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s, 0, %s, %s, %s, '')
ON CONFLICT (device_id, client_key) DO UPDATE SET
  repeats = fieldstaff_sosevent.repeats + 1,
  last_at = GREATEST(fieldstaff_sosevent.last_at, excluded.last_at),
  lat = COALESCE(excluded.lat, fieldstaff_sosevent.lat),
  lng = COALESCE(excluded.lng, fieldstaff_sosevent.lng),
  silent = fieldstaff_sosevent.silent OR excluded.silent
RETURNING id, xmax = 0
"""


@transaction.atomic
def call(request: Received, message: Message, *, silent: bool = False) -> int:
    """Keeps a call and tells it after commit; the same call again counts up. Returns its pk.

    ``silent``: whoever calls must not be phoned; once said, it stays.
    """
    recv = moment(request.recv)
    key = message.key or f"fix:{message.fix or request.recv}"
    if not message.key or _is_crowded(request.device, request.recv):
        key = _open_call(request.device, key, request.recv) or key
    officer = duty.load([request.device], request.recv, request.recv).officer(request.device, request.recv)
    fix = moment(message.fix) if message.fix is not None else recv
    lat = None if message.lat is None else message.lat / 1e7
    lng = None if message.lon is None else message.lon / 1e7
    with connection.cursor() as cursor:
        cursor.execute(_CALL, [request.device, officer, key, fix, recv, recv, lat, lng, silent])
        pk, is_new = cursor.fetchone()
    _tell(int(pk), bool(is_new))
    return int(pk)


def _open_call(device: int, key: str, recv: int) -> str:
    """The name of the phone's own open call, where this one has not been heard before."""
    if SosEvent.objects.filter(device=device, client_key=key).exists():
        return key
    recent = SosEvent.objects.open().filter(device=device, last_at__gte=moment(recv) - JOIN)
    found = recent.order_by("-pk").values_list("client_key", flat=True).first()
    return str(found or "")


def _is_crowded(device: int, recv: int) -> bool:
    """Whether a phone has so many open calls that a further one tells nobody anything."""
    recent = SosEvent.objects.open().filter(device=device, last_at__gte=moment(recv) - JOIN)
    return bool(recent.count() >= MOST_OPEN)


def _tell(pk: int, is_new: bool) -> None:
    signal = signals.sos_called if is_new else signals.sos_repeated

    def send_signal() -> None:
        signal.send_robust(sender=SosEvent, pk=pk)

    transaction.on_commit(send_signal, robust=True)
