"""What depends on the clock."""

from __future__ import annotations

from collections.abc import Container, Iterable

from nba.language import tree
from nba.language.functions import FUNCTIONS
from nba.ruleset.model import Feature, Ruleset, Signal
from nba.trace import Trace


class Clockwork:
    """What of a ruleset depends on the clock, when nothing is stood in for."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.facts = _moving(ruleset.facts, ())
        self._known: dict[int, tuple[tree.Node, bool]] = {}

    def moves(self, node: tree.Node) -> bool:
        """Whether a node does. It is known by where it is, and kept so that nothing else ever is there."""
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = node, reads_clock(node, self.facts)
        return found[1]


def moving_facts(trace: Trace) -> frozenset[str]:
    """The signals and features that depend on the clock, and are not stood in for."""
    return _moving(trace.ruleset.facts, trace.stand_ins) if trace.stand_ins else trace.steps.once(Clockwork).facts


def reads_clock(node: tree.Node, moving: Container[str]) -> bool:
    """Whether a node depends on the clock, given the facts that do."""
    match node:
        case tree.AsOf():
            return True
        case tree.Fact(id=id):
            return id in moving
        case tree.Call(name=name) if FUNCTIONS[name].reads_clock:
            return True
        case _:
            return any(reads_clock(child, moving) for child in tree.children(node))


def _moving(facts: Iterable[Signal | Feature], stand_ins: Container[str]) -> frozenset[str]:
    moving: set[str] = set()
    for fact in facts:
        nodes = fact.reads if isinstance(fact, Feature) else (fact.node,)
        if fact.id not in stand_ins and any(reads_clock(node, moving) for node in nodes):
            moving.add(fact.id)
    return frozenset(moving)
