"""The public map: what everybody may read, as points with their status; no names, no words of strangers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from commandcenter.wall.ground import areas_geojson
from complaints import points
from complaints.models import Category, Report

BACK = timedelta(days=30)
FRESH_S, GROUND_S = 60, 3600


class MapFilter(forms.Form):
    """What is shown; nonsense in one field leaves that one out."""

    category: forms.ModelChoiceField[Category] = forms.ModelChoiceField(
        Category.objects.public(), label=_("Category"), required=False, empty_label=_("All categories"),
        to_field_name="code",
    )  # fmt: skip
    state = forms.ChoiceField(
        label=pgettext_lazy("of reports", "Show"), required=False,
        choices=[("", _("Open reports")), ("all", _("Open and closed (30 days)")),
                 ("closed", _("Closed in the last 30 days"))],
    )  # fmt: skip

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.is_valid()


class ListFilter(MapFilter):
    """The list's own: it shows everything where nothing is chosen."""

    state = forms.ChoiceField(
        label=pgettext_lazy("of reports", "Show"), required=False,
        choices=[("", _("Open and closed")), ("open", _("Open reports")), ("closed", _("Closed reports"))],
    )  # fmt: skip

    def rows(self) -> Any:
        """What everybody may read of it."""
        rows, state = of_category(self), self.cleaned_data.get("state")
        return rows.open() if state == "open" else rows.closed() if state == "closed" else rows


def of_category(form: MapFilter) -> Any:
    """Reports that everybody may read, of the chosen category and those below it."""
    rows, category = Report.objects.public(), form.cleaned_data.get("category")
    if category is None:
        return rows
    below = Category.objects.public().filter(parent=category)
    return rows.filter(category__in=[category.pk, *below.values_list("pk", flat=True)])


@require_GET
def public_map(request: HttpRequest) -> HttpResponse:
    """The page; the points come after it."""
    form = MapFilter(request.GET)
    wish = {name: value for name, value in request.GET.items() if name in form.fields and value}
    blank = not areas_geojson()["features"]
    context = {"form": form, "query": urlencode(wish), "most": points.MOST, "blank": blank}
    context["simulated"] = of_category(form).filter(origin="simulated", lat__isnull=False).exists()
    return render(request, "complaints/public/map.html", context)


@require_GET
def public_points(request: HttpRequest) -> HttpResponse:
    """The points as GeoJSON, at most :data:`points.MOST`, the newest first."""
    form = MapFilter(request.GET)
    state = form.cleaned_data.get("state") or ""
    text = points.collection(
        of_category(form), base="/lapor/", at=timezone.now(), opened=state != "closed", ended=state != "",
        back=BACK, public=True,
    )  # fmt: skip
    answer = HttpResponse(text, content_type="application/geo+json")
    patch_cache_control(answer, public=True, max_age=FRESH_S)
    return answer


@require_GET
def public_areas(request: HttpRequest) -> JsonResponse:
    """Boundaries of the city's kecamatan: public knowledge."""
    answer = JsonResponse(areas_geojson(), content_type="application/geo+json")
    patch_cache_control(answer, public=True, max_age=GROUND_S)
    return answer
