"""Who may take a screen over: sources that upper floors register, asked anew each time a screen asks.

Nothing is stored for it. What a display shows follows from what is open now and from what this display may
see, so a screen that was off, a new one, or one whose rights changed shows the right thing without a repair.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from commandcenter.city.viewers import Viewer
from commandcenter.wall.announce import announce_display
from commandcenter.wall.models import Display
from commandcenter.wall.render import Look
from commandcenter.wall.scenes import Showing, Wish

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TakeoverSource:
    """``wishes(viewer, at)``: what would take over now, each with the ``key`` of its row.

    ``context(key, look)``: variables of ``template``, None where that viewer may not see it.
    """

    key: str
    wishes: Callable[[Viewer, datetime], Sequence[Wish]]
    context: Callable[[int, Look], dict[str, Any] | None]
    template: str
    topics: tuple[str, ...] = ()


_sources: dict[str, TakeoverSource] = {}


def register_takeovers(source: TakeoverSource) -> None:
    """Called once for each source; a second one of the same key is a programming error."""
    if source.key in _sources:
        raise RuntimeError(f"takeover source {source.key!r} is registered twice")
    _sources[source.key] = source


def source_of(key: str) -> TakeoverSource | None:
    """The source of that key, or None."""
    return _sources.get(key)


def wishes(viewer: Viewer, at: datetime) -> list[Wish]:
    """Everything that wants this viewer's screen; a source that raises is logged and hurts no scene."""
    found: list[Wish] = []
    for source in _sources.values():
        try:
            # A failing query must not poison the transaction that the scene is read in.
            with transaction.atomic():
                found += source.wishes(viewer, at)
        except Exception:
            log.exception("takeovers of %s failed", source.key)
    return found


def drawn(found: Showing, look: Look) -> dict[str, Any] | None:
    """``scene.takeover`` of ``wall/scene.html``: template, variables, address, topics; None: nothing."""
    source = _sources.get(str(found.params.get("source", "")))
    key = found.params.get("key")
    if found.kind != "takeover" or source is None or not isinstance(key, int):
        return None
    try:
        with transaction.atomic():
            context = source.context(key, look)
    except Exception:
        log.exception("takeover %s of %s failed", key, source.key)
        return None
    if context is None:
        return None
    return {
        "src": f"/wall/takeover/{source.key}/{key}/",
        "topics": " ".join(source.topics),
        "template": source.template,
        **context,
    }


def announce_takeover(sharing: str) -> None:
    """Every paired screen that may show this sharing class asks at once what it shows."""
    announce_display(
        *Display.objects.paired().filter(sharing__contains=[sharing]).values_list("pk", flat=True)
    )
