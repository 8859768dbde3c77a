"""What a guarantee is asked of: a rule set with customers, as a Hypothesis strategy, and how a failure is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from random import Random
from typing import Any

from hypothesis import Phase
from hypothesis import strategies as st

import nba
from nba.decision import Decision
from nba.errors import NbaError
from nba.testing.generation.customers import Case, case
from nba.testing.generation.data import as_json
from nba.testing.generation.rule_sets import CONTEXTS, PROFILES, RuleSet, rule_set
from nba.testing.generation.shrinking import shrink, smaller_data
from nba.testing.generation.writing import Style

AS_DRAWN = (Phase.explicit, Phase.reuse, Phase.generate)
"""The phases for Hypothesis' settings with which it leaves the making small to us."""
Check = Callable[[Case], str | None]
"""What must hold for a customer: None when it does, or what is wrong."""
Claim = Callable[[RuleSet, Random], Check]
"""What must hold for a rule set. What it makes of the rules (another one, say) is made once for all customers."""


@dataclass(frozen=True)
class Question:
    """A rule set and customers, made from a seed; two of the same seed and style are the same."""

    seed: int
    style: Style = field(default_factory=Style)
    customers: int = 6

    @cached_property
    def rules(self) -> RuleSet:
        """The rule set."""
        return rule_set(Random(f"rules {self.seed}"), self.style)

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The customers, each with surroundings and an instant."""
        rng = Random(f"customers {self.seed}")
        return tuple(case(rng, PROFILES, CONTEXTS) for _ in range(self.customers))

    def hold(self, claim: Claim) -> None:
        """Assert a claim of every customer; a failure shows the smallest rules and customer that fail alike."""
        check = claim(self.rules, self._rng())
        for number, one in enumerate(self.cases):
            complaint = check(one)
            if complaint is not None:
                rules, less = self._smallest(claim, one)
                said = claim(rules, self._rng())(less)
                shown = f"{rules.text()}\n{as_json(less.profile)}\n{as_json(less.context)}\n{less.as_of}"
                raise AssertionError(f"{self!r}, customer {number}: {complaint}\n\nsmallest: {said}\n{shown}")

    def _rng(self) -> Random:
        """Randomness for what a claim makes of the rules, the same each time."""
        return Random(f"what is done {self.seed}")

    def _smallest(self, claim: Claim, one: Case) -> tuple[RuleSet, Case]:
        def fails(candidate: RuleSet) -> bool:
            try:
                return claim(candidate, self._rng())(one) is not None
            except (NbaError, AssertionError, LookupError, ValueError):  # a part is gone that the claim speaks of
                return False

        rules = shrink(self.rules, RuleSet.smaller, fails, attempts=1500)
        check = claim(rules, self._rng())
        profile = shrink(one.profile, smaller_data, lambda less: check(replace(one, profile=less)) is not None)
        known = replace(one, profile=profile)
        context = shrink(one.context, smaller_data, lambda less: check(replace(known, context=less)) is not None)
        return rules, replace(known, context=context)


def houses(style: Style = Style(), customers: int = 6) -> st.SearchStrategy[Question]:  # noqa: B008 - it is frozen
    """Whole rule sets of a style, each a house with its packs, with customers to ask about.

    What is drawn is a seed, and seeds do not shrink. `Question.hold` makes a failure small itself, and does it better:
    it can leave out what does not matter of the rules. So run with `phases=AS_DRAWN`.
    """
    return st.builds(Question, st.integers(0, 2**32 - 1), st.just(style), st.just(customers))


def packs(style: Style = Style(), customers: int = 6) -> st.SearchStrategy[Question]:  # noqa: B008 - the same
    """Rule sets of a single pack; otherwise as `houses`."""
    return houses(replace(style, packs=(1, 1)), customers)


def decide(rules: RuleSet | nba.Orchestrator, one: Case, limit: int | None = None) -> Decision:
    """The decision on a case: by default with everything that nothing blocks."""
    orchestrator = rules.orchestrator if isinstance(rules, RuleSet) else rules
    return orchestrator.decide(one.profile, context=one.context, as_of=one.as_of, limit=limit)


def unblocked(decision: Decision) -> frozenset[tuple[str, str | None]]:
    """The candidates that something is left of, each with the channels that are left."""
    screened = decision._trace.screened  # the channels that are left are in no public view
    return frozenset((of.candidate.name, channel) for of in screened for channel in of.channels)


def name(of: Any) -> str:
    """The name of anything in a decision that has an action and a key."""
    return of.action if of.key is None else f"{of.action}[{of.key}]"
