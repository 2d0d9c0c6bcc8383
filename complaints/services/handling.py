"""An envelope made into reports and messages: once, whoever is killed in between.

A message joins a report only where the citizen said so: it answers one of our messages, names the number, the
report waits for him, or it comes within ten minutes of his last one (people send a text, then a photo, then
the place). Everything else is a new report.
"""

from __future__ import annotations

import logging
import uuid

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints import abuse
from complaints.channels import contract
from complaints.channels.delivery import forward_only
from complaints.channels.words import in_words
from complaints.models import Channel, Delivery, Direction, Envelope, Message, Outbox, Reporter
from complaints.services import belonging, classifying, message_files, repeats, talking
from complaints.services.filing import NewReport, file_report
from complaints.services.receiving import adapter_for
from complaints.services.reporters import known_reporter, reporter_for
from complaints.services.writing import Conflict, lock, save

NAMESPACE = uuid.UUID("5f8f5c1f-7f3a-4c53-bb0b-0b8f9a9b5f10")
MOST_TRIES = 40
# An event that runs out of time does so again: a person looks at it sooner.
MOST_CUTS = 4
log = logging.getLogger(__name__)


class NotYet(Exception):
    """It speaks of something that has not arrived: an edit before its message."""


def handle(pk: int) -> bool:
    """Handles one envelope; False where somebody else has it or it is done.

    The try is counted before the work: whatever kills its worker cannot keep it first in every sweep.
    """
    if not _counted(pk):
        return False
    try:
        with transaction.atomic():
            rows = Envelope.objects.waiting().select_for_update(skip_locked=True, of=("self",))
            row = rows.select_related("channel").filter(pk=pk).first()
            if row is None:
                return False
            problem = _apply(row)
            row.handled_at, row.problem = timezone.now(), problem[:200]
            row.save(update_fields=["handled_at", "problem"])
    except (NotYet, Conflict) as reason:
        _later(pk, type(reason).__name__)
    except SoftTimeLimitExceeded:
        _later(pk, "SoftTimeLimitExceeded", most=MOST_CUTS)
        raise
    except Exception as error:
        # One event that nothing can be made of must not keep the sweep from those behind it.
        log.exception("envelope %s could not be handled", pk)
        _later(pk, type(error).__name__)
    return True


@transaction.atomic
def _counted(pk: int) -> bool:
    free = Envelope.objects.waiting().select_for_update(skip_locked=True).filter(pk=pk)
    return bool(Envelope.objects.filter(pk__in=free.values("pk")).update(tries=F("tries") + 1))


def _later(pk: int, problem: str, *, most: int = MOST_TRIES) -> None:
    """Tried again by the sweep; after many tries it is kept for a person."""
    rows = Envelope.objects.waiting().filter(pk=pk)
    rows.update(problem=problem)
    rows.filter(tries__gte=most).update(handled_at=timezone.now())


def sweep(limit: int = 300) -> int:
    """What was stored and not handled (lost tasks, early edits), the least tried first."""
    pks = list(Envelope.objects.waiting().order_by("tries", "pk").values_list("pk", flat=True)[:limit])
    return sum(handle(pk) for pk in pks)


def again(rows: QuerySet[Envelope]) -> int:
    """Gives posts that nothing was made of another turn, say after a setting was mended; how many."""
    left = rows.filter(handled_at__isnull=False, erased_at__isnull=True).exclude(problem="")
    return left.update(handled_at=None, tries=0)


def _apply(row: Envelope) -> str:
    adapter = adapter_for(row.channel)
    if adapter is None:
        return "no adapter"
    problems = [_one(row, item) for item in adapter.normalise(bytes(row.raw))]
    return "; ".join(problem for problem in problems if problem)


def _one(row: Envelope, item: contract.Inbound) -> str:
    if isinstance(item, contract.InboundMessage):
        if _is_of_another(row.channel, item.account):
            return "written to another account than this channel's: not filed"
        _message(row, item)
    elif isinstance(item, contract.InboundEdit):
        return _changed(row, item, item.text, Message.Kind.EDIT)
    elif isinstance(item, contract.InboundDelete):
        return _changed(row, item, "", Message.Kind.DELETION)
    elif isinstance(item, contract.DeliveryStatus):
        return _status(row.channel, item)
    else:
        return f"{type(item).__name__.lower()}: {item.reason}"
    return ""


def _is_of_another(channel: Channel, account: str) -> bool:
    """A provider's webhook may bring what was written to another number or page of the same business."""
    own = str(channel.settings.get("phone_number_id") or channel.settings.get("account_id") or "")
    return bool(own and account) and account != own


