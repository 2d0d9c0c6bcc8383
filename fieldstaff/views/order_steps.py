"""What people do with orders on the desk: ask somebody, move it on. A clash is a page (409)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commandcenter.city.media import simple_photo
from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import viewer_of
from fieldstaff.dispatch.orderflow import State
from fieldstaff.models import Order, OrderPhoto, PhotoState
from fieldstaff.orders import family, moving
from fieldstaff.orders.words import CLASHES
from fieldstaff.orders.writing import Clash, Said
from fieldstaff.views.orders import order_of


@require_POST
@page()
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks those that were ticked, one after the other."""
    return work_on(request, pk, lambda request, pk, viewer, rev, said: moving.offer(
        pk=pk, officers=officers_of(request), viewer=viewer, rev=rev, said=said
    ), _("Asked. Two minutes to answer."))  # fmt: skip


@require_POST
@page()
def step(request: HttpRequest, pk: int, target: str) -> HttpResponse:
    """One step of an order, by the state it leads to."""
    if target not in {state.value for state in family.VERBS}:
        raise Http404
    return work_on(request, pk, lambda request, pk, viewer, rev, said: family.move(
        pk=pk, target=State(target), viewer=viewer, rev=rev, said=said
    ), "")  # fmt: skip


def officers_of(request: HttpRequest) -> list[int]:
    """Pks of the officers that were ticked, in the order of the page."""
    return [int(pk) for pk in request.POST.getlist("officer") if pk.isdecimal() and len(pk) < 18]


def work_on(request: HttpRequest, pk: int, work: Any, told: str) -> HttpResponse:
    """``work(request, pk, viewer, rev, said)`` on an order this viewer may see, then its page again.

    A ValidationError is said there; a Clash is a page of its own with what was typed (409).
    """
    viewer = viewer_of(request)
    order_of(viewer, pk)
    rev = request.POST.get("rev", "")
    said = Said(text=request.POST.get("text", "")[:2000])
    try:
        work(request, pk, viewer, int(rev) if rev.isdecimal() and len(rev) < 10 else None, said)
    except Clash as clash:
        return clashed(request, clash, pk)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        if told:
            messages.success(request, told)
    if not Order.objects.visible_to(viewer).filter(pk=pk).exists():
        return redirect("fieldstaff:orders")
    return redirect("fieldstaff:order", pk=pk)


def clashed(request: HttpRequest, clash: Clash, pk: int | None) -> HttpResponse:
    """What stood in the way, with what was typed (409)."""
    context = {"problem": CLASHES[clash.code], "pk": pk, "typed": request.POST.get("text", "")[:2000]}
    return render(request, "fieldstaff/orders/conflict.html", context, status=409)


@require_GET
@page()
def photo(request: HttpRequest, name: uuid.UUID) -> HttpResponseBase:
    """A photo as it was made anew; ``?size=thumb`` a small one."""
    rows = OrderPhoto.objects.visible_to(viewer_of(request)).filter(state=PhotoState.READY)
    row = get_visible(rows, uuid=name)
    return simple_photo.answer(row, request.GET.get("size"))
