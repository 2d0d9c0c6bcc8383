"""Panels of other apps on a detail page: the page names a model, the registry knows who shows something."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string

from commandcenter.city.viewers import Viewer, viewer_of
from commandcenter.wall import registry

log = logging.getLogger(__name__)


def panels_of(request: HttpRequest, model_label: str, row: Any, at: datetime) -> list[dict[str, Any]]:
    """``{"key", "title", "html"}`` by order; a panel that raises is logged and left without html.

    One whose context is None has nothing to say about this row and is left out.
    """
    viewer = viewer_of(request)
    found = []
    for panel in registry.panels(model_label, viewer):
        html = _html(panel, viewer, row, at, request)
        if html is not None:
            found.append({"key": panel.key, "title": panel.title, "html": html})
    return found


def _html(panel: registry.Panel, viewer: Viewer, row: Any, at: datetime, request: HttpRequest) -> str | None:
    try:
        # A failing query must not poison the transaction its neighbours read in.
        with transaction.atomic():
            values = panel.context(viewer, row, at)
            if values is None:
                return None
            context = {"viewer": viewer, "at": at, **values}
            return render_to_string(panel.template, context, request)
    except Exception:
        log.exception("panel %s failed", panel.key)
        return ""
