"""A whole decision explained: as text for people, and as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nba.explanation.account import Account, Fate
from nba.explanation.showing import Page, counted, listed, plain
from nba.explanation.telling import by_channel, tell_rule, tell_score, tell_waiting
from nba.results import DecisionRecord, Undecided

_MOST_KEYS = 5
_NOTHING = {
    "nothing_proposed": "No action: nothing was proposed.",
    "all_blocked": "No action for now: all that was proposed is held back.",
    "error": "No action: what could have been proposed failed.",
}


def explain(account: Account) -> str:
    """The decision for whoever has to stand by it: what is done and why, what waits, for whom and until when."""
    page, record, fates = Page(), account.record, account.fates(brief=True)
    of = f" for {record.profile_id}" if record.profile_id else ""
    page.add(f"Decision{of}, as of {account.place.moment(record.as_of)}")
    _tell_chosen(page, account, [fate for fate in fates if fate.outcome == "chosen"])
    _tell_outranked(page, [fate for fate in fates if fate.outcome == "outranked"])
    _tell_blocked(page, account, [fate for fate in fates if fate.outcome == "blocked"])
    tell_tasks(page, record)
    tell_undecided(page, record.undecided)
    for law in record.laws_unmet:
        page.head(f"Not met: the law {law.law}")
        page.add(f"{law.because} ({law.source}); a person is asked to see to it", 2)
    if record.errors:
        page.head("What went wrong (nothing was let through because of it)")
        for error in record.errors:
            page.add(f"{error.origin}: {error.message}", 2)
    _tell_shadow(page, record)
    return str(page)


def explanation(account: Account) -> dict[str, Any]:
    """The decision explained, as plain data that JSON can carry."""
    record = account.record
    fates = account.fates()
    unmet = {of.law for of in record.laws_unmet}
    rules = {of.rule for of in record.tasks} | {of.rule for of in record.undecided} | unmet
    # A rule about items has no condition of the whole; what was seen of it stands at each item.
    about_items = {of.rule.id for each in account.trace.ruleset.items.values() for of in each.proposals}
    data: dict[str, Any] = plain(
        {
            "format": record.format,
            "decision_id": record.decision_id,
            "profile_id": record.profile_id,
            "as_of": record.as_of,
            "rules_hash": record.rules_hash,
            "outcome": record.outcome,
            "actions": [
                {**plain(fate), "payload": action.payload, "because": action.because}
                for fate, action in zip(fates, record.actions, strict=False)
            ],
            "outranked": [fate for fate in fates if fate.outcome == "outranked"],
            "blocked": [fate for fate in fates if fate.outcome == "blocked"],
            "tasks": record.tasks,
            "undecided": record.undecided,
            "signals": record.signals,
            "unknown": record.unknown,
            "laws_unmet": record.laws_unmet,
            "shadow": record.shadow,
            "errors": record.errors,
            "rules": [account.rule(of) for of in account.trace.ruleset.statements if of.id in rules - about_items],
            "inactive": account.trace.ruleset.inactive,
        }
    )
    return data


def _tell_chosen(page: Page, account: Account, fates: list[Fate]) -> None:
    if not fates:
        page.head(_NOTHING[account.record.outcome])
    for fate in fates:
        lead = "Do next" if fate.rank == 1 else "And then"
        page.head(f"{lead}: {fate.title}{by_channel(fate.channel)}")
        tell_score(page, fate, 2, f"{fate.name} ({fate.department}, tier {fate.tier}), ")
        for rule in fate.proposed_by:
            page.add(f"because {rule.because}", 2)
            tell_rule(page, rule, 4)
        page.add(fate.note, 2)
        for reason in fate.blocked_by:
            page.add(f"not by {reason.channel}: {reason.because}", 2)


def _tell_outranked(page: Page, fates: list[Fate]) -> None:
    if fates:
        page.head("Could be done as well, but comes after")
    for fate in fates:
        page.add(f"{fate.title}: {fate.name} ({fate.department}, tier {fate.tier})", 2)
        if fate.outranked_by is not None:
            page.add(f"after {fate.outranked_by.name}: {fate.outranked_by.detail}", 4)


def _tell_blocked(page: Page, account: Account, fates: list[Fate]) -> None:
    if fates:
        page.head("What waits, and why")
        tell_waiting(page, fates, account.place)


def tell_tasks(page: Page, record: DecisionRecord) -> None:
    """What colleagues are asked to do."""
    if record.tasks:
        page.head("Asked of colleagues")
    for task in record.tasks:
        page.add(f"{task.department}: {task.message}", 2)
        if task.because:
            page.add(f"because {task.because} ({task.rule})", 4)


def tell_undecided(page: Page, undecided: Iterable[Undecided]) -> None:
    """The rules that could not be decided, by what would decide them."""
    grouped: dict[tuple[str, ...], dict[tuple[str, str | None], list[str]]] = {}
    for of in undecided:
        keys = grouped.setdefault(of.missing, {}).setdefault((of.rule, of.action), [])
        keys += [] if of.key is None else [str(of.key)]
    if grouped:
        page.head("Not decided, for want of data")
    for missing, rules in grouped.items():
        page.add(f"{listed(missing) if missing else 'Mending what failed'} would decide", 2)
        for (rule, action), keys in rules.items():
            named = listed(keys) if 0 < len(keys) <= _MOST_KEYS else counted(len(keys), "item")
            about = f" for {named}" if keys else ""
            page.add(f"rule {rule}{f', which may propose {action}{about}' if action else ''}", 4)


def _tell_shadow(page: Page, record: DecisionRecord) -> None:
    if record.shadow:
        page.head("In the shadow: watched, and without any effect")
    for of in record.shadow:
        may = "would" if of.truth else "might, if more were known,"
        on = f" {', '.join(of.actions)}{'' if of.key is None else f'[{of.key}]'}" if of.actions else ""
        page.add(f"{of.rule} {may} {of.effect}{on}", 2)
