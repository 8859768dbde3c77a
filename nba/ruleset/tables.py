"""Decision tables: each row becomes a rule whose condition is that all its cells hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from nba.documents.common import is_id
from nba.documents.nodes import ScalarNode, Str
from nba.documents.pack import Row, Rule, Table
from nba.errors import Problem, RulesError, did_you_mean
from nba.language import tree, types
from nba.language.check import check
from nba.language.operands import a
from nba.language.scope import Scope
from nba.ruleset.cells import ANY, cell
from nba.ruleset.gathering import Declared, File, Problems
from nba.source import Source, Span, Written

_EFFECTS = {field.alias or name for name, field in Row.model_fields.items()} - {"cells"}


WrittenRow: TypeAlias = tuple[dict[str, Any], Declared[Rule]]
"""The cells of a row by column, and the rule as it is declared there."""


def proposed_by(written: list[WrittenRow]) -> list[str]:
    """The actions that the rows propose, each once."""
    return sorted({of for cells, _ in written if isinstance(of := cells.get("propose"), str)})


def rows(
    declared: Declared[Rule], table: Table, written: list[WrittenRow], scope: Scope, problems: Problems
) -> Iterator[tuple[Row, tree.Node, Declared[Rule]]]:
    """Each row of a rule's table, with the condition that its cells make, and the rule as it is declared there."""
    inputs: dict[str, tree.Node] = {}
    for name, expression in table.inputs.items():
        with problems.collecting():
            inputs[name] = check(expression, scope)
            if not types.is_scalar(tree.type_of(inputs[name])):
                message = f"an input is one value, and this is {a(tree.type_of(inputs[name]))}"
                problems.add("wrong-type", message, expression.span())
        if name in _EFFECTS:
            problems.add("name-taken", f"`{name}` is a column of its own; name this input otherwise", expression.span())
    if len(inputs) < len(table.inputs):
        return
    seen: set[str] = set()
    for cells, at_row in written:
        with problems.collecting(at_row.place):
            row = _row(cells, inputs)
            if row.id in seen:
                raise RulesError([Problem("declared-twice", f"this table has a row `{row.id}` already")])
            seen.add(row.id)
            conditions = [cell(row.cells.get(name, ANY), of) for name, of in inputs.items()]
            held = tuple(condition for condition in conditions if condition is not None)
            text = " and ".join(condition.text for condition in held) or "true"
            yield row, held[0] if len(held) == 1 else tree.And(held, text), at_row


def read_rows(declared: Declared[Rule], table: Table, problems: Problems) -> list[WrittenRow]:
    """The rows of a table as they are written, in YAML or in a CSV file beside it."""
    before = len(problems.errors)
    written = list(_read(declared, table.rows, problems))
    if not written and len(problems.errors) == before:
        problems.add("no-effect", "this table has no rows", declared.span("table", "rows"))
    return written


def _read(declared: Declared[Rule], written: list[dict[str, Any]] | str, problems: Problems) -> Iterator[WrittenRow]:
    if isinstance(written, list):
        for number, row in enumerate(written):
            path = (*declared.path, "table", "rows", number)
            yield row, replace(declared, source=declared.rows[number], path=path, named=())
        return
    try:
        source = declared.file.beside(written)
    except RulesError as error:
        problems.found += [
            Problem(of.code, of.message, of.span or declared.span("table", "rows"), of.help) for of in error.problems
        ]
        return
    reader = csv.DictReader(io.StringIO(source.text), strict=True, skipinitialspace=True)
    while True:
        try:
            names = [name.strip() for name in reader.fieldnames or ()]
            if len(set(names)) < len(names):
                problems.add("csv", "a column is there twice", _line(source, 1))
                return
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.add("csv", f"this is not a CSV row: {error}", _line(source, reader.reader.line_num))
            return
        at = _line(source, reader.line_num)
        if None in row or None in row.values():
            problems.add("csv", "this row has more or fewer cells than the header", at)
            continue
        yield (
            {
                key.strip(): Str(
                    value.strip(), Written(value.strip(), at.source, [at.start] * (len(value.strip()) + 1))
                )
                for key, value in row.items()
                if value.strip()
            },
            replace(declared, source=at.location, file=_file(declared.file, at), path=(), named=()),
        )


def _file(beside: File, line: Span) -> File:
    """A line of a CSV file as one that has nothing else."""
    node = ScalarNode(None, "", line.source, line.start, line.end, "")
    return File(line.source, beside.beside, beside.root, beside.path, node)


def _line(source: Source, number: int) -> Span:
    """The place of a line; csv counts one more when a quote is open at the end of the file."""
    number = max(1, min(number, source.lines))
    start = source.start(number)
    return Span(source, start, start + len(source.line(number)))


def _row(cells: Mapping[str, Any], inputs: Mapping[str, tree.Node]) -> Row:
    """A row, checked; the place of its problems is for the caller to say."""
    effects = {key: value for key, value in cells.items() if key in _EFFECTS}
    for key in cells:
        if key not in _EFFECTS and key not in inputs:
            hint = did_you_mean(key, [*inputs, *_EFFECTS]) or f"the inputs are {', '.join(inputs)}"
            raise RulesError([Problem("unknown-key", f"`{key}` is no input of this table", help=hint)])
    if not is_id(str(effects.get("id", ""))):
        hint = "lower-case letters, digits and underscores: `id: soon`"
        raise RulesError([Problem("bad-id", "each row has an id, by which decisions name it", help=hint)])
    try:
        row = Row.model_validate({**effects, "cells": {key: cells[key] for key in cells if key in inputs}})
        row.check_effects()
    except PydanticCustomError as error:
        raise RulesError([Problem("wrong-value", error.message())]) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = first["loc"][0] if first["loc"] else "row"
        raise RulesError([Problem("wrong-value", f"{where}: {first['msg']}")]) from None
    if not row.says_something:
        raise RulesError([Problem("no-effect", "this row does nothing: say `propose:` or `block:`")])
    return row
