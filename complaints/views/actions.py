"""The buttons of a report. Each asks one service and goes back to the page."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from commandcenter.city.models import Agency, User
from commandcenter.city.viewers import Viewer
from complaints import rights
from complaints.models import Category, Report
from complaints.numbers import read_number
from complaints.services import assigning, claims, classifying, merging, moving, talking
from complaints.views.doors import action, revision


def _pk(request: HttpRequest, name: str) -> int:
    """The number in a field; 0, which is nobody's, for anything else."""
    text = request.POST.get(name, "")
    return int(text) if len(text) < 12 and text.isdecimal() else 0


@action
def move(request: HttpRequest, viewer: Viewer, report: Report) -> str:
    """Another status."""
    moving.move(
        pk=report.pk,
        target=request.POST.get("status", ""),
        viewer=viewer,
        text=request.POST.get("text", ""),
        body_named=request.POST.get("body_named", ""),
        rev=revision(request),
    )
    return _("The status is changed.")


@action
def assign(request: HttpRequest, viewer: Viewer, report: Report) -> str:
    """To an agency, and perhaps to one of its people."""
    pk = _pk(request, "agency")
    agency = Agency.objects.filter(pk=pk).first() if pk else None
    officer = User.objects.filter(pk=_pk(request, "officer")).first()
    if agency is None and request.POST.get("agency"):
        raise ValidationError({"agency": _("Choose an agency from the list.")})
    assigning.assign(
        pk=report.pk,
        agency=agency,
        officer=officer,
        viewer=viewer,
        text=request.POST.get("text", ""),
        rev=revision(request),
    )
    return _("Sent to %(agency)s.") % {"agency": agency} if agency else _("Back at the triage desk.")


@action
def classify(request: HttpRequest, viewer: Viewer, report: Report) -> str:
    """Category, priority and severity."""
    rev = revision(request)
    category = Category.objects.filter(pk=_pk(request, "category"), active=True).first()
    if category is None:
        raise ValidationError({"category": _("Choose a category from the list.")})
    priority, severity = request.POST.get("priority", ""), request.POST.get("severity", "")
    if category.pk != report.category_id:
        rev = classifying.set_category(pk=report.pk, category=category, viewer=viewer, rev=rev).rev
    if (priority, severity) != (report.priority, report.severity) and Report.objects.visible_to(
        viewer
    ).filter(pk=report.pk).exists():
        classifying.set_priority(pk=report.pk, priority=priority, severity=severity, viewer=viewer, rev=rev)
    return _("Saved.")


@action
def locate(request: HttpRequest, viewer: Viewer, report: Report) -> str:
    """The place, corrected."""

    def number(name: str) -> float | None:
        text = request.POST.get(name, "").strip().replace(",", ".")[:24]
        if not text:
            return None
        try:
            return float(text)
        except ValueError:
            raise ValidationError({name: _("Write a number, for instance -6.1203.")}) from None

    lat, lng = number("lat"), number("lng")
    if lat is not None and lng is not None and not (-90 <= lat <= 90 and -180 <= lng <= 180):
        raise ValidationError({"lat": _("Give both latitude (-90 to 90) and longitude (-180 to 180).")})
    classifying.set_location(
        pk=report.pk,
        lat=lat,
        lng=lng,
        address=request.POST.get("address", ""),
        viewer=viewer,
        rev=revision(request),
    )
    return _("The place is saved.")


@action
def note(request: HttpRequest, viewer: Viewer, report: Report) -> str:
    """A remark for colleagues or for everybody."""
    public = request.POST.get("public") == "1"
    talking.add_note(pk=report.pk, viewer=viewer, text=request.POST.get("text", ""), public=public)
    return _("The public note is on the report's page.") if public else _("The note is saved.")


@action
def answer(request: HttpRequest, viewer: Viewer, report: Report) -> str:
    """A word to the citizen."""
    talking.answer(pk=report.pk, viewer=viewer, text=request.POST.get("text", ""))
    return _("The answer is on its way.")


@action
def claim(request: HttpRequest, viewer: Viewer, report: Report) -> str | None:
    """Takes it, or gives it back."""
    if request.POST.get("release"):
        claims.release(pk=report.pk, viewer=viewer)
        return _("Given back to the inbox.")
    claims.claim(pk=report.pk, viewer=viewer)
    return _("It is yours: colleagues see that you work on it.")


@action
def merge(request: HttpRequest, viewer: Viewer, report: Report) -> str:
    """Into the report that it is a duplicate of."""
    from django.conf import settings

    number = read_number(request.POST.get("into", "")[:40], settings.REPORT_PREFIX)
    main = Report.objects.visible_to(viewer).filter(number=number or "").first()
    if main is None:
        raise ValidationError({"into": _("No report has this number.")})
    merging.merge(
        pk=report.pk, into=main.pk, viewer=viewer, text=request.POST.get("text", ""), rev=revision(request)
    )
    return _("Merged into %(number)s: reporters who left a contact are told.") % {"number": main.number}


@action
def unmerge(request: HttpRequest, viewer: Viewer, report: Report) -> str:
    """Takes the merge back."""
    merging.unmerge(pk=report.pk, viewer=viewer, text=request.POST.get("text", ""))
    return _("Separated again.")


@action
def secrecy(request: HttpRequest, viewer: Viewer, report: Report) -> str:
    """Secret, or not any more, and why."""
    secret, text = request.POST.get("secret") == "1", request.POST.get("text", "")
    classifying.set_secret(pk=report.pk, secret=secret, viewer=viewer, text=text, rev=revision(request))
    if secret and not rights.sees_secret(viewer):
        return _("The report is secret now: only named roles and its agency see it.")
    return _("Saved.")
