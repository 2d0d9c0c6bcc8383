"""A month's ledger of 3,000 officers from stored days; see :mod:`.officers_pay`."""

from __future__ import annotations

from collections.abc import Mapping

from tests.bench.officers_pay import OFFICERS, pay_metrics
from tests.bench.report import Metric

QUICK = 100


def run(options: Mapping[str, object]) -> dict[str, Metric]:
    """Reckoned and stored, reckoned again, closed."""
    found = pay_metrics(QUICK if options.get("quick") else OFFICERS)
    return {name.removeprefix("pay_"): value for name, value in found.items()}
