"""Customers for whom an invariant asks for something: few of those that are drawn by chance would break it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from hypothesis import strategies as st

from nba.language import tree
from nba.language.types import BOOLEAN
from nba.orchestrator import Orchestrator
from nba.ruleset.conditions import ALWAYS, both
from nba.ruleset.model import Action, Ruleset
from nba.testing.stating import Stated, with_statement
from nba.testing.strategies import Customer, Unreachable, customers, satisfying

_MOST = 4
"""So many of the actions that an invariant is about."""


def around(orchestrator: Orchestrator, one: Stated) -> tuple[st.SearchStrategy[Customer], str | None]:
    """Customers of all kinds, and such that the condition of an invariant holds; or why there are none of those.

    For what may never be, also such that it holds while a rule proposes what it forbids, with consent to everything,
    and where it can be, no guard of a pack holds it back.
    """
    ruleset = orchestrator.ruleset

    def aimed(condition: tree.Node) -> list[st.SearchStrategy[Customer]]:
        such = satisfying(with_statement(orchestrator, replace(one, id="given", condition=condition)), "given")
        return [such, such.map(lambda customer: consenting(customer, ruleset))]

    found, why = [customers(orchestrator)], None
    if one.condition != ALWAYS:
        try:
            found += aimed(one.condition)
        except Unreachable as error:
            why = str(error)
    for id, proposed in _proposals(one, ruleset) if one.kind == "never" else ():
        asked = both(one.condition, proposed)
        for condition in (both(asked, _let_pass(ruleset.actions[id], ruleset)), asked):
            try:
                found += aimed(condition)
                break
            except Unreachable:
                continue
    return st.one_of(found), why


def _proposals(one: Stated, ruleset: Ruleset) -> Iterator[tuple[str, tree.Node]]:
    """For some of the actions that an invariant selects: that a rule proposes it; for one with items, any of them."""
    first: dict[str, tree.Node] = {}
    for of in ruleset.proposals:
        if of.action in one.pairs:
            first.setdefault(of.action, of.rule.condition)
    for id, items in ruleset.items.items():
        each = ruleset.actions[id].for_each
        if id in one.pairs and each is not None and items.proposals:
            condition = items.proposals[0].rule.condition
            first[id] = tree.Aggregate("any", condition, each.item, each.over, None, BOOLEAN, f"any {each.over.text}")
    yield from islice(first.items(), _MOST)


def _let_pass(action: Action, ruleset: Ruleset) -> tree.Node:
    """That no guard of a pack holds an action back, as far as that is about the action as a whole."""
    guards = [of.rule.condition for of in ruleset.guards if of.kind == "guard" and action.id in of.pairs]
    return tree.And(tuple(tree.Not(of, f"not ({of.text})") for of in guards), "no guard holds it back")


def consenting(customer: Customer, ruleset: Ruleset) -> Customer:
    """The customer with consent to every purpose on every channel.

    >>> import nba
    >>> dealer = nba.load(nba.shipped("car-dealer"))
    >>> consenting(Customer({}, {}, "2026-01-01T09:00:00Z"), dealer.ruleset).profile["consents"]["marketing"]["granted"]
    True
    """
    actions = ruleset.actions.values()
    channels = sorted({channel for of in actions for channel in of.channels})
    purposes = sorted({of.purpose for of in actions if of.purpose is not None})
    consents = {of: {"granted": True, "channels": dict.fromkeys(channels, True)} for of in purposes}
    return replace(customer, profile={**customer.profile, "consents": consents} if consents else customer.profile)
