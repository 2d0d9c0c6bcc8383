"""The wall's own topics."""

from __future__ import annotations

from commandcenter.city.viewers import Viewer
from commandcenter.live import Topic, register_topic


def own_scope(viewer: Viewer) -> str:
    """The scope only this viewer hears: ``user-5``, ``display-3``."""
    return f"{viewer.kind}-{viewer.pk}"


def _rights(viewer: Viewer) -> set[str]:
    return {"all", own_scope(viewer)}


def _displays(viewer: Viewer) -> set[str]:
    scopes = {own_scope(viewer)} if viewer.kind == "display" else set()
    return scopes | ({"all"} if "wall.view_display" in viewer.permissions else set())


def _flash(viewer: Viewer) -> set[str]:
    return {own_scope(viewer)} if viewer.kind == "display" else set()


def register_topics() -> None:
    """Called once, when the app is ready.

    ``rights`` never reaches a page: anyone who changes what somebody may see publishes it, for
    ``all`` or for ``user-<id>`` / ``display-<id>`` / ``token-<id>``, and sockets ask again.
    """
    register_topic(Topic("rights", _rights))
    register_topic(Topic("wall.display", _displays))
    register_topic(Topic("wall.flash", _flash))
