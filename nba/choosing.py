"""The choice alone: tier by tier from the highest, and no further than what was asked for.

It chooses just what the whole pipeline (`trace.py`) does, and leaves out what cannot change the choice: what stands in
lower tiers, and every reason for what was not chosen. All of that is found when somebody asks.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import and_, itemgetter, or_
from typing import Any, NamedTuple, TypeAlias

from nba.arbitration import Choice, Chosen, precedence_with, preferred_channels
from nba.language.compiled import compile_node
from nba.language.meaning import Environment
from nba.matching.features import FeatureReader
from nba.matching.native import NativeMatcher, places
from nba.proposing import Candidate, Key, NoScore, Proposed, Proposer, Scorer, is_factor
from nba.ruleset.model import Action, Guard, Proposal, Ruleset, Statement
from nba.screening import Screen

_Order: TypeAlias = tuple[float, str, str, str]
_Proposal: TypeAlias = "tuple[_Offer, Candidate | None]"
"""The candidate is made in advance when it is one of an action's items."""
_Scored: TypeAlias = "tuple[_Order, _Offer, Candidate | None]"
"""The same, with its place in the order of its tier."""

_BLOCK = 512  # conditions matched at once: more of them take memory for each class of values, fewer take time


@dataclass(frozen=True, slots=True)
class _Offer:
    """An action that can be proposed, and what its choice depends on."""

    action: Action
    scorer: Scorer
    order: _Order | None
    """Its place in the order of its tier, when that is the same for everyone on whom no weight of it acts."""
    weights: int
    """The weights that may act on it, as bits."""
    doors: tuple[int, ...]
    """For each channel, the guards that close it, as bits."""
    guards: int
    """All of these."""
    rules: tuple[Statement, ...] = ()
    """The rules that propose it, by id; none for one with `for_each`."""
    place: int = 0
    """Where their bits begin in the block."""
    bits: int = 0
    """These bits."""


@dataclass(frozen=True, slots=True)
class _Tier:
    """The offers of one tier. The conditions that propose them stand side by side in a block of the matcher."""

    promotional: bool
    block: int
    place: int
    """Where its bits begin in the block."""
    bits: int
    open: int
    """The bits of the offers whose scores differ between customers. The others stand in the order of precedence."""
    weights: int
    """The weights that may act on any of it, as bits."""
    weighed: Mapping[int, int]
    """For each of these weights, by its place, the bits of the offers that it acts on."""
    closed_by: int
    """The guards that close all of it, as bits."""
    by_bit: tuple[_Offer, ...]
    items: tuple[_Offer, ...]


class _Acting(NamedTuple):
    """The guards and weights that act on a customer."""

    closing: int
    """The guards, as bits; those in doubt, too."""
    weights: int
    """The weights whose conditions hold, as bits."""
    factors: dict[str, float]
    """What they multiply by, by rule id; found when a score needs it."""


