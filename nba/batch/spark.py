"""Decisions on a cluster: the partitions of a Spark DataFrame, each on the same columns as `decide_frame`.

    from nba.batch.spark import Rules, decide
    decided = decide(customers, Rules.read("rules"), as_of="2026-11-22T09:00:00Z", keep=["id"])

Scheduling, retries and shuffles are Spark's. The rules' files are broadcast once, and each Python worker loads them
once, checked by their hash. A row that cannot be decided is a row with an error. The executors need nba installed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from nba.batch import mapped, output
from nba.batch.frames import CHUNK, Decider
from nba.batch.tables import fitted
from nba.errors import EngineError
from nba.intake import OnInvalid
from nba.loading import Where, load
from nba.mapping import RowMapping
from nba.orchestrator import Orchestrator

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

COLUMNS = """
    outcome string,
    actions array<struct<rank: int, action: string, key: string, department: string, tier: string, score: double,
        channel: string, proposed_by: array<string>>>,
    blocked int,
    blocked_by array<struct<id: string, count: int>>,
    laws_unmet array<string>,
    tasks array<struct<department: string, rule: string, message: string>>,
    errors array<struct<origin: string, message: string>>
"""
"""The columns of a decided table, in Spark's words; see `nba.batch.output`."""


@dataclass(frozen=True)
class Rules:
    """What a rule set is loaded from, as data that travels: the files of folders, and the names of installed packs."""

    roots: tuple[tuple[tuple[str, bytes], ...], ...]
    packs: tuple[str, ...] | None = None

    @classmethod
    def read(cls, *paths: Where, packs: Iterable[str] | None = None) -> Rules:
        """Read the files; the arguments are those of `nba.load`.

        >>> import nba
        >>> rules = Rules.read(nba.shipped("car-dealer"))
        >>> rules.load().ruleset.hash == nba.load(nba.shipped("car-dealer")).ruleset.hash
        True
        """
        return cls(tuple(_files(Path(path)) for path in paths), None if packs is None else tuple(packs))

    def load(self) -> Orchestrator:
        """Load the rules from what was read."""
        with tempfile.TemporaryDirectory() as folder:
            roots = [Path(folder) / str(number) for number in range(len(self.roots))]
            for root, files in zip(roots, self.roots, strict=True):
                for name, data in files:
                    (root / name).parent.mkdir(parents=True, exist_ok=True)
                    (root / name).write_bytes(data)
            return load(*roots, packs=self.packs)


def _files(path: Path) -> tuple[tuple[str, bytes], ...]:
    if path.is_file():
        return ((path.name, path.read_bytes()),)
    found = [file for file in sorted(path.rglob("*")) if file.is_file()]
    return tuple((file.relative_to(path).as_posix(), file.read_bytes()) for file in found)


@dataclass(frozen=True)
class _Asked:
    """All that a worker needs."""

    rules: Rules
    hash: str
    as_of: datetime | str
    context: Any
    limit: int | None
    on_invalid: OnInvalid
    mapping: RowMapping | None
    keep: tuple[str, ...]

    def decider(self) -> Decider:
        """The rules, loaded and ready."""
        orchestrator = self.rules.load()
        if orchestrator.ruleset.hash != self.hash:
            raise EngineError(
                "a worker loads other rules than the driver: the versions of nba, its plugins and tzdata have to be "
                "the same on all machines"
            )
        return Decider(
            orchestrator,
            as_of=self.as_of,
            context=self.context,
            limit=self.limit,
            on_invalid=self.on_invalid,
            mapping=self.mapping,
        )


def decide(
    frame: DataFrame,
    rules: Rules,
    *,
    as_of: datetime | str,
    context: Any = None,
    limit: int | None = 1,
    on_invalid: OnInvalid = "raise",
    mapping: RowMapping | None = None,
    keep: Sequence[str] = ("id",),
) -> DataFrame:
    """Decide for every row of a Spark DataFrame, lazily: the columns to `keep`, and those of the decisions.

    Args:
        frame: its columns are the profile's fields, or what the mapping takes them from.
        rules: the rules, read on the driver.
        as_of: like `context`, `limit`, `on_invalid` and `mapping`, as for `decide_frame`.
        keep: columns of the frame that tell whose decision it is.

    Raises:
        ValueError: there is no such column to keep; or as `decide_frame`.
    """
    unknown = [name for name in keep if name not in frame.columns]
    if unknown:
        raise ValueError(f"there is no column `{unknown[0]}` to keep: the frame has {', '.join(frame.columns)}")
    orchestrator = rules.load()
    asked = _Asked(rules, orchestrator.ruleset.hash, as_of, context, limit, on_invalid, mapping, tuple(keep))
    decider = asked.decider()  # what is wrong with the arguments is told here, not on the cluster
    if decider.mapping is not None:
        mapped.check(decider.mapping, pa.schema([(name, pa.null()) for name in frame.columns]))
    if orchestrator.extra == "ignore":
        wanted = decider.names | set(keep)
        frame = frame.select([name for name in frame.columns if name in wanted])
    kept = [f"`{name}` {frame.schema[name].dataType.simpleString()}" for name in keep]
    broadcast = frame.sparkSession.sparkContext.broadcast(asked)
    return frame.mapInArrow(partial(_decided, broadcast), ", ".join([*kept, COLUMNS]))


_deciders: dict[tuple[str, str], Decider] = {}  # of a Python worker, which is used for many partitions


def _decided(broadcast: Any, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    asked: _Asked = broadcast.value
    key = asked.hash, repr((asked.as_of, asked.context, asked.limit, asked.on_invalid, asked.mapping))
    if key not in _deciders:
        _deciders[key] = asked.decider()
    decider = _deciders[key]
    for batch in batches:
        for start in range(0, batch.num_rows, CHUNK):
            some = fitted(batch.slice(start, CHUNK))
            found, _ = decider.decide(some)
            [plain] = output.plain(pa.Table.from_batches([found])).combine_chunks().to_batches()
            columns = [*(some.column(name) for name in asked.keep), *plain.columns]
            yield pa.RecordBatch.from_arrays(columns, names=[*asked.keep, *plain.schema.names])
