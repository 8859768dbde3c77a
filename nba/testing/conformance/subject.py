"""The pack under test: how it loads, alone and beside others, and what its cases decide."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from nba.authoring import CaseResult, run_case
from nba.authoring.reading import WrittenCase, read_cases
from nba.authoring.written import WrittenPack, written_packs
from nba.loading import load, load_rules
from nba.orchestrator import Orchestrator
from nba.plugins import Plugin, installed, load_installed, read_plugin

Where: TypeAlias = str | os.PathLike[str]


@dataclass(frozen=True)
class Ran:
    """A case with the rules that it was decided by, and what came of it."""

    written: WrittenCase
    orchestrator: Orchestrator
    packs: tuple[str, ...]
    """The installed packs beside the one under test."""
    result: CaseResult


@dataclass(frozen=True)
class Subject:
    """A pack, and what it takes to load it."""

    paths: tuple[str, ...]
    names: tuple[str, ...]
    """The installed plugin, when it is one."""
    plugins: Mapping[str, object] | None
    case_paths: tuple[Path, ...]
    beside: tuple[str, ...] | None

    @staticmethod
    def of(
        pack: Where, cases: Where | Iterable[Where], others: Iterable[str] | None, plugins: Mapping[str, object] | None
    ) -> Subject:
        """The pack that is meant. A text is the name of a plugin where there is one, else a path."""
        paths = tuple(map(Path, [cases] if isinstance(cases, str | os.PathLike) else cases))
        beside = None if others is None else tuple(sorted(others))
        if plugins is not None:
            if set(plugins) != {pack}:
                raise ValueError(f'plugins should be the one module of the pack: plugins={{"{pack}": module}}')
            return Subject((), (), plugins, paths, beside)
        if isinstance(pack, str) and (pack in installed() or not os.path.exists(pack)):
            return Subject((), (pack,), None, paths, beside)
        return Subject((str(pack),), (), None, paths, beside)

    def load(self, packs: Iterable[str] = ()) -> Orchestrator:
        """The rules of the pack, with these installed packs beside it."""
        wanted = [*self.names, *packs]
        return load(*self.paths, packs=wanted or None, plugins=self.plugins)

    @cached_property
    def alone(self) -> Orchestrator:
        """The pack as it loads alone."""
        return self.load()

    @cached_property
    def together(self) -> Orchestrator:
        """The pack beside all others."""
        return self.load(self.others) if self.others else self.alone

    @cached_property
    def near(self) -> Orchestrator:
        """The pack beside those that its rules listen to, so that all of its rules are active."""
        listened = [name for name in self.others if name in self.listened]
        return self.load(listened) if listened else self.alone

    @cached_property
    def own(self) -> tuple[str, ...]:
        """The names of the packs under test: one, or all of a folder of rules."""
        return tuple(of.name for of in self.alone.ruleset.packs)

    @cached_property
    def plugin(self) -> Plugin | None:
        """What the pack brings beside YAML."""
        if self.names:
            return load_installed(self.names)[0]
        return next((read_plugin(name, module) for name, module in (self.plugins or {}).items()), None)

    @cached_property
    def written(self) -> dict[str, WrittenPack]:
        """The pack's own YAML."""
        return written_packs(self.plugin.packs if self.plugin else self.paths)

    @cached_property
    def others(self) -> tuple[str, ...]:
        """The installed packs to load beside it; none that has its name."""
        if self.beside is not None:
            return self.beside
        mine = {*self.own, *self.names, *(self.plugins or ())}
        return tuple(name for name in installed() if name not in mine)

    @property
    def absent(self) -> list[str]:
        """The packs that its rules wait for, and that are not there to load."""
        return sorted(self.listened - {*self.others, *self.own})

    @property
    def listened(self) -> set[str]:
        """The packs that its rules name under `with:`."""
        return {name for pack in self.written.values() for name in pack.listens_to}

    @cached_property
    def cases(self) -> tuple[Ran, ...]:
        """Every case, decided where it holds: alone, beside the packs that its rules listen to, or beside all."""
        near = tuple(name for name in self.others if name in self.listened)
        ways: list[tuple[tuple[str, ...], Orchestrator]] = [((), self.alone)]
        if near and near != self.others:
            ways.append((near, self.near))
        if self.others:
            ways.append((self.others, self.together))
        paths = [*self.case_paths, *self._cases_beside()]
        return tuple(_ran(written, ways) for written in read_cases(paths)) if paths else ()

    def _cases_beside(self) -> list[Path]:
        """The files of cases in a folder of rules, but for those that are named anyway."""
        named = [path.resolve() for path in self.case_paths]
        found = [file for _, file in load_rules(*self.paths).cases] if self.paths else []
        return [file for file in found if not any(file.resolve().is_relative_to(path) for path in named)]

    @cached_property
    def sections(self) -> set[str]:
        """The sections of the profile that are the pack's own."""
        brought = set(self.plugin.sections) if self.plugin else set()
        return brought | {of.section for of in self.written.values() if of.section}


def _ran(written: WrittenCase, ways: Iterable[tuple[tuple[str, ...], Orchestrator]]) -> Ran:
    tried = []
    for packs, orchestrator in ways:
        ran = Ran(written, orchestrator, packs, run_case(written, orchestrator))
        if ran.result.passed:
            return ran
        tried.append(ran)
    # The first that could be decided tells best what is wrong.
    return next((of for of in tried if not of.result.problems), tried[-1])
