"""`nba decide`: the next best action for one customer."""

from __future__ import annotations

from nba.cli import inputs
from nba.cli.output import CLEAN, FINDINGS, UNDECIDED, Format, out_json, say, show
from nba.cli.tables import decision_parts


def decide(
    profile: inputs.ProfileFile,
    rules: inputs.Rules = None,
    pack: inputs.Packs = None,
    context: inputs.ContextFile = None,
    as_of: inputs.AsOf = None,
    limit: inputs.Limit = "1",
    map: inputs.Map = None,
    matcher: inputs.Matcher = "native",
    format: inputs.Output = Format.text,
) -> int:
    """Decide: the next best action for a customer, what waits for it, and who is asked to do what."""
    decision = inputs.decision(
        profile, rules=rules, packs=pack, matcher=matcher, map=map, context=context, as_of=as_of, limit=limit
    )
    if format is Format.json:
        out_json(decision.to_json(indent=2))
    else:
        show(*decision_parts(decision))
    for error in decision.errors:
        say(f"warning: {error.origin} {error.message}", "yellow")
    for law in decision.laws_unmet:
        say(f"warning: the law {law.law} is not met: {law.because}", "yellow")
    if decision.outcome == "error":
        return UNDECIDED
    return FINDINGS if decision.laws_unmet else CLEAN
