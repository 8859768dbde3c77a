"""Decisions on a table: `decide_frame`."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from nba.batch import mapped, output
from nba.batch.columns import NotCarried
from nba.batch.constants import column_of
from nba.batch.plan import Plan
from nba.batch.reading import record
from nba.batch.single import Taken
from nba.batch.tables import batches, names_of, row
from nba.batch.workers import shared
from nba.decision import Decision
from nba.errors import EngineError, Fault, InputError, MappingError
from nba.intake import OnInvalid
from nba.language.values import FAILED, Value
from nba.mapping import RowMapping, load_mapping
from nba.orchestrator import Orchestrator
from nba.schema.reading import reader
from nba.schema.scalars import instant

T = TypeVar("T")
R = TypeVar("R")

CHUNK = 65536
"""Rows that are decided at once."""
_NO_FIT = "they do not fit the schema, or something in them failed"


@dataclass(frozen=True)
class Report:
    """How a table was decided: how many rows on columns, and how many one by one, with the reasons."""

    rows: int = 0
    on_columns: int = 0
    one_by_one: Mapping[str, int] = field(default_factory=dict)
    row_functions: tuple[str, ...] = ()
    """The features and gates of plugins that were called for each row."""

    def __str__(self) -> str:
        lines = [f"{self.rows:,} rows, {self.on_columns:,} decided on columns"]
        lines += [f"{count:,} decided one by one: {reason}" for reason, count in self.one_by_one.items()]
        lines += [f"called for each row: {', '.join(self.row_functions)}"] if self.row_functions else []
        return "\n".join(lines)


class Decider:
    """Decides record batches by one rule set, for one moment and context. Shared by threads."""

    def __init__(
        self,
        orchestrator: Orchestrator,
        *,
        as_of: datetime | str,
        context: object = None,
        limit: int | None = 1,
        on_invalid: OnInvalid = "raise",
        mapping: RowMapping | None = None,
    ) -> None:
        orchestrator.check_asked(as_of=as_of, context=context, limit=limit, on_invalid=on_invalid)
        self.orchestrator = orchestrator
        self._as_of, self._context, self._limit, self._on_invalid = instant(as_of), context, limit, on_invalid
        self.mapping = None if mapping is None else mapping.check(orchestrator.ruleset.profile)
        self._plan: Plan | None = None
        self.reason = self._why_not()
        """Why no row can be decided on columns; None when they can."""
        if self.reason is None:
            self._plan = Plan(orchestrator.ruleset)
        ruleset = orchestrator.ruleset
        self.row_functions = tuple(sorted([*self._plan.row_functions] if self._plan else []))
        self.names = names_of(ruleset.profile) if mapping is None else _columns_of(mapping)
        """The columns of a table that are looked at."""
        self.wanted = None if orchestrator.extra == "forbid" and mapping is None else self.names
        """The columns of a table that are wanted; None for all, as those that are not looked at are told."""
        self.on_profiles = self._plan is not None and mapping is None and orchestrator.extra == "ignore"
        """Whether columns of profiles are of use: they are decided, and fields that the schema lacks do not count."""

    def _why_not(self) -> str | None:
        if self.orchestrator.ruleset.observers:
            return "a plugin observes each decision"
        errors: list[Any] = []
        self._around: Mapping[str, Value] = self.orchestrator.read_context(self._context, self._on_invalid, errors)
        return "a part of the context does not fit its schema" if errors else None

    def decide(
        self, batch: pa.RecordBatch, data: Callable[[int], object] | None = None
    ) -> tuple[pa.RecordBatch, Report]:
        """The output columns of a batch, and how they were decided; `data` gives a row that is decided by itself."""
        return self._decided(batch.num_rows, lambda: self._take(batch), data or (lambda place: row(batch, place)))

    def decide_rows(self, rows: Sequence[object]) -> tuple[pa.RecordBatch, Report]:
        """The same for rows of plain data, which are read one by one; an exception among them is what is wrong."""
        return self._decided(len(rows), lambda: self._read(rows), rows.__getitem__)

    def decision(self, batch: pa.RecordBatch, place: int) -> Decision:
        """The decision on one row, with all its reasons."""
        return self._decide(row(batch, place))

    def ids(self, rows: pa.RecordBatch | Sequence[object]) -> pa.Array:
        """The customers' ids as texts, where the rows have one."""
        name: str | None = "id"
        if self.mapping is not None:
            name = next((cell.take.from_ for cell in self.mapping.cells if cell.path == ("id",)), None)
        if isinstance(rows, pa.RecordBatch):
            column = rows.column(name) if name in rows.schema.names else pa.nulls(rows.num_rows)
            try:
                return column.cast(pa.string())
            except (
                pa.ArrowInvalid,
                pa.ArrowNotImplementedError,
            ):  # it is of a type that is no text: then there is no id
                return pa.nulls(rows.num_rows, pa.string())
        found = [row.get(name) if isinstance(row, Mapping) else None for row in rows]
        return pa.array([output.whole(str(of)) if isinstance(of, str | int) else None for of in found], pa.string())

    def _decided(
        self, count: int, take: Callable[[], Taken], data: Callable[[int], object]
    ) -> tuple[pa.RecordBatch, Report]:
        if count == 0:
            return output.table_of([]), Report()
        reason, decided = self.reason, None
        if self._plan is not None:
            try:
                taken = take()
                bad = np.broadcast_to(taken.bad, count)
                decided = self._plan.decide(taken.make(), count, bad, self._around, self._as_of, self._limit)
            except MappingError:  # columns are not there: no row has them
                raise
            except (NotCarried, pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:  # they are decided one by one
                reason = f"columns cannot carry {error}"
            except Exception as error:  # a fault of ours costs time, and no decision
                reason = f"columns failed with {type(error).__name__}: {str(error)[:200]} (please report it)"
        if decided is None:
            rows = [self._row(data, place) for place in range(count)]
            return output.table_of(rows), Report(count, 0, {reason or _NO_FIT: count}, self.row_functions)
        odd = np.flatnonzero(decided.odd)
        if not len(odd):
            return decided.batch, Report(count, count, {}, self.row_functions)
        instead = output.table_of([self._row(data, place) for place in odd.tolist()])
        report = Report(count, count - len(odd), {_NO_FIT: len(odd)}, self.row_functions)
        return output.replaced(decided.batch, odd, instead), report

    def _read(self, rows: Sequence[object]) -> Taken:
        """Rows of plain data by the strict reader."""
        read = reader(self.orchestrator.ruleset.profile, extra=self.orchestrator.extra, invalid=FAILED)
        values: list[Any] = []
        bad = np.zeros(len(rows), dtype=np.bool_)
        for place, data in enumerate(rows):
            faults: Sequence[Fault] = ()
            if self.mapping is not None:
                mapped_ = self.mapping.read(data)
                data, faults = mapped_.value, mapped_.faults
            reading = read(data)
            bad[place] = bool(reading.faults or faults)
            values.append({} if bad[place] else reading.value)
        column = column_of(values)
        return Taken(lambda: column, bad)

    def _take(self, batch: pa.RecordBatch) -> Taken:
        ruleset = self.orchestrator.ruleset
        sources: Mapping[str, Any] = dict(zip(batch.schema.names, batch.columns, strict=True))
        if self.mapping is not None:
            sources = mapped.sources(self.mapping, batch)
        return record(sources, np.ones(1, dtype=np.bool_), ruleset.profile, self.orchestrator.extra)

    def _decide(self, data: object) -> Decision:
        if isinstance(data, Exception):
            raise data
        profile = data if self.mapping is None else self.mapping.apply(data)
        return self.orchestrator.decide(
            profile, as_of=self._as_of, context=self._context, limit=self._limit, on_invalid=self._on_invalid
        )

    def _row(self, data: Callable[[int], object], place: int) -> dict[str, Any]:
        try:
            return output.row_of(self._decide(data(place)))
        except (InputError, EngineError, pa.ArrowInvalid, ValueError, OverflowError) as error:
            return output.row_of_error(error)


class DecidedFrame:
    """A table that is decided: a row of decisions for each of its rows, in order; see `nba.batch.output`.

    It gives an Arrow stream, so that `polars.DataFrame(decided)`, pandas, DuckDB and PyArrow read it.
    """

    def __init__(self, decider: Decider, asked: list[pa.RecordBatch], decided: list[pa.RecordBatch], report: Report):
        self._decider, self._asked = decider, asked
        self.table: pa.Table = pa.Table.from_batches(decided, schema=output.SCHEMA).unify_dictionaries()
        """The decisions as a PyArrow table."""
        self.report = report
        """How the rows were decided."""

    @property
    def asked(self) -> pa.Table:
        """The rows that were decided, as they came: of a lazy frame, the columns that are looked at."""
        return pa.Table.from_batches(self._asked) if self._asked else pa.table({})

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)

    def to_polars(self) -> Any:
        """The decisions as a Polars data frame, with texts as they are."""
        import polars

        return polars.from_arrow(output.plain(self.table))

    def decision(self, row: int) -> Decision:
        """The decision on a row, made anew by `decide`, with all its reasons.

        Raises:
            IndexError: there is no such row.
            ProfileError: the row is no profile.
        """
        if not -len(self) <= row < len(self):
            raise IndexError(f"there is no row {row}: the table has {len(self)}")
        place = row % len(self)
        for batch in self._asked:
            if place < batch.num_rows:
                return self._decider.decision(batch, place)
            place -= batch.num_rows
        raise IndexError(row)

    def explain(self, row: int) -> str:
        """The decision on a row in words."""
        return self.decision(row).explain()

    def __repr__(self) -> str:
        return f"<DecidedFrame of {self.report}>"


