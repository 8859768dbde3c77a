"""Which missing fields leave a condition undecided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nba.language import tree
from nba.language.functions import FUNCTIONS
from nba.language.meaning import Environment, evaluate
from nba.language.values import FAILED
from nba.ruleset.model import Feature
from nba.trace import Trace


def missing_fields(
    trace: Trace, node: tree.Node, items: Mapping[str, Any] | None = None, labels: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """The paths that would decide a node if they were known, sorted; empty when it is not in doubt.

    Signals are followed to the fields they are made from; `service.cases[].severity` is a field of some item. `items`
    are the values of items in sight by name, and `labels` what to call them: `sales.leases[]`.
    """
    env = trace.environment()
    env.items.update(items or {})
    return tuple(sorted(set(_Doubts(trace, env, dict(labels or {})).of(node))))


@dataclass
class _Doubts:
    trace: Trace
    env: Environment
    labels: dict[str, str] = field(default_factory=dict)
    facts: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, node: tree.Node) -> Iterator[str]:
        """The missing paths below a node whose value is unknown."""
        value = evaluate(node, self.env)
        if value is not None and value is not FAILED:
            return
        found = list(self._below(node))
        yield from found or [self._label(node)]

    def _below(self, node: tree.Node) -> Iterator[str]:
        match node:
            case tree.Path() | tree.Item():
                yield self._label(node)
            case tree.Get(of=of) | tree.Lookup(of=of) if evaluate(of, self.env) is not None:
                yield self._label(node)
            case tree.Fact(id=id):
                yield from self._fact(id)
            case tree.Aggregate():
                yield from self._aggregate(node)
            case tree.FirstOf(rows=rows):
                for condition, _ in rows:
                    if evaluate(condition, self.env) is not False:
                        yield from self.of(condition)
                        return
            case tree.Default(of=of, fallback=fallback):
                yield from self.of(of)
                yield from self.of(fallback)
            case tree.Call(name=name, arguments=arguments) if (
                FUNCTIONS[name].reads_clock and self.env.clock.zone is None
            ):
                found = [path for argument in arguments for path in self.of(argument)]
                yield from found or ["timezone"]
            case _:
                for child in tree.children(node):
                    yield from self.of(child)

    def _fact(self, id: str) -> tuple[str, ...]:
        if id not in self.facts:
            # A signal has items of its own, which may have the names of those in sight here.
            items, labels, self.env.items, self.labels = self.env.items, self.labels, {}, {}
            self.facts[id] = tuple(dict.fromkeys(self._below_fact(id)))
            self.env.items, self.labels = items, labels
        return self.facts[id]

    def _below_fact(self, id: str) -> Iterator[str]:
        fact = next((of for of in self.trace.ruleset.facts if of.id == id), None)
        if fact is None or id in self.trace.stand_ins:
            yield id
        elif isinstance(fact, Feature):
            unread = [path for node in fact.reads for path in self.of(node)]
            yield from unread or [id]
        else:
            yield from self.of(fact.node)

    def _aggregate(self, node: tree.Aggregate) -> Iterator[str]:
        records = evaluate(node.over, self.env)
        if records is None or records is FAILED:
            yield from self.of(node.over)
            return
        self.labels[node.item] = f"{self._label(node.over)}[]"
        for record in records:
            self.env.items[node.item] = record
            where = True if node.where is None else evaluate(node.where, self.env)
            if where is False:
                continue
            if node.where is not None:
                yield from self.of(node.where)
            if node.name != "count":
                self.env.items[node.item] = record
                yield from self.of(node.body)

    def _label(self, node: tree.Node) -> str:
        match node:
            case tree.Item(name=name):
                return self.labels.get(name, name)
            case tree.Get(of=of, name=name):
                return f"{self._label(of)}.{name}"
            case tree.Lookup(of=of, key=tree.Constant(value=key)):
                return f'{self._label(of)}["{key}"]'
            case _:
                return node.text
