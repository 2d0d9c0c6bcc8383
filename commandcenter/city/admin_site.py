"""The admin pages under the city's name, behind the house's own login."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class CityAdminSite(AdminSite):
    """One login door: the admin's own would forget the second factor."""

    index_title = gettext_lazy("Administration")
    enable_nav_sidebar = True

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Title of every admin page: the region's name."""
        context = super().each_context(request)
        from commandcenter.city.models import Region

        name = Region.current().name
        context["site_header"] = context["site_title"] = (
            _("Command centre of %(region)s") % {"region": name} if name else _("Command centre")
        )
        return context

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sends strangers to the login page, and people without admin rights home."""
        if request.user.is_authenticated:
            return redirect("city:home")
        return redirect_to_login(request.GET.get("next") or request.get_full_path())

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        """Leaves by the same door."""
        from commandcenter.city.views.login import log_out

        return log_out(request)
