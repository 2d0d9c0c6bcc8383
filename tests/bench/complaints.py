"""A million citizen reports: the desk, the search, the map and the public pages over real HTTP.

    manage.py bench complaints [--quick] [--json] [--seconds N]

One Daphne, one default worker and beat, as ``up`` starts them. Pages are asked one after the other by a
signed-in operator, an agency's head and a citizen without an account; then 20 reports a second come in by
the public form for ten minutes (``--seconds``) while the desk goes on reading. ``BENCH_KEEP=1`` uses the
city of the last run again.

Each of those reports comes from a browser of its own with a fresh mark, which all share one count; the house
runs with ``CC_PROOF_AFTER`` so high that none of them is asked for a proof of work: the intake is measured
here, not the hurdle before it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from django.core.management import call_command
from django.db import DatabaseError

from complaints.models import Message, Report
from tests.bench.meter import quantile
from tests.bench.report import Metric, metric
from tests.bench.reports_ask import Question, ask, plans, questions
from tests.bench.reports_intake import intake
from tests.bench.reports_seed import age_days, seed
from tests.bench.stack import Stack

NAME = "complaints"
COUNT, QUICK = 1_000_000, 20_000
SECONDS, QUICK_SECONDS = 600, 15
WEBS = 2
"""Web processes: one Python process uses one core, and the intake alone fills it."""
NO_HURDLE = {"CC_PROOF_AFTER": "100000"}
ROUNDS, QUICK_ROUNDS = 40, 8


def run(options: Mapping[str, object]) -> dict[str, Metric]:
    """Seeds, measures, looks at the plans, and measures again beside the intake."""
    quick = bool(options.get("quick"))
    count, rounds = (QUICK, QUICK_ROUNDS) if quick else (COUNT, ROUNDS)
    given = options.get("seconds")
    seconds = int(str(given)) if given is not None else QUICK_SECONDS if quick else SECONDS
    kept = bool(os.environ.get("BENCH_KEEP")) and _is_there(count)
    took = 0.0 if kept else seed(count)
    found = {
        "reports": metric(Report.objects.count(), "rows", ">=", count),
        "messages": metric(Message.objects.count(), "rows", ">=", 3 * count),
        "years": metric(round(age_days() / 365.25, 2), "years"),
        "seeding": metric(None if kept else round(took, 1), "s", reason="kept" if kept else ""),
    }
    with Stack(parts=["web", "default", "beat"], environment=NO_HURDLE, webs=WEBS) as house:
        asked = questions()
        found |= _read(house.port, asked, rounds)
        found["other_load"] = metric(
            round(os.getloadavg()[0], 1), "processes", reason="waiting for a core while pages were asked"
        )
        found |= plans(asked)
        if seconds:
            found |= intake(house, asked, seconds)
        found["log_complaints"] = metric(sum(house.complaints().values()), "lines")
    return found


def _is_there(count: int) -> bool:
    """Whether the last run left its city; what was changed since is migrated."""
    try:
        call_command("migrate", verbosity=0)
        return Report.objects.count() >= count
    except DatabaseError:
        return False


def _read(port: int, asked: list[Question], rounds: int) -> dict[str, Metric]:
    """The p95 of every question, each asked ``rounds`` times in turn with the others."""
    times = ask(port, asked, rounds)
    return {
        f"{question.name}_p95": metric(
            round(1000 * (quantile(times[question.name], 0.95) or 0), 1), "ms", "<", question.target,
            n=len(times[question.name]),
            spread=round(1000 * (max(times[question.name]) - min(times[question.name])), 1),
        )
        for question in asked
    }  # fmt: skip
