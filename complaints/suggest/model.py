"""The trained model as it is kept and asked: TF-IDF and a linear classifier, numbers only, numpy only.

Kept as JSON, never as pickle: a file that is read must not be able to run anything.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from complaints.suggest.rules import Likely
from complaints.suggest.words import Word, words

FORMAT = 1
MOST_BYTES = 64 * 1024 * 1024
Floats = NDArray[np.float32]


class BadModel(ValueError):
    """What was read is no model of ours; the text says what is wrong."""


def terms(found: Sequence[Word]) -> list[tuple[str, tuple[str, ...]]]:
    """The single words and neighbouring pairs of a text by their stems, each with the words as written."""
    named: list[tuple[str, tuple[str, ...]]] = [(word.stem, (word.text,)) for word in found]
    named += [(f"{a.stem} {b.stem}", (a.text, b.text)) for a, b in pairwise(found)]
    return named


@dataclass(frozen=True, eq=False)
class Model:
    """A trained model. ``coefficients`` has a row for each term and a column for each class.

    ``counts``: texts it was trained on, by class. ``temperature``: what the scores are divided by so
    that 70 % sure is right in about 70 of 100 cases. ``macro_f1``: on held-out texts, when it was made.
    """

    classes: tuple[str, ...]
    vocabulary: tuple[str, ...]
    idf: Floats
    coefficients: Floats
    intercepts: Floats
    temperature: float
    counts: dict[str, int]
    trained_on: date
    macro_f1: float
    _row: dict[str, int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit."""
        shape = (len(self.vocabulary), len(self.classes))
        if (
            self.coefficients.shape != shape
            or self.idf.shape != shape[:1]
            or self.intercepts.shape != shape[1:]
        ):
            raise BadModel("the tables do not fit together")
        if len(self.classes) < 2 or len(set(self.classes)) != len(self.classes):
            raise BadModel("at least two different classes are needed")
        if not (math.isfinite(self.temperature) and self.temperature > 0):
            raise BadModel("the temperature is not above 0")
        if not all(np.isfinite(table).all() for table in (self.idf, self.coefficients, self.intercepts)):
            raise BadModel("a number is not finite")
        self._row.update({term: row for row, term in enumerate(self.vocabulary)})

    @property
    def version(self) -> str:
        """Twelve hex digits that stand for its whole content."""
        return hashlib.sha256(_dumped(self._content())).hexdigest()[:12]

    def likely(self, text: Sequence[Word] | str, most: int = 3) -> list[Likely]:
        """The likeliest classes with calibrated confidence; empty where it knows none of the words."""
        found = words(text) if isinstance(text, str) else text
        rows, values = self.vector(found)
        if not rows:
            return []
        weighted = self.coefficients[rows] * values[:, None]
        shares = self.probabilities((weighted.sum(axis=0) + self.intercepts)[None, :])[0]
        best = np.argsort(-shares, kind="stable")[:most]
        written = dict(reversed([(term, shown) for term, shown in terms(found)]))
        centred = weighted - weighted.mean(axis=1, keepdims=True)
        return [
            Likely(self.classes[c], round(float(shares[c]), 3), self._reasons(rows, centred[:, c], written))
            for c in best
        ]

    def vector(self, found: Sequence[Word]) -> tuple[list[int], Floats]:
        """The known terms' rows, in order, and their values: (1 + ln count) x idf, of length 1 together."""
        counts = Counter(self._row[term] for term, _ in terms(found) if term in self._row)
        rows = sorted(counts)
        values = np.array([1 + math.log(counts[row]) for row in rows], dtype=np.float32) * self.idf[rows]
        return rows, values / (float(np.sqrt((values * values).sum())) or 1.0)

    def probabilities(self, scores: Floats) -> Floats:
        """Softmax of scores over the temperature, a row for each text."""
        scaled = scores / np.float32(self.temperature)
        grown = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        return np.asarray(grown / grown.sum(axis=1, keepdims=True), dtype=np.float32)

    def _reasons(
        self, rows: list[int], pull: Floats, written: dict[str, tuple[str, ...]], most: int = 4
    ) -> tuple[str, ...]:
        """The words that spoke most for a class, as they were written."""
        shown: dict[str, None] = {}
        least = max(0.0, 0.1 * float(pull.max()))
        for place in np.argsort(-pull, kind="stable"):
            if pull[place] <= least or len(shown) >= most:
                break
            shown.update(dict.fromkeys(written[self.vocabulary[rows[place]]]))
        return tuple(shown)[:most]

    def _content(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "classes": self.classes,
            "vocabulary": self.vocabulary,
            "idf": _packed(self.idf),
            "coefficients": _packed(self.coefficients),
            "intercepts": _packed(self.intercepts),
            "temperature": self.temperature,
            "counts": self.counts,
            "trained_on": self.trained_on.isoformat(),
            "macro_f1": self.macro_f1,
        }

    def to_json(self) -> bytes:
        """The model as JSON; tables are base64 of little-endian float32."""
        return _dumped(self._content())

    @classmethod
    def from_json(cls, raw: bytes) -> Model:
        """Reads what ``to_json`` wrote; anything else raises BadModel."""
        if len(raw) > MOST_BYTES:
            raise BadModel("too large")
        try:
            content = json.loads(raw)
            if content["format"] != FORMAT:
                raise BadModel("written by another version")
            return cls._from(content)
        except BadModel:
            raise
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
            raise BadModel(f"not readable: {type(error).__name__}") from error

    @classmethod
    def _from(cls, content: dict[str, Any]) -> Model:
        classes, vocabulary = _strings(content["classes"]), _strings(content["vocabulary"])
        return cls(
            classes=classes,
            vocabulary=vocabulary,
            idf=_unpacked(content["idf"]),
            coefficients=_unpacked(content["coefficients"]).reshape(len(vocabulary), len(classes)),
            intercepts=_unpacked(content["intercepts"]),
            temperature=float(content["temperature"]),
            counts={str(code): int(count) for code, count in content["counts"].items()},
            trained_on=date.fromisoformat(content["trained_on"]),
            macro_f1=float(content["macro_f1"]),
        )


def _strings(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadModel("a list of words is expected")
    return tuple(value)


def _dumped(content: dict[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _packed(table: Floats) -> str:
    return base64.b64encode(np.ascontiguousarray(table, dtype="<f4").tobytes()).decode()


def _unpacked(text: str) -> Floats:
    return np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4").astype(np.float32)
