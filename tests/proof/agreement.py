"""Whether the encoding of a rule set agrees with real decisions: what a prover must never get wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import z3

import nba
from nba.decision import Decision
from nba.language.meaning import evaluate
from nba.language.types import BOOLEAN
from nba.language.values import FAILED
from nba.proof import ask, prove
from nba.proof.bits import alike, every, truth
from nba.proof.deciding import Deciding
from nba.proof.encode import Encoder
from nba.proof.locations import Demand, pattern_of
from nba.proof.trying import screened
from nba.proof.values import Truth
from nba.proof.world import World
from nba.ruleset.model import Ruleset, Signal
from tests.proof.pinning import pins

PATIENCE = 10_000
"""Milliseconds for one customer."""


@dataclass(frozen=True)
class Customer:
    """What one decision is made with."""

    profile: Mapping[str, Any]
    context: Mapping[str, Any] = field(default_factory=dict)
    as_of: datetime | str = "2026-11-22T09:00:00Z"


def decide(orchestrator: nba.Orchestrator, of: Any) -> Decision:
    return orchestrator.decide(of.profile, context=of.context, as_of=of.as_of, limit=None)


def conditions_of(ruleset: Ruleset) -> list[tuple[str, Any]]:
    """The conditions of rules, laws and signals that are not about an item, by id."""
    encoder = Encoder(World(ruleset))
    found = [(of.id, of.condition) for of in ruleset.statements if not encoder.reads_items(of.condition)]
    return found + [(of.id, of.node) for of in ruleset.facts if isinstance(of, Signal) and of.type == BOOLEAN]


def said(encoder: Encoder, conditions: list[tuple[str, Any]]) -> tuple[dict[str, Truth], dict[tuple[Any, ...], Any]]:
    """What an encoder makes of conditions, and of each candidate and channel: whether it is open."""
    deciding = Deciding(encoder)
    truths = {id: encoder.truth(node) for id, node in conditions}
    opens = {
        (action, offer.slot, channel): deciding.open(offer, channel)
        for action, of in deciding.ruleset.actions.items()
        for offer in deciding.offers(action)
        for channel in of.pairs
    }
    return truths, opens


def with_slots(ruleset: Ruleset, most: int, build: Callable[[Encoder], Any], *, rests: bool) -> tuple[Encoder, Any]:
    """What is built where every list has so many slots, and a rest when asked."""
    demand = Demand()
    while True:
        encoder = Encoder(World(ruleset, demand))
        built = build(encoder)
        places = {pattern_of(location) for location in encoder.world.lists}
        if places == set(demand.slots):
            return encoder, built
        demand = Demand(dict.fromkeys(places, most), frozenset(places if rests else ()))


def disagreement(orchestrator: nba.Orchestrator, customers: Iterable[Any], slots: int = 5) -> str | None:
    """For which customer the encoding cannot be what is decided, in words; None when it agrees with all."""
    ruleset = orchestrator.ruleset
    conditions = conditions_of(ruleset)
    rests = slots < 5
    encoder, (truths, opens) = with_slots(ruleset, slots, lambda of: said(of, conditions), rests=rests)
    for one in customers:
        decision = decide(orchestrator, one)
        env = decision._trace.environment()
        pinned = [*pins(encoder.world, decision._trace.profile, env.context, env), *encoder.world.finished()]
        wanted = [(id, _is_said(evaluate(node, env), truths[id])) for id, node in conditions]
        wanted += [(str(key), alike(bit, _is_open(decision, *key))) for key, bit in opens.items() if key[1] != -1]
        solver = z3.SimpleSolver()
        solver.set("timeout", PATIENCE)
        solver.add(*pinned)
        found = solver.check()
        if found == z3.unsat:
            return f"there is no such customer: {one}"
        if found == z3.unknown:  # products of fields, say: nothing is claimed
            continue
        if not encoder.world.approximated and not encoder.world.opaque:
            model = solver.model()
            wrong = [id for id, bit in wanted if not z3.is_true(model.eval(truth(bit), model_completion=True))]
            if wrong:
                return f"{wrong} is something else for {one}"
            continue
        solver.add(truth(every(bit for _, bit in wanted)))
        if solver.check() == z3.unsat:
            return f"{_first_wrong(pinned, wanted)} cannot be so for {one}"
    return None


def _first_wrong(pinned: list[Any], wanted: list[tuple[str, Any]]) -> str:
    for id, bit in wanted:
        solver = z3.SimpleSolver()
        solver.set("timeout", PATIENCE)
        solver.add(*pinned, truth(bit))
        if solver.check() == z3.unsat:
            return id
    return "all together"


def _is_said(value: Any, found: Truth) -> Any:
    states = ((found.true, True), (found.false, False), (found.failed, FAILED))
    return every(alike(bit, value is state) for bit, state in states)


def _is_open(decision: Decision, action: str, slot: int | None, channel: str | None) -> bool:
    found = [of for of in screened(decision) if of.candidate.action.id == action]
    if slot is None:
        return any(channel in of.channels for of in found)
    each = decision._trace.ruleset.actions[action].for_each
    assert each is not None
    items = evaluate(each.over, decision._trace.environment())
    if not isinstance(items, tuple) or slot >= len(items):
        return False
    return any(channel in of.channels for of in found if of.candidate.item == items[slot])


def contradiction(orchestrator: nba.Orchestrator, customers: Iterable[Any], time_limit: float = 3.0) -> str | None:
    """What is said never to be although a customer shows it, in words; None when nothing is."""
    ruleset = orchestrator.ruleset
    seen: dict[tuple[str, str], Any] = {}
    conditions = dict(conditions_of(ruleset))
    for one in customers:
        env = decide(orchestrator, one)._trace.environment()
        for id, node in conditions.items():
            value = evaluate(node, env)
            seen.setdefault((id, "true" if value is True else "false" if value is False else "unknown"), one)
    for (id, state), one in seen.items():
        answer = ask(ruleset, partial(_in_state, conditions[id], state), time_limit=time_limit)
        if answer.status == "never":
            return f"{id} is said never to be {state}, and is so for {one}"
    return None


def _in_state(node: Any, state: str, encoder: Encoder) -> Any:
    return getattr(encoder.truth(node), state)


def broken_proof(orchestrator: nba.Orchestrator, customers: Iterable[Any], time_limit: float = 3.0) -> str | None:
    """A verdict that a customer breaks, or an example that shows nothing, in words; None when there is none."""
    proof = prove(orchestrator, time_limit=time_limit)
    ruleset = orchestrator.ruleset
    decisions = [(one, decide(orchestrator, one)) for one in customers]
    laws = {of.rule.id: of for of in ruleset.guards if of.kind == "law"}
    for finding in proof.findings:
        if finding.verdict == "HOLDS BY RULES" and finding.subject in laws:
            for one, decision in decisions:
                if _packs_break(decision, laws[finding.subject]):
                    return f"{finding.subject} holds by rules, it is said, and the packs break it for {one}"
        if finding.verdict == "HOLDS BY RULES" and finding.subject not in laws:
            for one, decision in decisions:
                if any(of.law == finding.subject for of in decision.laws_unmet):
                    return f"{finding.subject} is said to hold, and is not met for {one}"
        if finding.example is not None and not _shows(orchestrator, finding, laws):
            return f"the example of {finding.subject} ({finding.verdict}) shows nothing: {finding.example}"
    return None


def _packs_break(decision: Decision, law: Any) -> bool:
    """Whether the condition may hold, and the guards of the packs leave open what the law forbids."""
    if evaluate(law.rule.condition, decision._trace.environment()) is False:
        return False
    return any(
        not any(block.kind == "guard" and block.channel in (None, channel) for block in of.blocks)
        for of in screened(decision)
        for channel in law.pairs.get(of.candidate.action.id, ())
    )


def _shows(orchestrator: nba.Orchestrator, finding: Any, laws: Mapping[str, Any]) -> bool:
    decision = decide(orchestrator, finding.example)
    if finding.subject in laws:
        return _packs_break(decision, laws[finding.subject])
    return any(of.law == finding.subject for of in decision.laws_unmet)
