"""What every admin page here leans on: only rows that this person may read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.forms import RangeWidget
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import Range

from commandcenter.city import formats
from commandcenter.city.region import Region
from commandcenter.city.viewers import viewer_of

MOMENT = forms.DateTimeInput(format="%Y-%m-%dT%H:%M:%S", attrs={"type": "datetime-local", "step": "1"})

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
    Tabular = admin.TabularInline[Any, Any]
else:
    Admin, Tabular = admin.ModelAdmin, admin.TabularInline


def span_words(span: Range[datetime] | None) -> str:
    """A stretch of time in words; an open end is a dash, an end on the same day names its hour alone."""
    if span is None:
        return "–"
    zone, lang = Region.current().zone_info, (get_language() or "id")[:2]
    start, end = span.lower, span.upper
    if start is None or end is None:
        return " – ".join("" if one is None else formats.day_clock(one, zone, lang) for one in (start, end))
    if start.astimezone(zone).date() == end.astimezone(zone).date():
        begun = f"{formats.day(start, zone, lang)}, {formats.clock(start, zone, lang, named=False)}"
        return f"{begun} – {formats.clock(end, zone, lang)}"
    return f"{formats.day_clock(start, zone, lang)} – {formats.day_clock(end, zone, lang)}"


class SeenAdmin(Admin):
    """Lists, pages and choices by ``visible_to``; a stretch of time is picked from two calendars."""

    show_full_result_count = False
    formfield_overrides = {DateTimeRangeField: {"widget": RangeWidget(MOMENT)}}

    @admin.display(description=_("from and until"), ordering="span")
    def from_until(self, row: Any) -> str:
        """``22 Nov 2026, 10.00 – 11.00 WIB``, by the city's clock."""
        return span_words(row.span)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows of this viewer."""
        rows: Any = super().get_queryset(request)
        return rows.visible_to(viewer_of(request))  # type: ignore[no-any-return]
