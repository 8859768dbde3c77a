"""What is true of a customer: the condition of each rule, law and signal, by the reference evaluator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nba.errors import ContextError, ProfileError, did_you_mean
from nba.facts import FactBase
from nba.intake import Intake
from nba.language import tree, types
from nba.language.meaning import Environment, evaluate
from nba.language.values import FAILED, Truth
from nba.ruleset.model import Ruleset, Signal
from nba.schema.scalars import instant

if TYPE_CHECKING:
    from nba.testing.strategies.customers import Customer


class Truths:
    """Asks what is true of customers. Made once for a ruleset.

    >>> import nba
    >>> from nba.testing.strategies import Customer
    >>> truths = Truths(nba.load(nba.shipped("car-dealer")).ruleset)
    >>> waiting = {"service": {"cases": [{"status": "open", "severity": "high"}]}}
    >>> truths.of("service.recovery_owed", Customer(waiting, {}, "2026-01-15T12:00:00Z"))
    True
    """

    def __init__(self, ruleset: Ruleset) -> None:
        self.conditions = conditions_of(ruleset)
        self._facts = FactBase(ruleset)
        self._profiles = Intake(ruleset.profile, ProfileError, "ignore")
        self._contexts = Intake(ruleset.context, ContextError, "ignore")

    def of(self, id: str, customer: Customer) -> Truth:
        """Whether the condition of a rule, law or signal is true of a customer; None for unknown or failed."""
        return truth(self.conditions[id], self.environment(customer))

    def all(self, customer: Customer) -> dict[str, Truth]:
        """All of them."""
        env = self.environment(customer)
        return {id: truth(node, env) for id, node in self.conditions.items()}

    def environment(self, customer: Customer) -> Environment:
        """What rules read of a customer, as in a decision."""
        profile = self._profiles.take(customer.profile, "raise", [])[0]
        context = self._contexts.take(customer.context, "raise", [])[0]
        return self._facts.compute(profile, context, instant(customer.as_of), {}, [])


def truth(condition: tree.Node, env: Environment) -> Truth:
    """The truth of a condition; what has failed is unknown."""
    found = evaluate(condition, env)
    return None if found is FAILED else found


def conditions_of(ruleset: Ruleset) -> dict[str, tree.Node]:
    """By id: the conditions of rules, rows of tables, laws, and signals that are true or false.

    Of a rule about each item of a list: that it holds for one of them. Of a `require` rule: that it blocks.
    """
    found = {of.id: of.condition for of in ruleset.statements}
    for id, rules in ruleset.items.items():
        each = ruleset.actions[id].for_each
        if each is not None:
            for rule in [of.rule for of in rules.proposals] + [of.rule for of in rules.shadows]:
                found[rule.id] = tree.Aggregate("any", rule.condition, each.item, each.over, None, types.BOOLEAN)
    signals = (of for of in ruleset.facts if isinstance(of, Signal) and isinstance(of.type, types.Boolean))
    return found | {of.id: of.node for of in signals}


def condition_of(ruleset: Ruleset, rule: str) -> tree.Node:
    """The condition of one of them.

    Raises:
        ValueError: there is no such rule, law or signal, or the signal is a value and not a condition.
    """
    known = conditions_of(ruleset)
    if rule in known:
        return known[rule]
    if any(of.id == rule for of in ruleset.facts):
        raise ValueError(f"`{rule}` is a value, and no condition that is true or false")
    near = did_you_mean(rule, known)
    raise ValueError(f"there is no rule, law or signal `{rule[:100]}`" + (f": {near}" if near else ""))
