"""Events about phones: the page that waits for the first message hears of it at once."""

from __future__ import annotations

import logging
import time

from django.db import Error
from django.utils import timezone

from commandcenter import live
from commandcenter.city.viewers import Viewer
from fieldstaff.models import DeviceBinding
from fieldstaff.querysets.enrolment import VIEW, everywhere

log = logging.getLogger(__name__)
TOPIC = "fieldstaff.phone"


def scopes_of(viewer: Viewer) -> list[str]:
    """Admins hear of all phones, heads of those in their agencies' hands."""
    if everywhere(viewer, VIEW):
        return ["all"]
    if viewer.kind != "user" or VIEW not in viewer.permissions:
        return []
    return [f"agency-{pk}" for pk in sorted(viewer.agencies)]


def heard(device: int) -> None:
    """A phone in its first minutes has spoken. Never raises: its message is stored already."""
    try:
        holder = (
            DeviceBinding.objects.filter(device=device).at(timezone.now()).select_related("officer").first()
        )
    except Error as error:
        log.warning("a first message was not announced: %s", type(error).__name__)
        return
    scopes = ["all", f"agency-{holder.officer.agency_id}"] if holder else ["all"]
    live.publish(TOPIC, id=device, rev=int(time.time()), scopes=scopes)
