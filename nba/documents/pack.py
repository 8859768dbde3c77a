"""A pack as it is written: one department's settings, signals, actions and rules."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from nba.documents.common import (
    Because,
    Entry,
    Expression,
    Id,
    Meta,
    References,
    Select,
    Status,
    Text,
    When,
    Word,
)
from nba.language.moments import read_date
from nba.source import Written


def _day(value: object) -> date:
    found = read_date(value) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError("day", "a day is written 2026-12-31")
    return found


Day: TypeAlias = Annotated[date, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


class Valid(Entry):
    """Whole days in the house's time zone, both inclusive."""

    from_: Day | None = Field(None, alias="from")
    until: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Valid:
        if self.from_ and self.until and self.until < self.from_:
            raise PydanticCustomError("valid", "`until` is before `from`")
        return self


class Section(Entry):
    """The part of the profile that this pack's department knows."""

    section: Id
    schema_: str | None = Field(None, alias="schema", description="a JSON Schema file beside this one")


class Setting(Entry):
    """A value that the house may set, within its limits."""

    type: Literal["integer", "number", "boolean", "text"]
    default: bool | int | float | str
    min: int | float | None = None
    max: int | float | None = None
    values: list[str] | None = None
    title: str | None = None

    def refuses(self, value: object) -> str | None:
        """Why a value is not allowed, or None when it is."""
        kinds = {"integer": (int,), "number": (int, float), "boolean": (bool,), "text": (str,)}[self.type]
        if not isinstance(value, kinds) or (isinstance(value, bool) and self.type != "boolean"):
            return f"this should be {'an' if self.type == 'integer' else 'a'} {self.type}"
        if isinstance(value, int | float) and self.min is not None and value < self.min:
            return f"this should be at least {self.min}"
        if isinstance(value, int | float) and self.max is not None and value > self.max:
            return f"this should be at most {self.max}"
        if self.values is not None and value not in self.values:
            return f"this should be one of {', '.join(self.values)}"
        return None

    @model_validator(mode="after")
    def _default_is_allowed(self) -> Setting:
        if (self.min is not None or self.max is not None) and self.type not in ("integer", "number"):
            raise PydanticCustomError("setting", "`min:` and `max:` go with `type: integer` or `type: number`")
        if self.values is not None and (self.type != "text" or not self.values):
            raise PydanticCustomError("setting", "`values:` lists the texts that a setting of `type: text` may have")
        if self.min is not None and self.max is not None and self.max < self.min:
            raise PydanticCustomError("setting", "`max:` is less than `min:`")
        why = self.refuses(self.default)
        if why:
            raise PydanticCustomError("setting", "the default is not allowed: {why}", {"why": why})
        return self


class FirstOfRow(Entry):
    """A row of `first_of:`; without `when:` it always holds."""

    when: When | None = None
    is_: bool | int | float | str = Field(alias="is")


class Signal(Entry):
    """A fact that every pack may read: true or false (`when`), a value, or the first row that holds (`first_of`)."""

    when: When | None = None
    value: Expression | None = None
    first_of: list[FirstOfRow] | None = Field(None, min_length=1)
    because: Because | None = None
    confidential: bool = False
    title: str | None = None
    meta: Meta = {}

    @model_validator(mode="after")
    def _one_form(self) -> Signal:
        if sum(form is not None for form in (self.when, self.value, self.first_of)) != 1:
            raise PydanticCustomError("signal", "a signal says exactly one of `when:`, `value:` and `first_of:`")
        return self


_FOR_EACH = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s+in\s+(.+)", re.DOTALL)


def _for_each(value: object) -> tuple[str, Written]:
    written = getattr(value, "written", None) or (Written.of(value) if isinstance(value, str) else None)
    match = _FOR_EACH.fullmatch(written.text) if isinstance(written, Written) else None
    if match is None or not isinstance(written, Written):
        raise PydanticCustomError("for_each", "`for_each` is written `item in the.list`")
    return match[1], written.part(match.start(2), match.end(2))


