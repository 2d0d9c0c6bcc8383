"""The way to a camera: what a viewer may not see is not there (404), what he may not do is refused (403)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cctv import sharing
from cctv.models import Camera
from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of

RELATED = ("site__market", "site__area", "area", "agency", "device_model", "data_package")
# Where a form wants to come back to: day, hour and picture, nothing else.
BACK = re.compile(r"(?a:(?:day|hour|still)=[\d-]{1,20}(?:&|$)){1,3}")
Work = Callable[..., str | None]


def camera_of(viewer: Viewer, pk: int) -> Camera:
    """The camera, or Http404."""
    camera: Camera = get_visible(Camera.objects.visible_to(viewer).select_related(*RELATED), pk=pk)
    return camera


def problem_words(error: ValidationError) -> str:
    """All that is wrong, in one line."""
    return " ".join(error.messages)


def action(permission: str = sharing.CONTROL) -> Callable[[Work], Callable[..., HttpResponseBase]]:
    """Decorates the work of a button on the camera page.

    The work gets (request, viewer, camera) and further words of the address; it returns what to tell the
    person, or None. A camera out of sight is 404 before rights are judged; ValidationError becomes a message.
    """

    def decorate(work: Work) -> Callable[..., HttpResponseBase]:
        @wraps(work)
        def view(request: HttpRequest, pk: int, **words: Any) -> HttpResponse:
            viewer = viewer_of(request)
            camera = camera_of(viewer, pk)
            if not viewer.can(permission):
                raise PermissionDenied
            try:
                told = work(request, viewer, camera, **words)
                if told:
                    messages.success(request, told)
            except ValidationError as error:
                messages.error(request, problem_words(error))
            back = request.POST.get("back", "")
            query = f"?{back}" if BACK.fullmatch(back) else ""
            return redirect(f"/cctv/{camera.pk}/{query}")

        return require_POST(page()(view))

    return decorate
