"""A hundred markets: each part a file of its own, all in one run or some by name.

    manage.py bench markets [--quick] [--json] [--parts prices ...]

A part is a module ``tests/bench/markets_NAME.py`` with ``run(options) -> dict[str, Metric]``, named in
:data:`PARTS`. ``BENCH_KEEP=1`` uses the database of the last run again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module

from django.core.management import call_command
from django.db import DatabaseError

from markets.models import Market
from tests.bench.report import Metric
from tests.bench.stack import fresh_city

NAME = "markets"
PARTS = ("prices",)


def run(options: Mapping[str, object]) -> dict[str, Metric]:
    """The wanted parts one after the other; SystemExit for a part that is not there."""
    wanted = options.get("parts") or list(PARTS)
    if not isinstance(wanted, list) or set(wanted) - set(PARTS):
        raise SystemExit(f"bench markets has these parts: {', '.join(PARTS)}")
    if not (os.environ.get("BENCH_KEEP") and _is_there()):
        fresh_city()
    found: dict[str, Metric] = {}
    for name in wanted:
        print(f"bench markets: {name}", flush=True)
        part = import_module(f"tests.bench.markets_{name}")
        found |= {f"{name}_{key}": value for key, value in part.run(options).items()}
    return found


def _is_there() -> bool:
    try:
        call_command("migrate", verbosity=0)
        return Market.objects.exists()
    except DatabaseError:
        return False
