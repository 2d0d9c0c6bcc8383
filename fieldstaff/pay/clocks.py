"""Stretches of time as an office writes them: pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo

from commandcenter.city import formats


def clocks(spans: Iterable[Sequence[int]], zone: tzinfo, lang: str) -> str:
    """``07.35–11.30, 13.00–16.00 WIB`` of epoch seconds; with seconds where a moment is no whole minute.

    The zone is the city's, named once; days are not said: a span belongs to its line's date.
    """
    texts, last = [], None
    for start, end in spans:
        edges = [datetime.fromtimestamp(int(moment), UTC).astimezone(zone) for moment in (start, end)]
        exact = any(moment.second for moment in edges)
        texts.append(
            "–".join(formats.clock(moment, zone, lang, seconds=exact, named=False) for moment in edges)
        )
        last = edges[-1]
    return f"{', '.join(texts)} {formats.zone_name(last)}" if last is not None else ""
