"""Laws and invariants, proved or refuted: does what must never be open stay closed, and is what must be open there?"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from nba.decision import Decision
from nba.language import tree
from nba.language.meaning import evaluate
from nba.proof.asking import ask
from nba.proof.bits import Bit, both, every, no, some
from nba.proof.deciding import Deciding
from nba.proof.encode import Encoder
from nba.proof.findings import Finding, Stop, Verdict
from nba.proof.seeking import Seeker, Sought
from nba.proof.trying import left_open, screened
from nba.reads import paths_of
from nba.ruleset.model import Feature, Guard, Pairs
from nba.screening import Screened

Given = Literal["true", "unknown"]
_FIRST_GUARDS, _NEAREST = 3, 12
_GUARD_LIMIT = 3.0
"""Seconds to see whether one guard suffices."""
_FAULT = "a fault of "


@dataclass(frozen=True)
class Never:
    """What must never be open: some candidates, given a condition. `own` is the id of the law that says so."""

    subject: str
    condition: tree.Node
    pairs: Pairs
    source: str = ""
    own: str | None = None


@dataclass(frozen=True)
class Always:
    """What must be open: one of some candidates, given a condition."""

    subject: str
    condition: tree.Node
    pairs: Pairs
    source: str = ""
    kind: Literal["law", "invariant"] = "law"


class Laws:
    """Proves laws in one set of rules."""

    def __init__(self, seeker: Seeker) -> None:
        self.seeker, self.ruleset = seeker, seeker.ruleset
        proposing = [*self.ruleset.proposals, *(of for rules in self.ruleset.items.values() for of in rules.proposals)]
        self._faults = frozenset(f"{_FAULT}{of.rule.id}" for of in proposing)
        self._reads: dict[int, frozenset[str]] = {}
        self._facts: dict[str, tuple[str, ...]] = {}
        for fact in self.ruleset.facts:  # each after what it reads
            roots = list(fact.reads) if isinstance(fact, Feature) else [fact.node]
            self._facts[fact.id] = tuple(sorted(set(paths_of(roots, self._facts))))

    # Never

    def never(self, of: Never) -> Finding:
        """The verdict on what must never be open."""
        started = time.perf_counter()
        found = self._never(of)
        return replace(found, seconds=time.perf_counter() - started)

    def _never(self, of: Never) -> Finding:
        if not of.pairs:
            return _finding(of, "HOLDS BY RULES", "no action that is loaded is one of these")
        left = self._not_stopped_by_one_guard(of)
        if not left.pairs:
            return _finding(of, "HOLDS BY RULES", "the packs' own guards see to it")
        broken, unsettled = self._broken_by_packs(left, "true")
        doubted = None
        if broken is None:
            doubted, in_doubt = self._broken_by_packs(left, "unknown")
            if of.own is not None:
                unsettled = unsettled or in_doubt
        if broken is None and unsettled:
            told = "the law is enforced, but whether it is needed is not known: " if of.own else ""
            return _finding(of, "UNKNOWN", told + unsettled)
        if broken is None and (doubted is None or of.own is None):
            notes = () if doubted is None else (f"where it is not known, {self._names(doubted, of)} may be open",)
            return _finding(of, "HOLDS BY RULES", "the packs' own proposals and guards see to it", notes=notes)
        notes = ()
        if broken is None:
            notes = ("when the condition is true the packs suffice; they fail where it is not known",)
        return self._by_law(left, broken or doubted, notes)

    def _not_stopped_by_one_guard(self, of: Never) -> Never:
        """What is left when one guard after the other is seen to act whenever the condition is true or not known."""
        left: Pairs = of.pairs
        guards = [guard for guard in self.ruleset.guards if guard.kind == "guard"]
        covering = {guard.rule.id: guard for guard in guards if any(set(guard.pairs.get(id, ())) for id in left)}
        for id in self._nearest(of.condition, list(covering.values())):
            guard = covering[id]
            less = _less(left, guard.pairs)
            if less != left and self._acts_whenever(guard, of.condition):
                left = less
        return replace(of, pairs=left)

    def _acts_whenever(self, guard: Guard, condition: tree.Node) -> bool:
        """Whether a guard blocks whenever a condition is true or not known."""

        def build(encoder: Encoder) -> Bit:
            return both(no(encoder.truth(condition).false), no(Deciding(encoder).acts(guard)))

        limit = min(_GUARD_LIMIT, self.seeker.time_limit)
        return ask(self.ruleset, build, time_limit=limit, settings=self.seeker.settings).status == "never"

    def _broken_by_packs(self, of: Never, given: Given) -> tuple[Sought | None, str]:
        """An example for which the packs alone leave something open; else what is not settled."""
        unsettled = ""
        for action in of.pairs:
            sought = self._open(of, action, given, alone=True)
            if sought.status == "found":
                return sought, ""
            if sought.status == "unknown":
                unsettled = unsettled or f"{action}: {sought.why}"
        return None, unsettled

    def _by_law(self, of: Never, broken: Sought | None, notes: tuple[str, ...]) -> Finding:
        """The verdict where the packs alone do not suffice: an example that nothing else would stop says most."""
        assert broken is not None
        worst, unsettled = self._worst(of)
        if worst is not None:
            worst = self.seeker.smallest(worst)
            names = self._names(worst, of)
            if of.own is None:
                return _finding(of, "DOES NOT HOLD", f"{names} is left open", worst, notes=notes)
            return _finding(of, "HOLDS BY LAW", f"without the law, {names} would be left open", worst, notes=notes)
        if of.own is None and unsettled:
            return _finding(of, "UNKNOWN", unsettled)
        broken = self.seeker.smallest(broken)
        assert broken.decision is not None
        one = next(one for one in screened(broken.decision) if self._is_open(one, of, alone=True))
        others = [block for block in one.blocks if not (block.kind == "law" and block.id == of.own)]
        stops = tuple(dict.fromkeys(Stop(block.kind, block.id, block.source) for block in others))
        also = "what else the house has stops it as well" if of.own else "laws or gates of the house stop it"
        why = f"the packs would leave {one.candidate.name} open; {also}"
        return _finding(of, "HOLDS BY LAW", why, broken, stops, notes=notes)

    def _worst(self, of: Never) -> tuple[Sought | None, str]:
        """An example that nothing stops but the law itself; else what is not settled."""
        wanted: tuple[Given, ...] = ("true",) if of.own is None else ("true", "unknown")
        left = [(given, action) for given in wanted for action in of.pairs]
        unsettled = ""
        for quick in (True, False):  # what is easy first
            for given, action in tuple(left):
                sought = self._open(of, action, given, alone=False, quick=quick)
                if sought.status == "found":
                    return sought, ""
                if sought.status == "never":
                    left.remove((given, action))
                else:
                    unsettled = f"{action}: {sought.why}"
        return None, unsettled if left else ""

    def _names(self, sought: Sought, of: Never) -> str:
        """The candidates that an example is about."""
        assert sought.decision is not None
        found = list(screened(sought.decision))
        names: list[str] = []
        for alone in (False, True):
            names = names or [one.candidate.name for one in found if self._is_open(one, of, alone=alone)]
        return _listed(names)

    def _is_open(self, one: Screened, of: Never, *, alone: bool) -> bool:
        """Whether a candidate would be open, without the law itself, or (alone) with the packs' guards only."""
        for channel in of.pairs.get(one.candidate.action.id, ()):
            stops = [block for block in one.blocks if block.channel in (None, channel)]
            if alone:
                stops = [block for block in stops if block.kind == "guard"]
            if not [block for block in stops if not (block.kind == "law" and block.id == of.own)]:
                return True
        return False

    def _open(self, of: Never, action: str, given: Given, *, alone: bool, quick: bool = False) -> Sought:
        """A decision in which the condition is so, and something of the action would be open."""
        channels = of.pairs[action]
        guards = {
            guard.rule.id: guard
            for guard in self.ruleset.guards
            if set(guard.pairs.get(action, ())) & set(channels)
            and guard.rule.id != of.own
            and (guard.kind == "guard" or not alone)
        }

        def asked(encoder: Encoder, parts: frozenset[str]) -> Bit:
            deciding = Deciding(
                encoder,
                lambda guard: guard.rule.id in parts and guard.rule.id in guards,
                faults=lambda rule: f"{_FAULT}{rule}" in parts,
                gates=not alone,
                closed=False,
            )
            truth = encoder.truth(of.condition)
            offers = deciding.offers(action)
            open_ = some(deciding.open(offer, channel) for offer in offers for channel in channels)
            return both(truth.true if given == "true" else truth.unknown, open_)

        def shows(decision: Decision) -> bool:
            truth = evaluate(of.condition, decision._trace.environment())
            if (truth is True) != (given == "true") or truth is False:
                return False
            found = [one for one in screened(decision) if one.candidate.action.id == action]
            return any(self._is_open(one, of, alone=alone) for one in found)

        def against(decision: Decision) -> Iterable[str]:
            for one in screened(decision):
                if one.candidate.action.id == action:
                    yield from (block.id for block in one.blocks if block.id in guards)
                    if not alone:
                        yield from (f"{_FAULT}{block.id}" for block in one.blocks if block.kind == "fault")

        first = self._near(of.condition, list(guards.values()))
        everything = frozenset(guards) if alone else frozenset(guards) | self._faults
        return self.seeker.seek(asked, shows, against, first, everything, quick=quick)

    def _near(self, condition: tree.Node, guards: list[Guard]) -> frozenset[str]:
        """The guards to begin with."""
        return frozenset(self._nearest(condition, guards)[:_FIRST_GUARDS])

    def _nearest(self, condition: tree.Node, guards: list[Guard]) -> list[str]:
        """The guards that read most of what a condition reads: likely to be what stops it."""
        wanted = self._paths(condition)
        shared = [(len(wanted & self._paths(guard.rule.condition)), guard.rule.id) for guard in guards]
        best = sorted((of for of in shared if of[0]), key=lambda of: (-of[0], of[1]))
        return [id for _, id in best[:_NEAREST]]

    def _paths(self, condition: tree.Node) -> frozenset[str]:
        if id(condition) not in self._reads:
            self._reads[id(condition)] = frozenset(paths_of([condition], self._facts))
        return self._reads[id(condition)]

    # Always

    def always(self, of: Always) -> Finding:
        """The verdict on what must be open."""
        started = time.perf_counter()

        def asked(encoder: Encoder, parts: frozenset[str]) -> Bit:
            deciding = Deciding(encoder)
            closed = [
                no(deciding.open(offer, channel))
                for action in sorted(parts)
                for offer in deciding.offers(action)
                for channel in of.pairs[action]
            ]
            return every((encoder.truth(of.condition).true, *closed))

        def shows(decision: Decision) -> bool:
            binds = evaluate(of.condition, decision._trace.environment()) is True
            return binds and not left_open(decision, of.pairs)

        def against(decision: Decision) -> Iterable[str]:
            return [one.candidate.action.id for one in left_open(decision, of.pairs)]

        sought = self.seeker.seek(asked, shows, against, frozenset(sorted(of.pairs)[:1]), frozenset(of.pairs))
        seconds = time.perf_counter() - started
        if sought.status == "never":
            why = "whenever it binds, one of its actions is open"
            return Finding(of.subject, of.kind, "HOLDS BY RULES", why, seconds, of.source)
        if sought.status == "unknown":
            return Finding(of.subject, of.kind, "UNKNOWN", sought.why, seconds, of.source)
        sought = self.seeker.smallest(sought)
        assert sought.decision is not None
        names: list[str] = []
        stops: dict[Stop, None] = {}
        for one in screened(sought.decision):
            if one.candidate.action.id in of.pairs:
                names.append(one.candidate.name)
                stops.update(dict.fromkeys(Stop(block.kind, block.id, block.source) for block in one.blocks))
        why = f"it binds, and {_listed(names)} is blocked" if names else "it binds, and none of its actions is proposed"
        notes = [
            f"{doubt.rule} would propose {doubt.action}, but for {_listed(doubt.missing) or 'what is not known'}"
            for doubt in sought.decision.undecided
            if doubt.action in of.pairs
        ]
        notes += [f"{error.origin}: {error.message}" for error in sought.decision.errors]
        found = Finding(of.subject, of.kind, "DOES NOT HOLD", why, seconds, of.source, sought.example)
        return replace(found, stopped_by=tuple(stops), notes=tuple(notes), decision=sought.decision)


def _less(pairs: Pairs, without: Pairs) -> Pairs:
    """The pairs without some of them."""
    found = {id: tuple(of for of in channels if of not in without.get(id, ())) for id, channels in pairs.items()}
    return {id: channels for id, channels in found.items() if channels}


def _finding(
    of: Never,
    verdict: Verdict,
    why: str,
    sought: Sought | None = None,
    stopped_by: tuple[Stop, ...] = (),
    notes: tuple[str, ...] = (),
) -> Finding:
    example, decision = (sought.example, sought.decision) if sought is not None else (None, None)
    kind: Literal["law", "invariant"] = "law" if of.own else "invariant"
    return Finding(of.subject, kind, verdict, why, 0.0, of.source, example, stopped_by, notes, decision)


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    return ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
