"""What each fact and each rule takes when it is computed on its own.

An engine computes what rules share once, and need not look at every rule; so the parts do not add up to a decision.
They tell which of them is worth a look.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Literal, TypeAlias

from nba.facts import FeatureCall
from nba.language import tree
from nba.language.compiled import compile_node
from nba.language.meaning import Environment
from nba.ruleset.model import Feature, Ruleset

Kind: TypeAlias = Literal["feature", "signal", "expression", "rule", "law"]
_LEAST_ROUNDS = 3


@dataclass(frozen=True)
class Part:
    """The mean seconds that a part takes for a customer."""

    kind: Kind
    """`feature` is a plugin's; `expression` is what conditions compare, and is computed once for all of them."""
    name: str
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """As plain values, in microseconds."""
        return {"kind": self.kind, "name": self.name, "mean_us": round(self.seconds * 1e6, 3)}


def parts(ruleset: Ruleset, environments: Sequence[Environment], seconds: float) -> list[Part]:
    """Each feature, signal, expression, rule and law, in turns until the time is up; the most expensive first."""
    jobs = [*_facts(ruleset), *_expressions(ruleset), *_statements(ruleset)]
    times: list[list[float]] = [[] for _ in jobs]
    end = perf_counter() + seconds
    rounds = 0
    while rounds < _LEAST_ROUNDS or perf_counter() < end:
        for (_, _, compute), found in zip(jobs, times, strict=True):
            before = perf_counter()
            for env in environments:
                compute(env)
            found.append(perf_counter() - before)
        rounds += 1
    made = [
        Part(kind, name, statistics.median(found) / len(environments))
        for (kind, name, _), found in zip(jobs, times, strict=True)
    ]
    return sorted(made, key=lambda part: (-part.seconds, part.kind, part.name))


_Job: TypeAlias = tuple[Kind, str, Callable[[Environment], object]]


def _facts(ruleset: Ruleset) -> Iterator[_Job]:
    for fact in ruleset.facts:
        if isinstance(fact, Feature):
            yield "feature", fact.id, _called(FeatureCall(fact))
        else:
            yield "signal", fact.id, compile_node(fact.node)


def _called(call: FeatureCall) -> Callable[[Environment], object]:
    return lambda env: call(env, [])


def _expressions(ruleset: Ruleset) -> Iterator[_Job]:
    """Those that are more than a look at the profile or at a signal."""
    for node in ruleset.layer.features:
        if not isinstance(node, tree.Path | tree.Fact | tree.Constant):
            yield "expression", node.text, compile_node(node)


def _statements(ruleset: Ruleset) -> Iterator[_Job]:
    """Rules and laws; those that are asked of an action's items, for all of a customer's items together."""
    actions = {
        rule.id: id
        for id, rules in ruleset.items.items()
        for rule in (*(of.rule for of in rules.proposals), *(of.rule for of in rules.shadows))
    }
    for statement in ruleset.statements:
        condition = compile_node(statement.condition)
        each = ruleset.actions[actions[statement.id]].for_each if statement.id in actions else None
        whole = condition if each is None else _for_each(each.item, compile_node(each.over), condition)
        yield statement.kind, statement.id, whole


def _for_each(
    item: str, over: Callable[[Environment], Any], condition: Callable[[Environment], object]
) -> Callable[[Environment], object]:
    def whole(env: Environment) -> None:
        records = over(env)
        for record in records if isinstance(records, tuple) else ():
            env.items[item] = record
            condition(env)

    return whole
