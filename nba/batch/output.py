"""What a decision on a table gives for each row, as Arrow columns.

| column | |
| --- | --- |
| `outcome` | `action`, `nothing_proposed`, `all_blocked`, `error`, or `invalid`: the row is no profile |
| `actions` | the chosen actions, best first, each with the rules that proposed it |
| `blocked` | how many candidates are blocked |
| `blocked_by` | by guard, law or gate: how many of the blocked candidates it blocks (on some channel at least) |
| `laws_unmet` | the `always` laws that the decision does not meet |
| `tasks` | what colleagues are asked to do |
| `errors` | the faults that were contained, or what is wrong with the row |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from nba.batch.columns import Array, Bools
from nba.decision import Decision
from nba.errors import InputError

_WORD = pa.dictionary(pa.int32(), pa.string())
_ACTION = pa.struct(
    [
        ("rank", pa.int32()),
        ("action", _WORD),
        ("key", pa.string()),
        ("department", _WORD),
        ("tier", _WORD),
        ("score", pa.float64()),
        ("channel", _WORD),
        ("proposed_by", pa.list_(_WORD)),
    ]
)
SCHEMA = pa.schema(
    [
        ("outcome", _WORD),
        ("actions", pa.list_(_ACTION)),
        ("blocked", pa.int32()),
        ("blocked_by", pa.list_(pa.struct([("id", _WORD), ("count", pa.int32())]))),
        ("laws_unmet", pa.list_(_WORD)),
        ("tasks", pa.list_(pa.struct([("department", _WORD), ("rule", _WORD), ("message", _WORD)]))),
        ("errors", pa.list_(pa.struct([("origin", pa.string()), ("message", pa.string())]))),
    ]
)
"""The columns of a decided table."""
OUTCOMES = ("action", "nothing_proposed", "all_blocked", "error", "invalid")


class Gathered:
    """Entries of lists, gathered one kind after the other, and put in order by the row they belong to."""

    def __init__(self, count: int) -> None:
        self._counts = np.zeros(count, dtype=np.int64)
        self._parts: list[tuple[Array, int, Any]] = []

    def add(self, rows: Array, code: int, values: Any = None) -> None:
        """An entry for each of some rows, which differ."""
        if len(rows):
            self._counts[rows] += 1
            self._parts.append((rows, code, values))

    def build(self, values: Any = None) -> tuple[Array, Array, Any]:
        """Where the entries of each row start, the code of each entry, and its value (of the type of `values`)."""
        starts = np.concatenate(([0], np.cumsum(self._counts))).astype(np.int32)
        codes = np.empty(starts[-1], dtype=np.int32)
        filled = None if values is None else np.empty(starts[-1], dtype=values)
        free = starts[:-1].copy()
        for rows, code, value in self._parts:
            places = free[rows]
            codes[places] = code
            if filled is not None:
                filled[places] = value
            free[rows] += 1
        return starts, codes, filled


def words(codes: Array, known: Sequence[str], missing: Bools | None = None) -> pa.DictionaryArray:
    """Codes as an Arrow array of texts."""
    indices = pa.array(codes.astype(np.int32, copy=False), mask=missing)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(known), pa.string()))


def lists(starts: Array, items: pa.Array) -> pa.ListArray:
    """An Arrow array of lists from where each starts, and the items of all."""
    return pa.ListArray.from_arrays(pa.array(starts.astype(np.int32, copy=False)), items)


def empty(count: int, kind: pa.DataType) -> pa.ListArray:
    """So many empty lists."""
    return lists(np.zeros(count + 1, dtype=np.int32), pa.array([], kind.value_type))


def struct(kind: pa.StructType, arrays: Iterable[pa.Array]) -> pa.StructArray:
    """An Arrow array of records from their fields."""
    return pa.StructArray.from_arrays(list(arrays), fields=list(kind))


def row_of(decision: Decision) -> dict[str, Any]:
    """A decision as the row of a decided table."""
    blocked_by = Counter(id for of in decision.blocked for id in {reason.id for reason in of.by})
    return {
        "outcome": decision.outcome,
        "actions": [
            {
                "rank": of.rank,
                "action": of.action,
                "key": None if of.key is None else str(of.key),
                "department": of.department,
                "tier": of.tier,
                "score": of.score,
                "channel": of.channel,
                "proposed_by": list(of.proposed_by),
            }
            for of in decision.actions
        ],
        "blocked": len(decision.blocked),
        "blocked_by": [{"id": id, "count": count} for id, count in sorted(blocked_by.items())],
        "laws_unmet": [of.law for of in decision.laws_unmet],
        "tasks": [{"department": of.department, "rule": of.rule, "message": of.message} for of in decision.tasks],
        "errors": [{"origin": of.origin, "message": of.message} for of in decision.errors],
    }


def row_of_error(error: Exception) -> dict[str, Any]:
    """What is wrong with a row, as the row of a decided table."""
    told = [str(of) for of in error.faults] if isinstance(error, InputError) else [f"{type(error).__name__}: {error}"]
    origin = error.subject if isinstance(error, InputError) else "row"
    return {
        "outcome": "invalid",
        "actions": [],
        "blocked": 0,
        "blocked_by": [],
        "laws_unmet": [],
        "tasks": [],
        "errors": [{"origin": origin, "message": whole(message[:1000])} for message in told],
    }


def whole(text: str) -> str:
    """A text with halves of characters, which files cannot hold, as they are written in JSON."""
    return text.encode("utf-8", "backslashreplace").decode()


def table_of(rows: Sequence[dict[str, Any]]) -> pa.RecordBatch:
    """Rows of a decided table as Arrow columns."""
    plain = pa.RecordBatch.from_pylist(list(rows), schema=pa.schema([(of.name, _plain(of.type)) for of in SCHEMA]))
    return encoded(plain)


def encoded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Columns with texts as they are, as the columns of a decided table."""
    arrays = [_encoded(column, field.type) for column, field in zip(batch.columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def replaced(batch: pa.RecordBatch, rows: Array, instead: pa.RecordBatch) -> pa.RecordBatch:
    """A decided table with other rows in place of some."""
    order = np.arange(batch.num_rows)
    order[rows] = batch.num_rows + np.arange(len(rows))
    both = pa.Table.from_batches([batch, instead]).unify_dictionaries().combine_chunks()
    return both.take(pa.array(order)).combine_chunks().to_batches()[0]


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type with texts as they are."""
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_list(kind):
        return pa.list_(_plain(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(of.name, _plain(of.type)) for of in kind])
    return kind


def _encoded(array: pa.Array, kind: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(kind):
        return array.dictionary_encode()
    if pa.types.is_list(kind):
        return pa.ListArray.from_arrays(array.offsets, _encoded(array.values, kind.value_type))
    if pa.types.is_struct(kind):
        return struct(kind, [_encoded(array.field(of.name), of.type) for of in kind])
    return array


PLAIN = pa.schema([(of.name, _plain(of.type)) for of in SCHEMA])
"""The same columns with texts as they are, for readers that know no dictionaries."""


def plain(table: pa.Table) -> pa.Table:
    """A decided table with texts as they are."""
    found = []
    for batch in table.to_batches():
        arrays = [_decoded(column, field.type) for column, field in zip(batch.columns, SCHEMA, strict=True)]
        found.append(pa.RecordBatch.from_arrays(arrays, schema=PLAIN))
    return pa.Table.from_batches(found, schema=PLAIN)


def _decoded(array: pa.Array, kind: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(kind):
        return array.dictionary_decode()
    if pa.types.is_list(kind):
        return pa.ListArray.from_arrays(array.offsets, _decoded(array.values, kind.value_type))
    if pa.types.is_struct(kind):
        return struct(_plain(kind), [_decoded(array.field(of.name), of.type) for of in kind])
    return array
