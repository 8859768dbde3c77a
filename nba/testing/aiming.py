"""Customers for whom an invariant asks for something: few of those that are drawn by chance would break it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import strategies as st

from nba.language import tree
from nba.orchestrator import Orchestrator
from nba.ruleset.conditions import ALWAYS, both
from nba.ruleset.model import Ruleset
from nba.testing.stating import Stated, with_statement
from nba.testing.strategies import Customer, Unreachable, customers, satisfying

_MOST = 2
"""So many of the rules that propose what an invariant is about."""


def around(orchestrator: Orchestrator, one: Stated) -> tuple[st.SearchStrategy[Customer], str | None]:
    """Customers of all kinds, and such that the condition of an invariant holds; or why there are none of those.

    For what may never be, also such that it holds while a rule proposes what it forbids, with consent to everything.
    """
    ruleset = orchestrator.ruleset
    aims = [] if one.condition == ALWAYS else [one.condition]
    if one.kind == "never":
        aims += [both(one.condition, of) for of in _proposals(one, ruleset)]
    found, why = [customers(orchestrator)], None
    for number, condition in enumerate(aims):
        try:
            aimed = satisfying(with_statement(orchestrator, replace(one, id="given", condition=condition)), "given")
            found += [aimed, aimed.map(lambda customer: consenting(customer, ruleset))]
        except Unreachable as error:
            why = str(error) if number == 0 and one.condition != ALWAYS else why
    return st.one_of(found), why


def _proposals(one: Stated, ruleset: Ruleset) -> Iterator[tree.Node]:
    """The conditions of some rules that propose what an invariant selects."""
    found = [of for of in ruleset.proposals if of.action in one.pairs]
    yield from (of.rule.condition for of in found[:_MOST])


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
