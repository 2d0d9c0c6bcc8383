"""A person's own pages: profile, password, second factor, language."""

from __future__ import annotations

import hashlib
import logging
from typing import Any, cast

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import PasswordResetConfirmView, PasswordResetView
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from commandcenter import jobs
from commandcenter.city import services, tries
from commandcenter.city.forms import CodeForm, NewPasswordForm, OwnPasswordForm, ProfileForm, ViewAsForm
from commandcenter.city.middleware import client_address
from commandcenter.city.models import Region, User
from commandcenter.city.permissions import page
from commandcenter.city.roles import Role
from commandcenter.city.services import two_factor
from commandcenter.city.tries import problem_with_password
from commandcenter.city.viewers import viewer_of

log = logging.getLogger(__name__)
CODES = "recovery_codes"


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)


@sensitive_post_parameters("current_password")
@page()
def account(request: HttpRequest) -> HttpResponse:
    """Profile, with the doors to password and second factor."""
    user = _me(request)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        services.update_profile(user=user, phone=form.cleaned_data["phone"], email=form.cleaned_data["email"])
        messages.success(request, _("Saved."))
        return redirect("city:account")
    viewer = viewer_of(request)
    context = {
        "form": form,
        "two_factor": services.has_two_factor(user),
        "view_as": ViewAsForm() if viewer.has(Role.ADMIN) else None,
        "languages": User.Language.choices,
    }
    return render(request, "city/account.html", context)


@never_cache
@sensitive_post_parameters()
@page()
def password(request: HttpRequest) -> HttpResponse:
    """A new password after the old one; asked for at the first login where an admin set it."""
    user = _me(request)
    form = OwnPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["new_password1"] == form.cleaned_data["old_password"]:
            form.add_error("new_password1", _("Choose a password that differs from the old one."))
        else:
            services.change_password(user=user, password=form.cleaned_data["new_password1"])
            update_session_auth_hash(request, user)
            messages.success(request, _("Your new password is in use."))
            return redirect("city:home")
    return render(request, "city/password.html", {"form": form, "forced": user.must_change_password})


@never_cache
@page()
def two_factor_page(request: HttpRequest) -> HttpResponse:
    """Shows the QR code and switches the second factor on with the first right code."""
    user = _me(request)
    if services.has_two_factor(user):
        return render(request, "city/two_factor_on.html", {"codes": request.session.pop(CODES, None)})
    device = services.begin_enrolment(user=user)
    form = CodeForm(request.POST or None)
    form.fields["code"].help_text = _("Six digits from your app.")  # recovery codes come afterwards
    problem = ""
    if request.method == "POST":
        # Whoever sits down at a page left open must not bind his own telephone to it.
        problem = problem_with_password(user, request.POST.get("password", ""))
    if request.method == "POST" and form.is_valid() and not problem:
        codes = services.confirm_enrolment(user=user, code=form.cleaned_data["code"])
        if codes is not None:
            request.session[CODES] = codes
            return redirect("city:two-factor")
        form.add_error(
            "code", _("This code is wrong; check that the phone's clock is right and try the next code.")
        )
    issuer = Region.current().name or "Command centre"
    qr = segno.make(two_factor.address_of(device, issuer), error="m")
    context = {
        "form": form,
        "problem": problem,
        "secret": two_factor.secret_of(device),
        "qr": qr.svg_data_uri(scale=5, border=2, dark="#000", light="#fff"),
    }
    return render(request, "city/two_factor.html", context)


@require_POST
@page()
def two_factor_off(request: HttpRequest) -> HttpResponse:
    """Switches it off; the password is asked again."""
    user = _me(request)
    if problem := problem_with_password(user, request.POST.get("password", "")):
        messages.error(request, problem)
        return redirect("city:two-factor")
    services.disable_two_factor(user=user)
    messages.success(request, _("The second factor is off."))
    return redirect("city:account")


@require_POST
@page()
def two_factor_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, shown once; the password is asked again."""
    user = _me(request)
    if problem := problem_with_password(user, request.POST.get("password", "")):
        messages.error(request, problem)
    elif services.has_two_factor(user):
        request.session[CODES] = services.new_recovery_codes(user=user)
    return redirect("city:two-factor")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switches the language of the screens; kept for the user, or in a cookie before login."""
    code = request.POST.get("language", "")
    back = request.POST.get("next", "/").replace("\x00", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = redirect(back)
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, code, max_age=365 * 86400, samesite="Lax", secure=settings.HTTPS
        )
        if request.user.is_authenticated:
            services.set_language(user=_me(request), language=code)
    return response


@require_POST
@page()
def view_as(request: HttpRequest) -> HttpResponse:
    """An admin puts on another role's eyes."""
    form = ViewAsForm(request.POST)
    if form.is_valid():
        try:
            services.start_viewing_as(
                request=request, role=form.cleaned_data["role"], agency=form.cleaned_data["agency"]
            )
            return redirect("city:home")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    return redirect("city:account")


@require_POST
def leave_view_as(request: HttpRequest) -> HttpResponse:
    """Takes them off."""
    services.stop_viewing_as(request=request)
    return redirect("city:home")


MAILS_AN_HOUR = 3
# In a quarter of an hour: an office behind one address stays under it.
RESETS_PER_ADDRESS = 20


def _may_mail(address: str) -> bool:
    """At most three reset mails an hour to one address; without a cache none is refused."""
    key = "reset-mail:" + hashlib.sha256(address.strip().lower().encode()).hexdigest()
    try:
        cache.add(key, 0, 3600)
        return int(cache.incr(key)) <= MAILS_AN_HOUR
    except Exception as error:
        log.warning("reset mails are not counted: %s", type(error).__name__)
        return True


class ResetView(PasswordResetView):
    """Asks for the e-mail address; answers alike whether or not it is known."""

    template_name = "city/reset.html"
    success_url = reverse_lazy("city:reset-sent")

    def form_valid(self, form: Any) -> HttpResponse:
        """A mailbox is not flooded, and the sender is not told."""
        request, address = self.request, form.cleaned_data["email"]
        where = client_address(request) or ""
        # One address that asks for many mailboxes is told the same and sends nothing any more.
        if tries.count("reset", where, add=1) <= RESETS_PER_ADDRESS and _may_mail(address):
            host, https = request.get_host(), request.is_secure()
            jobs.enqueue("city.send_reset", address, host, https, get_language() or "id")
        return redirect(str(self.success_url))


class ResetConfirmView(PasswordResetConfirmView):
    """The new password behind a link of mail or admin."""

    template_name = "city/reset_confirm.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("city:login")

    def form_valid(self, form: NewPasswordForm) -> HttpResponseBase:  # type: ignore[override]
        """Saves through the service, so that it is audited and the first-login duty is lifted."""
        services.change_password(
            user=form.user, password=form.cleaned_data["new_password1"], how="password.reset"
        )
        self.request.session.pop("_password_reset_token", None)
        messages.success(self.request, _("Your new password is in use; log in with it."))
        return redirect(str(self.success_url))


def reset_sent(request: HttpRequest) -> HttpResponse:
    """What happens now."""
    here = settings.EMAIL_BACKEND == "commandcenter.runtime.mailbox.Mailbox"
    return render(request, "city/reset_sent.html", {"mail_in_console": here})
