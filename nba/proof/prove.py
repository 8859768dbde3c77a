"""Proving what a house promises: its laws, the guarantees that rest on its rules, and invariants of the caller's."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace

from nba.errors import did_you_mean
from nba.orchestrator import Orchestrator
from nba.proof.findings import Finding, Proof
from nba.proof.guarantees import guarantees
from nba.proof.invariants import read_invariant
from nba.proof.laws import Always, Laws, Never
from nba.proof.seeking import Seeker
from nba.proof.trying import Bench
from nba.proof.world import Settings
from nba.ruleset.model import Feature, Ruleset

TIME_LIMIT = 20.0
"""Seconds for one question to the solver."""


def prove(
    rules: Orchestrator | Ruleset,
    *,
    laws: Iterable[str] | None = None,
    invariants: Iterable[str] = (),
    time_limit: float = TIME_LIMIT,
    settings: Settings = "current",
) -> Proof:
    """Prove the laws of a house from its packs' rules, for every profile, context and moment.

    Args:
        rules: an orchestrator, or its ruleset.
        laws: the ids of the laws to prove; all of them, and the guarantees, when not given.
        invariants: more to prove, each in one line: `given service.recovery_owed never tier growth`.
        time_limit: in seconds, for each question to the solver; what takes longer is UNKNOWN.
        settings: `current` values, or `declared`: whatever the packs allow.

    Raises:
        RulesError: an invariant that cannot be read.
        ValueError: there is no such law.

    >>> import nba
    >>> from nba.proof import prove
    >>> dealer = nba.load(nba.shipped("car-dealer"))
    >>> prove(dealer, laws=["no_selling_while_recovery_is_owed"]).findings[0].verdict
    'HOLDS BY RULES'
    """
    started = time.perf_counter()
    ruleset = rules.ruleset if isinstance(rules, Orchestrator) else rules
    asked = [read_invariant(text, ruleset) for text in invariants]
    wanted = None if laws is None else list(laws)
    _check_laws(wanted, ruleset)
    seeker = Seeker(ruleset, Bench(ruleset), settings, time_limit)
    with_laws = Laws(seeker)
    findings: list[Finding] = []
    for guard in ruleset.guards:
        if guard.kind == "law" and (wanted is None or guard.rule.id in wanted):
            id = guard.rule.id
            findings.append(with_laws.never(Never(id, guard.rule.condition, guard.pairs, guard.rule.source, id)))
    for duty in ruleset.duties:
        if wanted is None or duty.rule.id in wanted:
            id = duty.rule.id
            findings.append(with_laws.always(Always(id, duty.rule.condition, duty.pairs, duty.rule.source)))
    findings.sort(key=lambda of: of.subject)
    for invariant in asked:
        if invariant.word == "never":
            findings.append(with_laws.never(Never(invariant.text, invariant.condition, invariant.pairs)))
        else:
            always = Always(invariant.text, invariant.condition, invariant.pairs, kind="invariant")
            findings.append(with_laws.always(always))
    if wanted is None and not asked:
        findings += guarantees(seeker)
    findings = [replace(of, seconds=round(of.seconds, 3)) for of in findings]
    return Proof(tuple(findings), assumptions(ruleset, settings), time.perf_counter() - started)


def assumptions(ruleset: Ruleset, settings: Settings = "current") -> tuple[str, ...]:
    """Under which assumptions a proof holds, in words."""
    found = [
        "a profile fits its schema (what does not is refused, or fails and blocks); bounds of fields are not used",
        "the moment is between the years 1 and 9999, the time zone any",
    ]
    if ruleset.settings:
        words = "have the values that they have now" if settings == "current" else "have any values that packs allow"
        found.append(f"settings {words}: {', '.join(ruleset.settings)}")
    features = [of.id for of in ruleset.facts if isinstance(of, Feature)]
    if features:
        found.append(f"features of plugins may say anything of their type, nothing, or fail: {', '.join(features)}")
    if ruleset.gates:
        found.append(f"gates of plugins may block or not: {', '.join(of.id for of in ruleset.gates)}")
    if ruleset.assumptions:
        paths = ", ".join(".".join(of.names) for of in ruleset.assumptions)
        found.append(f"what is missing means what the house assumes of it: {paths}")
    return tuple(found)


def _check_laws(wanted: list[str] | None, ruleset: Ruleset) -> None:
    known = [of.id for of in ruleset.statements if of.kind == "law"]
    for id in wanted or ():
        if id not in known:
            near = did_you_mean(id, known) or (f"there are {', '.join(known)}" if known else "this house has no laws")
            raise ValueError(f"there is no law `{id[:100]}`: {near}")
