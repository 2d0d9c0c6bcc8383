"""Who is looking: asked and told by the pages themselves every twenty seconds."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from commandcenter.city.permissions import page
from commandcenter.city.viewers import viewer_of
from complaints import rights
from complaints.models import Report
from complaints.services import presence
from complaints.views.doors import report_of

MOST = 60
NAMED = 3


def words(names: list[str]) -> str:
    """``Ayu sedang membuka laporan ini``; empty where nobody does."""
    if not names:
        return ""
    shown, rest = names[:NAMED], len(names) - NAMED
    if rest > 0:
        shown = [*shown, ngettext("%(n)d more", "%(n)d more", rest) % {"n": rest}]
    return _("%(names)s: looking at this report now") % {"names": ", ".join(shown)}


@require_POST
@never_cache
@page(permission=rights.VIEW)
def looking(request: HttpRequest, number: str) -> JsonResponse:
    """Says that this page is open (``gone=1``: closed), and answers who else has it open."""
    viewer = viewer_of(request)
    report = report_of(viewer, number)
    presence.look(report=report.pk, viewer=viewer, gone=request.POST.get("gone") == "1")
    return JsonResponse({"words": words(presence.who([report.pk], but=viewer.pk).get(report.pk, []))})


@require_GET
@never_cache
@page(permission=rights.VIEW)
def of_list(request: HttpRequest) -> JsonResponse:
    """For the rows of a list, by number: who has each open. Reports the viewer may not read are left out."""
    viewer = viewer_of(request)
    asked = [number[:16].upper() for number in request.GET.getlist("n")[:MOST]]
    rows = dict(Report.objects.visible_to(viewer).filter(number__in=asked).values_list("pk", "number"))
    found = presence.who(list(rows), but=viewer.pk)
    return JsonResponse({"rows": {rows[pk]: words(names) for pk, names in found.items()}})
