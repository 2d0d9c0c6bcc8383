"""Reports handed on to an outside party over Open311, and what comes back of them.

Row first, queue second: the forwarding is written with the move to "pihak luar"; a worker sends it, a sweep
collects what was lost, and a failure is seen on the report. No name, no contact and no picture ever leaves
with it, and nothing at all of a secret report. What comes back becomes a public note; the report itself moves
only along the table, and only where their status says plainly which of our outcomes is meant.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter import jobs
from commandcenter.city import audit
from commandcenter.city.viewers import Viewer
from complaints import rights
from complaints.channels.errors import Permanent, Retryable
from complaints.channels.http import Http
from complaints.channels.words import of_outside
from complaints.models import Category, Forwarding, OutsideParty, OutsideService, Report
from complaints.open311.client import Client, Endpoint
from complaints.services import moving
from complaints.services.writing import Conflict, announce, lock, must
from complaints.workflow import Status

SEND = "complaints.send_forwarding"
CLAIM = timedelta(minutes=3)
TRIES = 8
FIRST_WAIT_S, LONGEST_WAIT_S = 30, 4 * 3600
ASK_AFTER = timedelta(minutes=5)


def client_of(party: OutsideParty) -> Client:
    """The party's server through the client that dials public addresses only."""
    endpoint = Endpoint(party.url, party.jurisdiction, party.key)
    return Client(endpoint, Http(allow_hosts=settings.CHANNEL_ALLOW_HOSTS, seconds=20.0))


def discover(party: OutsideParty) -> int:
    """Reads their services; how many. Raises ValidationError with the reason in words."""
    try:
        rows = client_of(party).services()
    except (Permanent, Retryable) as problem:
        _trouble(party, of_outside(problem))
        raise ValidationError({"url": of_outside(problem)}) from problem
    party.services, party.discovered_at = rows, timezone.now()
    party.failing_since, party.last_problem = None, ""
    party.save(update_fields=["services", "discovered_at", "failing_since", "last_problem"])
    return len(rows)


def parties_for(category: Category | None) -> list[OutsideParty]:
    """Those in use that have a service for this category."""
    if category is None:
        return []
    return list(OutsideParty.objects.filter(enabled=True, mapping__category=category).distinct())


@transaction.atomic
def forward(*, pk: int, party: OutsideParty, viewer: Viewer, rev: int | None = None) -> Forwarding:
    """Hands the report on: its move, its row, its task.

    Raises PermissionDenied, Conflict, or ValidationError by field: secret, a test, no service for its
    category, with somebody already, no such move from here.
    """
    _of_the_desk(viewer)
    report = lock(pk, viewer=viewer, rev=rev)
    service = OutsideService.objects.filter(
        party=party, category=report.category, party__enabled=True
    ).first()
    if report.secret or (report.category is not None and report.category.private):
        raise ValidationError({"party": _("A secret report never leaves the house.")})
    if report.is_test or report.anonymised_at is not None:
        raise ValidationError({"party": _("A test or an erased report is not forwarded.")})
    if service is None:
        raise ValidationError({"party": _("This party has no service for the report's category.")})
    text = _("Forwarded to %(party)s.") % {"party": party.name}
    moving.move(pk=pk, target=Status.EXTERNAL, viewer=viewer, text=text)
    try:
        with transaction.atomic():
            row = Forwarding.objects.create(
                report=report, party=party, code=service.code, next_try_at=timezone.now(),
                by_name=viewer.name[:160],
            )  # fmt: skip
    except IntegrityError:
        raise ValidationError({"party": _("The report is with an outside party already.")}) from None
    audit.record(viewer=viewer, action="report.forwarded", subject=report, detail={"party": party.pk})
    jobs.enqueue(SEND, row.pk, queue="default")
    return row


def _of_the_desk(viewer: Viewer) -> None:
    must(viewer, "assign_report")
    if not rights.sees_desk(viewer):
        raise PermissionDenied


