"""The front door: password, then a code where the person has a second factor."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp import login as otp_login
from django_otp import match_token

from commandcenter.city import audit, services, tries
from commandcenter.city.forms import CodeForm, LoginForm, NewPasswordForm
from commandcenter.city.middleware import client_address
from commandcenter.city.models import User
from commandcenter.city.viewers import PUBLIC

PENDING = "login_pending"
PENDING_SECONDS = 300
BACKEND = "django.contrib.auth.backends.ModelBackend"


def _onward(request: HttpRequest, wish: str) -> str:
    """Where to go after login: a page of this site, else home."""
    safe = url_has_allowed_host_and_scheme(wish, {request.get_host()}, require_https=request.is_secure())
    return wish if safe else str(settings.LOGIN_REDIRECT_URL)


@never_cache
@sensitive_post_parameters("password")
def log_in(request: HttpRequest) -> HttpResponseBase:
    """User name and password; wrong ones are counted by axes."""
    wish = request.POST.get("next") or request.GET.get("next", "")
    if request.user.is_authenticated and request.method != "POST":
        return redirect(_onward(request, wish))
    address = client_address(request) or ""
    if request.method == "POST" and tries.count("address", address) >= tries.PER_ADDRESS:
        return sprayed(request)
    form = LoginForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.get_user()
        if services.has_two_factor(user):
            request.session[PENDING] = {"pk": user.pk, "at": time.time(), "next": wish}
            return redirect("city:login-code")
        login(request, user, backend=BACKEND)
        return redirect(_onward(request, wish))
    if request.method == "POST":
        tries.count("address", address, add=1)
    if getattr(request, "axes_locked_out", False):
        return locked_out(request)
    return render(request, "city/login.html", {"form": form, "next": wish})


def _pending_user(request: HttpRequest) -> tuple[User | None, dict[str, Any]]:
    pending = request.session.get(PENDING) or {}
    if not pending or time.time() - pending.get("at", 0) > PENDING_SECONDS:
        return None, {}
    return User.objects.filter(pk=pending["pk"], is_active=True).first(), pending


@never_cache
@sensitive_post_parameters("code")
def log_in_code(request: HttpRequest) -> HttpResponseBase:
    """The second step; waits after wrong codes grow by themselves (django-otp)."""
    user, pending = _pending_user(request)
    if user is None:
        return redirect("city:login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device = match_token(user, form.cleaned_data["code"])  # type: ignore[no-untyped-call]
        if device is not None:
            del request.session[PENDING]
            login(request, user, backend=BACKEND)
            otp_login(request, device)  # type: ignore[no-untyped-call]
            return redirect(_onward(request, pending["next"]))
        audit.record(viewer=None, action="login.code_failed", subject=user)
        form.add_error("code", ValidationError(_wrong_code(user)))
    return render(request, "city/login_code.html", {"form": form})


def _wrong_code(user: User) -> str:
    from django.utils.translation import gettext as _

    from commandcenter.city.services.two_factor import wait_until

    until = wait_until(user)
    if until is None:
        return _("This code is wrong or was used already.")
    seconds = max(1, round((until - timezone.now()).total_seconds()))
    return _("This code is wrong. Wait %(seconds)d seconds before the next try.") % {"seconds": seconds}


def sprayed(request: HttpRequest) -> HttpResponse:
    """One address tried too many passwords, whatever the names: nobody logs in from there for a while."""
    response = render(request, "city/locked_out.html", {"network": True}, status=429)
    response.headers["Retry-After"] = str(tries.WINDOW_S)
    return response


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords: says until when, and what to do meanwhile."""
    name = request.POST.get("username", "").replace("\x00", "").strip().lower()
    attempts = AccessAttempt.objects.filter(username=name).order_by("-attempt_time")
    newest = attempts.first()
    cool_off = timezone.now() - get_cool_off_threshold(request)
    until = (newest.attempt_time if newest else timezone.now()) + cool_off
    minutes = max(1, round((until - timezone.now()) / timedelta(minutes=1)))
    context = {"until": until, "minutes": minutes}
    response = render(request, "city/locked_out.html", context, status=429)
    response.headers["Retry-After"] = str(minutes * 60)
    return response


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@never_cache
@sensitive_post_parameters()
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """A new person chooses the password and is let in."""
    invitation = services.open_invitation(token=token)
    if invitation is None:
        return render(request, "city/invitation_gone.html", status=410)
    form = NewPasswordForm(User(username=invitation.username, email=invitation.email), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.accept_invitation(token=token, password=form.cleaned_data["new_password1"])
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            logout(request)
            checked = authenticate(
                request, username=user.username, password=form.cleaned_data["new_password1"]
            )
            login(request, checked or user, backend=BACKEND)
            return redirect("city:home")
    response = render(
        request, "city/invitation.html", {"form": form, "invitation": invitation, "viewer": PUBLIC}
    )
    # The link stays in the house. Not "no-referrer": browsers then send "Origin: null", which CSRF refuses.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
