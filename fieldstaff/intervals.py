"""Sets of time as sorted, disjoint, half-open ``[start, end)`` spans of whole epoch seconds.

Plain tuples of plain integers: thousands of officers' days are summed from them, and each line of a ledger
cites them. Every function takes and gives the *normal* form: sorted, not empty, neither overlapping nor
touching. :func:`normal` makes it from anything.
"""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]
Spans = tuple[Span, ...]


def normal(spans: Iterable[Span]) -> Spans:
    """The same set of seconds in normal form; empty and reversed spans hold no second and vanish."""
    ordered = sorted(span for span in spans if span[0] < span[1])
    if len(ordered) < 2:
        return tuple(ordered)
    merged: list[Span] = []
    start, end = ordered[0]
    for a, b in ordered:
        if a <= end:
            end = max(end, b)
        else:
            merged.append((start, end))
            start, end = a, b
    merged.append((start, end))
    return tuple(merged)


def union(*sets: Spans) -> Spans:
    """Seconds that are in at least one of the sets."""
    return normal(span for spans in sets for span in spans)


def intersection(left: Spans, right: Spans) -> Spans:
    """Seconds that are in both."""
    found: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            found.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def difference(left: Spans, right: Spans) -> Spans:
    """Seconds of ``left`` that are not in ``right``."""
    if not right:
        return left
    found: list[Span] = []
    j = 0
    for start, end in left:
        while j < len(right) and right[j][1] <= start:
            j += 1
        k = j
        while k < len(right) and right[k][0] < end:
            if start < right[k][0]:
                found.append((start, right[k][0]))
            start = right[k][1]
            k += 1
        if start < end:
            found.append((start, end))
    return tuple(found)


def total(spans: Spans) -> int:
    """How many seconds the set holds."""
    return sum(end - start for start, end in spans)


def clip(spans: Spans, start: int, end: int) -> Spans:
    """The part of the set in ``[start, end)``."""
    return tuple((max(a, start), min(b, end)) for a, b in spans if max(a, start) < min(b, end))


def within(spans: Spans, start: int, end: int) -> int:
    """How many seconds of the set lie in ``[start, end)``."""
    return sum(min(b, end) - max(a, start) for a, b in spans if max(a, start) < min(b, end))


def holds(spans: Iterable[Span], moment: int) -> bool:
    """Whether the second is in the set."""
    return any(start <= moment < end for start, end in spans)
