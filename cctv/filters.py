"""Filters of the camera list; what they offer to choose from is what the viewer may see."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import filters
from django_filters.filterset import FilterSet

from cctv.models import Camera, CameraGroup, CaptureMode, Phase, PlaceKind, Site, Status
from commandcenter.city.models import Agency, Area
from commandcenter.city.sharing import Sharing
from commandcenter.city.viewers import Viewer
from commandcenter.wall.browser_text import FAULT_WORDS

DOWN = (Status.OFFLINE, Status.AUTH_FAILED)
RESTING = (Status.MAINTENANCE, Status.PAUSED)
STATUSES = [
    ("down", _("Down (offline or wrong password)")),
    ("trouble", _("Everything that is wrong")),
    *Status.choices,
]
FAULTS = [("any", _("Any fault")), ("none", _("No fault")), *FAULT_WORDS.items()]
SORTS = {
    "name": ("name", "pk"),
    "site": ("site__name", "name", "pk"),
    "agency": ("agency__name", "name", "pk"),
    "since": ("status_since", "pk"),
    "newest": ("-registered_at", "-pk"),
}
SORT_WORDS = [
    ("name", _("Name")),
    ("site", _("Site")),
    ("agency", _("Owner")),
    ("since", _("Longest in this state")),
    ("newest", _("Newest first")),
]


def in_trouble() -> Q:
    """Down, unsteady, or delivering a faulty picture; planned work is not trouble."""
    return (Q(status__in=(*DOWN, "degraded")) | ~Q(picture_faults=[])) & ~Q(status__in=RESTING)


ALL = _("All")


SHOWN = frozenset({"q", "status", "fault", "agency"})
"""Filters that the list shows without unfolding."""


class CameraFilter(FilterSet):
    """Filters by query string; every name of it can stand in a saved view."""

    q = filters.CharFilter(method="find", label=_("Search"))
    status = filters.ChoiceFilter(choices=STATUSES, method="by_status", label=_("Status"), empty_label=ALL)
    fault = filters.ChoiceFilter(choices=FAULTS, method="by_fault", label=_("Picture fault"), empty_label=ALL)
    agency = filters.ModelChoiceFilter(
        queryset=Agency.objects.none(), label=_("Owner agency"), empty_label=ALL
    )
    area = filters.ModelChoiceFilter(queryset=Area.objects.none(), label=_("Area"), empty_label=ALL)
    site = filters.ModelChoiceFilter(queryset=Site.objects.none(), label=_("Site"), empty_label=ALL)
    kind = filters.ChoiceFilter(
        field_name="place_kind", choices=PlaceKind.choices, label=_("Looks at"), empty_label=ALL
    )
    phase = filters.ChoiceFilter(choices=Phase.choices, label=_("Phase"), empty_label=ALL)
    sharing = filters.ChoiceFilter(choices=Sharing.choices, label=_("Shared with"), empty_label=ALL)
    mode = filters.ChoiceFilter(
        field_name="capture_mode", choices=CaptureMode.choices, label=_("Capture mode"), empty_label=ALL
    )
    group = filters.ModelChoiceFilter(
        field_name="groups", queryset=CameraGroup.objects.none(), label=_("Group"), empty_label=ALL
    )
    notice = filters.ChoiceFilter(
        choices=[("missing", _("Not posted"))],
        method="by_notice",
        label=pgettext_lazy("law", "Notice"),
        empty_label=ALL,
    )

    class Meta:
        model = Camera
        fields: list[str] = []

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Camera.objects.visible_to(viewer).in_use().order_by()
        offers: dict[str, QuerySet[Any]] = {
            "agency": Agency.objects.filter(pk__in=seen.values("agency")),
            "area": Area.objects.filter(pk__in=seen.values("area")),
            "site": Site.objects.filter(pk__in=seen.values("site")),
            "group": CameraGroup.objects.filter(pk__in=seen.values("groups")),
        }
        for name, rows in offers.items():
            self.filters[name].queryset = rows
        self.form.fields["agency"].label_from_instance = lambda row: row.name
        self.form.fields["area"].label_from_instance = lambda row: row.full_name
        self.form.fields["q"].widget = forms.HiddenInput()

    def find(self, rows: QuerySet[Camera], name: str, value: str) -> QuerySet[Camera]:
        """Every word in name, code, site, market or area."""
        return rows.search(value[:100])  # type: ignore[attr-defined, no-any-return]

    def by_status(self, rows: QuerySet[Camera], name: str, value: str) -> QuerySet[Camera]:
        """One status, or a group of them."""
        if value == "down":
            return rows.filter(status__in=DOWN)
        return rows.filter(in_trouble()) if value == "trouble" else rows.filter(status=value)

    def by_fault(self, rows: QuerySet[Camera], name: str, value: str) -> QuerySet[Camera]:
        """One picture fault, any, or none."""
        if value in {"any", "none"}:
            return rows.exclude(picture_faults=[]) if value == "any" else rows.filter(picture_faults=[])
        return rows.filter(picture_faults__contains=[value])

    def by_notice(self, rows: QuerySet[Camera], name: str, value: str) -> QuerySet[Camera]:
        """Cameras that should have a sign and have none."""
        return rows.filter(notice_posted=False)

    @property
    def chosen(self) -> int:
        """How many of the folded filters are set; those in plain sight need no count."""
        data = getattr(self.form, "cleaned_data", {})
        return sum(1 for name, value in data.items() if value not in (None, "") and name not in SHOWN)
