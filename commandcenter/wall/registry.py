"""What apps offer to the wall: tiles, map layers, panels, facts and nearby things.

Each app's ``tiles.py`` calls :func:`register`; the wall names no app. A duplicate key stops
start-up, a thing that raises is logged and leaves its neighbours alone (as netbox's
``extras/dashboard/utils.py`` and wagtail's ``admin/site_summary.py`` do).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured

from commandcenter.city.viewers import Viewer

Text = Any  # a str or a lazy translation
Values = dict[str, Any]
Point = tuple[float, float]  # latitude, longitude in degrees


def _everyone(viewer: Viewer) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Param:
    """One thing that may be set on a tile in a scene.

    ``search(viewer, text, ids)`` answers [(id, label), …]: matches of ``text``, or, when ``ids`` is
    not None, exactly those of the ids that the viewer may use. Only ``id`` and ``ids`` need it.
    """

    key: str
    title: Text
    kind: Literal["text", "int", "choice", "choices", "id", "ids"] = "text"
    default: Any = ""
    choices: Callable[[Viewer], Sequence[tuple[str, Text]]] | None = None
    search: Callable[[Viewer, str, Iterable[int] | None], Sequence[tuple[int, str]]] | None = None
    required: bool = False
    limit: int = 16
    nothing: Text = ""  # what the first choice says while nothing is chosen, for one ``id``


@dataclass(frozen=True, slots=True)
class Tile:
    """One rectangle of a scene or a home page.

    ``context(viewer, params, at)`` gives the template's variables; ``at`` is now or the minute that is
    replayed, never read the clock yourself. It may hold ``freshness`` (city.freshness.Freshness),
    ``source`` (text) and ``href``.
    """

    key: str
    title: Text
    template: str
    context: Callable[[Viewer, Values, datetime], Values]
    permission: Callable[[Viewer], bool] = _everyone
    topics: tuple[str, ...] = ()
    order: int = 100
    params: tuple[Param, ...] = ()
    poll_s: int = 60
    frameless: bool = False


@dataclass(frozen=True, slots=True)
class Layer:
    """A map layer: ``features(viewer, at)`` gives a GeoJSON FeatureCollection (lng, lat order).

    A layer of thousands may also have ``text``: the same as JSON the database wrote, passed on unread.
    """

    key: str
    title: Text
    features: Callable[[Viewer, datetime], dict[str, Any]]
    topics: tuple[str, ...] = ()
    order: int = 100
    permission: Callable[[Viewer], bool] = _everyone
    default: bool = True
    text: Callable[[Viewer, datetime], str] | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A block on another app's detail page; ``model_label`` as in ``markets.Market``.

    A ``context`` that answers None has nothing to say about this row: the page leaves the panel out.
    """

    model_label: str
    key: str
    title: Text
    template: str
    context: Callable[[Viewer, Any, datetime], Values | None]
    order: int = 100
    permission: Callable[[Viewer], bool] = _everyone


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure about many rows at once: ``batch(ids, viewer)`` -> {id: value}.

    ``title`` and ``href`` serve pages that print facts without knowing them. ``model_label`` may be ``""``:
    then the fact is about the whole city and ``batch`` answers {0: value}.
    """

    model_label: str
    key: str
    batch: Callable[[Sequence[int], Viewer], Mapping[int, Any]]
    title: Text = ""
    href: str = ""
    order: int = 100


@dataclass(frozen=True, slots=True)
class Nearby:
    """The nearest things to a point (lat, lng): ``find(point, viewer, n)`` -> list, nearest first."""

    key: str
    find: Callable[[Point, Viewer, int], Sequence[Any]]


Registered = Tile | Layer | Panel | Fact | Nearby
_things: dict[tuple[type, str], Any] = {}


def _identity(thing: Registered) -> tuple[type, str]:
    label = getattr(thing, "model_label", None)
    return type(thing), thing.key if label is None else f"{label.lower()}/{thing.key}"


def register(*things: Registered) -> None:
    """Adds what an app offers; a second thing of one kind and key raises ImproperlyConfigured."""
    for thing in things:
        identity = _identity(thing)
        if identity in _things:
            raise ImproperlyConfigured(f"{identity[0].__name__} {identity[1]!r} is registered twice")
        _things[identity] = thing


def unregister(thing: Registered) -> None:
    """Takes one thing back (tests, and an app that is switched off)."""
    _things.pop(_identity(thing), None)


def _of(kind: type) -> list[Any]:
    found = [thing for (type_, _), thing in _things.items() if type_ is kind]
    return sorted(found, key=lambda thing: (getattr(thing, "order", 0), thing.key))


def tiles(viewer: Viewer | None = None) -> list[Tile]:
    """Tiles by order, all of them or those the viewer may use."""
    return [tile for tile in _of(Tile) if viewer is None or tile.permission(viewer)]


def tile(key: str) -> Tile | None:
    """The tile of that key, or None."""
    return _things.get((Tile, key))


def layers(viewer: Viewer | None = None) -> list[Layer]:
    """Map layers by order."""
    return [layer for layer in _of(Layer) if viewer is None or layer.permission(viewer)]


def layer(key: str) -> Layer | None:
    """The layer of that key, or None."""
    return _things.get((Layer, key))


def panels(model_label: str, viewer: Viewer) -> list[Panel]:
    """Panels for one model's detail page that the viewer may see."""
    label = model_label.lower()
    return [p for p in _of(Panel) if p.model_label.lower() == label and p.permission(viewer)]


def fact(model_label: str, key: str) -> Fact | None:
    """One registered fact, or None when no app offers it."""
    return _things.get((Fact, f"{model_label.lower()}/{key}"))


def facts(model_label: str) -> list[Fact]:
    """All facts about one model (``""``: about the whole city)."""
    return [f for f in _of(Fact) if f.model_label.lower() == model_label.lower()]


def nearby(key: str) -> Nearby | None:
    """One registered neighbour search, or None."""
    return _things.get((Nearby, key))
