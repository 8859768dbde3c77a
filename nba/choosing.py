"""The choice alone: tier by tier from the highest, and no further than what was asked for.

It chooses just what the whole pipeline (`trace.py`) does, and leaves out what cannot change the choice: what stands in
lower tiers, and every reason for what was not chosen. All of that is found when somebody asks.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import and_, itemgetter, or_
from typing import Any, TypeAlias

from nba.arbitration import Choice, Chosen, precedence_with, preferred_channels
from nba.language.compiled import compile_node
from nba.language.meaning import Environment
from nba.matching.features import FeatureReader
from nba.matching.native import NativeMatcher, places
from nba.proposing import Candidate, Key, NoScore, Proposed, Proposer, Score, Scorer, is_factor
from nba.ruleset.model import Action, Guard, Proposal, Ruleset, Statement
from nba.screening import Screen

_Order: TypeAlias = tuple[float, str, str, str]
_Proposal: TypeAlias = "tuple[_Order, _Offer, Candidate | None]"
"""A candidate, made in advance when it is one of an action's items, with its place in the order of its tier."""

_BLOCK = 4096  # conditions matched at once: more of them take memory for each class of values, fewer take time


@dataclass(frozen=True, slots=True)
class _Offer:
    """An action that can be proposed, and what its choice depends on."""

    action: Action
    scorer: Scorer
    settled: Score | None
    """Its score, when that is the same for everyone."""
    order: _Order | None
    """Its place in the order of its tier, when that is so."""
    doors: tuple[int, ...]
    """For each channel, the guards that close it, as bits."""
    guards: int
    """All of these."""
    rules: tuple[tuple[int, Statement], ...] = ()
    """The rules that propose it, by id, each with its bit among those of the tier; none for one with `for_each`."""
    bits: int = 0
    """The bits of all these rules."""


@dataclass(frozen=True, slots=True)
class _Tier:
    """The offers of one tier. The conditions that propose them stand side by side in a block of the matcher."""

    promotional: bool
    block: int
    place: int
    mask: int
    open: int
    """The bits of the offers whose scores differ between customers. The others stand in the order of precedence."""
    closed_by: int
    """The guards that close all of it, as bits."""
    by_bit: tuple[_Offer, ...]
    items: tuple[_Offer, ...]


@dataclass(slots=True)
class _Proposed:
    """What is proposed in a tier, in the order of precedence; and whether a score or a key of it has failed."""

    proposals: Iterable[_Proposal]
    failed: bool = False
    shut: int = 0
    """The bits of those left out, as guards close them."""


class Chooser:
    """Chooses for one ruleset, when nothing has failed and no plugin's gate has to be asked."""

    def __init__(self, ruleset: Ruleset, proposer: Proposer, screen: Screen) -> None:
        self._items, self._screen = proposer.items, screen
        self._features = FeatureReader(ruleset.layer.features)
        head = len(screen.guards)
        self._guarding = (1 << head) - 1
        self._strict = sum(1 << place for place, guard in enumerate(screen.guards) if not guard.lenient)
        self._weights = [
            (1 << place, weight.rule.id, compile_node(weight.by)) for place, weight in enumerate(ruleset.weights, head)
        ]
        self._weighing = sum(bit for bit, _, _ in self._weights)
        self._tiers, blocks = _layout(ruleset, proposer, screen.guards)
        self.matcher = NativeMatcher(ruleset.layer, blocks)

    def choose(self, env: Environment, limit: int | None) -> tuple[Chosen, ...]:
        """The chosen actions, in order."""
        features = self._features.read(env)
        true, unknown = self.matcher.blocks[0].truths(features)
        guards, closing = true, (true | unknown & self._strict) & self._guarding
        weights = self._acting(true, env) if true & self._weighing else {}
        choice, waits, block = Choice(limit, preferred_channels(env)), False, 0
        shut: list[tuple[_Tier, int]] = []  # what guards close needs no score, until it matters whether that failed
        for tier in self._tiers:
            if tier.promotional and shut:
                waits = waits or any(self._proposed(of, bits, weights, env, 0).failed for of, bits in shut)
                shut.clear()
            if waits and tier.promotional:
                continue
            if tier.block != block:
                block, (true, _) = tier.block, self.matcher.blocks[tier.block].truths(features)
            found = true >> tier.place & tier.mask
            if not found and not tier.items:
                continue
            if closing & tier.closed_by:
                shut.append((tier, found))
                continue
            proposed = self._proposed(tier, found, weights, env, closing)
            for _, offer, candidate in proposed.proposals:
                if _is_shut(offer, closing):
                    continue
                if candidate is None:
                    rules = tuple([rule for bit, rule in offer.rules if found & bit])
                    score: Any = offer.settled or offer.scorer.score(weights, env)  # it has one, or was no proposal
                    candidate = Candidate(offer.action, None, None, score, rules)
                closed = places(closing & offer.guards)
                acting = [(self._screen.guards[place], bool(guards >> place & 1)) for place in closed]
                screened = self._screen.one(candidate, acting, (), env, [])  # errors are told when somebody asks
                if not screened.blocked:
                    choice.take(screened)
                    if choice.is_full:
                        return tuple(choice.chosen)
            waits = waits or proposed.failed
            if proposed.shut:
                shut.append((tier, proposed.shut))
        return tuple(choice.chosen)

    def _acting(self, true: int, env: Environment) -> Mapping[str, float]:
        """The weights that act, by rule id."""
        found = ((id, compute(env)) for bit, id, compute in self._weights if true & bit)
        return {id: float(value) for id, value in found if is_factor(value)}

    def _proposed(
        self, tier: _Tier, found: int, weights: Mapping[str, float], env: Environment, closing: int
    ) -> _Proposed:
        """What is proposed in a tier. Scores that are the same for everyone are not looked at before their turn."""
        settled = ((offer.order, offer, None) for offer in _offers(tier, found & ~tier.open) if offer.order)
        if not found & tier.open and not tier.items:
            return _Proposed(settled)
        scored: list[_Proposal] = []
        failed, shut = False, 0
        for offer in _offers(tier, found & tier.open):
            if _is_shut(offer, closing):
                shut |= found & offer.bits
                continue
            total = offer.scorer.total(weights, env)
            if total is not None:
                scored.append((_order(offer.action, total), offer, None))
            elif not failed:
                score = offer.scorer.score(weights, env)
                failed = isinstance(score, NoScore) and score.failed
        for offer in tier.items:
            proposed = self._of_items(offer, weights, env)
            scored += proposed.proposals
            failed = failed or proposed.failed
        scored.sort(key=itemgetter(0), reverse=True)
        return _Proposed(_merged(scored, settled), failed, shut)

    def _of_items(self, offer: _Offer, weights: Mapping[str, float], env: Environment) -> _Proposed:
        """The items of an action that are proposed, in any order."""
        proposals: list[_Proposal] = []
        doubts, each = Proposed(), self._items[offer.action.id]
        failed = False
        for key, item, rules in each.match(env, doubts, []):
            env.items[each.each.item] = item
            score = offer.scorer.score(weights, env)
            if isinstance(score, NoScore):
                failed = failed or score.failed
            else:
                candidate = Candidate(offer.action, key, item, score, tuple(sorted(rules, key=_by_id)))
                proposals.append((_order(offer.action, score.total, key), offer, candidate))
        return _Proposed(proposals, failed or any(doubt.failed for doubt in doubts.doubts))