class Action(Entry):
    """Something that can be done for a customer."""

    title: str | None = None
    tier: Word
    channels: list[Word] = []
    tags: list[Word] = []
    valid: Valid | None = None
    payload: dict[str, Expression] = {}
    for_each: Annotated[tuple[str, Written], PlainValidator(_for_each), WithJsonSchema({"type": "string"})] | None = (
        None
    )
    key: Expression | None = None
    at_most: int | None = Field(None, ge=1)
    propensity: Expression | None = None
    context_weight: Expression | None = None
    value: Expression | None = None
    lever: Expression | None = None
    exclusive: Word | None = None
    status: Status = "live"
    meta: Meta = {}

    @model_validator(mode="after")
    def _each_has_a_key(self) -> Action:
        if (self.for_each is None) != (self.key is None):
            raise PydanticCustomError("for_each", "`for_each` and `key` go together: the key tells the items apart")
        if self.at_most is not None and self.for_each is None:
            raise PydanticCustomError("for_each", "`at_most` counts the items of a `for_each`")
        for words, name in ((self.channels, "channels"), (self.tags, "tags")):
            if len(set(words)) != len(words):
                raise PydanticCustomError("twice", "`{name}` names one twice", {"name": name})
        return self


class Weigh(Entry):
    """A factor on the scores of the selected actions."""

    select: Select
    by: Expression


class Notify(Entry):
    """A task for a department."""

    department: Word
    message: Text


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


Notices: TypeAlias = Annotated[list[Notify], BeforeValidator(_as_list), Field(min_length=1)]


class Effects(Entry):
    """What a rule does when its condition holds."""

    propose: References | None = None
    block: Select | None = None
    except_: Select | None = Field(None, alias="except")
    for_: Select | None = Field(None, alias="for")
    require: When | None = None
    weigh: Weigh | None = None
    notify: Notices | None = None
    because: Because | None = None
    public_because: Because | None = None
    on_unknown: Literal["block", "allow"] = "block"

    @property
    def says_something(self) -> bool:
        """Whether there is any effect at all."""
        return any(of is not None for of in (self.propose, self.block, self.require, self.weigh, self.notify))

    def check_effects(self) -> None:
        """Refuse effects that do not go together."""
        if (self.require is None) != (self.for_ is None):
            raise PydanticCustomError("require", "`require:` says what must hold, and `for:` of which actions")
        if self.except_ is not None and self.block is None and self.require is None:
            raise PydanticCustomError("except", "`except:` goes with `block:` or `require:`")
        if self.on_unknown == "allow" and self.block is None and self.require is None:
            raise PydanticCustomError("on_unknown", "`on_unknown:` goes with `block:` or `require:`")
        if self.because is None and any(of is not None for of in (self.propose, self.block, self.require, self.weigh)):
            raise PydanticCustomError("because", "say why: `because: ...`")


class Row(Effects):
    """A row of a decision table: a cell for each input, and what it does."""

    id: Id
    cells: dict[str, Any] = {}


class Table(Entry):
    """What people keep in spreadsheets. Each row that holds acts."""

    inputs: dict[str, Expression] = Field(min_length=1)
    rows: list[dict[str, Any]] | str


class Rule(Effects):
    """When a condition holds: propose, block, weigh, notify; or require (eligibility)."""

    id: Id
    title: str | None = None
    with_: Annotated[list[Id], BeforeValidator(_as_list), AfterValidator(lambda ids: sorted(set(ids)))] = Field(
        [], alias="with"
    )
    when: When | None = None
    table: Table | None = None
    status: Status = "live"
    meta: Meta = {}

    @model_validator(mode="after")
    def _makes_sense(self) -> Rule:
        if self.table is not None:
            if self.says_something or self.because is not None or self.public_because is not None:
                raise PydanticCustomError("table", "with a `table:`, the rows say what to do and why")
            return self
        if not self.says_something:
            raise PydanticCustomError(
                "no-effect", "this rule does nothing: say `propose:`, `block:`, `require:`, `weigh:` or `notify:`"
            )
        if self.when is None and self.require is None:
            raise PydanticCustomError("no-condition", "say when: `when: ...`, or `when: true` for always")
        self.check_effects()
        return self


class Pack(Entry):
    """A file of a pack. Files that name the same pack merge."""

    pack: Id
    title: str | None = None
    department: Word | None = None
    profile: Section | None = None
    settings: dict[Id, Setting] = {}
    signals: dict[Id, Signal] = {}
    actions: dict[Id, Action] = {}
    rules: list[Rule] = []
    meta: Meta = {}
