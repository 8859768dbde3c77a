"""A ruleset as plain JSON, and back: tables of texts and of parts, each part after those that it is made of.

Nothing in it names code. Parts are of the classes listed here and no others; types of records and the functions of
plugins are not stored: they are given again, in the same order and by the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from nba.language import texts, tree, types
from nba.language.types import ListOf, MapOf, Record, Type
from nba.ruleset import model, secrets
from nba.ruleset.model import Ruleset

Functions: TypeAlias = Mapping[str, Callable[..., Any]]
"""The functions that plugins bring, by a name that tells all of them apart."""

_CLASSES: Final[Mapping[str, type[Any]]] = MappingProxyType(
    {
        f"{module.__name__.rpartition('.')[2]}.{name}": of
        for module in (model, tree, types, texts, secrets)
        for name, of in vars(module).items()
        if is_dataclass(of) and isinstance(of, type) and of.__module__ == module.__name__ and of is not Record
    }
)
_NAMES: Final[Mapping[type[Any], str]] = MappingProxyType({of: name for name, of in _CLASSES.items()})
_FIELDS: Final[Mapping[str, int]] = MappingProxyType({name: len(fields(of)) for name, of in _CLASSES.items()})
_MAKERS: Final[Mapping[str, Callable[[list[Any]], Any]]] = MappingProxyType(
    {
        "tuple": tuple,
        "list": list,
        "frozenset": frozenset,
        "mapping": lambda parts: dict(zip(parts[::2], parts[1::2], strict=True)),
        "date": lambda parts: date.fromisoformat(*parts),
        "datetime": lambda parts: datetime.fromisoformat(*parts),
        "plain": lambda parts: parts[0],
    }
)


class NotStorable(Exception):
    """Why a ruleset cannot be stored, or what was stored cannot be read."""


def records_of(*roots: Record) -> list[Record]:
    """The records in the types of the profile and context, in a fixed order."""
    found: dict[Record, None] = {}
    for root in roots:
        for record in _within(root):
            found.setdefault(record)
    return list(found)


def _within(kind: Type) -> Iterator[Record]:
    match kind:
        case Record(fields=inner):
            yield kind
            for of in inner.values():
                yield from _within(of.type)
        case ListOf(item=of) | MapOf(value=of):
            yield from _within(of)


def store(ruleset: Ruleset, functions: Functions) -> dict[str, Any]:
    """A ruleset as values that JSON has.

    Raises:
        NotStorable: something in it is of a kind that has no place there.
    """
    storing = _Storing(records_of(ruleset.profile, ruleset.context), functions)
    root = storing.place(ruleset)
    kinds = [[name, "".join(codes)] for name, codes in storing.kinds]
    return {"texts": list(storing.texts), "kinds": kinds, "parts": storing.parts, "root": root}


class _Storing:
    def __init__(self, records: Sequence[Record], functions: Functions) -> None:
        self.texts: dict[str, int] = {}
        self.kinds: dict[tuple[str, str], int] = {}
        self.parts: list[list[Any]] = []
        self._records = {id(of): number for number, of in enumerate(records)}
        self._functions = {id(of): name for name, of in functions.items()}
        self._places: dict[int, int] = {}

    def place(self, value: Any) -> int:
        """The number of a part among the parts, after it has been added; a part that is there twice is stored once."""
        known = self._places.get(id(value))
        if known is None:
            known = self._places[id(value)] = self._add(*self._taken_apart(value))
        return known

    def _taken_apart(self, value: Any) -> tuple[str, list[Any]]:
        name = _NAMES.get(type(value))
        if name is not None:
            return name, [getattr(value, of.name) for of in fields(value)]
        if isinstance(value, Mapping):
            return "mapping", [part for pair in value.items() for part in pair]
        if isinstance(value, frozenset):
            return "frozenset", sorted(value)
        if isinstance(value, tuple | list):
            return ("tuple" if isinstance(value, tuple) else "list"), list(value)
        if isinstance(value, date):
            return ("datetime" if isinstance(value, datetime) else "date"), [value.isoformat()]
        if id(value) in self._records:
            return "record", [self._records[id(value)]]
        if id(value) in self._functions:
            return "function", [self._functions[id(value)]]
        raise NotStorable(f"a {type(value).__name__} cannot be stored")

    def _add(self, name: str, inner: list[Any]) -> int:
        codes, row = [], []
        for value in inner:
            if type(value) is str:
                codes.append("t")
                row.append(self.texts.setdefault(value, len(self.texts)))
            elif value is None or type(value) in (bool, int, float):
                codes.append("v")
                row.append(value)
            else:
                codes.append("p")
                row.append(self.place(value))
        code, unit = "".join(codes), "".join(codes[: 2 if name == "mapping" else 1])
        if name not in _FIELDS and code and code == unit * (len(code) // len(unit)):
            code = f"{unit}*"  # of any length
        self.parts.append([self.kinds.setdefault((name, code), len(self.kinds)), *row])
        return len(self.parts) - 1


def restore(stored: object, profile: Record, context: Record, functions: Functions) -> Ruleset:
    """The ruleset that was stored, over the same types and functions; the parts may come one by one.

    Raises:
        NotStorable: it is not what `store` makes.
    """
    try:
        found = _restore(stored, records_of(profile, context), functions)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise NotStorable(f"it cannot be read: {type(error).__name__}: {error}") from None
    if not isinstance(found, Ruleset) or found.profile is not profile or found.context is not context:
        raise NotStorable("it is no ruleset")
    return found


def _restore(stored: Any, records: Sequence[Record], functions: Functions) -> Any:
    words: list[str] = stored["texts"]
    if not all(type(word) is str for word in words):
        raise ValueError("a text is no text")
    makers: list[tuple[Callable[..., Any], bool, str]] = []
    for name, code in stored["kinds"]:
        if name in _CLASSES:
            if len(code) != _FIELDS[name]:
                raise ValueError(f"{name} has other fields now")
            makers.append((_CLASSES[name], True, code))
        elif name == "record":
            makers.append((lambda parts: records[parts[0]], False, code))
        elif name == "function":
            makers.append((lambda parts: functions[parts[0]], False, code))
        else:
            makers.append((_MAKERS[name], False, code))
    parts: list[Any] = []
    for kind, *row in stored["parts"]:
        make, spread, code = makers[kind]
        if code.endswith("*"):
            code = code[:-1] * (len(row) // (len(code) - 1))
        inner: list[Any] = []
        for of, value in zip(code, row, strict=True):
            if of == "v":
                if value is not None and type(value) not in (bool, int, float):
                    raise ValueError("a value is no value")
                inner.append(value)
            elif type(value) is not int or value < 0:
                raise ValueError("a place is no place")
            else:
                inner.append(words[value] if of == "t" else parts[value])
        parts.append(make(*inner) if spread else make(inner))
    return parts[stored["root"]]
