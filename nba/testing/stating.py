"""Invariants and guards in the words of the rule language, checked as a house's laws and a pack's rules are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, TypeVar

from nba.decision import Decision
from nba.documents.common import Condition, Entry
from nba.documents.house import Law
from nba.documents.pack import Rule
from nba.documents.validate import validate
from nba.documents.yaml import read
from nba.errors import Problem, RulesError
from nba.explanation.offering import words_of
from nba.language import tree
from nba.language.meaning import evaluate
from nba.language.scope import Scope
from nba.matching import matcher_factory
from nba.orchestrator import Orchestrator
from nba.ruleset.conditions import ALWAYS, condition
from nba.ruleset.gathering import Declared, File, Problems
from nba.ruleset.layers import LayerBuilder
from nba.ruleset.model import Guard, Pairs, Ruleset, Statement
from nba.ruleset.selecting import Selecting, Words
from nba.source import Source

Selector: TypeAlias = str | Mapping[str, Any]
"""As in YAML: an action's id, or `{"tier": "growth", "tag": ["offer", "credit"]}`."""
Given: TypeAlias = str | bool | Mapping[str, Any]
"""As in YAML: an expression, or `{"all": [...]}`, `{"any": [...]}`, `{"not": ...}`."""
E = TypeVar("E", bound=Entry)


@dataclass(frozen=True)
class Stated:
    """What must hold of every decision: a law of the house, or an invariant in the same words."""

    id: str
    kind: Literal["never", "always"]
    condition: tree.Node
    pairs: Pairs
    because: str
    is_law: bool = False

    def binds(self, decision: Decision) -> bool:
        """Whether it asks anything of a decision. `never` does on doubt, too; `always` only on what is certain."""
        truth = evaluate(self.condition, decision._trace.environment())
        return truth is True if self.kind == "always" else truth is not False

    def broken(self, decision: Decision) -> str | None:
        """What breaks it, in words; None when it holds. Of a decision for which it binds."""
        truth = evaluate(self.condition, decision._trace.environment())
        known = "holds" if truth is True else "is in doubt"
        while_ = f"while `{self.condition.text}` {known}" if self.condition != ALWAYS else "which it never may be"
        left = dict(self.selected(decision))
        if self.kind == "never" and left:
            offered = " and ".join(f"{name}{_on(channels)}" for name, channels in left.items())
            return f"nothing blocks {offered}, {while_}"
        if self.kind == "always" and not left:
            wanted = " or ".join(f"`{id}`" for id in sorted(self.pairs)) or "any action"
            when = "" if self.condition == ALWAYS else f", {while_},"
            return f"{wanted} should be possible{when} and is not"
        return None

    def selected(self, decision: Decision) -> Iterator[tuple[str, tuple[str | None, ...]]]:
        """The candidates that it selects and nothing blocks, each with these channels."""
        for of in decision._trace.screened:
            meant = self.pairs.get(of.candidate.action.id, ())
            channels = tuple(channel for channel in of.channels if channel in meant)
            if channels:
                yield of.candidate.name, channels

    def alone(self, decision: Decision) -> list[str]:
        """The candidates that would go ahead on some channel if this law were not there."""
        return [
            of.candidate.name
            for of in decision._trace.screened
            for by in [[block for block in of.blocks if block.id != self.id]]
            if any(
                channel not in of.channels and all(block.channel not in (None, channel) for block in by)
                for channel in self.pairs.get(of.candidate.action.id, ())
            )
        ]

    def expected(self, decision: Decision) -> dict[str, Any] | None:
        """What a case expects so that it fails as long as this is broken; None when no case can say it."""
        if self.kind == "always":
            return {"laws_unmet": []} if self.is_law else None
        left = dict(self.selected(decision))
        whole = {of.candidate.name: of.channels for of in decision._trace.screened}
        if any(whole[name] != channels for name, channels in left.items()):
            return None  # other channels are fine: no case says on which an action is blocked
        return {"blocked": {name: [] for name in left}}


def _on(channels: tuple[str | None, ...]) -> str:
    named = [channel for channel in channels if channel is not None]
    return f" on {' and '.join(named)}" if named else ""


def laws_of(ruleset: Ruleset) -> list[Stated]:
    """The laws of the house, by id."""
    found = [
        Stated(of.rule.id, "never", of.rule.condition, of.pairs, of.rule.because, True)
        for of in ruleset.guards
        if of.kind == "law"
    ]
    found += [Stated(of.rule.id, "always", of.rule.condition, of.pairs, of.rule.because, True) for of in ruleset.duties]
    return sorted(found, key=lambda of: of.id)


