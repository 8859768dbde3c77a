"""What generated customers are steered towards: each condition true, false and unknown, and each action open."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import Any, TypeAlias

from nba.facts import frozen
from nba.language import tree, types
from nba.language.functions import Clock
from nba.language.values import Truth
from nba.ruleset.model import Action, Feature, Ruleset
from nba.schema.scalars import Misfit, instant, scalar_reader
from nba.schema.single import value_reader
from nba.testing.strategies.aims import wished
from nba.testing.strategies.around import Due
from nba.testing.strategies.customers import Drawing
from nba.testing.strategies.places import Place
from nba.testing.strategies.shapes import WILD, Items, Making, Shape
from nba.testing.strategies.solving import Where, World
from nba.testing.strategies.truths import conditions_of
from nba.testing.strategies.wishes import ABSENT, Unsolved, Wish

_SAMPLES = 48
_TOGETHER, _STRIDE = 3, 257
"""So many goals are aimed at together, so far apart that they are of several departments."""
_SEEDS = 3  # for a goal to be reached
_ANYTHING = Wish()
_NO_WILD = bytes(of if of < WILD else of - 128 for of in range(256))
Sample: TypeAlias = tuple[list[Any], Any]
Wanted: TypeAlias = tuple[tuple[tree.Node, Truth], ...]


class Goals:
    """The goals of a ruleset by number, each worked out when it is first drawn."""

    def __init__(self, ruleset: Ruleset, drawing: Drawing) -> None:
        self._ruleset, self._drawing = ruleset, drawing
        self._moment = drawing.at(drawing.moments[0])
        self._assumed: dict[Place, Any] = {("profile", *of.names): of.value for of in ruleset.assumptions}
        self._shapes = {**drawing.profile.shapes, **drawing.context.shapes}
        self._readers = {
            of.id: ([value_reader(tree.type_of(node)) for node in of.reads], value_reader(of.type))
            for of in ruleset.facts
            if isinstance(of, Feature)
        }
        self._wanted: list[Wanted] = [
            ((node, truth),) for node in conditions_of(ruleset).values() for truth in (True, False, None)
        ]
        self._wanted += [wanted for action in ruleset.actions.values() for wanted in self._open(action)]
        self._opaque: dict[int, tuple[tree.Node, bool]] = {}
        self._samples: dict[str, list[Sample]] = {}
        self._known: dict[int, Wish | None] = {}
        self._bundles: dict[int, Wish | None] = {}
        self._values: dict[Place, list[tuple[Any, Any]]] = {}

    def __len__(self) -> int:
        return len(self._wanted)

    def wish(self, number: int) -> Wish | None:
        """What a customer should be like for a goal, and for a few others that go with it; None for nothing known."""
        if number not in self._bundles:
            found: Wish | None = None
            for more in range(_TOGETHER):
                found = _joined(found, self._single((number + more * _STRIDE) % len(self)))
            self._bundles[number] = found
        return self._bundles[number]

    def _single(self, number: int) -> Wish | None:
        if number not in self._known:
            wanted = self._wanted[number]
            # What is not known is often so of no customer; what is true or false, seldom.
            seeds = 1 if any(truth is None for _, truth in wanted) else _SEEDS
            ways = (self.reach(wanted, f"{number} {seed}") for seed in range(seeds))
            self._known[number] = next((way for way in ways if way is not None), None)
        return self._known[number]

    def reach(self, wanted: Wanted, seed: str) -> Wish | None:
        """What a customer should be like for some conditions to have some truths; the same each time for a seed."""
        clock = Clock(self._moment.as_of, self._moment.zone)
        moments = [(of, Clock(instant(of), self._moment.zone)) for of in self._drawing.moments]
        facts = {of.id: of for of in self._ruleset.facts}
        sizes, keys = self._drawing.interest.sizes, self._drawing.interest.keys
        world = World(
            facts,
            self._ruleset.settings,
            clock,
            self._values_at,
            lambda place: list(sizes.get(place, ())),
            lambda place: keys.get(place, ()),
            self._assumed,
            moments,
            self._sampled,
            Random(f"{self._ruleset.hash} {seed}"),
            opaque=self._opaque,
        )
        return wished(world, wanted)

    def _open(self, action: Action) -> Iterator[Wanted]:
        """That a rule proposes an action, and that no guard blocks it, and consent is given."""
        consents: list[tuple[tree.Node, Truth]] = []
        if action.purpose is not None:
            given = tree.Lookup(tree.Path("profile", ("consents",), _CONSENTS), _text(action.purpose), _CONSENT)
            consents.append((tree.Get(given, "granted", types.BOOLEAN), True))
            on = tree.Get(given, "channels", _CHANNELS)
            consents += [(tree.Lookup(on, _text(of), types.BOOLEAN), True) for of in action.channels or ("other",)]
        guards: list[tuple[tree.Node, Truth]] = [
            (guard.rule.condition, False)
            for guard in self._ruleset.guards
            if set(action.pairs) <= set(guard.pairs.get(action.id, ()))
        ]
        conditions = conditions_of(self._ruleset)
        items = self._ruleset.items.get(action.id)
        for proposal in self._ruleset.proposals if items is None else items.proposals:
            if proposal.action == action.id:
                yield ((conditions[proposal.rule.id], True), *guards, *consents)

    def _values_at(self, kind: types.Type, place: Place) -> list[tuple[Any, Any]]:
        if place not in self._values:
            drawing = self._drawing
            entries = drawing.profile.tables.get(place) or drawing.context.tables.get(place) or ()
            seen = [(entry, self._seen(kind, entry)) for entry in entries]
            self._values[place] = [(ABSENT, self._assumed.get(place)), *seen]
        return self._values[place]

    def _seen(self, kind: types.Type, entry: Any) -> Any:
        """An entry as rules see it."""
        raw = entry(self._moment) if isinstance(entry, Due) else entry
        read = scalar_reader(kind)
        try:
            return raw if read is None else read(raw)
        except Misfit:
            return None

    def _sampled(self, feature: Feature, wheres: list[Where], rng: Random) -> list[Sample]:
        """What a plugin's feature makes of some values of what it reads."""
        if any(where.wish != _ANYTHING for where in wheres):
            return self._sample(feature, wheres, rng)
        if feature.id not in self._samples:
            self._samples[feature.id] = self._sample(feature, wheres, Random(feature.id), 4 * _SAMPLES)
        return self._samples[feature.id]

    def _sample(self, feature: Feature, wheres: list[Where], rng: Random, count: int = _SAMPLES) -> list[Sample]:
        shapes = [self._shapes.get(where.place) for where in wheres]
        readers, returned = self._readers[feature.id]
        found: list[Sample] = []
        for number in range(count):
            entries = [
                ABSENT if shape is None else self._drawn(shape, where.wish, rng, full=number % 2 == 0)
                for where, shape in zip(wheres, shapes, strict=True)
            ]
            values = [
                self._assumed.get(where.place) if entry is ABSENT else read(entry)[0]
                for where, entry, read in zip(wheres, entries, readers, strict=True)
            ]
            try:
                found.append((entries, returned(feature.function(*map(frozen, values)))[0]))
            except Exception:  # a plugin may raise anything, and then there is no value
                continue
        return found

    def _drawn(self, shape: Shape, wish: Wish, rng: Random, *, full: bool) -> Any:
        """A value of a place after a wish; `full`: with as many items as are made one by one."""
        if full and isinstance(shape, Items) and wish.size is None:
            wish = replace(wish, size=max(shape.slots, len(wish.some)))
        return shape.make(rng.randbytes(shape.width).translate(_NO_WILD), 0, Making(self._moment), wish)


def _joined(one: Wish | None, other: Wish | None) -> Wish | None:
    """Both wishes as one; the first alone, where they do not go together."""
    if one is None or other is None:
        return one or other
    both = deepcopy(one)
    try:
        both.join(deepcopy(other))
        both.settle()
    except Unsolved:
        return one
    return both


_CHANNELS = types.MapOf(types.BOOLEAN)
_CONSENT = types.Record("consent", {"granted": types.Field(types.BOOLEAN), "channels": types.Field(_CHANNELS)})
_CONSENTS = types.MapOf(_CONSENT)


def _text(word: str) -> tree.Constant:
    return tree.Constant(word, types.STRING)
