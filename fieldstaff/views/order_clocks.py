"""How long orders took: a page for everybody who may count them, and the same as CSV."""

from __future__ import annotations

import csv
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from commandcenter.city import audit
from commandcenter.city.permissions import page, require
from commandcenter.city.viewers import Viewer, viewer_of
from fieldstaff import rights
from fieldstaff.orders import standing
from fieldstaff.orders.clocks import DAYS, Group, measure


def _may(viewer: Viewer) -> None:
    """Who counts orders or gives them; an officer has his own pages."""
    if standing.VIEW not in viewer.permissions:
        require(viewer, permission=rights.COUNT)


def _days(request: HttpRequest) -> int:
    said = request.GET.get("days", "")
    return int(said) if said in {str(days) for days in DAYS} else 7


@require_GET
@page()
def clocks(request: HttpRequest) -> HttpResponse:
    """Mean, median, ninetieth percentile and share in time of each step."""
    viewer, days = viewer_of(request), _days(request)
    _may(viewer)
    found = measure(viewer, days=days, now=timezone.now())
    context = {"found": found, "days": days, "offers": DAYS}
    return render(request, "fieldstaff/orders/clocks.html", context)


@require_GET
@page()
def sheet(request: HttpRequest) -> HttpResponse:
    """The same in seconds, one line a group and step; the export is audited."""
    viewer, days = viewer_of(request), _days(request)
    _may(viewer)
    found = measure(viewer, days=days, now=timezone.now())
    audit.record(viewer=viewer, action="export.order_clocks", detail={"days": days})
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="tugas-{timezone.localdate():%Y%m%d}.csv"'
    answer.write("\ufeff")
    writer = csv.writer(answer)
    writer.writerow(
        [_("Group"), _("Name"), _("Step"), "n", _("Mean (s)"), "P50 (s)", "P90 (s)", _("Threshold (s)"),
         _("In time (%)")]
    )  # fmt: skip
    for kind, groups in ((_("All"), (found.whole,)), (_("Agency"), found.agencies), (_("Area"), found.areas)):
        for group in groups:
            writer.writerows(_lines(str(kind), group))
    return answer


def _lines(kind: str, group: Group) -> list[list[Any]]:
    rows = []
    for _step, words, one in group.lines:
        if one is not None:
            met = "" if one.met is None else round(one.met, 1)
            # A name that begins like a formula is no formula.
            name = f"'{group.name}" if group.name[:1] in "=+-@" else group.name
            rows.append(
                [kind, name, str(words), one.n, round(one.mean), one.p50, one.p90, one.threshold, met]
            )
    return rows
