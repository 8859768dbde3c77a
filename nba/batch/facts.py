"""Facts on columns: the house's assumptions, signals, and the features of plugins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from nba.batch.columns import (
    ALL,
    MISSING,
    NONE,
    Bools,
    Column,
    Fields,
    Lists,
    NotCarried,
    Records,
    Scalars,
    Texts,
    choose,
    rows_in,
)
from nba.batch.constants import column_of, constant, plain
from nba.batch.evaluate import Rows
from nba.batch.reading import take
from nba.batch.single import to_arrow
from nba.facts import frozen
from nba.language import tree, types
from nba.language.values import Value
from nba.ruleset.model import Assumption, Feature
from nba.schema.single import value_reader


def assume(profile: Column, assumptions: Iterable[Assumption]) -> Column:
    """The profile with the house's assumptions in place of missing fields."""
    for assumption in assumptions:
        profile = _with(profile, assumption.names, assumption.value)
    return profile


def _with(record: Column, names: tuple[str, ...], value: Value) -> Column:
    name, rest = names[0], names[1:]
    fields = record.fields if isinstance(record, Records) else {}
    found = fields.get(name, MISSING)
    assumed = _with(found, rest, value) if rest else _filled(found, value)
    makers: dict[str, Callable[[], Column]] = {other: partial(fields.__getitem__, other) for other in fields}
    return Records(Fields({**makers, name: lambda: assumed}), ALL)


def _filled(column: Column, value: Value) -> Column:
    if column.known is ALL:
        return column
    if column.known is NONE:
        return constant(value)
    if isinstance(column, Lists):
        if value == ():
            return Lists(column.starts, column.items, ALL)
        raise NotCarried("an assumption of a list with items")
    return choose(column.known, column, constant(value))


class FeatureColumn:
    """A plugin's function, called for each row with the plain values that it reads, or once with columns."""

    def __init__(self, feature: Feature) -> None:
        self.feature = feature
        self._read_value = value_reader(feature.type)

    def compute(self, rows: Rows, failed: Callable[[Bools], None]) -> Column:
        """The feature's values. Rows in which it raises, or returns another type, are told to `failed`."""
        feature = self.feature
        columns = [rows.column(node) for node in feature.reads]
        kinds = [tree.type_of(node) for node in feature.reads]
        if feature.columnar is not None and (found := self._at_once(columns, kinds, rows.count, failed)) is not None:
            return found
        same = all(rows_in(of) == 1 for of in columns)
        count = 1 if same else rows.count
        arguments = [plain(of, kind, range(count)) for of, kind in zip(columns, kinds, strict=True)]
        values: list[Any] = []
        bad = np.zeros(count, dtype=np.bool_)
        for place in range(count):
            try:
                value, faults = self._read_value(feature.function(*(frozen(of[place]) for of in arguments)))
                bad[place] = bool(faults)
            except Exception:  # a plugin may raise anything; `decide` reports it
                value, bad[place] = None, True
            values.append(value)
        if bad.any():
            failed(bad)
        return column_of(values)

    def _at_once(
        self, columns: list[Column], kinds: list[types.Type], count: int, failed: Callable[[Bools], None]
    ) -> Column | None:
        """The feature's values by its columnar form; None where it cannot be used."""
        single = [of for of in columns if isinstance(of, Scalars | Texts)]
        if len(single) < len(columns):
            return None
        arrays = [to_arrow(of, kind, count) for of, kind in zip(single, kinds, strict=True)]
        assert self.feature.columnar is not None
        try:
            returned = self.feature.columnar(*arrays)
            array = returned.combine_chunks() if isinstance(returned, pa.ChunkedArray) else returned
            if not isinstance(array, pa.Array) or len(array) != count:
                return None
            taken = take(array, self.feature.type)
        except Exception:  # a plugin may raise anything, and has another form
            return None
        if taken.bad.any():
            failed(taken.bad)
        return taken.make()
