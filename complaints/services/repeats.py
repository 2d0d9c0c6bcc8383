"""What a sender wrote lately, as prints: so that "sent before" can be seen when he writes again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from complaints import abuse
from complaints.models import Report, Reporter

MOST = 5
RECENT = timedelta(days=7)


def earlier(reporter: Reporter | None = None, reports: Iterable[int] = ()) -> list[int]:
    """Prints of at most twice :data:`MOST` texts of the last days, by the same person or the same browser.

    ``reports``: keys of what this browser sent. Both are found by an index. What its sender had erased is not
    compared with: its words are gone.
    """
    found: dict[int, str] = {}
    rows = Report.objects.filter(received_at__gte=timezone.now() - RECENT, anonymised_at=None)
    texts = rows.order_by("-pk").values_list("pk", "text")
    if reporter is not None:
        found.update(texts.filter(**_same(reporter))[:MOST])
    own = sorted(set(reports))[-MOST:]
    if own:
        found.update(texts.filter(pk__in=own))
    return [abuse.fingerprint(text) for text in found.values()]


def _same(reporter: Reporter) -> dict[str, object]:
    """Who counts as the same sender here: a typed number opens nothing, but the same number is compared."""
    for name in ("phone_digest", "email_digest"):
        if value := getattr(reporter, name):
            return {f"reporter__{name}": value}
    return {"reporter": reporter}