def _is_shut(offer: _Offer, closing: int) -> bool:
    """Whether guards close every channel."""
    for door in offer.doors:  # noqa: SIM110 - `all` takes twice the time
        if not closing & door:
            return False
    return True


def _merged(scored: list[_Proposal], settled: Iterable[_Proposal]) -> Iterator[_Proposal]:
    """Both in the order of precedence, in which the settled ones are; the others stand the other way round."""
    for one in settled:
        while scored and scored[-1][0] < one[0]:
            yield scored.pop()
        yield one
    yield from reversed(scored)


def _offers(tier: _Tier, found: int) -> Iterator[_Offer]:
    """The offers that rules propose, by the bits of these."""
    while found:
        offer = tier.by_bit[(found & -found).bit_length() - 1]
        yield offer
        found &= ~offer.bits


def _by_id(rule: Statement) -> str:
    return rule.id


def _layout(ruleset: Ruleset, proposer: Proposer, guards: Sequence[Guard]) -> tuple[list[_Tier], list[list[int]]]:
    """The tiers, and the conditions in the blocks in which they are matched: guards and weights first."""
    block = [*(of.condition for of in guards), *(of.condition for of in ruleset.weights)]
    blocks, tiers = [block], []
    proposals: dict[str, list[Proposal]] = {}
    for proposal in ruleset.proposals:
        proposals.setdefault(proposal.action, []).append(proposal)
    for _, actions in groupby(sorted(ruleset.actions.values(), key=_rank), _rank):
        offers = [_offer(action, proposer, guards) for action in actions]
        whole = [of for of in offers if of.action.id in proposals and of.action.for_each is None]
        whole.sort(key=lambda of: of.order or (-math.inf, of.action.id, "", ""))  # those that differ come first
        conditions = [proposal.condition for of in whole for proposal in proposals[of.action.id]]
        if block and len(block) + len(conditions) > _BLOCK:
            block = []
            blocks.append(block)
        place, by_bit = len(block), list[_Offer]()
        block += conditions
        for of in whole:
            asked = [(1 << at, proposal.rule) for at, proposal in enumerate(proposals[of.action.id], len(by_bit))]
            bits = sum(bit for bit, _ in asked)
            by_bit += [replace(of, rules=tuple(sorted(asked, key=lambda pair: pair[1].id)), bits=bits)] * len(asked)
        tiers.append(
            _Tier(
                promotional=offers[0].action.promotional,
                block=len(blocks) - 1,
                place=place,
                mask=(1 << len(by_bit)) - 1,
                open=(1 << sum(of.order is None for of in by_bit)) - 1,
                closed_by=functools.reduce(and_, [door for of in offers for door in of.doors]),
                by_bit=tuple(by_bit),
                items=tuple(of for of in offers if of.action.id in proposer.items),
            )
        )
    used = {number for of in blocks for number in of}
    rest = [number for number in range(len(ruleset.layer.conditions)) if number not in used]
    return tiers, [*blocks, rest]


def _offer(action: Action, proposer: Proposer, guards: Sequence[Guard]) -> _Offer:
    doors = dict.fromkeys(action.pairs, 0)
    for place, guard in enumerate(guards):
        for channel in guard.pairs.get(action.id, ()):
            doors[channel] |= 1 << place
    scorer = proposer.scorers[action.id]
    order = _order(action, scorer.settled.total) if scorer.settled else None
    return _Offer(
        action, scorer, scorer.settled, order, tuple(doors.values()), functools.reduce(or_, doors.values(), 0)
    )


def _order(action: Action, total: float, key: Key = None) -> _Order:
    """The place in the order of a tier: smaller comes first."""
    if key is None:
        return -total, action.id, "", action.id
    return precedence_with(action, total, key)[1:]


def _rank(action: Action) -> int:
    return action.rank
