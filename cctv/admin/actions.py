"""Work on many cameras at once, and cloning; each goes through its service for every camera."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from cctv import services, sharing
from cctv.admin.base import Page
from cctv.models import Camera
from commandcenter.city.viewers import Viewer

Verb = Callable[..., Any]


class CameraActions(Page):
    """Bulk actions and the clone button."""

    actions = ("pause", "resume", "begin_maintenance", "stop_maintenance", "retire")
    viewer: Callable[[HttpRequest], Viewer]

    def has_control_permission(self, request: HttpRequest) -> bool:
        """Whether the actions are offered."""
        return self.viewer(request).can(sharing.CONTROL)

    @admin.action(description=_("Pause"), permissions=["control"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
        """No pictures until resumed."""
        self._each(request, queryset, services.pause_camera)

    @admin.action(description=_("Resume"), permissions=["control"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
        """Pictures again."""
        self._each(request, queryset, services.resume_camera)

    @admin.action(description=_("Begin maintenance now"), permissions=["control"])
    def begin_maintenance(self, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
        """An open-ended window for each camera."""
        reason = str(_("Begun from the list"))

        def begin(*, by: Viewer, camera: Camera) -> None:
            services.start_maintenance(by=by, camera=camera, reason=reason)

        self._each(request, queryset, begin)

    @admin.action(description=_("End maintenance now"), permissions=["control"])
    def stop_maintenance(self, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
        """Ends the cameras' own open windows; a site's window stays."""

        def stop(*, by: Viewer, camera: Camera) -> None:
            from django.utils import timezone

            for window in camera.maintenance.active(timezone.now()):
                services.end_maintenance(by=by, window=window)

        self._each(request, queryset, stop)

    @admin.action(description=_("Take out of use"), permissions=["change"])
    def retire(self, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
        """The camera leaves capture and wall; its history stays."""
        self._each(request, queryset, services.retire_camera)

    def _each(self, request: HttpRequest, queryset: QuerySet[Camera], verb: Verb) -> None:
        by = self.viewer(request)
        done = 0
        for camera in Camera.objects.controllable_by(by).filter(pk__in=queryset.values("pk")):
            try:
                with transaction.atomic():
                    verb(by=by, camera=camera)
                done += 1
            except ValidationError as error:
                self.message_user(request, f"{camera}: {' '.join(error.messages)}", messages.ERROR)
        text = ngettext("Done for %(n)d camera.", "Done for %(n)d cameras.", done) % {"n": done}
        self.message_user(request, text, messages.SUCCESS)

    def get_urls(self) -> list[URLPattern]:
        """The clone button's address before the stock ones."""
        clone = require_POST(self.admin_site.admin_view(self.clone))
        return [path("<int:pk>/clone/", clone, name="cctv_camera_clone"), *super().get_urls()]

    def clone(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A paused copy, opened for editing."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        camera = get_object_or_404(self.get_queryset(request), pk=pk)
        twin = services.clone_camera(by=self.viewer(request), camera=camera)
        self.message_user(request, _("This is the copy. It is paused until you resume it."))
        return HttpResponseRedirect(reverse("admin:cctv_camera_change", args=[twin.pk]))