def _message(row: Envelope, item: contract.InboundMessage) -> None:
    channel, sent_at = row.channel, item.sent_at or row.received_at
    reporter = reporter_for(
        channel=channel, address=item.conversation_id or item.sender_id, name=item.sender_name,
        phone=item.sender_phone, email=item.sender_email, wrote_at=min(sent_at, timezone.now()),
        aliases=(item.sender_id, *item.aliases) if item.kind == "dm" else (),
    )  # fmt: skip
    text = _text_of(item)
    proof = belonging.authenticity(row)
    belongs = belonging.place(row, item, reporter, text, proof)
    report = belongs.report
    if report is None:
        flags = (*_signs(item, text, reporter), *belongs.flags)
        point = item.point
        new = NewReport(
            channel=channel, text=text, uuid=uuid.uuid5(NAMESPACE, f"{channel.pk}:{item.external_id}"),
            lat=point.lat if point else None, lng=point.lng if point else None, address=_place(point),
            sent_at=sent_at, received_at=row.received_at, reporter=reporter, envelope=row,
            external_id=item.external_id, flags=flags, origin=channel.origin, proof=proof,
        )  # fmt: skip
        filed = file_report(new).report
        said = Message.objects.filter(report=filed, envelope=row, direction=Direction.IN)
        for message in said.filter(external_id=item.external_id, kind=Message.Kind.TEXT):
            message_files.want(message, item.attachments)
        return
    message = talking.receive(
        pk=report.pk, channel=channel, reporter=reporter, text=text, sent_at=sent_at, envelope=row,
        external_id=item.external_id, proof=proof,
    )  # fmt: skip
    message_files.want(message, item.attachments)
    if item.point is not None and report.lat is None:
        locked, point = lock(report.pk), item.point
        classifying.locate(
            locked, lat=point.lat, lng=point.lng, address=_place(point), viewer=None, by_hand=False
        )
        save(locked, "lat", "lng", "address", "area")


def _signs(item: contract.InboundMessage, text: str, reporter: Reporter) -> list[str]:
    """What is odd in what he wrote himself; whether he sent it before is asked of the text as it is kept."""
    signs = abuse.check(item.text)
    if item.text.strip():  # two pictures without words are no repeat
        again = abuse.repeated(text, repeats.earlier(reporter))
        signs += [again] if again else []
    return [str(flag.sign) for flag in signs]


def _text_of(item: contract.InboundMessage) -> str:
    """What was said; files or a place alone say at least that."""
    parts = [item.subject, item.text, *(ref.caption for ref in item.attachments)]
    text = "\n".join(part for part in dict.fromkeys(parts) if part)
    count, taken = len(item.attachments) + item.left_out, min(len(item.attachments), message_files.MOST)
    if count > taken:
        text += "\n" * bool(text) + _("[only %(most)d of %(n)d files were taken]") % {
            "most": taken, "n": count,
        }  # fmt: skip
    if count and not text:
        return ngettext("[a file was sent]", "[%(n)d files were sent]", count) % {"n": count}
    return text or (_("[a place was sent]") if item.point else _("[an empty message]"))


def _place(point: contract.Point | None) -> str:
    return " ".join(part for part in (point.name, point.address) if part)[:300] if point else ""


def _changed(row: Envelope, item: contract.InboundEdit | contract.InboundDelete, text: str, kind: str) -> str:
    """An edit or a deletion is a row of its own; what was said first stays in the history.

    Only whoever wrote the message changes it; anybody else is refused, in words on the envelope.
    """
    about = item.external_id
    incoming = Message.objects.filter(channel=row.channel, external_id=about, direction=Direction.IN)
    original = incoming.filter(kind=Message.Kind.TEXT).first()
    if original is None:
        raise NotYet
    if item.sender_id and item.sender_id not in _senders(original):
        return f"{kind} by somebody who did not write the message: refused"
    talking.receive(
        pk=original.report_id, channel=row.channel, reporter=original.reporter, text=text,
        sent_at=item.at or row.received_at, envelope=row, external_id=row.external_id, kind=kind, about=about,
    )  # fmt: skip
    return ""


def _senders(original: Message) -> set[str]:
    """The ids of whoever wrote a message, as its own envelope names them."""
    adapter = adapter_for(original.channel)
    raw = bytes(original.envelope.raw) if original.envelope is not None else b""
    for item in adapter.normalise(raw) if adapter is not None and raw else ():
        if isinstance(item, contract.InboundMessage) and item.external_id == original.external_id:
            return {item.sender_id, *item.aliases}
    return set()


def _status(channel: Channel, item: contract.DeliveryStatus) -> str:
    """Forward only, in whatever order they come; some come before the provider gave us the message's id."""
    # Asked first: a row that stops being sent afterwards has its id by the time it is looked for.
    on_its_way = Outbox.objects.filter(channel=channel, state=Delivery.SENDING).exists()
    rows = Outbox.objects.select_for_update().filter(channel=channel)
    if item.external_id:
        rows = rows.filter(external_id=item.external_id)
        if on_its_way and not rows.exists():
            raise NotYet
    else:
        found = known_reporter(channel, item.conversation_id)
        if found is None:
            return "status of a conversation that is not ours"
        rows = rows.filter(reporter=found, sent_at__lte=item.at or timezone.now()).exclude(external_id="")
    for row in rows:
        state = forward_only(row.state, item.state.value)
        if state != row.state:
            row.state, row.problem = state, str(in_words(item.error))[:200]
            row.save(update_fields=["state", "problem"])
    return "" if rows else "status of a message that is not ours"
