"""Citizens who write while the desk reads: 20 reports a second by the public form.

All come from fresh browsers, which count together: the house needs a high ``CC_PROOF_AFTER``.
"""

from __future__ import annotations

import json
import queue
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from complaints.models import Report
from complaints.sampletexts import sample_texts
from tests.bench.citizen import TIMEOUT_S, Browser
from tests.bench.meter import Meter, quantile
from tests.bench.report import Metric, metric
from tests.bench.reports_ask import Question, browsers
from tests.bench.stack import Stack

A_SECOND = 20
CITIZENS = 8
READ = ("desk_first", "desk_all", "search_common_all", "map_4000", "public_page")
PAUSE_S = 0.5


@dataclass(slots=True)
class Crowd:
    """What the citizens saw."""

    seconds: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def intake(house: Stack, asked: Sequence[Question], seconds: int) -> dict[str, Metric]:
    """20 reports a second for ``seconds``, at fixed moments whether the last was answered or not."""
    before, crowd, work = Report.objects.count(), Crowd(), queue.Queue[tuple[float, str] | None]()
    citizens = [threading.Thread(target=_citizen, args=(house.port, work, crowd)) for _ in range(CITIZENS)]
    ended = threading.Event()
    times: dict[str, list[float]] = {}
    reader = threading.Thread(target=_read, args=(house.port, asked, ended, times))
    meter = Meter(house.pids)
    for thread in (*citizens, reader):
        thread.start()
    begun = time.monotonic()
    for number, sample in enumerate(sample_texts(A_SECOND * seconds, seed=99)):
        moment = begun + number / A_SECOND
        time.sleep(max(0.0, moment - time.monotonic()))
        work.put((moment, sample.text))
    for _ in citizens:
        work.put(None)
    for thread in citizens:
        thread.join()
    took = time.monotonic() - begun
    ended.set()
    reader.join()
    used = meter.read()
    stored = Report.objects.count() - before
    sent = A_SECOND * seconds
    cpu = {f"intake_cpu_{name}": metric(round(used.rate(name), 3), "cores") for name in used.cpu}
    return {**_report(crowd, stored, sent, took), **_beside(asked, times), **cpu}


def _report(crowd: Crowd, stored: int, sent: int, took: float) -> dict[str, Metric]:
    return {
        "intake_rate": metric(round(stored / took, 2), "1/s", ">=", 0.98 * A_SECOND, n=stored),
        "intake_seconds": metric(round(took, 1), "s"),
        "intake_lost": metric(sent - stored, "reports", "==", 0, n=sent),
        "intake_failed": metric(
            len(crowd.failed), "answers", "==", 0, n=sent, reason="; ".join(sorted(set(crowd.failed))[:5])
        ),
        "intake_p95": metric(
            round(1000 * (quantile(crowd.seconds, 0.95) or 0), 1), "ms", n=len(crowd.seconds)
        ),
        # How long after its moment a report was begun: a queue that grows shows here.
        "intake_behind_p95": metric(
            round(quantile(crowd.late, 0.95) or 0, 3), "s", "<=", 1, n=len(crowd.late)
        ),
    }  # fmt: skip


def _beside(asked: Sequence[Question], times: dict[str, list[float]]) -> dict[str, Metric]:
    target = {question.name: question.target for question in asked}
    return {
        f"beside_{name}_p95": metric(
            round(1000 * (quantile(found, 0.95) or 0), 1), "ms", "<", target[name], n=len(found)
        )
        for name, found in times.items()
    }


def _citizen(port: int, work: queue.Queue[tuple[float, str] | None], crowd: Crowd) -> None:
    """Every report comes from a phone of its own, as the form's script sends it: a permit, the report."""
    number = 0
    while (job := work.get()) is not None:
        moment, text = job
        number += 1
        crowd.late.append(time.monotonic() - moment)
        fields = {
            "text": f"{text} ({uuid.uuid4().hex[:6]})", "address": "Jl. Veteran, Kecamatan Ciruas",
            "lat": f"{-6.11 - (number % 50) / 1000}", "lng": f"{106.2 + (number % 70) / 1000}",
            "key": str(uuid.uuid4()),
        }  # fmt: skip
        door = Browser(port)
        try:
            door.cookies["token"] = json.loads(door.get("/lapor/kirim/").body)["csrf"]
            answer = door.post("/lapor/kirim/", fields)
        except (OSError, ValueError, KeyError) as error:
            crowd.failed.append(type(error).__name__)
            continue
        finally:
            door.close()
        crowd.seconds.append(answer.seconds)
        if answer.status != 201:
            crowd.failed.append(str(answer.status))


def _read(
    port: int, asked: Sequence[Question], ended: threading.Event, times: dict[str, list[float]]
) -> None:
    """The desk goes on: one page after the other with half a second between."""
    doors = browsers(port)
    chosen = [question for question in asked if question.name in READ]
    number = 0
    while not ended.is_set():
        for question in chosen:
            answer = doors[question.who].get(question.paths[number % len(question.paths)])
            failed = answer.status != 200  # an error page is no fast answer
            times.setdefault(question.name, []).append(TIMEOUT_S if failed else answer.seconds)
            if ended.wait(PAUSE_S):
                return
        number += 1
