"""Looking for a customer for whom something does not hold, and telling of the simplest that is found.

A failure tells one command that looks at that customer alone, with whatever the rules have become by then, and the case
in YAML that makes it again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from random import Random
from typing import Any, TypeAlias

import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nba.decision import Decision
from nba.orchestrator import Orchestrator
from nba.testing.again import asked_again, command
from nba.testing.saving import save_case, where_to_save
from nba.testing.strategies import Customer, customers

Folder: TypeAlias = str | os.PathLike[str]


@dataclass(frozen=True)
class Complaint:
    """What does not hold for a customer, and the decision that shows it."""

    says: str
    decision: Decision
    expect: Mapping[str, Any] | None = None
    """What a case expects so that it fails as long as this does not hold; None when no case can say it."""


Check: TypeAlias = Callable[[Customer, Random], Complaint | None]
"""What must hold for a customer: None when it does. What it draws by itself is the same for the same customer."""


class _Found(Exception):
    def __init__(self, customer: Customer, seed: int, complaint: Complaint) -> None:
        self.customer, self.seed, self.complaint = customer, seed, complaint


def assert_for_all(
    orchestrator: Orchestrator,
    name: str,
    check: Check,
    *,
    examples: int | None = None,
    draws: bool = False,
    save: Folder | None = None,
) -> None:
    """Assert a check for generated customers; arguments as for `counterexample`.

    Raises:
        AssertionError: with the simplest customer that was found.
    """
    __tracebackhide__ = True
    told = counterexample(name, check, customers(orchestrator), examples=examples, draws=draws, save=save)
    if told is not None:
        raise AssertionError(told)


def counterexample(
    name: str,
    check: Check,
    strategy: st.SearchStrategy[Customer],
    *,
    examples: int | None = None,
    draws: bool = False,
    save: Folder | None = None,
) -> str | None:
    """What to tell of the simplest customer for whom the check complains; None when there is none.

    Args:
        name: what is checked, in a sentence.
        check: asked of each customer.
        strategy: draws the customers.
        examples: how many customers; as many as Hypothesis is configured for when not given.
        draws: whether the check draws something by itself.
        save: the folder to keep a failure in, as a case.
    """
    asked = asked_again(name)
    if asked is not None:
        if asked.data is None:
            return None
        customer, seed = Customer(**asked.data["customer"]), asked.data["seed"]
        complaint = check(customer, Random(seed))
        return None if complaint is None else _told(_Found(customer, seed, complaint), name, save)

    @settings(
        max_examples=examples or settings().max_examples,
        deadline=None,
        database=None,  # what is found is told with its customer, whatever Hypothesis would draw next time
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(strategy, st.integers(0, 2**16) if draws else st.just(0))
    def look(customer: Customer, seed: int) -> None:
        complaint = check(customer, Random(seed))
        if complaint is not None:
            raise _Found(customer, seed, complaint)

    try:
        look()
    except _Found as found:
        return _told(found, name, save)
    return None


def _told(found: _Found, name: str, save: Folder | None) -> str:
    lines = [f"{name}: this does not hold", *(f"  {line}" for line in found.complaint.says.splitlines()), ""]
    lines.append(f"again: {command(name, {'customer': asdict(found.customer), 'seed': found.seed})}")
    return "\n".join([*lines, *case_of(found.complaint, name, save)])


def case_of(complaint: Complaint, name: str, save: Folder | None) -> list[str]:
    """The case that makes a complaint again, as lines to print; saved where failures are kept."""
    text = complaint.decision.to_case(name, complaint.expect)
    if complaint.expect is None:
        text = f"# this is what is decided now: write into `expect:` what should be\n{text}"
    folder = where_to_save(save)
    head = "case:" if folder is None else f"case, saved as {save_case(folder, text)}:"
    return [head, *(f"  {line}" for line in text.splitlines())]


def as_decided(decision: Decision) -> dict[str, Any]:
    """What a case expects so that it passes with the very decision."""
    expect: dict[str, Any] = yaml.safe_load(decision.to_case())["cases"][0]["expect"]
    return expect
