"""Holding pictures as evidence: retention leaves them alone, and the database refuses to delete them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cctv.models import Still
from commandcenter.city import audit
from commandcenter.city.viewers import Viewer

HOLD = ("legal_hold", "held_reason", "held_by", "held_at")


@transaction.atomic
def hold_still(*, by: Viewer, still: Still, reason: str) -> Still:
    """Keeps a picture until it is released; ``reason`` names the request or the case."""
    if not reason.strip():
        raise ValidationError({"held_reason": _("Say why the picture is held.")})
    still.legal_hold, still.held_reason, still.held_at = True, reason.strip()[:200], timezone.now()
    still.held_by_id = by.pk if by.kind == "user" else None
    still.save(update_fields=HOLD)
    audit.record(viewer=by, action="still.held", subject=still, detail={"reason": still.held_reason})
    return still


@transaction.atomic
def release_still(*, by: Viewer, still: Still, reason: str) -> Still:
    """Gives a held picture back to the retention rule."""
    if not reason.strip():
        raise ValidationError({"held_reason": _("Say why the picture is released.")})
    detail = {"held for": still.held_reason, "reason": reason.strip()}
    still.legal_hold, still.held_reason, still.held_by, still.held_at = False, "", None, None
    still.save(update_fields=HOLD)
    audit.record(viewer=by, action="still.released", subject=still, detail=detail)
    return still
