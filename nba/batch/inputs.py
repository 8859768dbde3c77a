"""Files of customers, part by part: Parquet, CSV and JSON Lines. A row that cannot be read is a row with an error."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from nba.authoring.data import data_of
from nba.batch import json_lines
from nba.batch.tables import fitted
from nba.errors import RulesError
from nba.language import types

KINDS = (".parquet", ".csv", ".jsonl")
_LONGEST_CELL = 10_000_000  # characters


@dataclass(frozen=True)
class Part:
    """Some rows of a file: as Arrow columns, or as plain data. What is wrong with a row is kept by its place."""

    rows: pa.RecordBatch | Sequence[object]
    wrong: Mapping[int, Exception] = field(default_factory=dict)
    data: Callable[[int], object] | None = None
    """A row as plain data, where the columns do not tell it as it was written."""

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self.rows.num_rows if isinstance(self.rows, pa.RecordBatch) else len(self.rows)

    def behind(self, skip: int) -> Part:
        """The rows behind the first so many."""
        if skip == 0:
            return self
        rows = self.rows.slice(min(skip, self.count)) if isinstance(self.rows, pa.RecordBatch) else self.rows[skip:]
        return Part(rows, {place - skip: error for place, error in self.wrong.items() if place >= skip})


def parts(path: Path, size: int, skip: int, profile: types.Record | None = None) -> Iterator[Part]:
    """The rows of a file behind the first so many, at most so many at once.

    Lines of JSON that are profiles of this type are read as columns where the values are the same.

    Raises:
        OSError, ValueError: it cannot be read.
    """
    if path.suffix == ".jsonl":
        return _jsonl(path, size, skip, profile)
    return (_parquet if path.suffix == ".parquet" else _csv)(path, size, skip)


def count_of(path: Path) -> int | None:
    """How many rows a file has, where that costs nothing to know."""
    return int(pq.ParquetFile(path).metadata.num_rows) if path.suffix == ".parquet" else None


def schema_of(path: Path) -> pa.Schema | None:
    """The columns of a file; None where each row has its own."""
    if path.suffix == ".parquet":
        return pq.ParquetFile(path).schema_arrow
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return pa.schema([(name, pa.string()) for name in next(csv.reader(file), [])])
    return None


def _parquet(path: Path, size: int, skip: int) -> Iterator[Part]:
    with pq.ParquetFile(path) as file:
        groups: list[int] = []
        first = 0
        for group in range(file.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            if first + rows <= skip and not groups:
                first += rows  # whole groups are left out unread
            else:
                groups.append(group)
        left = skip - first
        for batch in file.iter_batches(batch_size=size, row_groups=groups) if groups else ():
            some, left = batch.slice(min(left, batch.num_rows)), max(0, left - batch.num_rows)
            if some.num_rows:
                yield Part(fitted(some))


def _csv(path: Path, size: int, skip: int) -> Iterator[Part]:
    """All cells are texts, as they are written; what they mean is for the mapping file to say."""
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            names = next(csv.reader(file), [])
            if len(set(names)) != len(names):
                raise ValueError("two columns have the same name")
            while lines := list(islice(file, size)):
                if not names:
                    raise ValueError("the first line names no columns")
                part = _unquoted(lines, names)
                if part is None:  # the reader takes all of the lines, and as many more as it needs for so many rows
                    rows = (row for row in csv.reader(chain(lines, file)) if row)  # an empty line is no row
                    part = _cells(list(islice(rows, size)), names)
                left, skip = part.behind(skip), max(0, skip - part.count)
                if left.count:
                    yield left
        except csv.Error as error:
            raise ValueError(str(error)) from None


def _unquoted(lines: list[str], names: list[str]) -> Part | None:
    """The rows of lines without quotes, which Arrow reads as Python does, and faster; None where it might not."""
    text = "".join(lines).replace("\r\n", "\n")
    if '"' in text or "\r" in text or len(names) < 2 or len(text) > _LONGEST_CELL * 20:
        return None
    rows, commas = [line for line in text.split("\n") if line], len(names) - 1
    if max(map(len, rows), default=0) > _LONGEST_CELL:
        return None
    wrong: dict[int, Exception] = {}
    for place, row in enumerate(rows):
        if row.count(",") != commas:
            wrong[place], rows[place] = _other_cells(row.count(",") + 1, names), "," * commas
    if not rows:
        return Part([])
    data = "\n".join(rows).encode()
    table = arrow_csv.read_csv(
        pa.BufferReader(data),
        arrow_csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
        arrow_csv.ParseOptions(quote_char=False, ignore_empty_lines=False),
        arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )
    return Part(table.combine_chunks().to_batches()[0], wrong)


def _cells(rows: list[list[str]], names: list[str]) -> Part:
    wrong: dict[int, Exception] = {}
    for place, row in enumerate(rows):
        if len(row) != len(names):
            wrong[place], rows[place] = _other_cells(len(row), names), [""] * len(names)
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return Part(pa.RecordBatch.from_arrays(columns, names=names) if rows else [], wrong)


def _other_cells(count: int, names: list[str]) -> ValueError:
    return ValueError(f"the row has {count} cells, and the table {len(names)} columns")


def _jsonl(path: Path, size: int, skip: int, profile: types.Record | None) -> Iterator[Part]:
    with path.open("rb") as file:
        lines = ((number, line) for number, line in enumerate(file, 1) if line.strip())
        for _ in islice(lines, skip):
            pass
        while some := list(islice(lines, size)):
            if profile is None:
                yield _objects(some)
                continue
            for start, end, batch in json_lines.runs([line for _, line in some], profile):
                run = some[start:end]
                yield _objects(run) if batch is None else Part(batch, data=partial(_object, run))


def _objects(lines: Sequence[tuple[int, bytes]]) -> Part:
    found = [_object(lines, place) for place in range(len(lines))]
    wrong = {place: error for place, error in enumerate(found) if isinstance(error, ValueError)}
    return Part([{} if place in wrong else of for place, of in enumerate(found)], wrong)


def _object(lines: Sequence[tuple[int, bytes]], place: int) -> object:
    """The object in a line; a ValueError when it is none."""
    number, line = lines[place]
    try:
        return data_of(f"line {number}", line, json_only=True)
    except RulesError as error:
        return ValueError("; ".join(problem.message for problem in error.problems))
