"""Asking about all profiles: whether something can be, and which few parts see to it that it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import z3

from nba.decision import Decision
from nba.language.meaning import Environment
from nba.proof.analysing.evidence import Evidence, Seen, scenes_of
from nba.proof.analysing.findings import Example, Issue, Kind, Unsettled
from nba.proof.asking import Status, encode
from nba.proof.bits import Bit, both, every, some, truth
from nba.proof.encode import NO_ITEMS, Encoder, Items
from nba.proof.seeking import Seeker, Sought
from nba.proof.shrink import Holds, shrink
from nba.proof.values import List
from nba.proof.witness import Witness
from nba.ruleset.model import Feature, Ruleset, Signal

Parts: TypeAlias = Callable[[Encoder], tuple[Bit, Mapping[str, Bit]]]
"""From an encoder to what holds anyway, and parts by name that cannot all hold with it."""


@dataclass(frozen=True)
class Reasons:
    """Whether parts can hold at once; when they never do, the fewest that exclude each other."""

    status: Status
    parts: tuple[str, ...] = ()


@dataclass
class Desk:
    """What the parts of an analysis share: the rules, what was seen, the solver, and what is found so far."""

    ruleset: Ruleset
    seeker: Seeker
    evidence: Evidence
    issues: list[Issue] = field(default_factory=list)
    unsettled: list[Unsettled] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)
    """Rules, signals and actions of which the root cause is told already."""
    by_settings: set[str] = field(default_factory=set)
    """Of these, what settings keep from acting."""

    def __post_init__(self) -> None:
        self.facts: Mapping[str, Signal | Feature] = {of.id: of for of in self.ruleset.facts}
        self.sources = {of.id: of.source for of in self.ruleset.statements}

    def can(
        self,
        ask: Callable[[Encoder, frozenset[str]], Bit],
        shows: Callable[[Decision], bool],
        against: Callable[[Decision], Iterable[str]] = lambda decision: (),
        parts: Iterable[str] = (),
        *,
        cost: Callable[[Seen], float] | None = None,
    ) -> Sought:
        """Whether something can be; an example is kept as evidence. See `Seeker.seek`.

        Where the solver cannot tell, made-up customers are tried: near its last example, if a `cost` says what is near.
        """
        last: list[Decision] = []

        def noted(decision: Decision) -> bool:
            last[:] = [decision]
            return shows(decision)

        found = self.seeker.seek(ask, noted, against, frozenset(), frozenset(parts))
        if found.status == "unknown":
            seen = self.evidence.climb([self.evidence.of(last[0])], cost) if cost and last else None
            seen = seen or self.evidence.search(shows)
            if seen is not None:
                return Sought("found", seen.example, self.evidence.bench.decide(seen.example))
        if found.example is not None:
            self.evidence.add(found.example, found.decision)
        return found

    def whatever_settings(
        self, ask: Callable[[Encoder, frozenset[str]], Bit], shows: Callable[[Decision], bool]
    ) -> bool:
        """Whether what can never be with the settings as they are can never be, whatever the packs allow them to be."""
        seeker = replace(self.seeker, settings="declared")
        return seeker.seek(ask, shows, lambda decision: (), frozenset(), frozenset()).status == "never"

    def shows(self, each: str | None, test: Callable[[Environment], bool]) -> Callable[[Decision], bool]:
        """A test of decisions: whether an environment passes, with one of an action's items in sight if need be."""
        return lambda decision: any(map(test, scenes_of(decision._trace.environment(), self.ruleset, each)))

    def unknown(self, kind: Kind, subject: str, sought: Sought, source: str = "") -> None:
        """Keep what could not be settled."""
        first, *others = sought.why.split("; ")
        why = first + (f" (and {len(others)} more)" if others else "")
        self.unsettled.append(Unsettled(kind, subject, why, source))

    def smallest(self, title: str, given: Witness, shows: Callable[[Decision], bool]) -> Example:
        """An example with nothing in it that does not matter, decided."""
        decide = self.evidence.bench.decide
        small = shrunk(given, lambda of: shows(decide(of)))
        return Example(title, small, decide(small))

    def signal_source(self, id: str) -> str:
        """Where a signal is declared; nowhere, for a plugin's feature."""
        fact = self.facts[id]
        return fact.source if isinstance(fact, Signal) else ""

    def reasons(self, make: Parts) -> Reasons:
        """A minimal set of parts that cannot all hold, by name."""
        made: list[tuple[Bit, Mapping[str, Bit]]] = []

        def build(encoder: Encoder) -> Bit:
            made[:] = [make(encoder)]
            return every([made[0][0], *made[0][1].values()])

        encoder, _ = encode(self.ruleset, build, self.seeker.settings)
        base, parts = made[0]
        solver = z3.SimpleSolver()
        solver.set("timeout", max(1, int(self.seeker.time_limit * 1000)))
        solver.add(*encoder.world.finished(), truth(base))
        names = {}
        for number, (name, bit) in enumerate(parts.items()):
            switch = z3.Bool(f"part!{number}")
            names[switch.get_id()] = name, switch
            solver.add(z3.Implies(switch, truth(bit)))
        return _minimal(solver, [switch for _, switch in names.values()], {id: name for id, (name, _) in names.items()})


def _minimal(solver: Any, switches: list[Any], names: Mapping[int, str]) -> Reasons:
    found = solver.check(*switches)
    if found != z3.unsat:
        return Reasons("possible" if found == z3.sat else "unknown")
    core = {of.get_id() for of in solver.unsat_core()}
    needed = [of for of in switches if of.get_id() in core]
    for one in list(needed):
        if not any(of is one for of in needed):
            continue
        less = [of for of in needed if of is not one]
        if solver.check(*less) == z3.unsat:
            core = {of.get_id() for of in solver.unsat_core()}
            needed = [of for of in less if of.get_id() in core]
    return Reasons("never", tuple(names[of.get_id()] for of in needed))


def scenes(encoder: Encoder, each: str | None) -> Iterator[tuple[Bit, Items]]:
    """The items in sight: none; for an action with `for_each`, each of its items with whether it is there."""
    if each is None:
        yield True, NO_ITEMS
        return
    of = encoder.world.ruleset.actions[each].for_each
    assert of is not None
    over = encoder.value(of.over)
    if isinstance(over, List):
        over.want(("offer", each), 1)
        for slot in over.slots:
            yield both(over.known, slot.taken), {of.item: slot.item}


def somewhere(encoder: Encoder, each: str | None, asked: Callable[[Items], Bit]) -> Bit:
    """That something holds, for one of an action's items where it is about items."""
    return some(both(there, asked(items)) for there, items in scenes(encoder, each))


def shrunk(given: Witness, holds: Holds) -> Witness:
    """The smallest witness: whole sections go first, each tried once, then what is left as a proof's example is."""
    for name in ("context", "profile"):
        for key in list(getattr(given, name)):
            given = _less(given, name, (key,), holds)
        for key, section in list(getattr(given, name).items()):
            for field_ in list(section) if isinstance(section, dict) else ():
                given = _less(given, name, (key, field_), holds)
    return shrink(given, holds)


def _less(given: Witness, name: str, location: tuple[str, ...], holds: Holds) -> Witness:
    data = getattr(given, name)
    kept = {key: of for key, of in data.items() if (key,) != location}
    if len(location) == 2:
        kept[location[0]] = {key: of for key, of in data[location[0]].items() if key != location[1]}
    less = Witness(kept, given.context, given.as_of, given.settings)
    if name == "context":
        less = Witness(given.profile, kept, given.as_of, given.settings)
    return less if holds(less) else given
