"""What became of an action that is no candidate: undecided, or not proposed, and by which rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from nba.explanation.account import Account
from nba.explanation.fates import Fate, RuleView
from nba.explanation.showing import counted
from nba.explanation.undecided import missing_of
from nba.language.values import Value
from nba.proposing import Doubt, Key
from nba.ruleset.model import Action, Statement
from nba.trace import Trace

MOST_ITEMS: Final = 20
"""So many items of an action with `for_each` are told of."""


def fate_of(account: Account, action: Action, key: Key = None, item: Value = None, note: str = "") -> Fate:
    """What became of an action, or of one of its items, that no rule made a candidate."""
    sight = account.sight
    doubts = _doubts(account, action, key)
    missing = {path for doubt in doubts for path in missing_of(account.trace, sight, doubt)}
    return Fate(
        sight.named(action, key),
        action.id,
        key if sight.sees_key(action.id) else None,
        action.title,
        action.department,
        action.tier,
        "undecided" if doubts else "not_proposed",
        rules=(*_rules(account, action, key, item), *_inactive(account.trace, action)),
        missing=tuple(sorted(missing)),
        note=note or _note(account, doubts, action, key),
        source=action.source,
        meta=action.meta,
    )


def fates_of_items(account: Account, action: Action) -> tuple[tuple[Fate, ...], str]:
    """What became of the items of an action with `for_each`, the proposed ones first, and a word on the list."""
    assert action.for_each is not None
    if not account.sight.sees_key(action.id):  # nor which items there are that nothing proposes
        found = [account.fate(of) for of in account.in_order() if of.candidate.action.id == action.id]
        return tuple(found), ""
    over = action.for_each.over.text
    items = account.items(action)
    if items is None:
        return (), f"`{over}` is not known, so no item can be proposed"
    found = []
    for key, item in items:
        screened = account.screened.get(f"{action.id}[{key}]")
        found.append(account.fate(screened) if screened else fate_of(account, action, key, item))
    if not found:
        return (), f"`{over}` holds no item with a key"
    order = ("chosen", "outranked", "blocked", "undecided", "not_proposed")
    found.sort(key=lambda of: (order.index(of.outcome), of.rank or 0))
    left = len(found) - MOST_ITEMS
    return tuple(found[:MOST_ITEMS]), f"and {counted(left, 'more item')}" if left > 0 else ""


def _rules(account: Account, action: Action, key: Key, item: Value) -> Iterator[RuleView]:
    """The rules that could propose an action, by id."""
    ruleset = account.trace.ruleset
    about_items = ruleset.items.get(action.id)
    proposals = about_items.proposals if about_items else ruleset.proposals
    shadows = about_items.shadows if about_items else ruleset.shadows
    live = [of.rule for of in proposals if of.action == action.id]
    shadow = [of.rule for of in shadows if of.effect == "propose" and action.id in of.actions]
    for rule in sorted((*live, *shadow), key=lambda of: of.id):
        view = _view(account, action, rule, key, item)
        yield view if rule in live else replace(view, status="shadow")


def _view(account: Account, action: Action, rule: Statement, key: Key, item: Value) -> RuleView:
    if action.for_each is None:
        return account.rule_about(rule)
    if item is None and account.sight.sees_rule(rule.id):  # there is no item to ask about
        return RuleView(rule.id, rule.department, rule.because, rule.source, None, meta=rule.meta)
    return account.rule_about(rule, action, key, item)


def _inactive(trace: Trace, action: Action) -> Iterator[RuleView]:
    """The rules of the action's own pack that are left out: one of them might propose it."""
    for of in trace.ruleset.inactive:
        if of.rule.partition(".")[0] == action.pack:
            yield RuleView(of.rule, action.department, "", "", None, "inactive", of.because)


def _doubts(account: Account, action: Action, key: Key) -> list[Doubt]:
    """The doubts about an action or item, without those of others' rules that are kept from the one who asks."""
    sight = account.sight
    return [
        of
        for of in account.trace.proposed.doubts
        if of.action == action.id
        and (of.key == key or not sight.sees_key(action.id))
        and (sight.sees_rule(of.rule.id) or of.rule.department in sight.names)
    ]


def _note(account: Account, doubts: list[Doubt], action: Action, key: Key) -> str:
    """What failed or is not known beside the conditions of rules; nothing when it might tell of others' secrets."""
    sight = account.sight
    proposing = {of.rule.id for of in account.trace.ruleset.proposals if of.action == action.id}
    about = account.trace.ruleset.items.get(action.id)
    proposing |= {of.rule.id for of in about.proposals} if about else set()
    if not (sight.sees_score(action.id) and sight.sees_key(action.id) and all(map(sight.sees_rule, proposing))):
        return ""
    name = action.id if key is None else f"{action.id}[{key}]"
    errors = sorted({of.message for of in account.trace.errors if of.origin == name})
    if errors:
        return "; ".join(errors)
    scores = sorted({of.node.text for of in doubts if of.node is not None and of.node != of.rule.condition})
    return f"its rules hold, but not all of its score or key is known: {', '.join(scores)}" if scores else ""
