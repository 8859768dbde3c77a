"""Decisions in which more is done because less is known, each with the place in the rules that says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from nba.decision import Decision
from nba.errors import InputError
from nba.facts import assume
from nba.language import tree
from nba.language.compiled import compile_node
from nba.language.meaning import Environment
from nba.proof.analysing.asking import Desk, shrunk, somewhere
from nba.proof.analysing.evidence import Seen, scenes_of
from nba.proof.analysing.findings import Example, Issue, Unsettled
from nba.proof.analysing.places import (
    Doer,
    Location,
    Place,
    Places,
    at,
    filled,
    leans,
    locations,
    neutral,
    pattern_of,
    shown,
    without,
)
from nba.proof.bits import Bit, both, no
from nba.proof.encode import Encoder, Items
from nba.proof.values import is_missing
from nba.proof.witness import Witness
from nba.ruleset.model import Proposal
from nba.screening import Screened

_LOOKS = 250
_LOCATIONS, _VALUES, _FAR = 12, 30, 1000.0


def flips(desk: Desk) -> None:
    """For each place, a customer for whom something else comes first when one field is forgotten."""
    places = Places(desk.ruleset)
    for place, doers in places.found.items():
        alive = [of for of in doers if of.does.rule.id not in desk.dead and place.owner not in desk.dead]
        able = [of for of in alive if _can_matter(desk, places, place, of)]
        if not able:
            continue
        finder = _Finder(desk, places, place, able)
        issue = finder.issue()
        if issue is not None:
            desk.issues.append(issue)
        else:
            why = "it may do more where less is known, but no customer was found for whom it does"
            desk.unsettled.append(Unsettled("flips-on-missing", f"{place.owner}: {place.text}", why, place.source))


def _can_matter(desk: Desk, places: Places, place: Place, doer: Doer) -> bool:
    """Whether a place can bring a proposal, or take a guard away, for any profile."""
    node = place.node
    if node is None:
        return True
    of, less = doer.condition, neutral(doer.condition, place, places.inlined)
    if of == less:
        return False
    helps = 1 if isinstance(doer.does, Proposal) else -1
    if isinstance(node, tree.IsMissing) and helps not in leans(of, places.inlined(node)):
        return False  # to be missing only speaks against doing more
    target = places.inlined(node.of)

    def ask(encoder: Encoder, parts: frozenset[str]) -> Bit:
        def more(items: Items) -> Bit:
            now, then = _acts(encoder, doer, of, items), _acts(encoder, doer, less, items)
            differ = both(now, no(then)) if isinstance(doer.does, Proposal) else both(then, no(now))
            return differ if place.bound else both(differ, is_missing(encoder.value(target, items)).true)

        return somewhere(encoder, doer.each, more)

    first, second = compile_node(of), compile_node(less)
    wanted = isinstance(doer.does, Proposal)

    def test(env: Environment) -> bool:
        now, then = doer.acts(first(env)), doer.acts(second(env))
        return now != then and now is wanted

    return desk.can(ask, desk.shows(doer.each, test)).status != "never"


def _acts(encoder: Encoder, doer: Doer, condition: tree.Node, items: Items) -> Bit:
    truth = encoder.truth(condition, items)
    return truth.true if isinstance(doer.does, Proposal) or doer.does.lenient else no(truth.false)


@dataclass(frozen=True)
class _Flip:
    """A customer, and the field that makes the difference."""

    example: Witness
    location: Location


class _Finder:
    """Looks for a flip at one place."""

    def __init__(self, desk: Desk, places: Places, place: Place, doers: list[Doer]) -> None:
        self.desk, self.place, self.doers = desk, place, doers
        self.ranks = {id: of.rank for id, of in desk.ruleset.actions.items()}
        self.computes = [compile_node(of.condition) for of in doers]
        self.neutrals = [compile_node(neutral(of.condition, place, places.inlined)) for of in doers]

    def issue(self) -> Issue | None:
        """The finding, with the smallest pair of profiles that shows it."""
        flip = next(self._seen(), None) or next(self._made(), None)
        if flip is None:
            return None
        small = shrunk(flip.example, lambda of: self._flip(of, flip.location) is not None)
        found = self._flip(small, flip.location)
        assert found is not None, "what is shrunk still shows it"
        before, after, doer, one = found
        field = shown(flip.location)
        first = f"`{before.actions[0].action}`" if before.actions else "nothing"
        did = "it is proposed then" if isinstance(doer.does, Proposal) else f"`{doer.does.rule.id}` does not block it"
        where = "the house" if self.place.owner == self.desk.ruleset.house.name else f"`{self.place.owner}`"
        message = f"where `{field}` is not known, `{one.candidate.action.id}` comes first instead of {first}"
        message += f": {did}, as {where} says `{self.place.text}`"
        examples = (
            Example(f"with `{field}`", small, before),
            Example(f"without `{field}`", _forgetting(small, flip.location), after),
        )
        help = "if that is meant, all is well; else say what has to be known"
        return Issue("flips-on-missing", "info", self.place.owner, message, self.place.source, (), help, examples)

    # Customers that were seen

    def _seen(self) -> Iterator[_Flip]:
        for seen in self.desk.evidence.seen[:_LOOKS]:
            for location in self._locations(seen):
                if self._may(seen, location) and self._flip(seen.example, location):
                    yield _Flip(seen.example, location)

    def _locations(self, seen: Seen) -> list[Location]:
        found = [of for path in self.place.reads for of in locations(_data(seen.example), path)]
        return found[:_LOCATIONS]

    def _may(self, seen: Seen, location: Location) -> bool:
        """Whether a condition turns when the field is forgotten: cheap, and without what features then say."""
        data = without({"profile": seen.profile, "context": seen.env.context}, location)
        profile = assume(data["profile"], self.desk.ruleset.assumptions)
        env = replace(seen.env, profile=profile, context=data["context"], items={})
        for doer, compute in zip(self.doers, self.computes, strict=True):
            before = [doer.acts(compute(of)) for of in scenes_of(seen.env, self.desk.ruleset, doer.each)]
            after = [doer.acts(compute(of)) for of in scenes_of(env, self.desk.ruleset, doer.each)]
            if before != after and (isinstance(doer.does, Proposal) or (before[0] and not after[0])):
                return True
        return False

    # Customers that are made: first one without the field for whom the place decides, then values for it

    def _made(self) -> Iterator[_Flip]:
        evidence = self.desk.evidence
        reached = evidence.climb(evidence.nearest(self._far)[:2], self._far)
        for one in [reached] if reached else []:
            for path in self.place.reads:
                for value in self._values(path):
                    for data, location in filled(_data(one.example), path, value):
                        example = replace(one.example, profile=data["profile"], context=data["context"])
                        if self._flip(example, location):
                            yield _Flip(example, location)

    def _far(self, seen: Seen) -> float:
        """How far a decision is from one whose first action is there because of the place."""
        return min((self._far_for(number, of, seen) for number, of in enumerate(self.doers)), default=_FAR)

    def _far_for(self, number: int, doer: Doer, seen: Seen) -> float:
        proposes = isinstance(doer.does, Proposal)
        wanted = {doer.does.action} if isinstance(doer.does, Proposal) else set(doer.does.pairs)
        far = _FAR * 2
        for env in scenes_of(seen.env, self.desk.ruleset, doer.each):
            now, then = (doer.acts(of[number](env)) for of in (self.computes, self.neutrals))
            if self.place.node is None:  # the neutral condition is the same: look at what the condition does
                then = not now
            far = min(far, 0 if now != then and now is proposes else _FAR if now is proposes else _FAR * 2)
        if far:
            return far
        held = [of for of in seen.screened if of.candidate.action.id in wanted]
        costs = [_FAR / 2] + [10.0 + len(of.blocks) for of in held if not of.channels]
        costs += [self._before(seen, of) for of in held if of.channels]
        return min(costs)

    def _before(self, seen: Seen, one: Screened) -> float:
        """How many open candidates of higher tiers stand before one."""
        if seen.first is one:
            return 0
        rank = self.ranks[one.candidate.action.id]
        return 1.0 + sum(bool(of.channels) and self.ranks[of.candidate.action.id] < rank for of in seen.screened)

    def _values(self, path: str) -> list[Any]:
        """Some values that made-up customers have at a path."""
        found: dict[str, Any] = {}
        for seen in self.desk.evidence.seen[:_LOOKS]:
            data = _data(seen.example)
            for location in locations(data, path)[:2]:
                value = at(data, location)
                found.setdefault(repr(value), value)
            if len(found) >= _VALUES:
                break
        return list(found.values())

    # Whether it is one

    def _flip(self, example: Witness, location: Location) -> tuple[Decision, Decision, Doer, Screened] | None:
        """Both decisions when another action comes first without the field, and the place is why."""
        if location not in locations(_data(example), pattern_of(location)):
            return None
        decide = self.desk.evidence.bench.decide
        try:
            before, after = decide(example), decide(_forgetting(example, location))
        except InputError:
            return None
        chosen = after._trace.arbitration.chosen
        if not chosen:
            return None
        one = chosen[0].screened
        own = {of.candidate.name: of for of in before._trace.screened}.get(one.candidate.name)
        if own is not None and own.channels:
            return None
        for number, doer in enumerate(self.doers):
            if self._is_why(number, doer, own, one, after):
                return before, after, doer, one
        return None

    def _is_why(self, number: int, doer: Doer, own: Screened | None, one: Screened, after: Decision) -> bool:
        rule = doer.does.rule.id
        if isinstance(doer.does, Proposal):
            if own is not None or rule not in {of.id for of in one.candidate.proposed_by}:
                return False
        elif own is None or rule not in {of.id for of in own.blocks} or rule in {of.id for of in one.blocks}:
            return False
        env = after._trace.environment()
        if doer.each is not None:
            each = self.desk.ruleset.actions[doer.each].for_each
            assert each is not None
            env.items[each.item] = one.candidate.item
        if self.place.node is not None:
            return doer.acts(self.computes[number](env)) != doer.acts(self.neutrals[number](env))
        if self.place.text.startswith("assume"):  # as it would be without what the house assumes
            truth = self.computes[number](replace(env, profile=after._trace.profile))
            return doer.acts(truth) != isinstance(doer.does, Proposal)
        return self.computes[number](env) is None  # a lenient guard that does not know


def _data(example: Witness) -> dict[str, Any]:
    return {"profile": example.profile, "context": example.context}


def _forgetting(example: Witness, location: Location) -> Witness:
    data = without(_data(example), location)
    return replace(example, profile=data["profile"], context=data["context"])
