"""Kept pictures: the file under the viewer's rights, and holding one as evidence."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cctv import looks
from cctv.models import Camera, Still
from cctv.services import desk
from cctv.views.doors import action, camera_of
from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of


def still_of(viewer: Viewer, camera: Camera, pk: int) -> Still:
    """A kept picture of that camera, or Http404."""
    row: Still = get_visible(Still.objects.visible_to(viewer).filter(camera=camera), pk=pk)
    return row


@require_safe
@page()
def still_image(request: HttpRequest, pk: int, still: int) -> HttpResponse:
    """The JPEG; never kept by a proxy or by the browser."""
    viewer = viewer_of(request)
    camera = camera_of(viewer, pk)
    row = still_of(viewer, camera, still)
    looks.note(viewer, [camera], where="still")
    try:
        with row.file.open("rb") as file:
            response = HttpResponse(file.read(), content_type="image/jpeg")
    except (OSError, ValueError) as error:  # tidied away, or the row never got its file
        raise Http404 from error
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@action()
def hold(request: HttpRequest, viewer: Viewer, camera: Camera, still: int) -> str:
    """Holds the picture as evidence."""
    row = still_of(viewer, camera, still)
    held = desk.hold_once(by=viewer, still=row, reason=request.POST.get("reason", ""))
    return _("The picture is held as evidence.") if held else _("The picture was held already.")


@action()
def release(request: HttpRequest, viewer: Viewer, camera: Camera, still: int) -> str:
    """Gives the picture back to the retention rule."""
    row = still_of(viewer, camera, still)
    released = desk.release_once(by=viewer, still=row, reason=request.POST.get("reason", ""))
    return _("The picture is released.") if released else _("The picture was not held.")
