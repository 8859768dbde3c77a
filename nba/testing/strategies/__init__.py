"""Hypothesis strategies of customers for a loaded rule set, made from its schema and from its rules.

Each value is one that some rule compares with, next to that on either side, or a plain one; fields, sections and whole
lists are missing at times. All of it fits the schema, so that `decide` never refuses it. A failing example shrinks to a
customer who has only what matters.

>>> import nba
>>> from hypothesis import given
>>> dealer = nba.load(nba.shipped("car-dealer"))
>>> @given(customers(dealer))
... def nothing_is_sold_while_a_repair_is_open(customer):
...     decision = customer.decide(dealer, limit=None)
...     assert decision.outcome in ("action", "nothing_proposed", "all_blocked", "error")
>>> nothing_is_sold_while_a_repair_is_open()
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from nba.errors import MissingExtraError

try:
    from hypothesis import strategies as st
except ImportError:
    raise MissingExtraError("test data", "testing") from None

from nba.decision import Decision
from nba.language.moments import write_instant
from nba.orchestrator import Orchestrator
from nba.schema.scalars import instant
from nba.testing.strategies.breaking import broken, wrongs
from nba.testing.strategies.customers import Customer, Drawing, draw_customer, draw_data
from nba.testing.strategies.goals import Goals
from nba.testing.strategies.reaching import Unreachable, reaching
from nba.testing.strategies.truths import condition_of

__all__ = [
    "Customer",
    "Unreachable",
    "contexts",
    "customers",
    "decisions",
    "invalid_profiles",
    "moments",
    "profiles",
    "satisfying",
    "violating",
]


def customers(orchestrator: Orchestrator, *, interesting: bool = True) -> st.SearchStrategy[Customer]:
    """Customers: profile, context and moment drawn together, so that what is so many days ago is just that.

    Args:
        orchestrator: the rules that the customers are made for.
        interesting: False for values by the types of the schema alone, as if there were no rules.
    """
    drawing = Drawing.of(orchestrator.ruleset, interesting=interesting)
    goals = Goals(orchestrator.ruleset, drawing) if interesting else ()
    goal, when = st.integers(0, len(goals)), st.integers(0, len(drawing.moments) - 1)

    @st.composite
    def customer(draw: st.DrawFn) -> Customer:
        number, moment = draw(goal), draw(when)
        wish = goals.wish(number - 1) if number and isinstance(goals, Goals) else None
        return draw_customer(draw, drawing, moment, wish)

    return customer()


def profiles(
    orchestrator: Orchestrator, *, interesting: bool = True, as_of: datetime | str | None = None
) -> st.SearchStrategy[dict[str, Any]]:
    """Profiles as JSON carries them, that fit the schema.

    Args:
        orchestrator: the rules that the profiles are made for.
        interesting: False for values by the types of the schema alone, as if there were no rules.
        as_of: the moment that the rules' limits of days are told from; by default the first of `moments`. Where
            that matters, draw `customers`, who come with their moment.
    """
    drawing = Drawing.of(orchestrator.ruleset, interesting=interesting)
    moment = drawing.at(_moment(as_of, drawing))

    @st.composite
    def profile(draw: st.DrawFn) -> dict[str, Any]:
        return draw_data(draw, drawing.profile, moment)

    return profile()


def invalid_profiles(orchestrator: Orchestrator) -> st.SearchStrategy[Any]:
    """What `decide` refuses with a `ProfileError`: profiles with one thing wrong in them, and what is no profile.

    >>> import nba
    >>> from hypothesis import given
    >>> dealer = nba.load(nba.shipped("car-dealer"))
    >>> @given(invalid_profiles(dealer), moments(dealer))
    ... def is_refused(profile, as_of):
    ...     try:
    ...         dealer.decide(profile, as_of=as_of)
    ...     except nba.ProfileError:
    ...         return
    ...     raise AssertionError("it was taken")
    >>> is_refused()
    """
    return st.builds(
        lambda profile, wrong: broken(profile, *wrong),
        profiles(orchestrator),
        st.sampled_from(wrongs(orchestrator.ruleset.profile)),
    )


def contexts(
    orchestrator: Orchestrator, *, interesting: bool = True, as_of: datetime | str | None = None
) -> st.SearchStrategy[dict[str, Any]]:
    """States of the enterprise as JSON carries them, that fit the schema. Arguments as for `profiles`."""
    drawing = Drawing.of(orchestrator.ruleset, interesting=interesting)
    moment = drawing.at(_moment(as_of, drawing))

    @st.composite
    def context(draw: st.DrawFn) -> dict[str, Any]:
        return draw_data(draw, drawing.context, moment)

    return context()


def moments(orchestrator: Orchestrator) -> st.SearchStrategy[str]:
    """Moments to decide for: a plain one, the first and last ones of actions, and the turns of the calendar."""
    return st.sampled_from(Drawing.of(orchestrator.ruleset).moments)


def decisions(
    orchestrator: Orchestrator, *, limit: int | None = 1, interesting: bool = True
) -> st.SearchStrategy[Decision]:
    """Decisions on customers. Arguments as for `customers` and `Orchestrator.decide`."""
    return customers(orchestrator, interesting=interesting).map(lambda of: of.decide(orchestrator, limit=limit))


def satisfying(orchestrator: Orchestrator, rule: str, *, solver: bool | None = None) -> st.SearchStrategy[Customer]:
    """Customers of whom the condition of a rule, row of a table (`billing.ladder.first`), law or signal is true.

    Of a rule about each item of a list: for one of them. Of a `require` rule: that it blocks. Everything else about
    them varies freely.

    Args:
        orchestrator: the rules.
        rule: the id of the rule, law or signal.
        solver: whether to start from the model of a solver as well (the extra `proof`). None: where nothing is found
            without.

    Raises:
        ValueError: there is no such rule.
        Unreachable: there is no such customer, or none was found; the message says which and why.

    >>> import nba
    >>> from hypothesis import given
    >>> dealer = nba.load(nba.shipped("car-dealer"))
    >>> @given(satisfying(dealer, "service.recovery_owed"))
    ... def nothing_is_offered(customer):
    ...     assert not any(of.tier == "growth" for of in customer.decide(dealer, limit=None).actions)
    >>> nothing_is_offered()
    """
    condition_of(orchestrator.ruleset, rule)
    return reaching(orchestrator.ruleset, rule, (True,), solver)


def violating(
    orchestrator: Orchestrator, rule: str, *, unknown: bool = False, solver: bool | None = None
) -> st.SearchStrategy[Customer]:
    """Customers of whom the condition of a rule is false; with `unknown`, false or not known. See `satisfying`."""
    condition_of(orchestrator.ruleset, rule)
    return reaching(orchestrator.ruleset, rule, (False, None) if unknown else (False,), solver)


def _moment(as_of: datetime | str | None, drawing: Drawing) -> str:
    return drawing.moments[0] if as_of is None else write_instant(instant(as_of))
