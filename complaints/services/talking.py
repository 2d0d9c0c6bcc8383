"""Words: notes among colleagues, answers to the citizen, and what he writes back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city.viewers import Viewer
from complaints import moves
from complaints.models import Channel, Direction, Envelope, Message, Note, Report, Reporter, Visibility
from complaints.services import clocks, moving, telling
from complaints.services.writing import actor, lock, must, save
from complaints.texts import clean_text
from complaints.workflow import Status, before_waiting

NOTE_LIMIT = 4000
MESSAGE_LIMIT = 4000
# The kind of actor of a partner's key that speaks about a report which it did not send.
PARTNER = "partner"
CLOSED_FOR_GOOD = timedelta(days=182)


@transaction.atomic
def add_note(
    *,
    pk: int,
    viewer: Viewer | None,
    text: str,
    public: bool = False,
    rev: int | None = None,
    at: datetime | None = None,
) -> Note:
    """Appends a remark; a public one is read by everybody and counts as the first answer."""
    must(viewer, "handle_report")
    report = lock(pk, viewer=viewer, rev=rev)
    text = _words(text, NOTE_LIMIT)
    visibility = Visibility.PUBLIC if public else Visibility.INTERNAL
    now = at or timezone.now()
    note = Note.objects.create(report=report, at=now, text=text, visibility=visibility, **actor(viewer))
    if public:
        clocks.answered(report, at=now)
    save(report, *clocks.FIELDS)
    return note


@transaction.atomic
def answer(*, pk: int, viewer: Viewer, text: str, rev: int | None = None, final: bool = True) -> Message:
    """Writes to the citizen by his channel; stops the answer clock unless it is only a courtesy.

    Raises ValidationError when there is no way to reach him.
    """
    must(viewer, "answer_report")
    report = lock(pk, viewer=viewer, rev=rev)
    text = _words(text, MESSAGE_LIMIT)
    reporter = report.reporter
    problem = telling.unreachable(report, reporter)
    if reporter is None or problem:
        raise ValidationError({"text": problem})
    now = timezone.now()
    message = Message.objects.create(
        report=report, at=now, direction=Direction.OUT, channel=reporter.channel, reporter=reporter,
        text=text, sent_at=now, is_answer=final, **actor(viewer),
    )  # fmt: skip
    report.unread = 0
    if final:
        clocks.answered(report, at=now)
    save(report, "unread", *clocks.FIELDS)
    telling.message_out(report, message, reporter)
    return message


@transaction.atomic
def receive(
    *,
    pk: int,
    channel: Channel,
    reporter: Reporter | None,
    text: str,
    sent_at: datetime,
    envelope: Envelope | None = None,
    external_id: str = "",
    kind: str = Message.Kind.TEXT,
    about: str = "",
    proof: str = "",
    replies: bool = True,
    partner: str = "",
) -> Message:
    """Appends what the citizen wrote; a reply takes a report that waited for him back to where it was.

    ``replies`` False: somebody else's word, which is no answer of his; ``partner`` names who says it.
    """
    report = lock(pk)
    if external_id:
        known: Message | None = Message.objects.filter(
            channel=channel, external_id=external_id, kind=kind, direction=Direction.IN
        ).first()
        if known is not None:
            return known
    now = timezone.now()
    message = Message.objects.create(
        report=report, at=now, direction=Direction.IN, kind=kind, channel=channel, reporter=reporter,
        envelope=envelope, external_id=external_id, about_external_id=about,
        text=clean_text(text, MESSAGE_LIMIT * 2), sent_at=min(sent_at, now), proof=proof,
        actor_kind=PARTNER if partner else "public", actor_name=partner[:160],
    )  # fmt: skip
    report.unread = min(report.unread + 1, 999)
    save(report, "unread")
    if replies and report.status == Status.WAITING and kind == Message.Kind.TEXT:
        back = before_waiting(moves.history(report)) or Status.VERIFIED
        moving.put(report, back, viewer=None, text=_("The citizen has answered."), at=now)
    return message


@transaction.atomic
def mark_read(*, pk: int, viewer: Viewer) -> None:
    """The conversation was opened by somebody who answers."""
    if viewer.can("complaints.answer_report"):
        Report.objects.visible_to(viewer).filter(pk=pk, unread__gt=0).update(unread=0)


def _words(text: str, limit: int) -> str:
    clean = clean_text(text, limit + 1)
    if not clean:
        raise ValidationError({"text": _("Write something.")})
    if len(clean) > limit:
        raise ValidationError({"text": _("At most %(limit)s characters.") % {"limit": limit}})
    return clean
