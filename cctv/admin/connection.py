"""Testing a camera's connection from its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cctv import looks, services, sharing
from cctv.admin.base import Page
from cctv.advice import advice
from cctv.engine.reasons import REASONS
from cctv.models import Camera
from commandcenter.city.formats import number
from commandcenter.city.viewers import Viewer

# Key, name, decimals (None: text), unit.
NAMES = (
    ("codec", _("Codec"), None, ""),
    ("size", _("Size"), None, ""),
    ("gop_s", _("Keyframe every"), 1, " s"),
    ("kbps", _("Bit rate"), 0, " kbit/s"),
    ("latency_ms", _("Time to a picture"), 0, " ms"),
    ("kilobytes", _("Picture"), 0, " kB"),
)


def figures(probe: dict[str, Any]) -> list[tuple[str, str]]:
    """(name, value) pairs of a test's result, in reading order and the reader's way of writing numbers."""
    found, language = dict(probe), (get_language() or "id")[:2]
    if found.get("width"):
        found["size"] = f"{found['width']}×{found['height']}"
    if found.get("bytes"):
        found["kilobytes"] = found["bytes"] / 1000
    rows = []
    for key, name, decimals, unit in NAMES:
        value = found.get(key)
        if value is not None:
            text = str(value) if decimals is None else number(value, language, decimals=decimals)
            rows.append((str(name), text + unit))
    return rows


class ConnectionPages(Page):
    """``<pk>/test/``: POST asks for a test, GET shows how it went."""

    viewer: Callable[[HttpRequest], Viewer]

    def get_urls(self) -> list[URLPattern]:
        """The test's address before the stock ones."""
        page = self.admin_site.admin_view(self.test_connection)
        return [path("<int:pk>/test/", page, name="cctv_camera_test"), *super().get_urls()]

    def test_connection(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Control right needed; a foreign camera is a 404."""
        viewer = self.viewer(request)
        camera: Camera = get_object_or_404(Camera.objects.visible_to(viewer), pk=pk)
        if not viewer.can(sharing.CONTROL):
            raise PermissionDenied
        error = ""
        if request.method == "POST":
            try:
                services.request_test(by=viewer, camera=camera)
                return redirect("admin:cctv_camera_test", pk=camera.pk)
            except ValidationError as refused:
                error = " ".join(refused.messages)
        result = services.test_result(camera)
        if result and result.get("picture"):
            looks.note(viewer, [camera], where="test")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Connection of %(name)s") % {"name": camera.name},
            "camera": camera,
            "opts": self.opts,
            "result": result,
            "reason": REASONS.get((result or {}).get("kind", ""), ""),
            "figures": figures(result) if result and result.get("ok") else [],
            "advice": advice(camera, result or {}),
            "error": error,
        }
        response = TemplateResponse(request, "admin/cctv/camera/test.html", context)
        response["Cache-Control"] = "private, no-store"
        return response
