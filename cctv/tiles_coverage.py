"""The map layer of places with and without a camera."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cctv import coverage
from commandcenter.city.viewers import Viewer
from commandcenter.wall.registry import Layer, register


def may_read(viewer: Viewer) -> bool:
    """People of the house, and displays that they set up; no partner, no token, no public."""
    return viewer.has(*coverage.READERS) or viewer.kind == "display"


def layer(viewer: Viewer, at: datetime) -> dict[str, Any]:
    """Markets and offices: working camera, silent camera, none. Streets are counted, they are no point."""
    found = coverage.read(viewer)
    return coverage.features([*found.markets, *found.offices])


register(
    Layer(
        key="cctv.coverage", title=_("Places with and without a camera"), features=layer,
        topics=("cctv.camera",), order=40, permission=may_read, default=False,
    )
)  # fmt: skip
