"""Random rule sets that load by construction, with customers to ask about: for people who extend the library itself.

A new engine, operator or kind of rule is held against what nba promises for all rules: write a *claim*, from a rule set
to a check of one customer, and ask it of `houses()`. A failure is shown at its smallest: the few rules that matter, and
what is needed of the customer.

>>> from random import Random
>>> from hypothesis import given, settings
>>> def ranks_by_tier(rules: RuleSet, rng: Random) -> Check:
...     ranks = {id: action.rank for id, action in rules.orchestrator.ruleset.actions.items()}
...     def check(customer: Case) -> str | None:
...         found = [ranks[of.action] for of in decide(rules, customer).actions]
...         return None if found == sorted(found) else "a lower tier comes first"
...     return check
>>> @settings(phases=AS_DRAWN, max_examples=3, deadline=None)
... @given(houses())
... def precedence(question):
...     question.hold(ranks_by_tier)
>>> precedence()
"""

from __future__ import annotations

from nba.errors import MissingExtraError

try:
    import hypothesis  # noqa: F401 - whether it is there
except ImportError:
    raise MissingExtraError("random rule sets", "testing") from None

from nba.testing.generation.customers import Case
from nba.testing.generation.questions import AS_DRAWN, Check, Claim, Question, decide, houses, packs, unblocked
from nba.testing.generation.rule_sets import RuleSet
from nba.testing.generation.shrinking import shrink, smaller_data
from nba.testing.generation.writing import Style

__all__ = [
    "AS_DRAWN",
    "Case",
    "Check",
    "Claim",
    "Question",
    "RuleSet",
    "Style",
    "decide",
    "houses",
    "packs",
    "shrink",
    "smaller_data",
    "unblocked",
]