class Chooser:
    """Chooses for one ruleset, when nothing has failed and no plugin's gate has to be asked."""

    def __init__(self, ruleset: Ruleset, proposer: Proposer, screen: Screen) -> None:
        self._items, self._screen = proposer.items, screen
        self._features = FeatureReader(ruleset.layer.features)
        head = len(screen.guards)
        self._guarding = (1 << head) - 1
        self._strict = sum(1 << place for place, guard in enumerate(screen.guards) if not guard.lenient)
        self._weighing = ((1 << len(ruleset.weights)) - 1) << head
        self._weights = {
            place: (weight.rule.id, compile_node(weight.by)) for place, weight in enumerate(ruleset.weights, head)
        }
        self._tiers, blocks = _layout(ruleset, proposer, screen)
        self.matcher = NativeMatcher(ruleset.layer, blocks)

    def choose(self, env: Environment, limit: int | None) -> tuple[Chosen, ...]:
        """The chosen actions, in order."""
        features = self._features.read(env)
        true, unknown = self.matcher.blocks[0].truths(features)
        guards = true
        closing = (true | unknown & self._strict) & self._guarding
        weights = true & self._weighing
        acting = _Acting(closing, weights, {})
        choice, waits, block = Choice(limit, preferred_channels(env)), False, 0
        shut: list[tuple[_Tier, int]] = []  # what guards close needs no score, until it matters whether that failed
        for tier in self._tiers:
            if tier.promotional and shut:
                waits = waits or any(self._fails(of, bits, acting, env) for of, bits in shut)
                shut.clear()
            if waits and tier.promotional:
                continue
            if tier.block != block:
                block, (true, _) = tier.block, self.matcher.blocks[tier.block].truths(features)
            found = true & tier.bits
            if not found and not tier.items:
                continue
            if closing & tier.closed_by:
                shut.append((tier, found))
                continue
            failed, closed = False, 0
            if found & tier.open or tier.items or weights & tier.weights:
                proposals, failed, closed = self._in_order(tier, found, acting, env)
            else:
                proposals = _offers(tier, found)
            for offer, candidate in proposals:
                if closing & offer.guards and _is_shut(offer, closing):
                    continue
                candidate = candidate or self._candidate(offer, found, acting, env)
                # Errors are told when somebody asks.
                screened = self._screen.one(candidate, closing, guards, (), env, [])
                if screened.channels:
                    choice.take(screened)
                    if choice.is_full:
                        return tuple(choice.chosen)
            waits = waits or failed
            if closed:
                shut.append((tier, closed))
        return tuple(choice.chosen)

    def _in_order(
        self, tier: _Tier, found: int, acting: _Acting, env: Environment
    ) -> tuple[Iterator[_Proposal], bool, int]:
        """What is proposed, in the order of precedence, when scores differ between customers; whether a score or key
        has failed; and the bits of those that were left out, as guards close them.
        """
        differing = found & tier.open
        for place in places(acting.weights & tier.weights):
            weighed = found & tier.weighed.get(place, 0)
            if weighed or tier.items:
                differing |= weighed
                id, compute = self._weights[place]
                value = compute(env)
                if is_factor(value):
                    acting.factors[id] = float(value)
        scored, failed, shut = self._scored(tier, differing, acting, env)
        return _merged(_offers(tier, found ^ differing), scored), failed, shut

    def _scored(self, tier: _Tier, found: int, acting: _Acting, env: Environment) -> tuple[list[_Scored], bool, int]:
        """What has a score of its own for this customer, last in order first; and the same."""
        scored: list[_Scored] = []
        failed, shut = False, 0
        for offer, _ in _offers(tier, found):
            if acting.closing & offer.guards and _is_shut(offer, acting.closing):
                shut |= found & offer.bits
                continue
            total = offer.scorer.total(acting.factors, env)
            if total is not None:
                scored.append((_order(offer.action, total), offer, None))
            elif not failed:
                score = offer.scorer.score(acting.factors, env)
                failed = isinstance(score, NoScore) and score.failed
        for offer in tier.items:
            failed = self._add_items(offer, acting, env, scored) or failed
        scored.sort(key=itemgetter(0), reverse=True)
        return scored, failed, shut

    def _add_items(self, offer: _Offer, acting: _Acting, env: Environment, scored: list[_Scored]) -> bool:
        """Add the items of an action that are proposed, in any order; whether a score or key has failed."""
        doubts, each, failed = Proposed(), self._items[offer.action.id], False
        for key, item, rules in each.match(env, doubts, []):
            env.items[each.each.item] = item
            score = offer.scorer.score(acting.factors, env)
            if isinstance(score, NoScore):
                failed = failed or score.failed
            else:
                candidate = Candidate(offer.action, key, item, score, tuple(sorted(rules, key=_by_id)))
                scored.append((_order(offer.action, score.total, key), offer, candidate))
        return failed or any(doubt.failed for doubt in doubts.doubts)

    def _fails(self, tier: _Tier, found: int, acting: _Acting, env: Environment) -> bool:
        """Whether a score or key fails of what guards close."""
        return self._in_order(tier, found, acting._replace(closing=0), env)[1]

    def _candidate(self, offer: _Offer, found: int, acting: _Acting, env: Environment) -> Candidate:
        rules = tuple([offer.rules[place] for place in places((found & offer.bits) >> offer.place)])
        settled = None if acting.weights & offer.weights else offer.scorer.settled
        score: Any = settled or offer.scorer.score(acting.factors, env)  # it has one, or was no proposal
        return Candidate(offer.action, None, None, score, rules)


def _merged(settled: Iterator[_Proposal], scored: list[_Scored]) -> Iterator[_Proposal]:
    """Both in the order of precedence, in which the settled ones are; the others stand the other way round."""
    for offer, _ in settled:
        while scored and offer.order and scored[-1][0] < offer.order:
            yield scored.pop()[1:]
        yield offer, None
    while scored:
        yield scored.pop()[1:]


