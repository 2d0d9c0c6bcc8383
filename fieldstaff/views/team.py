"""A supervisor's people on his phone: who is there, who cannot be reached, one tap to call."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from fieldstaff import rights
from fieldstaff.models import Officer, Order
from fieldstaff.onduty import STANDINGS
from fieldstaff.views.listing import OFF, tallies, with_standing

WORST_FIRST = ("absent", "gone", "late", "awaited", "fresh", OFF)


@require_GET
@page()
def team(request: HttpRequest) -> HttpResponse:
    """The chain under this login now, those who need a call first."""
    viewer, now = viewer_of(request), timezone.now()
    chief = get_visible(Officer.objects.filter(rights.himself(viewer)))
    below = Officer.objects.filter(rights.chain(viewer)).exclude(pk=chief.pk)
    rows = with_standing(below.employed(timezone.localdate(now)), now)
    people = sorted(
        rows.select_related("agency", "supervisor", "latest"),
        key=lambda row: (WORST_FIRST.index(row.standing), row.name),
    )
    tasks = _tasks([row.pk for row in people], viewer)
    for row in people:
        row.tasks = tasks.get(row.pk, 0)
        row.tel = "".join(c for c in row.phone or "" if c.isdigit() or c == "+")
    counts = {key: sum(row.standing == key for row in people) for key in WORST_FIRST}
    context = {
        "chief": chief,
        "people": [row for row in people if row.standing != OFF],
        "resting": [row for row in people if row.standing == OFF],
        "counts": tallies(counts, [key for key in STANDINGS if counts[key]]),
        "total": len(people),
        "now": now,
    }
    return render(request, "fieldstaff/team.html", context)


def _tasks(pks: list[int], viewer: Viewer) -> dict[int, int]:
    """Open orders by who has them."""
    rows = Order.objects.visible_to(viewer).open().filter(assignee__in=pks).order_by()
    return dict(rows.values_list("assignee").annotate(n=Count("pk")))
