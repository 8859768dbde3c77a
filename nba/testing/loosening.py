"""Where rules say in words that not knowing something may unblock an action.

`is missing`, `default(...)`, `on_unknown: allow`; `assume:` and `timezone:` of the house; and a plugin's feature, of
which only the plugin knows what it makes of a missing value. The checked trees of the rules tell, signals followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nba.decision import Decision
from nba.language import tree
from nba.reads import paths_of, reads
from nba.ruleset.model import Feature, ForEach, Ruleset, Signal
from nba.screening import Blocked, Screened


@dataclass(frozen=True)
class Loosened:
    """A rule that let an action pass because something was not known, and by which words."""

    rule: str
    words: str
    action: str

    def __str__(self) -> str:
        return f"{self.rule} says {self.words}, which unblocks {self.action}"


class Loosening:
    """The words of a ruleset by which not knowing something may unblock an action."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self._facts = {of.id: of for of in ruleset.facts}
        self._reads = reads(ruleset)
        self._gates = {of.id for of in ruleset.gates}
        self._lenient = {of.rule.id for of in ruleset.guards if of.lenient}
        self._keys = {
            pattern
            for action in ruleset.actions.values()
            if action.for_each is not None
            for pattern in _patterns(action.for_each)
        }

    def tells_items_apart(self, path: str) -> bool:
        """Whether a path is an action's item, or its key: without it there is another item, not one less known."""
        return re.sub(r"\[\d+\]", "[]", path) in self._keys

    def words(self, node: tree.Node, path: str) -> Iterator[str]:
        """The words in a condition or expression by which it may count that a path is missing, signals followed."""
        match node:
            case tree.IsMissing() | tree.Default() if self._concerns(node, path):
                yield f"`{node.text}`"
            case tree.Fact(id=id):
                fact = self._facts.get(id)
                if isinstance(fact, Feature) and self._concerns(node, path):
                    yield f"what the feature `{id}` makes of it"
                elif isinstance(fact, Signal):
                    yield from self.words(fact.node, path)
        for child in tree.children(node):
            yield from self.words(child, path)

    def _concerns(self, node: tree.Node, path: str) -> bool:
        """Whether a node reads a path, or what is above or below it. Of an item by itself that cannot be told."""
        forgotten = _steps(path)
        read = [_steps(of) for of in paths_of([node], self._reads)]
        return not read or any(a == b for of in read for a, b in [_cut(of, forgotten)])

    def reasons(self, path: str, name: str, channel: str | None, before: Decision, after: Decision) -> set[Loosened]:
        """Why a candidate may be unblocked on a channel once a path is forgotten; empty when no rule says so."""
        action = name.partition("[")[0]
        by_house = {Loosened("the house", words, action) for words in self._house_words(path)}
        was, now = _screened(name, before), _screened(name, after)
        if was is not None:  # it was blocked, and each block needs a reason to be gone
            each = [
                self._of_block(block, action, path) | by_house
                for block in was.blocks
                if block.channel in (None, channel)
            ]
            return set().union(*each) if all(each) else set()
        found = set(by_house)
        if any(of.origin == name for of in before.errors):
            found.add(Loosened("a fault", "that what failed is not there", action))
        if now is not None:
            each_of = now.candidate.action.for_each
            nodes = [(rule.id, rule.condition) for rule in now.candidate.proposed_by]
            nodes += [(action, node) for node in now.candidate.action.score.factors.values()]
            nodes += [(action, each_of.over)] if each_of is not None else []
            found |= {Loosened(rule, words, action) for rule, node in nodes for words in self.words(node, path)}
        return found

    def _house_words(self, path: str) -> Iterator[str]:
        for assumption in self._ruleset.assumptions:
            assumed = ".".join(assumption.names)
            if assumed == path or assumed.startswith(f"{path}.") or path.startswith((f"{assumed}.", f"{assumed}[")):
                yield f"`assume:` what a missing `{assumed}` means"
        if path == "timezone" and self._ruleset.house.timezone is not None:
            yield "`timezone:`"

    def _of_block(self, block: Blocked, action: str, path: str) -> set[Loosened]:
        """Why what blocked before may not do so any more."""
        if block.kind == "fault":
            return {Loosened("a fault", "that what failed is not there", action)}
        if block.id in self._gates:
            return {Loosened(block.id, "what the gate makes of it", action)}
        words = set() if block.rule is None else set(self.words(block.rule.condition, path))
        if block.id in self._lenient:
            words.add("`on_unknown: allow`")
        return {Loosened(block.id, of, action) for of in words}


def _patterns(each: ForEach) -> tuple[str, ...]:
    """The paths of a list's items, and of their keys: two with one key are told apart once one of these is gone."""
    names = each.over.names if isinstance(each.over, tree.Path) else (each.over.text,)
    item = f"{'.'.join(names)}[]"
    return (item, f"{item}.{each.key.name}") if isinstance(each.key, tree.Get) else (item,)


def _steps(path: str) -> list[str]:
    """The names in a path; items of a list are all one step."""
    return re.sub(r"\[\d*\]", ".[]", path).split(".")


def _cut(one: list[str], other: list[str]) -> tuple[list[str], list[str]]:
    length = min(len(one), len(other))
    return one[:length], other[:length]


def _screened(name: str, decision: Decision) -> Screened | None:
    found: Mapping[str, Screened] = {of.candidate.name: of for of in decision._trace.screened}
    return found.get(name)
