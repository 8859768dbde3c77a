"""Actions that can be open, and never come first: another one that ranks above them is open whenever they are."""

from __future__ import annotations

from collections.abc import Iterable

from nba.decision import Decision
from nba.language import tree
from nba.proof.analysing.asking import Desk
from nba.proof.analysing.blocked import proposing
from nba.proof.analysing.evidence import Seen
from nba.proof.analysing.findings import Issue, Reason, quoted
from nba.proof.bits import Bit, both, every, no, some
from nba.proof.deciding import Deciding
from nba.proof.encode import Encoder
from nba.proof.trying import left_open, screened
from nba.ruleset.model import Action, Ruleset
from nba.screening import Screened

_GATES = "*"


def never_wins(desk: Desk) -> None:
    """Actions that are never the next best one, with those that always stand before them."""
    won = {of.first.candidate.action.id for of in desk.evidence.seen if of.first is not None}
    for action in desk.ruleset.actions.values():
        rules = proposing(desk.ruleset, action)
        if action.id in won or action.id in desk.dead or not rules or all(of in desk.dead for of in rules):
            continue
        above = {id: of for id, of in desk.ruleset.actions.items() if _stands_above(desk.ruleset, of, action)}
        if above:
            _look_at(desk, action, above)
        won |= {of.first.candidate.action.id for of in desk.evidence.seen if of.first is not None}


def _look_at(desk: Desk, action: Action, above: dict[str, Action]) -> None:
    pairs = {action.id: action.pairs}
    guards = {of.rule.id for of in desk.ruleset.guards if of.pairs.get(action.id)}

    def ask(encoder: Encoder, parts: frozenset[str]) -> Bit:
        mine = Deciding(encoder, lambda guard: guard.rule.id in parts, gates=_GATES in parts)
        theirs = Deciding(encoder)
        is_open = some(mine.open(offer, channel) for offer in mine.offers(action.id) for channel in action.pairs)
        return both(is_open, every(no(_is_open(theirs, above[of])) for of in sorted(parts & set(above))))

    def shows(decision: Decision) -> bool:
        chosen = decision._trace.arbitration.chosen
        return bool(chosen) and chosen[0].screened.candidate.action.id == action.id

    def against(decision: Decision) -> Iterable[str]:
        for one in screened(decision):
            id = one.candidate.action.id
            if id in above and one.channels:
                yield id
            if id == action.id:
                yield from (block.id if block.id in guards else _GATES for block in one.blocks)

    def cost(seen: Seen) -> float:
        mine = [of for of in seen.screened if of.candidate.action.id == action.id]
        if not any(of.channels for of in mine):
            return 100.0 + min((len(of.blocks) for of in mine), default=100)
        return float(sum(bool(of.channels) and of.candidate.action.id in above for of in seen.screened))

    if desk.evidence.climb(desk.evidence.nearest(cost), cost):
        return  # but for what scores say, and those of an action are not always the same
    sought = desk.can(ask, shows, against, [*above, *guards, _GATES], cost=cost)
    if sought.status == "unknown":
        desk.unknown("never-wins", action.id, sought, action.source)
    seen = next((of for of in desk.evidence.seen if any(_is_left(one, action) for one in of.screened)), None)
    if sought.status != "never" or seen is None:  # what is never open is another finding
        return
    found = desk.reasons(lambda encoder: _parts(encoder, action, above)).parts
    by = f"{quoted(found, 'or')} is open, and ranks above it" if found else "one that ranks above it is open"
    message = f"action `{action.id}` is never the next best one: whenever it is open, {by}"
    reasons = tuple(Reason(f"action `{id}` ({above[id].tier})", above[id].source) for id in found)
    help = "it is only done by who takes more than one action; give it a case of its own, or another tier"
    title = "it is open, and another one comes first"
    example = desk.smallest(title, seen.example, lambda of: bool(left_open(of, pairs)))
    desk.issues.append(Issue("never-wins", "info", action.id, message, action.source, reasons, help, (example,)))


def _is_left(one: Screened, action: Action) -> bool:
    return one.candidate.action.id == action.id and bool(one.channels)


def _is_open(deciding: Deciding, action: Action) -> Bit:
    return some(deciding.open(offer, channel) for offer in deciding.offers(action.id) for channel in action.pairs)


def _parts(encoder: Encoder, action: Action, above: dict[str, Action]) -> tuple[Bit, dict[str, Bit]]:
    deciding = Deciding(encoder)
    return _is_open(deciding, action), {id: no(_is_open(deciding, of)) for id, of in above.items()}


def _stands_above(ruleset: Ruleset, one: Action, other: Action) -> bool:
    """Whether an action ranks above another whenever both are open: by its tier, or by scores that never change."""
    if one.rank != other.rank or one.id == other.id:
        return one.rank < other.rank
    mine, theirs = _fixed(ruleset, one), _fixed(ruleset, other)
    if mine is None or theirs is None:
        return False
    return mine > theirs or (mine == theirs and one.id < other.id)


def _fixed(ruleset: Ruleset, action: Action) -> float | None:
    """The score of an action, if it is always the same."""
    if any(action.id in of.actions for of in ruleset.weights):
        return None
    total = 1.0
    for name in ("propensity", "context_weight", "value", "lever"):
        node = action.score.factors.get(name)
        if node is None:
            continue
        if not isinstance(node, tree.Constant) or not isinstance(node.value, int | float):
            return None
        total *= float(node.value)
    return total
