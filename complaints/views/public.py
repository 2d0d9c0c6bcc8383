"""What citizens see of reports: the page of one, and the list of those that everybody may read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from commandcenter.city.templatetags.city import day_clock
from commandcenter.city.viewers import PUBLIC
from complaints import hurdle, numbers, pins
from complaints.album import album_of
from complaints.duplicates import for_citizen
from complaints.filewords import words_for_citizen
from complaints.models import Category, Channel, ChannelKind, Report, ReportKind
from complaints.models.choices import STATUS_LABELS
from complaints.opened import keep_open, opened_by, shut
from complaints.paging import CappedPaginator, FoundPaginator
from complaints.publicsteps import public_steps
from complaints.services import erasing, reopening
from complaints.services.writing import Conflict
from complaints.shown import card, cards
from complaints.views.public_map import ListFilter
from complaints.workflow import Status

DEVICE = "cc_device"
PER_PAGE = 30
JOINED = "report_joined"


def web_channel() -> Channel:
    """The web channel, or Http404 where the city switched it off."""
    channel: Channel | None = Channel.objects.in_use().filter(kind=ChannelKind.WEB).first()
    if channel is None:
        raise Http404
    return channel


def public_report(number: str, opened: Collection[int] = ()) -> Report:
    """A report by its number, whoever asks: what is hidden is 404 like what is not there, but to whoever
    ``opened`` it by its PIN."""
    found = numbers.read_number(number[:40], settings.REPORT_PREFIX)
    for_all = Q(secret=False, is_test=False) & ~Q(category__private=True)
    rows = Report.objects.filter(for_all | Q(pk__in=opened), anonymised_at__isnull=True)
    report: Report | None = (
        rows.select_related("category", "agency", "area", "channel").filter(number=found or "").first()
    )
    if report is None:
        raise Http404
    return report


@require_GET
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """By number, from the box of the front page; what has no page asks for its PIN, whether it is hidden or
    was never there."""
    found = numbers.read_number(request.GET.get("number", "")[:40], settings.REPORT_PREFIX)
    if found is None:
        return render(
            request, "complaints/public/find.html", {"typed": request.GET.get("number", "")[:40]}, status=404
        )
    try:
        public_report(found, opened_by(request))
    except Http404:
        return render(request, "complaints/public/find_pin.html", {"number": found})
    return redirect("complaints:public", number=found)


@require_POST
@never_cache
def close(request: HttpRequest, number: str) -> HttpResponse:
    """Ends what the PIN opened in this browser; says nothing of whether there is such a report."""
    from django.contrib import messages

    found = numbers.read_number(number[:40], settings.REPORT_PREFIX) or ""
    gone = Report.objects.filter(number=found, pk__in=opened_by(request)).values_list("pk", flat=True).first()
    shut(request, gone)
    # The phone forgets its receipt when it reads the number on this message (`citizen-outbox.js`).
    messages.success(request, _("Closed on this device: your PIN opens it again."), extra_tags=found)
    return redirect(_looked_up(found or number[:40]))


def _looked_up(number: str) -> str:
    return f"{reverse('complaints:find')}?{urlencode({'number': number})}"


@require_GET
@never_cache
def public_page(request: HttpRequest, number: str) -> HttpResponse:
    """Status, dates, outcome, public notes, photos after: never a name, never an internal word."""
    own = opened_by(request)
    report = public_report(number, own)
    opened = report.pk in own
    if opened and report.kind == ReportKind.ROOM:
        return redirect("complaints:room-follow", number=report.number)
    for_all = Report.objects.public().filter(pk=report.pk).exists()
    until = reopening.may_reopen_until(report)
    context = {
        "report": report,
        "card": card(report, timezone.now()),
        "steps": public_steps(report, opened=opened, seen=own),
        "promised": promised(report),
        "album": album_of(report, opened=opened),
        "opened": opened,
        "own_files": _own_files(report) if opened else {},
        "joined": report.pk in request.session.get(JOINED, []),
        "until": until if until and until > timezone.now() else None,
        "show_text": opened or for_all,
    }
    return render(request, "complaints/public/report.html", context)


@require_GET
@never_cache
def state(request: HttpRequest, number: str) -> JsonResponse:
    """For the receipt that a phone keeps: whether an answer is still promised, and until when."""
    return JsonResponse({"answer_by": promised(public_report(number, opened_by(request)))})


def promised(report: Report) -> str:
    """Until when the first answer comes, in words; empty once it was given or the report is closed."""
    waits = report.is_open and report.answered_at is None
    return day_clock(report.answer_due) if waits else ""


def _own_files(report: Report) -> dict[str, Any]:
    """What became of the files of whoever opened the page: how many wait, which cannot be used and why."""
    rows = list(report.attachments.sent_by_reporter().filter(state__in=["fetching", "waiting", "refused"]))
    lost = [
        (row.name or row.get_kind_display(), words_for_citizen(row.problem))
        for row in rows
        if row.state == "refused"
    ]
    return {"lost": lost, "waiting": len(rows) - len(lost)}


def reply(
    request: HttpRequest,
    report: Report,
    *,
    done: str = "",
    problem: str = "",
    status: int = 400,
    field: str = "",
) -> HttpResponse:
    """What came of a form on a report's page: for its script a problem beside the form, in which nothing is
    lost; everybody else is sent back to the page with a message."""
    from django.contrib import messages

    if problem and request.headers.get("Accept", "").startswith("application/json"):
        errors = {"problem": "", "errors": {field: [problem]}} if field else {"problem": problem}
        return JsonResponse(errors, status=status)
    if problem:
        messages.error(request, problem)
    elif done and "quiet" not in request.POST:
        messages.success(request, done)
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"done": done, "supporters": _supporters(report)})
    return redirect("complaints:public", number=report.number)


def _supporters(report: Report) -> int:
    return int(Report.objects.values_list("supporters", flat=True).get(pk=report.pk))


def wants_work(request: HttpRequest, number: str) -> HttpResponse | None:
    """For the page's script: what its browser has to compute before this PIN is compared."""
    if request.headers.get("Accept", "").startswith("application/json"):
        problem = _("This browser cannot do the sum that keeps guessers away. Try again in 15 minutes.")
        return JsonResponse({"proof": pins.challenge(number), "problem": problem}, status=428)
    return None


