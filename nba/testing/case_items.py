"""Cases in YAML as items of pytest: one a case, its name the sentence."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest._code.code import ReprEntryNative, ReprExceptionInfo, ReprFileLocation, ReprTraceback

from nba.authoring import CaseResult, run_case
from nba.authoring.given import ready
from nba.authoring.naming import misnamed
from nba.authoring.reading import WrittenCase, cases_of
from nba.documents.decoding import decode
from nba.documents.nodes import bare, plain
from nba.documents.yaml import read
from nba.errors import NbaError, RulesError
from nba.orchestrator import Orchestrator
from nba.testing.again import PYTEST
from nba.testing.case_rules import HOW, Loader
from nba.testing.saving import save_case, where_to_save

LOADER = pytest.StashKey[Loader]()
_CASES = re.compile(r"^cases:", re.MULTILINE)
_OURS = re.compile(r"\b(?:given|expect):")


def is_ours(file: Path, root: Path) -> bool:
    """Whether a file is one of cases: other plugins collect YAML, too, and `fixtures` hold data."""
    below = file.relative_to(root) if file.is_relative_to(root) else file
    if file.suffix not in (".yaml", ".yml") or "fixtures" in below.parts:
        return False
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return _CASES.search(text) is not None and _OURS.search(text) is not None


class CaseFile(pytest.File):
    """A file of cases. What is wrong with how it is written is told when it is collected."""

    def collect(self) -> Iterator[CaseItem]:
        """The cases, each an item."""
        try:
            found = cases_of(read(decode(self.shown, self.path.read_bytes())), self.path)
            orchestrator = self._orchestrator()
            problems = [
                problem
                for written in found
                for problem in ready(written, orchestrator.ruleset).problems + misnamed(written, orchestrator.ruleset)
            ]
            if problems:
                raise RulesError(problems)
        except RulesError as error:
            raise self.CollectError(str(error)) from None
        for written in found:
            yield CaseItem.from_parent(self, name=written.case.name, written=written, orchestrator=orchestrator)

    def _orchestrator(self) -> Orchestrator:
        loader = self.config.stash[LOADER]
        rules = loader.rules_for(self.path)
        if not rules:
            raise self.CollectError(f"no rules are known for {self.shown}\nhelp: {HOW}")
        try:
            return loader.load(rules)
        except NbaError as error:
            named = " and ".join(map(_shown, [*rules.paths, *rules.packs]))
            raise self.CollectError(f"the rules for {self.shown} do not load ({named})\n\n{error}") from None

    @property
    def shown(self) -> str:
        """The file as the user would name it."""
        return _shown(self.path)


class CaseFailed(Exception):
    """A case does not hold."""


class CaseItem(pytest.Item):
    """One case, decided and compared."""

    def __init__(self, *, written: WrittenCase, orchestrator: Orchestrator, **options: Any) -> None:
        super().__init__(**options)
        self.written, self.orchestrator = written, orchestrator
        self.result: CaseResult | None = None

    def runtest(self) -> None:
        """Decide the case.

        Raises:
            CaseFailed: something is not as it is expected.
        """
        self.result = run_case(self.written, self.orchestrator)
        if not self.result.passed:
            raise CaseFailed

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case stands."""
        return self.path, self.written.span("name").line - 1, f"case: {self.name}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What is not as expected, with the explanation, and how to run just this case again."""
        result = self.result
        if not isinstance(excinfo.value, CaseFailed) or result is None:
            return super().repr_failure(excinfo, style)
        lines = [str(result), "", f"again: {self._again()}"]
        folder = where_to_save()
        if folder is not None and result.decision is not None:
            expect = bare(plain(self.written.node))["expect"]
            lines.append(f"saved: {_shown(save_case(folder, result.decision.to_case(self.name, expect)))}")
        first = result.mismatches[0] if result.mismatches else None
        line = (first.span if first else self.written.span("name")).line
        short = f"{first.what}: expected {first.expected}, but got {first.actual}" if first else "cannot be decided"
        # What pytest itself makes of a traceback: such a one travels between the processes of pytest-xdist.
        entry = ReprEntryNative(["\n".join(lines) + "\n"])
        place = ReprFileLocation(_shown(self.path), line, f"{self.path.name}:{line}: {short}")
        return ReprExceptionInfo(ReprTraceback([entry], None, style="native"), place)

    def _again(self) -> str:
        command = os.environ.get(PYTEST, "python -m pytest")
        return f"{command} {shlex.quote(f'{_shown(self.path)}::{self.name}')}"


def _shown(path: object) -> str:
    """A path relative to the current folder where it is below it."""
    if not isinstance(path, Path):
        return str(path)
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else Path(relative).as_posix()
