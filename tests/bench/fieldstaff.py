"""Field officers: each part a file of its own, all in one run or some by name.

    manage.py bench fieldstaff [--quick] [--json] [--parts days ...] [--positions N]

A part is a module ``tests/bench/fieldstaff_NAME.py`` with ``run(options) -> dict[str, Metric]``, named in
:data:`PARTS`. It seeds what it needs beside what the others have seeded, and its figures carry its name.
``--positions`` is how many stored positions a part makes at least: 15 million unless told, for the figures of
one officer's day. ``BENCH_KEEP=1`` uses the database of the last run again.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from tests.bench.officers_city import open_city
from tests.bench.report import Metric

NAME = "fieldstaff"
PARTS = ("ingest", "days", "pages", "map", "pay")
"""In this order; what empties the city stands before what fills it."""


def run(options: Mapping[str, object]) -> dict[str, Metric]:
    """The wanted parts one after the other; SystemExit for a part that is not there."""
    wanted = options.get("parts") or list(PARTS)
    if not isinstance(wanted, list) or set(wanted) - set(PARTS):
        raise SystemExit(f"bench fieldstaff has these parts: {', '.join(PARTS)}")
    open_city()
    found: dict[str, Metric] = {}
    for name in wanted:
        print(f"bench fieldstaff: {name}", flush=True)
        part = import_module(f"tests.bench.fieldstaff_{name}")
        found |= {f"{name}_{key}": value for key, value in part.run(options).items()}
    return found
