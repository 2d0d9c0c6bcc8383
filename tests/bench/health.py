"""Picture health over held-out clips: recall per fault, false marks, cost; beside a plain-threshold detector.

    python -m tests.bench.health [--quick] [--json] [--clips N]

Every clip is judged still by still, as the wall would. A fault counts as found when it is
confirmed by its own name before the clip ends; a healthy clip counts as falsely marked when any
fault is confirmed in any of its stills. Both detectors see the same decoded pictures.
"""

import argparse
import os
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from math import sqrt
from statistics import median

import cv2

from cctv.capture.health import Fault, Memory, assess, decode_gray
from cctv.capture.health.features import Gray
from tests.bench.clip_scenes import UNSEEN_KINDS
from tests.bench.clips import HELD_OUT, Spec, spec, stills
from tests.bench.report import Metric, Op, emit, metric

NAME = "health"
CLIPS, QUICK_CLIPS = 1000, 80
MISSED = "see docs/picture-health.md, Limits"


class Plain:
    """The peer: fixed thresholds on absdiff, mean, deviation and Laplacian, three stills in a row."""

    def __init__(self) -> None:
        self.first: Gray | None = None
        self.last: Gray | None = None
        self.streak: Counter[Fault] = Counter()

    def judge(self, gray: Gray) -> frozenset[Fault]:
        seen = self._seen(gray)
        self.first, self.last = gray if self.first is None else self.first, gray
        self.streak = Counter({fault: self.streak[fault] + 1 for fault in seen})
        return frozenset(fault for fault, count in self.streak.items() if count >= 3)

    def _seen(self, gray: Gray) -> set[Fault]:
        mean, deviation = (float(v[0, 0]) for v in cv2.meanStdDev(gray))
        tests = {
            Fault.BLACK: mean < 20 or mean > 235,
            Fault.COVERED: deviation < 15 and 20 <= mean <= 235,
            Fault.BLURRED: cv2.Laplacian(gray, cv2.CV_32F).var() < 300,
            Fault.FROZEN: self.last is not None and cv2.absdiff(gray, self.last).mean() < 0.2,
            Fault.MOVED: self.first is not None and cv2.absdiff(gray, self.first).mean() > 30,
        }
        return {fault for fault, is_so in tests.items() if is_so}


@dataclass(slots=True)
class Outcome:
    """What one detector said of one clip."""

    found_after: int | None = None
    false: bool = False
    misnamed: bool = False
    cpu_s: float = 0.0
    #: Stills that were judged.
    count: int = 0
    names: set[Fault] = field(default_factory=set)

    def note(self, of: Spec, number: int, faults: frozenset[Fault]) -> None:
        self.count += 1
        if number < of.onset:
            self.false |= bool(faults)
            return
        self.names |= faults
        if of.fault in faults and self.found_after is None:
            self.found_after = number - of.onset + 1
        self.misnamed |= bool(faults - {of.fault})


def judge_clip(seed: int) -> tuple[Spec, Outcome, Outcome]:
    """Run both detectors over clip ``seed``: (clip, ours, peer)."""
    cv2.setNumThreads(1)
    of, ours, peer = spec(seed), Outcome(), Outcome()
    memory, plain = Memory.fresh(), Plain()
    for number, still in enumerate(stills(of)):
        gray = decode_gray(still.jpeg)
        if gray is None:
            raise RuntimeError(f"clip {seed} holds a still that is no picture")
        begun = time.thread_time()
        memory, verdict = assess(gray, still.at, memory)
        ours.cpu_s += time.thread_time() - begun
        ours.note(of, number, verdict.faults)
        begun = time.thread_time()
        faults = plain.judge(gray)
        peer.cpu_s += time.thread_time() - begun
        peer.note(of, number, faults)
    return of, ours, peer


Outcomes = list[tuple[Spec, Outcome]]


def _share(hits: int, of: int) -> tuple[float, float]:
    """A share and half its 95 % Wilson interval."""
    if not of:
        return 0.0, 0.0
    p, z = hits / of, 1.96
    return p, z * sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)


def _recall(outcomes: Outcomes, floor: float | None) -> Metric:
    hits = sum(ours.found_after is not None for _, ours in outcomes)
    value, spread = _share(hits, len(outcomes))
    op: Op = "info" if floor is None else ">="
    reason = MISSED if floor is not None and value < floor else ""
    return metric(
        round(value, 4), "share", op, floor, n=len(outcomes), spread=round(spread, 3), reason=reason
    )


