"""What the models of all documents share: strict entries, ids, expressions, conditions and selectors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from nba.documents.nodes import Str, bare
from nba.source import Written

ID = r"^[a-z][a-z0-9_]*$"


class Entry(BaseModel):
    """A part of a document. Unknown keys are errors, and nothing is coerced from one type to another."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


def _written(value: object) -> Written:
    if isinstance(value, Str):
        return value.written
    if isinstance(value, str):
        return Written.of(value)
    if isinstance(value, bool):
        return Written.of("true" if value else "false")
    if isinstance(value, int | float):
        return Written.of(repr(value))
    raise PydanticCustomError("expression", "this should be an expression in one line of text")


def _text(value: object) -> Written:
    if isinstance(value, str):
        return _written(value)
    raise PydanticCustomError("text", "this should be a text")


_SCALAR = {"type": ["string", "number", "boolean"]}
Expression: TypeAlias = Annotated[Written, PlainValidator(_written), WithJsonSchema(_SCALAR)]
Text: TypeAlias = Annotated[Written, PlainValidator(_text), WithJsonSchema({"type": "string"})]
"""A text for people with `{path}` places in it."""
Id: TypeAlias = Annotated[str, StringConstraints(pattern=ID, max_length=100)]
Reference: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$", max_length=300)]
"""The id of something, short within its own pack or full: `call_back`, `service.call_back`."""
Word: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Because: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Status: TypeAlias = Literal["live", "draft", "shadow"]
Meta: TypeAlias = Annotated[dict[str, Any], AfterValidator(bare)]
"""Free-form; without the places of its texts, which would keep the whole file in memory."""


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Words: TypeAlias = Annotated[list[Word], BeforeValidator(_as_list), Field(min_length=1)]
References: TypeAlias = Annotated[list[Reference], BeforeValidator(_as_list), Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class AllOf:
    """`all:` of these conditions."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`any:` of these conditions."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """`not:` of one condition."""

    item: Condition


Condition: TypeAlias = Written | AllOf | AnyOf | NoneOf


def _condition(value: object) -> Condition:
    if not isinstance(value, Mapping):
        if isinstance(value, list):
            raise PydanticCustomError("condition", "say whether `all:` or `any:` of these must hold")
        return _written(value)
    if len(value) != 1 or next(iter(value)) not in ("all", "any", "not"):
        raise PydanticCustomError("condition", "a condition is an expression, or one of `all:`, `any:` and `not:`")
    ((word, of),) = value.items()
    if word == "not":
        return NoneOf(_condition(of))
    if not isinstance(of, list) or not of:
        raise PydanticCustomError("condition", "`{word}:` takes a list of conditions", {"word": word})
    items = tuple(_condition(item) for item in of)
    return AllOf(items) if word == "all" else AnyOf(items)


_CONDITION_SCHEMA = {
    "anyOf": [
        _SCALAR,
        {
            "type": "object",
            "properties": {"all": {"type": "array"}, "any": {"type": "array"}, "not": {}},
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
        },
    ]
}
When: TypeAlias = Annotated[Condition, PlainValidator(_condition), WithJsonSchema(_CONDITION_SCHEMA)]


class Selector(Entry):
    """Which actions: keys and together, the values of a key or. A bare text is an action."""

    tier: Words | None = None
    department: Words | None = None
    action: References | None = None
    tag: Words | None = None
    channel: Words | None = None


def _as_selector(value: object) -> object:
    if isinstance(value, str):
        return {"action": value}
    if isinstance(value, Mapping) and not value:
        raise PydanticCustomError("selector", "this selects nothing; say for instance `tier: growth`")
    return value


Select: TypeAlias = Annotated[Selector, BeforeValidator(_as_selector)]


def is_id(text: str) -> bool:
    """Whether a text can be the id of a pack, signal, action or rule."""
    return re.match(ID, text) is not None
