"""Decision tables: each row becomes a rule whose condition is that all its cells hold."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from nba.documents.common import is_id
from nba.documents.nodes import Node, ScalarNode, Str
from nba.documents.pack import Row, Rule
from nba.errors import Problem, RulesError, did_you_mean
from nba.language import tree, types
from nba.language.check import check
from nba.language.moments import read_date, read_instant
from nba.language.operands import a
from nba.language.scope import Scope
from nba.language.types import Boolean, Date, Enum, Instant, Number, String, Type
from nba.language.values import LARGEST_INTEGER
from nba.ruleset.gathering import Declared, Problems
from nba.source import Source, Span, Written

ANY = "-"
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_EFFECTS = {field.alias or name for name, field in Row.model_fields.items()} - {"cells"}


def rows(declared: Declared[Rule], scope: Scope, problems: Problems) -> Iterator[tuple[Row, tree.Node, Node]]:
    """Each row of a rule's table, with the condition that its cells make and the node that it was read from."""
    table = declared.entry.table
    if table is None:
        return
    inputs: dict[str, tree.Node] = {}
    for name, written in table.inputs.items():
        with problems.collecting():
            inputs[name] = check(written, scope)
            if not types.is_scalar(tree.type_of(inputs[name])):
                message = f"an input is one value, and this is {a(tree.type_of(inputs[name]))}"
                problems.add("wrong-type", message, written.span())
        if name in _EFFECTS:
            problems.add("name-taken", f"`{name}` is a column of its own; name this input otherwise", written.span())
    if len(inputs) < len(table.inputs):
        return
    seen: set[str] = set()
    before = len(problems.errors)
    any_rows = False
    for cells, written_row in _read(declared, table.rows, problems):
        any_rows, place = True, written_row.span
        with problems.collecting():
            row = _row(cells, inputs, place)
            if row.id in seen:
                raise RulesError([Problem("declared-twice", f"this table has a row `{row.id}` already", place)])
            seen.add(row.id)
            conditions = [_cell(row.cells.get(name, ANY), node, place) for name, node in inputs.items()]
            held = tuple(condition for condition in conditions if condition is not None)
            text = " and ".join(condition.text for condition in held) or "true"
            yield row, held[0] if len(held) == 1 else tree.And(held, text), written_row
    if not any_rows and len(problems.errors) == before:
        problems.add("no-effect", "this table has no rows", declared.span("table", "rows"))


def _read(
    declared: Declared[Rule], written: list[dict[str, Any]] | str, problems: Problems
) -> Iterator[tuple[dict[str, Any], Node]]:
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
    number = max(1, min(number, source.text.count("\n") + 1))
    start = sum(len(line) + 1 for line in source.text.split("\n")[: number - 1])
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


def _cell(value: Any, node: tree.Node, place: Span) -> tree.Node | None:
    """The condition of one cell, or None for any."""
    if value is None:
        hint = "write `-` for any value, or `missing`"
        raise RulesError([Problem("empty-cell", f"the cell for `{node.text}` is empty", place, hint)])
    text = value.strip() if isinstance(value, str) else None
    if text == ANY:
        return None
    if text is None:
        return _equals(value, node, place)
    return _text_cell(text, node, place)


def _text_cell(text: str, node: tree.Node, place: Span) -> tree.Node:
    if text.startswith("not "):
        inner = _text_cell(text[4:].strip(), node, place)
        return tree.Not(inner, f"not ({inner.text})")
    if "|" in text and not _quoted(text):
        parts = tuple(_text_cell(part.strip(), node, place) for part in text.split("|"))
        return tree.Or(parts, " or ".join(part.text for part in parts))
    if text == "missing":
        if not isinstance(node, tree.Path | tree.Fact | tree.Get | tree.Item | tree.Lookup):
            raise _bad("`missing` is asked of a field or a signal", place)
        return tree.IsMissing(node, f"{node.text} is missing")
    for operator in ("<=", ">=", "<", ">"):
        if text.startswith(operator):
            bound = _literal(text[len(operator) :].strip(), node, place)
            return _ordered(operator, node, bound, place)
    low, dots, high = text.partition("..")
    if dots and not _quoted(text):
        first = _ordered(">=", node, _literal(low.strip(), node, place), place)
        last = _ordered("<=", node, _literal(high.strip(), node, place), place)
        return tree.And((first, last), f"{low.strip()} <= {node.text} <= {high.strip()}")
    return _equals(text, node, place)


def _quoted(text: str) -> bool:
    return len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]


def _equals(value: Any, node: tree.Node, place: Span) -> tree.Node:
    literal = _literal(value, node, place)
    return tree.Compare("==", node, literal, (), f"{node.text} == {literal.text}")


def _ordered(operator: str, node: tree.Node, bound: tree.Constant, place: Span) -> tree.Node:
    kind = tree.type_of(node)
    if isinstance(kind, Boolean) or (isinstance(kind, Enum) and not kind.ordered):
        raise _bad(f"`{node.text}` is {a(kind)}, which has no order", place)
    order = kind.values if isinstance(kind, Enum) else ()
    text = f"{node.text} {operator} {bound.text}"
    strict: Any = "<" if operator in ("<", ">") else "<="
    if operator in ("<", "<="):
        return tree.Compare(strict, node, bound, order, text)
    return tree.Compare(strict, bound, node, order, text)


def _literal(value: Any, node: tree.Node, place: Span) -> tree.Constant:
    """A literal of the input's type."""
    kind = tree.type_of(node)
    found = value[1:-1] if isinstance(value, str) and _quoted(value) else value
    read = _read_literal(found, kind) if isinstance(found, str) else found
    if isinstance(kind, Number) and isinstance(value, str) and _quoted(value):
        read = None
    right = {
        Boolean: isinstance(read, bool),
        Number: isinstance(read, int | float) and not isinstance(read, bool),
    }.get(type(kind), read is not None and not isinstance(read, bool | int | float))
    if not right:
        raise _bad(f"`{node.text}` is {a(kind)}, and the cell says `{value}`", place)
    if isinstance(kind, Enum) and read not in kind.values:
        raise _bad(f"`{node.text}` is never `{read}`", place, did_you_mean(str(read), kind.values) or f"it is {kind}")
    shown = f'"{read}"' if isinstance(kind, String | Enum) else str(found)
    return tree.Constant(read, kind, shown)


def _read_literal(text: str, kind: Type) -> Any:
    match kind:
        case Boolean():
            return {"true": True, "false": False}.get(text)
        case Number():
            if not _NUMBER.fullmatch(text) or len(text) > 30:
                return None
            number = int(text) if text.lstrip("+-").isdecimal() else float(text)
            right = abs(number) <= LARGEST_INTEGER if isinstance(number, int) else math.isfinite(number)
            return number if right else None
        case Date():
            return read_date(text)
        case Instant():
            return read_instant(text)
    return text


def _bad(message: str, place: Span, hint: str | None = None) -> RulesError:
    usual = "a cell is a literal, `< 5`, `0..90`, `a | b`, `not a`, `missing`, or `-` for any"
    return RulesError([Problem("bad-cell", message, place, hint or usual)])
