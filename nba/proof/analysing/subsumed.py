"""Rules that another rule makes needless: whenever one acts, the other acts with the same effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nba.language import tree
from nba.language.compiled import compile_node
from nba.language.meaning import Environment
from nba.language.values import FAILED
from nba.proof.analysing.acting import within
from nba.proof.analysing.asking import Desk, somewhere
from nba.proof.analysing.evidence import Shown
from nba.proof.analysing.findings import Issue, Reason, Severity
from nba.proof.bits import Bit, both, either, no, some
from nba.proof.encode import Encoder, Items
from nba.ruleset.model import Guard, Layer, Proposal, Ruleset, Statement


@dataclass(frozen=True)
class Deed:
    """One thing that a rule does: what it proposes, or what it blocks."""

    rule: Statement
    does: Proposal | Guard
    each: str | None = None

    @property
    def condition(self) -> tree.Node:
        """On which condition; a rule may block on another than it proposes on."""
        return self.does.rule.condition


def subsumed(desk: Desk) -> None:
    """Rules all of whose effects another rule of the same kind has whenever they act."""
    rules = {id: deeds for id, deeds in _deeds(desk.ruleset).items() if id not in desk.dead}
    found: dict[str, str] = {}
    for id, deeds in rules.items():
        for other, others in rules.items():
            if other == id or _leads_back(found, other, id) or not _alike_in_kind(deeds, others):
                continue
            if all(any(_covers(desk, deed, one) for one in others) for deed in deeds):
                found[id] = other
                break
    for id, other in found.items():
        while other in found:  # what is needless itself is no reason
            other = found[other]
        desk.issues.append(_issue(desk, rules[id], rules[other]))


def _deeds(ruleset: Ruleset) -> dict[str, list[Deed]]:
    """By rule, all that it does; rules that also weigh or tell do what no other does for them."""
    found: dict[str, list[Deed]] = {}
    for proposal in ruleset.proposals:
        found.setdefault(proposal.rule.id, []).append(Deed(proposal.rule, proposal))
    for action, rules in ruleset.items.items():
        for of in rules.proposals:
            found.setdefault(of.rule.id, []).append(Deed(of.rule, of, action))
    for guard in ruleset.guards:
        if any(guard.pairs.values()):
            found.setdefault(guard.rule.id, []).append(Deed(guard.rule, guard))
    others = {of.rule.id for of in ruleset.weights} | {of.rule.id for of in ruleset.notices}
    return {id: deeds for id, deeds in sorted(found.items()) if id not in others}


def _alike_in_kind(deeds: list[Deed], others: list[Deed]) -> bool:
    """Whether the effects are such that one could stand for the other; a law and a rule never do."""
    return deeds[0].rule.kind == others[0].rule.kind and all(
        any(_same_effect(deed, one) for one in others) for deed in deeds
    )


def _same_effect(one: Deed, other: Deed) -> bool:
    match one.does, other.does:
        case Proposal(), Proposal():
            return one.does.action == other.does.action
        case Guard(), Guard():
            return within(one.does.pairs, other.does.pairs)
    return False


def _leads_back(found: Mapping[str, str], other: str, id: str) -> bool:
    while other in found:
        other = found[other]
        if other == id:
            return True
    return False


def _covers(desk: Desk, one: Deed, other: Deed) -> bool:
    """Whether one acts only where the other does, whatever the settings are."""
    if not _same_effect(one, other):
        return False
    if one.condition == other.condition and _lenient(one) >= _lenient(other):
        return True
    mine, theirs = (desk.evidence.shown(of.condition, of.each) for of in (one, other))
    if _acts_in(one, mine) & ~_acts_in(other, theirs):
        return False

    def ask(encoder: Encoder, parts: frozenset[str]) -> Bit:
        return somewhere(encoder, one.each, lambda items: _only_one(encoder, one, other, items))

    shows = desk.shows(one.each, _only_one_in(one, other))
    sought = desk.can(ask, shows)
    if sought.status == "unknown":
        desk.unknown("subsumed-rule", one.rule.id, sought, one.rule.source)
    return sought.status == "never" and desk.whatever_settings(ask, shows)


def _only_one(encoder: Encoder, one: Deed, other: Deed, items: Items) -> Bit:
    mine, theirs = _acts(encoder, one, items), _acts(encoder, other, items)
    return some(both(of, no(instead)) for of, instead in zip(mine, theirs, strict=True))


def _acts(encoder: Encoder, deed: Deed, items: Items) -> list[Bit]:
    """Whether it acts; of a proposal also whether it cannot be judged, so that lower tiers wait."""
    truth, ruleset = encoder.truth(deed.condition, items), encoder.world.ruleset
    layer = ruleset.layer if deed.each is None else ruleset.items[deed.each].layer
    failed = both(truth.unknown, _failed(encoder, layer, deed.does.condition, items))
    if isinstance(deed.does, Proposal):
        return [truth.true, failed]
    return [either(truth.true, failed) if deed.does.lenient else no(truth.false)]


def _failed(encoder: Encoder, layer: Layer, condition: int, items: Items) -> Bit:
    return some(encoder.value(layer.features[of], items).failed for of in layer.reads[condition])


def _acts_in(deed: Deed, shown: Shown) -> int:
    """Where it acts, as a bit for each scene."""
    if isinstance(deed.does, Proposal) or deed.does.lenient:
        return shown.true
    return shown.true | shown.unknown


def _only_one_in(one: Deed, other: Deed) -> Callable[[Environment], bool]:
    first, second = compile_node(one.condition), compile_node(other.condition)
    return lambda env: _does(one, first(env)) and not _does(other, second(env))


def _does(deed: Deed, truth: object) -> bool:
    if isinstance(deed.does, Proposal) or deed.does.lenient:
        return truth is True or truth is FAILED
    return truth is not False


def _lenient(deed: Deed) -> bool:
    return isinstance(deed.does, Guard) and deed.does.lenient


def _issue(desk: Desk, deeds: list[Deed], others: list[Deed]) -> Issue:
    one, other = deeds[0].rule, others[0].rule
    same = all(any(_covers(desk, deed, mine) for mine in deeds) for deed in others)
    severity: Severity = "warning" if one.kind == "rule" and one.department == other.department else "info"
    doing = "proposes the same" if isinstance(deeds[0].does, Proposal) else "blocks the same"
    kind = "law" if one.kind == "law" else "rule"
    if same:
        message = f"{kind} `{one.id}` is the same as `{other.id}`: both act on the same profiles, with the same effect"
    else:
        more = "" if isinstance(deeds[0].does, Proposal) else ", or more"
        message = f"{kind} `{one.id}` changes nothing: whenever it acts, `{other.id}` {doing}{more}"
    help = "take it out, or say what it is to add"
    if one.kind == "law":
        help = "the other law sees to it already; keep it for the reason that it gives, or take it out"
    elif severity == "info":
        help = "another department sees to it already; keep it if this pack is to stand alone"
    reasons = (Reason(f"{kind} `{other.id}`", other.source),)
    return Issue("subsumed-rule", severity, one.id, message, one.source, reasons, help)
