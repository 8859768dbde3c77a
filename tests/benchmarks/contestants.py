"""What takes part in a comparison: the rules read once, a customer asked about, and which rules are said to hold.

Here is the form that they have in common, nba itself, and the floor; the other engines are in rivals.py.

`prepare` puts a customer into the shape an engine likes best, before the clock starts. `ask` is what is timed: all that
the engine needs anew for each customer is in it, JSON or facts of its own too. `fired` reads the numbers of the rules
off the answer, and is not timed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

from tests.benchmarks.seeded import AS_OF, Condition, Customer, Rule, Workload, write_rules


class Contestant:
    """An engine that has read the rules of a workload."""

    name: ClassVar[str]
    distribution: ClassVar[str] = "nba"
    most: ClassVar[int] = 10_000
    """The number of rules beyond which it is left out."""
    because: ClassVar[str] = ""
    """Why it is left out there."""
    whole: ClassVar[bool] = False
    """Whether it decides, beyond telling which rules match."""

    def __init__(self, work: Workload) -> None:
        raise NotImplementedError

    def prepare(self, customer: Customer) -> Any:
        return customer

    def ask(self, prepared: Any) -> Any:
        raise NotImplementedError

    def fired(self, answer: Any) -> Iterable[int]:
        return numbers_of(answer)

    @classmethod
    def release(cls) -> str:
        """The version that is installed; raises ImportError when none is."""
        return f"{cls.distribution} {version(cls.distribution)}"


def numbers_of(truths: Iterable[Any]) -> list[int]:
    """The places of the true ones."""
    return [number for number, truth in enumerate(truths) if truth is True]


def flat(work: Workload, customer: Customer) -> dict[str, Any]:
    """The customer without sections."""
    found = {of.flat: of.of(customer) for of in work.fields}
    return {name: value for name, value in found.items() if value is not None}


def joined(rule: Rule, write: Callable[[Condition], str], word: str) -> str:
    """A rule as comparisons joined by a word."""
    return f" {word} ".join(map(write, rule.conditions))


class Decide(Contestant):
    """A whole decision, as an application asks for it: guards, weights, tiers, the action and its score."""

    name = "nba native, whole decision"
    matcher = "native"
    whole = True

    def __init__(self, work: Workload) -> None:
        self.orchestrator = loaded(work) if self.matcher == "native" else with_matcher(work, self.matcher)

    def ask(self, prepared: Customer) -> Any:
        return self.orchestrator.decide(prepared, as_of=AS_OF, limit=1).action


class DecideDurable(Decide):
    name = "nba durable, whole decision"
    matcher = "durable"
    distribution = "durable_rules"


class Match(Contestant):
    """The engine of nba alone: from the profile as it was read, to the rules that match."""

    name = "nba native, matching"
    matcher = "native"

    def __init__(self, work: Workload) -> None:
        from nba.matching import matcher_factory
        from nba.matching.features import FeatureReader

        layer = loaded(work).ruleset.layer
        self.features = FeatureReader(layer.features)
        self.match = matcher_factory(self.matcher)(layer).match
        self.rules = [[int(id.rpartition(".r")[2]) for id in ids] for ids in layer.rules]

    def prepare(self, customer: Customer) -> Any:
        from nba.language.meaning import Environment

        clock: Any = None  # nothing in these rules reads it
        return Environment(customer, {}, clock)

    def ask(self, prepared: Any) -> Any:
        return self.match(self.features.read(prepared))

    def fired(self, answer: Any) -> Iterable[int]:
        return [number for condition in answer.true for number in self.rules[condition]]


class MatchDurable(Match):
    name = "nba durable, matching"
    matcher = "durable"
    distribution = "durable_rules"


@lru_cache(maxsize=1)
def loaded(work: Workload) -> Any:
    """The rules, loaded by nba once, as ten thousand take a while."""
    import nba

    with tempfile.TemporaryDirectory() as folder:
        return nba.load(write_rules(work, Path(folder)))


def with_matcher(work: Workload, matcher: str) -> Any:
    """The same rules with another engine."""
    from nba.matching import matcher_factory
    from nba.orchestrator import Orchestrator

    return Orchestrator(loaded(work).ruleset, matcher, matcher_factory(matcher), "ignore")


class Generated(Contestant):
    """The floor: all rules written out as one Python function."""

    name = "one generated Python function"

    def __init__(self, work: Workload) -> None:
        lines = ["def ask(customer):"]
        lines += [
            f"    {name} = customer[{name!r}]" for name in dict.fromkeys(of.section for of in work.fields) if name
        ]
        lines += [f"    {of.flat} = {of.section or 'customer'}[{of.name!r}]" for of in work.fields]
        lines += ["    found = []", "    add = found.append"]
        for number, rule in enumerate(work.rules):
            lines += [f"    if {joined(rule, self._write, 'and')}: add({number})"]
        lines += ["    return found"]
        space: dict[str, Any] = {}
        exec("\n".join(lines), space)  # noqa: S102 - the text is made above, of rules that are made by seeded.py
        self.ask = space["ask"]

    @staticmethod
    def _write(of: Condition) -> str:
        if of.field.kind == "bool":
            return of.field.flat if of.value else f"not {of.field.flat}"
        return f"{of.field.flat} {of.operator} {of.value!r}"

    def fired(self, answer: Any) -> Iterable[int]:
        return answer
