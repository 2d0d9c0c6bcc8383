"""Notifications to browsers: first the row, then the task, then the push service, until time is up.

``send(officer, {"title": "Tugas baru", "body": "…", "url": "/…"}, ttl=600, urgency="high")`` is all it takes.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from commandcenter import jobs
from commandcenter.city.models import User
from complaints.channels.errors import ChannelError, Permanent
from complaints.channels.http import Answer, Http
from fieldstaff.models import Officer, PushKey, PushMessage, PushSubscription
from fieldstaff.webpush import crypto

log = logging.getLogger(__name__)
State = PushMessage.State
TASK, QUEUE = "fieldstaff.push", "intake"
URGENCIES = ("very-low", "low", "normal", "high")
LONGEST_TTL = 28 * 86_400
WAITS_S = (5, 20, 60, 300, 900)
LOST = timedelta(seconds=40)
"""A task that was not done by then is started anew."""
KEPT = timedelta(days=30)
SECONDS = 10.0
GONE = (404, 410)
LATER = frozenset({408, 425, 429})


def send(
    whom: Officer | User,
    payload: Mapping[str, Any],
    *,
    ttl: int = 300,
    urgency: str = "normal",
    topic: str = "",
) -> int:
    """Tells every browser of an officer or a login; how many there are. Nothing leaves before commit.

    ``payload``: ``title``, ``body``, ``url`` (a path of ours), ``tag``. ``ttl`` seconds it is worth telling
    (RFC 8030 §5.2), ``urgency`` very-low, low, normal, high (§5.3), ``topic``: a newer one replaces an unread
    one (§5.4, up to 32 letters). ValueError for an unknown urgency or a text that no push can hold.
    """
    if urgency not in URGENCIES:
        raise ValueError(f"urgency: one of {', '.join(URGENCIES)}")
    text = json.dumps({**payload, "id": "0" * 36})
    if len(text.encode()) > crypto.MOST:
        raise ValueError(f"a push holds {crypto.MOST} bytes")
    now = timezone.now()
    with transaction.atomic():
        rows = PushMessage.objects.bulk_create(
            PushMessage(
                subscription=one, payload=json.dumps(dict(payload)), ttl_s=max(0, min(ttl, LONGEST_TTL)),
                urgency=urgency, topic=topic[:32], due_at=now + LOST,
            )
            for one in PushSubscription.objects.of(whom)
        )  # fmt: skip
        for row in rows:
            jobs.enqueue(TASK, row.pk, queue=QUEUE)
    return len(rows)


def vapid() -> crypto.Vapid:
    """The city's key, made at first use; two processes at once make one."""
    row = PushKey.objects.first()
    if row is None:
        made = crypto.new_key().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        row, _made = PushKey.objects.get_or_create(only=True, defaults={"private": made.decode()})
    key = serialization.load_pem_private_key(row.private.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return crypto.Vapid(key, settings.PUBLIC_URL or f"mailto:{settings.DEFAULT_FROM_EMAIL}")


def deliver(pk: int) -> bool:
    """One try; True once the push service has it. Safe to run twice: a row is claimed by moving its turn."""
    now = timezone.now()
    waiting = PushMessage.objects.filter(pk=pk, state=State.WAITING).select_related("subscription")
    row = waiting.first()
    if row is None:
        return False
    left = row.ttl_s - int((now - row.created_at).total_seconds())
    if left <= 0 and row.tries:
        _end(row, State.EXPIRED, "too_late")
        return False
    turn = now + timedelta(seconds=WAITS_S[min(row.tries, len(WAITS_S) - 1)] + SECONDS)
    claimed = waiting.filter(tries=row.tries).update(tries=F("tries") + 1, due_at=turn)
    if not claimed:
        return False
    try:
        answer = _post(row, max(left, 0))
    except (Permanent, ValueError) as error:
        # The address is none of a push service, or its keys are none: no try will help.
        log.warning("push subscription %s is not usable: %s", row.subscription_id, type(error).__name__)
        row.subscription.delete()
        return False
    except ChannelError as error:
        PushMessage.objects.filter(pk=pk).update(problem=error.code[:40])
        return False
    return _answered(row, answer)


def _post(row: PushMessage, left: int) -> Answer:
    to = row.subscription
    told = {**json.loads(row.payload), "id": str(row.uuid)}
    body = crypto.seal(json.dumps(told).encode(), browser=crypto.unb64(to.p256dh), auth=crypto.unb64(to.auth))
    headers = {
        "Authorization": vapid().header(to.endpoint, int(timezone.now().timestamp())),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(left),
        "Urgency": row.urgency,
    }
    if row.topic:
        headers["Topic"] = row.topic
    http = Http(allow_hosts=settings.CHANNEL_ALLOW_HOSTS, seconds=SECONDS)
    return http.call("POST", to.endpoint, headers=headers, body=body)


def _answered(row: PushMessage, answer: Answer) -> bool:
    status = answer.status
    if 200 <= status < 300:
        now = timezone.now()
        _end(row, State.DELIVERED, "", delivered_at=now)
        PushSubscription.objects.filter(pk=row.subscription_id).update(delivered_at=now, failures=0)
        return True
    if status in GONE:
        row.subscription.delete()
        return False
    PushSubscription.objects.filter(pk=row.subscription_id).update(failures=F("failures") + 1)
    if status >= 500 or status in LATER:
        PushMessage.objects.filter(pk=row.pk).update(problem=f"http_{status}")
    else:
        _end(row, State.FAILED, f"http_{status}")
    return False


def _end(row: PushMessage, state: str, problem: str, **more: Any) -> None:
    """The text goes with the waiting: what was told is in the app, not here."""
    PushMessage.objects.filter(pk=row.pk, state=State.WAITING).update(
        state=state, problem=problem, payload="", **more
    )


def opened(uuid: str) -> bool:
    """Somebody touched the notification; only its browser knows the number."""
    rows = PushMessage.objects.filter(uuid=uuid, state=State.DELIVERED)
    return bool(rows.update(state=State.OPENED, opened_at=timezone.now()))


def sweep() -> int:
    """Starts whatever is due again, and forgets what is a month old; how many were started."""
    now = timezone.now()
    due = PushMessage.objects.filter(state=State.WAITING, due_at__lte=now).order_by("due_at")
    found = list(due.values_list("pk", flat=True)[:500])
    for pk in found:
        jobs.send(TASK, pk, queue=QUEUE)
    PushMessage.objects.filter(created_at__lt=now - KEPT).delete()
    return len(found)
