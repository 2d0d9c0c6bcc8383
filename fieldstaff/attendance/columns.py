"""Pings as columns of whole numbers: the same rows, without half a million small tuples a city and day.

A :class:`Columns` is a sequence of plain tuples to whoever asks for rows, and seven numpy columns to the
rules that look at each ping of thousands of officers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

WIDTH = 7
Row = tuple[int, int, int, int, int, int, int]
Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Columns(Sequence[Row]):
    """Rows of seven whole numbers; ``table`` is int64 of shape (7, n), never changed once it is in here."""

    __slots__ = ("table",)

    def __init__(self, table: Numbers) -> None:
        self.table = table

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Columns:
        """The rows as columns; those that are columns already as they are."""
        if isinstance(rows, Columns):
            return rows
        listed = [tuple(row) for row in rows]
        return cls(np.array(listed, dtype=np.int64).reshape(len(listed), WIDTH).T)

    @classmethod
    def joined(cls, parts: Sequence[Columns]) -> Columns:
        """All rows of the parts in their order."""
        if len(parts) == 1:
            return parts[0]
        return cls(np.concatenate([part.table for part in parts], axis=1)) if parts else cls.of(())

    def __len__(self) -> int:
        return int(self.table.shape[1])

    def __iter__(self) -> Iterator[Row]:
        # Python's own integers: numpy's would travel into figures, JSON and hashes.
        return iter(list(zip(*self.table.tolist(), strict=True)))

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Columns: ...
    def __getitem__(self, index: int | slice) -> Row | Columns:
        if isinstance(index, slice):
            return Columns(self.table[:, index])
        first, second, third, fourth, fifth, sixth, seventh = self.table[:, index].tolist()
        return first, second, third, fourth, fifth, sixth, seventh

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def where(self, mask: Mask) -> Columns:
        """The rows for which the mask holds."""
        return self if mask.all() else Columns(self.table[:, mask])

    def ordered(self) -> Columns:
        """The rows sorted as tuples are: by the first number, equal ones by the next."""
        first = self.table[0]
        # Most come in order and differ in their time already, which is cheap to see.
        if bool((first[1:] > first[:-1]).all()):
            return self
        return Columns(self.table[:, np.lexsort(self.table[::-1])])

    def packed(self) -> bytes:
        """Row after row, each number in eight bytes, least significant first."""
        return np.ascontiguousarray(self.table.T, dtype="<i8").tobytes()
