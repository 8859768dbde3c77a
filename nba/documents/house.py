"""The house as it is written: the organisation's own file above the departments."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from nba.documents.common import Because, Entry, Id, Meta, Reference, Select, Text, When, Word

DEFAULT_TIERS = ("obligation", "recovery", "care", "retention", "adoption", "growth")
DEFAULT_PROMOTIONAL = ("retention", "adoption", "growth")


def _unique(words: list[str]) -> list[str]:
    if len(set(words)) != len(words):
        raise PydanticCustomError("twice", "one of these is named twice")
    return words


Unique = Annotated[list[Word], AfterValidator(_unique)]
Pin = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\s*([<>=!~].*)?$")]


class Department(Entry):
    """The tiers that a department's actions may have."""

    tiers: Unique
    title: str | None = None


class Assume(Entry):
    """What it means when a field is missing."""

    path: str
    missing_means: Any
    because: Because


class Disable(Entry):
    """A pack's rule that this house does without."""

    rule: Reference
    because: Because


class LawTask(Entry):
    """Who is asked to act when an `always` law is broken."""

    department: Word
    message: Text | None = None


class Law(Entry):
    """An invariant of the house over whole decisions."""

    id: Id
    given: When | None = None
    never: Select | None = None
    always: Select | None = None
    because: Because
    public_because: Because | None = None
    task: LawTask | None = None
    meta: Meta = {}

    @model_validator(mode="after")
    def _one_kind(self) -> Law:
        if (self.never is None) == (self.always is None):
            raise PydanticCustomError("law", "a law says exactly one of `never:` and `always:`")
        if self.task is not None and self.always is None:
            raise PydanticCustomError("law", "`task:` goes with `always:`")
        return self


class Vocabulary(Entry):
    """Words that selectors may use though nothing loaded declares them."""

    tags: Unique = []
    channels: Unique = []
    departments: Unique = []


class House(Entry):
    """The organisation's own file: what stands above its departments."""

    house: Word
    title: str | None = None
    profile: str | None = Field(None, description="a JSON Schema file of the sections beside the core fields")
    context: str | None = Field(None, description="a JSON Schema file of the fields beside the core context")
    timezone: str | None = Field(None, description="for dates, and for customers whose time zone is not known")
    packs: list[Pin] | None = None
    tiers: Unique = list(DEFAULT_TIERS)
    promotional: Unique | None = None
    departments: dict[Word, Department] = {}
    vocabulary: Vocabulary = Vocabulary()
    consent: dict[Reference, Word] = {}
    assume: list[Assume] = []
    settings: dict[Reference, bool | int | float | str] = {}
    disable: list[Disable] = []
    laws: list[Law] = []
    meta: Meta = {}
