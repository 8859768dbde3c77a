"""What an analysis finds: issues with their places and reasons, and what could not be settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from nba.decision import Decision
from nba.proof.findings import example_of
from nba.proof.witness import Witness

Kind: TypeAlias = Literal[
    "unreachable-rule",
    "always-blocked",
    "laws-contradict",
    "law-never-applies",
    "never-wins",
    "subsumed-rule",
    "idle-condition",
    "gap",
    "flips-on-missing",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
Severity: TypeAlias = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Reason:
    """A part of why: a condition, guard, law or gate, with its place."""

    text: str
    source: str = ""

    def __str__(self) -> str:
        return self.text + (f" ({self.source})" if self.source else "")


@dataclass(frozen=True)
class Example:
    """A customer who shows it, decided for real."""

    title: str
    given: Witness
    decision: Decision = field(repr=False, compare=False)


@dataclass(frozen=True)
class Issue:
    """One thing that is wrong with the rules, or worth knowing of them.

    `reasons` are minimal: without one of them it would not be so.
    """

    kind: Kind
    severity: Severity
    subject: str
    """The id of the rule, law, action, signal or place that it is about."""
    message: str
    source: str = ""
    """`file:line`."""
    reasons: tuple[Reason, ...] = ()
    help: str = ""
    examples: tuple[Example, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.severity}[{self.kind}]: {self.message}"]
        lines += [f"  --> {self.source}"] if self.source else []
        lines += [f"  - {reason}" for reason in self.reasons]
        lines += [f"help: {self.help}"] if self.help else []
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The issue as data that JSON can carry."""
        return {
            "kind": self.kind,
            "severity": self.severity,
            "subject": self.subject,
            "message": self.message,
            "source": self.source,
            "reasons": [vars(of) for of in self.reasons],
            "help": self.help,
            "examples": [{"title": of.title, **example_of(of.given)} for of in self.examples],
        }


@dataclass(frozen=True)
class Unsettled:
    """A question that could not be answered, and why."""

    kind: Kind
    subject: str
    why: str
    source: str = ""


@dataclass(frozen=True)
class Analysis:
    """All that an analysis found. `str()` tells it all."""

    issues: tuple[Issue, ...]
    unsettled: tuple[Unsettled, ...] = ()
    summary: str = ""
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether there are no errors and no warnings."""
        return all(of.severity == "info" for of in self.issues)

    def of(self, kind: Kind) -> tuple[Issue, ...]:
        """The issues of a kind."""
        return tuple(issue for issue in self.issues if issue.kind == kind)

    def __str__(self) -> str:
        return "\n\n".join([*map(str, self.issues), *self.open_questions(), self.summary])

    def open_questions(self) -> list[str]:
        """What is not settled in words, each reason once."""
        found: dict[tuple[Kind, str], list[Unsettled]] = {}
        for of in self.unsettled:
            found.setdefault((of.kind, of.why), []).append(of)
        return [
            "\n".join([f"not settled[{kind}]: {why}", *(f"  - `{of.subject}` ({of.source})" for of in questions)])
            for (kind, why), questions in found.items()
        ]

    def to_dict(self) -> dict[str, Any]:
        """The analysis as data that JSON can carry."""
        return {
            "format": 1,
            "clean": self.clean,
            "summary": self.summary,
            "seconds": round(self.seconds, 3),
            "issues": [of.to_dict() for of in self.issues],
            "unsettled": [vars(of) for of in self.unsettled],
        }


def listed(items: Sequence[str], word: str = "and") -> str:
    """A few things in a sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    *others, last = items
    return f"{', '.join(others)} {word} {last}" if others else last


def quoted(items: Sequence[str], word: str = "and", most: int = 4) -> str:
    """A few ids or conditions in a sentence, each in quotes."""
    found = [f"`{of}`" for of in items[:most]]
    return listed([*found, f"{len(items) - most} more"] if len(items) > most else found, word)
