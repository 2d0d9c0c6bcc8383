"""Who seeds the demo city and who takes it away again; each app's ``demo.py`` registers itself here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Demo:
    """One app's part of the demo. ``seed`` is safe to run twice; ``purge`` removes only what it seeded.

    Seeding goes up by ``order``, purging comes down, so that rows leave before what they hang on.
    """

    key: str
    order: int
    seed: Callable[[], None]
    purge: Callable[[], None]


_demos: dict[str, Demo] = {}


def register(demo: Demo) -> None:
    """Adds an app's part; one key, one part."""
    if demo.key in _demos:
        raise ImproperlyConfigured(f"demo part {demo.key!r} is registered twice")
    _demos[demo.key] = demo


def parts() -> list[Demo]:
    """All parts in seeding order."""
    return sorted(_demos.values(), key=lambda part: part.order)
