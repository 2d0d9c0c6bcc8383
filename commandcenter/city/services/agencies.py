"""Keeping the list of agencies."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from commandcenter.city import audit, rights
from commandcenter.city.models import Agency
from commandcenter.city.viewers import Viewer

FIELDS = ("name", "short_name", "kind", "parent", "head_title", "head_name", "phone_duty", "email", "area")


def _check_tree(agency: Agency) -> None:
    """ValidationError on ``parent`` when the agency would lie below itself."""
    seen = {agency.pk}
    above = agency.parent
    while above is not None:
        if above.pk in seen:
            raise ValidationError({"parent": _("An agency cannot be part of itself.")})
        seen.add(above.pk)
        above = above.parent


@transaction.atomic
def save_agency(*, viewer: Viewer | None, code: str, **values: Any) -> tuple[Agency, bool]:
    """Adds the agency ``code`` or changes it; (agency, whether anything was changed).

    Fields that are not given stay as they are. Raises ValidationError naming the field.
    """
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"not fields of an agency: {sorted(unknown)}")
    agency = Agency.objects.select_for_update(of=("self",)).filter(code=code).first() or Agency(code=code)
    new = agency.pk is None
    changed = {}
    for name, value in values.items():
        before = getattr(agency, name)
        if before != value:
            changed[name] = [str(before or ""), str(value or "")]
            setattr(agency, name, value)
    if not new and not changed:
        return agency, False
    if agency.pk is not None:
        _check_tree(agency)
    agency.full_clean()
    agency.save()
    verb = "added" if new else "changed"
    audit.record(viewer=viewer, action=f"agency.{verb}", subject=agency, detail={"fields": changed})
    if "parent" in changed and not new:
        rights.announce_to_all()
    return agency, True
