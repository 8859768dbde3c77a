"""What a proof finds: a verdict for each law, guarantee and invariant, with what shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from nba.decision import Decision
from nba.explanation.showing import plain
from nba.language.moments import write_instant
from nba.proof.witness import Witness

Verdict: TypeAlias = Literal["HOLDS BY RULES", "HOLDS BY LAW", "HOLDS", "DOES NOT HOLD", "UNKNOWN"]


@dataclass(frozen=True)
class Stop:
    """What stops a candidate in the example: a guard, law, gate or fault, with its place."""

    kind: str
    id: str
    source: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.id}" + (f" ({self.source})" if self.source else "")


@dataclass(frozen=True)
class Finding:
    """One verdict: of what, and why.

    `example` is the smallest profile that shows it, made to show it by a real decision; `decision` is that decision.
    """

    subject: str
    kind: Literal["law", "guarantee", "invariant"]
    verdict: Verdict
    why: str
    seconds: float
    source: str = ""
    example: Witness | None = None
    stopped_by: tuple[Stop, ...] = ()
    """What stops them in the example, beside the law itself."""
    notes: tuple[str, ...] = ()
    decision: Decision | None = field(default=None, repr=False, compare=False)

    @property
    def clean(self) -> bool:
        """Whether there is nothing to do about it."""
        return self.verdict in ("HOLDS BY RULES", "HOLDS BY LAW", "HOLDS")

    def to_dict(self) -> dict[str, Any]:
        """The finding as data that JSON can carry."""
        return {
            "subject": self.subject,
            "kind": self.kind,
            "verdict": self.verdict,
            "why": self.why,
            "seconds": round(self.seconds, 3),
            "source": self.source,
            "example": None if self.example is None else example_of(self.example),
            "stopped_by": [vars(of) for of in self.stopped_by],
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Proof:
    """What was proved of a set of rules, and under which assumptions."""

    findings: tuple[Finding, ...]
    assumptions: tuple[str, ...]
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether nothing fails to hold and nothing is unknown."""
        return all(of.clean for of in self.findings)

    def __getitem__(self, subject: str) -> Finding:
        return next(of for of in self.findings if of.subject == subject)

    def to_dict(self) -> dict[str, Any]:
        """The proof as data that JSON can carry."""
        return {
            "format": 1,
            "clean": self.clean,
            "seconds": round(self.seconds, 3),
            "findings": [of.to_dict() for of in self.findings],
            "assumptions": list(self.assumptions),
        }


def example_of(found: Witness) -> dict[str, Any]:
    """An example as plain data, without what is empty."""
    data: Mapping[str, Any] = {
        "profile": plain(found.profile),
        "context": plain(found.context),
        "settings": plain(found.settings),
        "as_of": write_instant(found.as_of),
    }
    return {name: of for name, of in data.items() if of or name == "profile"}