def _columns_of(mapping: RowMapping) -> set[str]:
    """The columns of a table that a mapping takes from: a path into a struct takes from the struct."""
    return {name for column in mapping.columns for name in (column, column.split(".")[0])}


def decide_frame(
    orchestrator: Orchestrator,
    frame: object,
    *,
    as_of: datetime | str,
    context: object = None,
    limit: int | None = 1,
    on_invalid: OnInvalid = "raise",
    mapping: RowMapping | str | os.PathLike[str] | None = None,
    processes: int | None = None,
) -> DecidedFrame:
    """See `Orchestrator.decide_frame`."""
    decider = _decider(orchestrator, as_of, context, limit, on_invalid, mapping)
    asked = list(batches(frame, CHUNK, decider.wanted))
    found = list(shared(decider.decide, asked, processes))
    return DecidedFrame(decider, asked, [batch for batch, _ in found], joined(report for _, report in found))


def decide_batches(
    orchestrator: Orchestrator,
    frame: object,
    *,
    as_of: datetime | str,
    context: object = None,
    limit: int | None = 1,
    on_invalid: OnInvalid = "raise",
    mapping: RowMapping | str | os.PathLike[str] | None = None,
    processes: int | None = None,
) -> Iterator[DecidedFrame]:
    """Decide for every row of a table that is larger than memory: part by part, in order, as they are taken.

    The arguments are those of `Orchestrator.decide_frame`, and so is what is raised. Memory is that of a few parts of
    65,536 rows, when the frame does not need more itself: a LazyFrame that scans files, or a stream of Arrow, does not.
    (Polars before 1.34 computes a LazyFrame as a whole.)

    >>> import nba
    >>> table = pa.table({"id": ["C-1", "C-2"]})
    >>> for part in decide_batches(nba.load(nba.shipped("car-dealer")), table, as_of="2026-11-22T09:00Z"):
    ...     print(part.asked["id"].to_pylist(), part.table["outcome"].to_pylist())
    ['C-1', 'C-2'] ['nothing_proposed', 'nothing_proposed']
    """
    decider = _decider(orchestrator, as_of, context, limit, on_invalid, mapping)
    source, asked = batches(frame, CHUNK, decider.wanted), deque[pa.RecordBatch]()

    def kept() -> Iterator[pa.RecordBatch]:
        for batch in source:
            asked.append(batch)
            yield batch

    found = shared(decider.decide, kept(), processes)
    return (DecidedFrame(decider, [asked.popleft()], [batch], report) for batch, report in found)


def _decider(
    orchestrator: Orchestrator,
    as_of: datetime | str,
    context: object,
    limit: int | None,
    on_invalid: OnInvalid,
    mapping: RowMapping | str | os.PathLike[str] | None,
) -> Decider:
    loaded = load_mapping(mapping) if isinstance(mapping, str | os.PathLike) else mapping
    return Decider(orchestrator, as_of=as_of, context=context, limit=limit, on_invalid=on_invalid, mapping=loaded)


def joined(reports: Iterable[Report]) -> Report:
    """The report of all."""
    rows, on_columns, one_by_one, functions = 0, 0, Counter[str](), set[str]()
    for report in reports:
        rows, on_columns = rows + report.rows, on_columns + report.on_columns
        one_by_one.update(report.one_by_one)
        functions |= set(report.row_functions)
    return Report(rows, on_columns, dict(one_by_one), tuple(sorted(functions)))
