"""A decision for all profiles at once: what is proposed, and what blocks it. It mirrors `proposing` and `screening`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from fractions import Fraction
from typing import Any, Literal

from nba.proof.bits import Bit, at_most, both, either, equal, every, no, some
from nba.proof.calendar import of_instant
from nba.proof.encode import NO_ITEMS, Encoder, Items, as_truth
from nba.proof.numbers import LARGEST
from nba.proof.values import NOTHING, List, Map, Record, Scalar, Symbolic, Truth, divided, is_missing
from nba.ruleset.model import Action, ForEach, Gate, Guard, Layer, Proposal, Ruleset
from nba.schema.zones import zone

Channel = str | None


@dataclass(frozen=True)
class Offer:
    """A candidate that may be: its action, for one with `for_each` its item, and whether it is proposed."""

    action: Action
    proposed: Bit
    item: Symbolic | None = None
    slot: int | None = None
    proposals: tuple[tuple[str, Bit], ...] = ()
    """By rule id, whether that rule proposes it."""


@dataclass(frozen=True)
class Block:
    """Something that may block a candidate on a channel."""

    kind: Literal["guard", "law", "gate", "fault"]
    id: str
    blocks: Bit


class Deciding:
    """What becomes of candidates, in the world of an encoder.

    `guards` says which guards and laws count, `faults` the faults of which rules, and `gates` whether gates and faults
    count at all; by default everything does. Leaving some out asks for more than can be. `closed=False` says that no
    candidate is asked to be closed: then lists need no room for items that take each other's key.
    """

    def __init__(
        self,
        encoder: Encoder,
        guards: Callable[[Guard], bool] = lambda guard: True,
        *,
        faults: Callable[[str], bool] = lambda rule: True,
        gates: bool = True,
        closed: bool = True,
    ) -> None:
        self._with_closed = closed
        self.encoder, self.world, self._with_gates = encoder, encoder.world, gates
        self.ruleset: Ruleset = encoder.world.ruleset
        self._with_fault = faults
        self._guards = [guard for guard in self.ruleset.guards if guards(guard)]
        self._offers: dict[str, list[Offer]] = {}
        self._faults: dict[str, list[tuple[str, Bit]]] = {}
        self._scores: dict[Any, tuple[Bit, Bit]] = {}

    # What is proposed

    def offers(self, id: str) -> list[Offer]:
        """The candidates of an action."""
        if id not in self._offers:
            self._offers[id] = list(self._all_offers(self.ruleset.actions[id]))
        return self._offers[id]

    def _all_offers(self, action: Action) -> Iterator[Offer]:
        if action.for_each is None:
            found = tuple(
                (of.rule.id, self.encoder.truth(of.rule.condition).true)
                for of in self.ruleset.proposals
                if of.action == action.id
            )
            score, _ = self._score(action, NO_ITEMS)
            yield Offer(action, both(some(bit for _, bit in found), score), proposals=found)
            return
        each, rules = action.for_each, self.ruleset.items.get(action.id)
        if rules is None:  # nothing proposes it
            return
        over = self.encoder.value(each.over)
        if not isinstance(over, List):
            return
        over.want(("offer", action.id), 1)
        if self._with_closed:
            over.twins()
        keys = [self.encoder.value(each.key, {each.item: slot.item}) for slot in over.slots]
        unread = some(both(slot.taken, key.failed) for slot, key in zip(over.slots, keys, strict=True))
        for number, slot in enumerate(over.slots):
            items = {each.item: slot.item}
            found = tuple((of.rule.id, self.encoder.truth(of.rule.condition, items).true) for of in rules.proposals)
            keyed = self._is_keyed(over, keys, number)
            score, _ = self._score(action, items)
            there = every((over.known, slot.taken, no(unread), keyed, score))
            yield Offer(action, both(there, some(bit for _, bit in found)), slot.item, number, found)
        for rest in over.rests:
            more = both(no(equal(rest.size, 0)), self.encoder.open_bit(("offer", action.id, rest.name), "proposed"))
            yield Offer(action, both(over.known, more), None, -1)

    def _is_keyed(self, over: List, keys: list[Symbolic], number: int) -> Bit:
        """Whether an item has a key, and one of its own."""
        key = keys[number]
        others = [
            both(of.taken, self.encoder.compare("==", key, keys[other]).true)
            for other, of in enumerate(over.slots)
            if other != number
        ]
        for rest in over.rests:  # one of the items beyond may have the same key
            twin = self.encoder.open_bit(("twin", rest.name, number), "twin")
            others.append(both(no(equal(rest.size, 0)), twin))
        return both(key.known if isinstance(key, Scalar) else False, no(some(others)))

    def _score(self, action: Action, items: Items) -> tuple[Bit, Bit]:
        """Whether an action has a score, and whether it has none because of a fault."""
        key = (action.id, *(id(of) for of in items.values()))
        if key not in self._scores:
            self._scores[key] = self._scored(action, items)
        return self._scores[key]

    def _scored(self, action: Action, items: Items) -> tuple[Bit, Bit]:
        fine: Bit = True
        failed: Bit = False
        factors: list[Scalar] = []
        for node in action.score.factors.values():
            value = self.encoder.value(node, items)
            good, bad = self._factor(value)
            failed = either(failed, both(fine, bad))
            fine = both(fine, good)
            if isinstance(value, Scalar):
                factors.append(value)
        for weight in self.ruleset.weights:
            if action.id in weight.actions:
                value = self.encoder.value(weight.by)
                if isinstance(value, Scalar):
                    factors.append(value)
        finite = self._is_finite(action, factors, items)
        return both(fine, finite), either(failed, both(fine, no(finite)))

    def _factor(self, value: Symbolic) -> tuple[Bit, Bit]:
        """Whether a value is a factor, and whether it has failed or is none."""
        if not isinstance(value, Scalar):
            return False, value.failed
        negative = self.encoder.compare("<", value, Scalar("number", True, False, 0))
        return negative.false, either(value.failed, negative.true)

    def _is_finite(self, action: Action, factors: list[Scalar], items: Items) -> Bit:
        """Whether the product of factors is a number: sure where they are small, else open."""
        high = Fraction(1)
        for of in factors:
            bound = divided(of).high
            high = high * max(bound, Fraction(1)) if bound is not None else LARGEST * 2
        if len(factors) < 2 or high < LARGEST / 2:
            return True
        small = Fraction(10) ** (300 // len(factors))
        sure = every(either(no(of.known), at_most(self.encoder.numbers.double(of), small)) for of in factors)
        self.world.approximated[f"whether the score of `{action.id}` is too large to be a number"] = None
        key = ("score", action.id, *(id(of) for of in items.values()))
        return either(sure, self.encoder.open_bit(key, "finite"))

    # What blocks

    def unblocked(self, offer: Offer, channel: Channel) -> Bit:
        """Whether nothing blocks a candidate on a channel."""
        return every(no(block.blocks) for block in self.blocks(offer, channel))

    def open(self, offer: Offer, channel: Channel) -> Bit:
        """Whether a candidate is there and nothing blocks it on a channel."""
        return both(offer.proposed, self.unblocked(offer, channel))

    def blocks(self, offer: Offer, channel: Channel) -> list[Block]:
        """All that may block a candidate on a channel."""
        found = [Block(of.kind, of.rule.id, self.acts(of)) for of in self.guards_of(offer.action, channel)]
        if not self._with_gates:
            return [of for of in found if of.blocks is not False]
        if offer.action.promotional:
            found += [Block("fault", id, bit) for id, bit in self.faults(offer.action.rank)]
        found += self.gates(offer, channel)
        return [of for of in found if of.blocks is not False]

    def guards_of(self, action: Action, channel: Channel) -> list[Guard]:
        """The guards and laws that pick an action on a channel."""
        return [of for of in self._guards if channel in of.pairs.get(action.id, ())]

    def acts(self, guard: Guard) -> Bit:
        """Whether a guard blocks: on true or unknown, a lenient one on true or a fault."""
        truth = self.encoder.truth(guard.rule.condition)
        if not guard.lenient:
            return no(truth.false)
        return either(truth.true, both(truth.unknown, self._reads_failed(self.ruleset.layer, guard.condition)))

    def _reads_failed(self, layer: Layer, condition: int, items: Items = NO_ITEMS) -> Bit:
        return some(self.encoder.value(layer.features[of], items).failed for of in layer.reads[condition])

    def faults(self, rank: int) -> list[tuple[str, Bit]]:
        """By rule, whether a proposal of an action above a rank could not be judged."""
        found: list[tuple[str, Bit]] = []
        for action in self.ruleset.actions.values():
            if action.rank < rank:
                if action.id not in self._faults:
                    self._faults[action.id] = [of for of in self._faults_of(action) if of[1] is not False]
                found += self._faults[action.id]
        return found

    def _faults_of(self, action: Action) -> Iterator[tuple[str, Bit]]:
        if action.for_each is not None:
            yield from self._item_faults(action, action.for_each)
            return
        proposals = [of for of in self.ruleset.proposals if of.action == action.id and self._with_fault(of.rule.id)]
        if not proposals:
            return
        _, failed = self._score(action, NO_ITEMS)
        for of in proposals:
            yield of.rule.id, self._fault(self.ruleset.layer, of, failed, NO_ITEMS)

    def _fault(self, layer: Layer, proposal: Proposal, score_failed: Bit, items: Items) -> Bit:
        truth = self.encoder.truth(proposal.rule.condition, items)
        unjudged = both(truth.unknown, self._reads_failed(layer, proposal.condition, items))
        return either(unjudged, both(truth.true, score_failed))

    def _item_faults(self, action: Action, each: ForEach) -> Iterator[tuple[str, Bit]]:
        rules = self.ruleset.items.get(action.id)
        if rules is None:
            return
        proposals = [of for of in rules.proposals if self._with_fault(of.rule.id)]
        if not proposals:
            return
        over = self.encoder.value(each.over)
        if not isinstance(over, List):
            return
        over.want(("faults", action.id), 2)
        keys = [self.encoder.value(each.key, {each.item: slot.item}) for slot in over.slots]
        unread = some(both(slot.taken, key.failed) for slot, key in zip(over.slots, keys, strict=True))
        for of in proposals:
            bits: list[Bit] = [over.failed]
            for number, slot in enumerate(over.slots):
                items = {each.item: slot.item}
                unkeyed = either(unread, no(self._is_keyed(over, keys, number)))
                _, score = self._score(action, items)
                fault = self._fault(rules.layer, of, either(unkeyed, score), items)
                bits.append(every((over.known, slot.taken, fault)))
            for rest in over.rests:
                more = self.encoder.open_bit(("fault", of.rule.id, rest.name), "fault")
                bits.append(every((over.known, no(equal(rest.size, 0)), more)))
            yield of.rule.id, some(bits)

    # Gates

    def gates(self, offer: Offer, channel: Channel) -> list[Block]:
        """The gates that may block a candidate on a channel."""
        action = offer.action
        found = []
        if action.valid is not None:
            found.append(Block("gate", "validity", no(self.valid(*action.valid))))
        if action.purpose is not None:
            found.append(Block("gate", "consent", no(self.consented(action.purpose, channel))))
        if channel is not None:
            found.append(Block("gate", "conversation", self.elsewhere(channel)))
        found += [Block("gate", of.id, self._plugin_gate(of, offer, channel)) for of in self.ruleset.gates]
        return found

    def valid(self, first: date | None, last: date | None) -> Bit:
        """Whether the day of the decision, where the house is, is one of these."""
        after = True if first is None else self._starts(first)
        before = True if last is None or last == date.max else no(self._starts(last + timedelta(days=1)))
        return both(after, before)

    def _starts(self, day: date) -> Bit:
        """Whether the day of the decision, where the house is, is this one or a later one."""
        house = zone(self.ruleset.house.timezone) or UTC
        early, late = _midnights(day, house)
        now = self.world.as_of
        if early == late:
            return at_most(early, now)
        self.world.approximated["the start of a day on which the clocks change"] = None
        return either(at_most(late, now), both(at_most(early, now), self.encoder.open_bit(("day", day), "started")))

    def granted(self, purpose: str) -> Truth:
        """Whether the customer has agreed to a purpose, whatever the channel."""
        given = _entry(self.encoder, self.world.path("profile", ("consents",)), purpose)
        return as_truth(given.get("granted")) if isinstance(given, Record) else Truth(False, False)

    def consented(self, purpose: str, channel: Channel) -> Bit:
        """Whether the customer has consented to a purpose on a channel."""
        consents = self.world.path("profile", ("consents",))
        given = _entry(self.encoder, consents, purpose)
        if not isinstance(given, Record):
            return False
        granted, channels = as_truth(given.get("granted")), given.get("channels")
        if not isinstance(channels, Map):
            return False
        if channel is None:
            return both(granted.true, both(channels.known, channels.some_true()))
        return both(granted.true, as_truth(_entry(self.encoder, channels, channel)).true)

    def elsewhere(self, channel: str) -> Bit:
        """Whether the customer is in contact with us now, and not surely on this channel."""
        here, direction = (self.world.path("context", (name,)) for name in ("channel", "direction"))
        quiet = both(is_missing(here).true, is_missing(direction).true)
        outbound = self._is_text(direction, "outbound")
        return every((no(outbound), no(quiet), no(self._is_text(here, channel))))

    def _is_text(self, value: Symbolic, text: str) -> Bit:
        return self.encoder.compare("==", value, self.world.text(text)).true

    def _plugin_gate(self, gate: Gate, offer: Offer, channel: Channel) -> Bit:
        """Whether a plugin's gate blocks: it may or not, but does when what it looks at has failed."""
        self.world.approximated[f"the gate `{gate.id}`, which may block or not"] = None
        failed = some(self.encoder.value(of).failed for of in gate.reads)
        return either(failed, self.encoder.open_bit(("gate", gate.id, offer.action.id, offer.slot, channel), gate.id))


def _entry(encoder: Encoder, of: Symbolic, key: str) -> Symbolic:
    return of.get(encoder.world.text(key)) if isinstance(of, Map) else NOTHING


def _midnights(day: date, house: tzinfo) -> tuple[int, int]:
    """The instants before which a day has surely not, and from which it surely has, begun somewhere."""
    try:
        middle = datetime(day.year, day.month, day.day, tzinfo=house)
        start = of_instant(middle.astimezone(UTC))
        around = {(middle + timedelta(days=shift)).utcoffset() for shift in (-1, 0, 1)}
    except (OverflowError, ValueError):  # an end of the calendar
        ordinal = day.toordinal()
        return max(0, (ordinal - 3) * 86_400_000_000), (ordinal + 2) * 86_400_000_000
    slack = 0 if len(around) == 1 else 86_400_000_000
    return start - slack, start + slack
