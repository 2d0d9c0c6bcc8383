"""The first run: a checklist, and the region's form."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from commandcenter.city import checklist, services
from commandcenter.city.forms import RegionForm
from commandcenter.city.models import Region
from commandcenter.city.permissions import page
from commandcenter.city.region import PALETTES, Motif
from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of


@page(Role.ADMIN)
def setup(request: HttpRequest) -> HttpResponse:
    """What is done and what is not."""
    steps = checklist.state()
    done = sum(ready for _step, ready in steps)
    return render(request, "city/setup.html", {"steps": steps, "done": done, "total": len(steps)})


@page(Role.ADMIN)
def region(request: HttpRequest) -> HttpResponse:
    """Identity, look and zone."""
    current = Region.current()
    form = RegionForm(request.POST or None, request.FILES or None, instance=current)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in RegionForm.Meta.fields}
        code = form.cleaned_data["code"]
        if current.area and code.replace(".", "") == current.area.code.replace(".", ""):
            code = ""
        try:
            services.set_up_region(
                viewer=viewer_of(request), code=code, logo=form.cleaned_data["logo_file"], **values
            )
        except ValidationError as error:
            for name, texts in getattr(error, "message_dict", {"": error.messages}).items():
                form.add_error(
                    {"logo": "logo_file"}.get(name, name) if name in {"logo", *form.fields} else None, texts
                )
        else:
            messages.success(request, _("The region is saved."))
            return redirect("city:setup")
    palettes = [(motif.label, PALETTES[motif]) for motif in Motif]
    return render(request, "city/region.html", {"form": form, "palettes": palettes})
