"""Who speaks at a door of the officers' app: a phone by its Bearer token, or an officer by his login."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import Error, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone

from fieldstaff import tokens
from fieldstaff.models import Device, DeviceBinding, Officer
from fieldstaff.models.choices import Protocol

log = logging.getLogger(__name__)
RETRY_S = 5


@dataclass(frozen=True, slots=True)
class Caller:
    """The phone that speaks, and who carries it now, if that is known."""

    device: int
    officer: Officer | None


def later_without_database(view: Callable[..., JsonResponse]) -> Callable[..., JsonResponse]:
    """503 instead of an error page while the database is away: the app comes again."""

    @wraps(view)
    def calm(request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        try:
            return view(request, *args, **kwargs)
        except Error as error:
            log.warning("the officers' app was told to come later: %s", type(error).__name__)
            return JsonResponse({"error": "later"}, status=503, headers={"Retry-After": str(RETRY_S)})

    return calm


def of(request: HttpRequest) -> Caller | None:
    """The caller, None for a wrong token, no login, a login of nobody outside, or a forged request."""
    if request.headers.get("Authorization", "").lower().startswith("bearer "):
        return by_token(request)
    user = request.user
    officer = Officer.objects.filter(user=user.pk).first() if user.is_authenticated else None
    if officer is None or not user.is_active or forged(request):
        return None
    return Caller(_phone_of(officer), officer)


def by_token(request: HttpRequest) -> Caller | None:
    """The phone behind a Bearer token."""
    known = tokens.check(request.headers.get("Authorization", "").partition(" ")[2].strip())
    if known is None:
        return None
    if settings.HTTPS and not request.is_secure():
        tokens.exposed(known, timezone.now())
        return None
    held = DeviceBinding.objects.filter(device=known.pk, valid__contains=timezone.now())
    found = held.select_related("officer").first()
    return Caller(known.pk, found.officer if found else None)


def forged(request: HttpRequest) -> bool:
    """The view is exempt for phones with a token; a session needs Django's own check like any other."""

    def never(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    return CsrfViewMiddleware(never).process_view(request, never, (), {}) is not None


@transaction.atomic
def _phone_of(officer: Officer) -> int:
    """The phone in his hand, the app's own first; one that stands for the app where there is none."""
    held = DeviceBinding.objects.filter(officer=officer, valid__contains=timezone.now())
    rows = list(held.values_list("device_id", "device__protocol"))
    rows.sort(key=lambda row: (row[1] != Protocol.APP, row[0]))
    if rows:
        return int(rows[0][0])
    device, made = Device.objects.get_or_create(
        uid=f"app-{officer.pk}", defaults={"protocol": Protocol.APP, "origin": officer.origin}
    )
    if made:
        DeviceBinding.objects.create(device=device, officer=officer, valid=(timezone.now(), None))
    return device.pk
