"""Phones at their doors: how many a second beside a view that does nothing, and none lost.

Daphne and the phones' own WSGI process, one of each, as `up` starts them. Each has one address more, a view
that does nothing (:mod:`.nothing_urls`), asked by the same phones with the same bytes over as many kept
connections; rounds of the one and the other take turns. The stream lies on a Valkey with ``appendfsync
always``, the only one the doors use (decision 0117); between the rounds it is written into the tables. Then
PostgreSQL is restarted in the middle while the writer runs beside, and every position that was answered 2xx
is looked for.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection

from commandcenter.city.roles import ensure_roles
from commandcenter.runtime.servers import Valkey
from fieldstaff import partitions, stream
from fieldstaff.models import Officer
from tests.bench.meter import Meter, spread
from tests.bench.phones_bulk import bulk
from tests.bench.phones_city import FLEET, QUICK_FLEET, seed_fleet, take_away
from tests.bench.phones_house import KINDS, Fleet, environment, restart_postgres, serving, streaming, writing
from tests.bench.report import Metric, metric, print_table
from tests.bench.stack import fresh_city

ROADS = ("stream", "direct")
SHARE = 0.6
WARM_S, WARM_RATE, WARM_MOST = 3.0, 50, 2_000
MOST_A_SECOND = 5_000
DRAIN_S = 120.0
Phones = list[tuple[str, str]]
CLIENTS = "64 kept connections, Traccar Client 7, 9, 10 and OwnTracks in turn"


@dataclass(frozen=True, slots=True)
class Plan:
    """How long everything lasts."""

    fleet: int
    rounds: int
    seconds: float
    restart_s: float


FULL, QUICK = Plan(FLEET, 7, 4.0, 16.0), Plan(QUICK_FLEET, 2, 1.5, 6.0)


@dataclass(slots=True)
class Rounds:
    """Answers a second of each round, and what was answered 2xx, by phone and second."""

    nothing: list[float] = field(default_factory=list)
    door: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    cpu: dict[bool, list[float]] = field(default_factory=lambda: {False: [], True: []})
    """The server's CPU ms an answer, of nothing and of the door."""
    other: int = 0
    taken: set[tuple[int, int]] = field(default_factory=set)
    waited: int = 0

    @property
    def ratios(self) -> list[float]:
        """The door's share of nothing, round by round."""
        return [door / max(1.0, nothing) for door, nothing in zip(self.door, self.nothing, strict=True)]


def run(options: Mapping[str, object]) -> dict[str, Metric]:
    """Empties the city, measures, and leaves it empty."""
    plan = QUICK if options.get("quick") else FULL
    if Officer.objects.exclude(code__startswith="I-").exists():
        fresh_city()
        ensure_roles()
    take_away()
    partitions.make()
    phones = seed_fleet(plan.fleet)
    found: dict[str, Metric] = {}
    begun = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="cc-ingest-") as folder, streaming() as valkey:
        fleet = Fleet(phones, Path(folder))
        for road in ROADS:
            for kind in KINDS:
                print(f"  {kind}, {road}", flush=True)
                told = _one(plan, fleet, phones, road, kind, valkey, Path(folder))
                print_table(told)
                found |= told
        fleet.close()
    found |= bulk(plan.fleet, quick=plan is QUICK)
    found["other_load"] = metric(round(begun, 1), "processes", reason="load of the machine before it began")
    take_away()
    return found


def _one(
    plan: Plan,
    fleet: Fleet,
    phones: list[tuple[str, str]],
    road: str,
    kind: str,
    valkey: Valkey,
    folder: Path,
) -> dict[str, Metric]:
    """One server on one road: its rounds, then the restart."""
    told = environment(road, valkey)
    with serving(kind, told, folder) as (port, pid):
        rounds = _rounds(plan, fleet, port, pid)
        lost = _missing(phones, rounds.taken)
        with writing(told, folder):
            more = _restarted(plan, fleet, port)
            _emptied()
    found = _rates(road, kind, rounds, lost, plan)
    return found | _restart(road, kind, more, _missing(phones, more["taken"]))


def _rounds(plan: Plan, fleet: Fleet, port: int, pid: int) -> Rounds:
    found = Rounds()
    for door in (False, True):
        _warm(fleet, (port, pid), door=door)
    stream.drain(DRAIN_S)
    for number in range(plan.rounds):
        # Which comes first takes turns, too: a machine that slows down favours neither.
        for door in (False, True) if number % 2 else (True, False):
            _measured(fleet, (port, pid), plan.seconds, door=door, found=found)
        found.waited += int(stream.client().xlen(stream.name()))
        stream.drain(DRAIN_S)
    return found


