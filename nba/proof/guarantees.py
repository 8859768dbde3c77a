"""The guarantees that rest on a house's own rules."""

from __future__ import annotations

import time
from collections.abc import Iterable

from nba.decision import Decision
from nba.proof.bits import Bit, both, no, some
from nba.proof.deciding import Deciding
from nba.proof.encode import Encoder
from nba.proof.findings import Finding
from nba.proof.forgetting import forgetting
from nba.proof.seeking import Seeker
from nba.proof.trying import screened
from nba.screening.gates import consented


def guarantees(seeker: Seeker) -> list[Finding]:
    """A verdict for each guarantee."""
    return [_precedence(seeker), _consent(seeker), forgetting(seeker)]


def _precedence(seeker: Seeker) -> Finding:
    """That what is ranked first is never of a lower tier than something that is open: by the tiers of the actions."""
    started = time.perf_counter()
    tiers = seeker.ruleset.house.tiers
    actions = seeker.ruleset.actions.values()
    wrong = [of.id for of in actions if of.rank != tiers.index(of.tier)]
    above = tiers.index("recovery") < tiers.index("growth")
    seconds = time.perf_counter() - started
    if wrong or not above:
        return Finding("precedence", "guarantee", "DOES NOT HOLD", f"ranked out of order: {', '.join(wrong)}", seconds)
    why = f"the ranks of {len(actions)} actions are those of their tiers ({' > '.join(tiers)}), whatever their scores"
    return Finding("precedence", "guarantee", "HOLDS", why, seconds, seeker.ruleset.house.source)


def _consent(seeker: Seeker) -> Finding:
    """That an action which needs consent is open only with it."""
    started = time.perf_counter()
    asking = {id: of for id, of in seeker.ruleset.actions.items() if of.purpose is not None}
    source = seeker.ruleset.house.source
    free = [of.id for of in seeker.ruleset.actions.values() if of.promotional and of.purpose is None]
    notes = (f"promotional, and the house asks for no consent: {', '.join(free)}",) if free else ()
    if not asking:
        return Finding(
            "consent", "guarantee", "HOLDS", "no action needs consent in this house", 0.0, source, notes=notes
        )

    def ask(encoder: Encoder, parts: frozenset[str]) -> Bit:
        deciding = Deciding(encoder, lambda guard: False, faults=lambda rule: False, closed=False)
        return some(
            both(deciding.open(offer, channel), no(deciding.granted(str(asking[id].purpose)).true))
            for id in sorted(parts)
            for offer in deciding.offers(id)
            for channel in asking[id].pairs
        )

    def shows(decision: Decision) -> bool:
        return any(
            consented(decision._trace.env.profile.get("consents"), str(of.candidate.action.purpose), channel)
            is not True
            for of in screened(decision)
            if of.candidate.action.id in asking
            for channel in of.channels
        )

    def against(decision: Decision) -> Iterable[str]:
        return ()

    everything = frozenset(asking)
    sought = seeker.seek(ask, shows, against, everything, everything)
    seconds = time.perf_counter() - started
    if sought.status == "never":
        why = f"none of {len(asking)} actions is open unless the customer has agreed to its purpose"
        return Finding("consent", "guarantee", "HOLDS", why, seconds, source, notes=notes)
    if sought.status == "unknown":
        return Finding("consent", "guarantee", "UNKNOWN", sought.why, seconds, source, notes=notes)
    sought = seeker.smallest(sought)
    why = "an action is open without the consent that it needs"
    return Finding("consent", "guarantee", "DOES NOT HOLD", why, seconds, source, sought.example, notes=notes)
