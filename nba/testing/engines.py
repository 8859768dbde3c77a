"""Rule engines against the definition: each has to decide as the reference evaluator does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from random import Random

from nba.decision import Decision
from nba.language.functions import Clock
from nba.language.meaning import Environment, evaluate
from nba.language.values import Value
from nba.matching import Match, available, matcher_factory
from nba.orchestrator import Orchestrator
from nba.ruleset.model import Layer, Ruleset
from nba.testing.examining import Complaint, Folder, as_decided, assert_for_all
from nba.testing.strategies import Customer

_NO_CLOCK = Clock(datetime(1970, 1, 1, tzinfo=UTC))
"""Conditions over features read none."""


class ReferenceMatcher:
    """The definition as an engine: each condition evaluated as it stands."""

    def __init__(self, layer: Layer) -> None:
        self._conditions = layer.conditions

    def match(self, features: Sequence[Value]) -> Match:
        """Match the conditions against the values of the features."""
        env = Environment({}, {}, _NO_CLOCK, features=features)
        truths = [evaluate(condition, env) for condition in self._conditions]
        true = {number for number, truth in enumerate(truths) if truth is True}
        return Match(true, {n for n, truth in enumerate(truths) if truth is not True and truth is not False})


def reference(ruleset: Ruleset, name: str = "reference") -> Orchestrator:
    """The rules with the definition as their engine, which decisions call by a name."""
    return Orchestrator(ruleset, name, ReferenceMatcher, "ignore")


def assert_engines_agree(
    orchestrator: Orchestrator,
    *,
    matchers: Iterable[str] | None = None,
    limit: int | None = 3,
    examples: int | None = None,
    save: Folder | None = None,
) -> tuple[str, ...]:
    """Assert that rule engines decide for generated customers just as the reference evaluator does.

    Args:
        orchestrator: the rules.
        matchers: the engines; all that can be used here when not given.
        limit: that of the decisions.
        examples: how many customers; as many as Hypothesis is configured for when not given.
        save: the folder to keep a failure in, as a case.

    Returns:
        The engines that were compared with the definition.

    Raises:
        AssertionError: with the simplest customer for whom an engine decides otherwise.
        EngineError: an engine that is named cannot be used here.

    >>> import nba
    >>> assert_engines_agree(nba.load(nba.shipped("house")), matchers=["native"], examples=5)
    ('native',)
    """
    __tracebackhide__ = True
    names = tuple(of for of, why in available().items() if why is None) if matchers is None else tuple(matchers)
    engines = {name: Orchestrator(orchestrator.ruleset, name, matcher_factory(name), "ignore") for name in names}
    definition = reference(orchestrator.ruleset)

    def check(customer: Customer, rng: Random) -> Complaint | None:
        expected = customer.decide(definition, limit=limit)
        for name, engine in engines.items():
            says = _difference(name, expected, customer.decide(engine, limit=limit))
            if says is not None:
                return Complaint(says, expected, as_decided(expected))
        return None

    assert_for_all(orchestrator, "every engine agrees", check, examples=examples, save=save)
    return names


def _difference(name: str, expected: Decision, found: Decision) -> str | None:
    """Where a decision differs from the one that the definition gives, but for the name of the engine."""
    one, other = ({**of.to_dict(), "matcher": name} for of in (expected, found))
    for part in one:
        if repr(one[part]) != repr(other[part]):  # as text, so that 1 and 1.0, which are equal, are not the same
            return f"{part}, by {name}: {other[part]}\n{part}, by definition: {one[part]}"
    return None
