"""The list of officers: each sees those whose row he may read, with search, filters, pages and a sheet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import wraps
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from commandcenter.city import audit, sheets
from commandcenter.city.models import Agency
from commandcenter.city.permissions import page
from commandcenter.city.viewers import Viewer, viewer_of
from fieldstaff import rights
from fieldstaff.models import Officer, Shift
from fieldstaff.models.choices import OfficerKind
from fieldstaff.onduty import STANDINGS, standing, standing_of

PER_PAGE = 50
MOST = 40_000
OFF = "off"
ALL = pgettext_lazy("filter", "all")
STANDING_WORDS = {
    "fresh": pgettext_lazy("standing", "connected"),
    "late": pgettext_lazy("standing", "late to report"),
    "gone": pgettext_lazy("standing", "no contact"),
    "absent": pgettext_lazy("standing", "not seen yet"),
    "awaited": pgettext_lazy("standing", "shift has just begun"),
    OFF: pgettext_lazy("standing", "off duty"),
}
STATES = {
    "fresh": "good", "late": "warn", "gone": "unknown", "absent": "crit", "awaited": "info", OFF: "paused"
}  # fmt: skip
"""The colour of a standing, as its chip has it."""
View = Callable[..., HttpResponseBase]


def tallies(counts: dict[str, int], keys: Iterable[str]) -> list[tuple[str, Any, int, str]]:
    """Key, word, how many, colour of each standing."""
    return [(key, STANDING_WORDS[key], counts.get(key, 0), STATES[key]) for key in keys]


def officers_page(view: View) -> View:
    """A door for who may read officers at all: by right, as a clerk, or as somebody's supervisor."""

    @page()
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        viewer = viewer_of(request)
        if not (rights.OFFICERS in viewer.permissions or rights.is_clerk(viewer) or has_chain(viewer)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def has_chain(viewer: Viewer) -> bool:
    """Whether this login is an officer's."""
    return Officer.objects.filter(rights.himself(viewer)).exists()


class OfficerFilter(forms.Form):
    """The list by query string; nonsense in one field leaves that one out."""

    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=80)
    standing = forms.ChoiceField(
        label=pgettext_lazy("officers", "Standing"), required=False,
        choices=[("", ALL), ("on", pgettext_lazy("standing", "on duty")), *STANDING_WORDS.items()],
    )  # fmt: skip
    agency: forms.ModelChoiceField[Agency] = forms.ModelChoiceField(
        Agency.objects.none(), label=gettext_lazy("Agency"), required=False, empty_label=ALL
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), required=False, max_length=120)
    kind = forms.ChoiceField(
        label=pgettext_lazy("officers", "Kind"), required=False, choices=[("", ALL), *OfficerKind.choices]
    )

    def __init__(self, data: Any, *, base: Any) -> None:
        super().__init__(data)
        field: Any = self.fields["agency"]
        field.queryset = Agency.objects.filter(pk__in=base.order_by().values("agency"))
        self.is_valid()

    @property
    def wish(self) -> dict[str, Any]:
        """What was chosen and understood."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    def narrow(self, rows: Any) -> Any:
        """Everything but the standing."""
        wish = self.wish
        for name in ("agency", "kind"):
            if name in wish:
                rows = rows.filter(**{name: wish[name]})
        if "unit" in wish:
            rows = rows.filter(unit__icontains=wish["unit"])
        for word in str(wish.get("q", "")).split()[:6]:
            rows = rows.filter(Q(name__icontains=word) | Q(code__icontains=word) | Q(unit__icontains=word))
        return rows

    def stand(self, rows: Any) -> Any:
        """The chosen standing."""
        chosen = self.wish.get("standing", "")
        if chosen == "on":
            return rows.filter(standing__in=STANDINGS)
        return rows.filter(standing=chosen) if chosen else rows


class _End(Func):
    output_field = DateTimeField()


def with_standing(rows: Any, at: datetime) -> Any:
    """``begun_at``, ``ends_at`` and ``standing`` of each; ``off`` without a shift now."""
    shift = Shift.objects.filter(officer=OuterRef("pk"), span__contains=at)
    ends = {"begun_at": "lower", "ends_at": "upper"}
    found = rows.annotate(
        **{
            name: Subquery(shift.annotate(edge=_End(F("span"), function=side)).values("edge")[:1])
            for name, side in ends.items()
        }
    )
    whole = Case(When(begun_at__isnull=True, then=Value(OFF)), default=standing(at), output_field=CharField())
    return found.annotate(standing=whole)


def stand(officer: Any, shifts: Iterable[Any], at: datetime) -> None:
    """The same of one officer on the row itself, from his shifts and his ``heartbeat`` in hand."""
    now = next((one.span for one in shifts if one.span.lower <= at < one.span.upper), None)
    officer.begun_at, officer.ends_at = (now.lower, now.upper) if now else (None, None)
    latest = getattr(officer, "latest", None)
    officer.standing = standing_of(latest, officer.heartbeat, now.lower, at) if now else OFF


def _listed(request: HttpRequest) -> tuple[OfficerFilter, Any]:
    base = Officer.objects.visible_to(viewer_of(request)).employed(timezone.localdate())
    form = OfficerFilter(request.GET, base=base)
    return form, with_standing(form.narrow(base), timezone.now())


@require_GET
@officers_page
def officers(request: HttpRequest) -> HttpResponse:
    """Who is there, by name, and how each stands now."""
    form, rows = _listed(request)
    counted = dict(rows.order_by().values_list("standing").annotate(n=Count("pk")))
    chosen = form.stand(rows).select_related("agency", "supervisor", "latest").order_by("name", "code")
    viewer = viewer_of(request)
    context = {
        "filter": form,
        "page_obj": Paginator(chosen, PER_PAGE).get_page(request.GET.get("page")),
        "standings": tallies(counted, (*STANDINGS, OFF)),
        "chosen": form.wish.get("standing", ""),
        "total": sum(counted.values()),
        "words": STANDING_WORDS,
        "filtered": bool(form.wish),
        "query_text": urlencode([(k, v) for k, v in request.GET.items() if v and k != "page"]),
        "desk_only": rights.FIGURES not in viewer.permissions and rights.OFFICERS in viewer.permissions,
        "month": rights.FIGURES in viewer.permissions or rights.is_clerk(viewer) or has_chain(viewer),
        "team": has_chain(viewer),
    }
    return render(request, "fieldstaff/officers.html", context)


@require_GET
@officers_page
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The filtered list as XLSX or CSV, without phone numbers and places; audited."""
    form, rows = _listed(request)
    chosen = form.stand(rows).select_related("agency", "supervisor").order_by("name", "code")[:MOST]
    wish = {name: str(value) for name, value in form.wish.items()}
    audit.record(viewer=viewer_of(request), action="export.officers", detail=wish)
    headers = [
        _("Number"), _("Name"), _("Agency"), _("Unit"), _("Kind"), _("Supervisor"), _("Standing"),
        _("Shift from"), _("Shift until"),
    ]  # fmt: skip
    name = f"petugas-{timezone.localdate():%Y%m%d}"
    return table_file(kind, name, _("Officers"), headers, map(_cells, chosen.iterator(2000)))


def _cells(row: Any) -> tuple[Any, ...]:
    return (
        row.code, row.name, row.agency.short_name, row.unit, row.get_kind_display(),
        row.supervisor.name if row.supervisor else "", str(STANDING_WORDS[row.standing]), row.begun_at,
        row.ends_at,
    )  # fmt: skip


def table_file(kind: str, name: str, title: str, headers: list[Any], rows: Iterator[Any]) -> HttpResponse:
    """A table as a download: ``csv`` with a mark for spreadsheets, anything else is XLSX."""
    if kind != "csv":
        return sheets.attachment(sheets.write(title, [str(head) for head in headers], rows), f"{name}.xlsx")
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([str(head) for head in headers])
    for row in rows:
        writer.writerow([_text(cell) for cell in row])
    head = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=head)


def _text(cell: Any) -> str:
    """A cell of a CSV: local times, and no formula for whoever opens the file."""
    if isinstance(cell, datetime):
        return timezone.localtime(cell).strftime("%Y-%m-%d %H:%M")
    said = "" if cell is None else str(cell)
    return f"'{said}" if said[:1] in ("=", "+", "-", "@", "\t") and not isinstance(cell, int) else said
