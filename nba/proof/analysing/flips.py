"""Decisions in which more is done because less is known, each with the place in the rules that says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nba.decision import Decision
from nba.errors import InputError
from nba.facts import assume
from nba.language.compiled import compile_node
from nba.language.meaning import Environment
from nba.language.values import FAILED
from nba.proof.analysing.asking import Desk, somewhere
from nba.proof.analysing.evidence import Seen, scenes_of
from nba.proof.analysing.findings import Example, Issue, Unsettled
from nba.proof.analysing.places import Doer, Location, Place, Places, locations, neutral, without
from nba.proof.bits import Bit, both, no
from nba.proof.encode import Encoder, Items
from nba.proof.shrink import shrink
from nba.proof.values import is_missing
from nba.proof.witness import Witness
from nba.ruleset.model import Proposal
from nba.screening import Screened

_LOOKS = 250
_LOCATIONS = 4


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


def _acts(encoder: Encoder, doer: Doer, condition: object, items: Items) -> Bit:
    truth = encoder.truth(condition, items)  # type: ignore[arg-type]  # a node
    return truth.true if isinstance(doer.does, Proposal) or doer.does.lenient else no(truth.false)


@dataclass(frozen=True)
class _Flip:
    """A customer, and the field that makes the difference."""

    example: Witness
    location: Location
    doer: Doer


class _Finder:
    """Looks for a flip at one place."""

    def __init__(self, desk: Desk, places: Places, place: Place, doers: list[Doer]) -> None:
        self.desk, self.places, self.place, self.doers = desk, places, place, doers
        self.computes = [compile_node(of.condition) for of in doers]
        self.neutrals = [compile_node(neutral(of.condition, place, places.inlined)) for of in doers]

    def issue(self) -> Issue | None:
        """The finding, with the smallest pair of profiles that shows it."""
        flip = next(self._flips(), None)
        if flip is None:
            return None
        holds = lambda of: self._flip(of, flip.location) is not None  # noqa: E731 - one use
        small = shrink(flip.example, holds)
        found = self._flip(small, flip.location)
        assert found is not None
        before, after, doer, one = found
        field = _shown(flip.location)
        first = before.actions[0].action if before.actions else "nothing"
        did = "it is proposed then" if isinstance(doer.does, Proposal) else f"`{doer.does.rule.id}` no longer blocks it"
        where = "the house" if self.place.owner == self.desk.ruleset.house.name else f"`{self.place.owner}`"
        message = (
            f"where `{field}` is not known, `{one.candidate.action.id}` comes first instead of "
            f"{first if first == 'nothing' else f'`{first}`'}: {did}, as {where} says `{self.place.text}`"
        )
        examples = (
            Example(f"with `{field}`", small, before),
            Example(f"without `{field}`", replace(small, profile=without(small.profile, flip.location)), after),
        )
        help = "if that is meant, all is well; else say what has to be known"
        return Issue("flips-on-missing", "info", self.place.owner, message, self.place.source, (), help, examples)

    def _flips(self) -> Iterator[_Flip]:
        for seen in self.desk.evidence.seen[:_LOOKS]:
            for location in self._locations(seen):
                if self._may(seen, location):
                    found = self._flip(seen.example, location)
                    if found is not None:
                        yield _Flip(seen.example, location, found[2])

    def _locations(self, seen: Seen) -> list[Location]:
        found = [of for path in self.place.reads for of in locations(seen.example.profile, path)]
        return found[: _LOCATIONS * 3]

    def _may(self, seen: Seen, location: Location) -> bool:
        """Whether a condition turns when the field is forgotten: cheap, and without what features then say."""
        profile = assume(without(seen.profile, location), self.desk.ruleset.assumptions)
        env = replace(seen.env, profile=profile, items={})
        for doer, compute in zip(self.doers, self.computes, strict=True):
            before = [doer.acts(compute(of)) for of in scenes_of(seen.env, self.desk.ruleset, doer.each)]
            after = [doer.acts(compute(of)) for of in scenes_of(env, self.desk.ruleset, doer.each)]
            if before != after and (isinstance(doer.does, Proposal) or (before[0] and not after[0])):
                return True
        return False

    def _flip(self, example: Witness, location: Location) -> tuple[Decision, Decision, Doer, Screened] | None:
        """Both decisions when another action comes first without the field, and the place is why."""
        less = without(example.profile, location)
        if less == example.profile or not locations(example.profile, _pattern(location)):
            return None
        decide = self.desk.evidence.bench.decide
        try:
            before, after = decide(example), decide(replace(example, profile=less))
        except InputError:
            return None
        chosen = after._trace.arbitration.chosen
        if not chosen:
            return None
        one = chosen[0].screened
        was = {of.candidate.name: of for of in before._trace.screened}
        own = was.get(one.candidate.name)
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
            env = replace(env, profile=after._trace.profile)
            truth = self.computes[number](env)
            return doer.acts(truth) != isinstance(doer.does, Proposal)
        truth = self.computes[number](env)
        return truth is None and truth is not FAILED


def _pattern(location: Location) -> str:
    """The path of a location, for any item of its lists."""
    return "".join("[]" if isinstance(of, int) else f".{of}" for of in location).lstrip(".")


def _shown(location: Location) -> str:
    return "".join(f"[{of}]" if isinstance(of, int) else f".{of}" for of in location).lstrip(".")
