"""Pydantic models as the language's types.

What rules can read of a model: its fields. Computed fields and properties are not fields. Defaults are not used for
what data does not have: absent is missing, and the house's `assume:` is the way to say otherwise. Constraints and
validators are enforced (see `pydantic_checks`). What rules cannot read (unions, `Any`, bytes, recursive models) is
opaque: carried, and checked by pydantic only.
"""

from __future__ import annotations

import dataclasses
import enum
import re
import types as python_types
from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, Literal, NewType, NotRequired, Required, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pydantic
from pydantic import AliasChoices, AliasPath, AnyUrl, AwareDatetime, BaseModel, EmailStr, RootModel
from pydantic.fields import FieldInfo
from typing_extensions import TypeAliasType, is_typeddict

from nba.errors import Problem, RulesError
from nba.language import types
from nba.schema.confidential import marks_a_secret
from nba.schema.markers import Checked, Ordered
from nba.schema.pydantic_checks import SingleCheck, model_check, restricts

_BY_CLOCK = (pydantic.PastDate, pydantic.FutureDate, pydantic.PastDatetime, pydantic.FutureDatetime)


def record_of(model: type[BaseModel]) -> types.Record:
    """The record that a model describes; the same model, met twice within it, is the same record.

    Raises `RulesError` for a model that cannot be used: one that is not fully defined, two fields that go by the same
    name, an alias that is a path, a type that reads the clock.

    >>> class Case(BaseModel):
    ...     severity: Annotated[Literal["low", "high"], Ordered()] | None = None
    >>> record_of(Case).fields["severity"].type
    Enum(values=('low', 'high'), ordered=True)
    """
    builder = _Builder(model.__name__)
    record = builder.model(model)
    if not isinstance(record, types.Record):
        raise builder.error(f"it is not a record: {record.why}", "give a model with named fields")
    if builder.restricted:
        record = dataclasses.replace(record, checks=(*record.checks, model_check(model, record)))
    return record


