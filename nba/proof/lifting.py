"""Plain values as symbolic ones, and what the house assumes of what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction

from nba.language import types
from nba.language.values import FAILED, Value
from nba.proof import calendar
from nba.proof.bits import Term, both, equal, no, some
from nba.proof.texts import Codes
from nba.proof.values import NOTHING, List, Map, Record, Scalar, Slot, Symbolic, Thing, Truth, pick
from nba.ruleset.model import Assumption


def text(value: str, codes: Codes) -> Scalar:
    """A literal text."""
    return Scalar("text", True, False, codes.place(value))


def lift(value: Value, kind: types.Type, codes: Codes) -> Symbolic:
    """A plain value as a symbolic one."""
    if value is None:
        return NOTHING
    if value is FAILED:
        return Thing(False, True)
    if isinstance(value, bool):
        return Truth(value, not value)
    if isinstance(value, int | float):
        number = Fraction(value)
        exact: Term = int(number) if number.denominator == 1 else number
        return Scalar("number", True, False, exact, low=number, high=number)
    if isinstance(value, str):
        if isinstance(kind, types.Enum) and value in kind.values:
            return Scalar("enum", True, False, kind.values.index(value), values=kind.values)
        return text(value, codes)
    if isinstance(value, datetime):
        return Scalar("instant", True, False, calendar.of_instant(value))
    if isinstance(value, date):
        return Scalar("date", True, False, value.toordinal())
    if isinstance(value, tuple):
        item = kind.item if isinstance(kind, types.ListOf) else kind
        return List(True, False, tuple(Slot(True, lift(of, item, codes)) for of in value))
    if isinstance(value, Mapping):
        return _lift_mapping(value, kind, codes)
    return Thing(True)


def _lift_mapping(value: Mapping[str, Value], kind: types.Type, codes: Codes) -> Symbolic:
    if isinstance(kind, types.Record):
        fields = {name: lift(value.get(name), of.type, codes) for name, of in kind.fields.items()}
        return Record(lambda: True, False, lambda name: fields.get(name, NOTHING))
    inner = kind.value if isinstance(kind, types.MapOf) else kind
    entries = [(codes.place(key), lift(of, inner, codes)) for key, of in value.items()]

    def get(key: Scalar) -> Symbolic:
        found: Symbolic = NOTHING
        for place, of in entries:
            found = pick(both(key.known, equal(key.term, place)), of, found, codes.place)
        return found

    truths = some(of.true for _, of in entries if isinstance(of, Truth))
    return Map(True, False, get, lambda: len(entries), lambda: truths)


def assumed(record: Record, kind: types.Record, assumptions: Iterable[Assumption], codes: Codes) -> Record:
    """The profile with what the house assumes in place of what is missing."""
    for assumption in assumptions:
        record = _with(record, kind, assumption.names, assumption, codes)
    return record


def _with(record: Record, kind: types.Record, names: tuple[str, ...], assumption: Assumption, codes: Codes) -> Record:
    """The record with what is assumed at a path."""
    name, rest = names[0], names[1:]
    made: list[Symbolic] = []

    def get(asked: str) -> Symbolic:
        if asked != name:
            return record.get(asked)
        if not made:
            made.append(_with_value(record.get(name), kind.fields[name].type, rest, assumption, codes))
        return made[0]

    return Record(record.known, record.failed, get)


def _with_value(
    found: Symbolic, kind: types.Type, rest: tuple[str, ...], assumption: Assumption, codes: Codes
) -> Symbolic:
    if not rest:
        if isinstance(found, Record):
            there = found.known()
            gone = both(no(there), no(found.failed))
        else:
            gone = both(no(found.known), no(found.failed))
        return pick(gone, lift(assumption.value, kind, codes), found, codes.place)
    assert isinstance(found, Record)
    assert isinstance(kind, types.Record)
    inner = _with(found, kind, rest, assumption, codes)
    return Record(lambda: no(found.failed), found.failed, inner.get)