def _offers(tier: _Tier, found: int) -> Iterator[_Proposal]:
    """The offers that rules propose, by the bits of these."""
    while found:
        offer = tier.by_bit[(found & -found).bit_length() - 1 - tier.place]
        yield offer, None
        found &= ~offer.bits


def _is_shut(offer: _Offer, closing: int) -> bool:
    """Whether guards close every channel."""
    for door in offer.doors:  # noqa: SIM110 - `all` takes twice the time
        if not closing & door:
            return False
    return True


def _by_rule(proposal: Proposal) -> str:
    return proposal.rule.id


def _by_id(rule: Statement) -> str:
    return rule.id


def _layout(ruleset: Ruleset, proposer: Proposer, screen: Screen) -> tuple[list[_Tier], list[list[int]]]:
    """The tiers, and the conditions in the blocks in which they are matched: guards and weights first."""
    block = [*(of.condition for of in screen.guards), *(of.condition for of in ruleset.weights)]
    blocks, tiers = [block], []
    proposals: dict[str, list[Proposal]] = {}
    for proposal in ruleset.proposals:
        proposals.setdefault(proposal.action, []).append(proposal)
    for mine in proposals.values():
        mine.sort(key=_by_rule)
    doors = _doors(ruleset, screen.guards)
    weights = _weights(ruleset, len(screen.guards))
    for _, actions in groupby(sorted(ruleset.actions.values(), key=_rank), _rank):
        offers = [
            _offer(of, proposer.scorers[of.id], doors[of.id], screen.against[of.id], weights.get(of.id, 0))
            for of in actions
        ]
        whole = [of for of in offers if of.action.id in proposals and of.action.for_each is None]
        whole.sort(key=lambda of: of.order or (-math.inf, of.action.id, "", ""))  # those that differ come first
        conditions = [proposal.condition for of in whole for proposal in proposals[of.action.id]]
        if block and len(block) + len(conditions) > _BLOCK:
            block = []
            blocks.append(block)
        place, by_bit, weighed = len(block), list[_Offer](), dict[int, int]()
        block += conditions
        for of in whole:
            rules, first = tuple(proposal.rule for proposal in proposals[of.action.id]), place + len(by_bit)
            bits = ((1 << len(rules)) - 1) << first
            by_bit += [replace(of, rules=rules, place=first, bits=bits)] * len(rules)
            for weight in places(of.weights):
                weighed[weight] = weighed.get(weight, 0) | bits
        tiers.append(
            _Tier(
                promotional=offers[0].action.promotional,
                block=len(blocks) - 1,
                place=place,
                bits=((1 << len(by_bit)) - 1) << place,
                open=((1 << sum(of.order is None for of in by_bit)) - 1) << place,
                weights=functools.reduce(or_, [of.weights for of in offers], 0),
                weighed=weighed,
                closed_by=functools.reduce(and_, [door for of in offers for door in of.doors]),
                by_bit=tuple(by_bit),
                items=tuple(of for of in offers if of.action.id in proposer.items),
            )
        )
    used = {number for of in blocks for number in of}
    rest = [number for number in range(len(ruleset.layer.conditions)) if number not in used]
    return tiers, [*blocks, rest]


def _doors(ruleset: Ruleset, guards: Sequence[Guard]) -> Mapping[str, Mapping[str | None, int]]:
    """By action: for each of its channels, the guards that close it, as bits."""
    doors = {action.id: dict.fromkeys(action.pairs, 0) for action in ruleset.actions.values()}
    for place, guard in enumerate(guards):
        for id, channels in guard.pairs.items():
            for channel in channels:
                doors[id][channel] |= 1 << place
    return doors


def _weights(ruleset: Ruleset, head: int) -> Mapping[str, int]:
    """By action: the weights that may act on it, as bits."""
    found: dict[str, int] = {}
    for place, weight in enumerate(ruleset.weights, head):
        for id in weight.actions:
            found[id] = found.get(id, 0) | 1 << place
    return found


def _offer(action: Action, scorer: Scorer, doors: Mapping[str | None, int], guards: int, weights: int) -> _Offer:
    order = _order(action, scorer.settled.total) if scorer.settled else None
    return _Offer(action, scorer, order, weights, tuple(doors.values()), guards)


def _order(action: Action, total: float, key: Key = None) -> _Order:
    """The place in the order of a tier: smaller comes first."""
    if key is None:
        return -total, action.id, "", action.id
    return precedence_with(action, total, key)[1:]


def _rank(action: Action) -> int:
    return action.rank
