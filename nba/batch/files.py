"""Decisions on files larger than memory: decided and saved part by part, so that a killed run goes on where it was.

Beside the output `out.parquet` a folder `out.parquet.parts` holds a file for each part that is decided. A file gets its
name only when it is whole, so whatever is there under its name is whole; when all are there they become the output, and
the folder is removed. To be killed at any moment loses at most the parts in the works, and doubles nothing.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nba.batch import mapped, output, outputs
from nba.batch.frames import CHUNK, Decider, Report, joined
from nba.batch.inputs import KINDS, Part, parts, schema_of
from nba.batch.workers import shared
from nba.errors import NbaError

_COUNTS = b"nba"


class BatchError(NbaError):
    """A file cannot be decided as a whole. The message says why, and what to do."""


@dataclass
class Summary:
    """What came of a file."""

    rows: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    faulty: int = 0
    """Rows with errors, invalid ones too."""
    unmet: int = 0
    """Rows whose decision does not meet an `always` law."""
    resumed: int = 0
    """Rows that an earlier run had decided."""
    report: Report = field(default_factory=Report)

    def add(self, counts: Mapping[str, Any]) -> None:
        """Count a part."""
        self.rows += counts["rows"]
        self.outcomes.update(counts["outcomes"])
        self.faulty += counts["faulty"]
        self.unmet += counts["unmet"]


def decide_file(
    decider: Decider,
    source: Path,
    target: Path,
    *,
    asked: Mapping[str, object],
    part: int = CHUNK,
    progress: Callable[[int], None] = lambda rows: None,
    processes: int | None = None,
) -> Summary:
    """Decide each row of a file, and write the decisions into another.

    Args:
        decider: the rules, moment and context.
        source: a .parquet, .csv (texts only; map them) or .jsonl file.
        target: a .parquet, .csv or .jsonl file; what it held before is replaced at the end.
        asked: what is asked, as plain data, to tell an unfinished run of the same from one of another.
        part: how many rows are decided and saved at once.
        progress: called with numbers of rows that are decided.
        processes: see `decide_frame`.

    Raises:
        BatchError: a file cannot be read or written, or the unfinished output is of another run.
        MappingError: columns that the mapping names are not there.
    """
    for path in (source, target):
        if path.suffix not in KINDS:
            raise BatchError(f"`{path}`: the name of a file ends in {', '.join(KINDS)}")
    try:
        schema = schema_of(source)
        if schema is not None and decider.mapping is not None:
            mapped.check(decider.mapping, schema)
        profile = decider.orchestrator.ruleset.profile if decider.on_profiles else None
        folder = parts_folder(target)
        with _held(folder, {**asked, "source": _identity(source), "part": part}) as lock:
            summary, number = _earlier(folder)
            progress(summary.rows)
            reports = []
            for batch, counts, report in shared(
                partial(_decided, decider), parts(source, part, summary.rows, profile), processes, forked=lock.close
            ):
                _save(folder, number, batch, summary.rows, counts)
                summary.add(counts)
                reports.append(report)
                number += 1
                progress(batch.num_rows)
            outputs.write(target, _saved(folder, number), target.suffix)
            summary.report = joined(reports)
        shutil.rmtree(folder)
    except (OSError, ValueError, pa.ArrowException) as error:
        name = getattr(error, "filename", None) or source
        raise BatchError(f"`{name}`: {getattr(error, 'strerror', None) or error}") from None
    return summary


def parts_folder(target: Path) -> Path:
    """Where the parts of an unfinished output are."""
    return target.with_name(target.name + ".parts")


def unfinished(target: Path) -> dict[str, Any]:
    """What an unfinished run was asked; nothing when there is none."""
    try:
        found = json.loads((parts_folder(target) / "asked.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@contextmanager
def _held(folder: Path, asked: Mapping[str, object]) -> Iterator[TextIO]:
    """The folder of parts of this run, held so that no other run writes into it."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            import fcntl
        except ImportError:  # no locks of this kind on this system
            pass
        else:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise BatchError(f"another run is writing into `{folder}`") from None
        told = json.loads(json.dumps(dict(asked)))
        file = folder / "asked.json"
        if not file.exists():  # new; or it was about to be removed
            for left in folder.glob("part-*"):
                left.unlink()
            unready = folder / ".asked"
            unready.write_text(json.dumps(told), encoding="utf-8")
            unready.replace(file)
        elif (before := json.loads(file.read_text(encoding="utf-8"))) != told:
            differ = sorted(name for name in {*before, *told} if before.get(name) != told.get(name))
            raise BatchError(
                f"`{folder}` is the unfinished output of a run with another {', '.join(differ)}: run that one again to "
                "finish it, or remove the folder to begin anew"
            )
        yield lock


def _identity(path: Path) -> dict[str, object]:
    found = path.stat()
    return {"path": str(path.resolve()), "size": found.st_size, "changed": found.st_mtime_ns}


def _name(folder: Path, number: int) -> Path:
    return folder / f"part-{number:08}"


def _earlier(folder: Path) -> tuple[Summary, int]:
    """What earlier runs have saved, and the number of the next part."""
    summary, number = Summary(), 0
    while _name(folder, number).exists():
        with pa.ipc.open_file(_name(folder, number)) as file:
            summary.add(json.loads(file.schema.metadata[_COUNTS]))
        number += 1
    summary.resumed = summary.rows
    return summary, number


def _decided(decider: Decider, one: Part) -> tuple[pa.RecordBatch, dict[str, Any], Report]:
    """The output of a part with the customers' ids, how much of what there is in it, and how it was decided."""
    if isinstance(one.rows, pa.RecordBatch):
        decided, report = decider.decide(one.rows, one.data)
    else:
        decided, report = decider.decide_rows(one.rows)
    if one.wrong:
        instead = output.table_of([output.row_of_error(error) for error in one.wrong.values()])
        decided = output.replaced(decided, np.array(list(one.wrong)), instead)
    found = output.plain(pa.Table.from_batches([decided])).combine_chunks().to_batches()[0]
    ids = decider.ids(one.rows)
    outcomes = pc.value_counts(found.column("outcome")).to_pylist()
    counts = {
        "rows": found.num_rows,
        "outcomes": {of["values"]: of["counts"] for of in outcomes},
        "faulty": pc.sum(pc.greater(pc.list_value_length(found.column("errors")), 0)).as_py() or 0,
        "unmet": pc.sum(pc.greater(pc.list_value_length(found.column("laws_unmet")), 0)).as_py() or 0,
    }
    return pa.RecordBatch.from_arrays([ids, *found.columns], schema=pa.schema([*outputs.SCHEMA][1:])), counts, report


def _save(folder: Path, number: int, batch: pa.RecordBatch, first: int, counts: Mapping[str, Any]) -> None:
    numbers = pa.array(np.arange(first, first + batch.num_rows, dtype=np.int64))
    schema = outputs.SCHEMA.with_metadata({_COUNTS: json.dumps(counts).encode()})
    outputs.write(
        _name(folder, number), [pa.RecordBatch.from_arrays([numbers, *batch.columns], schema=schema)], ".arrow"
    )


def _saved(folder: Path, parts: int) -> Iterator[pa.RecordBatch]:
    for place in range(parts):
        with pa.ipc.open_file(_name(folder, place)) as file:
            for number in range(file.num_record_batches):
                yield pa.RecordBatch.from_arrays(file.get_batch(number).columns, schema=outputs.SCHEMA)
