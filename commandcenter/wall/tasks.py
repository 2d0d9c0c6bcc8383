"""Housekeeping of the wall."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from commandcenter.wall import services
from commandcenter.wall.models import PairingCode


@shared_task(name="wall.tidy", soft_time_limit=30, time_limit=60)
def tidy() -> None:
    """Forgets old layers and codes; safe to run twice."""
    services.forget_ended_layers()
    PairingCode.objects.filter(expires_at__lt=timezone.now()).delete()
