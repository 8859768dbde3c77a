"""Columns: the values of one field, expression or feature for many rows at once.

A column has either as many values as there are rows, or just one, which is then the same for all of them. Where `known`
is false the value is *missing*, and what stands in its place means nothing. Nothing in a column has *failed*: a row in
which something fails is decided by `decide`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Bools: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.int64]
Array: TypeAlias = NDArray[Any]

ALL: Bools = np.ones(1, dtype=np.bool_)
NONE: Bools = np.zeros(1, dtype=np.bool_)


class NotCarried(Exception):
    """What columns cannot carry; whoever asked decides row by row, and says why."""


def both(one: Bools, other: Bools) -> Bools:
    """And, without work where one of them holds for all rows."""
    if one is ALL:
        return other
    return one if other is ALL else one & other


def at(array: Array, rows: Array) -> Array:
    """The entries of some rows; one value stays one value."""
    return array if len(array) == 1 else array[rows]


@dataclass(frozen=True, eq=False)
class Scalars:
    """Numbers (float64), truths (bool), dates (days, int64) or instants (microseconds, int64), since 1970.

    `whole` is whether the numbers are whole by type, which matters to who prints them.
    """

    values: Array
    known: Bools = field(default_factory=lambda: ALL)
    whole: bool = False

    @cached_property
    def range(self) -> tuple[float, float]:
        """The least and the greatest of the values, known or not."""
        return (float(self.values.min()), float(self.values.max())) if len(self.values) else (0.0, 0.0)

    def take(self, rows: Array) -> Scalars:
        """The column of some rows."""
        return Scalars(at(self.values, rows), at(self.known, rows), self.whole)


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts, as places in a list of different words."""

    codes: Array
    words: tuple[str, ...]
    known: Bools = field(default_factory=lambda: ALL)

    def take(self, rows: Array) -> Texts:
        """The column of some rows."""
        return Texts(at(self.codes, rows), self.words, at(self.known, rows))

    def each(self, function: Callable[[str], Any], dtype: Any) -> Array:
        """What a function makes of the texts; it is called once a word."""
        found = np.array([function(word) for word in self.words] or [0], dtype=dtype)
        return found[self.codes]

    def code(self, word: str) -> int:
        """The place of a word; -1 when no row has it."""
        return self._places.get(word, -1)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.words)}


class Fields(Mapping[str, "Column"]):
    """Columns by name, each made when it is first looked at."""

    def __init__(self, makers: Mapping[str, Callable[[], Column]]) -> None:
        self._makers = dict(makers)
        self._made: dict[str, Column] = {}

    def __getitem__(self, name: str) -> Column:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


@dataclass(frozen=True, eq=False)
class Records:
    """Records or maps, as a column for each of their fields or keys. A field of a missing record is missing."""

    fields: Mapping[str, Column]
    known: Bools = field(default_factory=lambda: ALL)

    def take(self, rows: Array) -> Records:
        """The column of some rows."""
        fields = self.fields
        makers = {name: (lambda name=name: fields[name].take(rows)) for name in fields}
        return Records(Fields(makers), at(self.known, rows))

    def get(self, name: str) -> Column:
        """The column of a field; missing when there is none."""
        return self.fields.get(name, MISSING)


@dataclass(frozen=True, eq=False)
class Lists:
    """Lists: the items of all rows behind each other, and where each row's begin. A missing list has no items."""

    starts: Ints
    """One more than there are rows: where the items of each row start, and at last where they end."""
    items: Column
    known: Bools = field(default_factory=lambda: ALL)

    @property
    def lengths(self) -> Ints:
        """How many items each row has."""
        return np.diff(self.starts)

    @cached_property
    def parents(self) -> Ints:
        """The row of each item."""
        return np.repeat(np.arange(len(self.starts) - 1, dtype=np.int64), self.lengths)

    def take(self, rows: Array) -> Lists:
        """The column of some rows."""
        if len(self.starts) == 2:
            return self
        lengths = self.lengths[rows]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        places = np.arange(starts[-1]) - np.repeat(starts[:-1] - self.starts[:-1][rows], lengths)
        return Lists(starts, self.items.take(places), at(self.known, rows))

    def spread(self, rows: int) -> Lists:
        """The same list for each of so many rows."""
        if len(self.starts) - 1 == rows:
            return self
        length = int(self.starts[1])
        places = np.tile(np.arange(length), rows)
        return Lists(np.arange(rows + 1, dtype=np.int64) * length, self.items.take(places), self.known)


Column: TypeAlias = Scalars | Texts | Records | Lists

MISSING = Scalars(np.zeros(1), NONE, whole=True)
"""A column of any type that is missing for all rows."""


def rows_in(column: Column) -> int:
    """How many rows a column tells of by itself: 1 where it is the same for all of them."""
    match column:
        case Scalars(values=array) | Texts(codes=array):
            return max(len(array), len(column.known))
        case Records(fields=fields):
            return max([len(column.known), *map(rows_in, fields.values())])
    return max(len(column.starts) - 1, len(column.known))


def words_of(*columns: Column) -> tuple[tuple[str, ...], list[Array]]:
    """The words of several columns of texts as one list, and the codes of each column in it."""
    places: dict[str, int] = {}
    codes: list[Array] = []
    for column in columns:
        if not isinstance(column, Texts):  # missing for all rows
            codes.append(np.zeros(1, dtype=np.int64))
            continue
        moved = np.array([places.setdefault(word, len(places)) for word in column.words] or [0], dtype=np.int64)
        codes.append(moved[column.codes])
    return tuple(places), codes


def ranks(words: Sequence[str]) -> Ints:
    """The place of each word when they are sorted by code point."""
    order = sorted(range(len(words)), key=words.__getitem__)
    found = np.zeros(max(len(words), 1), dtype=np.int64)
    found[order] = np.arange(len(words))
    return found


def choose(where: Bools, one: Column, other: Column) -> Column:
    """The values of one column where it says so, of the other elsewhere."""
    sure = other.known is ALL and (where is one.known or one.known is ALL)
    known = ALL if sure else np.where(where, one.known, other.known)
    if isinstance(one, Texts) or isinstance(other, Texts):
        words, (a, b) = words_of(one, other)
        return Texts(np.where(where, a, b), words or ("",), known)
    if isinstance(one, Scalars) and isinstance(other, Scalars):
        kind = other.values.dtype if one.known is NONE else one.values.dtype
        values = np.where(where, one.values.astype(kind, copy=False), other.values.astype(kind, copy=False))
        return Scalars(values, known, one.whole and other.whole)
    raise NotCarried("a choice between lists or records")
