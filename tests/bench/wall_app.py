"""The house's ASGI application with one more picture source, for the wall bench's Daphne."""

from __future__ import annotations

from collections.abc import Iterable

from commandcenter.asgi import application
from commandcenter.city.viewers import Viewer
from commandcenter.wall.pictures import PictureSource, register_source
from tests.bench.wall_names import CODE, channel, latest

__all__ = ["application"]


def allowed(viewer: Viewer, ids: Iterable[int]) -> set[int]:
    return set(ids) if viewer.kind == "user" else set()


def demand(ids: Iterable[int], level: str, ttl_s: int) -> None:
    """Nobody grabs here."""


register_source(PictureSource("bench", CODE, allowed, channel, latest, demand))
