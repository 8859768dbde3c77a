"""Which missing fields leave a condition undecided: each is taken apart once for a ruleset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from nba.explanation.scene import Label, Scene, label_of
from nba.language import tree
from nba.language.compiled import Compiled, compile_node
from nba.language.functions import FUNCTIONS
from nba.language.values import FAILED
from nba.ruleset.model import Feature, Ruleset
from nba.trace import Trace


def missing_fields(
    trace: Trace,
    node: tree.Node,
    items: Mapping[str, Any] | None = None,
    labels: Mapping[str, str] | None = None,
    *,
    in_doubt: bool = False,
) -> tuple[str, ...]:
    """The paths that would decide a node if they were known, sorted; empty when it is not in doubt.

    Signals are followed to the fields they are made from; `service.cases[].severity` is a field of some item. `items`
    are the values of items in sight by name, and `labels` what to call them: `sales.leases[]`. Whoever knows that the
    node is `in_doubt` says so, that nobody has to find it out.
    """
    env, searcher = trace.environment(), trace.steps.once(_Searcher)
    if items:
        env.items.update(items)
    search = searcher.search_in_doubt(node) if in_doubt else searcher.search(node)
    return tuple(sorted(set(search(_Scene(trace, env, dict(labels or {}))))))


@dataclass(slots=True)
class _Scene(Scene):
    """What a node is looked at in."""

    facts: dict[str, list[str]] = field(default_factory=dict)
    """What was found of signals so far."""


_Search: TypeAlias = Callable[[_Scene], list[str]]
"""Finds the missing paths below a node."""


class _Searcher:
    """Searches the nodes of a ruleset."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._facts = {fact.id: fact for fact in ruleset.facts}
        self._known: dict[int, tuple[tree.Node, _Search]] = {}
        self._in_doubt: dict[int, tuple[tree.Node, _Search]] = {}

    def search(self, node: tree.Node) -> _Search:
        """How to search a node. It is known by where it is, and kept so that nothing else ever is there."""
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = node, self._of(node)
        return found[1]

    def search_in_doubt(self, node: tree.Node) -> _Search:
        """How to search a node that is in doubt: then no part of it decides."""
        found = self._in_doubt.get(id(node))
        if found is None:
            junction = isinstance(node, tree.And | tree.Or)
            found = self._in_doubt[id(node)] = node, self._children(node) if junction else self._of(node)
        return found[1]

    def _of(self, node: tree.Node) -> _Search:
        """The missing paths below a node whose value is unknown, or what to call it when there are none."""
        match node:
            case tree.Constant(value=value) if value is not None:
                return _nothing
            case tree.Path(text=text):
                return _path(compile_node(node), [text])
            case tree.Compare() | tree.In(items=tree.Constant()):
                return self._children(node)  # it is unknown just where a side of it is
            case tree.And(items=items):
                return self._junction(items, decisive=False)
            case tree.Or(items=items):
                return self._junction(items, decisive=True)
        compute, below, label = compile_node(node), self._below(node), _label(node)

        def of(scene: _Scene) -> list[str]:
            value = compute(scene.env)
            if value is not None and value is not FAILED:
                return []
            return below(scene) or [label(scene)]

        return of

    def _below(self, node: tree.Node) -> _Search:
        match node:
            case tree.Item():
                return _nothing
            case tree.Get(of=of) | tree.Lookup(of=of):
                record, children = compile_node(of), self._children(node)
                # The field is missing when what it is a field of is there.
                return lambda scene: [] if record(scene.env) is not None else children(scene)
            case tree.Fact(id=id):
                return lambda scene: self._fact(id, scene)
            case tree.Aggregate():
                return self._aggregate(node)
            case tree.FirstOf(rows=rows):
                return self._first_of([condition for condition, _ in rows])
            case tree.Call(name=name) if FUNCTIONS[name].reads_clock:
                children = self._children(node)
                return lambda scene: children(scene) or ([] if scene.env.clock.zone is not None else ["timezone"])
            case _:
                return self._children(node)

    def _children(self, node: tree.Node) -> _Search:
        return self._together(tree.children(node))

    def _together(self, nodes: Iterable[tree.Node]) -> _Search:
        some = [search for search in map(self._of, nodes) if search is not _nothing]
        if len(some) < 2:
            return some[0] if some else _nothing
        return lambda scene: [path for search in some for path in search(scene)]

    def _junction(self, nodes: Iterable[tree.Node], *, decisive: bool) -> _Search:
        """That of the parts which are unknown, when no part decides."""
        parts = [(compile_node(node), self._of(node)) for node in nodes]

        def junction(scene: _Scene) -> list[str]:
            unknown = []
            for compute, search in parts:
                truth = compute(scene.env)
                if truth is decisive:
                    return []
                if truth is None or truth is FAILED:
                    unknown.append(search)
            return [path for search in unknown for path in search(scene)]

        return junction

    def _first_of(self, conditions: Iterable[tree.Node]) -> _Search:
        """That of the first row which may hold."""
        rows = [(compile_node(condition), self._of(condition)) for condition in conditions]

        def first_of(scene: _Scene) -> list[str]:
            for compute, search in rows:
                if compute(scene.env) is not False:
                    return search(scene)
            return []

        return first_of

    def _fact(self, id: str, scene: _Scene) -> list[str]:
        if id not in scene.facts:
            # A signal has items of its own, which may have the names of those in sight here.
            own = _Scene(scene.trace, scene.trace.environment(), {}, scene.facts)
            scene.facts[id] = list(dict.fromkeys(self._below_fact(id, own)))
        return scene.facts[id]

    def _below_fact(self, id: str, scene: _Scene) -> list[str]:
        fact = self._facts.get(id)
        if fact is None or id in scene.trace.stand_ins:
            return [id]
        if isinstance(fact, Feature):
            return [path for node in fact.reads for path in self.search(node)(scene)] or [id]
        return self.search(fact.node)(scene)

    def _aggregate(self, node: tree.Aggregate) -> _Search:
        over, name, item = compile_node(node.over), _label(node.over), node.item
        search_over = self._of(node.over)
        where = None if node.where is None else (compile_node(node.where), self._of(node.where))
        body = _nothing if node.name == "count" else self._of(node.body)

        def aggregate(scene: _Scene) -> list[str]:
            records = over(scene.env)
            if records is None or records is FAILED:
                return search_over(scene)
            found: list[str] = []
            scene.labels[item] = f"{name(scene)}[]"
            for record in records:
                scene.env.items[item] = record
                if where is not None:
                    compute, search = where
                    if compute(scene.env) is False:
                        continue
                    found += search(scene)
                    scene.env.items[item] = record
                found += body(scene)
            return found

        return aggregate


def _nothing(scene: _Scene) -> list[str]:
    return []


def _path(compute: Compiled, found: list[str]) -> _Search:
    def path(scene: _Scene) -> list[str]:
        value = compute(scene.env)
        return found if value is None or value is FAILED else []

    return path


def _label(node: tree.Node) -> Label[_Scene]:
    return label_of(node, _other_label)


def _other_label(node: tree.Node) -> Label[_Scene]:
    match node:
        case tree.Lookup(of=of, key=tree.Constant(value=key)):
            mapping = _label(of)
            return lambda scene: f'{mapping(scene)}["{key}"]'
    text = node.text
    return lambda scene: text