def _false(outcomes: Outcomes, ceiling: float | None) -> Metric:
    value, spread = _share(sum(ours.false for _, ours in outcomes), len(outcomes))
    op: Op = "info" if ceiling is None else "<="
    reason = MISSED if ceiling is not None and value > ceiling else ""
    return metric(
        round(value, 4), "share", op, ceiling, n=len(outcomes), spread=round(spread, 3), reason=reason
    )


def score(outcomes: Outcomes, *, prefix: str = "", judged: bool = True) -> dict[str, Metric]:
    """Turn outcomes into metrics; without ``judged`` (the peer) they carry no targets."""
    floor, ceiling = (0.95, 0.01) if judged else (None, None)
    faulty = [pair for pair in outcomes if pair[0].fault]
    healthy = [pair for pair in outcomes if not pair[0].fault]
    found = {f"{prefix}recall": _recall(faulty, floor)}
    for fault in Fault:
        found[f"{prefix}recall_{fault}"] = _recall([p for p in faulty if p[0].fault == fault], floor)
    found[f"{prefix}false_marks"] = _false(healthy, ceiling)
    found[f"{prefix}false_marks_before_fault"] = _false(faulty, ceiling)
    wrong = sum(ours.misnamed for _, ours in faulty)
    found[f"{prefix}also_or_otherwise_named"] = metric(
        round(_share(wrong, len(faulty))[0], 4), "share", n=len(faulty)
    )
    return found


def _cost(outcomes: Outcomes) -> float:
    return 1000 * sum(o.cpu_s for _, o in outcomes) / max(sum(o.count for _, o in outcomes), 1)


def quiet_cost(seeds: Iterable[int]) -> tuple[float, float]:
    """CPU milliseconds a still, alone: (judging with its memory read and written, decoding at a quarter).

    Cameras take turns still by still, as in a worker, so that no camera's memory stays in the
    processor's cache. The best of three rounds each, as other work on the machine inflates them.
    """
    jpegs = [[(still.jpeg, still.at) for still in stills(spec(seed))] for seed in seeds]
    turns = [(n, *clip[i]) for i in range(min(map(len, jpegs))) for n, clip in enumerate(jpegs)]
    judging, decoding = [], []
    for _ in range(3):
        memories = [Memory.fresh().to_bytes()] * len(jpegs)
        judged = decoded = 0.0
        for number, jpeg, at in turns:
            begun = time.thread_time()
            gray = decode_gray(jpeg)
            read = time.thread_time()
            if gray is not None:
                memory, _ = assess(gray, at, Memory.from_bytes(memories[number]))
                memories[number] = memory.to_bytes()
            judged, decoded = judged + time.thread_time() - read, decoded + read - begun
        judging.append(judged)
        decoding.append(decoded)
    return 1000 * min(judging) / len(turns), 1000 * min(decoding) / len(turns)


def run(options: Mapping[str, object]) -> dict[str, Metric]:
    """Run the bench. Options: ``quick`` (80 clips), ``clips`` (how many). The caller prints."""
    count = int(str(options.get("clips") or (QUICK_CLIPS if options.get("quick") else CLIPS)))
    seeds = range(HELD_OUT, HELD_OUT + count)
    # OpenCV's own threads do not survive the fork of the pool's workers.
    cv2.setNumThreads(1)
    with ProcessPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        judged = list(pool.map(judge_clip, seeds, chunksize=10))
    ours = [(of, mine) for of, mine, _ in judged]
    peer = [(of, theirs) for of, _, theirs in judged]
    cost, decoding = quiet_cost(seeds[:40])
    metrics = score(ours)
    unseen = [pair for pair in ours if pair[0].kind in UNSEEN_KINDS]
    found = [o.found_after for _, o in ours if o.found_after is not None]
    return metrics | {
        "stills_to_confirm": metric(median(found) if found else None, "stills", n=len(found)),
        "cpu_ms_per_still": metric(round(cost, 3), "ms", "<=", 0.6, n=3),
        "cpu_ms_decode": metric(round(decoding, 3), "ms", n=3),
        "cpu_ms_per_still_crowded": metric(round(_cost(ours), 3), "ms", n=sum(o.count for _, o in ours)),
        "memory_per_camera": metric(len(Memory.fresh().to_bytes()), "bytes", "<=", 16_384),
        "unseen_places_recall": _recall([p for p in unseen if p[0].fault], None),
        "unseen_places_false_marks": _false([p for p in unseen if not p[0].fault], None),
        **score(peer, prefix="plain_", judged=False),
        "plain_cpu_ms_per_still_crowded": metric(
            round(_cost(peer), 3), "ms", n=sum(o.count for _, o in peer)
        ),
    }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--clips", type=int)
    options = vars(parser.parse_args())
    emit(run(options), as_json=options["json"])


if __name__ == "__main__":
    main()
