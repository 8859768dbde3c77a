"""What is seen of conditions: each is taken apart once for a ruleset, and then looked at for many decisions."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from nba.explanation.conditions import Kind, Observation, key_of
from nba.explanation.scene import Label, Scene, label_of
from nba.explanation.showing import counted, shown
from nba.language import tree
from nba.language.compiled import compile_node
from nba.language.functions import FUNCTIONS
from nba.language.meaning import Environment, conjunction, disjunction, negation
from nba.language.types import BOOLEAN, Type
from nba.language.values import FAILED, Truth, Value
from nba.ruleset.model import Feature, Ruleset
from nba.trace import Trace

MOST_ITEMS: Final = 5
"""So many items of a list are shown."""

Pair: TypeAlias = tuple[str, str]
"""What was read, and its value as people read it."""


@dataclass(slots=True)
class _Scene(Scene):
    """What a condition is looked at in."""

    told: set[str] = field(default_factory=set)
    """The signals that this observation has told of."""


_Look: TypeAlias = Callable[[_Scene], Observation]
_Read: TypeAlias = Callable[[_Scene], list[Pair]]
_Truths: TypeAlias = Callable[[list[Truth]], Truth]


class Watcher:
    """Looks at the conditions of a ruleset."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._facts = {fact.id: fact for fact in ruleset.facts}
        features = [fact for fact in ruleset.facts if isinstance(fact, Feature)]
        self._reads = {feature.id: _together(map(_read, feature.reads)) for feature in features}
        self._looks: dict[int, tuple[tree.Node, _Look]] = {}

    def observe(
        self,
        trace: Trace,
        node: tree.Node,
        items: Mapping[str, Value] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Observation:
        """What was seen of a condition, signals followed down to the fields that they are made from.

        `items` are the values of items in sight by name, and `labels` what to call them: `sales.leases[L-88]`.
        """
        env = trace.environment()
        env.items.update(items or {})
        return self._look(node)(_Scene(trace, env, dict(labels or {})))

    def _look(self, node: tree.Node) -> _Look:
        """How to look at a node. It is known by where it is, and kept so that nothing else ever is there."""
        found = self._looks.get(id(node))
        if found is None:
            found = self._looks[id(node)] = node, self._taken_apart(node)
        return found[1]

    def _taken_apart(self, node: tree.Node) -> _Look:
        match node:
            case tree.And(items=parts):
                return _whole(node.text, "all", list(map(self._taken_apart, parts)), _all)
            case tree.Or(items=parts):
                return _whole(node.text, "any", list(map(self._taken_apart, parts)), _any)
            case tree.Not(of=tree.IsMissing()):
                return self._leaf(node)  # `x is not missing` is one thing to say
            case tree.Not(of=of) if of.text == node.text:
                return self._leaf(node)  # `a != b`, which the checker takes apart
            case tree.Not(of=of):
                return _whole(node.text, "not", [self._taken_apart(of)], _not)
            case tree.Fact(id=id):
                return lambda scene: self._signal(scene, id)
            case _:
                return self._leaf(node)

    def _leaf(self, node: tree.Node) -> _Look:
        compute, read, facts = compile_node(node), _read(node), tuple(dict.fromkeys(_facts(node)))
        text, kind = node.text, _kind(tree.type_of(node))

        def look(scene: _Scene) -> Observation:
            truth, values = _truth(compute(scene.env)), read(scene)
            if len(values) > 1:  # settings come last: what was seen of the customer matters more
                values = sorted(dict.fromkeys(values), key=_is_setting)
            if not facts:
                return Observation(text, truth, tuple(values), kind=kind)
            unseen = [id for id in facts if id not in scene.told and id not in scene.trace.stand_ins]
            return Observation(text, truth, tuple(values), tuple([self._signal(scene, id) for id in unseen]), kind=kind)

        return look

    def _signal(self, scene: _Scene, id: str) -> Observation:
        value = scene.env.facts[id]
        truth, pair, fact = _truth(value), (id, shown(value)), self._facts.get(id)
        if fact is None or id in scene.told or id in scene.trace.stand_ins:
            return Observation(id, truth, (pair,), kind=_kind(BOOLEAN if fact is None else fact.type))
        scene.told.add(id)
        below = _Scene(scene.trace, scene.trace.environment(), {}, scene.told)
        if isinstance(fact, Feature):
            return Observation(id, truth, (pair, *dict.fromkeys(self._reads[id](below))), kind=_kind(fact.type))
        return Observation(id, truth, (pair,), (self._look(fact.node)(below),), fact.because, "signal")


def _whole(text: str, kind: Kind, looks: Sequence[_Look], of: _Truths) -> _Look:
    """How to look at what is made of parts."""

    def look(scene: _Scene) -> Observation:
        parts = [part(scene) for part in looks]
        return Observation(text, of([part.truth for part in parts]), (), tuple(parts), kind=kind)

    return look


def _all(truths: list[Truth]) -> Truth:
    return False if False in truths else None if None in truths else True


def _any(truths: list[Truth]) -> Truth:
    return True if True in truths else None if None in truths else False


def _not(truths: list[Truth]) -> Truth:
    (truth,) = truths
    return None if truth is None else not truth


def _read(node: tree.Node) -> _Read:
    """How to read the values that a node reads."""
    match node:
        case tree.AsOf():
            return lambda scene: [("as_of", shown(scene.env.clock.as_of))]
        case tree.Path(text=text) | tree.Setting(text=text):
            compute = compile_node(node)
            return lambda scene: [(text, shown(compute(scene.env)))]
        case tree.Item() | tree.Fact() | tree.Get():
            return _value(_label(node), node)
        case tree.Lookup(key=key):
            return _together([_value(_label(node), node), _read(key)])
        case tree.Call(name=name, arguments=arguments):
            below = [_read(argument) for argument in arguments]
            if FUNCTIONS[name].reads_clock:
                labels = [_label(argument) for argument in arguments]
                below.append(_value(lambda scene: f"{name}({', '.join([of(scene) for of in labels])})", node))
            return _together(below)
        case tree.Aggregate():
            return _Items(node)
        case tree.FirstOf(rows=rows):
            return _together([_read(condition) for condition, _ in rows])
        case _:
            return _together([_read(child) for child in tree.children(node)])


def _value(label: Label[_Scene], node: tree.Node) -> _Read:
    compute = compile_node(node)
    return lambda scene: [(label(scene), shown(compute(scene.env)))]


def _nothing(scene: _Scene) -> list[Pair]:
    return []


def _together(reads: Iterable[_Read]) -> _Read:
    some = [read for read in reads if read is not _nothing]
    if len(some) < 2:
        return some[0] if some else _nothing
    return lambda scene: [pair for read in some for pair in read(scene)]


class _Items:
    """Reads the fields of the items that decide an aggregate, and what stands beside them."""

    def __init__(self, node: tree.Aggregate) -> None:
        self._name, self._item, self._over_label = node.name, node.item, _label(node.over)
        self._over, self._whole = compile_node(node.over), compile_node(node)
        self._where = None if node.where is None else compile_node(node.where)
        self._body = None if node.name == "count" else compile_node(node.body)
        parts = [of for of in (node.where, None if node.name == "count" else node.body) if of is not None]
        self._reads = list(map(_read, parts))

    def __call__(self, scene: _Scene) -> list[Pair]:
        records, over = self._over(scene.env), self._over_label(scene)
        if not isinstance(records, tuple) or not records:
            return [(over, shown(records))]
        deciding = self._deciding(scene, records)
        found = [(over, counted(len(records), "item"))] if len(deciding) > MOST_ITEMS or not deciding else []
        for label, record in deciding[:MOST_ITEMS]:
            scene.labels[self._item] = f"{over}[{label}]"
            for read in self._reads:
                scene.env.items[self._item] = record
                found += read(scene)
        return found

    def _deciding(self, scene: _Scene, records: Sequence[Any]) -> list[tuple[str, Any]]:
        """The items without which the value would be another, each with what to call it."""
        whole = self._whole(scene.env)
        found = [
            (key_of(record, place), record)
            for place, record in enumerate(records, start=1)
            if self._decides(scene.env, record, whole)
        ]
        return sorted(found, key=lambda pair: pair[0])

    def _decides(self, env: Environment, record: Any, whole: Any) -> bool:
        env.items[self._item] = record
        where = True if self._where is None else self._where(env)
        body = None if self._body is None else self._body(env)
        if self._name == "any":
            return whole is False or _truth(conjunction((where, body))) is _truth(whole)
        if self._name == "all":
            return whole is True or _truth(disjunction((negation(where), body))) is _truth(whole)
        if self._name in ("min", "max") and whole is not None and whole is not FAILED:
            return where is True and bool(body == whole)
        return where is not False


def _label(node: tree.Node) -> Label[_Scene]:
    return label_of(node, _other_label)


def _other_label(node: tree.Node) -> Label[_Scene]:
    match node:
        case tree.Lookup(of=of, key=tree.Constant(text=text)):
            mapping = _label(of)
            return lambda scene: f"{mapping(scene)}[{text}]"
        case tree.Lookup(of=of, key=key):
            mapping, compute = _label(of), compile_node(key)
            return lambda scene: f"{mapping(scene)}[{shown(compute(scene.env))}]"
        case tree.Fact(id=id):
            return functools.partial(_fixed, id)
    return functools.partial(_fixed, node.text)


def _fixed(text: str, scene: _Scene) -> str:
    return text


def _is_setting(pair: Pair) -> bool:
    return pair[0].startswith("settings.")


def _kind(kind: Type) -> Kind:
    return "leaf" if kind == BOOLEAN else "value"


def _truth(value: Any) -> Truth:
    return value if isinstance(value, bool) else None


def _facts(node: tree.Node) -> Iterator[str]:
    if isinstance(node, tree.Fact):
        yield node.id
    for child in tree.children(node):
        yield from _facts(child)
