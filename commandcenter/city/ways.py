"""How far it is, as people say it."""

from __future__ import annotations

from django.utils.formats import localize


def way_words(metres: float) -> str:
    """``270 m``, and from a kilometre on ``5,6 km``: ten metres, then a hundred, are near enough to go by."""
    if metres < 995:
        return f"{10 * round(metres / 10)} m"
    return f"{localize(round(metres / 1000, 1))} km"
