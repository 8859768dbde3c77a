"""Whether two sets of rules decide alike for every profile.

*Alike* is: the same candidates, each open on the same channels with a score of the same factors and weights, the same
tasks, and the same laws that are not met. So the same actions are chosen in the same order, whatever the limit.
Compared as they are written are an action's tier, channels, tags, validity, consent, payload, group and `at_most`. Not
compared are which of several reasons blocks, explanations, and what is undecided. What both say in the same words is
the same term for the solver, so that only what differs costs anything.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nba.decision import Decision
from nba.language.types import NUMBER
from nba.orchestrator import Orchestrator
from nba.proof.bits import Bit, alike, both, every, no, some
from nba.proof.deciding import Deciding, Offer
from nba.proof.encode import NO_ITEMS, Encoder
from nba.proof.findings import example_of
from nba.proof.prove import TIME_LIMIT
from nba.proof.seeking import Seeker
from nba.proof.trying import Bench, screened
from nba.proof.values import Scalar, Symbolic, Thing, Truth
from nba.proof.witness import Witness
from nba.proof.world import World
from nba.ruleset.model import Action, Ruleset, Signal, Weight

_WRITTEN = ("tier", "rank", "department", "channels", "tags", "valid", "purpose", "at_most", "exclusive", "promotional")


@dataclass(frozen=True)
class Sameness:
    """Whether two sets of rules decide alike: True, False with what differs, or None when it is not known."""

    same: bool | None
    why: str
    seconds: float
    example: Witness | None = None
    first: tuple[str, ...] = ()
    second: tuple[str, ...] = ()
    """For the example, what each decides."""

    def to_dict(self) -> dict[str, Any]:
        """The answer as data that JSON can carry."""
        return {
            "format": 1,
            "same": self.same,
            "why": self.why,
            "seconds": round(self.seconds, 3),
            "example": None if self.example is None else example_of(self.example),
            "first": list(self.first),
            "second": list(self.second),
        }


def same(one: Orchestrator | Ruleset, other: Orchestrator | Ruleset, *, time_limit: float = TIME_LIMIT) -> Sameness:
    """Whether two sets of rules decide alike for every profile; else the smallest profile on which they differ.

    >>> import nba
    >>> from nba.proof import same
    >>> dealer = nba.load(nba.shipped("car-dealer"))
    >>> same(dealer, dealer).same
    True
    """
    started = time.perf_counter()
    a, b = (of.ruleset if isinstance(of, Orchestrator) else of for of in (one, other))
    written = _written(a, b)
    if written:
        return Sameness(False, written, time.perf_counter() - started)
    seeker, second = Seeker(a, Bench(a), time_limit=time_limit), Bench(b)
    unsettled = ""

    def shows(decision: Decision) -> bool:
        return decided(decision) != decided(second.decide(_witness(decision)))

    for subject, ask in _questions(a, b):
        sought = seeker.seek(ask, shows, lambda decision: (), frozenset(), frozenset())
        if sought.status == "found":
            sought = seeker.smallest(sought)
            assert sought.decision is not None
            first, last = decided(sought.decision), decided(second.decide(_witness(sought.decision)))
            told = (tuple(sorted(first - last)), tuple(sorted(last - first)))
            why = f"they differ about {subject}"
            return Sameness(False, why, time.perf_counter() - started, sought.example, *told)
        if sought.status == "unknown":
            unsettled = unsettled or f"{subject}: {sought.why}"
    if unsettled:
        return Sameness(None, unsettled, time.perf_counter() - started)
    why = f"all {len(a.actions)} actions, their scores, tasks and laws are the same for every profile"
    return Sameness(True, why, time.perf_counter() - started)


def _written(a: Ruleset, b: Ruleset) -> str:
    """What differs as it is written, in words, or nothing."""
    for what, one, other in (
        ("time zone", a.house.timezone, b.house.timezone),
        ("tiers", a.house.tiers, b.house.tiers),
        ("plugins' gates", [of.id for of in a.gates], [of.id for of in b.gates]),
        ("schema of the profile", _shape(a.profile), _shape(b.profile)),
        ("schema of the context", _shape(a.context), _shape(b.context)),
    ):
        if one != other:
            return f"the {what} is not the same"
    functions = [
        {of.id: of.function for of in (*side.facts, *side.gates) if not isinstance(of, Signal)} for side in (a, b)
    ]
    for id in sorted({*functions[0]} & {*functions[1]}):
        if functions[0][id] is not functions[1][id]:
            return f"the function of {id} is not the same"
    for id in sorted({*a.actions, *b.actions}):
        if id not in a.actions or id not in b.actions:
            return f"only one of them has the action {id}"
        first, second = a.actions[id], b.actions[id]
        for name in _WRITTEN:
            if getattr(first, name) != getattr(second, name):
                return f"the {name} of {id} is not the same"
        for what, got in (("payload", _payload), ("items", _items)):
            if got(first) != got(second):
                return f"the {what} of {id} is not the same"
    return ""


def _shape(kind: Any, depth: int = 12) -> Any:
    """A type as plain data, so that two schemas can be compared."""
    if hasattr(kind, "fields") and depth:
        return {name: _shape(of.type, depth - 1) for name, of in kind.fields.items()}
    for part in ("item", "value"):
        if hasattr(kind, part):
            return part, _shape(getattr(kind, part), depth - 1)
    return str(kind), getattr(kind, "values", ()), getattr(kind, "integer", None)


def _payload(action: Action) -> Any:
    return [(name, getattr(value, "text", None) or str(value)) for name, value in action.payload]


def _items(action: Action) -> Any:
    each = action.for_each
    return None if each is None else (each.item, each.over.text, each.key.text)


def _questions(a: Ruleset, b: Ruleset) -> Iterable[tuple[str, Any]]:
    """What has to be asked, each with a name: nothing of actions about which both say the same in the same words."""
    first, second = _Said(a), _Said(b)
    for id in a.actions:
        if first.of(id) != second.of(id):
            yield id, _about_action(id, b)
    yield "the tasks", _about_tasks(b)
    yield "the laws that are not met", _about_duties(b)


class _Said:
    """What a set of rules says about each action, to be compared word by word."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset, self._encoder = ruleset, Encoder(World(ruleset))
        self._faults: dict[str, Any] = {}

    def of(self, id: str) -> Any:
        """All that bears on what becomes of an action."""
        action, rules = self._ruleset.actions[id], self._ruleset
        guards = {
            (of.kind, of.rule.id, of.lenient, of.pairs[id], self._encoder.meaning(of.rule.condition))
            for of in rules.guards
            if id in of.pairs
        }
        weights = {
            (of.rule.id, self._encoder.meaning(of.rule.condition), self._encoder.meaning(of.by))
            for of in rules.weights
            if id in of.actions
        }
        above = [other for other in rules.actions.values() if action.promotional and other.rank < action.rank]
        return self._proposed(action), guards, weights, [self._proposed(other) for other in above]

    def _proposed(self, action: Action) -> Any:
        if action.id not in self._faults:
            items = self._ruleset.items.get(action.id)
            proposals = [of for of in self._ruleset.proposals if of.action == action.id]
            proposals += items.proposals if items else ()
            said = {(of.rule.id, self._encoder.meaning(of.rule.condition)) for of in proposals}
            score = [(name, self._encoder.meaning(node)) for name, node in sorted(action.score.factors.items())]
            each = action.for_each
            over = None if each is None else (self._encoder.meaning(each.over), self._encoder.meaning(each.key))
            self._faults[action.id] = (action.id, said, score, over)
        return self._faults[action.id]


