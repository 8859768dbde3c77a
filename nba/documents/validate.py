"""From YAML nodes to models, with each complaint at the word that it is about."""

from __future__ import annotations

import types as python_types
import typing
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from nba.documents.common import Entry
from nba.documents.nodes import MappingNode, Node, SequenceNode, at, key_at, plain
from nba.errors import Problem, RulesError, did_you_mean

E = TypeVar("E", bound=Entry)
Loc = Sequence[str | int]

_WORDS = {
    "string_type": "this should be a text",
    "int_type": "this should be a whole number",
    "float_type": "this should be a number",
    "bool_type": "this should be true or false",
    "list_type": "this should be a list",
    "dict_type": "this should be a mapping of keys to values",
    "model_type": "this should be a mapping of keys to values",
    "model_attributes_type": "this should be a mapping of keys to values",
    "string_too_short": "this is empty",
    "string_too_long": "this is too long",
    "too_short": "this is empty",
    "greater_than_equal": "this should be at least {ge}",
}
_SCALARS = {"bool_type", "int_type", "float_type", "string_type"}


def validate(node: Node, model: type[E]) -> E:
    """The model of a document, or of a part of one.

    Raises:
        RulesError: every unknown key, missing key and wrong type, with places.
    """
    try:
        return model.model_validate(plain(node))
    except ValidationError as error:
        raise RulesError(_problems(node, model, error)) from None


def _problems(node: Node, model: type[Entry], error: ValidationError) -> Iterator[Problem]:
    seen: set[tuple[str | int, ...]] = set()
    found = [(one, _existing(node, one["loc"])) for one in error.errors(include_url=False, include_input=False)]
    for one, path in found:
        loc, kind = one["loc"], one["type"]
        if path in seen and kind != "missing":  # the other branches of a union
            continue
        seen.add(path)
        name = loc[-1] if loc else ""
        if kind == "extra_forbidden":
            known = _keys(model, path[:-1])
            hint = did_you_mean(str(name), known) or ("known here: " + ", ".join(sorted(known)) if known else None)
            yield Problem("unknown-key", f"unknown key `{name}`", key_at(node, path), hint)
        elif kind == "missing":
            yield Problem("missing-key", f"`{name}:` is missing here", at(node, path))
        elif kind == "string_pattern_mismatch":
            hint = "ids are lower-case letters, digits and underscores, and start with a letter: `call_back`"
            place = key_at(node, path) if loc and loc[-1] == "[key]" else at(node, path)
            yield Problem("bad-id", "this is not an id", place, hint)
        elif kind == "literal_error":
            expected = str(one.get("ctx", {}).get("expected", ""))
            yield Problem("wrong-value", f"this should be {expected.replace(chr(39), '`')}", at(node, path))
        elif {other["type"] for other, place in found if place == path} >= _SCALARS:
            yield Problem("wrong-value", "this should be a text, a number, or true or false", at(node, path))
        else:
            message = _WORDS[kind].format_map(one.get("ctx", {})) if kind in _WORDS else one["msg"]
            yield Problem("wrong-value", message, at(node, path))


def _existing(node: Node, loc: Loc) -> tuple[str | int, ...]:
    """The part of pydantic's location that is in the document: without the names of union branches."""
    path: list[str | int] = []
    current: Node | None = node
    for part in loc:
        below: Node | None = None
        if isinstance(current, MappingNode):
            below = current.get(str(part))
        elif isinstance(current, SequenceNode) and isinstance(part, int) and part < len(current.items):
            below = current.items[part]
        if below is not None:
            path.append(part)
            current = below
    return tuple(path)


def _keys(model: type[BaseModel], path: Loc) -> set[str]:
    """The keys that the model at a path knows."""
    current: Any = model
    for part in path:
        found = next((of for of in _models(current)), None)
        if found is not None and isinstance(part, str):
            fields = {of.alias or name: of.annotation for name, of in found.model_fields.items()}
            current = fields.get(part)
        else:
            arguments = [of for of in _unwrapped(current) if typing.get_origin(of) in (list, dict)]
            current = typing.get_args(arguments[0])[-1] if arguments else None
    return {field.alias or name for found in _models(current) for name, field in found.model_fields.items()}


def _unwrapped(annotation: Any) -> Iterator[Any]:
    """An annotation without `Annotated` and `None`, one by one for a union."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        yield from _unwrapped(typing.get_args(annotation)[0])
    elif origin in (typing.Union, python_types.UnionType):
        for of in typing.get_args(annotation):
            yield from _unwrapped(of)
    else:
        yield annotation


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that may stand there; one alone may stand for a list of one."""
    for of in _unwrapped(annotation):
        if typing.get_origin(of) is list:
            yield from _models(typing.get_args(of)[0])
        elif isinstance(of, type) and issubclass(of, BaseModel):
            yield of
