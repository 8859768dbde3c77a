"""Fates, reasons, rules and scores as text for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from nba.explanation.conditions import Observation, sentences
from nba.explanation.fates import Fate, Reason, RuleView, ScoreView, Waiting
from nba.explanation.showing import Page, Place, listed
from nba.ruleset.secrets import HOUSE

MOST_SENTENCES: Final = 8
HEADS: Final = {
    "chosen": "is chosen",
    "outranked": "is outranked",
    "blocked": "is held back",
    "undecided": "is undecided",
    "not_proposed": "is not proposed",
}

Told: TypeAlias = set[tuple[str, ...]]
"""What a page has told already."""

_KINDS: Final = {"guard": "rule", "law": "law", "gate": "check", "fault": "rule"}


def tell_fate(page: Page, fate: Fate, place: Place, indent: int = 2) -> None:
    """All that is known of what became of an action."""
    if fate.outcome == "chosen":
        page.add(f"It is number {fate.rank}{by_channel(fate.channel)}.", indent)
    if fate.outranked_by is not None:
        rival = fate.outranked_by
        page.add(f"It comes after {rival.name} ({rival.title}): {rival.detail}.", indent)
    for rule in fate.proposed_by:
        page.add(f"proposed because {rule.because}", indent)
        tell_rule(page, rule, indent + 2)
    tell_score(page, fate, indent)
    told: Told = set()
    for reason in fate.blocked_by:
        tell_reason(page, reason, place, told, indent)
    if fate.until is not None and len(fate.blocked_by) > 1:
        page.add(f"If nothing else changes, none of this holds it back from {place.moment(fate.until)} on.", indent)
    if fate.note:
        page.add(f"{fate.note[0].upper()}{fate.note[1:]}.", indent)
    if fate.missing:
        page.add(f"It would be decided by: {', '.join(fate.missing)}", indent)
    if fate.outcome in ("undecided", "not_proposed"):
        tell_rules(page, fate.rules, indent)


def tell_score(page: Page, fate: Fate, indent: int, lead: str = "") -> None:
    """The score with its factors, beside that of the one that comes before it."""
    if fate.score is not None:
        page.add(f"{lead}score {score_in_words(fate.score)}", indent)
    if fate.outranked_by is not None:
        score = fate.outranked_by.score
        page.add(f"{fate.outranked_by.name} has score {score_in_words(score)}" if score else "", indent)


def score_in_words(score: ScoreView) -> str:
    """A score and what makes it.

    >>> score_in_words(ScoreView(6.0, (("value", 3.0),), (("sales.good_customers_first", 2.0),)))
    '6 = value 3 times weight 2 (sales.good_customers_first)'
    """
    factors = [f"{name.replace('_', ' ')} {factor:.6g}" for name, factor in score.factors]
    factors += [f"weight {factor:.6g} ({rule})" for rule, factor in score.weights]
    return f"{score.total:.6g}" + (f" = {' times '.join(factors)}" if factors else "")


def by_channel(channel: str | None) -> str:
    """How an action reaches the customer, in words."""
    return f", by {channel}" if channel else ""


def tell_waiting(page: Page, fates: Iterable[Fate | Waiting], place: Place) -> None:
    """Actions that are held back, those for the same reasons together."""
    groups: dict[tuple[object, ...], list[Fate | Waiting]] = {}
    for fate in fates:
        groups.setdefault(same_reasons(fate.blocked_by), []).append(fate)
    told: Told = set()
    for number, group in enumerate(groups.values()):
        if number:
            page.gap()
        for fate in group:
            page.add(f"{fate.title}: {fate.name} ({fate.department}, tier {fate.tier})", 2)
        for reason in group[0].blocked_by:
            tell_reason(page, reason, place, told, 4)


def same_reasons(reasons: Iterable[Reason]) -> tuple[object, ...]:
    """What is equal for equal reasons."""
    return tuple((of.kind, of.id, of.channel, of.truth, of.because, of.until) for of in reasons)


def tell_reason(page: Page, reason: Reason, place: Place, told: Told, indent: int) -> None:
    """A reason against an action: who, why, what was seen, and until when. What is in `told` is not told again."""
    on = f" on {reason.channel}" if reason.channel else ""
    page.add(f"held back{on} by {who(reason)}: {reason.because}", indent)
    indent += 2
    said = tuple(sentences(reason.observed)) if reason.observed is not None and reason.truth is True else ()
    if said and said in told:
        page.add("(what was seen: as above)", indent)
    else:
        _tell_sentences(page, said, indent)
        told.add(said)
    page.add(until(reason, place), indent)
    page.add(f"{_KINDS[reason.kind]} {reason.id}, {reason.source}" if reason.id else "", indent)


def who(reason: Reason) -> str:
    """Who holds an action back."""
    if reason.kind == "fault":
        return "caution"
    return "the house" if reason.kind == "law" or reason.department == HOUSE else reason.department


def until(reason: Reason, place: Place) -> str:
    """Until when a reason holds, in words; nothing when there is nothing to say."""
    if reason.until is not None:
        return f"until {place.moment(reason.until)}, if nothing else changes"
    if reason.confidential:
        return ""
    if reason.truth is None and reason.kind != "fault":
        if not reason.missing:
            return "until it is known; in doubt, we hold back"
        verb = "is" if len(reason.missing) == 1 else "are"
        return f"until {listed(reason.missing)} {verb} known; in doubt, we hold back"
    return "for as long as that is so" if reason.kind in ("guard", "law") else ""


def tell_rules(page: Page, rules: Iterable[RuleView], indent: int) -> None:
    """The rules that could propose an action, and why they do not."""
    rules = tuple(rules)
    live = any(rule.status == "live" for rule in rules)
    if not live:
        page.add("No active rule proposes it.", indent)
    for rule in rules:
        if rule.status == "inactive":
            # What an inactive rule would propose is not known, so it is a clue only where there is no other.
            page.add("" if live else f"rule {rule.id} of this pack is not active: {rule.note}", indent)
            continue
        shadow = " (only in the shadow, without effect)" if rule.status == "shadow" else ""
        page.add(f"proposed{shadow} when: {rule.because}", indent)
        page.add("(whether that is so is not told here)" if rule.confidential else "", indent + 2)
        tell_rule(page, rule, indent + 2)


def tell_rule(page: Page, rule: RuleView, indent: int) -> None:
    """What decided a rule, and where it stands; nothing of one that is kept from the reader."""
    tell_observed(page, rule.observed, indent)
    page.add(f"rule {rule.id}, {rule.source}" if rule.id else "", indent)


def tell_observed(page: Page, observed: Observation | None, indent: int) -> None:
    """What decided a condition."""
    _tell_sentences(page, () if observed is None else sentences(observed), indent)


def _tell_sentences(page: Page, said: Sequence[str], indent: int) -> None:
    for sentence in said[:MOST_SENTENCES]:
        page.add(sentence, indent)
    if len(said) > MOST_SENTENCES:
        page.add(f"and {len(said) - MOST_SENTENCES} more", indent)
