"""Cases as they are written: what is given, and what is expected of the decision."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from nba.documents.common import Entry, Meta, Reference, Word
from nba.language.moments import read_instant
from nba.results import Outcome

AS_OF = datetime(2026, 1, 1, 9, tzinfo=UTC)
"""The instant of a case that gives none."""

NONE = "none"
"""What `action:` says when no action is expected."""

_SPAN = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?) +(second|minute|hour|day|week)s?")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
SPAN_HELP = "a number and seconds, minutes, hours, days or weeks: `{ago: 3 days}`; months and years have no one length"


def is_time(value: object) -> bool:
    """Whether a value is written as a time relative to `as_of`.

    >>> is_time({"ago": "3 days"}), is_time({"in": "2 weeks"}), is_time({"ago": "3 days", "of": 1})
    (True, True, False)
    """
    return isinstance(value, dict) and (value.keys() == {"ago"} or value.keys() == {"in"})


def moved(as_of: datetime, time: dict[str, Any]) -> datetime:
    """The instant that `{ago: 3 days}` or `{in: 2 weeks}` means.

    >>> moved(AS_OF, {"ago": "3 days"}).isoformat()
    '2025-12-29T09:00:00+00:00'

    Raises:
        ValueError: with words for the author, when it is no length of time, or off the calendar.
    """
    ((word, length),) = time.items()
    match = _SPAN.fullmatch(length) if isinstance(length, str) else None
    if match is None:
        raise ValueError(f"`{word}:` takes a length of time")
    try:
        distance = timedelta(seconds=float(match[1]) * _SECONDS[match[2]])
        return as_of - distance if word == "ago" else as_of + distance
    except OverflowError:
        raise ValueError("this is off the calendar") from None


def _instant(value: object) -> datetime:
    found = read_instant(value) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError("instant", "an instant is written 2026-12-31T09:00:00Z, with its offset")
    return found


def _said(value: object) -> object:
    if value is None:
        raise PydanticCustomError("said", "nothing stands here; say what is expected, or leave the key out")
    return value


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else _said(value)


def _written_name(name: str) -> str:
    if re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*(\[.+\])?", name, re.DOTALL) is None:
        raise PydanticCustomError("name", "this should be an action, such as `sales.upgrade` or `sales.renew[L-88]`")
    return name


Instant: TypeAlias = Annotated[
    datetime, PlainValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
Sentence: TypeAlias = Annotated[str, Field(min_length=1, max_length=300)]
Name: TypeAlias = Annotated[Word, AfterValidator(_written_name)]
"""An action, or one item of an action with `for_each`: `sales.renew_lease[L-88]`."""
Names: TypeAlias = Annotated[list[Name] | None, BeforeValidator(_as_list)]
Ids: TypeAlias = Annotated[list[Reference] | None, BeforeValidator(_as_list)]
Words: TypeAlias = Annotated[list[Word] | None, BeforeValidator(_as_list)]


class Given(Entry):
    """What is given: the profile, the context, and the moment."""

    base: Annotated[str | None, BeforeValidator(_said)] = Field(
        None, description="a profile in YAML or JSON, by its path relative to this file; `profile:` is merged into it"
    )
    profile: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    signals: dict[Reference, Any] = Field(
        {}, description="stand-ins for signals, so that a pack is tested without the others"
    )
    proposed: list[Reference] = Field([], description="actions that are proposed whatever the rules say")
    as_of: Instant = AS_OF
    limit: Annotated[int, Field(ge=1)] | Literal["all"] | None = 1

    @property
    def most(self) -> int | None:
        """The limit as `decide` takes it."""
        return None if self.limit == "all" else self.limit


class Expect(Entry):
    """What is expected; only what is stated matters."""

    action: Annotated[Name | None, BeforeValidator(_said)] = Field(None, description="the first action, or `none`")
    actions: Names = Field(None, description="all chosen actions, in order")
    outcome: Annotated[Outcome | None, BeforeValidator(_said)] = None
    blocked: Annotated[
        dict[Name, Annotated[list[Reference], BeforeValidator(_as_list)]] | None, BeforeValidator(_said)
    ] = Field(None, description="by action, some of what blocks it ([]: anything); {}: nothing is blocked")
    outranked: Names = Field(None, description="among the outranked; []: nothing is")
    not_proposed: Names = Field(None, description="actions that are no candidates")
    tasks: Words = Field(None, description="the departments that get tasks: all of them, in any order")
    undecided: Ids = Field(None, description="among the rules that would act but for missing data; []: there is none")
    laws_unmet: Ids = Field(None, description="among the `always` laws that are not met; []: all are met")
    unknown: Words = Field(
        None, description="among the fields whose absence left something in doubt; []: there is none"
    )

    @model_validator(mode="after")
    def _says_something(self) -> Expect:
        if not self.model_fields_set:
            raise PydanticCustomError("expect", "this case expects nothing; say for instance `action: none`")
        return self


class Case(Entry):
    """One case. Its name is a sentence."""

    name: Sentence
    given: Given = Given()
    expect: Expect
    meta: Meta = {}


class Cases(Entry):
    """A file of cases."""

    cases: list[Case] = Field(min_length=1)
    meta: Meta = {}
