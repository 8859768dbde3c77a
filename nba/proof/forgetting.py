"""Which rules do more when less is known: those that say `is missing`, `default`, `assume` or `on_unknown: allow`.

Every other rule is monotone by its form: to forget a field never makes its condition true or false that was not so
before. Of each rule that is not, the solver is asked for two customers, of whom one is the other with something
forgotten; the time zone aside, as the house's steps in for it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any, TypeAlias

from nba.decision import Decision
from nba.errors import InputError
from nba.explanation.showing import listed, plain
from nba.language import tree, types
from nba.language.meaning import evaluate
from nba.language.values import FAILED
from nba.proof.asking import Answer, encode, question, solve
from nba.proof.bits import Bit, alike, both, equal, every, implies, no
from nba.proof.deciding import Deciding
from nba.proof.encode import Encoder
from nba.proof.findings import Finding
from nba.proof.locations import shown
from nba.proof.seeking import Seeker
from nba.proof.shrink import dropped, shrink
from nba.proof.values import Scalar, Symbolic, Truth
from nba.proof.witness import Witness, witness
from nba.proof.world import World
from nba.ruleset.model import Guard, Proposal, Signal

_LIMIT = 5.0
Paths: TypeAlias = tuple[tuple[Any, ...], ...]


def forgetting(seeker: Seeker) -> Finding:
    """That to forget a field never unblocks anything, but by the rules that are named."""
    started = time.perf_counter()
    search = _Search(seeker)
    rules = search.suspects()
    doing: list[str] = []
    unsettled: list[str] = []
    for rule in rules:
        found = search.pair(rule)
        if isinstance(found, tuple):
            doing.append(_told(rule, *found))
        elif found:
            unsettled.append(f"{rule.rule.id} ({found})")
    source, seconds = seeker.ruleset.house.source, time.perf_counter() - started
    said = f"{len(rules)} rules speak of what is missing; {len(doing)} of them do more when less is known"
    if unsettled:
        why = f"{said}; not settled: {', '.join(unsettled)}"
        return Finding("forgetting", "guarantee", "UNKNOWN", why, seconds, source, notes=tuple(doing))
    if not rules:
        said = "no rule speaks of what is missing, so that to know less never unblocks anything"
    return Finding("forgetting", "guarantee", "HOLDS", said, seconds, source, notes=tuple(doing))


def _told(rule: Guard | Proposal, known: Witness, paths: Paths) -> str:
    does = "stops blocking" if isinstance(rule, Guard) else "proposes"
    where = [f"`{shown(('profile', *path))}`" for path in paths]
    said = json.dumps(plain(known.profile), ensure_ascii=False)
    return f"{rule.rule.id} ({rule.rule.source}) {does} when {listed(where)} is forgotten: {said}"


class _Search:
    """Looks for two customers, of whom one is the other with something forgotten, that a rule tells apart."""

    def __init__(self, seeker: Seeker) -> None:
        self.seeker, self.ruleset = seeker, seeker.ruleset
        self._signals = {of.id: of.node for of in self.ruleset.facts if isinstance(of, Signal)}
        self._assumed = {of.names for of in self.ruleset.assumptions}

    def suspects(self) -> list[Guard | Proposal]:
        """The rules that are not monotone by their form; a law is above such questions."""
        encoder = Encoder(World(self.ruleset))
        rules: list[Guard | Proposal] = [of for of in self.ruleset.guards if of.kind == "guard"]
        rules += [of for of in self.ruleset.proposals if not encoder.reads_items(of.rule.condition)]
        return [of for of in rules if self._is_suspect(of)]

    def _is_suspect(self, rule: Guard | Proposal) -> bool:
        return (isinstance(rule, Guard) and rule.lenient) or self._speaks_of_missing(rule.rule.condition)

    def _speaks_of_missing(self, node: tree.Node) -> bool:
        match node:
            case tree.IsMissing() | tree.Default():
                return True
            case tree.Call(name="len", arguments=(of,)) if isinstance(tree.type_of(of), types.MapOf):
                return True
            case tree.Fact(id=id) if id in self._signals:
                return self._speaks_of_missing(self._signals[id])
            case tree.Path(root="profile", names=names):
                return any(names[: len(of)] == of or of[: len(names)] == names for of in self._assumed)
        return any(map(self._speaks_of_missing, tree.children(node)))

    def pair(self, rule: Guard | Proposal) -> tuple[Witness, Paths] | str:
        """A customer, and what to forget so that the rule does more; nothing when there is none, or why not known."""

        def build(encoder: Encoder) -> Bit:
            less = Encoder(encoder.world.another("less "))
            known, forgotten = self._does_more(encoder, rule), self._does_more(less, rule)
            return every((no(known), forgotten, *_less_is_known(encoder.world, less.world)))

        encoder, asked = encode(self.ruleset, build, self.seeker.settings)
        answer = solve(question(encoder, asked), min(_LIMIT, self.seeker.time_limit))
        if answer.status != "possible":
            return "" if answer.status == "never" else answer.why
        return self._shown(replace(answer, encoder=encoder), encoder, rule)

    def _does_more(self, encoder: Encoder, rule: Guard | Proposal) -> Bit:
        """That a proposal acts, or a guard does not."""
        if isinstance(rule, Guard):
            return no(Deciding(encoder).acts(rule))
        return encoder.truth(rule.rule.condition).true

    def _shown(self, answer: Answer, encoder: Encoder, rule: Guard | Proposal) -> tuple[Witness, Paths] | str:
        """The pair, decided for real and made small: a customer, and what to forget of it."""
        (less,) = encoder.world.others
        known, forgotten = witness(answer), witness(replace(answer, encoder=Encoder(less)))

        def shows(profile: dict[str, Any], paths: Paths) -> bool:
            found = replace(known, profile=profile)
            without = profile
            for path in paths:
                without = dropped(without, path)
            try:
                acts = self._acts_more(self.seeker.bench.decide(found), rule)
                return not acts and self._acts_more(self.seeker.bench.decide(replace(found, profile=without)), rule)
            except InputError:
                return False

        profile, paths = known.profile, _not_in(known.profile, forgotten.profile)
        if not shows(profile, paths):
            features = listed(f"`{id}`" for id in less.opaque) if less.opaque else ""
            return f"it rests on {features}" if features else "the example that the solver found does not show it"
        for path in paths:  # what need not be forgotten
            fewer = tuple(of for of in paths if of != path)
            paths = fewer if shows(profile, fewer) else paths
        smaller = shrink(replace(known, profile=profile), lambda of: shows(of.profile, paths))
        return smaller, tuple(_deepest(smaller.profile, path) for path in paths)

    def _acts_more(self, decision: Decision, rule: Guard | Proposal) -> bool:
        truth = evaluate(rule.rule.condition, decision._trace.environment())
        if isinstance(rule, Proposal):
            return truth is True
        return truth is False or (rule.lenient and truth is not True and truth is not FAILED)


def _deepest(value: Any, path: tuple[Any, ...]) -> tuple[Any, ...]:
    """The path, and below it as far as there is just one field: what is forgotten in a small profile."""
    for part in path:
        value = value[part] if isinstance(value, list) else value.get(part)
    while isinstance(value, dict) and len(value) == 1:
        ((name, value),) = value.items()
        path = (*path, name)
    return path


def _not_in(value: Any, less: Any, path: tuple[Any, ...] = ()) -> Paths:
    """The fields of a value that another does not have."""
    found: list[tuple[Any, ...]] = []
    if isinstance(value, dict):
        for key, of in value.items():
            if not isinstance(less, dict) or key not in less:
                found.append((*path, key))
            else:
                found += _not_in(of, less[key], (*path, key))
    elif isinstance(value, list) and isinstance(less, list):
        for number, (of, other) in enumerate(zip(value, less, strict=False)):
            found += _not_in(of, other, (*path, number))
    return tuple(found)


def _less_is_known(more: World, less: World) -> Iterator[Bit]:
    """That the second world is the first one with some of the profile forgotten, at the same moment."""
    more.plain += less.plain
    more.nice += less.nice
    yield less.as_of == more.as_of
    yield from less.finished()
    for (one, day), (two, same) in product(less.moments.days, more.moments.days):
        yield implies(one == two, both(alike(day.known, same.known), day.term == same.term))
    for location, leaf in less.leaves.items():
        other = more.leaves.get(location)
        if other is None:
            continue
        yield implies(leaf.known, other.known)
        if location[0] != "profile" or location == ("profile", "timezone"):  # without one, the house's steps in
            yield implies(other.known, leaf.known)
        if location in less.lists and location in more.lists:
            pairs = zip(less.lists[location].slots, more.lists[location].slots, strict=True)
            yield implies(leaf.known, every(one.taken == two.taken for one, two in pairs))
        yield _less(less.at(location, leaf.type), more.at(location, leaf.type))
    for location, entries in less.maps.entries.items():  # also those whose keys are no literals
        for (key, one), (other_key, two) in product(entries, more.maps.entries.get(location, ())):
            yield implies(equal(key.term, other_key.term), _less(one, two))


def _less(one: Symbolic, two: Symbolic) -> Bit:
    """That a value is another one, or missing."""
    if isinstance(one, Scalar) and isinstance(two, Scalar):
        return implies(one.known, both(two.known, equal(one.term, two.term)))
    if isinstance(one, Truth) and isinstance(two, Truth):
        return both(implies(one.true, two.true), implies(one.false, two.false))
    return True
