"""`mapping.yaml`: how a warehouse's flat rows, or an ORM's objects, become profiles.

    mapping: dealers
    missing: ["", NA]                       # texts that mean "not known"; only the empty text when not given
    fields:
      id: Customer                          # profile path: column, or a path into the row such as `account.owner`
      birth_date: {from: Born, type: date, format: "%m/%d/%Y"}
      service.open: {from: Open, values: {Yes: true, No: false}}
      propensities["sales.gold"]: {from: Score, type: number, default: 0.1}
      service.region: {value: north}
      service.cases: {repeat: Number_of_Open_Complaints, item: {status: open, id: {from: Case}}}

No expressions: what a mapping cannot say belongs into the query that makes the rows. Texts are turned into numbers,
dates and so on here and only here, and strictly; what comes out is still read by the schema.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nba.documents import yaml
from nba.documents.nodes import Node, at, key_at
from nba.documents.validate import validate
from nba.errors import Fault, MappingError, Problem, RulesError, did_you_mean
from nba.language import types
from nba.language.values import FAILED
from nba.schema.columns import ABSENT, Convert, Kind, as_text, converter, look_up
from nba.schema.mapping_document import MappingDocument, Take
from nba.schema.paths import parse_path
from nba.schema.scalars import Misfit, kind_of
from nba.schema.single import value_reader
from nba.schema.zones import zone
from nba.source import Source, Span

_MOST_REPEATED = 1000
_CONVERTED: Mapping[type[types.Type], Kind] = {types.Number: "number", types.Boolean: "boolean"}
_FITS: Mapping[Kind, tuple[type[types.Type], ...]] = {
    "text": (types.String, types.Enum),
    "number": (types.Number,),
    "integer": (types.Number,),
    "boolean": (types.Boolean,),
    "date": (types.Date,),
    "instant": (types.Instant,),
}


@dataclass(frozen=True)
class Cell:
    """The taking of one field, ready to run."""

    path: tuple[str, ...]
    shown: str
    take: Take
    span: Span | None
    missing: frozenset[str]
    convert: Callable[[object], object] | None = None
    item: tuple[Cell, ...] = ()

    def is_missing(self, found: object) -> bool:
        """Whether a column holds what stands for nothing."""
        return found is None or as_text(found) in self.missing

    def read(self, found: object) -> object:
        """What a column's value stands for; `repeat:` is another matter.

        Raises:
            Misfit: it is not what the file says.
        """
        if self.is_missing(found):
            return copy.deepcopy(self.take.default)
        values = self.take.values
        if values is not None:
            text = as_text(found)
            if text not in values:
                raise Misfit(f"{kind_of(found)} that `values:` does not list", _listed(values))
            return values[text]
        return found if self.convert is None else self.convert(found)


@dataclass(frozen=True)
class Mapped:
    """What a mapping makes of a row, for the strict reader, and every cell that is not what the file says."""

    value: dict[str, object]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class RowMapping:
    """A mapping file, loaded. Immutable, and shared by threads."""

    name: str
    cells: tuple[Cell, ...]

    def apply(self, row: object) -> dict[str, object]:
        """The profile of a row (a mapping, or an object with attributes), for the strict reader.

        Raises `MappingError` naming every column that is not there and every cell that is not what the file says.
        """
        mapped = self.read(row)
        if mapped.faults:
            raise MappingError(mapped.faults)
        return mapped.value

    def read(self, row: object) -> Mapped:
        """The same without raising: what can be mapped, and the faults.

        A field whose cell is wrong is `FAILED`, for a reader that goes on with what is right (`invalid=FAILED`).
        """
        faults: list[Fault] = []
        return Mapped(_record(self.cells, row, faults, ""), tuple(faults))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the file names, sorted: a SELECT list."""
        cells = [*self.cells, *(inner for cell in self.cells for inner in cell.item)]
        return tuple(sorted({name for cell in cells for name in (cell.take.from_, cell.take.repeat) if name}))

    def check(self, record: types.Record) -> RowMapping:
        """The mapping for profiles of a schema: columns without a `type:` get it from the field that they go to.

        So a text in a column for a number is read as a number. Raises `RulesError` for paths that the schema does not
        have, and for types and constants that do not fit it.
        """
        problems: list[Problem] = []
        cells = tuple(_fitted(cell, record, problems) for cell in self.cells)
        if problems:
            raise RulesError(problems)
        return replace(self, cells=cells)


