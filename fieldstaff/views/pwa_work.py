"""Orders by the officers' app: the list, each step, each photo, and passing on to one's people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from complaints.services import space
from fieldstaff.models import Order
from fieldstaff.orders.writing import Clash
from fieldstaff.pwa import fields, work
from fieldstaff.pwa.identity import Holder
from fieldstaff.views.pwa_door import officers_only


@require_GET
@officers_only
def orders(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Today's orders of this officer and the people he may pass them on to."""
    return JsonResponse(work.own_orders(holder))


def _answered(work_of: Callable[[], dict[str, Any]]) -> HttpResponse:
    """200, or what stands in the way: 404 not his, 409 with the reason, 400 by field."""
    try:
        return JsonResponse(work_of())
    except Clash as clash:
        return JsonResponse({"code": clash.code, "errors": {"order": [work.why(clash)]}}, status=409)
    except ValidationError as error:
        return JsonResponse({"errors": error.message_dict}, status=400)
    except ValueError:
        return JsonResponse({"errors": {"target": [_("There is no such step.")]}}, status=400)
    except (Order.DoesNotExist, PermissionDenied):
        return JsonResponse({"errors": {"order": [_("The order is no longer yours.")]}}, status=404)


@require_POST
@officers_only
def step(request: HttpRequest, holder: Holder, pk: int) -> HttpResponse:
    """One step of an order: ``target``, and ``text`` where a reason is needed. A repeat does nothing."""
    values = request.POST

    def take() -> dict[str, Any]:
        order = work.step(holder, pk, values.get("target", ""), fields.head(request), values.get("text", ""))
        return {"state": order.state}

    return _answered(take)


@require_POST
@officers_only
def photo(request: HttpRequest, holder: Holder, pk: int) -> HttpResponse:
    """A photo of an order; 503 without room for it: nothing is done without its proof, the phone keeps it."""
    file = request.FILES.get("photo")
    if file is None:
        return JsonResponse({"errors": {"photo": [_("A photo is missing.")]}}, status=400)
    if not space.enough():
        return HttpResponse(status=503)

    def take() -> dict[str, Any]:
        return {"photo": str(work.photo(holder, pk, file.chunks(), fields.head(request)).uuid)}

    return _answered(take)


@require_POST
@officers_only
def pass_on(request: HttpRequest, holder: Holder, pk: int) -> HttpResponse:
    """Passes an order on: ``officers`` are numbers of people under him, ``text`` what each is to do."""
    values = request.POST
    listed = values.get("officers", "")[:200].split(",")
    officers = [int(one) for one in listed[:10] if one.isdecimal() and len(one) < 18]

    def take() -> dict[str, Any]:
        children = work.pass_on(holder, pk, officers, fields.head(request), values.get("text", ""))
        return {"children": [child.pk for child in children]}

    return _answered(take)
