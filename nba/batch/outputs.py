"""Files of decisions: Parquet, CSV (nested columns as JSON) and JSON Lines; and Arrow, for what is read back soon."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from nba.batch import output

SCHEMA = pa.schema([("row", pa.int64()), ("id", pa.string()), *output.PLAIN])
"""The columns of an output: the number of the row in the input, from 0, and the customer's id, before the decisions."""


def write(path: Path, batches: Iterable[pa.RecordBatch], kind: str) -> None:
    """Write a file of a kind (`.parquet`, ...) that gets its name only when it is whole."""
    unready = path.with_name(f".{path.name}.writing")
    {".parquet": _parquet, ".csv": _csv, ".jsonl": _jsonl, ".arrow": _arrow}[kind](unready, batches)
    with unready.open("rb+") as file:
        os.fsync(file.fileno())
    unready.replace(path)


def _parquet(path: Path, batches: Iterable[pa.RecordBatch]) -> None:
    writer = None
    for batch in batches:
        writer = writer or pq.ParquetWriter(path, batch.schema)
        writer.write_batch(batch)
    (writer or pq.ParquetWriter(path, SCHEMA)).close()


def _arrow(path: Path, batches: Iterable[pa.RecordBatch]) -> None:
    writer = None
    for batch in batches:
        writer = writer or pa.ipc.new_file(path, batch.schema, options=pa.ipc.IpcWriteOptions(compression="lz4"))
        writer.write_batch(batch)
    (writer or pa.ipc.new_file(path, SCHEMA)).close()


def _csv(path: Path, batches: Iterable[pa.RecordBatch]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(SCHEMA.names)
        for batch in batches:
            for row in batch.to_pylist():
                writer.writerow([_json(cell) if isinstance(cell, list) else cell for cell in row.values()])


def _jsonl(path: Path, batches: Iterable[pa.RecordBatch]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for batch in batches:
            file.writelines(_json(row) + "\n" for row in batch.to_pylist())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
