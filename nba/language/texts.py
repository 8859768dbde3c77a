"""Texts for people with `{path}` places in them. Paths only: nothing is formatted or called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from nba.errors import Problem, RulesError
from nba.language import tree
from nba.language.check import check
from nba.language.meaning import Environment, evaluate
from nba.language.moments import write_instant
from nba.language.scope import Scope
from nba.language.types import is_scalar
from nba.language.values import FAILED
from nba.source import Written

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_PATH = re.compile(r"\s*[A-Za-z_][A-Za-z0-9_]*(\s*\.\s*[A-Za-z_][A-Za-z0-9_]*)*\s*")
DASH = "–"


@dataclass(frozen=True)
class Template:
    """A text in parts: plain text, and nodes whose values stand in its places."""

    parts: tuple[str | tree.Node, ...]

    @property
    def nodes(self) -> tuple[tree.Node, ...]:
        """The nodes in the places."""
        return tuple(part for part in self.parts if not isinstance(part, str))

    def render(self, env: Environment) -> str:
        """The text with the values in their places; a missing one prints as a dash."""
        return "".join(part if isinstance(part, str) else show_value(evaluate(part, env)) for part in self.parts)


def has_places(text: str) -> bool:
    """Whether a text has `{path}` places.

    >>> has_places("Hello {name}"), has_places("1 + 2")
    (True, False)
    """
    return any(match[1] is not None for match in _PLACE.finditer(text))


def template(written: Written, scope: Scope) -> Template:
    """Read a text with places; `{{` and `}}` stand for braces.

    Raises:
        RulesError: a place that is not a path, or a path that is not known.
    """
    parts: list[str | tree.Node] = []
    problems: list[Problem] = []
    end = 0
    for match in _PLACE.finditer(written.text):
        parts.append(written.text[end : match.start()])
        end = match.end()
        if match[0] in ("{{", "}}"):
            parts.append(match[0][0])
            continue
        span = written.span(match.start(), match.end())
        if match[1] is None or not _PATH.fullmatch(match[1]):
            hint = "write `{{` and `}}` for braces" if match[1] is None else "a place holds a path, such as `{id}`"
            problems.append(Problem("bad-text", f"`{match[0][:40]}` is not a place for a value", span, hint))
            continue
        try:
            node = check(written.part(match.start(1), match.end(1)), scope)
        except RulesError as error:
            problems += error.problems
            continue
        if isinstance(node, tree.Constant) or not is_scalar(tree.type_of(node)):
            problems.append(Problem("bad-text", f"`{node.text}` has no single value to print", span))
        parts.append(node)
    if problems:
        raise RulesError(problems)
    parts.append(written.text[end:])
    return Template(tuple(part for part in parts if part != ""))


def show_value(value: Any) -> str:
    """A value as people read it.

    >>> show_value(None), show_value(True), show_value(2.0), show_value("Anna")
    ('–', 'true', '2', 'Anna')
    """
    if value is None or value is FAILED:
        return DASH
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)
