"""Cameras as a picture source of the hub: who may see which, where frames are, who wants them."""

from __future__ import annotations

from collections.abc import Iterable

from cctv import looks
from cctv.engine import demand, names
from cctv.models import Camera
from commandcenter.city.sharing import Sharing
from commandcenter.city.viewers import Viewer
from commandcenter.wall.pictures import PictureSource


def allowed(viewer: Viewer, ids: Iterable[int]) -> set[int]:
    """The ids among ``ids`` that this viewer may look at now."""
    found = Camera.objects.visible_to(viewer).in_use().filter(pk__in=list(ids))
    return set(found.values_list("pk", flat=True))


def looked(viewer: Viewer, ids: set[int]) -> None:
    """A person's look at a restricted camera is written down, however its pictures travel."""
    if viewer.kind == "user":
        restricted = Camera.objects.filter(pk__in=ids, sharing=Sharing.RESTRICTED)
        looks.note(viewer, restricted, where="socket")


SOURCE = PictureSource(
    key=names.SOURCE,
    code=names.SOURCE_CODE,
    allowed=allowed,
    channel=names.channel,
    latest=names.snap,
    demand=demand.want,
    looked=looked,
)
