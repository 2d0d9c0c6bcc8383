"""Import, export and the empty template, from the list of cameras."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cctv import exchange, sharing
from cctv.admin.base import Page
from cctv.models import Camera
from cctv.template_sheet import template_sheet
from commandcenter.city.viewers import Viewer

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ImportForm(forms.Form):
    """A file, and whether to save."""

    file = forms.FileField(label=_("CSV or XLSX file"))
    save = forms.BooleanField(
        label=_("Save when no row is wrong"),
        required=False,
        help_text=_("Unticked only checks. One wrong row and nothing is saved."),
    )


class CameraExchange(Page):
    """Three pages beside the list."""

    viewer: Callable[[HttpRequest], Viewer]
    change_list_template = "admin/cctv/camera/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """The exchange's addresses before the stock ones."""
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.import_page), name="cctv_camera_import"),
            path("export/<slug:kind>/", view(self.export_file), name="cctv_camera_export"),
            path("template/", view(self.template_file), name="cctv_camera_template"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list knows which buttons to show."""
        viewer = self.viewer(request)
        own = {
            "may_import": self._may_import(viewer),
            "may_export": viewer.can(sharing.EXPORT),
            "query": request.GET.urlencode(),
        }
        return super().changelist_view(request, {**(extra_context or {}), **own})

    def import_page(self, request: HttpRequest) -> HttpResponse:
        """Checks a file, and saves it when asked and nothing is wrong. The file is never stored."""
        viewer = self.viewer(request)
        if not self._may_import(viewer):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        context: dict[str, Any] = {}
        if request.method == "POST" and form.is_valid():
            context = self._read(viewer, form)
        page = {
            **self.admin_site.each_context(request),
            "title": _("Import cameras"),
            "opts": self.opts,
            "form": form,
            "columns": exchange.COLUMNS,
            "secret_columns": exchange.SECRET,
            **context,
        }
        response = TemplateResponse(request, "admin/cctv/camera/import.html", page)
        response["Cache-Control"] = "private, no-store"
        return response

    def _read(self, viewer: Viewer, form: ImportForm) -> dict[str, Any]:
        file, save = form.cleaned_data["file"], form.cleaned_data["save"]
        try:
            table = exchange.read_table(file.read(exchange.MOST_BYTES + 1), file.name)
        except exchange.FileRefused as refused:
            form.add_error("file", str(refused))
            return {}
        result = exchange.import_cameras(by=viewer, table=table, dry_run=not save)
        found = exchange.problems(result)
        return {"problems": found, "totals": result.totals, "saved": save and not found, "checked": True}

    def export_file(self, request: HttpRequest, kind: str) -> HttpResponse:
        """The filtered list as a file."""
        viewer = self.viewer(request)
        if kind not in TYPES:
            raise Http404
        if not viewer.can(sharing.EXPORT):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            raise Http404 from None
        content = exchange.export_cameras(
            by=viewer, rows=Camera.objects.filter(pk__in=rows.values("pk")), kind=kind
        )
        return _download(content, f"kamera-{timezone.localdate():%Y%m%d}.{kind}", TYPES[kind])

    def template_file(self, request: HttpRequest) -> HttpResponse:
        """An empty sheet with every column explained."""
        if not self._may_import(self.viewer(request)):
            raise PermissionDenied
        return _download(template_sheet(), "kamera-templat.xlsx", TYPES["xlsx"])

    def _may_import(self, viewer: Viewer) -> bool:
        return viewer.can("cctv.add_camera") and viewer.can("cctv.change_camera")


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)
