"""Sites and the lists that cameras are described from."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cctv.admin.base import SeenAdmin
from cctv.models import CameraGroup, DataPackage, DeviceModel, Site
from cctv.models.choices import Status
from commandcenter.city.admin_base import AuditedAdmin, OriginAdmin, PointAdmin


class CountedAdmin(AuditedAdmin, SeenAdmin):
    """A list with its number of cameras."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows with the counts of all and of silent cameras."""
        down = Q(cameras__status__in=[Status.OFFLINE, Status.AUTH_FAILED], cameras__enabled=True)
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(
            camera_count=Count("cameras", distinct=True),
            down_count=Count("cameras", filter=down, distinct=True),
        )
        return counted

    @admin.display(description=_("cameras"), ordering="camera_count")
    def cameras_line(self, row: Any) -> int:
        """How many cameras."""
        return int(row.camera_count)

    @admin.display(description=_("without a picture"), ordering="down_count")
    def down_line(self, row: Any) -> int:
        """How many of them give no picture."""
        return int(row.down_count)


@admin.register(Site)
class SiteAdmin(OriginAdmin, PointAdmin, CountedAdmin):
    """Places with their link and limits."""

    list_display = (
        "name",
        "kind",
        "area",
        "market",
        "office",
        "link",
        "cameras_line",
        "down_line",
        "simulated",
    )
    list_filter = ("kind", "link", ("area", admin.RelatedOnlyFieldListFilter), "origin")
    search_fields = ("name", "code", "office", "market__name", "area__name")
    autocomplete_fields = ("area", "market")
    list_select_related = ("area", "market")
    prepopulated_fields = {"code": ("name",)}
    readonly_fields = ("origin",)
    fieldsets = (
        (None, {"fields": ("name", "code", "kind", "area", "market", "office", ("lat", "lng"))}),
        (
            _("Link"),
            {"fields": ("link", ("link_mbps", "monthly_mb"), ("max_open", "opens_per_second"))},
        ),
        (_("Contact"), {"fields": (("contact", "phone"), "notes", "origin")}),
    )


@admin.register(DeviceModel)
class DeviceModelAdmin(CountedAdmin):
    """Makes and models."""

    look_up = True
    list_display = ("brand", "name", "template", "cameras_line", "down_line")
    list_filter = ("brand",)
    search_fields = ("brand", "name")


@admin.register(DataPackage)
class DataPackageAdmin(CountedAdmin):
    """Data plans."""

    look_up = True
    list_display = ("name", "provider", "mb_per_month", "price", "cameras_line")
    list_filter = ("provider",)
    search_fields = ("name", "provider")


@admin.register(CameraGroup)
class CameraGroupAdmin(CountedAdmin):
    """Named sets of cameras."""

    look_up = True
    list_display = ("name", "code", "cameras_line", "down_line")
    search_fields = ("name", "code")
    prepopulated_fields = {"code": ("name",)}
