"""Invariants: what must hold of every decision, tested on generated customers.

In the words of the rule language with `assert_invariant`, as plain Python with `@invariant`; and the laws of the house,
all at once, with `assert_laws`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal, TypeAlias

from nba.decision import Decision
from nba.errors import did_you_mean
from nba.orchestrator import Orchestrator
from nba.testing.aiming import around
from nba.testing.examining import Check, Complaint, Folder, assert_for_all, counterexample
from nba.testing.stating import Given, Selector, Stated, laws_of, stated
from nba.testing.strategies import Customer

Predicate: TypeAlias = Callable[[Decision], object]


def implies(premise: object, conclusion: object) -> bool:
    """Whether a conclusion holds where its premise does; a premise that is unknown (None) asks for nothing.

    >>> implies(True, False), implies(None, False), implies(False, False)
    (False, True, True)
    """
    return not premise or bool(conclusion)


def invariant(
    predicate: Predicate | None = None, *, limit: int | None = None, examples: int | None = None
) -> Callable[..., Any]:
    """Make a test of what must hold of every decision. It takes the orchestrator, as a fixture or by hand.

        @invariant
        def test_we_fix_before_we_sell(decision):
            return implies(decision.signals["service.recovery_owed"], not decision.offers(tier="growth"))

    The function returns whether it holds, or asserts it and returns None.

    Args:
        predicate: what must hold.
        limit: that of the decisions; None for all that nothing blocks.
        examples: how many customers; as many as Hypothesis is configured for when not given.

    Raises (the test):
        AssertionError: with the simplest customer for whom it does not hold.
    """
    if predicate is None:
        return lambda function: invariant(function, limit=limit, examples=examples)

    def test(orchestrator: Orchestrator) -> None:
        __tracebackhide__ = True

        def check(customer: Customer, rng: Random) -> Complaint | None:
            return complaint_of(predicate, customer.decide(orchestrator, limit=limit))

        assert_for_all(orchestrator, sentence(predicate), check, examples=examples)

    # Not functools.wraps: pytest would look through it, and find another parameter.
    test.__name__, test.__qualname__ = predicate.__name__, predicate.__qualname__
    test.__doc__, test.__module__ = predicate.__doc__, predicate.__module__
    test.predicate = predicate  # type: ignore[attr-defined]  # for journeys
    return test


def complaint_of(predicate: Predicate, decision: Decision) -> Complaint | None:
    """What a predicate says against a decision."""
    try:
        held = predicate(decision)
    except AssertionError as error:
        return Complaint(str(error).strip() or "an assertion of it failed", decision)
    done = ", ".join(decision.offers()) or f"nothing, {decision.outcome}"
    return None if held or held is None else Complaint(f"it is {held!r} of this decision: {done}", decision)


def sentence(function: Callable[..., object]) -> str:
    """The name of a function as a sentence.

    >>> sentence(sentence)
    'sentence'
    """
    return getattr(function, "__name__", repr(function)).removeprefix("test_").replace("_", " ")


def assert_invariant(
    orchestrator: Orchestrator,
    *,
    given: Given = True,
    never: Selector | None = None,
    always: Selector | None = None,
    name: str | None = None,
    examples: int | None = None,
    save: Folder | None = None,
) -> None:
    """Assert an invariant in the words that laws are written in, on generated customers.

    Args:
        orchestrator: the rules.
        given: an expression, or `{"all": [...]}` and the like; without it, whatever the customer is like.
        never: what nothing of may be unblocked; in doubt about `given`, neither, as with a law.
        always: what something of must be unblocked, where `given` is certain.
        name: what it is called, in a sentence.
        examples: how many customers; as many as Hypothesis is configured for when not given.
        save: the folder to keep a failure in, as a case.

    Raises:
        AssertionError: with the simplest customer for whom it does not hold; or `given` holds for none, so that it was
            not tested.
        RulesError: what is wrong with the words, and where.
        ValueError: not just one of `never` and `always`.

    >>> import nba
    >>> dealer = nba.load(nba.shipped("car-dealer"))
    >>> assert_invariant(dealer, given="service.recovery_owed", never={"tier": "growth"}, examples=10)
    """
    __tracebackhide__ = True
    if (never is None) == (always is None):
        raise ValueError("an invariant says just one of never= and always=")
    one = stated(orchestrator.ruleset, given, never, always, "", name)
    tried = _Tried(one)
    strategy, why = around(orchestrator, one)
    told = counterexample(one.id, tried.check_of(orchestrator), strategy, examples=examples, save=save)
    if told is None and tried.customers and not tried.bound:
        told = f"{one.id}: this was not tested, as `given` held for none of {tried.customers} customers\n{why or ''}"
    if told is not None:
        raise AssertionError(told.rstrip())


@dataclass
class _Tried:
    """One invariant on many customers."""

    stated: Stated
    customers: int = 0
    bound: int = 0
    alone: dict[str, str] = field(default_factory=dict)
    """What only this law stops, by name: each with the case of the first customer."""

    def check_of(self, orchestrator: Orchestrator) -> Check:
        """The check of one customer, which counts."""

        def check(customer: Customer, rng: Random) -> Complaint | None:
            decision = customer.decide(orchestrator, limit=None)
            self.customers += 1
            if not self.stated.binds(decision):
                return None
            self.bound += 1
            if self.stated.kind == "never" and self.stated.is_law:
                for name in self.stated.alone(decision):
                    action = name.partition("[")[0]
                    if action not in self.alone:
                        self.alone[action] = decision.to_case(f"only {self.stated.id} stops {action}")
            says = self.stated.broken(decision)
            return None if says is None else Complaint(says, decision, self.stated.expected(decision))

        return check


@dataclass(frozen=True)
class LawResult:
    """What came of one law."""

    law: str
    kind: Literal["never", "always"]
    customers: int
    """For how many customers it was looked at."""
    bound: int
    """For how many of these it asked for something."""
    alone: tuple[str, ...]
    """The actions that nothing but this law stops, for some customer: the rules of the packs let them pass."""
    cases: tuple[str, ...]
    """By these, a case in YAML for each."""
    failure: str | None = None
    """What there is to tell of the simplest customer for whom it does not hold."""
    unreachable: str | None = None
    """Why no customer could be made for whom its condition is true."""

    def __str__(self) -> str:
        mark = "FAIL" if self.failure else "ok  " if self.bound else "--  "
        told = f"{mark} {self.law}: {self.kind}, asked of {self.bound} of {self.customers} customers"
        told += f"; nothing else stops {', '.join(self.alone)}" if self.alone else ""
        return told if self.unreachable is None or self.bound else f"{told}; {self.unreachable.splitlines()[0]}"


@dataclass(frozen=True)
class LawsReport:
    """What came of all laws. `str()` tells each in a line."""

    results: tuple[LawResult, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.results))


def assert_laws(
    orchestrator: Orchestrator,
    *,
    laws: Iterable[str] | None = None,
    alone: Literal["tell", "fail"] = "tell",
    examples: int | None = None,
    save: Folder | None = None,
) -> LawsReport:
    """Assert that decisions for generated customers keep every law of the house, and tell what rests on laws alone.

    A `never` law is enforced, so that it holds; the report tells what nothing but the law stops: there, the rules of
    the packs do not keep it by themselves. An `always` law holds only as far as the rules make it so.

    Args:
        orchestrator: the rules, with the house.
        laws: their ids; all of them when not given.
        alone: whether something that only a law stops is a failure, too.
        examples: how many customers for each law; as many as Hypothesis is configured for when not given.
        save: the folder to keep failures in, as cases.

    Raises:
        AssertionError: for each law that does not hold, the simplest customer.
        ValueError: there is no such law.
    """
    __tracebackhide__ = True
    report = LawsReport(
        tuple(_look_at(one, orchestrator, examples, save) for one in _named(laws, laws_of(orchestrator.ruleset)))
    )
    failures = [of.failure for of in report.results if of.failure]
    if alone == "fail":
        failures += [
            f"{of.law}: nothing else stops {', '.join(of.alone)}\n{of.cases[0]}" for of in report.results if of.alone
        ]
    if failures:
        raise AssertionError("\n\n".join(failures))
    return report


def _named(ids: Iterable[str] | None, laws: list[Stated]) -> list[Stated]:
    if ids is None:
        return laws
    known = {of.id: of for of in laws}
    for id in ids:
        if id not in known:
            near = did_you_mean(str(id), known)
            raise ValueError(f"there is no law `{str(id)[:100]}`" + (f": {near}" if near else ""))
    return [known[id] for id in ids]


def _look_at(one: Stated, orchestrator: Orchestrator, examples: int | None, save: Folder | None) -> LawResult:
    tried = _Tried(one)
    strategy, why = around(orchestrator, one)
    failure = counterexample(one.id, tried.check_of(orchestrator), strategy, examples=examples, save=save)
    names = tuple(sorted(tried.alone))
    cases = tuple(tried.alone[name] for name in names)
    return LawResult(one.id, one.kind, tried.customers, tried.bound, names, cases, failure, why)