class _Builder:
    """One call of `record_of`: the models met so far, and whether pydantic has to check values too."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.records: dict[type, types.Record] = {}
        self.open: list[type] = []
        self.restricted = False

    def error(self, message: str, help: str) -> RulesError:
        return RulesError([Problem("profile-model", f"the model {self.name} cannot be used: {message}", help=help)])

    def model(self, model: type[BaseModel]) -> types.Record | types.Opaque:
        if issubclass(model, RootModel):
            return self.opaque("it is a root model")
        if model in self.records:
            return self.records[model]
        if model in self.open:
            return self.opaque("it is a recursive model")
        if not model.__pydantic_complete__ and not model.model_rebuild(raise_errors=False):
            raise self.error(
                f"{model.__name__} has a field whose type is not defined yet", f"call {model.__name__}.model_rebuild()"
            )
        decorators = model.__pydantic_decorators__
        limits = {"str_min_length", "str_max_length"} & set(model.model_config)
        self.restricted |= bool(
            decorators.validators
            or decorators.field_validators
            or decorators.root_validators
            or decorators.model_validators
            or model.__pydantic_post_init__ not in {None, "init_private_attributes"}
            or limits
        )
        return self.record(model, {name: self.field(name, info) for name, info in _opened(self, model)})

    def record(self, made_of: type, fields: dict[str, tuple[types.Field, tuple[Checked, ...]]]) -> types.Record:
        self.open.remove(made_of)
        known = {name: name for name in fields}
        for name, (field, _) in fields.items():
            for alias in field.aliases:
                if known.setdefault(alias, name) != name:
                    raise self.error(f"{name} and {known[alias]} both go by `{alias}`", "change one of the aliases")
        checks = tuple(
            SingleCheck(name, mark.holds, mark.wanted) for name, (_, marks) in fields.items() for mark in marks
        )
        plain = MappingProxyType({name: field for name, (field, _) in fields.items()})
        record = types.Record(_in_words(made_of.__name__), plain, checks)
        self.records[made_of] = record
        return record

    def field(self, name: str, info: FieldInfo) -> tuple[types.Field, tuple[Checked, ...]]:
        aliases = tuple(alias for alias in self.aliases(info) if alias != name)
        kind = self.of(info.annotation, tuple(info.metadata))
        checked = _marks(info.annotation, info.metadata)
        confidential = marks_a_secret(info.annotation, info.metadata, kind)
        return types.Field(kind, aliases, info.description or "", confidential), checked

    def aliases(self, info: FieldInfo) -> list[str]:
        alias = info.validation_alias or info.alias
        choices = alias.choices if isinstance(alias, AliasChoices) else [alias] if alias is not None else []
        if any(isinstance(choice, AliasPath) for choice in choices):
            raise self.error("an alias is a path into other data", "use a mapping.yaml to take fields from elsewhere")
        return list(dict.fromkeys(choice for choice in choices if isinstance(choice, str)))

    def opaque(self, why: str) -> types.Opaque:
        self.restricted = True  # pydantic looks into what the strict reader does not
        return types.Opaque(why)

    def of(self, hint: Any, metadata: tuple[object, ...] = ()) -> types.Type:
        """The type of an annotation; `metadata` is what `Annotated` around it says."""
        self.restricted |= any(restricts(item) for item in metadata)
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self.of(arguments[0], (*arguments[1:], *metadata))
        if origin in {Required, NotRequired}:
            return self.of(arguments[0], metadata)
        if isinstance(hint, TypeAliasType | NewType):
            return self.of(hint.__value__ if isinstance(hint, TypeAliasType) else hint.__supertype__, metadata)
        if origin in {Union, python_types.UnionType}:
            rest = [argument for argument in arguments if argument is not type(None)]
            return self.of(rest[0], metadata) if len(rest) == 1 else self.opaque("it is a union of several types")
        if any(isinstance(item, Ordered) for item in metadata):
            return self.ordered(hint)
        if origin is Literal:
            return self.literal(arguments)
        if isinstance(origin, type):
            return self.generic(origin, arguments)
        if hint in {list, tuple, set, frozenset, dict}:
            return self.opaque("it does not say what it holds")
        return self.plain(hint) if isinstance(hint, type) else self.any_or_opaque(hint)

    def ordered(self, hint: Any) -> types.Type:
        kind = self.of(hint)
        if not isinstance(kind, types.Enum):
            raise self.error(f"`ordered` marks {kind}", "`ordered` is for a Literal or Enum of texts, lowest first")
        return dataclasses.replace(kind, ordered=True)

    def literal(self, values: tuple[Any, ...]) -> types.Type:
        plain = [value.value if isinstance(value, enum.Enum) else value for value in values if value is not None]
        if plain and all(isinstance(value, str) for value in plain):
            return types.Enum(tuple(str.__str__(value) for value in plain))
        self.restricted = True
        if plain and all(isinstance(value, bool) for value in plain):
            return types.BOOLEAN
        if plain and all(isinstance(value, int) and not isinstance(value, bool) for value in plain):
            return types.Number(integer=True)
        return self.opaque("its values are of several types")

    def generic(self, origin: type, arguments: tuple[Any, ...]) -> types.Type:
        if origin is tuple:
            if len(arguments) == 2 and arguments[1] is ...:
                return types.ListOf(self.of(arguments[0]))
            return self.opaque("it is a tuple of fixed length")
        if issubclass(origin, list | set | frozenset) or origin in {Sequence, Set}:
            return types.ListOf(self.of(arguments[0]))
        if issubclass(origin, dict) or origin is Mapping:
            if self.of(arguments[0]) != types.STRING:
                return self.opaque("its keys are not texts")
            return types.MapOf(self.of(arguments[1]))
        return self.opaque("its type is not one that rules can read")

    def plain(self, hint: type) -> types.Type:
        if issubclass(hint, BaseModel):
            return self.model(hint)
        if hint in _BY_CLOCK:
            raise self.error(
                f"{hint.__name__} depends on the time of day at which it is read", "use a date or datetime, and a rule"
            )
        if issubclass(hint, enum.Enum):
            return self.literal(tuple(hint))
        if hint is bool:
            return types.BOOLEAN
        if hint in {int, float, Decimal}:
            return types.Number(integer=hint is int)
        if hint is str:
            return types.STRING
        if hint is EmailStr or hint is UUID or issubclass(hint, AnyUrl):
            self.restricted = True
            return types.STRING
        if hint is date:
            return types.DATE
        if hint is datetime or hint is AwareDatetime:
            return types.INSTANT
        if dataclasses.is_dataclass(hint) or is_typeddict(hint):
            return self.fields_by_hints(hint)
        return self.any_or_opaque(hint)

    def any_or_opaque(self, hint: Any) -> types.Type:
        if hint is Any or hint is object:
            return types.Opaque("it may be anything")  # so there is nothing to check
        return self.opaque("its type is not one that rules can read")

    def fields_by_hints(self, made_of: type) -> types.Type:
        """A dataclass or TypedDict. Its own checks run too, as pydantic builds it."""
        if made_of in self.records:
            return self.records[made_of]
        if made_of in self.open:
            return self.opaque("it is a recursive type")
        try:
            hints = get_type_hints(made_of, include_extras=True)
        except Exception:  # resolving names runs whatever the annotations say
            return self.opaque("the types of its fields are not defined")
        if dataclasses.is_dataclass(made_of):
            hints = {field.name: hints[field.name] for field in dataclasses.fields(made_of)}
            self.restricted |= hasattr(made_of, "__post_init__") or hasattr(made_of, "__pydantic_decorators__")
        self.open.append(made_of)
        return self.record(made_of, {name: self.hinted(hint) for name, hint in hints.items()})

    def hinted(self, hint: Any) -> tuple[types.Field, tuple[Checked, ...]]:
        kind = self.of(hint)
        return types.Field(kind, confidential=marks_a_secret(hint, (), kind)), _marks(hint, ())


def _opened(builder: _Builder, model: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    builder.open.append(model)
    return list(model.model_fields.items())


def _marks(hint: Any, metadata: Sequence[object]) -> tuple[Checked, ...]:
    """The `Checked` marks of a field, wherever `Annotated` and `| None` put them."""
    found = [item for item in metadata if isinstance(item, Checked)]
    if get_origin(hint) is Annotated or get_origin(hint) in {Union, python_types.UnionType}:
        first, *others = get_args(hint)
        found += [item for item in others if isinstance(item, Checked)]
        found += _marks(first, ())
    return tuple(found)


def _in_words(name: str) -> str:
    """`ServiceCase` as `service case`, as errors say it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
