"""Setting up the region this installation serves."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from PIL import Image

from commandcenter import live
from commandcenter.city import areas, audit
from commandcenter.city.models import Area, Region
from commandcenter.city.origin import Source
from commandcenter.city.viewers import Viewer

FIELDS = ("name", "kind", "motif", "palette", "accent", "zone")
# Which fields say that a person chose the look, or the zone.
CHOICES = {"motif": {"motif", "palette", "accent"}, "zone": {"zone"}}
LOGO_BYTES = 2_000_000
LOGO_EDGE = 512


def clean_logo(file: IO[bytes]) -> bytes:
    """A PNG of at most 512 pixels an edge, drawn anew so that nothing hidden survives.

    Raises ValidationError on ``logo`` for what is no PNG, JPEG or WebP picture.
    """
    content = file.read(LOGO_BYTES + 1)
    if len(content) > LOGO_BYTES:
        raise ValidationError({"logo": _("The picture is larger than 2 MB.")})
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as picture:
            if picture.width * picture.height > 25_000_000:
                raise ValidationError({"logo": _("The picture has more than 25 megapixels.")})
            picture.thumbnail((LOGO_EDGE, LOGO_EDGE))
            out = BytesIO()
            picture.convert("RGBA").save(out, "PNG")
    except ValidationError:
        raise
    except Exception as error:
        raise ValidationError({"logo": _("Use a PNG, JPEG or WebP picture.")}) from error
    return out.getvalue()


def _keep_areas(area: Area) -> None:
    """What a real region stands on no longer leaves with the demo."""
    mine = Q(code=area.code) | Q(code__startswith=f"{area.code}.") | Q(pk=area.parent_id)
    Area.objects.filter(mine, origin=Source.SIMULATED).update(origin=Source.REAL)


def _changed(region: Region, before: dict[str, Any]) -> dict[str, list[Any]]:
    """``{field: [before, after]}``."""
    now = {name: getattr(region, name) for name in FIELDS}
    return {name: [before[name], now[name]] for name in FIELDS if before[name] != now[name]}


@transaction.atomic
def set_up_region(
    *,
    viewer: Viewer | None,
    code: str = "",
    logo: IO[bytes] | None = None,
    origin: str = "real",
    **values: Any,
) -> Region:
    """Saves the region; a new ``code`` also makes its areas. Raises ValidationError naming the field."""
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"not fields of the region: {sorted(unknown)}")
    region = Region.objects.select_for_update().filter(pk=1).first() or Region(pk=1)
    before = {name: getattr(region, name) for name in FIELDS}
    if code:
        region.area = areas.seed_areas(code, viewer=viewer, origin=origin)
        if not values.get("name") and not region.name:
            values["name"] = region.area.full_name
        if region.area.code.split(".")[1] >= "71":
            values.setdefault("kind", "pemkot")
    for name, value in values.items():
        setattr(region, name, value)
    changed = _changed(region, before)
    chosen = {key for key, fields in CHOICES.items() if viewer is not None and fields & set(changed)}
    region.confirmed = sorted(chosen | set(region.confirmed))
    region.origin = origin
    region.rev += 1
    region.full_clean(exclude=["logo"])
    if logo is not None:
        region.logo.save("logo.png", ContentFile(clean_logo(logo)), save=False)
    region.save()
    if origin == Source.REAL and region.area:
        _keep_areas(region.area)
    audit.record(
        viewer=viewer,
        action="region.changed",
        subject=region,
        detail={"fields": changed, "area": region.area.code if region.area else "", "logo": logo is not None},
    )
    live.publish("city.region", id=1, rev=region.rev)
    return region


@transaction.atomic
def confirm_region(*, viewer: Viewer, what: str) -> Region:
    """Notes that a person wants what stands there from the start: ``motif`` or ``zone``."""
    if what not in CHOICES:
        raise ValidationError(_("Only the look and the time zone are confirmed."))
    region = Region.objects.select_for_update().filter(pk=1).first()
    if region is None:
        raise ValidationError(_("Choose the area first."))
    if what not in region.confirmed:
        region.confirmed = sorted({*region.confirmed, what})
        region.save(update_fields=["confirmed"])
        audit.record(viewer=viewer, action="region.confirmed", subject=region, detail={"what": what})
    return region
