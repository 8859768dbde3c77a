"""Conditions that are never true, and laws that never apply."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from nba.language.compiled import compile_node
from nba.language.meaning import Environment
from nba.proof.analysing.acting import Acting, acting
from nba.proof.analysing.asking import Desk, scenes, somewhere
from nba.proof.analysing.conditions import Conjunct, conjuncts
from nba.proof.analysing.findings import Issue, Kind, Reason, quoted
from nba.proof.bits import Bit
from nba.proof.encode import Encoder
from nba.ruleset.model import Signal

_DOES = {
    "propose": "never proposes anything",
    "block": "never blocks anything",
    "weigh": "never weighs anything",
    "notify": "never tells anybody",
    "never": "never applies",
    "always": "never applies",
    "signal": "is never true",
}
_HELP = "change one of these conditions, or take it out"


def unreachable(desk: Desk) -> None:
    """Signals, rules and laws whose condition is never true; what follows from a dead signal is told with it."""
    follows: dict[str, list[Acting]] = {}
    for one in acting(desk.ruleset):
        status = _can_be(desk, one, "true")
        if status != "never":
            continue
        core = _core(desk, one)
        root = next((id for of in core for id in of.via if id in desk.dead), None) or _read(core, desk.dead)
        in_doubt = one.in_doubt and _can_be(desk, one, "unknown") != "never"
        if not in_doubt:
            desk.dead.add(one.id)
        if root is not None:
            follows.setdefault(root, []).append(one)
            continue
        desk.issues.append(_issue(desk, one, core, in_doubt=in_doubt))
    desk.issues[:] = [_with(of, follows[of.subject]) if of.subject in follows else of for of in desk.issues]


def laws_without_pairs(desk: Desk) -> None:
    """Laws that speak of no action that is loaded."""
    laws = [(of.rule, of.pairs) for of in desk.ruleset.guards if of.kind == "law"]
    laws += [(of.rule, of.pairs) for of in desk.ruleset.duties]
    idle = [law for law, pairs in laws if not any(pairs.values()) and law.id not in desk.dead]
    if not idle:
        return
    one, house = idle[0], desk.ruleset.house
    names = "law `" + one.id + "` speaks" if len(idle) == 1 else f"{len(idle)} laws speak"
    message = f"{names} of no action that is loaded"
    help = "they begin to apply when a pack with such actions is loaded; if one is, look at their selectors"
    reasons = tuple(Reason(f"law `{of.id}`", of.source) for of in idle) if len(idle) > 1 else ()
    subject, source = (one.id, one.source) if len(idle) == 1 else (house.name, house.source)
    desk.issues.append(Issue("law-never-applies", "info", subject, message, source, reasons, help))


def kind_of(one: Acting) -> Kind:
    """The kind of issue that a condition which is never true makes."""
    return "law-never-applies" if one.effect in ("never", "always") else "unreachable-rule"


def _can_be(desk: Desk, one: Acting, wanted: Literal["true", "unknown"]) -> str:
    shown = desk.evidence.shown(one.condition, one.each)
    if shown.true if wanted == "true" else shown.unknown:
        return "found"

    def ask(encoder: Encoder, parts: frozenset[str]) -> Bit:
        return somewhere(encoder, one.each, lambda items: getattr(encoder.truth(one.condition, items), wanted))

    compute = compile_node(one.condition)

    def test(env: Environment) -> bool:
        value = compute(env)
        return value is True if wanted == "true" else value is not True and value is not False

    shows = desk.shows(one.each, test)
    sought = desk.can(ask, shows)
    if sought.status == "unknown":
        desk.unknown(kind_of(one), one.id, sought, one.source)
    if sought.status == "never" and wanted == "true" and not desk.whatever_settings(ask, shows):
        desk.by_settings.add(one.id)
    return sought.status


def _core(desk: Desk, one: Acting) -> list[Conjunct]:
    """The fewest parts of a condition that exclude each other."""
    parts = conjuncts(one.condition, desk.facts)

    def make(encoder: Encoder) -> tuple[Bit, dict[str, Bit]]:
        there, items = next(scenes(encoder, one.each), (False, {}))
        if there is False:
            return False, {}
        return there, {str(number): encoder.truth(of.node, items).true for number, of in enumerate(parts)}

    found = desk.reasons(make)
    return [parts[int(number)] for number in found.parts] if found.status == "never" else parts


def _read(core: list[Conjunct], dead: set[str]) -> str | None:
    """The dead signal that a core of one part is."""
    return next((of.node.id for of in core if len(core) == 1 and hasattr(of.node, "id") and of.node.id in dead), None)


def _issue(desk: Desk, one: Acting, core: list[Conjunct], *, in_doubt: bool) -> Issue:
    texts = list(dict.fromkeys(of.text for of in core))
    why = "its condition cannot be true"
    if len(texts) == 1:
        why = f"{quoted(texts)} cannot be true"
    elif len(texts) == 2:
        why = f"{quoted(texts)} exclude each other"
    elif texts:
        why = f"{quoted(texts, most=8)} cannot all be true"
    does = _DOES[one.effect]
    if in_doubt:
        does = "acts only where its condition is not known"
    reasons = tuple(dict.fromkeys(Reason(f"`{of.text}`", _place(desk, one, of)) for of in core))
    message = f"{one.called} {does}: {why}"
    severity: Literal["error", "warning"] = "warning" if in_doubt or one.shadow or one.effect == "never" else "error"
    if one.id in desk.by_settings:
        message, help = f"{message} (with the settings as they are now)", "another value of a setting makes it act"
        return Issue(kind_of(one), "info", one.id, message, one.source, reasons, help)
    return Issue(kind_of(one), severity, one.id, message, one.source, reasons, _HELP)


def _place(desk: Desk, one: Acting, of: Conjunct) -> str:
    """Where a part stands, and of which signal it is."""
    if not of.via:
        return one.source
    signal = desk.facts[of.via[-1]]
    assert isinstance(signal, Signal)
    return f"signal {signal.id}, {signal.source}"


def _with(issue: Issue, follow: list[Acting]) -> Issue:
    names = list(dict.fromkeys(of.called for of in follow))
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    told = f"; so {', '.join(names[:6])}{more} never act{'s' * (len(names) == 1)}"
    reasons = tuple(Reason(f"{of.called} needs it", of.source) for of in follow)
    return replace(issue, message=issue.message + told, reasons=issue.reasons + reasons)