def _warm(fleet: Fleet, server: tuple[int, int], *, door: bool) -> None:
    """Until everything is imported and answers come at once; a busy machine takes longer."""
    for _ in range(10):
        found = Rounds()
        _measured(fleet, server, WARM_S, door=door, found=found, most=WARM_MOST)
        if (found.door or found.nothing)[0] > WARM_RATE:
            return


def _measured(
    fleet: Fleet, server: tuple[int, int], seconds: float, *, door: bool, found: Rounds, most: int = 0
) -> None:
    port, pid = server
    fleet.begin(port, seconds, door=door, most=most or int(seconds * MOST_A_SECOND))
    meter = Meter({"server": pid})
    told = fleet.ended()
    answers = sum(told["within"].values()) + sum(told["after"].values())
    found.cpu[door].append(1000 * meter.read().total / max(1, answers))
    (found.door if door else found.nothing).append(told["within"].get("200", 0) / seconds)
    if not told["within"].get("200") and not told["after"].get("200"):
        raise RuntimeError(f"nobody was answered 200: {told['within']} {told['after']} {told['cut']} cut")
    print(f"    {'door' if door else 'nothing'}: {told['within'].get('200', 0) / seconds:.0f}/s", flush=True)
    found.other += told["cut"] + sum(n for status, n in told["within"].items() if status != "200")
    if door:
        found.p95.append(told["p95"])
        found.taken |= {(phone, at) for phone, at in told["taken"]}


def _restarted(plan: Plan, fleet: Fleet, port: int) -> dict[str, Any]:
    """Phones send while PostgreSQL goes and comes back; those that hear no 2xx keep what they have."""
    fleet.begin(port, plan.restart_s, door=True, most=int(plan.restart_s * MOST_A_SECOND))
    time.sleep(plan.restart_s / 3)
    away = restart_postgres()
    told = fleet.ended()
    statuses = {**told["within"]}
    refused = sum(n for status, n in statuses.items() if status != "200") + told["cut"]
    return {"away": away, "taken": {(phone, at) for phone, at in told["taken"]}, "refused": refused}


def _emptied() -> None:
    """Waits for the writer to have written all that waits."""
    end = time.monotonic() + DRAIN_S
    while time.monotonic() < end and stream.client().xlen(stream.name()):
        time.sleep(0.5)


def _missing(phones: Phones, taken: set[tuple[int, int]]) -> int:
    """Positions that were answered 2xx and have no row."""
    number = {uid: place for place, (uid, _token) in enumerate(phones)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.uid, extract(epoch FROM p.fix_at)::bigint FROM fieldstaff_position p "
            "JOIN fieldstaff_device d ON d.id = p.device_id"
        )
        stored = {(number[uid], at) for uid, at in cursor.fetchall()}
    return len(taken - stored)


def _rates(road: str, kind: str, rounds: Rounds, lost: int, plan: Plan) -> dict[str, Metric]:
    name, n = f"{kind}_{road}", plan.rounds
    share = metric(round(median(rounds.ratios), 3), "x nothing", n=n, spread=_spread(rounds.ratios))
    if road == "stream":
        share = metric(share["value"], "x nothing", ">=", SHARE, n=n, spread=share["spread"], reason=CLIENTS)
    found = {
        f"{name}_share": share,
        f"{name}_rate": metric(round(median(rounds.door)), "1/s", n=n, spread=_spread(rounds.door)),
        f"{name}_nothing": metric(round(median(rounds.nothing)), "1/s", n=n, spread=_spread(rounds.nothing)),
        f"{name}_cpu": metric(
            round(median(rounds.cpu[True]), 2),
            "ms",
            n=n,
            spread=_spread(rounds.cpu[True]),
            reason=f"of the server, an answer; nothing takes {median(rounds.cpu[False]):.2f} ms",
        ),
        f"{name}_p95": metric(round(median(rounds.p95), 1), "ms", n=n, spread=_spread(rounds.p95)),
        f"{name}_not_200": metric(rounds.other, "answers", "==", 0, n=len(rounds.taken)),
        f"{name}_lost": metric(lost, "positions", "==", 0, n=len(rounds.taken)),
    }
    if road == "stream":
        # That the positions went the way that is measured.
        found[f"{name}_waited"] = metric(rounds.waited, "entries", "==", len(rounds.taken))
    return found


def _restart(road: str, kind: str, more: Mapping[str, Any], lost: int) -> dict[str, Metric]:
    name, taken = f"{kind}_{road}_restart", len(more["taken"])
    return {
        f"{name}_lost": metric(lost, "positions", "==", 0, n=taken, reason="answered 2xx and not stored"),
        f"{name}_answered": metric(taken, "positions", ">=", 100),
        f"{name}_refused": metric(more["refused"], "answers", reason="503 or cut: the phone sends it again"),
        f"{name}_away": metric(round(more["away"], 2), "s"),
    }


def _spread(values: list[float]) -> float | None:
    found = spread(values)
    return None if found is None else round(found, 3)
