"""When a block would lift, if nothing but time went by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from nba.explanation.crossings import Unclear, crossings
from nba.explanation.moving import Clockwork, moving_facts
from nba.language import tree
from nba.language.compiled import Compiled, compile_node
from nba.language.meaning import Environment, evaluate
from nba.ruleset.model import Feature, Signal
from nba.trace import Trace

MOST_INSTANTS: Final = 500
"""A condition is looked at for no more instants than these."""


def lifts_at(trace: Trace, node: tree.Node) -> datetime | None:
    """The first instant after `as_of` at which a condition that is true now is false, all data unchanged.

    None when it is not true now, when time alone never makes it false, or when that cannot be told: the condition is
    evaluated at the instant that is given, so that it is never a guess. What plugins compute stays what it is; for a
    condition that reads a plugin's feature that itself reads the clock, the answer is None.
    """
    if not trace.steps.once(Clockwork).moves(node) or evaluate(node, trace.environment()) is not True:
        return None
    try:
        moments = crossings(trace, node)
    except Unclear:
        return None
    condition = compile_node(node)  # there may be many instants
    signals = [(signal.id, compile_node(signal.node)) for signal in _signals(trace, node)]
    for moment in moments[:MOST_INSTANTS]:
        if condition(_at(trace, moment, signals)) is False:
            return moment
    return None


@dataclass(frozen=True)
class Lifts:
    """`lifts_at` for one decision, each condition looked at once."""

    trace: Trace
    _known: dict[int, datetime | None] = field(default_factory=dict)

    def at(self, node: tree.Node) -> datetime | None:
        """When a condition that holds now would lift."""
        if id(node) not in self._known:  # a condition of a rule, which stays where it is; its hash would take longer
            self._known[id(node)] = lifts_at(self.trace, node)
        return self._known[id(node)]


def _signals(trace: Trace, node: tree.Node) -> tuple[Signal, ...]:
    """The signals that a condition reads and that depend on the clock, in the order in which they read each other."""
    moving, facts = moving_facts(trace), {fact.id: fact for fact in trace.ruleset.facts}
    reached: set[str] = set()
    open_nodes = [node]
    while open_nodes:
        for id in _facts_of(open_nodes.pop()):
            if id not in reached and id in moving:
                reached.add(id)
                fact = facts[id]
                open_nodes += fact.reads if isinstance(fact, Feature) else [fact.node]
    return tuple(fact for fact in trace.ruleset.facts if isinstance(fact, Signal) and fact.id in reached)


def _facts_of(node: tree.Node) -> Iterator[str]:
    if isinstance(node, tree.Fact):
        yield node.id
    for child in tree.children(node):
        yield from _facts_of(child)


def _at(trace: Trace, moment: datetime, signals: list[tuple[str, Compiled]]) -> Environment:
    """The environment with the clock moved, and the signals computed again."""
    env = trace.environment()
    env.clock, env.facts = replace(env.clock, as_of=moment), dict(env.facts)
    for id, compute in signals:
        env.facts[id] = compute(env)
    return env
