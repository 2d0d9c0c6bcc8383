"""Reports that are one: merging, taking that back, splitting, and joining in ("ikut melapor")."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city.viewers import Viewer
from complaints.models import Link, Report, Reporter, Subscription
from complaints.services import clocks, moving, telling
from complaints.services.filing import Filed, NewReport, file_report
from complaints.services.writing import actor, lock, must, save
from complaints.texts import clean_text
from complaints.workflow import Status

CHILDREN = 10


def _both(first: int, second: int, viewer: Viewer) -> tuple[Report, Report]:
    """Both rows locked in one order, so that two merges never wait for each other."""
    locked = {pk: lock(pk, viewer=viewer) for pk in sorted({first, second})}
    return locked[first], locked[second]


@transaction.atomic
def merge(*, pk: int, into: int, viewer: Viewer, text: str = "", rev: int | None = None) -> Report:
    """Makes a report a duplicate of another: its people are told of the other from now on.

    Its number stays alive, its history stays whole, its clocks stop. A secret report is merged only with a
    secret one: otherwise its people would show. Into what is closed, solved ones too, nothing is merged: it
    would be closed with nobody at work on it. If it is the old problem, the old report is reopened first.
    Raises ValidationError, Conflict.
    """
    must(viewer, "merge_report")
    if pk == into:
        raise ValidationError({"into": _("A report is no duplicate of itself.")})
    report, main = _both(pk, into, viewer)
    _can_merge(report, main, rev)
    text = clean_text(text, 500) or _("The same as %(number)s.") % {"number": main.number}
    report.duplicate_of = main
    Link.objects.create(
        report=report, at=timezone.now(), what=Link.What.MERGED, other=main, text=text, **actor(viewer)
    )
    people = telling.followers(report)
    moving.put(report, Status.DUPLICATE, viewer=viewer, text=text)
    save(report, "duplicate_of")
    added = sum(subscribe(main, reporter, came_from=report) for reporter in people)
    main.supporters = F("supporters") + max(added, 1)
    main.save(update_fields=["supporters"])
    main.refresh_from_db(fields=["supporters"])
    save(main)
    return report


def _can_merge(report: Report, main: Report, rev: int | None) -> None:
    from complaints.services.writing import Conflict

    if rev is not None and report.rev != rev:
        raise Conflict
    if report.hidden != main.hidden:
        raise ValidationError({"into": _("A secret report is never merged with one that is not.")})
    if main.duplicate_of_id is not None:
        raise ValidationError({"into": _("That one is a duplicate itself. Choose the report it belongs to.")})
    if not main.is_open:
        words = _("%(number)s is closed: nobody would work on this one any more. Reopen that one first.")
        raise ValidationError({"into": words % {"number": main.number}})
    if not report.is_open:
        raise ValidationError({"into": _("This report is closed.")})
    if report.duplicates.exists():
        raise ValidationError({"into": _("Others are duplicates of this one: merge the other way round.")})


def subscribe(report: Report, reporter: Reporter, came_from: Report | None = None) -> bool:
    """Has ``reporter`` hear of the report from now on; whether that is new.

    A mailbox follows a report once, whatever was typed beside it. Of a secret report only those hear whose
    own report, secret too, was merged into it.
    """
    if follows(report, reporter.email_digest, besides=reporter):
        return False
    in_secret = came_from is not None and report.hidden
    row, created = Subscription.objects.get_or_create(
        report=report, reporter=reporter, defaults={"came_from": came_from, "in_secret": in_secret}
    )
    ended = row.ended_at is not None
    if ended or (in_secret and not row.in_secret):
        row.ended_at, row.in_secret = None, row.in_secret or in_secret
        row.save(update_fields=["ended_at", "in_secret"])
    return created or ended


def follows(report: Report, email_digest: str, besides: Reporter | None = None) -> bool:
    """Whether somebody else with this e-mail address follows the report or wrote it."""
    if not email_digest:
        return False
    rows = Subscription.objects.filter(report=report, reporter__email_digest=email_digest)
    if report.hidden:  # the others hear nothing now
        rows = rows.filter(in_secret=True)
    if besides is not None:
        rows = rows.exclude(reporter=besides)
    author = report.reporter
    wrote = author is not None and author != besides and author.email_digest == email_digest
    return wrote or rows.exists()


@transaction.atomic
def unmerge(*, pk: int, viewer: Viewer, text: str = "") -> Report:
    """Takes a merge back: the report opens again with new clocks, its people follow it alone."""
    must(viewer, "merge_report")
    report = lock(pk, viewer=viewer)
    if report.duplicate_of_id is None:
        raise ValidationError({"into": _("This report is no duplicate.")})
    # Whoever may part this one may do so though the other was hidden from him since; he learns nothing of it.
    main = lock(report.duplicate_of_id)
    text = clean_text(text, 500) or _("Not the same after all.")
    report.duplicate_of = None
    Link.objects.create(
        report=report, at=timezone.now(), what=Link.What.UNMERGED, other=main, text=text, **actor(viewer)
    )
    save(report, "duplicate_of")
    gone, _rows = Subscription.objects.filter(report=main, came_from=report).delete()
    Report.objects.filter(pk=main.pk).update(supporters=F("supporters") - min(max(gone, 1), main.supporters))
    moving.put(report, Status.REOPENED, viewer=viewer, text=text)
    return report


@transaction.atomic
def join(*, report: Report, reporter: Reporter) -> bool:
    """ "Ikut melapor": another citizen follows this report; False when he does already or wrote it."""
    locked = lock(report.pk)
    if locked.hidden or not locked.is_open:
        raise ValidationError({"number": _("This report cannot be joined.")})
    added = reporter.pk != locked.reporter_id and subscribe(locked, reporter)
    if added:
        locked.supporters += 1
        save(locked, "supporters")
    return added


@transaction.atomic
def split(*, pk: int, texts: list[str], viewer: Viewer) -> list[Filed]:
    """Makes children of a report that speaks of several things, one level deep, at most ten."""
    must(viewer, "merge_report")
    report = lock(pk, viewer=viewer)
    texts = [text.strip() for text in texts if text.strip()]
    if report.parent_id is not None:
        raise ValidationError({"texts": _("A part cannot be split again.")})
    if not texts or report.children.count() + len(texts) > CHILDREN:
        raise ValidationError({"texts": _("Write one to ten parts.")})
    found = []
    for text in texts:
        new = NewReport(
            channel=report.channel, text=text, lat=report.lat, lng=report.lng, address=report.address,
            occurred_at=report.occurred_at, sent_at=report.sent_at, reporter=report.reporter,
            anonymous=report.anonymous, secret=report.secret, is_test=report.is_test, origin=report.origin,
        )  # fmt: skip
        filed = file_report(new, viewer=viewer)
        Report.objects.filter(pk=filed.report.pk).update(parent=report)
        Link.objects.create(
            report=filed.report, at=timezone.now(), what=Link.What.SPLIT, other=report, **actor(viewer)
        )
        found.append(filed)
    clocks.checked(report)
    save(report)
    return found
