"""Trains a model from a city's own closed reports, measures it on unseen texts, and refuses a worse one.

scikit-learn is imported when training begins, never by a web process (docs/decisions/0082).

Which texts are held out is decided by a hash of the text, so they stay held out for every later model and two
models can be compared on the same ones. The model that is measured is the model that is kept.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from complaints.suggest.lexicon import TITLES
from complaints.suggest.model import Floats, Model, terms
from complaints.suggest.words import Word, normalise, words

LEAST_TEXTS = 30
"""Different texts a class needs; fewer teach it by accident."""
LEAST_PEOPLE = 5
"""Different reporters who must have used a term before it may enter the vocabulary: nobody is recognised."""
MOST_TEXTS = 60_000
MOST_TERMS = 20_000
STRENGTH = 10.0
"""Inverse of the regularisation (scikit-learn's C)."""
TOLERANCE = 0.005
"""A new model may be so much worse in macro F1, which is less than another set of texts would make."""


class Sample(NamedTuple):
    """A text and the category people settled on. ``who``: any token for the reporter; empty: unknown."""

    text: str
    code: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How one class fared on held-out texts."""

    precision: float
    recall: float
    f1: float
    held_out: int


@dataclass(frozen=True, slots=True)
class Report:
    """What was learned from, what was left out, and how good it is on held-out texts.

    ``left_out``: classes with too few texts, and how many they had. ``calibration_error``: how far confidence
    and truth are apart on average (0 is perfect). ``problem``: why there is no model; empty when there is.
    """

    trained: int = 0
    held_out: int = 0
    accuracy: float = 0.0
    macro_f1: float = 0.0
    calibration_error: float = 0.0
    classes: dict[str, ClassScore] | None = None
    left_out: dict[str, int] | None = None
    terms: int = 0
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values, to be stored and shown."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The model, if there was enough to learn from, its report and the texts it was measured on."""

    model: Model | None
    report: Report
    held_out: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the new model may take the old one's place, and both macro F1 on the same held-out texts."""

    accept: bool
    new: float
    old: float | None
    reason: str


class _Row(NamedTuple):
    sample: Sample
    words: tuple[Word, ...]
    fold: int


def train(
    samples: Iterable[Sample],
    *,
    on: date,
    known: Collection[str] = (),
    least_texts: int = LEAST_TEXTS,
    least_people: int = LEAST_PEOPLE,
) -> Outcome:
    """A model of the samples, the newest first (the oldest are left out above ``MOST_TEXTS``).

    ``known``: stems of the rules' keywords, which may follow a title (*ibu hamil*); other words that do are
    taken for names and never learned. The same samples give the same model, to the last bit.
    """
    rows, left_out = _prepared(samples, least_texts)
    classes = tuple(sorted({row.sample.code for row in rows if row.fold > 2}))
    rows = [row for row in rows if row.sample.code in classes]
    if len(classes) < 2:
        return Outcome(None, Report(left_out=left_out, problem="too_few_classes"))
    learned = [row for row in rows if row.fold > 2]
    vocabulary, idf = _vocabulary(learned, frozenset(known), least_people)
    if not vocabulary:
        return Outcome(None, Report(left_out=left_out, problem="no_common_words"))
    counts = dict(sorted(Counter(row.sample.code for row in learned).items()))
    blank = Model(
        classes, vocabulary, idf, np.zeros((len(vocabulary), len(classes)), np.float32),
        np.zeros(len(classes), np.float32), 1.0, counts, on, 0.0,
    )  # fmt: skip
    model = _fitted(blank, learned)
    model = _with(model, temperature=_temperature(model, [row for row in rows if row.fold == 2]))
    held_out = tuple(row.sample for row in rows if row.fold < 2)
    report = evaluate(model, held_out)
    model = _with(model, macro_f1=report.macro_f1)
    report = replace(report, trained=len(learned), left_out=left_out, terms=len(vocabulary))
    return Outcome(model, report, held_out)


def compare(new: Outcome, old: Model | None) -> Verdict:
    """Whether the new model is at least as good as the old one, asked on the new one's held-out texts."""
    if new.model is None:
        return Verdict(False, 0.0, old.macro_f1 if old else None, new.report.problem)
    if old is None:
        return Verdict(True, new.report.macro_f1, None, "first")
    before = evaluate(old, new.held_out).macro_f1
    if new.report.macro_f1 + TOLERANCE < before:
        return Verdict(False, new.report.macro_f1, before, "worse")
    return Verdict(
        True, new.report.macro_f1, before, "as_good" if new.report.macro_f1 <= before else "better"
    )


def evaluate(model: Model, held_out: Sequence[Sample]) -> Report:
    """How the model fares on texts with known answers; a class it was never taught counts as missed."""
    return judge(lambda text: [(item.code, item.confidence) for item in model.likely(text, 1)], held_out)


def judge(ask: Callable[[str], Sequence[tuple[str, float]]], held_out: Sequence[Sample]) -> Report:
    """How anything that names (code, confidence), the likeliest first, fares on texts with known answers."""
    from sklearn.metrics import precision_recall_fscore_support

    truth = [sample.code for sample in held_out]
    if not truth:
        return Report(problem="nothing_held_out")
    answers = [ask(sample.text) for sample in held_out]
    said = [answer[0][0] if answer else "" for answer in answers]
    labels = sorted(set(truth))
    columns = precision_recall_fscore_support(truth, said, labels=labels, zero_division=0)
    scores = {
        code: ClassScore(round(float(p), 4), round(float(r), 4), round(float(f), 4), int(n))
        for code, p, r, f, n in zip(labels, *columns, strict=True)
    }
    right = [a == b for a, b in zip(truth, said, strict=True)]
    sure = [answer[0][1] if answer else 0.0 for answer in answers]
    return Report(
        held_out=len(truth), accuracy=round(sum(right) / len(right), 4), classes=scores,
        macro_f1=round(sum(score.f1 for score in scores.values()) / len(scores), 4),
        calibration_error=round(_calibration_error(sure, right), 4),
    )  # fmt: skip


def _prepared(samples: Iterable[Sample], least_texts: int) -> tuple[list[_Row], dict[str, int]]:
    """Different texts only, with their fold; and the classes that have too few of them."""
    rows: dict[tuple[str, str], _Row] = {}
    for sample in samples:
        plain = normalise(sample.text)
        if plain and (plain, sample.code) not in rows:
            rows[plain, sample.code] = _Row(sample, words(plain), _fold(plain))
        if len(rows) >= MOST_TEXTS:
            break
    sizes = Counter(code for _, code in rows)
    left_out = {code: size for code, size in sorted(sizes.items()) if size < least_texts}
    kept = [rows[key] for key in sorted(rows) if key[1] not in left_out]
    return kept, left_out


def _fold(plain: str) -> int:
    """0 and 1 are held out, 2 calibrates, the rest is learned from. The same text always has the same."""
    return hashlib.sha256(plain.encode()).digest()[0] % 10


def _vocabulary(rows: Sequence[_Row], known: frozenset[str], people: int) -> tuple[tuple[str, ...], Floats]:
    """The terms that enough different people used, and their inverse document frequencies."""
    users: dict[str, set[str]] = {}
    texts: Counter[str] = Counter()
    for number, row in enumerate(rows):
        for term in _learnable(row.words, row.sample.text, known):
            texts[term] += 1
            heard = users.setdefault(term, set())
            if len(heard) < people:
                heard.add(row.sample.who or f"#{number}")
    common = [term for term in texts if len(users[term]) >= people]
    kept = sorted(sorted(common, key=lambda term: (-texts[term], term))[:MOST_TERMS])
    idf = [math.log((1 + len(rows)) / (1 + texts[term])) + 1 for term in kept]
    return tuple(kept), np.array(idf, dtype=np.float32)


def _learnable(found: Sequence[Word], text: str, known: frozenset[str]) -> set[str]:
    """The terms of a text without those that hold a word taken for a name."""
    plain = normalise(text).split()
    names = {b for a, b in pairwise(plain) if a in TITLES}
    hidden = {word.stem for word in found if word.text in names and word.stem not in known}
    return {term for term, _ in terms(found) if hidden.isdisjoint(term.split())}


def _fitted(blank: Model, rows: Sequence[_Row]) -> Model:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    # Sums in another order differ in their last bits: one thread, so that training twice gives one model.
    with threadpool_limits(limits=1):
        chosen = LogisticRegression(C=STRENGTH, max_iter=400, tol=1e-4).fit(
            _matrix(blank, rows, csr_matrix), [blank.classes.index(row.sample.code) for row in rows]
        )
    coefficients, intercepts = np.asarray(chosen.coef_), np.asarray(chosen.intercept_)
    if len(blank.classes) == 2:  # one row stands for the second class against the first
        coefficients = np.vstack([np.zeros_like(coefficients), coefficients])
        intercepts = np.concatenate([[0.0], intercepts])
    return _with(
        blank,
        coefficients=np.ascontiguousarray(np.round(coefficients.T, 4), dtype=np.float32),
        intercepts=np.round(intercepts, 4).astype(np.float32),
    )


def _matrix(model: Model, rows: Sequence[_Row], made: Any) -> Any:
    """The rows as a sparse matrix, by the very function that predicts."""
    values: list[float] = []
    columns: list[int] = []
    ends = [0]
    for row in rows:
        places, weights = model.vector(row.words)
        columns += places
        values += weights.tolist()
        ends.append(len(columns))
    return made((values, columns, ends), shape=(len(rows), len(model.vocabulary)))


def _temperature(model: Model, rows: Sequence[_Row]) -> float:
    """What to divide scores by so that confidence is true, found on texts kept for it (Guo et al., 2017)."""
    scores, truth = [], []
    for row in rows:
        places, weights = model.vector(row.words)
        if places:
            scores.append(weights @ model.coefficients[places] + model.intercepts)
            truth.append(model.classes.index(row.sample.code))
    if not truth:
        return 1.0
    table, answers = np.array(scores, dtype=np.float32), np.array(truth)
    steps = [round(0.1 * 1.05**step, 4) for step in range(85)]  # 0.1 to 6

    def loss(temperature: float) -> float:
        shares = _with(model, temperature=temperature).probabilities(table)
        return float(-np.log(np.maximum(shares[np.arange(len(answers)), answers], 1e-9)).mean())

    return min(steps, key=loss)


def _calibration_error(sure: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    groups: dict[int, list[tuple[float, bool]]] = {}
    for confidence, hit in zip(sure, right, strict=True):
        groups.setdefault(min(bins - 1, int(confidence * bins)), []).append((confidence, hit))
    gaps = (abs(sum(c for c, _ in group) - sum(h for _, h in group)) for group in groups.values())
    return sum(gaps) / len(sure)


def _with(model: Model, **changes: Any) -> Model:
    return replace(model, _row={}, **changes)
