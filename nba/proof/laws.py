"""Laws and invariants, proved or refuted: does what must never be open stay closed, and is what must be open there?"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from nba.decision import Decision
from nba.language import tree
from nba.language.meaning import evaluate
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
_FIRST_GUARDS = 3


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
        self._reads: dict[int, frozenset[str]] = {}
        self._facts: dict[str, tuple[str, ...]] = {}
        for fact in self.ruleset.facts:  # each after what it reads
            roots = list(fact.reads) if isinstance(fact, Feature) else [fact.node]
            self._facts[fact.id] = tuple(sorted(set(paths_of(roots, self._facts))))

    # Never

    def never(self, of: Never) -> Finding:
        """The verdict on what must never be open."""
        started = time.perf_counter()
        kind: Literal["law", "invariant"] = "law" if of.own else "invariant"

        def finding(verdict: Verdict, why: str, sought: Sought | None = None, **more: object) -> Finding:
            example = sought.example if sought is not None else None
            found = Finding(of.subject, kind, verdict, why, time.perf_counter() - started, of.source, example)
            return replace(found, decision=sought.decision if sought else None, **more)  # type: ignore[arg-type]

        if not of.pairs:
            return finding("HOLDS BY RULES", "no action that is loaded is one of these")
        # What the packs do of themselves, action by action.
        broken: dict[Given, list[tuple[str, Sought]]] = {"true": [], "unknown": []}
        doubtful: list[Sought] = []
        for given in broken:
            for action in of.pairs:
                sought = self._open(of, action, given, alone=True)
                if sought.status == "found":
                    broken[given].append((action, sought))
                    break
                if sought.status == "unknown":
                    doubtful.append(sought)
        if not broken["true"] and not broken["unknown"]:
            if doubtful and of.own is None:
                return finding("UNKNOWN", doubtful[0].why)
            if doubtful:
                return finding(
                    "UNKNOWN", f"the law is enforced, but whether it is needed is not known: {doubtful[0].why}"
                )
            return finding("HOLDS BY RULES", "the packs' own proposals and guards see to it")
        return self._by_law(of, broken, finding)

    def _by_law(self, of: Never, broken: dict[Given, list[tuple[str, Sought]]], finding: object) -> Finding:
        assert callable(finding)
        notes: tuple[str, ...] = ()
        if not broken["true"]:
            notes = ("when the condition is true the packs suffice; they fail where it is not known",)
        # An example that nothing else would stop says most.
        worst: Sought | None = None
        unsettled = ""
        for given in ("true", "unknown"):
            if of.own is None and given == "unknown":
                continue
            for action in of.pairs:
                sought = self._open(of, action, given, alone=False)  # type: ignore[arg-type]  # it is one of the two
                if sought.status == "found":
                    worst = sought
                    break
                unsettled = unsettled or sought.why
            if worst is not None:
                break
        if worst is not None:
            names = tuple(one.candidate.name for one in self._open_in(worst, of))
            if of.own is None:
                return finding("DOES NOT HOLD", f"{_listed(names)} is left open", worst, candidates=names)  # type: ignore[no-any-return]
            why = f"without the law, {_listed(names)} would be left open"
            return finding("HOLDS BY LAW", why, worst, candidates=names, notes=notes)  # type: ignore[no-any-return]
        given = "true" if broken["true"] else "unknown"
        action, sought = broken[given][0]  # type: ignore[index]  # the same
        assert sought.decision is not None
        one = next(one for one in screened(sought.decision) if one.candidate.action.id == action)
        stops = tuple(
            Stop(block.kind, block.id, block.source)
            for block in one.blocks
            if not (block.kind == "law" and block.id == of.own)
        )
        if of.own is None and unsettled:
            return finding("UNKNOWN", unsettled)  # type: ignore[no-any-return]
        why = f"the packs would leave {one.candidate.name} open; other laws or gates of the house stop it as well"
        if of.own is None:
            why = f"the packs would leave {one.candidate.name} open; laws or gates of the house stop it"
        verdict: Verdict = "HOLDS BY LAW"
        return finding(verdict, why, sought, candidates=(one.candidate.name,), stopped_by=stops, notes=notes)  # type: ignore[no-any-return]

    def _open_in(self, sought: Sought, of: Never) -> list[Screened]:
        assert sought.decision is not None
        return [one for one in screened(sought.decision) if self._is_open(one, of, alone=False)]

    def _is_open(self, one: Screened, of: Never, *, alone: bool) -> bool:
        """Whether a candidate would be open, without the law itself, or (alone) with the packs' guards only."""
        for channel in of.pairs.get(one.candidate.action.id, ()):
            stops = [block for block in one.blocks if block.channel in (None, channel)]
            if alone:
                stops = [block for block in stops if block.kind == "guard"]
            if not [block for block in stops if not (block.kind == "law" and block.id == of.own)]:
                return True
        return False

    def _open(self, of: Never, action: str, given: Given, *, alone: bool) -> Sought:
        """A decision in which the condition is so, and something of the action would be open."""
        channels = of.pairs[action]
        guards = {
            guard.rule.id: guard
            for guard in self.ruleset.guards
            if set(guard.pairs.get(action, ())) & set(channels)
            and guard.rule.id != of.own
            and (guard.kind == "guard" or not alone)
        }

        def ask(encoder: Encoder, parts: frozenset[str]) -> Bit:
            deciding = Deciding(
                encoder, lambda guard: guard.rule.id in parts and guard.rule.id in guards, gates=not alone
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

        first = self._near(of.condition, list(guards.values()))
        return self.seeker.seek(ask, shows, against, first, frozenset(guards))

    def _near(self, condition: tree.Node, guards: list[Guard]) -> frozenset[str]:
        """The guards that read most of what a condition reads: likely to be what stops it."""
        wanted = self._paths(condition)
        shared = [(len(wanted & self._paths(guard.rule.condition)), guard.rule.id) for guard in guards]
        best = sorted((of for of in shared if of[0]), key=lambda of: (-of[0], of[1]))
        return frozenset(id for _, id in best[:_FIRST_GUARDS])

    def _paths(self, condition: tree.Node) -> frozenset[str]:
        if id(condition) not in self._reads:
            self._reads[id(condition)] = frozenset(paths_of([condition], self._facts))
        return self._reads[id(condition)]

    # Always

    def always(self, of: Always) -> Finding:
        """The verdict on what must be open."""
        started = time.perf_counter()

        def ask(encoder: Encoder, parts: frozenset[str]) -> Bit:
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

        sought = self.seeker.seek(ask, shows, against, frozenset(sorted(of.pairs)[:1]), frozenset(of.pairs))
        seconds = time.perf_counter() - started
        if sought.status == "never":
            why = "whenever it binds, one of its actions is open"
            return Finding(of.subject, of.kind, "HOLDS BY RULES", why, seconds, of.source)
        if sought.status == "unknown":
            return Finding(of.subject, of.kind, "UNKNOWN", sought.why, seconds, of.source)
        assert sought.decision is not None
        names: list[str] = []
        stops: dict[Stop, None] = {}
        for one in screened(sought.decision):
            if one.candidate.action.id in of.pairs:
                names.append(one.candidate.name)
                stops.update(dict.fromkeys(Stop(block.kind, block.id, block.source) for block in one.blocks))
        why = f"it binds, and {_listed(names)} is blocked" if names else "it binds, and none of its actions is proposed"
        found = Finding(of.subject, of.kind, "DOES NOT HOLD", why, seconds, of.source, sought.example)
        return replace(found, candidates=tuple(names), stopped_by=tuple(stops), decision=sought.decision)


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    return ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
