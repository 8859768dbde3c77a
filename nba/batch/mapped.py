"""A mapping file on columns: each different value of a column is mapped once, by the code that maps rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from nba.batch.columns import ALL, MISSING, NONE, Array, Bools, Lists, NotCarried, Records
from nba.batch.constants import column_of
from nba.batch.reading import Source, lists_with, record, take
from nba.batch.single import Taken, distinct, known_of, spread
from nba.errors import Fault, MappingError, did_you_mean
from nba.language import types
from nba.mapping import Cell, RowMapping, repeats
from nba.schema.reading import Extra
from nba.schema.single import value_reader


def sources(mapping: RowMapping, batch: pa.RecordBatch) -> dict[str, pa.Array | Source]:
    """The profile's fields as they come from the columns of a batch.

    Raises:
        MappingError: columns that the file names are not there, and it does not say that they may be.
    """
    check(mapping, batch.schema)
    return _branch(mapping.cells, batch, 0)


def check(mapping: RowMapping, schema: pa.Schema) -> None:
    """Raise a MappingError for columns that the file names and that are not there."""
    faults = []
    for cell in mapping.cells:
        for one in (cell, *cell.item):
            column = one.take.from_ or one.take.repeat
            if column is None or one.take.optional or _type_of(schema, column) is not None:
                continue
            near = did_you_mean(column, schema.names) or "say `optional: true` if rows may lack it"
            faults.append(Fault(one.shown, f"no column `{column}`", f"a table that has it ({near})"))
    if faults:
        raise MappingError(faults)


def _type_of(schema: pa.Schema, column: str) -> pa.DataType | None:
    if column in schema.names:
        return schema.field(column).type
    first, *rest = column.split(".")
    found = schema.field(first).type if first in schema.names else None
    for part in rest:
        place = found.get_field_index(part) if found is not None and pa.types.is_struct(found) else -1
        found = found.field(place).type if found is not None and place >= 0 else None
    return found


def _array_of(batch: pa.RecordBatch, column: str) -> pa.Array | None:
    """The column of a name, or of a path into structs."""
    if column in batch.schema.names:
        return batch.column(column)
    if _type_of(batch.schema, column) is None:
        return None
    first, *rest = column.split(".")
    found = batch.column(first)
    for part in rest:
        found = found.flatten()[found.type.get_field_index(part)]
    return found


@dataclass(frozen=True)
class Branch:
    """Fields that make up a record or map: it is there where one of them is."""

    fields: Mapping[str, pa.Array | Source]

    def take(self, kind: types.Type, extra: Extra) -> Taken:
        """Take it in by a type."""
        if isinstance(kind, types.MapOf):
            kind = types.Record("map", {name: types.Field(kind.value) for name in self.fields})
        if not isinstance(kind, types.Record):
            raise NotCarried("a path of the mapping into what is no record")
        taken = record(self.fields, ALL, kind, extra)
        column = taken.make()
        assert isinstance(column, Records)
        known: Bools = NONE
        for field in column.fields.values():
            known = known | field.known
        whole = Records(column.fields, ALL if known.all() else known)
        return Taken(lambda: whole, taken.bad)


@dataclass(frozen=True)
class Mapped:
    """What one cell of the mapping file takes."""

    cell: Cell
    array: pa.Array | None

    def take(self, kind: types.Type, extra: Extra) -> Taken:
        """Take it in by a type."""
        cell, array = self.cell, self.array
        if cell.take.from_ is None:
            return _read([cell.take.value], np.zeros(1, dtype=np.int64), kind, None)
        if array is None or pa.types.is_null(array.type):
            return _read([cell.take.default], np.zeros(1, dtype=np.int64), kind, None)
        if self._passes(array):
            return take(array, kind, extra)
        codes, values = distinct(array)
        return _read([*values, None], np.where(known_of(array), codes.astype(np.int64), len(values)), kind, cell)

    def _passes(self, array: pa.Array) -> bool:
        """Whether the column's values go into the profile as they are."""
        cell = self.cell
        if cell.take.values is not None or cell.take.default is not None or cell.take.type not in (None, "number"):
            return False
        number = pa.types.is_integer(array.type) or pa.types.is_floating(array.type)
        return number and not any(_like_a_number(word) for word in cell.missing)


def _like_a_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _read(values: Sequence[Any], codes: Array, kind: types.Type, cell: Cell | None) -> Taken:
    """A column from its different values, mapped and read one by one."""
    reader = value_reader(kind)
    found, bad = [], []
    for value in values:
        try:
            read, faults = reader(value if cell is None else cell.read(value))
        except Exception:  # a cell that is not what the file says; `decide` says what and why
            read, faults = None, (Fault("", "", ""),)
        found.append(None if faults else read)
        bad.append(bool(faults))
    return spread(column_of(found), np.array(bad), codes, ALL)


@dataclass(frozen=True)
class Repeated:
    """A number of like records, from the cells of an item."""

    cell: Cell
    array: pa.Array | None
    fields: Mapping[str, pa.Array | Source]
    count: int

    def take(self, kind: types.Type, extra: Extra) -> Taken:
        """Take it in by a type."""
        if not isinstance(kind, types.ListOf) or not isinstance(kind.item, types.Record):
            raise NotCarried("`repeat:` for what is no list of records")
        if self.cell.take.default is not None:
            raise NotCarried("`repeat:` with a default")
        if self.array is None:
            return Taken(lambda: MISSING, NONE)
        codes, values = distinct(self.array)
        counts, known, bad = [], [], []
        for value in [*values, None]:
            try:
                missing = self.cell.is_missing(value)
                counts.append(0 if missing else repeats(value))
                known.append(not missing)
                bad.append(False)
            except Exception:  # the same
                counts.append(0)
                known.append(False)
                bad.append(True)
        places = np.where(known_of(self.array), codes.astype(np.int64), len(values))
        places = np.broadcast_to(places, self.count)
        lengths = np.array(counts, dtype=np.int64)[places]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        item = record(self.fields, ALL, kind.item, extra)
        parents = np.repeat(np.arange(self.count), lengths)
        lists = Lists(starts, item.make().take(parents), np.array(known)[places])
        unfit = np.array(bad)[places]
        if item.bad is not NONE:
            unfit |= lists_with(starts, np.broadcast_to(item.bad, self.count)[parents])
        return Taken(lambda: lists, unfit)


def _branch(cells: Sequence[Cell], batch: pa.RecordBatch, depth: int) -> dict[str, pa.Array | Source]:
    """The cells by the name at this depth of their paths."""
    groups: dict[str, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(cell.path[depth], []).append(cell)
    return {name: _source(group, batch, depth) for name, group in groups.items()}


def _source(cells: list[Cell], batch: pa.RecordBatch, depth: int) -> Source:
    (first, *_) = cells
    if len(first.path) > depth + 1:
        return Branch(_branch(cells, batch, depth + 1))
    column = first.take.from_ or first.take.repeat
    array = None if column is None else _array_of(batch, column)
    if first.take.repeat is not None:
        return Repeated(first, array, _branch(first.item, batch, 0), batch.num_rows)
    return Mapped(first, array)
