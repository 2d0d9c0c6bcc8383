"""Files in and out. What goes out was made by us: never the sender's bytes, never HTML, never metadata."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from commandcenter.city import tries
from commandcenter.city.permissions import page
from commandcenter.city.viewers import PUBLIC, viewer_of
from complaints import hurdle, rights
from complaints.filewords import words_for_citizen
from complaints.models import Attachment
from complaints.opened import opened_by
from complaints.querysets.reports import AttachmentQuerySet
from complaints.services import files, space
from complaints.services.writing import Conflict
from complaints.views import ranges
from complaints.views.doors import report_of
from complaints.views.public import DEVICE, web_channel
from complaints.views.write import keep_device

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; media-src 'self'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=3600",
}
# Files taken of one device in a quarter of an hour; newcomers share ten times as many. After them each costs
# a proof of work.
MOST_SENT = 40
SIZES = {"": "served", "thumb": "thumb", "poster": "poster"}
ENDINGS = {"image/jpeg": "jpg", "video/mp4": "mp4"}


@require_POST
def upload(request: HttpRequest) -> JsonResponse:
    """A citizen's photo or video, before the report is sent: tied to the form's draft, not shown yet."""
    web_channel()
    file = request.FILES.get("file")
    try:
        draft = uuid.UUID(request.POST.get("draft", ""))
    except ValueError:
        return JsonResponse(
            {"field": "draft", "problem": _("The form is too old; load it again.")}, status=400
        )
    if file is None:
        return JsonResponse({"field": "file", "problem": _("Choose a photo or a video.")}, status=400)
    if not space.enough():
        problem = _(
            "The city has no room for files at this moment. Your report goes without this file; keep it."
        )
        return JsonResponse({"field": "file", "problem": problem}, status=507)
    who = hurdle.uploader_of(request)
    if _many(who) and not hurdle.paid(request, hurdle.FILE):
        problem = _("Too many files. Wait a while.")
        return JsonResponse(
            {"field": "file", "problem": problem, "proof": hurdle.asked(hurdle.FILE)}, status=428
        )
    mark = request.COOKIES.get(DEVICE) or hurdle.new_mark()
    try:
        row = files.take(
            file.chunks(), name=file.name or "", draft=draft, declared=file.content_type or "",
            device=_digest(mark),
        )  # fmt: skip
    except ValidationError as error:
        tries.count("upload", who, add=-1)  # what was not taken takes nobody's place
        return JsonResponse({"field": "file", "problem": " ".join(error.messages)}, status=400)
    known = bool(request.COOKIES.get(DEVICE))
    answer = JsonResponse({"id": str(row.uuid), "device": known}, status=201)
    return answer if known else keep_device(answer, mark)


def _many(who: str) -> bool:
    """One more; counted before the file is read, so files at the same moment do not slip through."""
    return tries.count("upload", who, add=1) > MOST_SENT * (10 if who == hurdle.NAMELESS else 1)


def _digest(mark: str) -> str:
    return salted_hmac("complaints.device", mark, algorithm="sha256").hexdigest()


@require_GET
@never_cache
def state(request: HttpRequest, mark: uuid.UUID) -> JsonResponse:
    """How a file fares, for the browser that sent it and nobody else; a ready one offers its place."""
    device = request.COOKIES.get(DEVICE, "")
    row = Attachment.objects.filter(uuid=mark, device=_digest(device)).first() if device else None
    if row is None:
        raise Http404
    words = words_for_citizen(row.problem) if row.problem else ""
    place = None
    if row.exif_lat is not None and row.exif_lng is not None:
        place = {"lat": round(row.exif_lat, 6), "lng": round(row.exif_lng, 6)}
    return JsonResponse(
        {"state": row.state, "kind": row.kind, "problem": row.problem, "words": words, "place": place},
        headers={"X-Content-Type-Options": "nosniff"},
    )


@require_POST
@page(permission="complaints.handle_report")
def attach(request: HttpRequest, number: str) -> HttpResponse:
    """A photo or a video of the work."""
    viewer = viewer_of(request)
    report = report_of(viewer, number)
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a photo or a video."))
        return redirect("complaints:report", number=report.number)
    try:
        files.attach(
            pk=report.pk, chunks=file.chunks(), name=file.name or "", viewer=viewer,
            moment=request.POST.get("moment", ""), public=request.POST.get("public") == "1",
            declared=file.content_type or "",
        )  # fmt: skip
        messages.success(request, _("The file is being checked; it appears by itself."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except Conflict as clash:
        messages.error(request, str(clash))
    return redirect("complaints:report", number=report.number)


@require_safe
@page(permission=rights.VIEW)
def of_desk(request: HttpRequest, mark: uuid.UUID, size: str = "") -> HttpResponseBase:
    """For whoever may read the report."""
    return _sent(request, Attachment.objects.visible_to(viewer_of(request)), mark, size)


@require_safe
def of_public(request: HttpRequest, mark: uuid.UUID, size: str = "") -> HttpResponseBase:
    """What everybody may see, and to the browser that showed a report's PIN what was sent with it."""
    rows, opened = Attachment.objects.visible_to(PUBLIC), opened_by(request)
    if opened and not rows.filter(uuid=mark).exists():
        return _sent(request, Attachment.objects.readable_by_sender(opened), mark, size, kept=False)
    return _sent(request, rows, mark, size)


def _sent(
    request: HttpRequest, rows: AttachmentQuerySet, mark: uuid.UUID, size: str, *, kept: bool = True
) -> HttpResponseBase:
    """The file, if it is among ``rows``; ``kept``: whether the browser may keep it a while."""
    row = rows.select_related("report").filter(uuid=mark, state=Attachment.State.READY).first()
    if row is None or size not in SIZES or not getattr(row, SIZES[size]):
        raise Http404
    path = getattr(row, SIZES[size])
    mime = "image/jpeg" if size else row.mime
    name = f"{row.kind}-{str(row.uuid)[:8]}{'-' * bool(size)}{size}.{ENDINGS[mime]}"
    # A shared machine keeps nothing of a secret report, and nothing that a PIN opened.
    closed = not kept or (row.report is not None and row.report.secret)
    cache = {"Cache-Control": "no-store"} if closed else {}
    try:
        return ranges.answer(
            request, path, mime=mime, mark=f"{row.uuid}{size}",
            headers={**HEADERS, **cache, "Content-Disposition": f'inline; filename="{name}"'},
        )  # fmt: skip
    except FileNotFoundError:
        raise Http404 from None
