"""Into other hands: an order given to somebody else, or passed on by who has it to his own people.

Both have a page of their own: there the suggestion is made when it is asked for, and nothing that comes in
meanwhile takes away what somebody was writing. A clash is the page of all orders (409).
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from commandcenter.city.permissions import page
from commandcenter.city.viewers import Viewer, viewer_of
from fieldstaff.models import Order
from fieldstaff.orders import candidates, family
from fieldstaff.orders.words import state_of
from fieldstaff.orders.writing import Said
from fieldstaff.views.order_steps import officers_of, work_on
from fieldstaff.views.orders import hands_of, order_of, shown


@require_http_methods(["GET", "POST"])
@page()
def reassign(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes it from who has it, with a reason, and asks somebody else."""
    if request.method == "POST":
        return work_on(request, pk, _given, _("Asked. Two minutes to answer."))
    return _chosen(request, pk, "reassign")


@require_http_methods(["GET", "POST"])
@page()
def delegate(request: HttpRequest, pk: int) -> HttpResponse:
    """Passes it on to people under its holder: one order each."""
    if request.method == "POST":
        return work_on(request, pk, _passed_on, _("Passed on. Two minutes to answer."))
    return _chosen(request, pk, "delegate")


def _given(request: HttpRequest, pk: int, viewer: Viewer, rev: int | None, said: Said) -> Order:
    return family.reassign(pk=pk, officers=officers_of(request), viewer=viewer, rev=rev, said=said)


def _passed_on(request: HttpRequest, pk: int, viewer: Viewer, rev: int | None, said: Said) -> list[Order]:
    chosen = officers_of(request)
    if not chosen:
        raise ValidationError(_("Tick whom to pass it on to."))
    return family.delegate(pk=pk, officers=chosen, viewer=viewer, rev=rev, said=said)


def _chosen(request: HttpRequest, pk: int, way: str) -> HttpResponse:
    viewer = viewer_of(request)
    found = order_of(viewer, pk)
    if way not in hands_of(found, viewer):
        raise Http404
    found.tone = state_of(found.state)  # type: ignore[attr-defined]
    made = candidates.for_order(found, viewer=viewer, under=way == "delegate")
    context: dict[str, Any] = {"order": found, "way": way, "suggested": shown(made)}
    return render(request, "fieldstaff/orders/hands.html", context)
