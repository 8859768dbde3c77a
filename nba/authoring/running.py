"""Running cases: each one decided, and compared with what it expects."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nba.authoring.expected import Mismatch, mismatches
from nba.authoring.given import ready
from nba.authoring.naming import misnamed
from nba.authoring.reading import Where, WrittenCase, read_cases
from nba.decision import Decision
from nba.errors import InputError, Problem
from nba.orchestrator import Orchestrator


@dataclass(frozen=True)
class CaseResult:
    """What came of one case: expectations that do not hold, or errors in the case itself."""

    name: str
    source: str
    """`file:line`."""
    mismatches: tuple[Mismatch, ...] = ()
    problems: tuple[Problem, ...] = ()
    decision: Decision | None = None
    """None when the case could not be decided."""

    @property
    def passed(self) -> bool:
        """Whether everything is as expected."""
        return not self.mismatches and not self.problems

    def __str__(self) -> str:
        if self.passed:
            return f"passed: {self.name}"
        lines = [f"{'FAILED' if self.mismatches else 'ERROR'}: {self.name}", f"  --> {self.source}"]
        for of in self.mismatches:
            lines += [f"  {line}" for line in str(of).splitlines()]
        for problem in self.problems:
            lines += [f"  {line}" for line in problem.render().splitlines()]
        return "\n".join(lines)


@dataclass(frozen=True)
class CaseReport:
    """What came of all cases. `str()` tells each failure in full, and how many there were."""

    results: tuple[CaseResult, ...]

    @property
    def passed(self) -> bool:
        """Whether every case holds."""
        return all(result.passed for result in self.results)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the cases themselves."""
        return tuple(problem for result in self.results for problem in result.problems)

    @property
    def summary(self) -> str:
        """How many cases hold, in a line."""
        failed = sum(bool(of.mismatches) for of in self.results)
        wrong = sum(bool(of.problems) for of in self.results)
        parts = [f"{len(self.results) - failed - wrong} passed"]
        parts += [f"{failed} failed"] if failed else []
        parts += [f"{wrong} could not be run"] if wrong else []
        return f"{len(self.results)} {'case' if len(self.results) == 1 else 'cases'}: {', '.join(parts)}"

    def __str__(self) -> str:
        return "\n\n".join([*(str(result) for result in self.results if not result.passed), self.summary])

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data that JSON can carry."""
        return {
            "passed": self.passed,
            "summary": self.summary,
            "cases": [
                {
                    "name": of.name,
                    "source": of.source,
                    "passed": of.passed,
                    "mismatches": [
                        {
                            "what": one.what,
                            "expected": one.expected,
                            "actual": one.actual,
                            "why": list(one.why),
                            "source": one.span.location,
                        }
                        for one in of.mismatches
                    ],
                    "problems": [problem_dict(problem) for problem in of.problems],
                }
                for of in self.results
            ],
        }


def problem_dict(problem: Problem) -> dict[str, Any]:
    """A problem as plain data; line and column count from 1."""
    span = problem.span
    return {
        "level": problem.level,
        "code": problem.code,
        "message": problem.message,
        "file": span.source.name if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "help": problem.help,
    }


def run_cases(paths: Where | Iterable[Where], orchestrator: Orchestrator) -> CaseReport:
    """Decide every case in a file, a folder or several, and compare.

    A case that expects ids which nothing loaded has, or gives data that does not fit, does not pass: its `problems`
    say what and where.

    Raises:
        RulesError: a file is not written as cases are, or there are no cases.

    >>> import nba
    >>> print(run_cases(nba.shipped("car-dealer") / "cases", nba.load(nba.shipped("car-dealer"))))
    44 cases: 44 passed
    """
    listed = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    return CaseReport(tuple(run_case(written, orchestrator) for written in read_cases(listed)))


def run_case(written: WrittenCase, orchestrator: Orchestrator) -> CaseResult:
    """Decide one case and compare."""
    given, ruleset = written.case.given, orchestrator.ruleset
    input = ready(written, ruleset)
    problems = input.problems + misnamed(written, ruleset)
    name, source = written.case.name, written.span("name").location
    if problems:
        return CaseResult(name, source, problems=problems)
    try:
        decision = orchestrator.decide(
            input.profile,
            context=input.context,
            as_of=given.as_of,
            limit=given.most,
            signals=input.signals,
            proposed=given.proposed,
        )
    except InputError as error:  # an orchestrator may be stricter: `extra="forbid"`
        found = tuple(Problem("bad-data", f"{error.subject}: {fault}", written.span("given")) for fault in error.faults)
        return CaseResult(name, source, problems=found)
    return CaseResult(name, source, mismatches(written, decision), decision=decision)