def _beside(encoder: Encoder, b: Ruleset) -> Encoder:
    """An encoder of the other rules in the same world."""
    other = Encoder(encoder.world.beside(b))
    other.share(encoder)
    return other


def _about_action(id: str, b: Ruleset) -> Any:
    def ask(encoder: Encoder, parts: frozenset[str]) -> Bit:
        one, two = Deciding(encoder), Deciding(_beside(encoder, b))
        first, second = one.offers(id), two.offers(id)
        if len(first) != len(second):
            return True
        return some(_differs(one, of, two, other) for of, other in zip(first, second, strict=True))

    return ask


def _differs(one: Deciding, of: Offer, two: Deciding, other: Offer) -> Bit:
    opens = every(alike(one.unblocked(of, channel), two.unblocked(other, channel)) for channel in of.action.pairs)
    scores = every((_same_factors(one, of, two, other), _same_weights(one, two, of.action.id)))
    is_open = some(one.unblocked(of, channel) for channel in of.action.pairs)
    otherwise = some((no(opens), both(is_open, no(scores))))  # the score of what is blocked does not matter
    return some((no(alike(of.proposed, other.proposed)), both(of.proposed, otherwise)))


def _same_factors(one: Deciding, of: Offer, two: Deciding, other: Offer) -> Bit:
    each = of.action.for_each
    items = NO_ITEMS if each is None or of.item is None else {each.item: of.item}
    first, second = of.action.score.factors, other.action.score.factors
    sides = [
        {name: deciding.encoder.value(node, items) for name, node in factors.items()}
        for deciding, factors in ((one, first), (two, second))
    ]
    nothing = one.world.lift(1, NUMBER)
    names = sorted({*first, *second})
    return every(_equal(one, sides[0].get(name, nothing), sides[1].get(name, nothing)) for name in names)


