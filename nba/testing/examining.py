"""Looking for a customer for whom something does not hold, and telling of the simplest that is found.

A failure tells one command that looks at that customer alone, with whatever the rules have become by then, and the case
in YAML that makes it again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import shlex
import sys
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nba.decision import Decision
from nba.language.moments import write_instant
from nba.orchestrator import Orchestrator
from nba.testing.saving import PYTEST, save_case, where_to_save
from nba.testing.strategies import customers

AGAIN = "NBA_AGAIN"
"""The environment variable by which one customer is looked at again."""


@dataclass(frozen=True)
class Customer:
    """What a decision is asked with, as plain data. `seed` is for what a check draws by itself."""

    profile: Mapping[str, Any]
    context: Mapping[str, Any]
    as_of: datetime | str
    seed: int = 0

    def decided_by(self, orchestrator: Orchestrator, limit: int | None = None) -> Decision:
        """The decision for the customer; with everything that nothing blocks unless there is a `limit`."""
        return orchestrator.decide(self.profile, context=self.context, as_of=self.as_of, limit=limit)


@dataclass(frozen=True)
class Complaint:
    """What does not hold for a customer, and the decision that shows it."""

    says: str
    decision: Decision
    expect: Mapping[str, Any] | None = None
    """What a case expects so that it fails as long as this does not hold; None when no case can say it."""


def as_decided(decision: Decision) -> dict[str, Any]:
    """What a case expects so that it passes with the very decision."""
    expect: dict[str, Any] = yaml.safe_load(decision.to_case())["cases"][0]["expect"]
    return expect


Check = Callable[[Customer], Complaint | None]
"""What must hold for a customer: None when it does."""


class _Found(Exception):
    def __init__(self, customer: Customer, complaint: Complaint) -> None:
        self.customer, self.complaint = customer, complaint


def counterexample(
    orchestrator: Orchestrator,
    name: str,
    check: Check,
    *,
    examples: int | None = None,
    strategy: st.SearchStrategy[Any] | None = None,
    draws: bool = False,
    save: str | os.PathLike[str] | None = None,
) -> str | None:
    """What to tell of the simplest customer for whom the check complains; None when there is none.

    Args:
        orchestrator: whose customers are generated.
        name: what is checked, in a sentence.
        check: asked of each customer.
        examples: how many customers; as many as Hypothesis is configured for when not given.
        strategy: draws the customers; by default those of the orchestrator.
        draws: whether the check draws something by the customer's seed.
        save: the folder to keep a failure in, as a case.
    """
    told = os.environ.get(AGAIN)
    if told and told.startswith(_mark(_test())):
        if not told.startswith(_mark(_test(), name)):
            return None  # something else of this test is looked at again
        customer = _read(told)
        complaint = check(customer)
        return None if complaint is None else _told(name, customer, complaint, save)
    seeds = st.integers(0, 2**16) if draws else st.just(0)

    @settings(
        max_examples=examples or settings().max_examples,
        deadline=None,
        database=None,  # what is found is told with its customer, whatever Hypothesis would draw next time
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(customers(orchestrator) if strategy is None else strategy, seeds)
    def look(drawn: Any, seed: int) -> None:
        customer = Customer(drawn.profile, drawn.context, drawn.as_of, seed)
        complaint = check(customer)
        if complaint is not None:
            raise _Found(customer, complaint)

    try:
        look()
    except _Found as found:
        return _told(name, found.customer, found.complaint, save)
    return None


def _told(name: str, customer: Customer, complaint: Complaint, save: str | os.PathLike[str] | None) -> str:
    case = complaint.decision.to_case(name, complaint.expect)
    if complaint.expect is None:
        case = f"# this is what is decided now: write into `expect:` what should be\n{case}"
    lines = [f"{name}: this does not hold", *(f"  {line}" for line in complaint.says.splitlines()), ""]
    lines.append(f"again: {again(_token(name, customer))}")
    folder = where_to_save(save)
    lines.append("case:" if folder is None else f"case, saved as {save_case(folder, case)}:")
    return "\n".join([*lines, *(f"  {line}" for line in case.splitlines())])


def again(token: str) -> str:
    """The command that runs the current test again, with a token that says what to look at."""
    test = _test()
    if test:
        return f"{AGAIN}={token} {os.environ.get(PYTEST, 'python -m pytest')} {shlex.quote(test)}"
    return f"{AGAIN}={token} {shlex.join(['python', *sys.argv] if os.path.exists(sys.argv[0]) else ['python'])}"


def _test() -> str:
    """The test of pytest that runs now."""
    return os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]


def _mark(*names: str) -> str:
    """What tells apart the tests of a run, and what is looked at in one test."""
    return "".join(hashlib.sha256(name.encode()).hexdigest()[:4] for name in names)


def _token(name: str, customer: Customer) -> str:
    data = [customer.profile, customer.context, customer.as_of, customer.seed]
    packed = zlib.compress(json.dumps(data, default=_plain, separators=(",", ":")).encode(), 9)
    return f"{_mark(_test(), name)}.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def _read(token: str) -> Customer:
    packed = token.partition(".")[2]
    try:
        data = json.loads(zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))))
        profile, context, as_of, seed = data
    except (binascii.Error, zlib.error, ValueError):
        raise ValueError(f"{AGAIN} is not what a failure told: take all of it") from None
    return Customer(profile, context, as_of, seed)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")
