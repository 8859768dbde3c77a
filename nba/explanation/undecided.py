"""The rules that would act but for missing data, with the fields that would decide them."""

from __future__ import annotations

from collections.abc import Iterator

from nba.explanation.sight import Sight
from nba.language import tree
from nba.proposing import Doubt
from nba.results import Undecided
from nba.ruleset.model import Action, Duty, Notice, Statement
from nba.trace import Trace


def undecided(trace: Trace, sight: Sight) -> tuple[Undecided, ...]:
    """The undecided rules, sorted; which fields would decide them as far as it may be told."""
    found = [_of_doubt(trace, sight, doubt) for doubt in trace.proposed.doubts]
    asking: list[Notice | Duty] = [*trace.ruleset.notices, *trace.ruleset.duties]
    for of in asking:
        if of.condition in trace.match.unknown:
            found.append(Undecided(of.rule.id, None, sight.missing(trace, of.rule.condition)))
    return tuple(sorted(set(found), key=lambda of: (of.rule, of.action or "", repr(of.key), of.missing)))


def missing_of(trace: Trace, sight: Sight, doubt: Doubt) -> tuple[str, ...]:
    """The fields that would decide a doubt."""
    action = trace.ruleset.actions.get(doubt.action or "")
    sees_action = action is None or (sight.sees_score(action.id) and sight.sees_key(action.id))
    if sight.sees_rule(doubt.rule.id) and (sees_action or doubt.node == doubt.rule.condition):
        return () if doubt.node is None else sight.missing(trace, doubt.node, action, doubt.item)
    # Which part of it all is in doubt would tell of the parts that are not to be seen.
    nodes = set(_nodes(trace, doubt.rule, action))
    if sight.sees_rule(doubt.rule.id):
        nodes.discard(doubt.rule.condition)
    return tuple(sorted({path for node in nodes for path in sight.missing(trace, node, action, doubt.item)}))


def _of_doubt(trace: Trace, sight: Sight, doubt: Doubt) -> Undecided:
    key = doubt.key if doubt.action is None or sight.sees_key(doubt.action) else None
    return Undecided(doubt.rule.id, doubt.action, missing_of(trace, sight, doubt), key)


def _nodes(trace: Trace, rule: Statement, action: Action | None) -> Iterator[tree.Node]:
    """All that a rule may wait for."""
    yield rule.condition
    if action is None:
        yield from (of.by for of in trace.ruleset.weights if of.rule.id == rule.id)
        return
    yield from action.score.factors.values()
    if action.for_each is not None:
        yield action.for_each.key
