"""Calendars are built anew after a change of hours, days or the region's zone."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from commandcenter.city import office
from commandcenter.city.region import Region


@receiver([post_save, post_delete], sender=office.OfficeHours)
@receiver([post_save, post_delete], sender=office.CalendarDay)
@receiver([post_save, post_delete], sender=Region)
def calendar_changed(sender: Any, **kwargs: Any) -> None:
    """No rule hangs on this: it only empties a memory."""
    office.forget()
