"""Inviting staff, one by one or by XLSX (admins)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from commandcenter.city import invitation_sheet, services, sheets
from commandcenter.city.forms import InvitationForm, SheetForm
from commandcenter.city.models import Invitation
from commandcenter.city.permissions import page
from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of


def _site(request: HttpRequest) -> str:
    return request.build_absolute_uri("/")


def _show(request: HttpRequest, form: InvitationForm, **more: object) -> HttpResponse:
    waiting = Invitation.objects.filter(accepted_at=None, revoked_at=None).select_related("agency")[:200]
    now = timezone.now()
    rows = [
        {
            "invitation": one,
            "link": _site(request).rstrip("/") + services.link_of(one),
            "gone": one.expires_at <= now,
        }
        for one in waiting
    ]
    context = {"form": form, "sheet_form": SheetForm(), "rows": rows, **more}
    return render(request, "city/people.html", context)


@never_cache
@page(Role.ADMIN)
def people(request: HttpRequest) -> HttpResponse:
    """The form for one, the sheet for many, and the invitations still open."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.invite(viewer=viewer_of(request), mail_from=_site(request), **form.cleaned_data)
            messages.success(request, _("Invited; the link is in the list below."))
            return redirect("city:people")
        except ValidationError as error:
            for name, texts in getattr(error, "message_dict", {"": error.messages}).items():
                form.add_error(name if name in form.fields else None, texts)
    return _show(request, form)


@never_cache
@require_POST
@page(Role.ADMIN)
def people_sheet(request: HttpRequest) -> HttpResponse:
    """Checks a sheet, and invites everyone in it when asked and nothing is wrong."""
    sheet_form = SheetForm(request.POST, request.FILES)
    save = request.POST.get("step") == "invite"
    if not sheet_form.is_valid():
        messages.error(request, _("Choose an XLSX file first."))
        return redirect("city:people")
    try:
        rows = invitation_sheet.invite_from_sheet(
            viewer=viewer_of(request),
            file=sheet_form.cleaned_data["file"],
            save=save,
            mail_from=_site(request),
        )
    except sheets.SheetError as error:
        messages.error(request, str(error))
        return redirect("city:people")
    bad = sum(bool(row.errors) for row in rows)
    if save and rows and not bad:
        messages.success(request, _("%(n)d people invited.") % {"n": len(rows)})
        return redirect("city:people")
    return _show(request, InvitationForm(), checked=rows, bad=bad, saving=save)


@page(Role.ADMIN)
def people_template(request: HttpRequest) -> HttpResponse:
    """The sheet to fill in."""
    return sheets.attachment(invitation_sheet.template(), "undangan-staf.xlsx")


@require_POST
@page(Role.ADMIN)
def invitation_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Renews or revokes one invitation."""
    invitation = get_object_or_404(Invitation, pk=pk)
    viewer = viewer_of(request)
    if request.POST.get("step") == "revoke":
        done = services.revoke_invitation(viewer=viewer, invitation=invitation)
    else:
        done = services.resend_invitation(viewer=viewer, invitation=invitation, mail_from=_site(request))
    if done:
        messages.success(request, _("Done."))
    else:
        messages.error(request, _("This invitation was used already."))
    return redirect("city:people")