def _same_weights(one: Deciding, two: Deciding, id: str) -> Bit:
    """That the same factors weigh an action, rule by rule."""
    sides = []
    for of in (one, two):
        weights = {weight.rule.id: weight for weight in of.ruleset.weights if id in weight.actions}
        sides.append(weights)
    found: list[Bit] = []
    for rule in sorted({*sides[0], *sides[1]}):
        first, second = (_acting(of, side.get(rule)) for of, side in zip((one, two), sides, strict=True))
        if first is None or second is None:
            found.append(no((first or second or (False, None))[0]))
        else:
            same_value = _equal(one, first[1], second[1])
            found.append(both(alike(first[0], second[0]), some((no(first[0]), same_value))))
    return every(found)


def _acting(of: Deciding, weight: Weight | None) -> tuple[Bit, Symbolic] | None:
    """Whether a weight acts, and its factor."""
    if weight is None:
        return None
    return of.encoder.truth(weight.rule.condition).true, of.encoder.value(weight.by)


def _equal(one: Deciding, a: Symbolic, b: Symbolic) -> Bit:
    """That two values are the same, missing or not."""
    match a, b:
        case Scalar(), Scalar():
            return both(alike(a.known, b.known), some((no(a.known), one.encoder.compare("==", a, b).true)))
        case Truth(), Truth():
            return both(alike(a.true, b.true), alike(a.false, b.false))
        case Thing(), Thing():
            return alike(a.known, b.known)
    return False


def _about_tasks(b: Ruleset) -> Any:
    def ask(encoder: Encoder, parts: frozenset[str]) -> Bit:
        sides = []
        for of in (encoder, _beside(encoder, b)):
            asked: dict[Any, list[Bit]] = {}
            for notice in of.world.ruleset.notices:
                key = (notice.department, notice.rule.id, str(notice.message))
                asked.setdefault(key, []).append(of.truth(notice.rule.condition).true)
            sides.append({key: some(bits) for key, bits in asked.items()})
        keys = {*sides[0], *sides[1]}
        return no(every(alike(sides[0].get(key, False), sides[1].get(key, False)) for key in sorted(keys, key=str)))

    return ask


def _about_duties(b: Ruleset) -> Any:
    def ask(encoder: Encoder, parts: frozenset[str]) -> Bit:
        sides = []
        for of in (encoder, _beside(encoder, b)):
            sides.append(
                {
                    (duty.rule.id, tuple(sorted(duty.pairs.items()))): of.truth(duty.rule.condition).true
                    for duty in of.world.ruleset.duties
                }
            )
        keys = {*sides[0], *sides[1]}
        return no(every(alike(sides[0].get(key, False), sides[1].get(key, False)) for key in sorted(keys, key=str)))

    return ask


def decided(decision: Decision) -> frozenset[str]:
    """What a decision comes to, in words that can be compared."""
    found = {
        f"{of.candidate.name} is open on {', '.join(map(str, of.channels))} with {dict(of.candidate.score.factors)}"
        f" {dict(of.candidate.score.weights)}"
        if of.channels
        else f"{of.candidate.name} is blocked"
        for of in screened(decision)
    }
    found |= {f"task for {of.department}: {of.message} ({of.rule})" for of in decision.tasks}
    found |= {f"the law {of.law} is not met" for of in decision.laws_unmet}
    return frozenset(found)


def _witness(decision: Decision) -> Witness:
    trace = decision._trace
    return Witness(dict(trace.profile), dict(trace.env.context), trace.as_of)
