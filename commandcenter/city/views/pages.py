"""Home, search, directory, areas, shortcuts, about, and the city's theme."""

from __future__ import annotations

import hashlib

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition

from commandcenter.city import about as about_module
from commandcenter.city import checklist, home, search, shortcuts
from commandcenter.city.models import Agency, Area, Region
from commandcenter.city.permissions import page
from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of


@page()
def home_page(request: HttpRequest) -> HttpResponse:
    """Sends everyone to their role's first page; where there is none, a plain page of links."""
    viewer = viewer_of(request)
    if viewer.has(Role.ADMIN) and request.region.area_id is None:  # type: ignore[attr-defined]
        return redirect("city:setup")
    name = home.home_of(viewer)
    if name:
        return redirect(name)
    steps = checklist.state() if viewer.has(Role.ADMIN) else []
    open_steps = [step for step, done in steps if not done]
    return render(request, "city/home.html", {"open_steps": open_steps})


@page()
def search_page(request: HttpRequest) -> HttpResponse:
    """Full page, or only the results for htmx."""
    query = request.GET.get("q", "")
    groups = search.search(viewer_of(request), query)
    context = {"query": query, "groups": groups, "short": len(query.strip()) < search.SHORTEST}
    partial = getattr(request, "htmx", False) and not request.htmx.boosted  # type: ignore[attr-defined]
    return render(request, "city/search_results.html" if partial else "city/search.html", context)


@page()
def directory(request: HttpRequest) -> HttpResponse:
    """Agencies with their duty phones, searchable and printable."""
    query = request.GET.get("q", "").strip()
    rows = Agency.objects.visible_to(viewer_of(request)).matching(query).select_related("area", "parent")
    return render(
        request, "city/directory.html", {"query": query, "agencies": rows, "kinds": Agency.Kind.choices}
    )


@page()
def area_page(request: HttpRequest, code: str) -> HttpResponse:
    """One area with what lies below it."""
    area = get_object_or_404(Area.objects.select_related("parent"), code=code)
    return render(request, "city/area.html", {"area": area, "children": area.children.order_by("code")})


@page()
def shortcut_sheet(request: HttpRequest) -> HttpResponse:
    """All keyboard shortcuts."""
    groups: dict[str, list[shortcuts.Shortcut]] = {}
    for one in shortcuts.shortcuts.all():
        groups.setdefault(str(one.group), []).append(one)
    return render(request, "city/shortcuts.html", {"groups": list(groups.items())})


def about(request: HttpRequest) -> HttpResponse:
    """What this is, and the licences of what it stands on."""
    return render(request, "city/about.html", about_module.facts())


def _css(region: Region) -> str:
    rules = [f"--m{step}: {colour};" for step, colour in enumerate(region.colours)]
    if region.accent:
        rules.append(f"--accent: {region.accent};")
    return "@layer theme { :root { " + " ".join(rules) + " } }\n"


def _css_tag(request: HttpRequest) -> str:
    css = _css(request.region)  # type: ignore[attr-defined]
    return f'"{hashlib.sha256(css.encode()).hexdigest()[:20]}"'


@cache_control(public=True, max_age=60)
@condition(etag_func=_css_tag)
def theme_css(request: HttpRequest) -> HttpResponse:
    """The city's colours as CSS custom properties, and nothing else."""
    return HttpResponse(_css(request.region), content_type="text/css; charset=utf-8")  # type: ignore[attr-defined]


@cache_control(public=True, max_age=86400)
def logo(request: HttpRequest) -> HttpResponseBase:
    """The coat of arms; its address carries the revision."""
    region: Region = request.region  # type: ignore[attr-defined]
    if not region.logo:
        raise Http404
    return FileResponse(region.logo.open("rb"), content_type="image/png")