def load_mapping(path: str | os.PathLike[str], record: types.Record | None = None) -> RowMapping:
    """Load a mapping file; with a record, check it against the schema too (see `RowMapping.check`).

    Raises `RulesError` with the place of everything that is wrong.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        problem = Problem("file", f"the mapping file {os.fspath(path)} cannot be read: {error.strerror}")
        raise RulesError([problem]) from error
    mapping = _mapping_of(yaml.read_bytes(os.fspath(path), data))
    return mapping if record is None else mapping.check(record)


def mapping_of(source: Source) -> RowMapping:
    """The mapping of a text.

    >>> text = "{mapping: m, fields: {id: Customer, value: {from: Worth, type: number}}}"
    >>> mapping = mapping_of(Source("m.yaml", text))
    >>> mapping.apply({"Customer": "C-1", "Worth": "12.5"})
    {'id': 'C-1', 'value': 12.5}
    """
    return _mapping_of(yaml.read(source))


def _mapping_of(node: Node | None) -> RowMapping:
    if node is None:
        raise RulesError(
            [Problem("missing-key", "the mapping file is empty", help="give `mapping: name` and `fields:`")]
        )
    document = validate(node, MappingDocument)
    problems: list[Problem] = []
    cells = _cells(document.fields, node, ("fields",), document.missing, problems)
    if problems:
        raise RulesError(problems)
    return RowMapping(document.mapping, cells)


def _cells(
    takes: Mapping[str, Take], node: Node, place: tuple[str, ...], missing: list[Any], problems: list[Problem]
) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for shown, take in takes.items():
        here, span = (*place, shown), key_at(node, (*place, shown))
        path = parse_path(shown)
        if path is None:
            help = 'such as service.region or propensities["sales.gold"]'
            problems.append(Problem("bad-path", f"`{shown[:100]}` is not a path of a profile", span, help))
            continue
        for other in cells:
            if other.path[: len(path)] == path[: len(other.path)]:
                problem = f"`{shown}` and `{other.shown}` fill the same place"
                problems.append(Problem("same-place", problem, span, "remove one of them"))
        convert = None
        if take.type is not None:
            convert = converter(take.type, format=take.format, zone=zone(take.timezone))
        absent = missing if take.missing is None else take.missing
        cells.append(
            Cell(
                path,
                shown,
                take,
                at(node, here),
                frozenset(text for text in map(as_text, absent) if text is not None),
                convert,
                _cells(take.item or {}, node, (*here, "item"), missing, problems),
            )
        )
    return tuple(cells)


def _record(cells: tuple[Cell, ...], row: object, faults: list[Fault], prefix: str) -> dict[str, object]:
    """What the cells take from a row, nested by path."""
    out: dict[str, Any] = {}
    for cell in cells:
        shown = f"{prefix}.{cell.shown}" if prefix else cell.shown
        try:
            taken = _taken(cell, row, faults, shown)
        except Misfit as misfit:
            column = cell.take.from_ or cell.take.repeat
            faults.append(Fault(shown, f"{misfit.found} in the column `{column}`", misfit.wanted))
            taken = FAILED
        if taken is not None:
            inner = out
            for part in cell.path[:-1]:
                inner = inner.setdefault(part, {})
            inner[cell.path[-1]] = taken
    return out


def _taken(cell: Cell, row: object, faults: list[Fault], shown: str) -> object:
    take = cell.take
    column = take.from_ or take.repeat
    if column is None:
        return copy.deepcopy(take.value)
    try:
        found = look_up(row, column)
    except Exception as error:  # a column may be a lazy attribute of an app's object
        raise Misfit(f"an object that raised {type(error).__name__}", "a value that can be read") from None
    if found is ABSENT:
        if not take.optional:
            near = did_you_mean(column, _columns_of(row)) or "say `optional: true` if rows may lack it"
            faults.append(Fault(shown, f"no column `{column}`", f"a row that has it ({near})"))
            return FAILED
        found = None
    if take.repeat is not None and not cell.is_missing(found):
        return _repeated(cell, found, row, faults, shown)
    return cell.read(found)


def repeats(found: object) -> int:
    """How often `repeat:` repeats.

    Raises:
        Misfit: it is no whole number, or out of range.
    """
    count = converter("integer")(found)
    if not isinstance(count, int) or not 0 <= count <= _MOST_REPEATED:
        raise Misfit("a number out of range", f"a whole number from 0 to {_MOST_REPEATED}")
    return count


def _repeated(cell: Cell, found: object, row: object, faults: list[Fault], shown: str) -> object:
    count = repeats(found)
    return [_record(cell.item, row, faults if index == 0 else [], f"{shown}[{index}]") for index in range(count)]


def _listed(values: Mapping[str, object]) -> str:
    names = [f'"{name}"' for name in values]
    return "one of " + ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")


def _columns_of(row: object) -> list[str]:
    """The names that a row has, for suggestions."""
    try:
        names = list(row) if isinstance(row, Mapping) else [name for name in dir(row) if not name.startswith("_")]
    except Exception:  # the row is the caller's object
        return []
    return [name for name in names[:1000] if isinstance(name, str)]


def _fitted(cell: Cell, record: types.Record, problems: list[Problem]) -> Cell:
    kind = _type_at(cell, record, problems)
    if kind is None:
        return cell
    take = cell.take
    literals = [take.value, take.default, *(take.values or {}).values()]
    for literal in literals:
        for fault in value_reader(kind)(literal)[1]:
            problem = f"the constant for `{cell.shown}` does not fit: found {fault.found}"
            problems.append(Problem("wrong-type", problem, cell.span, f"give {fault.wanted}"))
    if take.repeat is not None:
        if not (isinstance(kind, types.ListOf) and isinstance(kind.item, types.Record)):
            problem = f"`{cell.shown}` is a {kind}, and `repeat:` gives a list of records"
            problems.append(Problem("wrong-type", problem, cell.span))
            return cell
        item = kind.item
        return replace(cell, item=tuple(_fitted(inner, item, problems) for inner in cell.item))
    if take.type is not None and not isinstance(kind, _FITS[take.type]):
        problem = f"`{cell.shown}` is a {kind}, and the mapping gives a {take.type}"
        problems.append(Problem("wrong-type", problem, cell.span, "change `type:`"))
    if take.type is None and take.from_ is not None and take.values is None:
        wanted = _CONVERTED.get(type(kind))
        return replace(cell, convert=_texts_only(converter(wanted))) if wanted is not None else cell
    return cell


def _texts_only(convert: Convert) -> Callable[[object], object]:
    """Texts are converted; what has a type of its own is left for the strict reader."""
    return lambda cell: convert(cell) if isinstance(cell, str) else cell


def _type_at(cell: Cell, record: types.Record, problems: list[Problem]) -> types.Type | None:
    """The type of the field that a cell fills; None, and a problem, when there is none."""
    kind: types.Type = record
    for index, part in enumerate(cell.path):
        if isinstance(kind, types.Record) and part in kind.fields:
            kind = kind.fields[part].type
        elif isinstance(kind, types.MapOf):
            kind = kind.value
        else:
            before = ".".join(cell.path[:index])
            known = [f"{before}.{name}".lstrip(".") for name in kind.fields] if isinstance(kind, types.Record) else []
            problem = f"`{cell.shown}` is not in the profile"
            if not isinstance(kind, types.Record):
                problem += f": `{before}` is a {kind}"
            help = did_you_mean(".".join(cell.path[: index + 1]), known)
            problems.append(Problem("unknown-name", problem, cell.span, help))
            return None
    return kind
