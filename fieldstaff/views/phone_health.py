"""Phone health: the list of sick phones for the desk, and one phone's page for whoever holds its link."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Case, Count, IntegerField, Max, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter.city.permissions import page
from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of
from fieldstaff import tokens
from fieldstaff.health import read, words
from fieldstaff.health.judge import Code
from fieldstaff.models import Device, PhoneCare
from fieldstaff.querysets.enrolment import phones_kept_by
from fieldstaff.views import outages
from fieldstaff.views.doors_people import sealed

PER_PAGE = 50
CODES = frozenset(code.value for code in Code)
STATES = {
    "crit": _("costs a day"),
    "warn": _("costs minutes"),
    "info": _("good to know"),
    "good": pgettext_lazy("state of a phone", "healthy"),
}


@sealed
@page(Role.ADMIN, Role.HEAD, Role.OPERATOR)
def sick(request: HttpRequest) -> HttpResponse:
    """Phones with what is wrong, the worst first; by state, finding, agency, word."""
    viewer = viewer_of(request)
    rows = PhoneCare.objects.visible_to(viewer).exclude(worst="")
    asked = {name: request.GET.get(name, "")[:60].strip() for name in ("state", "finding", "agency", "q")}
    if asked["agency"].isdecimal() and len(asked["agency"]) < 10:
        rows = rows.filter(officer__agency=int(asked["agency"]))
    if asked["q"]:
        rows = rows.filter(officer__name__icontains=asked["q"]) | rows.filter(
            officer__code__icontains=asked["q"]
        )
    judged_at = rows.aggregate(at=Max("judged_at"))["at"]
    counts = {row["worst"]: row["n"] for row in rows.order_by().values("worst").annotate(n=Count("pk"))}
    if asked["state"] in STATES:
        rows = rows.filter(worst=asked["state"])
    elif asked["finding"] not in CODES:
        rows = rows.exclude(worst="good")
    if asked["finding"] in CODES:
        rows = rows.filter(findings__contains=[[asked["finding"]]])
    shown = _page(request, rows)
    kept = set(phones_kept_by(viewer).filter(pk__in=[row.pk for row in shown]).values_list("pk", flat=True))
    context = {
        "page_obj": shown, "asked": asked, "agencies": _agencies(viewer), "states": _counted(counts),
        "findings": [(code.value, words.plain(code)) for code in Code],
        "rows": [_row(row, row.pk in kept) for row in shown], "outages": outages.shown(viewer),
        "judged_at": judged_at, "waiting": PhoneCare.objects.waiting_for(viewer, timezone.now()),
    }  # fmt: skip
    return render(request, "fieldstaff/enrol/sick.html", context)


def _page(request: HttpRequest, rows: Any) -> Any:
    order = {"crit": 0, "warn": 1, "info": 2, "good": 3}
    rank = Case(*(When(worst=k, then=Value(v)) for k, v in order.items()), output_field=IntegerField())
    listed = rows.annotate(rank=rank).order_by("rank", "officer__name", "pk")
    listed = listed.select_related("officer__agency", "device")
    return Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))


def _agencies(viewer: Any) -> list[tuple[int, str]]:
    rows = PhoneCare.objects.visible_to(viewer).exclude(worst="").exclude(officer=None).order_by()
    named = rows.values_list("officer__agency", "officer__agency__short_name").distinct()
    return sorted(named, key=lambda pair: pair[1])


def _counted(counts: dict[str, int]) -> list[dict[str, Any]]:
    return [{"key": key, "word": word, "n": counts.get(key, 0)} for key, word in STATES.items()]


def _row(care: PhoneCare, kept: bool) -> dict[str, Any]:
    found = [words.say(one, care.brand) for one in read.findings_of(care)]
    return {"care": care, "officer": care.officer, "findings": found, "kept": kept}


@sealed
def own_health(request: HttpRequest, token: str) -> HttpResponse:
    """What the phone's holder may know of it: no login, no name, no place, no secret. Else 404."""
    now = timezone.now()
    known = tokens.check(token, now, use=False)
    if known is None:
        return _bare("", 404)
    if settings.HTTPS and not request.is_secure():
        tokens.exposed(known, now)
        return _bare("HTTPS only / hanya HTTPS\n", 403)
    if request.method not in {"GET", "HEAD"}:
        return _bare("", 405)
    phone = Device.objects.get(pk=known.pk)
    care = PhoneCare.objects.filter(pk=phone.pk).first()
    brand = care.brand if care else ""
    context = {
        "findings": [words.say(one, brand) for one in read.judge_device(phone, now)],
        "contact": phone.last_recv_at,
        "steps": words.battery_steps(brand), "now": now,
    }  # fmt: skip
    answer = render(request, "fieldstaff/enrol/own_health.html", context)
    answer.headers["Referrer-Policy"] = "no-referrer"  # the secret stands in the address; there is no form
    return answer


def _bare(text: str, status: int) -> HttpResponse:
    answer = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    # Django would log the address of a refused request, and the secret stands in it.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
