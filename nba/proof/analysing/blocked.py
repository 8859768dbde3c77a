"""Actions that are proposed somewhere and blocked everywhere, and laws that the other laws and guards make void."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from nba.decision import Decision
from nba.proof.analysing.asking import Desk
from nba.proof.analysing.evidence import Seen
from nba.proof.analysing.findings import Issue, Reason, Unsettled, quoted
from nba.proof.bits import Bit, both, every, implies, no, some
from nba.proof.deciding import Deciding
from nba.proof.encode import Encoder
from nba.proof.trying import left_open, screened
from nba.ruleset.model import Action, Duty, Ruleset

_NOT_PROPOSED = 1000.0
_GATES_TOO = "*"
"""The part of a question that is gates and faults."""
_GATES = {
    "consent": "the customer has consented",
    "conversation": "the customer is in contact with us on another channel",
    "validity": "its days of validity",
}


def always_blocked(desk: Desk) -> None:
    """Actions that nothing ever lets through, with the fewest guards, laws and gates that see to it."""
    for action in desk.ruleset.actions.values():
        rules = proposing(desk.ruleset, action)
        if not rules or all(of in desk.dead for of in rules) or _was_open(desk, action):
            continue
        if not any(one.candidate.action.id == action.id for seen in desk.evidence.seen for one in seen.screened):
            _seek_proposed(desk, action)
        cost = _cost(action)
        near = [of for of in desk.evidence.nearest(cost) if cost(of) < _NOT_PROPOSED]
        if desk.evidence.climb(near, cost):
            continue
        if _seek_open(desk, action, cost) == "never":
            _tell(desk, action)


def proposing(ruleset: Ruleset, action: Action) -> list[str]:
    """The rules that propose an action."""
    of_items = ruleset.items[action.id].proposals if action.id in ruleset.items else ()
    return [of.rule.id for of in (*ruleset.proposals, *of_items) if of.action == action.id]


def _was_open(desk: Desk, action: Action) -> bool:
    return any(
        one.candidate.action.id == action.id and one.channels for seen in desk.evidence.seen for one in seen.screened
    )


def _cost(action: Action) -> Callable[[Seen], float]:
    """How far a decision is from one in which an action is open: by the number of what blocks it."""

    def cost(seen: Seen) -> float:
        held = [
            0 if one.channels else len({of.id for of in one.blocks})
            for one in seen.screened
            if one.candidate.action.id == action.id
        ]
        return min(held, default=_NOT_PROPOSED)

    return cost


def _seek_open(desk: Desk, action: Action, cost: Callable[[Seen], float]) -> str:
    """Whether a candidate of an action can be open: asked with few guards first, and with what really blocks added."""
    guards = [of.rule.id for of in desk.ruleset.guards if of.pairs.get(action.id)]

    def ask(encoder: Encoder, parts: frozenset[str]) -> Bit:
        deciding = Deciding(encoder, lambda guard: guard.rule.id in parts, gates=_GATES_TOO in parts)
        return some(deciding.open(offer, channel) for offer in deciding.offers(action.id) for channel in action.pairs)

    def against(decision: Decision) -> Iterable[str]:
        for one in screened(decision):
            if one.candidate.action.id == action.id:
                yield from (block.id if block.id in guards else _GATES_TOO for block in one.blocks)

    pairs = {action.id: action.pairs}
    parts = [*guards, _GATES_TOO]
    sought = desk.can(ask, lambda decision: bool(left_open(decision, pairs)), against, parts, cost=cost)
    if sought.status == "unknown":
        desk.unknown("always-blocked", action.id, sought, action.source)
    return sought.status


def _seek_proposed(desk: Desk, action: Action) -> None:
    """Make sure that there is a decision in which an action is proposed, if there can be."""

    def ask(encoder: Encoder, parts: frozenset[str]) -> Bit:
        return some(of.proposed for of in Deciding(encoder, lambda guard: False).offers(action.id))

    desk.can(ask, lambda decision: _is_proposed(decision, action))


def _is_proposed(decision: Decision, action: Action) -> bool:
    return any(of.candidate.action.id == action.id for of in screened(decision))


def _tell(desk: Desk, action: Action) -> None:
    seen = next(
        (of for of in desk.evidence.seen if any(one.candidate.action.id == action.id for one in of.screened)), None
    )
    if seen is None:
        desk.dead.add(action.id)
        message = f"action `{action.id}` never becomes a candidate, though rules that propose it can be true"
        desk.issues.append(Issue("always-blocked", "warning", action.id, message, action.source, help=_NO_SCORE))
        return
    desk.dead.add(action.id)
    core = desk.reasons(lambda encoder: _parts(encoder, action)).parts
    reasons: tuple[Reason, ...] = ()
    help = "change one of these, or take the action out"
    if core:
        reasons = tuple(_reason(desk, action, of) for of in core)
        alone = [of for of in core if _frees(desk, action, of)]
        if len(core) > 1 and len(alone) == len(core):
            help = "without any one of these it can get through"
        elif alone:
            help = f"without {quoted([of.partition(' ')[2] for of in alone], 'or')} it can get through"
        else:
            help = "other rules block it as well: without one of these alone it still cannot get through"
    by = f" by {quoted([of.partition(' ')[2] for of in core])}" if core else ""
    example = desk.smallest("it is proposed, and blocked", seen.example, lambda of: _is_proposed(of, action))
    everywhere = "wherever it is proposed" + (", on every channel" if len(action.pairs) > 1 else "")
    message = f"action `{action.id}` is blocked{by} {everywhere}"
    desk.issues.append(Issue("always-blocked", "error", action.id, message, action.source, reasons, help, (example,)))


_NO_SCORE = "look at the factors of its score, and at the keys of its items: one of them is never known"


def _parts(encoder: Encoder, action: Action, less: str | None = None) -> tuple[Bit, dict[str, Bit]]:
    """That an action is proposed, and by name that each thing which can block it does not, on the one channel."""
    deciding = Deciding(encoder)
    names: dict[str, Bit] = {}
    routes: list[Bit] = []
    blocks: dict[str, list[tuple[Bit, Bit]]] = {}
    for offer in deciding.offers(action.id):
        for channel in action.pairs:
            taken = encoder.open_bit(("route", action.id, offer.slot, channel), "route")
            routes.append(both(offer.proposed, taken))
            for block in deciding.blocks(offer, channel):
                blocks.setdefault(f"{block.kind} {block.id}", []).append((taken, block.blocks))
    for name, found in blocks.items():
        if name != less:
            names[name] = every(implies(taken, no(blocks_)) for taken, blocks_ in found)
    return some(routes), names


def _frees(desk: Desk, action: Action, less: str) -> bool:
    """Whether an action may get through once one of what blocks it is gone."""
    return desk.reasons(lambda encoder: _parts(encoder, action, less)).status == "possible"


def _reason(desk: Desk, action: Action, name: str) -> Reason:
    kind, _, id = name.partition(" ")
    if kind == "gate":
        return Reason(f"gate `{id}`: {_GATES.get(id, 'a plugin decides')}", action.source)
    because = next((of.because for of in desk.ruleset.statements if of.id == id), "")
    told = f"{'rule' if kind == 'guard' else kind} `{id}`" + (f": {because}" if because else "")
    return Reason(told, desk.sources.get(id, ""))


def laws_contradict(desk: Desk) -> None:
    """`always` laws whose actions are all blocked by other laws and guards whenever they bind."""
    blocked = {of.subject for of in desk.issues if of.kind == "always-blocked"}
    for duty in desk.ruleset.duties:
        if not any(duty.pairs.values()) or duty.rule.id in desk.dead:
            continue
        if blocked.issuperset(duty.pairs):  # told with the action that is always blocked
            follows = Reason(f"so law `{duty.rule.id}` cannot be met", duty.rule.source)
            desk.issues[:] = [
                replace(of, reasons=(*of.reasons, follows))
                if of.kind == "always-blocked" and of.subject in duty.pairs
                else of
                for of in desk.issues
            ]
        else:
            _duty(desk, duty)


def _duty(desk: Desk, duty: Duty) -> None:
    def make(encoder: Encoder) -> tuple[Bit, dict[str, Bit]]:
        deciding = Deciding(encoder)
        routes: list[Bit] = []
        held: dict[str, list[Bit]] = {}
        for action in sorted(duty.pairs):
            for channel in duty.pairs[action]:
                taken = encoder.open_bit(("route", action, channel), "route")
                routes.append(taken)
                for guard in deciding.guards_of(desk.ruleset.actions[action], channel):
                    held.setdefault(guard.rule.id, []).append(implies(taken, no(deciding.acts(guard))))
        base = both(encoder.truth(duty.rule.condition).true, some(routes))
        return base, {id: every(bits) for id, bits in held.items()}

    found = desk.reasons(make)
    if found.status == "unknown":
        desk.unsettled.append(Unsettled("laws-contradict", duty.rule.id, "it took too long", duty.rule.source))
    core = found.parts
    if not core:
        return
    laws = {of.rule.id for of in desk.ruleset.guards if of.kind == "law"}
    message = f"law `{duty.rule.id}` cannot be met: whenever it binds, all its actions are blocked by {quoted(core)}"
    reasons = tuple(Reason(f"{'law' if of in laws else 'rule'} `{of}`", desk.sources.get(of, "")) for of in core)
    help = "change one of these, or the law"
    desk.issues.append(Issue("laws-contradict", "error", duty.rule.id, message, duty.rule.source, reasons, help))
