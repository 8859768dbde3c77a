"""Made-up customers on and around the numbers and words that the rules compare with: cheap evidence of what can be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from nba.language import tree, types
from nba.language.moments import write_instant
from nba.language.values import Value
from nba.proof.analysing.conditions import walk
from nba.proof.asking import USUAL_MOMENT
from nba.proof.witness import Witness
from nba.ruleset.model import Feature, Ruleset

_GAPS = (0.0, 0.02, 0.1, 0.35)
_SIZES = (0, 1, 1, 2, 3, 6)
_ZONES = ("UTC", "Europe/Helsinki")
_FEW = (0, 1, 2, 5, 10, 100)


class Sampler:
    """Makes up customers for a set of rules: the same for the same seed."""

    def __init__(self, ruleset: Ruleset, seed: int = 1) -> None:
        self._ruleset, self._rng = ruleset, Random(seed)
        self._by_field: dict[str, list[Value]] = {}
        self._keys: dict[str, None] = {}
        self._days: list[float] = [0, 1, 7, 30, 365]
        self._numbers: list[float] = list(_FEW)
        for node in walk(_roots(ruleset)):
            self._learn(node)
        for action in ruleset.actions.values():
            self._keys.update(dict.fromkeys((*action.channels, *([action.purpose] if action.purpose else []))))
        self._channels = sorted({of for action in ruleset.actions.values() for of in action.channels})
        self._purposes = sorted({of.purpose for of in ruleset.actions.values() if of.purpose})

    def __iter__(self) -> Iterator[Witness]:
        while True:
            gap = self._rng.choice(_GAPS)
            profile = self._record(self._ruleset.profile, gap)
            context = self._record(self._ruleset.context, gap)
            if self._rng.random() < 0.8:
                context = {name: of for name, of in context.items() if name not in ("channel", "direction")}
            as_of = USUAL_MOMENT + timedelta(days=self._rng.choice((0, 0, 0, 45, -100, 300)))
            yield Witness({"id": "C-1", **profile}, context, as_of)

    # What the rules compare with

    def _learn(self, node: tree.Node) -> None:
        match node:
            case (
                tree.Compare(left=left, right=tree.Constant(value=value))
                | tree.Compare(left=tree.Constant(value=value), right=left)
            ):
                self._note(left, value)
            case tree.In(item=item, items=tree.Constant(value=tuple() as values)):
                for value in values:
                    self._note(item, value)
            case tree.Lookup(key=tree.Constant(value=str(key))):
                self._keys[key] = None
            case (
                tree.Compare(left=left, right=tree.Setting(id=id)) | tree.Compare(left=tree.Setting(id=id), right=left)
            ):
                self._note(left, self._ruleset.settings[id])

    def _note(self, of: tree.Node, value: Value) -> None:
        if isinstance(value, int | float) and not isinstance(value, bool):
            self._numbers.append(value)
            self._days.append(abs(value))
        name = _field(of)
        if name is not None and value is not None:
            self._by_field.setdefault(name, []).append(value)

    # Values

    def _record(self, kind: types.Record, gap: float, depth: int = 0) -> dict[str, Any]:
        found = {}
        for name, of in kind.fields.items():
            if self._rng.random() >= gap and not isinstance(of.type, types.Opaque):
                found[name] = self._value(name, of.type, gap, depth)
        return found

    def _value(self, name: str, kind: types.Type, gap: float, depth: int) -> Any:
        rng = self._rng
        match kind:
            case types.Boolean():
                return rng.random() < 0.5
            case types.Number(integer=whole):
                return self._number(name, whole=whole)
            case types.Enum(values=values):
                return rng.choice(values)
            case types.String():
                return self._text(name)
            case types.Date():
                return (USUAL_MOMENT.date() + timedelta(days=self._day())).isoformat()
            case types.Instant():
                moved = timedelta(days=self._day(), minutes=rng.choice((0, 0, 0, 1, -1, 300)))
                return write_instant(USUAL_MOMENT + moved)
            case types.ListOf(item=item):
                count = rng.choice(_SIZES) if depth < 4 else 0
                if name == "preferred_channels":
                    return rng.sample(self._channels, min(count, len(self._channels)))
                return self._items([self._value(name, item, gap, depth + 1) for _ in range(count)])
            case types.MapOf(value=value):
                return {key: self._value(key, value, gap, depth + 1) for key in self._names_of(name)}
            case types.Record():
                found = self._record(kind, gap, depth + 1)
                if name in self._purposes and rng.random() < 0.8:  # consent as most give it
                    found |= {"granted": True, "channels": dict.fromkeys(self._channels, True)}
                return found
        return None

    def _items(self, items: list[Any]) -> list[Any]:
        """Items with an id of their own; at times a field is missing, or the same, in all of them."""
        records = [of for of in items if isinstance(of, dict)]
        for name in sorted({name for of in records for name in of}):
            chance = self._rng.random()
            for number, of in enumerate(records):
                if name == "id":
                    of[name] = f"K{number}"
                elif chance < 0.12:
                    of.pop(name, None)
                elif chance < 0.3 and name in of and not isinstance(of[name], dict | list):
                    of[name] = next(one[name] for one in records if name in one)
        return items

    def _names_of(self, name: str) -> list[str]:
        if name in ("consents", "channels"):
            return self._purposes if name == "consents" else self._channels
        return [key for key in self._keys if self._rng.random() < 0.6]

    def _number(self, name: str, *, whole: bool) -> float:
        rng = self._rng
        own = [of for of in self._by_field.get(name, ()) if isinstance(of, int | float) and not isinstance(of, bool)]
        near = rng.choice(own) if own and rng.random() < 0.8 else rng.choice(self._numbers)
        found = near + rng.choice((0, 0, 1, -1, 0.5, -0.5, 10))
        return round(found) if whole else found

    def _text(self, name: str) -> str:
        rng = self._rng
        if name == "timezone":
            return rng.choice(_ZONES)
        own = [of for of in self._by_field.get(name, ()) if isinstance(of, str)]
        if own and rng.random() < 0.85:
            return rng.choice(own)
        return rng.choice([*self._channels, *self._keys, "a", "b", "other"])

    def _day(self) -> float:
        away = self._rng.choice(self._days) + self._rng.choice((0, 0, 1, -1))
        away = min(abs(away), 40_000.0) if self._rng.random() < 0.9 else self._rng.uniform(0, 30_000)
        return -away if self._rng.random() < 0.7 else away


def _roots(ruleset: Ruleset) -> Iterator[tree.Node]:
    for statement in ruleset.statements:
        yield statement.condition
    for guard in ruleset.guards:
        yield guard.rule.condition
    for fact in ruleset.facts:
        if not isinstance(fact, Feature):
            yield fact.node


def _field(node: tree.Node) -> str | None:
    """The name of the field that a value is read from."""
    match node:
        case tree.Path(names=names) if names:
            return names[-1]
        case tree.Get(name=name):
            return name
        case tree.Default(of=of):
            return _field(of)
        case tree.Lookup(key=tree.Constant(value=str(key))):
            return key
        case tree.Item():
            return None
    return None
