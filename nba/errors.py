"""What can go wrong, in one tree.

NbaError                    catch this one to catch all of ours
├── RulesError              the rules do not load; `problems` has every one of them, with its place
├── InputError              what was given to decide on is wrong; `faults` names every path
│   ├── ProfileError
│   ├── ContextError
│   └── MappingError        a row or object does not fit its mapping file
├── PluginError             an installed plugin cannot be used; names the plugin
└── MissingExtraError       an optional part is not installed; names the extra (also an ImportError)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from nba.source import Span

__all__ = [
    "ContextError",
    "EngineError",
    "Fault",
    "InputError",
    "MappingError",
    "MissingExtraError",
    "NbaError",
    "PluginError",
    "Problem",
    "ProfileError",
    "RulesError",
    "did_you_mean",
]


class NbaError(Exception):
    """The root of every error that nba raises on purpose."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in the rules: what, where, and how to mend it.

    >>> print(Problem("unknown-name", "`a.c` is not in the profile", help="did you mean `a.b`?").render())
    error[unknown-name]: `a.c` is not in the profile
    help: did you mean `a.b`?
    """

    code: str
    message: str
    span: Span | None = None
    help: str | None = None
    level: str = "error"

    def render(self) -> str:
        """The problem as text: message, place with carets, help."""
        lines = [f"{self.level}[{self.code}]: {self.message}"]
        if self.span is not None:
            lines += [f"  --> {self.span}", self.span.excerpt()]
        if self.help:
            lines.append(f"help: {self.help}")
        return "\n".join(lines)

    @property
    def order(self) -> tuple[str, int, str, str]:
        """The key by which problems are listed: by file, place, then words."""
        if self.span is None:
            return "", 0, self.code, self.message
        return self.span.source.name, self.span.start, self.code, self.message


class RulesError(NbaError):
    """The rules do not load. `problems` holds all that is wrong, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems), key=lambda problem: problem.order))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n\n".join(problem.render() for problem in self.problems)


@dataclass(frozen=True)
class Fault:
    """One path of a profile or context that is wrong.

    `found` names the type that was found and never repeats a value at length: profiles are personal data.

    >>> str(Fault("service.cases[0].open", found="text", wanted="true or false"))
    'service.cases[0].open: found text, wanted true or false'
    """

    path: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.path or '(the whole)'}: found {self.found}, wanted {self.wanted}"


class InputError(NbaError):
    """What was given to decide on is not usable. `faults` names every path."""

    subject: ClassVar[str] = "input"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        count = len(self.faults)
        head = f"the {self.subject} has {count} invalid {'field' if count == 1 else 'fields'}:"
        return "\n".join([head, *(f"  {fault}" for fault in self.faults)])


class ProfileError(InputError):
    """A profile does not fit its schema."""

    subject = "profile"


class ContextError(InputError):
    """A context does not fit its schema."""

    subject = "context"


class MappingError(InputError):
    """A row or object cannot be mapped onto a profile."""

    subject = "mapped row"


class PluginError(NbaError):
    """An installed plugin cannot be used. The message names the plugin and the fix."""


class EngineError(NbaError):
    """A rule engine cannot be used here, or two engines differ. The message says which, why, and what to do."""


class MissingExtraError(NbaError, ImportError):
    """An optional part of nba is used but its packages are not installed.

    >>> print(MissingExtraError("the command line", "cli"))
    the command line needs packages that are not installed: pip install 'nba[cli]'
    """

    def __init__(self, what: str, extra: str) -> None:
        self.what, self.extra = what, extra
        super().__init__(what, extra)  # what it is made from again, in another process

    def __str__(self) -> str:
        return f"{self.what} needs packages that are not installed: pip install 'nba[{self.extra}]'"


def did_you_mean(word: str, known: Iterable[str], *, what: str = "") -> str | None:
    """A help text that offers the nearest known word, or None when none is near.

    >>> did_you_mean("service.case", ["service.cases", "sales.lease"])
    'did you mean `service.cases`?'
    """
    if len(word) > 200:  # matching is quadratic, and nobody misspells a page
        return None
    near = nearest(word, known)
    if near is None:
        return None
    return f"did you mean {what + ' ' if what else ''}`{near}`?"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`: the same but for case, the same last part, or a near spelling."""
    candidates: Sequence[str] = sorted(set(known))
    for candidate in candidates:
        if candidate.casefold() == word.casefold():
            return candidate
    close = difflib.get_close_matches(word, candidates, n=1, cutoff=0.6)
    if close:
        return close[0]
    last = word.rpartition(".")[2]
    same_end = [candidate for candidate in candidates if candidate.rpartition(".")[2] == last]
    return same_end[0] if len(same_end) == 1 else None
