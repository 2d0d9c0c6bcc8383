"""What leaves on paper or as a sheet: the disposition of a report, and whom a breach touched."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from commandcenter.city import formats, sheets
from commandcenter.city.models import User
from commandcenter.city.permissions import page
from commandcenter.city.region import Region
from commandcenter.city.viewers import viewer_of
from complaints import disposition, rights
from complaints.models import Assignment, Attachment, Channel, Report
from complaints.services import breach, deputies, files, telling
from complaints.shown import card
from complaints.views.doors import report_of
from complaints.views.report import contact_of


@require_GET
@page(permission=rights.VIEW)
def disposition_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet an agency prints and signs. ``?contact=1`` adds the reporter for those who may, audited."""
    viewer = viewer_of(request)
    report = report_of(viewer, number)
    sheet = _sheet(report, contact_of(request, viewer, report) or {}, request)
    return HttpResponse(
        disposition.paper(sheet),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="disposisi-{report.number}.pdf"',
            "Cache-Control": "no-store",
        },
    )


def _sheet(report: Report, contact: dict[str, str], request: HttpRequest) -> disposition.Sheet:
    now, region = timezone.now(), Region.current()
    newest = Assignment.objects.filter(report=report).order_by("-pk").first()
    title, name = deputies.signed_by(report.agency) if report.agency else (_("Triage desk"), "")
    due = report.finish_due or report.next_due
    facts = [
        (_("Number"), report.number),
        (_("Received"), _moment(report.received_at)),
        (_("Category"), str(report.category or "")),
        (_("Place"), card(report, now).place),
        (_("Priority"), f"{report.get_priority_display()} · {report.get_severity_display()}"),
        (_("To be done by"), _moment(due) if due else ""),
    ]
    marks = [str(gettext_lazy("SECRET"))] if report.secret else []
    marks += [_("SIMULATION")] if report.is_simulated else []
    host = request.build_absolute_uri("/").rstrip("/")
    link = telling.desk_link(report)
    return disposition.Sheet(
        city=region.title or region.name,
        agency=report.agency.name if report.agency else str(_("Triage desk")),
        number=report.number, link=link if link.startswith("http") else host + link, facts=facts,
        text=report.text, instruction=newest.text if newest else "", signed_title=str(title),
        signed_name=name, made=_("As of %(made)s") % {"made": _moment(now)}, photo=_photo(report),
        contact=contact, marks=tuple(marks),
    )  # fmt: skip


def _moment(at: Any) -> str:
    return formats.day_clock(at, timezone.get_current_timezone(), get_language() or "id")


def _photo(report: Report) -> bytes:
    """The first photo that was made by us; none where the storage lost it."""
    ready = report.attachments.filter(state=Attachment.State.READY, kind=Attachment.Kind.PHOTO)
    row = ready.exclude(served="").order_by("pk").first()
    try:
        return files.read(row.served) if row is not None else b""
    except OSError:
        return b""


class BreachForm(forms.Form):
    """Which reports a breach touched: by number, by time, by channel, or all that one account looked at."""

    numbers = forms.CharField(
        label=gettext_lazy("Numbers of reports"), required=False, max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=gettext_lazy("One a line; empty: by the rest."),
    )  # fmt: skip
    first = forms.DateField(
        label=gettext_lazy("Received from"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        label=gettext_lazy("Received until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    channel: forms.ModelChoiceField[Channel] = forms.ModelChoiceField(
        Channel.objects.all(), label=gettext_lazy("Channel"), required=False
    )
    account: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        User.objects.order_by("username"), label=gettext_lazy("Contacts that this account looked at"),
        required=False,
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("What happened (kept in the audit)"), max_length=300)

    def clean(self) -> dict[str, Any]:
        """Something must narrow it, and days must be in order."""
        data = super().clean() or {}
        wish = [data.get(name) for name in ("numbers", "first", "last", "channel", "account")]
        if not any(wish):
            raise forms.ValidationError(_("Say which reports: numbers, days, a channel or an account."))
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The last day is before the first."))
        for name in ("first", "last"):
            if data.get(name) and not 1900 <= data[name].year <= 2100:
                self.add_error(name, _("Choose a day from 1900 to 2100."))
        return data


@page(permission=rights.BREACH)
def breach_list(request: HttpRequest) -> HttpResponse:
    """The people behind the reports, who looked and what was sent: one audited book for the notice."""
    form = BreachForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        reason = data.pop("reason")
        found = breach.touched(**data)
        if found.unknown:
            words = ", ".join(found.unknown[:10])
            form.add_error("numbers", _("No report has these numbers: %(numbers)s") % {"numbers": words})
        elif not found.reports:
            form.add_error(None, _("No report fits."))
        else:
            book = breach.book(found, viewer=viewer_of(request), reason=reason)
            return sheets.attachment(book, f"terdampak-{timezone.localdate():%Y%m%d}.xlsx")
    return render(request, "complaints/breach.html", {"form": form}, status=422 if form.errors else 200)
