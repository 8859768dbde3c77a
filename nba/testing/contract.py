"""What a pack owes to the packs beside it and to the house, as a class of tests that its author subclasses.

    class TestBilling(PackContract):
        pack = "billing"
        cases = "cases"

Each promise is a test of its own.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from nba.authoring.given import ready
from nba.orchestrator import Orchestrator
from nba.testing import guarantees
from nba.testing.conformance import ConformanceReport, check
from nba.testing.conformance.checks import CHECKS, functions_of
from nba.testing.conformance.subject import Subject, Where
from nba.testing.engines import assert_engines_agree
from nba.testing.examining import Check, assert_for_all
from nba.testing.measuring import cost
from nba.testing.metamorphic import (
    assert_forgetting_never_unblocks,
    assert_order_does_not_matter,
    assert_scores_stay_in_their_tier,
)


class PackContract:
    """The promises of a pack, each a test. Subclass it as `TestMyPack` with the name of the pack.

    The guarantees are tested on generated customers, with the pack beside those that its rules listen to.
    """

    pack: ClassVar[Where]
    """The name of an installed plugin, or a folder of YAML."""
    cases: ClassVar[Where | Sequence[Where]] = ()
    """Folders or files of cases, relative to the file of the test. Those in a folder of rules are found anyway."""
    others: ClassVar[Iterable[str] | None] = None
    """The installed packs to load beside it; all of them when not given."""
    plugins: ClassVar[Mapping[str, object] | None] = None
    """The pack's own module by its name, when it is not installed."""
    budget: ClassVar[float | None] = None
    """What a decision on a case of its own may cost on average, in thousands of steps of a plain Python loop."""
    examples: ClassVar[int] = 25
    """How many customers are generated for each guarantee."""

    @pytest.mark.parametrize("promise", [says for says, _ in CHECKS])
    def test_it_conforms(self, promise: str) -> None:
        """The checks of `nba.testing.conformance`."""
        __tracebackhide__ = True
        [found] = [of for of in self._report().checks if of.says == promise]
        if found.skipped:
            pytest.skip(found.skipped)
        if not found.passed:
            raise AssertionError(str(found))

    def test_no_action_is_ranked_above_one_of_a_higher_tier(self) -> None:
        """Precedence."""
        self._holds("no action is ranked above one of a higher tier", guarantees.precedence(self._rules()))

    def test_rules_act_on_what_is_certain_and_guards_on_doubt(self) -> None:
        """Proposals need certainty; guards act on doubt."""
        self._holds("rules act on what is certain, and guards on doubt", guarantees.certainty(self._rules()))

    def test_one_more_guard_unblocks_nothing(self) -> None:
        """Adding a guard never unblocks."""
        self._holds("one more guard unblocks nothing", guarantees.guards_only_block(self._rules()))

    def test_nothing_disappears(self) -> None:
        """Every candidate ends somewhere, and every rule that would have proposed one is told."""
        self._holds("nothing disappears", guarantees.nothing_disappears(self._rules()))

    def test_the_order_of_records_does_not_matter(self) -> None:
        """A feature that reads a list gives the same for any order of it."""
        assert_order_does_not_matter(self._rules(), examples=self.examples)

    def test_the_same_customer_gets_the_same_decision(self) -> None:
        """Determinism: a feature draws no random numbers and looks at no clock."""
        self._holds("the same customer gets the same decision", guarantees.repeats(self._rules()))

    def test_a_fault_makes_decisions_more_careful(self) -> None:
        """Each feature and gate of the pack is made to raise, in turn."""
        rules = self._rules()
        functions = list(functions_of(rules.ruleset, self._subject()))
        if not functions:
            pytest.skip("the pack has no feature or gate that could fail")
        self._holds("a fault unblocks nothing", guarantees.faults_make_careful(rules, functions))

    def test_every_engine_agrees(self) -> None:
        """All rule engines decide as the definition says."""
        assert_engines_agree(self._rules(), examples=self.examples)

    def test_not_knowing_a_field_unblocks_nothing(self) -> None:
        """Unless a rule says so in words."""
        assert_forgetting_never_unblocks(self._rules(), examples=self.examples)

    def test_a_raised_score_stays_in_its_tier(self) -> None:
        """No score lifts an action over a higher tier."""
        assert_scores_stay_in_their_tier(self._rules(), examples=self.examples)

    def test_nothing_that_needs_consent_goes_ahead_without_it(self) -> None:
        """Consent for the purpose, on the very channel."""
        rules = self._rules()
        if not any(of.purpose for of in rules.ruleset.actions.values()):
            pytest.skip("no action needs consent in this house")
        self._holds("nothing that needs consent goes ahead without it", guarantees.consent(rules))

    def test_a_decision_stays_within_its_budget(self) -> None:
        """The cost of a decision, on average over the pack's own cases."""
        if self.budget is None:
            pytest.skip("no budget is stated")
        found = _cost(self._subject())
        assert found <= self.budget, (
            f"a decision costs as much as {found:,.1f} thousand steps of a plain loop, and may cost {self.budget:,}"
        )

    def _holds(self, name: str, holds: Check) -> None:
        __tracebackhide__ = True
        assert_for_all(self._rules(), name, holds, examples=self.examples, draws=True)

    @classmethod
    def _rules(cls) -> Orchestrator:
        return cls._subject().near

    @classmethod
    def _subject(cls) -> Subject:
        """The pack, loaded once for all tests of the class."""
        kept: Subject | None = cls.__dict__.get("_kept_subject")
        if kept is None:
            kept = cls._kept_subject = _subject(cls)
        return kept

    @classmethod
    def _report(cls) -> ConformanceReport:
        kept: ConformanceReport | None = cls.__dict__.get("_kept_report")
        if kept is None:
            kept = cls._kept_report = check(cls._subject(), str(cls.pack))
        return kept

    _kept_subject: ClassVar[Subject | None] = None
    _kept_report: ClassVar[ConformanceReport | None] = None


def _subject(contract: type[PackContract]) -> Subject:
    here = Path(inspect.getfile(contract)).parent
    written = contract.cases
    listed = [written] if isinstance(written, str | os.PathLike) else list(written)
    paths = [here / of if (here / of).exists() else Path(of) for of in listed]
    pack: Where = contract.pack
    if not isinstance(pack, str) or os.sep in pack:
        pack = here / pack if (here / pack).exists() else pack
    return Subject.of(pack, paths, contract.others, contract.plugins)


def _cost(subject: Subject) -> float:
    """What a decision on a case costs on average."""
    asked = []
    for ran in subject.cases:
        given, input = ran.written.case.given, ready(ran.written, ran.orchestrator.ruleset)
        if not input.problems:
            asked.append((ran.orchestrator, input, given))
    if not asked:
        pytest.fail("there are no cases to measure a decision on", pytrace=False)

    def decide_all() -> None:
        for orchestrator, input, given in asked:
            orchestrator.decide(
                input.profile,
                context=input.context,
                as_of=given.as_of,
                limit=given.most,
                signals=input.signals,
                proposed=given.proposed,
            )

    return cost(decide_all) / len(asked)
