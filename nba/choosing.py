"""The choice alone: tier by tier from the highest, and no further than what was asked for.

It chooses just what the whole pipeline (`trace.py`) does, and leaves out what cannot change the choice: what stands in
lower tiers, and every reason for what was not chosen. All of that is found when somebody asks.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, TypeAlias

from nba.arbitration import Choice, Chosen, precedence_with, preferred_channels
from nba.language.compiled import compile_node
from nba.language.meaning import Environment
from nba.language.values import Value
from nba.matching.features import FeatureReader
from nba.matching.native import NativeMatcher, places
from nba.proposing import Candidate, Key, Proposed, Proposer, Score, Scorer, is_factor
from nba.results import DecisionError
from nba.ruleset.model import Action, Guard, Proposal, Ruleset, Statement
from nba.screening import Screen

_BLOCK = 4096  # conditions matched at once: more of them take memory for each class of values, fewer take time


@dataclass(frozen=True, slots=True)
class _Offer:
    """An action that can be proposed, and what its choice depends on."""

    action: Action
    scorer: Scorer
    score: Score | None
    """Its score, when that is the same for everyone."""
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
    by_bit: tuple[_Offer, ...]
    items: tuple[_Offer, ...]
    settled: bool
    """Whether all its scores are the same for everyone; then the offers stand in the order of precedence."""


_Proposal: TypeAlias = tuple[_Offer, Score, Key, Value, Sequence[Statement] | None]
"""A candidate in the making: with its key and item, and the rules that propose it, when it is one of an action's
items."""


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
        errors: list[DecisionError] = []  # which the whole pipeline reports
        for tier in self._tiers:
            if waits and tier.promotional:
                continue
            if tier.block != block:
                block, (true, _) = tier.block, self.matcher.blocks[tier.block].truths(features)
            found = true >> tier.place & tier.mask
            proposals, failed = ((), False) if not (found or tier.items) else self._proposed(tier, found, weights, env)
            for offer, score, key, item, rules in proposals:
                if all([closing & door for door in offer.doors]):  # noqa: C419 - a list of three is faster
                    continue
                rules = rules or [rule for bit, rule in offer.rules if found & bit]
                candidate = Candidate(offer.action, key, item, score, tuple(rules))
                acting = [(self._screen.guards[of], bool(guards >> of & 1)) for of in places(closing & offer.guards)]
                screened = self._screen.one(candidate, acting, (), env, errors)
                if not screened.blocked:
                    choice.take(screened)
                    if choice.is_full:
                        return tuple(choice.chosen)
            waits = waits or failed
        return tuple(choice.chosen)

    def _acting(self, true: int, env: Environment) -> Mapping[str, float]:
        """The weights that act, by rule id."""
        found = ((id, compute(env)) for bit, id, compute in self._weights if true & bit)
        return {id: float(value) for id, value in found if is_factor(value)}

    def _proposed(
        self, tier: _Tier, found: int, weights: Mapping[str, float], env: Environment
    ) -> tuple[Iterable[_Proposal], bool]:
        """What is proposed in a tier, in order of precedence; and whether a score or key of it has failed."""
        offers = _offers(tier, found)
        if tier.settled:
            return ((offer, offer.score, None, None, None) for offer in offers), False  # type: ignore[misc]  # all have one
        proposals: list[_Proposal] = []
        failed = False
        for offer in offers:
            score = offer.score or offer.scorer.score(weights, env)
            if isinstance(score, Score):
                proposals.append((offer, score, None, None, None))
            else:
                failed = failed or score.failed
        for offer in tier.items:
            doubts = Proposed()
            each = self._items[offer.action.id]
            for key, item, rules in each.match(env, doubts, []):
                env.items[each.each.item] = item
                score = offer.scorer.score(weights, env)
                if isinstance(score, Score):
                    proposals.append((offer, score, key, item, sorted(rules, key=_by_id)))
                else:
                    failed = failed or score.failed
            failed = failed or any(doubt.failed for doubt in doubts.doubts)
        return sorted(proposals, key=_order), failed


def _offers(tier: _Tier, found: int) -> Iterator[_Offer]:
    """The offers that rules propose, by the bits of these."""
    while found:
        offer = tier.by_bit[(found & -found).bit_length() - 1]
        yield offer
        found &= ~offer.bits


def _order(proposal: _Proposal) -> tuple[Any, ...]:
    offer, score, key, *_ = proposal
    return precedence_with(offer.action, score.total, key)


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
        offers = [_offer(action, ruleset, proposer, guards) for action in actions]
        whole = [of for of in offers if of.action.for_each is None and of.action.id in proposals]
        settled = all(of.score for of in offers) and not any(of.action.id in proposer.items for of in offers)
        if settled:
            whole.sort(key=lambda of: precedence_with(of.action, of.score.total, None))  # type: ignore[union-attr]  # all have one
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
        items = tuple(of for of in offers if of.action.id in proposer.items)
        promotional = offers[0].action.promotional
        mask = (1 << len(conditions)) - 1
        tiers.append(_Tier(promotional, len(blocks) - 1, place, mask, tuple(by_bit), items, settled))
    used = {number for of in blocks for number in of}
    rest = [number for number in range(len(ruleset.layer.conditions)) if number not in used]
    return tiers, [*blocks, rest]


def _offer(action: Action, ruleset: Ruleset, proposer: Proposer, guards: Sequence[Guard]) -> _Offer:
    scorer = proposer.scorers[action.id]
    doors = dict.fromkeys(action.pairs, 0)
    for place, guard in enumerate(guards):
        for channel in guard.pairs.get(action.id, ()):
            doors[channel] |= 1 << place
    all_guards = functools.reduce(operator.or_, doors.values())
    return _Offer(action, scorer, scorer.settled, tuple(doors.values()), all_guards)


def _rank(action: Action) -> int:
    return action.rank
