"""Tables of any kind as Arrow record batches, and their rows as plain profiles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from nba.language import types


def batches(table: object, size: int, names: Iterable[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The rows of a table as batches of at most `size`: a Polars frame, or anything that gives an Arrow stream.

    Of a lazy frame, only the columns of these names are computed, and few batches are there at once.

    Raises:
        ValueError: it is no table.
    """
    return _sliced(_reader(table, size, names), size)


def _sliced(reader: Iterable[pa.RecordBatch], size: int) -> Iterator[pa.RecordBatch]:
    for batch in reader:
        whole = fitted(batch)
        for start in range(0, whole.num_rows, size):
            yield whole.slice(start, size)


def fitted(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch with instants no finer than Python's."""
    if not _too_fine(batch.schema) or not batch.num_rows:
        return batch
    fitting = pa.schema([pa.field(of.name, _micro(of.type)) for of in batch.schema])
    return pa.Table.from_batches([batch]).cast(fitting, safe=False).combine_chunks().to_batches()[0]


def _reader(table: Any, size: int, names: Iterable[str] | None) -> Iterable[pa.RecordBatch]:
    if isinstance(table, pa.RecordBatch):
        return [table]
    if type(table).__module__.startswith("polars") and hasattr(table, "collect_schema"):
        if hasattr(table, "collect"):  # lazy
            if names is not None:
                known = set(names)
                table = table.select([name for name in table.collect_schema().names() if name in known])
            if hasattr(table, "collect_batches"):  # since Polars 1.34
                return _collected(table, size)
            table = table.collect()
        table = table.to_arrow()
    if isinstance(table, pa.Table):
        return _whole(table)
    if hasattr(table, "__arrow_c_stream__"):
        return _streamed(table)
    raise ValueError(
        f"a frame should be a Polars frame or give an Arrow stream (pandas, DuckDB, PyArrow do), "
        f"not {type(table).__name__}"
    )


def _collected(lazy: Any, size: int) -> Iterable[pa.RecordBatch]:
    for frame in lazy.collect_batches(chunk_size=size, lazy=True):
        yield from _whole(frame.to_arrow())


def _whole(table: pa.Table) -> Iterable[pa.RecordBatch]:
    yield from table.combine_chunks().to_batches()


def _streamed(table: Any) -> Iterable[pa.RecordBatch]:
    yield from pa.RecordBatchReader.from_stream(table)


def _too_fine(schema: pa.Schema) -> bool:
    return any("[ns" in str(of.type) for of in schema)


def _micro(kind: pa.DataType) -> pa.DataType:
    """The type with instants in microseconds, which is as fine as Python's."""
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        return pa.timestamp("us", kind.tz)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return (pa.list_ if pa.types.is_list(kind) else pa.large_list)(_micro(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(of.name, _micro(of.type)) for of in kind])
    return kind


def row(batch: pa.RecordBatch, place: int) -> dict[str, Any]:
    """One row as plain data; a map as a dict."""
    found: dict[str, Any] = batch.slice(place, 1).to_pylist(maps_as_pydicts="lossy")[0]
    return found


def names_of(record: types.Record) -> set[str]:
    """The names that the fields of a record go by in data."""
    return {name for field, of in record.fields.items() for name in (field, *of.aliases)}
