"""What became of an action that is no candidate: undecided, or not proposed, and by which rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from nba.explanation.account import Account, Fate, RuleView
from nba.explanation.missing import missing_fields
from nba.explanation.showing import counted
from nba.language.values import Value
from nba.proposing import Doubt, Key
from nba.ruleset.model import Action, Statement
from nba.trace import Trace

MOST_ITEMS: Final = 20
"""So many items of an action with `for_each` are told of."""


def fate_of(account: Account, action: Action, key: Key = None, item: Value = None, note: str = "") -> Fate:
    """What became of an action, or of one of its items, that no rule made a candidate."""
    trace = account.trace
    doubts = [of for of in trace.proposed.doubts if of.action == action.id and of.key == key]
    name = action.id if key is None else f"{action.id}[{key}]"
    missing = {path for doubt in doubts for path in _missing(trace, action, doubt)}
    return Fate(
        name,
        action.id,
        key,
        action.title,
        action.department,
        action.tier,
        "undecided" if doubts else "not_proposed",
        rules=(*_rules(account, action, key, item), *_inactive(trace, action)),
        missing=tuple(sorted(missing)),
        note=note or _note(trace, doubts, name),
        source=action.source,
        meta=action.meta,
    )


def fates_of_items(account: Account, action: Action) -> tuple[tuple[Fate, ...], str]:
    """What became of the items of an action with `for_each`, the proposed ones first, and a word on the list."""
    assert action.for_each is not None
    over = action.for_each.over.text
    items = account.items(action)
    if items is None:
        return (), f"`{over}` is not known, so no item can be proposed"
    found: list[Fate] = []
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
    if item is None:  # there is no item to ask about
        return RuleView(rule.id, rule.department, rule.because, rule.source, None, meta=rule.meta)
    return account.rule_about(rule, action, key, item)


def _inactive(trace: Trace, action: Action) -> Iterator[RuleView]:
    """The rules of the action's own pack that are left out: one of them might propose it."""
    for of in trace.ruleset.inactive:
        if of.rule.partition(".")[0] == action.pack:
            yield RuleView(of.rule, action.department, "", "", None, "inactive", of.because)


def _missing(trace: Trace, action: Action, doubt: Doubt) -> tuple[str, ...]:
    if doubt.node is None:
        return ()
    each = action.for_each
    if each is None:
        return missing_fields(trace, doubt.node)
    return missing_fields(trace, doubt.node, {each.item: doubt.item}, {each.item: f"{each.over.text}[]"})


def _note(trace: Trace, doubts: list[Doubt], name: str) -> str:
    errors = sorted({of.message for of in trace.errors if of.origin == name})
    if errors:
        return "; ".join(errors)
    scores = sorted({of.node.text for of in doubts if of.node is not None and of.node != of.rule.condition})
    return f"its rules hold, but not all of its score or key is known: {', '.join(scores)}" if scores else ""
