"""The camera's admin page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cctv import services
from cctv.admin.actions import CameraActions
from cctv.admin.base import Rows, SeenAdmin
from cctv.admin.connection import ConnectionPages
from cctv.admin.exchange import CameraExchange
from cctv.admin.filters import AddressFilter, NeedsFilter, NoticeFilter, TrialFilter
from cctv.admin.forms import CameraForm
from cctv.engine.reasons import REASONS
from cctv.models import Camera, Maintenance
from cctv.words import fault_words
from commandcenter.city.admin_base import OriginAdmin, PointAdmin
from commandcenter.city.templatetags.city import day_clock

MACHINE = (
    "status_line",
    "last_good_at",
    "faults_line",
    "login_line",
    "probe_line",
    "registered_at",
    "origin",
)


class MaintenanceInline(Rows):
    """Planned work on this camera."""

    model = Maintenance
    fk_name = "camera"
    fields = ("starts", "ends", "reason")
    extra = 0


@admin.register(Camera)
class CameraAdmin(OriginAdmin, PointAdmin, CameraExchange, ConnectionPages, CameraActions, SeenAdmin):
    """Register, change, clone, test, pause; every write is a service call."""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """No list is filtered by a stored login: not even its ciphertext is guessed letter by letter."""
        secret = lookup.split("__")[0] in {"username", "password"}
        return not secret and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    form = CameraForm
    change_form_template = "admin/cctv/camera/change_form.html"
    list_display = (
        "name",
        "status",
        "agency",
        "mode_line",
        "sharing",
        "notice_posted",
        "changes_day",
        "simulated",
    )
    list_filter = (
        NeedsFilter,
        NoticeFilter,
        TrialFilter,
        AddressFilter,
        "status",
        "sharing",
        "capture_mode",
        "phase",
        "programme",
        ("agency", admin.RelatedOnlyFieldListFilter),
        ("area", admin.RelatedOnlyFieldListFilter),
        ("groups", admin.RelatedOnlyFieldListFilter),
        "enabled",
        "origin",
    )
    search_fields = ("name", "code", "site__name", "site__market__name", "area__name", "phone", "notes")
    list_select_related = ("site", "agency")
    autocomplete_fields = ("site", "agency", "area", "device_model", "data_package")
    filter_horizontal = ("groups",)
    readonly_fields = MACHINE
    inlines = (MaintenanceInline,)
    save_on_top = True
    list_per_page = 50
    prepopulated_fields = {"code": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "code", "site", "agency", "enabled", *MACHINE[:5])}),
        (
            _("Place"),
            {"fields": ("area", ("lat", "lng"), ("direction", "fov", "range_m"), "place_kind", "groups")},
        ),
        (
            _("Addresses"),
            {
                "fields": (
                    ("brand", "host", "channel"),
                    ("rtsp_port", "http_port"),
                    "capture_mode",
                    "main_url",
                    "sub_url",
                    "still_url",
                    ("transport", "codec_hint"),
                ),
                "description": _("Addresses carry no user and no password; those have their own fields."),
            },
        ),
        (_("Login"), {"fields": (("login_user", "login_password"), "login_remove")}),
        (_("Cadence"), {"fields": (("min_interval", "wall_interval", "idle_interval"),)}),
        (
            _("Sharing and the law"),
            {
                "fields": (
                    "sharing",
                    ("notice_posted", "notice_photo"),
                    "purpose",
                    "lawful_basis",
                    "retention_days",
                )
            },
        ),
        (_("Programme"), {"fields": ("programme", ("phase", "trial_until"), "device_model", "data_package")}),
        (_("Contact"), {"fields": (("contact", "phone"), "notes")}),
        (_("Machine"), {"fields": MACHINE[5:], "classes": ("collapse",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Camera]:
        """Visible cameras with their changes of the last day."""
        day = Q(transitions__at__gte=timezone.now() - timedelta(days=1))
        rows: QuerySet[Camera] = super().get_queryset(request)
        return rows.annotate(day_changes=Count("transitions", filter=day))

    def save_model(self, request: HttpRequest, obj: Camera, form: Any, change: bool) -> None:
        """Through the service: audit, revision, event."""
        user, password = form.login()
        services.save_camera(
            by=self.viewer(request),
            camera=obj,
            groups=form.cleaned_data.get("groups"),
            username=user,
            password=password,
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Maintenance windows through their service."""
        by = self.viewer(request)
        for window in formset.save(commit=False):
            window.by_id = window.by_id or request.user.pk
            services.change_maintenance(by=by, window=window)
        for window in formset.deleted_objects:
            services.end_maintenance(by=by, window=window)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A camera is taken out of use ("in use" off); its history stays."""
        return False

    @admin.display(description=_("status"))
    def status_line(self, camera: Camera) -> str:
        """Status, reason and since when."""
        since = f"{timezone.localtime(camera.status_since):%d-%m-%Y %H:%M}" if camera.status_since else ""
        reason = str(REASONS.get(camera.status_reason, camera.status_reason))
        return " · ".join(filter(None, [camera.get_status_display(), reason, since]))

    @admin.display(description=_("picture faults"))
    def faults_line(self, camera: Camera) -> str:
        """Faults of the newest picture."""
        return fault_words(camera.picture_faults) or "-"

    @admin.display(description=_("login"))
    def login_line(self, camera: Camera) -> str:
        """All that is ever said of user and password."""
        words = {
            (True, True): _("User and password are stored."),
            (True, False): _("A user is stored, no password."),
            (False, True): _("A password is stored, no user."),
        }
        return str(words.get((camera.has_username, camera.has_password), _("Nothing is stored.")))

    @admin.display(description=_("last test"))
    def probe_line(self, camera: Camera) -> str:
        """The figures of the newest connection test."""
        from cctv.admin.connection import figures

        probe = camera.probe or {}
        if not probe:
            return str(_("not tested yet"))
        said = " · ".join(f"{name}: {value}" for name, value in figures(probe))
        words = said or str(REASONS.get(probe.get("kind", ""), probe.get("kind", "")))
        return f"{day_clock(datetime.fromisoformat(probe['at']))} · {words}" if probe.get("at") else words

    @admin.display(description=_("capture mode"), ordering="capture_mode")
    def mode_line(self, camera: Camera) -> str:
        """The mode as people say it."""
        return camera.get_capture_mode_display()

    @admin.display(description=_("changes (24 h)"), ordering="day_changes")
    def changes_day(self, camera: Any) -> int:
        """Transitions of the last day."""
        return int(camera.day_changes)
