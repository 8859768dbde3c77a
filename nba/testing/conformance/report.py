"""What came of checking a pack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One thing that keeps a pack from conforming: what, where, and how to mend it."""

    message: str
    source: str | None = None
    """`file:line`, where there is one."""
    help: str | None = None

    def __str__(self) -> str:
        lines = [self.message]
        if self.source:
            lines.append(f"  --> {self.source}")
        if self.help:
            lines.append(f"  help: {self.help}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Check:
    """One promise of a pack, and what speaks against it."""

    says: str
    findings: tuple[Finding, ...] = ()
    note: str = ""
    """What was looked at, in a few words."""
    skipped: str = ""
    """Why it could not be looked at."""
    fatal: bool = False
    """Without this one, the others cannot be looked at."""

    @property
    def passed(self) -> bool:
        """Whether it was looked at, and holds."""
        return not self.findings and not self.skipped

    def __str__(self) -> str:
        mark = "ok  " if self.passed else "--  " if self.skipped else "FAIL"
        about = self.note or self.skipped
        lines = [f"{mark} {self.says}" + (f" ({about})" if about else "")]
        lines += [f"       {line}" for of in self.findings for line in str(of).splitlines()]
        return "\n".join(lines)


@dataclass(frozen=True)
class ConformanceReport:
    """What came of all checks of a pack. `str()` tells each in a line, and what is wrong in full."""

    pack: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether the pack conforms: every check was made, and holds."""
        return all(check.passed for check in self.checks)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that keeps the pack from conforming."""
        return tuple(finding for check in self.checks for finding in check.findings)

    def __str__(self) -> str:
        count = len(self.findings)
        end = "it conforms" if self.passed else f"{count} {'finding' if count == 1 else 'findings'}"
        return "\n".join([self.pack, *(f"  {line}" for of in self.checks for line in str(of).splitlines()), end])

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data that JSON can carry."""
        return {
            "pack": self.pack,
            "passed": self.passed,
            "checks": [
                {
                    "says": of.says,
                    "passed": of.passed,
                    "skipped": of.skipped or None,
                    "findings": [vars(finding) for finding in of.findings],
                }
                for of in self.checks
            ],
        }
