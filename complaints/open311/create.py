"""POST requests: a partner's report, with its pictures as files or as addresses."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city.region import Region
from commandcenter.city.viewers import Viewer
from complaints.models import Channel, PartnerReport, Report, Reporter
from complaints.models.choices import STATUS_LABELS
from complaints.open311 import doors, read, wire
from complaints.open311.wire import Problem
from complaints.services import files, remote_files
from complaints.services.filing import NewReport, file_report
from complaints.services.reporters import plain_phone, reporter_for
from complaints.texts import clean_text
from complaints.workflow import Status

AGAIN_S = 600
MARKS = uuid.UUID("0c3f0c9e-3c43-4f0e-9a39-5a53f3a5a311")
FIELDS = {"text": "description", "answers": "attribute", "file": "media"}
CONTACT = (("email", 254), ("phone", 40), ("first_name", 80), ("last_name", 80), ("device_id", 200))


def create(request: HttpRequest, form: str, test: bool) -> HttpResponse:
    """A new report: its number at once."""
    viewer, params = doors.writer(request), request.POST
    code = params.get("service_code", "").strip()
    if not code:
        raise Problem(400, "service_code: it is missing")
    category = doors.category(code)
    lat, lng = read.point(params)
    address, area = (read.optional(params, name, read.ADDRESS) for name in ("address_string", "address_id"))
    address = address or area
    if lat is None and not address:
        raise Problem(400, "lat: a place is needed: lat and long, address_string or address_id")
    text = clean_text(read.optional(params, "description", read.TEXT), read.TEXT)
    new = NewReport(
        channel=doors.channel(), text=text or category.name, category=category, lat=lat, lng=lng,
        address=address, answers=read.attributes(params, category), asked=True, is_test=test,
    )  # fmt: skip
    report = _filed(new, request, viewer)
    account = read.optional(params, "account_id", read.ACCOUNT)
    listed = [
        {
            "service_request_id": report.number,
            "service_notice": _notice(report),
            "account_id": account or None,
        }
    ]
    return wire.answer("service_requests", listed, form)


def _filed(new: NewReport, request: HttpRequest, viewer: Viewer) -> Report:
    """The report; an exact repeat of the same key within minutes is the one that is there already."""
    params, now = request.POST, int(timezone.now().timestamp()) // AGAIN_S
    urls, contact = read.media(params), contact_of(params)
    account = read.optional(params, "account_id", read.ACCOUNT)
    for turn in (now - 1, now):
        new.uuid = _mark(new, viewer, turn, (account, *contact.values()))
        known: Report | None = Report.objects.filter(uuid=new.uuid).first()
        if known is not None:
            return known
    with kept_or_dropped(request, FIELDS) as pictures:
        new.reporter = reporter_of(new.channel, contact)
        filed = file_report(new, viewer=viewer)
        if filed.created:
            PartnerReport.objects.create(
                report=filed.report, key=viewer.pk or 0, key_name=clean_text(viewer.name, 160),
                account_id=account,
            )  # fmt: skip
            pictures(report=filed.report)
            remote_files.want(filed.report, urls)
    return filed.report


@contextmanager
def kept_or_dropped(request: HttpRequest, names: dict[str, str]) -> Iterator[Callable[..., None]]:
    """All of a request or nothing of it: rows by the transaction, stored bytes by hand.

    Gives a function that stores the pictures of a multipart request; what the verbs refuse leaves as a
    Problem with the standard's name of the field.
    """
    stored: list[str] = []

    def pictures(report: Report, partner: str = "") -> None:
        for name in request.FILES:
            for file in request.FILES.getlist(name):
                row = files.take(file.chunks(), name=file.name or "", report=report, partner=partner)
                stored.append(row.original)

    try:
        with transaction.atomic():
            yield pictures
    except BaseException as error:
        for path in stored:
            default_storage.delete(path)
        if isinstance(error, ValidationError):
            raise problem_of(error, names) from error
        if isinstance(error, PermissionDenied):
            raise Problem(403, "api_key: only the key that sent a report may do that") from None
        raise


def problem_of(error: ValidationError, names: dict[str, str]) -> Problem:
    """What the verbs found wrong, under the standard's own name of the field."""
    field, problems = next(iter(error.message_dict.items()))
    return Problem(400, f"{names.get(field, field)}: {' '.join(problems)}")


def _mark(new: NewReport, viewer: Viewer, turn: int, person: tuple[str, ...]) -> uuid.UUID:
    """A repeat says the same of the same for the same ``person``: a second citizen's report is another."""
    code = new.category.code if new.category else ""
    parts = (viewer.pk, code, new.text, new.lat, new.lng, new.address, new.answers, new.is_test, turn, person)
    return uuid.uuid5(MARKS, repr(parts))


def contact_of(params: Any) -> dict[str, str]:
    """Who wrote, within the lengths that are kept, without invisible characters."""
    told = {name: clean_text(read.optional(params, name, limit), limit) for name, limit in CONTACT}
    if told["email"]:
        try:
            validate_email(told["email"])
        except ValidationError:
            raise Problem(400, "email: an address like warga@contoh.id is expected") from None
    return told


def reporter_of(channel: Channel, contact: dict[str, str]) -> Reporter | None:
    """The person behind the contact; nobody where none was given. A device is no way to answer."""
    told = {name: contact.get(name, "") for name, _limit in CONTACT if name != "device_id"}
    if not any(told.values()):
        return None
    return reporter_for(
        channel=channel, address=plain_phone(told["phone"]) or told["email"].lower(),
        name=f"{told['first_name']} {told['last_name']}".strip(), phone=told["phone"], email=told["email"],
        wrote_at=timezone.now(), claimed=True,
    )  # fmt: skip


def _notice(report: Report) -> str:
    if report.verify_due is None:
        return str(STATUS_LABELS[Status(report.status)])
    local = report.verify_due.astimezone(Region.current().zone_info)
    return _("Verified by %(at)s at the latest.") % {"at": f"{local:%Y-%m-%d %H:%M}"}
