"""A whole decision explained: as text for people, and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby, islice
from typing import Any, Final

from nba.explanation.account import Account
from nba.explanation.showing import Page, counted, listed, plain
from nba.explanation.telling import by_channel, tell_rule, tell_score, tell_waiting
from nba.results import ShadowEffect, Task, Undecided

MOST_OUTRANKED: Final = 10
"""So many outranked actions are told of, and how many more there are of each tier."""
MOST_RULES: Final = 8
"""So many undecided rules are told of for the same want of data, and how many more there are."""
MOST_WANTS: Final = 10
"""For the want of so much data it is told which rules it would decide."""
_MOST_KEYS = 5
_NOTHING = {
    "nothing_proposed": "No action: nothing was proposed.",
    "all_blocked": "No action for now: all that was proposed is held back.",
    "error": "No action: what could have been proposed failed.",
}


def explain(account: Account) -> str:
    """The decision for whoever has to stand by it: what is done and why, what waits, for whom and until when."""
    page, decided = Page(), account.decided
    of = f" for {decided.profile_id}" if decided.profile_id else ""
    page.add(f"Decision{of}, as of {account.place.moment(decided.as_of)}")
    _tell_chosen(page, account)
    _tell_outranked(page, account)
    _tell_blocked(page, account)
    _tell_tasks(page, decided.tasks)
    tell_undecided(page, decided.undecided)
    for law in decided.laws_unmet:
        page.head(f"Not met: the law {law.law}")
        page.add(f"{law.because} ({law.source}); a person is asked to see to it", 2)
    if decided.errors:
        page.head("What went wrong (nothing was let through because of it)")
        for error in decided.errors:
            page.add(f"{error.origin}: {error.message}", 2)
    _tell_shadow(page, decided.shadow)
    return str(page)


def explanation(account: Account) -> dict[str, Any]:
    """The decision explained, as plain data that JSON can carry."""
    record = account.decided.record()
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


def _tell_chosen(page: Page, account: Account) -> None:
    if not account.trace.arbitration.chosen:
        page.head(_NOTHING[account.decided.outcome])
    for chosen in account.trace.arbitration.chosen:
        fate = account.fate(chosen.screened)
        lead = "Do next" if fate.rank == 1 else "And then"
        page.head(f"{lead}: {fate.title}{by_channel(fate.channel)}")
        tell_score(page, fate, 2, f"{fate.name} ({fate.department}, tier {fate.tier}), ")
        for rule in fate.proposed_by:
            page.add(f"because {rule.because}", 2)
            tell_rule(page, rule, 4)
        page.add(fate.note, 2)
        for reason in fate.blocked_by:
            page.add(f"not by {reason.channel}: {reason.because}", 2)


def _tell_outranked(page: Page, account: Account) -> None:
    outranked, name = account.trace.arbitration.outranked, account.sight.name
    if outranked:
        page.head("Could be done as well, but comes after")
    told = outranked[:MOST_OUTRANKED]
    for after, alike in groupby(told, key=lambda of: f"after {name(of.by.candidate)}: {account.detail(of)}"):
        for of in alike:
            action = of.screened.candidate.action
            page.add(f"{action.title}: {name(of.screened.candidate)} ({action.department}, tier {action.tier})", 2)
        page.add(after, 4)
    rest = Counter(of.screened.candidate.action.tier for of in outranked[MOST_OUTRANKED:])
    if rest:
        page.add(f"and {rest.total()} more: {listed(f'{count} of tier {tier}' for tier, count in rest.items())}", 2)


def _tell_blocked(page: Page, account: Account) -> None:
    waiting = account.waiting()
    if waiting:
        page.head("What waits, and why")
        tell_waiting(page, waiting, account.place)


def _tell_tasks(page: Page, tasks: Sequence[Task]) -> None:
    """What colleagues are asked to do."""
    if tasks:
        page.head("Asked of colleagues")
    for task in tasks:
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
    for missing, rules in islice(grouped.items(), MOST_WANTS):
        page.add(f"{listed(missing) if missing else 'Mending what failed'} would decide", 2)
        for (rule, action), keys in islice(rules.items(), MOST_RULES):
            named = listed(keys) if 0 < len(keys) <= _MOST_KEYS else counted(len(keys), "item")
            about = f" for {named}" if keys else ""
            page.add(f"rule {rule}{f', which may propose {action}{about}' if action else ''}", 4)
        if len(rules) > MOST_RULES:
            page.add(f"and {counted(len(rules) - MOST_RULES, 'more rule')}", 4)
    rest = dict(islice(grouped.items(), MOST_WANTS, None))
    if rest:
        wanted = listed(sorted({path for missing in rest for path in missing}) or ["what failed"])
        page.add(f"and {counted(sum(map(len, rest.values())), 'more rule')}, for want of {wanted}", 2)


def _tell_shadow(page: Page, effects: Sequence[ShadowEffect]) -> None:
    if effects:
        page.head("In the shadow: watched, and without any effect")
    for of in effects:
        may = "would" if of.truth else "might, if more were known,"
        on = f" {', '.join(of.actions)}{'' if of.key is None else f'[{of.key}]'}" if of.actions else ""
        page.add(f"{of.rule} {may} {of.effect}{on}", 2)
