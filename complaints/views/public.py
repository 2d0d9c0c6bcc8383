"""What citizens see: the form, the receipt, the page of a report, and the list of open reports."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from commandcenter.city import tries
from complaints import numbers
from complaints.duplicates import for_citizen
from complaints.models import Category, Channel, ChannelKind, Note, Report, StatusChange
from complaints.models.choices import STATUS_LABELS, Visibility
from complaints.services import erasing, reopening
from complaints.services.filing import NewReport, file_report
from complaints.services.reporters import plain_phone, reporter_for
from complaints.shown import STATES, card, cards
from complaints.workflow import OUTCOMES, Status

DEVICE = "cc_device"
DEVICE_AGE_S = 400 * 24 * 3600
PIN_TRIES = 5
PER_PAGE = 30
OPENED = "report_opened"


class CitizenForm(forms.Form):
    """What a citizen writes; only the text is needed."""

    text = forms.CharField(
        label=gettext_lazy("What is wrong?"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write what is wrong.")},
    )  # fmt: skip
    category: forms.ModelChoiceField[Category] = forms.ModelChoiceField(
        Category.objects.offered(), label=gettext_lazy("What is it about?"), required=False,
        empty_label=gettext_lazy("I do not know"),
    )  # fmt: skip
    address = forms.CharField(label=gettext_lazy("Where is it?"), max_length=300, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-90, max_value=90)
    lng = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-180, max_value=180)
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=160, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone or WhatsApp"), max_length=40, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    anonymous = forms.BooleanField(
        label=gettext_lazy("Hide my name from the agency that handles it"), required=False
    )
    secret = forms.BooleanField(label=gettext_lazy("Keep the whole report secret"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)


def web_channel() -> Channel:
    """The web channel, or Http404 where the city switched it off."""
    channel: Channel | None = Channel.objects.in_use().filter(kind=ChannelKind.WEB).first()
    if channel is None:
        raise Http404
    return channel


@never_cache
def write(request: HttpRequest) -> HttpResponse:
    """The form; an answer is a page with number and PIN."""
    channel = web_channel()
    form = CitizenForm(request.POST or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            filed = _file(channel, form.cleaned_data)
        except ValidationError as error:
            for field, problems in error.message_dict.items():
                form.add_error(field if field in form.fields else None, problems)
        else:
            return _receipt(request, filed.report, filed.pin)
    return _with_device(request, render(request, "complaints/public/write.html", {"form": form}))


def _file(channel: Channel, data: dict[str, Any]) -> Any:
    reporter = None
    if data["name"] or data["phone"] or data["email"]:
        reporter = reporter_for(
            channel=channel, address=plain_phone(data["phone"]) or data["email"].lower(), name=data["name"],
            phone=data["phone"], email=data["email"], language=get_language() or "id",
            wrote_at=timezone.now(),
        )  # fmt: skip
    new = NewReport(
        channel=channel, text=data["text"], uuid=data["key"] or uuid.uuid4(), category=data["category"],
        address=data["address"], lat=data["lat"], lng=data["lng"], reporter=reporter,
        anonymous=data["anonymous"], secret=data["secret"], draft=data["key"],
    )  # fmt: skip
    return file_report(new)


def _receipt(request: HttpRequest, report: Report, pin: str) -> HttpResponse:
    """Shown once: whoever has the PIN may rate and reopen."""
    if pin:
        request.session[OPENED] = [*request.session.get(OPENED, [])[-9:], report.pk]
    context = {"report": report, "pin": pin, "link": f"/lapor/{report.number}/"}
    return render(request, "complaints/public/receipt.html", context)


def _with_device(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """A random mark of this browser: limits count by it, never by an address that a whole quarter shares."""
    if DEVICE not in request.COOKIES:
        answer.set_cookie(
            DEVICE,
            uuid.uuid4().hex,
            max_age=DEVICE_AGE_S,
            httponly=True,
            samesite="Lax",
            secure=settings.HTTPS,
        )
    return answer


def _public_report(number: str) -> Report:
    """A report by its number, whoever asks: what is secret is 404 like what is not there."""
    found = numbers.read_number(number[:40], settings.REPORT_PREFIX)
    rows = Report.objects.filter(secret=False, is_test=False, anonymised_at__isnull=True)
    report: Report | None = (
        rows.select_related("category", "agency", "area", "channel").filter(number=found or "").first()
    )
    if report is None:
        raise Http404
    return report


@require_GET
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """By number, from the box of the front page."""
    found = numbers.read_number(request.GET.get("number", "")[:40], settings.REPORT_PREFIX)
    if found is None:
        return render(
            request, "complaints/public/find.html", {"typed": request.GET.get("number", "")[:40]}, status=404
        )
    return redirect("complaints:public", number=found)


@require_GET
@never_cache
def public_page(request: HttpRequest, number: str) -> HttpResponse:
    """Status, dates, outcome, public notes, photos after: never a name, never an internal word."""
    report = _public_report(number)
    opened = report.pk in request.session.get(OPENED, [])
    until = reopening.may_reopen_until(report)
    context = {
        "report": report,
        "card": card(report, timezone.now()),
        "steps": _steps(report),
        "notes": Note.objects.filter(report=report, visibility=Visibility.PUBLIC),
        "photos": report.attachments.filter(public=True, state="ready"),
        "opened": opened,
        "until": until if until and until > timezone.now() else None,
        "show_text": opened or Report.objects.public().filter(pk=report.pk).exists(),
    }
    return render(request, "complaints/public/report.html", context)


def _steps(report: Report) -> list[dict[str, Any]]:
    """The moves in public words; reasons only where they were written for the citizen."""
    rows = StatusChange.objects.filter(report=report)
    return [
        {
            "at": row.at,
            "word": STATUS_LABELS[Status(row.target)],
            "state": STATES[Status(row.target)],
            "text": row.text if row.target in OUTCOMES | {Status.WAITING} else "",
            "body": row.body_named,
        }
        for row in rows
    ]


@require_POST
@never_cache
def open_with_pin(request: HttpRequest, number: str) -> HttpResponseRedirect:
    """The PIN of the receipt opens rating and reopening for this browser; tries are counted by number."""
    from django.contrib import messages

    report = _public_report(number)
    if tries.count("pin", report.number) >= PIN_TRIES or tries.count("pin", report.number, add=1) > PIN_TRIES:
        messages.error(request, _("The PIN was wrong too often. Try again in 15 minutes."))
    elif numbers.pin_fits(
        request.POST.get("pin", "")[:12], report.number, report.pin_digest, settings.SECRET_KEY
    ):
        tries.count("pin", report.number, add=-1)
        request.session[OPENED] = [*request.session.get(OPENED, [])[-9:], report.pk]
    else:
        messages.error(request, _("This PIN does not fit."))
    return redirect("complaints:public", number=report.number)


@require_POST
@never_cache
def rate(request: HttpRequest, number: str) -> HttpResponseRedirect:
    """One to five, and "belum selesai" that opens the report again."""
    from django.contrib import messages

    report = _public_report(number)
    if report.pk not in request.session.get(OPENED, []):
        messages.error(request, _("Write the PIN of your receipt first."))
        return redirect("complaints:public", number=report.number)
    text, score = request.POST.get("text", "")[:2000], request.POST.get("score", "")
    try:
        if request.POST.get("again"):
            reopening.ask_reopening(pk=report.pk, text=text, reporter=report.reporter)
            messages.success(request, _("Opened again: the agency has been told."))
        else:
            value = int(score) if score in {"1", "2", "3", "4", "5"} else 0
            reopening.rate(pk=report.pk, score=value, text=text, reporter=report.reporter)
            messages.success(request, _("Thank you for your rating."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("complaints:public", number=report.number)


@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """Open and closed reports that everybody may read, newest first."""
    rows = Report.objects.public().select_related("category", "area", "agency", "channel").order_by("-pk")
    words = request.GET.get("q", "")[:100]
    if words:
        rows = rows.find(words)
    listed = Paginator(rows.defer("search"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": listed, "cards": cards(listed.object_list, timezone.now()), "q": words}
    return render(request, "complaints/public/list.html", context)


@require_GET
@never_cache
def alike(request: HttpRequest) -> JsonResponse:
    """At most five open reports near a point, offered before sending."""
    try:
        lat, lng = float(request.GET.get("lat", "")), float(request.GET.get("lng", ""))
    except ValueError:
        return JsonResponse({"reports": []})
    if not (-90 <= lat <= 90 and -180 <= lng <= 180):
        return JsonResponse({"reports": []})
    pk = request.GET.get("category", "")
    category = Category.objects.filter(pk=int(pk)).first() if len(pk) < 10 and pk.isdecimal() else None
    found = for_citizen(lat=lat, lng=lng, category=category, text=request.GET.get("text", "")[:300])
    return JsonResponse(
        {
            "reports": [
                {
                    "number": row.number,
                    "text": row.text[:160],
                    "metres": round(metres),
                    "status": str(STATUS_LABELS[Status(row.status)]),
                }
                for row, metres in found
            ]
        }
    )


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, why, for how long, and how to have it erased."""
    return render(request, "complaints/public/privacy.html", {"days": settings.CONTACT_DAYS})


@require_GET
@never_cache
def own_data(request: HttpRequest, number: str) -> HttpResponse:
    """What we hold of the citizen who showed the PIN (UU PDP, article 7)."""
    report = _mine(request, number)
    answer = JsonResponse(erasing.own_data(report), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{report.number}.json"'
    return answer


@require_POST
@never_cache
def erase(request: HttpRequest, number: str) -> HttpResponseRedirect:
    """Takes the citizen's words, files and contact away at once (article 8)."""
    from django.contrib import messages

    report = _mine(request, number)
    erasing.erase(pk=report.pk, viewer=None, reason="request")
    messages.success(request, _("Your words, photos and contact are erased. The number and the dates stay."))
    return redirect("complaints:write")


def _mine(request: HttpRequest, number: str) -> Report:
    """The report whose PIN this browser showed, secret or not; else 404."""
    found = numbers.read_number(number[:40], settings.REPORT_PREFIX)
    rows = Report.objects.filter(number=found or "", pk__in=request.session.get(OPENED, []))
    report: Report | None = rows.select_related("reporter").first()
    if report is None:
        raise Http404
    return report
