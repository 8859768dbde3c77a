"""What was seen of a condition: its truth part by part, and the values that decided it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from nba.explanation.showing import counted, printable, short, shown
from nba.language import tree
from nba.language.functions import FUNCTIONS
from nba.language.meaning import Environment, conjunction, disjunction, evaluate, negation
from nba.language.types import BOOLEAN, Type
from nba.language.values import FAILED, Truth, Value
from nba.ruleset.model import Feature, Signal
from nba.trace import Trace

MOST_ITEMS: Final = 5
"""So many items of a list are shown."""

_LONGEST_TEXT: Final = 160
_OF_ITEM = re.compile(r"(?P<call>\w+\()?(?P<item>[^()]*\])\.(?P<field>[^\[\]()]+)(?(call)\))")

Kind: TypeAlias = Literal["all", "any", "not", "signal", "leaf", "value"]


@dataclass(frozen=True)
class Observation:
    """A condition, or a part of one, with what was seen.

    Attributes:
        text: the part as it is written.
        truth: whether it held; None when that was not known.
        values: what it reads, each with the value as people read it.
        parts: what it is made of. Those of a leaf are the signals that it reads, once in an observation.
        because: of a signal, what its pack says it means.
        kind: how the parts make it: `all` or `any` of them, `not` the one, the condition of a `signal`, or a `leaf`;
            `value` is a part that is no condition.
    """

    text: str
    truth: Truth
    values: tuple[tuple[str, str], ...] = ()
    parts: tuple[Observation, ...] = ()
    because: str = ""
    kind: Kind = "leaf"

    @property
    def deciding(self) -> tuple[Observation, ...]:
        """The parts without which the truth would be another."""
        if self.kind == "all" and self.truth is not True:
            return tuple(part for part in self.parts if part.truth is self.truth)
        if self.kind == "any" and self.truth is not False:
            return tuple(part for part in self.parts if part.truth is self.truth)
        return self.parts


def observe(
    trace: Trace, node: tree.Node, items: Mapping[str, Value] | None = None, labels: Mapping[str, str] | None = None
) -> Observation:
    """What was seen of a condition, signals followed down to the fields that they are made from.

    `items` are the values of items in sight by name, and `labels` what to call them: `sales.leases[L-88]`.
    """
    env = trace.environment()
    env.items.update(items or {})
    return _Watch(trace, env, dict(labels or {})).of(node)


@dataclass
class _Watch:
    trace: Trace
    env: Environment
    labels: dict[str, str]
    seen: set[str] = field(default_factory=set)

    def of(self, node: tree.Node) -> Observation:
        """What was seen of a condition."""
        truth = _truth(evaluate(node, self.env))
        match node:
            case tree.And(items=parts):
                return Observation(node.text, truth, (), tuple(map(self.of, parts)), kind="all")
            case tree.Or(items=parts):
                return Observation(node.text, truth, (), tuple(map(self.of, parts)), kind="any")
            case tree.Not(of=tree.IsMissing()):
                return self._leaf(node, truth)  # `x is not missing` is one thing to say
            case tree.Not(of=of) if of.text == node.text:
                return self._leaf(node, truth)  # `a != b`, which the checker takes apart
            case tree.Not(of=of):
                return Observation(node.text, truth, (), (self.of(of),), kind="not")
            case tree.Fact(id=id):
                return self._signal(id, truth)
            case _:
                return self._leaf(node, truth)

    def _leaf(self, node: tree.Node, truth: Truth) -> Observation:
        # Settings come last: what was seen of the customer matters more.
        values = sorted(dict.fromkeys(self._values(node)), key=lambda pair: pair[0].startswith("settings."))
        parts = tuple(self._signal(id, _truth(self.env.facts[id])) for id in self._unseen(node))
        return Observation(node.text, truth, tuple(values), parts, kind=_kind(tree.type_of(node)))

    def _unseen(self, node: tree.Node) -> list[str]:
        """The signals below a node that this observation has not told of yet."""
        return [id for id in dict.fromkeys(_facts(node)) if id not in self.seen and id not in self.trace.stand_ins]

    def _signal(self, id: str, truth: Truth) -> Observation:
        value = ((id, shown(self.env.facts[id])),)
        fact = next((of for of in self.trace.ruleset.facts if of.id == id), None)
        if fact is None or id in self.seen or id in self.trace.stand_ins:
            return Observation(id, truth, value, kind=_kind(BOOLEAN if fact is None else _type(fact)))
        self.seen.add(id)
        below = _Watch(self.trace, self.trace.environment(), {}, self.seen)
        if isinstance(fact, Feature):
            read = tuple(dict.fromkeys(pair for node in fact.reads for pair in below._values(node)))
            return Observation(id, truth, value + read, kind=_kind(fact.type))
        return Observation(id, truth, value, (below.of(fact.node),), fact.because, "signal")

    def _values(self, node: tree.Node) -> Iterator[tuple[str, str]]:
        """What a node reads, with the values."""
        match node:
            case tree.AsOf():
                yield "as_of", shown(self.env.clock.as_of)
            case tree.Path() | tree.Setting() | tree.Item() | tree.Fact():
                yield self._label(node), shown(evaluate(node, self.env))
            case tree.Get() | tree.Lookup():
                yield self._label(node), shown(evaluate(node, self.env))
                if isinstance(node, tree.Lookup):
                    yield from self._values(node.key)
            case tree.Call(name=name, arguments=arguments):
                for argument in arguments:
                    yield from self._values(argument)
                if FUNCTIONS[name].reads_clock:
                    written = ", ".join(map(self._label, arguments))
                    yield f"{name}({written})", shown(evaluate(node, self.env))
            case tree.Aggregate():
                yield from self._items(node)
            case tree.FirstOf(rows=rows):
                for condition, _ in rows:
                    yield from self._values(condition)
            case _:
                for child in tree.children(node):
                    yield from self._values(child)

    def _items(self, node: tree.Aggregate) -> Iterator[tuple[str, str]]:
        """The fields of the items that decide, and what stands beside them."""
        records = evaluate(node.over, self.env)
        if not isinstance(records, tuple) or not records:
            yield self._label(node.over), shown(records)
            return
        deciding = self._deciding(node, records)
        over = self._label(node.over)
        if len(deciding) > MOST_ITEMS or not deciding:
            yield over, counted(len(records), "item")
        whole = [of for of in (node.where, None if node.name == "count" else node.body) if of is not None]
        for label, record in deciding[:MOST_ITEMS]:
            self.env.items[node.item], self.labels[node.item] = record, f"{over}[{label}]"
            for part in whole:
                yield from self._values(part)
                self.env.items[node.item] = record

    def _deciding(self, node: tree.Aggregate, records: Sequence[Any]) -> list[tuple[str, Any]]:
        whole = evaluate(node, self.env)
        found: list[tuple[str, Any]] = []
        for position, record in enumerate(records, start=1):
            self.env.items[node.item] = record
            where = True if node.where is None else evaluate(node.where, self.env)
            body = None if node.name == "count" else evaluate(node.body, self.env)
            if node.name == "any":
                decides = whole is False or _truth(conjunction((where, body))) is _truth(whole)
            elif node.name == "all":
                decides = whole is True or _truth(disjunction((negation(where), body))) is _truth(whole)
            elif node.name in ("min", "max") and whole is not None and whole is not FAILED:
                decides = where is True and body == whole
            else:
                decides = where is not False
            if decides:
                found.append((key_of(record, position), record))
        return sorted(found, key=lambda pair: pair[0])

    def _label(self, node: tree.Node) -> str:
        match node:
            case tree.Item(name=name):
                return self.labels.get(name, name)
            case tree.Get(of=of, name=name):
                return f"{self._label(of)}.{name}"
            case tree.Lookup(of=of, key=key):
                if isinstance(key, tree.Constant):
                    return f"{self._label(of)}[{key.text}]"
                return f"{self._label(of)}[{shown(evaluate(key, self.env))}]"
            case tree.Fact(id=id):
                return id
            case _:
                return node.text


def key_of(record: Any, position: int) -> str:
    """What to call an item of a list: by its id or key, or else by its place.

    >>> key_of({"id": "K-17"}, 1), key_of({"model": "Estate"}, 1)
    ('K-17', '#1')
    """
    for name in ("id", "key"):
        found = record.get(name) if isinstance(record, Mapping) else None
        if isinstance(found, str | int) and not isinstance(found, bool):
            return short(printable(str(found)))
    return f"#{position}"


def sentences(observation: Observation) -> list[str]:
    """What decided a condition, as short sentences for people, the meaning of signals first.

    >>> seen = Observation("age >= 18", False, (("age", "17"),))
    >>> sentences(Observation("not (age >= 18)", True, (), (seen,), kind="not"))
    ['`age >= 18` does not hold: age is 17']
    """
    said: list[str] = []
    for kind, parts in itertools.groupby(_sentences(observation, set()), key=type):
        if kind is str:
            said += [part for part in parts if isinstance(part, str)]
        else:  # what was seen, put together
            said.append(in_words(pair for part in parts if isinstance(part, list) for pair in part))
    return list(dict.fromkeys(said))


def _sentences(seen: Observation, said: set[tuple[str, str]]) -> Iterator[str | list[tuple[str, str]]]:
    """Sentences, and between them the values that speak for themselves."""
    if seen.kind == "signal" and seen.truth is True and seen.because:
        yield seen.because
    if seen.kind in ("leaf", "value"):
        values = [pair for pair in seen.values if pair not in said]
        said.update(values)
        if seen.kind == "leaf" and seen.truth is not True and not _is_field(seen):
            how = "does not hold" if seen.truth is False else "is not known to hold"
            yield f"`{short(seen.text, _LONGEST_TEXT)}` {how}{': ' if values else ''}{in_words(values)}"
        elif values:
            yield values
        elif seen.kind == "leaf" and not seen.values:
            yield "always" if seen.text == "true" else f"`{short(seen.text, _LONGEST_TEXT)}` holds"
    for part in seen.deciding:
        yield from _sentences(part, said)


def _is_field(seen: Observation) -> bool:
    """Whether a condition is but a field that is true or false, so that its value says it all."""
    return len(seen.values) == 1 and seen.values[0][1] == ("true" if seen.truth else "false")


def in_words(values: Iterable[tuple[str, str]]) -> str:
    """Observed values for people, the fields of one item together.

    >>> in_words([("lease.cases[K].status", "open"), ("lease.cases[K].severity", "high"), ("value", "3")])
    'lease.cases[K]: status is open, severity is high; value is 3'
    >>> in_words([("days_since(lease.cases[K].at)", "3")])
    'lease.cases[K]: days_since(at) is 3'
    """
    grouped: dict[str, list[str]] = {}
    for name, value in values:
        match = _OF_ITEM.fullmatch(name)
        item = match["item"] if match else ""
        own = f"{match['call'] or ''}{match['field']}{')' if match['call'] else ''}" if match else name
        grouped.setdefault(item, []).append(f"{own} is {value}")
    return "; ".join(f"{item}: {', '.join(of)}" if item else ", ".join(of) for item, of in grouped.items())


def _kind(kind: Type) -> Kind:
    return "leaf" if kind == BOOLEAN else "value"


def _type(fact: Signal | Feature) -> Type:
    return fact.type if isinstance(fact, Feature) else tree.type_of(fact.node)


def _truth(value: Any) -> Truth:
    return value if isinstance(value, bool) else None


def _facts(node: tree.Node) -> Iterator[str]:
    if isinstance(node, tree.Fact):
        yield node.id
    for child in tree.children(node):
        yield from _facts(child)