def stated(
    ruleset: Ruleset, given: Given, never: Selector | None, always: Selector | None, because: str, name: str | None
) -> Stated:
    """An invariant in words, checked.

    Raises:
        RulesError: what is wrong with the words, and where.
    """
    said = {"id": "invariant", "given": given, "never": never, "always": always, "because": because or "it must hold"}
    law = _declared(Law, "<invariant>", said)
    selector = law.entry.never or law.entry.always
    assert selector is not None
    node = _condition(law.entry.given, ruleset)
    kind: Literal["never", "always"] = "never" if never is not None else "always"
    pairs = _pairs(law, ruleset, kind, selector)
    what = json.dumps(never if never is not None else always, ensure_ascii=False).replace('"', "")
    return Stated(name or f"{kind} {what} given {node.text}", kind, node, pairs, because)


def with_guard(
    orchestrator: Orchestrator, *, when: Given = True, block: Selector, except_: Selector | None = None
) -> Orchestrator:
    """The same rules with one more guard, `one_more_guard`, in the words of the rule language.

    Raises:
        RulesError: what is wrong with the words, and where.

    >>> import nba
    >>> dealer = nba.load(nba.shipped("car-dealer"))
    >>> closed = with_guard(dealer, when="birth_date is missing", block={"tier": "recovery"})
    >>> broken = {"service": {"cases": [{"id": "K1", "status": "open", "severity": "high"}]}}
    >>> closed.decide(broken, as_of="2026-11-22T09:00:00Z").outcome
    'all_blocked'
    """
    ruleset = orchestrator.ruleset
    said = {"id": "one_more_guard", "when": when, "block": block, "except": except_, "because": "one more guard"}
    rule = _declared(Rule, "<guard>", said)
    assert rule.entry.block is not None
    node = _condition(rule.entry.when, ruleset)
    statement = Statement(rule.id, "rule", ruleset.house.name, "one more guard", rule.source, node)
    pairs = _pairs(rule, ruleset, "block", rule.entry.block, rule.entry.except_)
    return _with_guard(orchestrator, statement, "guard", pairs)


def with_statement(orchestrator: Orchestrator, one: Stated) -> Orchestrator:
    """The same rules, in which the condition of an invariant is that of a law which selects nothing."""
    statement = Statement(one.id, "law", orchestrator.ruleset.house.name, one.because, "<invariant>:1", one.condition)
    return _with_guard(orchestrator, statement, "law", {})


def _with_guard(
    orchestrator: Orchestrator, statement: Statement, kind: Literal["guard", "law"], pairs: Pairs
) -> Orchestrator:
    ruleset = orchestrator.ruleset
    builder = LayerBuilder.of(ruleset.layer)
    guard = Guard(statement, kind, builder.add(statement.condition, statement.id), pairs)
    layer, statements = builder.build(), (*ruleset.statements, statement)
    more = replace(ruleset, layer=layer, guards=(*ruleset.guards, guard), statements=statements)
    return with_rules(orchestrator, more)


def with_rules(orchestrator: Orchestrator, ruleset: Ruleset) -> Orchestrator:
    """An orchestrator with other rules and the same engine."""
    return Orchestrator(ruleset, orchestrator.matcher, matcher_factory(orchestrator.matcher), "ignore")


def _declared(model: type[E], name: str, said: Mapping[str, Any]) -> Declared[E]:
    """What is said, as if it were written in a file, so that errors point at the word."""
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in said.items() if value is not None]
    source = Source(name, "\n".join(lines))
    node = read(source)
    assert node is not None
    entry = validate(node, model)

    def beside(relative: str) -> Source:
        raise RulesError([Problem("no-file", f"{name} is in no file, and nothing is beside it")])

    id = str(said["id"])
    return Declared(id, "house", entry, f"{name}:1", File(source, beside, kept=node))


def _condition(written: Condition | None, ruleset: Ruleset) -> tree.Node:
    facts = {of.id: of.type for of in ruleset.facts}
    packs = frozenset(of.name for of in ruleset.packs)
    return condition(written, Scope(ruleset.profile, ruleset.context, facts, {}, None, {}, packs))


def _pairs(declared: Declared[Any], ruleset: Ruleset, key: str, selector: Any, but: Any = None) -> Pairs:
    problems = Problems()
    known = words_of(ruleset)
    words = Words(known["tier"], known["department"], known["tag"], known["channel"], ruleset.actions)
    selecting = Selecting(words, frozenset(), frozenset(of.name for of in ruleset.packs), problems)
    found = selecting.pairs(selector, declared, key, pack=None, but=but)
    if problems.errors:
        raise RulesError(problems.errors)
    return found
