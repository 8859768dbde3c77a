"""The conditions of a layer as rulesets of durable_rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nba.language.values import FAILED, Value
from nba.matching.coding import Coding, Encoder, Slot
from nba.matching.durable.names import field_names
from nba.matching.durable.ruleset import Ruleset
from nba.matching.normal_form import Atom, Both, Either, Formula, Limits, definitely, size
from nba.matching.protocol import Match
from nba.ruleset.model import Layer

RULESET = Limits(ways=60, fields=200)  # beyond 64 matches it answers 303 and replays stale ones; 302 at 255 fields
RULE = Limits(ways=8, fields=200, groups=15)  # error 113 beyond 15 `$and`s and `$or`s

_NAMES = field_names(RULESET.fields)
_OPERATORS = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}


class DurableMatcher:
    """Evaluates the conditions of a layer with durable_rules.

    Conditions that are definitely true are asked for first. Only those that look at something missing can be unknown,
    and for these it is asked whether they are definitely false.
    """

    def __init__(self, layer: Layer) -> None:
        coding = Coding(layer.conditions)
        slots: dict[Slot, int] = {}
        self._always, self._true = _ask(layer, coding, slots, wanted=True)
        self._never, self._false = _ask(layer, coding, slots, wanted=False)
        self._encoders: list[Encoder] = [coding.encoder(slot) for slot in slots]
        self._readers: list[set[int]] = [set() for _ in layer.features]
        for number, features in enumerate(layer.reads):
            for feature in features:
                self._readers[feature].add(number)

    def match(self, features: Sequence[Value]) -> Match:
        """Match the conditions against the values of the features."""
        codes = [encode(features) for encode in self._encoders]
        true = set(self._always)
        for group in self._true:
            true.update(group.collect(codes))
        unknown: set[int] = set()
        for readers, value in zip(self._readers, features, strict=True):
            if value is None or value is FAILED:
                unknown |= readers
        unknown -= true
        unknown -= self._never
        if unknown:
            for group in self._false:
                if not unknown.isdisjoint(group.conditions):
                    unknown.difference_update(group.collect(codes))
        return Match(true, unknown)


@dataclass(frozen=True)
class _Group:
    """A ruleset with the condition that each of its rules stands for, and what it is sent: slots under names."""

    ruleset: Ruleset
    conditions: tuple[int, ...]
    fields: tuple[tuple[int, str], ...]

    def collect(self, codes: Sequence[int | None]) -> Iterator[int]:
        """The conditions whose rules fire for a message of these codes."""
        sent = "".join([f"{name}{codes[slot]}" for slot, name in self.fields if codes[slot] is not None])
        return map(self.conditions.__getitem__, self.ruleset.fire(sent))


def _ask(layer: Layer, coding: Coding, slots: dict[Slot, int], *, wanted: bool) -> tuple[set[int], list[_Group]]:
    """The conditions that hold whatever is sent, and the others in groups, each small enough for one ruleset."""
    settled: set[int] = set()
    groups: list[_Group] = []
    rules: dict[int, Formula] = {}
    fields: dict[Slot, None] = {}
    ways = 0
    for number, condition in enumerate(layer.conditions):
        formula = definitely(condition, wanted, coding, RULE)
        if isinstance(formula, bool):
            if formula:
                settled.add(number)
            continue
        of = size(formula)
        if rules and not RULESET.allow(ways + of.ways, len(fields.keys() | of.slots)):
            groups.append(_group(rules, fields, slots))
            rules, fields, ways = {}, {}, 0
        rules[number] = formula
        fields |= dict.fromkeys(of.slots)
        ways += of.ways
    return settled, [*groups, _group(rules, fields, slots)] if rules else groups


def _group(rules: dict[int, Formula], fields: Iterable[Slot], slots: dict[Slot, int]) -> _Group:
    names = dict(zip(fields, _NAMES, strict=False))
    sent = tuple((slots.setdefault(slot, len(slots)), f',"{name}":') for slot, name in names.items())
    return _Group(Ruleset([_pattern(formula, names) for formula in rules.values()]), tuple(rules), sent)


def _pattern(formula: Formula, names: dict[Slot, str]) -> dict[str, object]:
    match formula:
        case Atom(slot=slot, relation="==", code=code):
            return {names[slot]: code}
        case Atom(slot=slot, relation=relation, code=code):
            return {_OPERATORS[relation]: {names[slot]: code}}
        case Both(parts=parts):
            return {"$and": [_pattern(part, names) for part in parts]}
        case Either(parts=parts):
            return {"$or": [_pattern(part, names) for part in parts]}
    raise AssertionError("a formula that always or never holds is no rule")
