"""Files of customers, part by part: Parquet, CSV and JSON Lines. A row that cannot be read is a row with an error."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from nba.authoring.data import data_of
from nba.batch.tables import fitted
from nba.errors import RulesError

KINDS = (".parquet", ".csv", ".jsonl")
_LONGEST_CELL = 10_000_000  # characters


@dataclass(frozen=True)
class Part:
    """Some rows of a file: as Arrow columns, or as plain data. What is wrong with a row is kept by its place."""

    rows: pa.RecordBatch | Sequence[object]
    wrong: Mapping[int, Exception] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self.rows.num_rows if isinstance(self.rows, pa.RecordBatch) else len(self.rows)


def parts(path: Path, size: int, skip: int) -> Iterator[Part]:
    """The rows of a file behind the first so many, at most so many at once.

    Raises:
        OSError, ValueError: it cannot be read.
    """
    read = {".parquet": _parquet, ".csv": _csv, ".jsonl": _jsonl}[path.suffix]
    return read(path, size, skip)


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
        reader = csv.reader(file)
        names = next(reader, [])
        if len(set(names)) != len(names):
            raise ValueError("two columns have the same name")
        rows = (row for row in reader if row)  # an empty line is no row
        for _ in islice(rows, skip):
            pass
        while some := list(islice(rows, size)):
            wrong: dict[int, Exception] = {}
            for place, row in enumerate(some):
                if len(row) != len(names):
                    told = f"the row has {len(row)} cells, and the table {len(names)} columns"
                    wrong[place], some[place] = ValueError(told), [""] * len(names)
            columns = [pa.array(column, pa.string()) for column in zip(*some, strict=True)]
            yield Part(pa.RecordBatch.from_arrays(columns, names=names), wrong)


def _jsonl(path: Path, size: int, skip: int) -> Iterator[Part]:
    with path.open("rb") as file:
        lines = ((number, line) for number, line in enumerate(file, 1) if line.strip())
        for _ in islice(lines, skip):
            pass
        while some := list(islice(lines, size)):
            rows: list[object] = []
            wrong: dict[int, Exception] = {}
            for place, (number, line) in enumerate(some):
                try:
                    rows.append(data_of(f"line {number}", line, json_only=True))
                except RulesError as error:
                    wrong[place] = ValueError("; ".join(problem.message for problem in error.problems))
                    rows.append({})
            yield Part(rows, wrong)
