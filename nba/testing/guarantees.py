"""The guarantees of nba as checks of one customer, for any rules. See `docs/guarantees.md` for what they promise.

Each function takes the rules and makes a check. What there should be is found here from the rules, one by one, with the
reference evaluator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random

from nba.decision import Decision
from nba.language.meaning import evaluate
from nba.language.types import BOOLEAN
from nba.language.values import FAILED
from nba.orchestrator import Orchestrator
from nba.ruleset.model import Feature, Gate, Ruleset, Signal
from nba.screening.gates import consented
from nba.testing.examining import Check, Complaint
from nba.testing.metamorphic import difference, guard_check, unblocked
from nba.testing.stating import Given, with_guard, with_rules
from nba.testing.strategies import Customer


def precedence(orchestrator: Orchestrator) -> Check:
    """No action is ranked above one of a higher tier, nor chosen in place of one."""

    def check(customer: Customer, rng: Random) -> Complaint | None:
        whole = customer.decide(orchestrator, limit=None)
        return misplaced(whole) or misplaced(customer.decide(orchestrator, limit=1))

    return check


def misplaced(decision: Decision) -> Complaint | None:
    """What a decision ranks above something of a higher tier."""
    arbitration = decision._trace.arbitration
    ranks = [of.screened.candidate.action.rank for of in arbitration.chosen]
    waiting = [of.screened.candidate.action.rank for of in arbitration.outranked if of.why == "limit"]
    if ranks == sorted(ranks) and (not waiting or ranks[-1] <= min(waiting)):
        return None
    tiers = ", ".join(of.tier for of in decision.actions)
    return Complaint(f"a lower tier stands above a higher one: {tiers}", decision)


def consent(orchestrator: Orchestrator) -> Check:
    """Nothing that needs consent goes ahead on a channel without it."""

    def check(customer: Customer, rng: Random) -> Complaint | None:
        return unconsented(customer.decide(orchestrator, limit=None))

    return check


def unconsented(decision: Decision) -> Complaint | None:
    """What a decision lets go ahead without the consent that it needs."""
    consents = decision._trace.env.profile.get("consents")
    for of in decision._trace.screened:
        purpose = of.candidate.action.purpose
        for channel in of.channels if purpose is not None else ():
            if consented(consents, str(purpose), channel) is not True:
                says = f"{of.candidate.name} goes ahead on {channel} without consent to {purpose}"
                return Complaint(says, decision, {"blocked": {of.candidate.name: ["consent"]}})
    return None


def certainty(orchestrator: Orchestrator) -> Check:
    """Rules propose, weigh and ask only for what is certain; guards and `never` laws act on doubt."""

    def check(customer: Customer, rng: Random) -> Complaint | None:
        decision = customer.decide(orchestrator, limit=None)
        says = next(_uncertain(decision), None) or next(_left_open(decision), None)
        return None if says is None else Complaint(says, decision)

    return check


def _uncertain(decision: Decision) -> Iterator[str]:
    trace = decision._trace
    conditions = {of.id: of.condition for of in trace.ruleset.statements}
    for of in trace.screened:
        each = of.candidate.action.for_each
        env = trace.environment(each.item if each else None, of.candidate.item)
        for rule in of.candidate.proposed_by:
            if evaluate(rule.condition, env) is not True:
                yield f"{rule.id} proposes {of.candidate.name} though it does not hold"
        for id, _ in of.candidate.score.weights:
            if evaluate(conditions[id], trace.environment()) is not True:
                yield f"{id} weighs {of.candidate.name} though it does not hold"
    for task in decision.tasks:
        if evaluate(conditions[task.rule], trace.environment()) is not True:
            yield f"{task.rule} asks for something though it does not hold"


def _left_open(decision: Decision) -> Iterator[str]:
    trace = decision._trace
    left = {(of.candidate.action.id, channel) for of in trace.screened for channel in of.channels}
    for guard in trace.ruleset.guards:
        truth = evaluate(guard.rule.condition, trace.environment())
        if truth is True or truth is FAILED or (truth is None and not guard.lenient):
            for id, channel in sorted(left, key=str):
                if channel in guard.pairs.get(id, ()):
                    yield f"{guard.rule.id} is {'true' if truth is True else 'in doubt'}, and does not block {id}"


def nothing_disappears(orchestrator: Orchestrator) -> Check:
    """Each candidate is chosen, outranked or blocked, and each rule that proposes it or would do so is told."""

    def check(customer: Customer, rng: Random) -> Complaint | None:
        decision = customer.decide(orchestrator, limit=2)
        says = next(_lost(decision), None)
        return None if says is None else Complaint(says, decision)

    return check


def _lost(decision: Decision) -> Iterator[str]:
    trace = decision._trace
    parts = (decision.actions, decision.blocked, decision.outranked)
    ends = Counter((of.action, of.key) for part in parts for of in part)
    candidates = Counter((of.candidate.action.id, of.candidate.key) for of in trace.screened)
    if ends != candidates:
        yield f"the candidates are {sorted(candidates, key=str)}, and told is what became of {sorted(ends, key=str)}"
    undecided = {of.rule for of in decision.undecided}
    proposed = {rule.id for of in trace.screened for rule in of.candidate.proposed_by}
    for proposal in trace.ruleset.proposals:
        truth = evaluate(proposal.rule.condition, trace.environment())
        if truth is not False and proposal.rule.id not in undecided | proposed:
            yield f"{proposal.rule.id} is {'true' if truth is True else 'in doubt'}, and nothing is told of it"
    for of in decision.blocked:
        for by in of.by:
            if not by.because or not by.source:
                yield f"{by.id} blocks {of.action} and does not say why and where"


def repeats(orchestrator: Orchestrator) -> Check:
    """The same customer gets the same decision, byte for byte, from rules that are made ready once more, too."""
    again = with_rules(orchestrator, orchestrator.ruleset)

    def check(customer: Customer, rng: Random) -> Complaint | None:
        first = customer.decide(orchestrator, limit=2)
        for other in (customer.decide(orchestrator, limit=2), customer.decide(again, limit=2)):
            if other.to_json() != first.to_json():
                part = difference(first, other) or ("decision_id", first.decision_id, other.decision_id)
                return Complaint(f"{part[0]}, once: {part[1]}\n{part[0]}, again: {part[2]}", first)
        return None

    return check


def guards_only_block(orchestrator: Orchestrator) -> Check:
    """One more guard, on a signal or on anything, of a tier or a department, unblocks nothing."""
    ruleset = orchestrator.ruleset
    signals = [of.id for of in ruleset.facts if isinstance(of, Signal) and of.type == BOOLEAN]
    departments = sorted({of.department for of in ruleset.actions.values()})
    blocks = [{"tier": tier} for tier in ruleset.house.tiers] + [{"department": of} for of in departments]
    drawn = Random(0)
    conditions: list[Given] = [*signals, "birth_date is missing", True]
    guards = [
        with_guard(orchestrator, when=drawn.choice(conditions), block=block)
        for block in drawn.sample(blocks, min(4, len(blocks)))
    ]
    checks = [guard_check(orchestrator, guarded) for guarded in guards]
    return lambda customer, rng: rng.choice(checks)(customer, rng)


def faults_make_careful(orchestrator: Orchestrator, functions: Iterable[Feature | Gate]) -> Check:
    """A feature or gate that raises unblocks nothing, and the decision tells of it."""
    broken = [(of.id, with_rules(orchestrator, _failing(orchestrator, of))) for of in functions]

    def check(customer: Customer, rng: Random) -> Complaint | None:
        id, failing = rng.choice(broken)
        decision = customer.decide(failing, limit=None)
        opened = unblocked(decision) - unblocked(customer.decide(orchestrator, limit=None))
        if opened:
            return Complaint(f"with `{id}` failing, nothing blocks {sorted(opened, key=str)}", decision)
        if decision._trace.env.facts.get(id) is FAILED and id not in {of.origin for of in decision.errors}:
            return Complaint(f"`{id}` has failed, and no error tells of it", decision)
        return None

    return check


def _failing(orchestrator: Orchestrator, broken: Feature | Gate) -> Ruleset:
    def fail(*arguments: object) -> None:
        raise RuntimeError("on purpose, by a test")

    ruleset = orchestrator.ruleset
    facts = tuple(
        replace(of, function=fail) if of == broken and isinstance(of, Feature) else of for of in ruleset.facts
    )
    gates = tuple(replace(of, function=fail) if of == broken else of for of in ruleset.gates)
    return replace(ruleset, facts=facts, gates=gates)
