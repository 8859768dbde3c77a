"""Customers to whom nothing is proposed, and the segments in which something always is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nba.decision import Decision
from nba.language import tree, types
from nba.language.values import Value
from nba.proof.analysing.asking import Desk
from nba.proof.analysing.evidence import Seen
from nba.proof.analysing.findings import Example, Issue, Reason
from nba.proof.bits import Bit, both, every, no, some
from nba.proof.deciding import Deciding
from nba.proof.encode import Encoder
from nba.proof.seeking import Sought
from nba.proof.trying import screened
from nba.proof.values import List
from nba.proof.witness import Witness
from nba.ruleset.model import Signal


def gaps(desk: Desk) -> None:
    """A smallest customer to whom nothing is proposed, one of whom enough is known, and segments without a gap."""
    if not desk.ruleset.actions:
        return
    house = desk.ruleset.house
    nobody = Witness({}, {}, desk.evidence.seen[0].example.as_of)
    decided = desk.evidence.bench.decide(nobody)
    examples: list[Example] = []
    if not screened(decided):
        examples.append(Example("nothing is known of the customer", nobody, decided))
    seen = desk.evidence.climb(desk.evidence.nearest(_cost), _cost)
    sought = Sought("found", seen.example) if seen is not None else desk.can(_all_false, _is_sure, cost=_cost)
    if sought.example is not None:
        examples.append(desk.smallest("no rule is undecided, and none proposes anything", sought.example, _is_sure))
    elif sought.status == "unknown":
        desk.unknown("gap", house.name, sought, house.source)
    if not examples:
        return
    full = tuple(_full(desk))
    message = "nothing is proposed to a customer of whom nothing is known"
    if len(examples) > 1 or screened(decided):
        message = "nothing is proposed to some customers, even where no rule is undecided"
    if full:
        message += "; in these segments something always is"
    desk.issues.append(Issue("gap", "info", house.name, message, house.source, full, examples=tuple(examples)))


def _is_sure(decision: Decision) -> bool:
    """Whether nothing is proposed, and no rule that proposes is undecided."""
    return not screened(decision) and not any(of.action for of in decision._trace.proposed.doubts)


def _cost(seen: Seen) -> float:
    """How far a decision is from one in which no rule proposes, for sure."""
    return len(seen.screened) + seen.undecided


def _all_false(encoder: Encoder, parts: frozenset[str]) -> Bit:
    """That each rule which proposes is known not to."""
    ruleset = encoder.world.ruleset
    found = [encoder.truth(of.rule.condition).false for of in ruleset.proposals]
    for id, rules in ruleset.items.items():
        each = ruleset.actions[id].for_each
        over = encoder.value(each.over) if each else None
        if each is None or not rules.proposals or not isinstance(over, List):
            continue
        over.want(("gap", id), 1)
        found.append(over.known)
        for slot in over.slots:
            truths = [encoder.truth(of.rule.condition, {each.item: slot.item}).false for of in rules.proposals]
            found.append(no(both(slot.taken, no(every(truths)))))
    return every(found)


def _full(desk: Desk) -> Iterator[Reason]:
    """The values of signals with which something is always proposed."""
    for fact in desk.ruleset.facts:
        if not isinstance(fact, Signal) or fact.id in desk.dead:
            continue
        node = tree.Fact(fact.id, fact.type)
        for value in _values(fact):
            with_gap = any(not of.screened and of.env.facts[fact.id] == value for of in desk.evidence.seen)
            if not with_gap and _is_full(desk, node, value):
                shown = str(value).lower() if isinstance(value, bool) else f'"{value}"'
                yield Reason(f"`{fact.id}` is {shown}", fact.source)


def _values(fact: Signal) -> list[Value]:
    if isinstance(fact.type, types.Boolean):
        return [True, False]
    if isinstance(fact.node, tree.FirstOf):
        return list(dict.fromkeys(result.value for _, result in fact.node.rows))
    return []


def _is_full(desk: Desk, node: tree.Fact, value: Value) -> bool:
    """Whether something is always proposed where a signal has a value: few actions are looked at first."""
    actions = sorted(desk.ruleset.actions)

    def ask(encoder: Encoder, parts: frozenset[str]) -> Bit:
        deciding = Deciding(encoder, lambda guard: False, gates=False)
        found = encoder.value(node)
        if isinstance(value, bool):
            truth = encoder.truth(node)
            there = truth.true if value else truth.false
        else:
            there = encoder.compare("==", found, encoder.world.lift(value, node.type)).true
        proposed = some(offer.proposed for id in sorted(parts) for offer in deciding.offers(id))
        return both(there, no(proposed))

    def shows(decision: Decision) -> bool:
        return not screened(decision) and bool(decision._trace.env.facts[node.id] == value)

    def against(decision: Decision) -> Iterable[str]:
        return (of.candidate.action.id for of in screened(decision))

    sought = desk.can(ask, shows, against, actions)
    if sought.status == "unknown":
        desk.unknown("gap", node.id, sought, desk.signal_source(node.id))
    if sought.status != "never":
        return False
    return any(of.env.facts[node.id] == value for of in desk.evidence.seen)
