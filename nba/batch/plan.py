"""The rules prepared for columns, and what a chunk of customers gets decided by them.

The same steps as `Orchestrator.decide`: facts, match, propose, screen, arbitrate. Rows in which something fails are
told apart (`odd`), for `decide` to decide them: nothing here has to know what a fault does to a decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any, cast

import numpy as np
import pyarrow as pa

from nba.batch import output
from nba.batch.bits import ZERO, Bits, Truth, pack, places, unpack
from nba.batch.choosing import Choice, Offer, choose, in_order
from nba.batch.columns import Array, Bools, Column, Lists, Records, Texts
from nba.batch.conditions import Conditions
from nba.batch.constants import constant
from nba.batch.evaluate import Rows
from nba.batch.facts import FeatureColumn, assume
from nba.batch.items import ItemOffer, ItemProposals
from nba.batch.messages import messages
from nba.batch.offers import row_offer
from nba.batch.output import Gathered, lists, struct, words
from nba.batch.scores import Scorer, Weighing
from nba.batch.screening import Gates, Guards, PluginGate
from nba.language import tree
from nba.ruleset.model import Action, Duty, Feature, Notice, Proposal, Ruleset, Score
from nba.schema.zones import zone


@dataclass(frozen=True, eq=False)
class Decided:
    """A chunk that is decided: its output columns, and the rows that `decide` has to decide instead."""

    batch: pa.RecordBatch
    odd: Bools


class Plan:
    """A rule set, prepared for columns; made once, and used for every chunk."""

    def __init__(self, ruleset: Ruleset) -> None:
        ruleset = _interned(ruleset)
        self.ruleset = ruleset
        self._conditions = Conditions(ruleset.layer)
        self._guards = Guards(ruleset.guards)
        self._features = {of.id: FeatureColumn(of) for of in ruleset.facts if isinstance(of, Feature)}
        self._gates = [PluginGate(of) for of in ruleset.gates]
        scorers = {id: Scorer(action, ruleset.weights) for id, action in ruleset.actions.items()}
        self._scorers = scorers
        self._items = [ItemProposals(ruleset.actions[id], of, scorers[id]) for id, of in ruleset.items.items()]
        self._proposals: dict[str, list[Proposal]] = {}
        for proposal in sorted(ruleset.proposals, key=lambda of: of.rule.id):
            self._proposals.setdefault(proposal.action, []).append(proposal)
        asked: list[Notice | Duty] = [*ruleset.notices, *ruleset.duties]
        self._asked = sorted(asked, key=lambda of: (of.department, of.rule.id))
        self._zone = zone(ruleset.house.timezone) if ruleset.house.timezone else None

    @property
    def row_functions(self) -> list[str]:
        """The features and gates of plugins that are called for each row."""
        features = [id for id, of in self._features.items() if of.feature.columnar is None]
        return [*features, *(of.gate.id for of in self._gates)]

    def decide(
        self,
        profile: Column,
        count: int,
        bad: Bools,
        context: Mapping[str, Any],
        as_of: datetime,
        limit: int | None,
    ) -> Decided:
        """Decide a chunk of so many rows, of which the bad ones do not fit the schema."""
        ruleset = self.ruleset
        odd = np.zeros(count, dtype=np.bool_) | bad

        def failed(rows: Bools) -> None:
            np.logical_or(odd, rows, out=odd)

        profile = assume(profile, ruleset.assumptions)
        rows = Rows(count, profile, constant(context), as_of, ruleset.settings, self._zone)
        for fact in ruleset.facts:
            if isinstance(fact, Feature):
                rows.facts[fact.id] = self._features[fact.id].compute(rows, failed)
            else:
                rows.facts[fact.id] = rows.column(fact.node)
        truths = self._conditions.truths(rows)
        weighing = Weighing(ruleset.weights, truths, rows, failed)
        found: list[Offer | None] = [
            row_offer(ruleset.actions[id], of, truths, self._scorers[id], rows, weighing, failed)
            for id, of in self._proposals.items()
        ]
        found += [of.offer(rows, weighing, failed) for of in self._items]
        offers = in_order(of for of in found if of is not None)
        closed = self._guards.closed(truths)
        gates = Gates(ruleset, rows, context)
        asking = [(gate.gate.id, gate.prepare(rows)) for gate in self._gates]
        for offer in offers:
            offer.close(closed.get(offer.action.id, {}), gates.closed(offer.action))
            for gate, ask in asking:
                offer.ask(gate, ask, failed)
        choice = choose(offers, count, limit, pack(~odd) if count > 1 else np.packbits(~odd, bitorder="little"))
        unmet = {duty.rule.id: self._unmet(duty, truths, offers) for duty in ruleset.duties}
        return Decided(self._batch(rows, truths, offers, choice, unmet, failed), odd)

    def _unmet(self, duty: Duty, truths: Sequence[Truth], offers: Sequence[Offer]) -> Bits:
        """Where an `always` law binds and no unblocked candidate meets it."""
        binds, _ = truths[duty.condition]
        if not binds.any():
            return ZERO
        met = [offer.reaches(duty.pairs[offer.action.id]) for offer in offers if duty.pairs.get(offer.action.id)]
        unmet: Bits = binds & ~reduce(np.bitwise_or, met, ZERO)
        return unmet

    # Output

    def _batch(
        self,
        rows: Rows,
        truths: Sequence[Truth],
        offers: Sequence[Offer],
        choice: Choice,
        unmet: Mapping[str, Bits],
        failed: Any,
    ) -> pa.RecordBatch:
        count = rows.count
        proposed = unpack(reduce(np.bitwise_or, (of.proposed for of in offers), ZERO), count)
        outcome = np.where(proposed != 0, 2, 1).astype(np.int32)
        outcome[choice.rows] = 0
        blocked = np.zeros(count, dtype=np.int32)
        for offer in offers:
            if offer.blocked_by_row is not None:
                blocked += offer.blocked_by_row
        laws = Gathered(count)
        for place, duty in enumerate(self.ruleset.duties):
            laws.add(places(unmet[duty.rule.id], count), place)
        starts, codes, _ = laws.build()
        kinds = [field.type for field in output.SCHEMA]
        columns = [
            words(outcome, output.OUTCOMES),
            self._actions(rows, offers, choice),
            pa.array(blocked),
            self._blocked_by(truths, offers, count),
            lists(starts, words(codes, [of.rule.id for of in self.ruleset.duties])),
            self._tasks(rows, truths, unmet, failed),
            output.empty(count, kinds[6]),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=output.SCHEMA)

    def _actions(self, rows: Rows, offers: Sequence[Offer], choice: Choice) -> pa.Array:
        total = len(choice.rows)
        actions = [offer.action for offer in offers]
        known_channels = sorted({channel for action in actions for channel in action.channels})
        places_of = {channel: place for place, channel in enumerate(known_channels)}
        channels = np.full(total, -1, dtype=np.int32)
        keys: list[str | None] = [None] * total
        rules = Gathered(total)
        known_rules: dict[str, int] = {}
        preferred = _preferred(rows.profile)
        for number, offer in enumerate(offers):
            places, chosen = choice.of(number)
            if not len(places):
                continue
            if offer.action.channels:
                best = _best_channel(offer, chosen, preferred)
                table = np.array([places_of[of] for of in offer.action.channels], dtype=np.int32)
                channels[places] = table[best]
            if isinstance(offer, ItemOffer):
                for place, key in zip(places.tolist(), offer.keys(chosen), strict=True):
                    keys[place] = key
            for rule, proposed in offer.proposed_by(chosen):
                rules.add(places[proposed], known_rules.setdefault(rule, len(known_rules)))
        starts, codes, _ = rules.build()
        kind = output.SCHEMA.field("actions").type.value_type
        departments, tiers = (sorted({getattr(of, name) for of in actions}) for name in ("department", "tier"))
        which = choice.offers
        items = struct(
            kind,
            [
                pa.array(choice.ranks.astype(np.int32)),
                words(which, [of.id for of in actions]),
                pa.array(keys, pa.string()),
                words(_coded([departments.index(of.department) for of in actions], which), departments),
                words(_coded([tiers.index(of.tier) for of in actions], which), tiers),
                pa.array(choice.scores.astype(np.float64)),
                words(np.maximum(channels, 0), known_channels or [""], channels < 0),
                lists(starts, words(codes, list(known_rules))),
            ],
        )
        per_row = np.bincount(choice.rows, minlength=rows.count)
        return lists(np.concatenate(([0], np.cumsum(per_row))), items)

    def _blocked_by(self, truths: Sequence[Truth], offers: Sequence[Offer], count: int) -> pa.Array:
        by_action = {of.action.id: of for of in offers if of.blocked_by_row is not None}
        # By id, the bits where it blocks and the number of blocked candidates that it blocks there.
        found: dict[str, list[tuple[Bits, Array]]] = {}
        for pairs, guards in self._guards.groups:
            here = [by_action[id] for id in pairs if id in by_action]
            if not here:
                continue
            somewhere = reduce(np.bitwise_or, (of.blocked for of in here))
            counts = np.zeros(count, dtype=np.int32)
            for offer in here:
                counts = counts + cast(Array, offer.blocked_by_row)
            for guard in guards:
                acting = self._guards.acting(guard, truths) & somewhere
                if acting.any():
                    found.setdefault(guard.rule.id, []).append((acting, counts))
        for offer in by_action.values():
            for gate in offer.by_gate:
                rows = offer.closed_by_row(gate)
                if rows.any():
                    found.setdefault(gate, []).append((pack(rows != 0) if count > 1 else rows, rows))
        ids = sorted(found)
        gathered = Gathered(count)
        for code, id in enumerate(ids):
            rows, values = _summed(found[id], count)
            gathered.add(rows, code, values)
        starts, codes, totals = gathered.build(np.int32)
        kind = output.SCHEMA.field("blocked_by").type.value_type
        return lists(starts, struct(kind, [words(codes, ids), pa.array(totals)]))

    def _tasks(self, rows: Rows, truths: Sequence[Truth], unmet: Mapping[str, Bits], failed: Any) -> pa.Array:
        count = rows.count
        gathered = Gathered(count)
        said: list[str] = []
        for place, of in enumerate(self._asked):
            fires = unmet[of.rule.id] if isinstance(of, Duty) else truths[of.condition][0]
            told = places(fires, count)
            if len(told):
                texts = messages(of.message, rows, told, failed)
                gathered.add(told, place, len(said) + (np.arange(len(texts)) if len(texts) > 1 else 0))
                said += texts
        starts, codes, spoken = gathered.build(np.int32)
        kind = output.SCHEMA.field("tasks").type.value_type
        departments = sorted({of.department for of in self._asked})
        by_department = _coded([departments.index(of.department) for of in self._asked], codes)
        items = struct(
            kind,
            [
                words(by_department, departments),
                words(codes, [of.rule.id for of in self._asked]),
                words(spoken, said),
            ],
        )
        return lists(starts, items)


def _interned(ruleset: Ruleset) -> Ruleset:
    """The rule set with expressions that say the same as one object, as columns are kept by object."""
    kept: dict[tree.Node, tree.Node] = {}

    def one(node: tree.Node) -> tree.Node:
        return kept.setdefault(node, node)

    def of(action: Action) -> Action:
        score = Score(**{name: one(node) for name, node in action.score.factors.items()})
        return replace(action, score=score)

    layer = replace(ruleset.layer, features=tuple(map(one, ruleset.layer.features)))
    weights = tuple(replace(weight, by=one(weight.by)) for weight in ruleset.weights)
    actions = {id: of(action) for id, action in ruleset.actions.items()}
    return replace(ruleset, layer=layer, weights=weights, actions=actions)


def _coded(table: list[int], codes: Array) -> Array:
    found: Array = np.array(table or [0], dtype=np.int32)[codes]
    return found


def _summed(parts: list[tuple[Bits, Array]], count: int) -> tuple[Array, Array]:
    """The rows of several parts, and the sums of their counts there."""
    if len(parts) == 1:
        bits, counts = parts[0]
        rows = places(bits, count)
        return rows, counts[rows]
    total = np.zeros(count, dtype=np.int64)
    for bits, counts in parts:
        total += unpack(bits, count) * counts
    rows = np.flatnonzero(total != 0)
    return rows, total[rows]


def _preferred(profile: Column) -> Lists | None:
    """The customers' preferred channels, best first."""
    found = profile.get("preferred_channels") if isinstance(profile, Records) else None
    return found if isinstance(found, Lists) and isinstance(found.items, Texts) else None


def _best_channel(offer: Offer, of: Any, preferred: Lists | None) -> Array:
    """By candidate, the place among the action's channels of the one that is taken."""
    channels = offer.action.channels
    free = np.stack([offer.is_open(channel, of) for channel in channels])
    best: Array = free.argmax(axis=0)
    if preferred is None or len(channels) == 1:
        return best
    here = preferred.take(of.rows) if len(preferred.starts) > 2 else preferred.spread(len(of.rows))
    texts, lengths = here.items, here.lengths
    assert isinstance(texts, Texts)
    table = np.array([channels.index(word) if word in channels else -1 for word in texts.words], dtype=np.int64)
    places = np.where(texts.known, table[texts.codes], -1)
    settled = np.zeros(len(best), dtype=np.bool_)
    for number in range(int(lengths.max(initial=0))):
        rows = np.flatnonzero(~settled & (lengths > number))
        wanted = places[here.starts[:-1][rows] + number] if len(places) > 1 else np.repeat(places, len(rows))
        usable = (wanted >= 0) & free[wanted, rows]
        best[rows[usable]] = wanted[usable]
        settled[rows[usable]] = True
    return best
