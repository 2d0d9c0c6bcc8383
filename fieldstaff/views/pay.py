"""Pay periods: the list, one period with what is to do first, an officer's month, and the steps."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from commandcenter.city.models import Agency
from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from fieldstaff import rights
from fieldstaff.ledger import Period
from fieldstaff.models import Attendance, Officer, PayrollPeriod
from fieldstaff.pay import closing, counters, hindrances, lists, months, shown, words
from fieldstaff.payscheme import SchemeError

PAGE = 100
LISTED = 12
Work = Callable[[HttpRequest, Viewer, Agency, Period], str]


def of_address(viewer: Viewer, agency: int, month: str) -> tuple[Agency, Period]:
    """The agency and month of an address; 404 for a month that is none, and for an agency of others."""
    period = months.parse(month)
    found = closing.agency_of(viewer, agency) if period is not None else None
    if found is None or period is None:
        raise Http404
    return found, period


@require_GET
@page(permission=rights.PAY)
def periods(request: HttpRequest) -> HttpResponse:
    """The last twelve months of every agency whose pay one may read."""
    viewer = viewer_of(request)
    context = {
        "months": lists.months_of(viewer, timezone.localdate(), LISTED),
        "waiting": lists.waiting(viewer).count(),
    }
    return render(request, "fieldstaff/pay/periods.html", context)


@require_GET
@page(permission=rights.PAY)
def period_page(request: HttpRequest, agency: int, month: str) -> HttpResponse:
    """What stands in the way first, then officers with their totals, those with exceptions first."""
    viewer = viewer_of(request)
    return _period(request, viewer, *of_address(viewer, agency, month))


def _period(
    request: HttpRequest, viewer: Viewer, agency: Agency, period: Period, status: int = 200
) -> HttpResponse:
    step = closing.step_of(agency.pk, period)
    closed = step is not None and step.step == PayrollPeriod.Step.CLOSED
    found = [] if closed else hindrances.find(agency.pk, period, timezone.now())
    people = lists.people(agency.pk, period, step if closed else None, found)
    rows = Paginator(people, PAGE).get_page(request.GET.get("page"))
    context = {
        "agency": agency, "month": months.key(period), "name": words.month_name(period.first), "step": step,
        "closed": closed, "seen": step.version if step else 0, "hindrances": lists.shown(found),
        "page_obj": rows, "total_idr": sum(row.total_idr or 0 for row in people),
        "reckoned": any(row.total_idr is not None for row in people),
        "run": None if closed else lists.run_of(agency.pk, period),
        "history": lists.history(agency.pk, period), "may_close": viewer.can(rights.CLOSE),
        "is_closer": bool(step and step.by_id == viewer.pk),
    }  # fmt: skip
    return render(request, "fieldstaff/pay/period.html", context, status=status)


@require_GET
@page()
def officer_month(request: HttpRequest, officer: int, month: str) -> HttpResponse:
    """Every day of an officer's month with its lines, the rules in words and the time they rest on."""
    viewer = viewer_of(request)
    row, period = officer_of(viewer, officer, month)
    found = shown.month_of(row, period)
    context = {
        "officer": row, "found": found, "month": months.key(period),
        "agency": closing.agency_of(viewer, row.agency_id),
        "counted": counters.count([row.pk], period.first.year).get(row.pk),
        "may_look": viewer.can(rights.CLOSE) and row.user_id != viewer.pk and found.closing is None,
    }  # fmt: skip
    return render(request, "fieldstaff/pay/officer.html", context)


def officer_of(viewer: Viewer, pk: int, month: str) -> tuple[Officer, Period]:
    """An officer whose rupiah the viewer may read, and a month; else 404."""
    period = months.parse(month)
    if period is None or viewer.kind != "user":
        raise Http404
    row: Officer = get_visible(Officer.objects.filter(rights.pay(viewer)).select_related("agency"), pk=pk)
    return row, period


def step(work: Work) -> Callable[..., HttpResponseBase]:
    """A button on a period. A clash is the page as it is now with status 409; nothing was changed."""

    @wraps(work)
    def view(request: HttpRequest, agency: int, month: str) -> HttpResponse:
        viewer = viewer_of(request)
        found, period = of_address(viewer, agency, month)
        try:
            messages.success(request, work(request, viewer, found, period))
        except closing.Conflict as clash:
            messages.error(request, str(clash))
            return _period(request, viewer, found, period, status=409)
        except SchemeError as error:
            messages.error(request, words.mistake(error))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("fieldstaff:pay-period", agency=found.pk, month=months.key(period))

    return require_POST(page(permission=rights.CLOSE)(view))


def _seen(request: HttpRequest) -> int:
    text = request.POST.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


@step
def reckon(request: HttpRequest, viewer: Viewer, agency: Agency, period: Period) -> str:
    """What each would get if it were closed now."""
    count = closing.reckon_period(viewer=viewer, agency=agency.pk, period=period)
    if not count:
        return _("Reckoned: nothing has changed.")
    return ngettext("Reckoned: %(n)d sheet is new.", "Reckoned: %(n)d sheets are new.", count) % {"n": count}


@step
def close(request: HttpRequest, viewer: Viewer, agency: Agency, period: Period) -> str:
    """Freezes the period."""
    closing.close_period(viewer=viewer, agency=agency.pk, period=period, seen=_seen(request))
    return _("The period is closed. Its export is fixed.")


@step
def reopen(request: HttpRequest, viewer: Viewer, agency: Agency, period: Period) -> str:
    """Opens it again, by a second person."""
    closing.reopen_period(
        viewer=viewer, agency=agency.pk, period=period, seen=_seen(request),
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return _("The period is open again.")


@require_POST
@page(permission=rights.CLOSE)
def look(request: HttpRequest, attendance: int) -> HttpResponse:
    """Somebody has looked at a marked day."""
    viewer = viewer_of(request)
    rows = Attendance.objects.visible_to(viewer).filter(rights.pay(viewer, "officer__"))
    row: Attendance = get_visible(rows.select_related("officer"), pk=attendance)
    try:
        closing.review_day(viewer=viewer, attendance=row, text=request.POST.get("text", ""))
    except closing.Conflict:
        messages.error(request, _("This day has changed, or somebody has looked already."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Noted: this day may be paid by its figures."))
    return redirect("fieldstaff:pay-officer", officer=row.officer_id, month=f"{row.work_date:%Y-%m}")
