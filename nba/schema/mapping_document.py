"""A mapping file as it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)
from pydantic_core import PydanticCustomError

from nba.documents.common import Entry, Meta
from nba.schema.columns import DIRECTIVES, Kind
from nba.schema.zones import zone


def _unwritten(value: Any) -> Any:
    """A constant without the places of its texts: it goes into profiles."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, list):
        return [_unwritten(item) for item in value]
    if isinstance(value, dict):
        return {name: _unwritten(inner) for name, inner in value.items()}
    return value


Constant = Annotated[Any, AfterValidator(_unwritten)]
Plain = Annotated[StrictBool | StrictInt | StrictFloat | StrictStr, AfterValidator(_unwritten)]


class Take(Entry):
    """Where one field comes from: a column (`from`), a constant (`value`), or a number of like records (`repeat`)."""

    from_: Annotated[str, Field(min_length=1)] | None = Field(None, alias="from")
    value: Constant = None
    repeat: Annotated[str, Field(min_length=1)] | None = None
    item: dict[str, Item] | None = None
    type: Kind | None = None
    values: dict[str, Plain] | None = None
    format: str | None = None
    timezone: str | None = None
    default: Constant = None
    missing: list[Plain] | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _goes_together(self) -> Take:
        told = self.model_fields_set
        if len(told & {"from_", "value", "repeat"}) != 1:
            raise PydanticCustomError("take", "say exactly one of `from:`, `value:` and `repeat:`")
        if "value" in told and len(told) > 1:
            raise PydanticCustomError("take", "`value:` stands alone")
        if ("repeat" in told) != ("item" in told) or (self.repeat and told & {"type", "values", "format", "timezone"}):
            raise PydanticCustomError("take", "`repeat:` goes with `item:`, and its column is a whole number")
        if self.values is not None and self.type is not None:
            raise PydanticCustomError("take", "`values:` says what comes out, so `type:` does not go with it")
        if self.format is not None and self.type not in {"date", "instant"}:
            raise PydanticCustomError("take", "`format:` goes with `type: date` or `type: instant`")
        if self.timezone is not None and (self.type != "instant" or zone(self.timezone) is None):
            raise PydanticCustomError("take", "`timezone:` is an IANA time zone, and goes with `type: instant`")
        if self.format is not None and not _is_figures(self.format):
            raise PydanticCustomError(
                "take", "`format:` has a full date of figures: %Y, %m, %d, and for instants %H %M %S %f %z"
            )
        return self


def _is_figures(format: str) -> bool:
    told = [after[:1] for after in format.replace("%%", "").split("%")[1:]]
    return set(told) <= set(DIRECTIVES) and len(set(told)) == len(told) and set("Ymd") <= set(told)


Column = Annotated[Take, BeforeValidator(lambda told: {"from": told} if isinstance(told, str) else told)]
Item = Annotated[Take, BeforeValidator(lambda told: told if isinstance(told, Mapping) else {"value": told})]


def _empty_text() -> list[bool | int | float | str]:
    return [""]


class MappingDocument(Entry):
    """A mapping file as it is written."""

    mapping: Annotated[str, Field(min_length=1)]
    missing: list[Plain] = Field(default_factory=_empty_text)
    fields: Annotated[dict[str, Column], Field(min_length=1)]
    meta: Meta = Field(default_factory=dict)