def send(pk: int) -> bool:
    """Sends one unless somebody else has it; False where it was not this call's to send."""
    now = timezone.now()
    mine = Forwarding.objects.filter(pk=pk, state=Forwarding.State.QUEUED, next_try_at__lte=now)
    if not mine.update(next_try_at=now + CLAIM, tries=F("tries") + 1):
        return False
    row = Forwarding.objects.select_related("party", "report__category").get(pk=pk)
    report = row.report
    if report.secret or report.anonymised_at is not None or report.status != Status.EXTERNAL:
        _end(row, "withdrawn")  # made secret, erased or moved on while it waited
        return True
    try:
        number, token = client_of(row.party).create(_values(row))
    except Retryable as problem:
        if problem.maybe_sent:
            _failed(row, of_outside(problem, sending=True))  # a second try might be a second report there
        else:
            _again(row, of_outside(problem, sending=True), problem.after)
    except Permanent as problem:
        _failed(row, of_outside(problem, sending=True))
    else:
        _sent(row, number, token)
    return True


def _values(row: Forwarding) -> dict[str, str]:
    """What leaves: kind, words, place and our number, and never who wrote it."""
    report = row.report
    text = f"{report.text[:3900]}\n\n[{report.number}]"
    found = {"service_code": row.code, "description": text}
    if report.lat is not None and report.lng is not None:
        found |= {"lat": f"{report.lat:.6f}", "long": f"{report.lng:.6f}"}
    if report.address or report.lat is None:
        area = report.area.full_name if report.area else ""
        found["address_string"] = (report.address or area or "-")[:300]
    return found


def _sent(row: Forwarding, number: str, token: str) -> None:
    now = timezone.now()
    Forwarding.objects.filter(pk=row.pk).update(
        state=Forwarding.State.SENT, external_id=number, token=token, sent_at=now, problem="",
        next_try_at=None, next_ask_at=now + ASK_AFTER,
    )  # fmt: skip
    OutsideParty.objects.filter(pk=row.party_id).update(failing_since=None, last_problem="")
    _tell(row)


def _again(row: Forwarding, problem: str, seconds: float | None) -> None:
    if row.tries >= TRIES:
        return _failed(row, problem)
    wait = seconds if seconds is not None else FIRST_WAIT_S * 2 ** (row.tries - 1)
    Forwarding.objects.filter(pk=row.pk).update(
        problem=problem[:200], next_try_at=timezone.now() + timedelta(seconds=min(wait, LONGEST_WAIT_S))
    )
    _trouble(row.party, problem)
    return _tell(row)


def _failed(row: Forwarding, problem: str) -> None:
    """Seen on the report: "gagal kirim", with the reason; a person tries again or takes it back."""
    _end(row, problem, Forwarding.State.FAILED)
    _trouble(row.party, problem)
    text = _("Not sent to %(party)s: %(why)s") % {"party": row.party.name, "why": problem}
    try:
        moving.move(pk=row.report_id, target=Status.SEND_FAILED, viewer=None, text=text)
    except (ValidationError, Conflict):
        _tell(row)


def _end(row: Forwarding, problem: str, state: str = Forwarding.State.ENDED) -> None:
    Forwarding.objects.filter(pk=row.pk).update(
        state=state, problem=problem[:200], next_try_at=None, next_ask_at=None
    )


def _trouble(party: OutsideParty, problem: str) -> None:
    rows = OutsideParty.objects.filter(pk=party.pk)
    rows.filter(failing_since__isnull=True).update(failing_since=timezone.now())
    rows.update(last_problem=problem[:200])


def _tell(row: Forwarding) -> None:
    """Open pages show the new state; it clashes with nobody's work, so the revision stays."""
    with transaction.atomic():
        announce(Report.objects.get(pk=row.report_id), stays=True)


def retry(*, pk: int, viewer: Viewer) -> Forwarding:
    """The newest failed forwarding of a report, once more, after a person looked at it."""
    _of_the_desk(viewer)
    row = Forwarding.objects.filter(report=pk, state=Forwarding.State.FAILED).select_related("party").first()
    if row is None:
        raise ValidationError({"party": _("There is nothing to send again.")})
    return forward(pk=pk, party=row.party, viewer=viewer)


def sweep(limit: int = 30) -> int:
    """What waits to be sent: lost tasks, retries, a dead worker's unfinished ones."""
    due = Forwarding.objects.filter(Q(state=Forwarding.State.QUEUED), next_try_at__lte=timezone.now())
    return sum(send(pk) for pk in list(due.order_by("next_try_at").values_list("pk", flat=True)[:limit]))
