"""Does the log of transitions tell exactly what was done to the cameras?"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cctv.engine import names
from cctv.models import Camera, Transition
from commandcenter import keys
from tests.bench.report import Metric, metric

SLACK_S = 2.0


@dataclass(frozen=True, slots=True)
class Outage:
    """A camera that was dead between two instants, seconds since the epoch."""

    camera: int
    since: float
    until: float


def report(ids: Sequence[int], outages: Sequence[Outage]) -> dict[str, Metric]:
    """Checks every camera's log: each outage once down and once up, nobody else down, no link missing."""
    logs: dict[int, list[Transition]] = defaultdict(list)
    for row in Transition.objects.filter(camera_id__in=ids).order_by("at", "pk"):
        logs[row.camera_id].append(row)
    broken = [f"camera {id}" for id in ids if not _unbroken(logs[id])]
    odd = [story for outage in outages if (story := _story(outage, logs[outage.camera])) != "down up"]
    downs = sum(row.to_status == "offline" for rows in logs.values() for row in rows)
    return {
        "outages_not_told_exactly_once": metric(
            len(odd), "outages", "<=", 0, n=len(outages), reason="; ".join(sorted(set(odd)))
        ),
        "offline_without_an_outage": metric(max(0, downs - len(outages)), "transitions", "<=", 0, n=downs),
        "broken_chains": metric(len(broken), "cameras", "<=", 0, n=len(ids), reason=", ".join(broken[:5])),
        "memory_and_log_differ": metric(_differ(ids), "cameras", "<=", 0, n=len(ids)),
        "news_not_written": metric(float(keys.client().llen(names.news())), "items", "<=", 0),
        "transitions": metric(sum(map(len, logs.values())), "rows", n=len(ids)),
    }


def _unbroken(rows: Sequence[Transition]) -> bool:
    """Each transition starts where the one before ended."""
    return all(a.to_status == b.from_status for a, b in pairwise(rows))


def _story(outage: Outage, rows: Sequence[Transition]) -> str:
    """What the log tells of one outage: "down up" when all is well."""
    told, down = [], False
    for row in rows:
        # Down time is backdated to the first failure; the way up is the first good picture after the end.
        if not outage.since - SLACK_S <= row.at.timestamp() <= outage.until + 115:
            continue
        if row.to_status == "offline":
            told.append("down")
            down = True
        elif row.to_status == "online" and down:
            told.append("up")
            down = False
    return " ".join(told) or "nothing"


def _differ(ids: Sequence[int]) -> int:
    """Cameras whose row says another status than the capture's memory."""
    raw = keys.client().mget([names.state(id) for id in ids])
    links = {id: json.loads(value)["link"] if value else "none" for id, value in zip(ids, raw, strict=True)}
    rows = dict(Camera.objects.filter(pk__in=ids).values_list("pk", "status"))
    return sum(rows[id] != links[id] for id in ids)
