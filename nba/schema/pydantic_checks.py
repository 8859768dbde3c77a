"""The constraints and validators of pydantic models, enforced on what the strict reader has read.

They judge and do not convert: what a validator returns is not used. What is missing or failed is not judged; pydantic
runs a validator of a whole model only when no field of it is refused, or missing without a default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import (
    BaseModel,
    PlainSerializer,
    SerializeAsAny,
    Strict,
    ValidationError,
    WithJsonSchema,
    WrapSerializer,
)
from pydantic.fields import FieldInfo

from nba.language import types
from nba.language.values import FAILED
from nba.schema.markers import Checked, Confidential, Ordered

Refusals = Iterator[tuple[tuple[str | int, ...], str]]

_INERT = (Checked, Confidential, Ordered, PlainSerializer, SerializeAsAny, Strict, WithJsonSchema, WrapSerializer, str)
_LONGEST = 200  # characters of a message


def restricts(item: object) -> bool:
    """Whether a piece of an annotation's metadata may refuse a value of the right type."""
    if isinstance(item, FieldInfo):
        return any(restricts(inner) for inner in item.metadata)
    return not isinstance(item, _INERT)


@dataclass(frozen=True)
class SingleCheck:
    """The check of one field of a record: whether something `holds` of its value, and what was `wanted`.

    `compares` says it as a comparison with a bound, where it is one: so it can be asked of many values at once.
    """

    name: str
    holds: Callable[[Any], bool]
    wanted: str
    compares: tuple[Callable[[Any, Any], Any], float] | None = None

    def __call__(self, value: Mapping[str, object]) -> Refusals:
        """Where the record is refused, and what was wanted."""
        found = value.get(self.name)
        if found is not None and found is not FAILED and not self.holds(found):
            yield (self.name,), self.wanted


def model_check(model: type[BaseModel], record: types.Record) -> types.Check:
    """The check of a record by the model that it was made from."""
    validator = model.__pydantic_validator__

    def check(value: Mapping[str, object]) -> Refusals:
        try:
            # A copy, as validators of the kind `before` often take what they are given apart.
            validator.validate_python(_thawed(value), strict=False, by_alias=True, by_name=True)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_context=False, include_input=False):
                place = _place(record, value, detail["loc"])
                if detail["type"] != "missing" and place is not None:
                    yield place, _wanted(detail["msg"])
        except Exception as error:  # a plugin's validator may raise anything
            yield (), f"a {record} that its own check accepts (it raised {type(error).__name__})"

    return check


def _thawed(value: object) -> object:
    """The value as pydantic takes it; what has failed is missing to it."""
    if isinstance(value, dict):
        return {name: _thawed(inner) for name, inner in value.items() if inner is not FAILED}
    if isinstance(value, tuple):
        return [_thawed(item) for item in value]
    return None if value is FAILED else value


def _place(kind: types.Type, value: Any, loc: tuple[str | int, ...]) -> tuple[str | int, ...] | None:
    """Pydantic's `loc` as a path into the value; None when it leads to what is missing or failed.

    Pydantic names fields by alias and adds parts of its own (`function-after[...]`): the path ends before those.
    """
    place: list[str | int] = []
    for part in loc:
        match kind:
            case types.Record(fields=fields):
                name = next((n for n, field in fields.items() if part == n or part in field.aliases), None)
                if name is None:
                    break
                part, kind, value = name, fields[name].type, value.get(name)
            case types.MapOf(inner) if part in value:
                kind, value = inner, value[part]
            case types.ListOf(inner) if isinstance(part, int) and part < len(value):
                kind, value = inner, value[part]
            case _:
                break
        if value is None or value is FAILED:
            return None
        place.append(part)
    return tuple(place)


def _wanted(message: str) -> str:
    for prefix in ("Value error, ", "Assertion failed, ", "Input should be "):
        message = message.removeprefix(prefix)
    return message[:_LONGEST] or "a value that its own check accepts"
