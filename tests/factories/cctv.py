"""Areas, agencies, sites and cameras for tests; every value can be overridden."""

from __future__ import annotations

from itertools import count
from typing import Any

from cctv.models import Camera, CaptureMode, Site
from commandcenter.city.models import Agency, Area
from markets.models import Market

_number = count(1)


def make_area(code: str = "36.04.19", **values: Any) -> Area:
    """A kecamatan; asked twice for one code gives one row."""
    defaults = {"name": "Petir", "level": code.count(".") + 1, "kind": "kecamatan", **values}
    return Area.objects.get_or_create(code=code, defaults=defaults)[0]


def make_agency(code: str = "diskominfo", **values: Any) -> Agency:
    """An agency; asked twice for one code gives one row."""
    defaults = {"name": code.title(), "short_name": code.title(), **values}
    return Agency.objects.get_or_create(code=code, defaults=defaults)[0]


def make_market(**values: Any) -> Market:
    """A market in Petir."""
    n = next(_number)
    values.setdefault("area", None)
    values["area"] = values["area"] or make_area()
    return Market.objects.create(
        **{"code": f"pasar-{n}", "name": f"Pasar {n}", "lat": -6.224, "lng": 106.202, **values}
    )


def make_site(**values: Any) -> Site:
    """A site in Petir."""
    n = next(_number)
    values["area"] = values.get("area") or make_area()
    return Site.objects.create(
        **{"code": f"site-{n}", "name": f"Site {n}", "lat": -6.224, "lng": 106.202, **values}
    )


def make_camera(**values: Any) -> Camera:
    """A camera with HTTP stills at a private address."""
    n = next(_number)
    site = values.pop("site", None) or make_site()
    base: dict[str, Any] = {
        "code": f"cam-{n}",
        "name": f"Camera {n}",
        "site": site,
        "area": site.area,
        "agency": values.pop("agency", None) or make_agency(),
        "lat": site.lat,
        "lng": site.lng,
        "capture_mode": CaptureMode.HTTP_STILL,
        "still_url": f"http://10.9.0.{n % 250 + 1}/still.jpg",
    }
    return Camera.objects.create(**{**base, **values})