def pin_problem(found: pins.Tried) -> str:
    """In words, for whoever typed it."""
    if found is pins.Tried.WORK:
        return _("Wrong PINs were typed too often. Try again in 15 minutes, or with JavaScript at once.")
    if found is pins.Tried.LATER:
        return _("PINs cannot be checked at this moment. Try again in a few minutes.")
    return _("This PIN does not fit.")


@require_POST
@never_cache
def open_with_pin(request: HttpRequest, number: str) -> HttpResponse:
    """The PIN of the receipt opens the citizen's page for this browser (``complaints.pins``).

    One door for all numbers: one that is hidden and one that is not there are answered alike.
    """
    from django.contrib import messages

    name = numbers.read_number(number[:40], settings.REPORT_PREFIX) or ""
    report = Report.objects.filter(number=name, anonymised_at__isnull=True).first()
    words, sealed = request.POST, report.pin_digest if report else ""
    listed = Report.objects.visible_to(PUBLIC).filter(number=name).exists()
    found = pins.tried(name, sealed, words.get("pin", ""), words.get("proof", ""), listed=listed)
    by_script = request.headers.get("Accept", "").startswith("application/json")
    if found is pins.Tried.OPEN and report is not None:
        keep_open(request, report)
        link = reverse("complaints:public", args=[name])
        return JsonResponse({"link": link}) if by_script else redirect(link)
    if found is pins.Tried.WORK and (asked := wants_work(request, name)):
        return asked
    if by_script:
        status = 503 if found is pins.Tried.LATER else 400
        return JsonResponse({"problem": pin_problem(found)}, status=status)
    messages.error(request, pin_problem(found))
    return redirect(_looked_up(name or number[:40]))


@require_POST
@never_cache
def rate(request: HttpRequest, number: str) -> HttpResponse:
    """One to five, and "belum selesai" that opens the report again."""
    own = opened_by(request)
    report = public_report(number, own)
    if report.pk not in own:
        return reply(request, report, problem=_("Write the PIN of your receipt first."))
    text, score = request.POST.get("text", "")[:2000], request.POST.get("score", "")
    try:
        if request.POST.get("again"):
            reopening.ask_reopening(pk=report.pk, text=text, reporter=report.reporter)
            return reply(request, report, done=_("Opened again: the agency has been told."))
        value = int(score) if score in {"1", "2", "3", "4", "5"} else 0
        reopening.rate(pk=report.pk, score=value, text=text, reporter=report.reporter)
        return reply(request, report, done=_("Thank you for your rating."))
    except ValidationError as error:
        field = next((name for name in ("text", "score") if name in error.message_dict), "")
        return reply(request, report, problem=told(error), field=field)
    except Conflict as clash:
        return reply(request, report, problem=told(clash), status=409)


def told(error: ValidationError | Conflict) -> str:
    """A clash (two taps at once, a colleague who saves) in words for a citizen; nothing was changed."""
    if isinstance(error, Conflict):
        return _("The report is being changed at this moment. Try again.")
    return " ".join(error.messages)


@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """Reports that everybody may read, newest first; by words, category and whether they are open."""
    form = ListFilter(request.GET)
    rows = form.rows().select_related("category", "area", "agency", "channel").order_by("-pk")
    words = request.GET.get("q", "")[:100].strip()
    rows = rows.defer("search", "answers")
    pages = FoundPaginator(rows.find(words), PER_PAGE) if words else CappedPaginator(rows, PER_PAGE)
    listed = pages.get_page(request.GET.get("page"))
    context = {
        "page_obj": listed,
        "cards": cards(listed.object_list, timezone.now()),
        "q": words,
        "form": form,
        "chosen": bool(words or any(form.cleaned_data.values())),
    }
    return render(request, "complaints/public/list.html", context)


@require_GET
@never_cache
def alike(request: HttpRequest) -> JsonResponse:
    """At most five open reports near a point, offered before sending; 429 for who asks and asks."""
    if hurdle.asks_too_much(request):
        return JsonResponse({"reports": []}, status=429)
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
                    "metres": metres,
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
    try:
        erasing.erase(pk=report.pk, viewer=None, reason="request")
    except Conflict as clash:
        messages.error(request, told(clash))
        return redirect("complaints:public", number=report.number)
    shut(request, report.pk)
    words = _("Your words, photos and contact are erased. The number and the dates stay.")
    messages.success(request, words, extra_tags=report.number)
    return redirect("complaints:write")


def _mine(request: HttpRequest, number: str) -> Report:
    """The report whose PIN this browser showed, secret or not; else 404."""
    found = numbers.read_number(number[:40], settings.REPORT_PREFIX)
    rows = Report.objects.filter(number=found or "", pk__in=opened_by(request))
    report: Report | None = rows.select_related("reporter").first()
    if report is None:
        raise Http404
    return report
