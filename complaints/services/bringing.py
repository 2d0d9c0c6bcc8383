"""What an outside party did with a report, brought home: public notes, and moves where the table has them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from complaints.channels.errors import Permanent, Retryable
from complaints.channels.words import of_outside
from complaints.models import Forwarding, OutsideUpdate, Report
from complaints.open311.client import Client
from complaints.services import forwarding, moving, talking
from complaints.services.writing import Conflict
from complaints.texts import clean_text
from complaints.workflow import Status

OVERLAP = timedelta(hours=1)
SPAN = timedelta(days=89)
OFTEN, SELDOM, RARELY = timedelta(minutes=5), timedelta(hours=1), timedelta(hours=12)
# Their last words: which of our outcomes each says plainly. Any other end brings the report back to the desk.
ENDS = {"fixed": Status.RESOLVED, "no_further_action": Status.UNABLE}
CLOSED = frozenset({*ENDS, "closed", "duplicate", "not_councils_responsibility", "cancelled"})


def bring(pk: int) -> bool:
    """Asks after one; False where it was not its turn."""
    now = timezone.now()
    mine = Forwarding.objects.filter(pk=pk, state=Forwarding.State.SENT, next_ask_at__lte=now)
    if not mine.update(next_ask_at=now + _pause(pk, now)):
        return False
    row = Forwarding.objects.select_related("party", "report").get(pk=pk)
    try:
        _ask(row, forwarding.client_of(row.party), now)
    except (Retryable, Permanent) as problem:
        Forwarding.objects.filter(pk=pk).update(problem=of_outside(problem)[:200])
    except Conflict:
        Forwarding.objects.filter(pk=pk).update(next_ask_at=now + timedelta(minutes=1))
    else:
        Forwarding.objects.filter(pk=pk).update(asked_at=now, problem="")
        row.report.refresh_from_db(fields=["status"])
        if row.report.status != Status.EXTERNAL:
            Forwarding.objects.filter(pk=pk).update(state=Forwarding.State.ENDED, next_ask_at=None)
    return True


def _pause(pk: int, now: datetime) -> timedelta:
    sent = Forwarding.objects.filter(pk=pk).values_list("sent_at", flat=True).first() or now
    age = now - sent
    return OFTEN if age < timedelta(days=1) else SELDOM if age < timedelta(days=30) else RARELY


def _ask(row: Forwarding, client: Client, now: datetime) -> None:
    if not row.external_id:
        row.external_id = client.number_of(row.token)
        if not row.external_id:
            return
        Forwarding.objects.filter(pk=row.pk).update(external_id=row.external_id)
    start = max((row.asked_at or row.sent_at or now) - OVERLAP, now - SPAN)
    try:
        found = client.updates(start, now + timedelta(minutes=5))
    except Permanent:
        found = _of_request(row, client)  # no such extension over there
    for update in found:
        if update["service_request_id"] == row.external_id and update["update_id"]:
            _take(row, update, now)


def _of_request(row: Forwarding, client: Client) -> list[dict[str, str]]:
    """One update made of what the request says now, where that is new."""
    said = client.request(row.external_id)
    status, words = str(said.get("status") or "").lower()[:30], str(said.get("status_notes") or "")[:3000]
    mark = hashlib.sha256(f"{status}|{words}".encode("utf-8", "replace")).hexdigest()
    if not status or mark == row.seen:
        return []
    first = not row.seen
    Forwarding.objects.filter(pk=row.pk).update(seen=mark)
    if first and status == "open" and not words:
        return []
    return [
        {
            "update_id": f"r-{mark[:40]}", "service_request_id": row.external_id, "status": status,
            "description": words, "updated_datetime": str(said.get("updated_datetime") or ""),
        }
    ]  # fmt: skip


def _take(row: Forwarding, update: dict[str, str], now: datetime) -> None:
    """Writes one update down, once: a note for everybody, and the end where it is one."""
    try:
        with transaction.atomic():
            at = min(_moment(update["updated_datetime"]) or now, now)
            OutsideUpdate.objects.create(forwarding=row, update_id=update["update_id"][:200], at=at)
            status = update["status"].lower()[:40]
            words = clean_text(update["description"], 3000)
            said = f"{row.party.name}: {words or status.replace('_', ' ')}"
            if status in CLOSED:
                _finish(row.report_id, status, said)
            else:
                talking.add_note(pk=row.report_id, viewer=None, text=said, public=True)
    except IntegrityError:
        return


def _finish(pk: int, status: str, said: str) -> None:
    report = Report.objects.get(pk=pk)
    if report.status != Status.EXTERNAL:
        talking.add_note(pk=pk, viewer=None, text=said, public=True)
        return
    if target := ENDS.get(status):
        try:
            with transaction.atomic():
                moving.move(pk=pk, target=target, viewer=None, text=said)
            return
        except ValidationError:
            pass  # a proof photo is missing, or the city took this move out: a person decides
    talking.add_note(pk=pk, viewer=None, text=said, public=True)
    back = _("The outside party has closed it (%(status)s): look at the outcome.") % {"status": status}
    try:
        with transaction.atomic():
            moving.move(pk=pk, target=Status.IN_PROGRESS, viewer=None, text=back)
    except ValidationError:
        talking.add_note(pk=pk, viewer=None, text=back, public=False)  # the city took this move out too


def _moment(text: Any) -> datetime | None:
    try:
        found = parse_datetime(str(text)[:40])
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def sweep(limit: int = 30) -> int:
    """Everything whose turn it is to be asked after."""
    due = Forwarding.objects.filter(Q(state=Forwarding.State.SENT), next_ask_at__lte=timezone.now())
    return sum(bring(pk) for pk in list(due.order_by("next_ask_at").values_list("pk", flat=True)[:limit]))
