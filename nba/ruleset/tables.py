"""Decision tables: each row becomes a rule whose condition is that all its cells hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from nba.documents.common import is_id
from nba.documents.nodes import Node, ScalarNode, Str
from nba.documents.pack import Row, Rule, Table
from nba.errors import Problem, RulesError, did_you_mean
from nba.language import tree, types
from nba.language.check import check
from nba.language.operands import a
from nba.language.scope import Scope
from nba.ruleset.cells import ANY, cell
from nba.ruleset.gathering import Declared, Problems
from nba.source import Source, Span, Written

_EFFECTS = {field.alias or name for name, field in Row.model_fields.items()} - {"cells"}


WrittenRow: TypeAlias = tuple[dict[str, Any], Node]
"""The cells of a row by column, and the node that they were read from."""


def proposed_by(written: list[WrittenRow]) -> list[str]:
    """The actions that the rows propose, each once."""
    return sorted({of for cells, _ in written if isinstance(of := cells.get("propose"), str)})


def rows(
    declared: Declared[Rule], table: Table, written: list[WrittenRow], scope: Scope, problems: Problems
) -> Iterator[tuple[Row, tree.Node, Node]]:
    """Each row of a rule's table, with the condition that its cells make and the node that it was read from."""
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
    for cells, node in written:
        place = node.span
        with problems.collecting():
            row = _row(cells, inputs, place)
            if row.id in seen:
                raise RulesError([Problem("declared-twice", f"this table has a row `{row.id}` already", place)])
            seen.add(row.id)
            conditions = [cell(row.cells.get(name, ANY), of, place) for name, of in inputs.items()]
            held = tuple(condition for condition in conditions if condition is not None)
            text = " and ".join(condition.text for condition in held) or "true"
            yield row, held[0] if len(held) == 1 else tree.And(held, text), node


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
            yield row, declared.below("table", "rows", number)
        return
    place = declared.span("table", "rows")
    try:
        source = declared.beside(written)
    except RulesError as error:
        problems.found += [Problem(of.code, of.message, of.span or place, of.help) for of in error.problems]
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
            ScalarNode(None, "", source, at.start, at.end, ""),
        )


def _line(source: Source, number: int) -> Span:
    """The place of a line; csv counts one more when a quote is open at the end of the file."""
    number = max(1, min(number, source.lines))
    start = source.start(number)
    return Span(source, start, start + len(source.line(number)))


def _row(cells: Mapping[str, Any], inputs: Mapping[str, tree.Node], place: Span) -> Row:
    effects = {key: value for key, value in cells.items() if key in _EFFECTS}
    for key in cells:
        if key not in _EFFECTS and key not in inputs:
            hint = did_you_mean(key, [*inputs, *_EFFECTS]) or f"the inputs are {', '.join(inputs)}"
            raise RulesError([Problem("unknown-key", f"`{key}` is no input of this table", place, hint)])
    if not is_id(str(effects.get("id", ""))):
        hint = "lower-case letters, digits and underscores: `id: soon`"
        raise RulesError([Problem("bad-id", "each row has an id, by which decisions name it", place, hint)])
    try:
        row = Row.model_validate({**effects, "cells": {key: cells[key] for key in cells if key in inputs}})
        row.check_effects()
    except PydanticCustomError as error:
        raise RulesError([Problem("wrong-value", error.message(), place)]) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise RulesError(
            [Problem("wrong-value", f"{first['loc'][0] if first['loc'] else 'row'}: {first['msg']}", place)]
        ) from None
    if not row.says_something:
        raise RulesError([Problem("no-effect", "this row does nothing: say `propose:` or `block:`", place)])
    return row
