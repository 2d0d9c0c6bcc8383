"""Bulk actions of the desk: one form under the list, one page that says what became of each report."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from commandcenter.city.models import Agency
from commandcenter.city.permissions import page
from commandcenter.city.viewers import viewer_of
from complaints.services import bulk, claims
from complaints.views.doors import problem_words


@require_POST
@page(permission="complaints.bulk_report")
def act(request: HttpRequest) -> HttpResponse:
    """Does it to each, and shows the results."""
    back = f"/reports/?{request.POST.get('query', '')[:1000]}"
    try:
        found = _done(request)
    except ValidationError as error:
        messages.error(request, problem_words(error))
        return redirect(back)
    failed = [item for item in found if item.problem]
    context = {"results": found, "done": len(found) - len(failed), "failed": failed, "back": back}
    return render(request, "complaints/bulk.html", context)


def _done(request: HttpRequest) -> list[bulk.Result]:
    viewer, numbers = viewer_of(request), request.POST.getlist("n")
    text, deed = request.POST.get("text", ""), request.POST.get("deed", "")
    if deed == "claim":
        return bulk.claim(numbers=numbers, viewer=viewer)
    if deed == "assign":
        pk = request.POST.get("agency", "")
        agency = Agency.objects.filter(pk=int(pk) if len(pk) < 10 and pk.isdecimal() else 0).first()
        if agency is None:
            raise ValidationError({"agency": _("Choose an agency from the list.")})
        return bulk.assign(numbers=numbers, agency=agency, viewer=viewer, text=text)
    if deed != "close":
        raise ValidationError({"deed": _("Choose from the lists.")})
    if not text.strip():
        raise ValidationError({"text": _("Write why: the citizen reads it.")})
    status, body = request.POST.get("status", ""), request.POST.get("body_named", "")
    return bulk.move(numbers=numbers, target=status, viewer=viewer, text=text, body_named=body)


@require_POST
@page(permission="complaints.bulk_report")
def deal(request: HttpRequest) -> HttpResponse:
    """Gives what nobody works on to those on duty, one after the other."""
    count = claims.deal_out(viewer=viewer_of(request))
    if count:
        messages.success(request, _("%(n)d reports were dealt out.") % {"n": count})
    else:
        messages.info(request, _("Nothing to deal out, or nobody is on duty."))
    return redirect("complaints:desk")
