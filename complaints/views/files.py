"""Files in and out. What goes out was made by us: never the sender's bytes, never HTML, never metadata."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commandcenter.city.permissions import page
from commandcenter.city.viewers import PUBLIC, Viewer, viewer_of
from complaints import rights
from complaints.models import Attachment
from complaints.services import files
from complaints.views.doors import report_of
from complaints.views.public import DEVICE, web_channel

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=3600",
}


@require_POST
def upload(request: HttpRequest) -> JsonResponse:
    """A citizen's photo, before the report is sent: tied to the form's draft, shown to nobody yet."""
    web_channel()
    file = request.FILES.get("file")
    try:
        draft = uuid.UUID(request.POST.get("draft", ""))
    except ValueError:
        return JsonResponse(
            {"field": "draft", "problem": _("The form is too old; load it again.")}, status=400
        )
    if file is None:
        return JsonResponse({"field": "file", "problem": _("Choose a photo.")}, status=400)
    try:
        row = files.take(file.chunks(), name=file.name or "", draft=draft)
    except ValidationError as error:
        return JsonResponse({"field": "file", "problem": " ".join(error.messages)}, status=400)
    return JsonResponse({"id": str(row.uuid), "device": bool(request.COOKIES.get(DEVICE))}, status=201)


@require_POST
@page(permission="complaints.handle_report")
def attach(request: HttpRequest, number: str) -> HttpResponse:
    """A photo of the work."""
    viewer = viewer_of(request)
    report = report_of(viewer, number)
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a photo."))
        return redirect("complaints:report", number=report.number)
    try:
        files.attach(
            pk=report.pk, chunks=file.chunks(), name=file.name or "", viewer=viewer,
            moment=request.POST.get("moment", ""), public=request.POST.get("public") == "1",
        )  # fmt: skip
        messages.success(request, _("The photo is being checked; it appears by itself."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("complaints:report", number=report.number)


@require_GET
@page(permission=rights.VIEW)
def of_desk(request: HttpRequest, mark: uuid.UUID, size: str = "") -> HttpResponseBase:
    """For whoever may read the report."""
    return _sent(viewer_of(request), mark, size)


@require_GET
def of_public(request: HttpRequest, mark: uuid.UUID) -> HttpResponseBase:
    """What everybody may see."""
    return _sent(PUBLIC, mark, "")


def _sent(viewer: Viewer, mark: uuid.UUID, size: str) -> HttpResponseBase:
    row = Attachment.objects.visible_to(viewer).filter(uuid=mark, state=Attachment.State.READY).first()
    path = (row.thumb if size == "thumb" else row.served) if row else ""
    if not path:
        raise Http404
    try:
        # A few hundred kilobytes at the most: whole, because ASGI servers dislike a file read piece by piece.
        content = files.read(path)
    except FileNotFoundError:
        raise Http404 from None
    return HttpResponse(content, content_type="image/jpeg", headers=HEADERS)
