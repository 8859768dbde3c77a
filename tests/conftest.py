"""What many tests share: small rule sets, written where the test wants them."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import nba
from nba.errors import Problem

HOUSE = "house: example\ntimezone: UTC\n"
"""A house that asks for nothing: no consent, no laws."""

Texts = str | Mapping[str, str]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Texts], Path]:
    """Writes a rules folder: texts by file name, or one text as `pack.yaml` in a house that asks for nothing."""

    def write_texts(texts: Texts) -> Path:
        files = {"house.yaml": HOUSE, "pack.yaml": texts} if isinstance(texts, str) else texts
        for name, text in files.items():
            file = tmp_path / "rules" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(dedent(text), encoding="utf-8")
        return tmp_path / "rules"

    return write_texts


@pytest.fixture
def load(write: Callable[[Texts], Path]) -> Callable[..., nba.Orchestrator]:
    """Writes a rules folder and loads it."""
    return lambda texts, **options: nba.load(write(texts), **options)


@pytest.fixture
def refused(load: Callable[..., nba.Orchestrator]) -> Callable[..., tuple[Problem, ...]]:
    """Writes a rules folder that does not load, and gives all that is wrong with it."""

    def problems(texts: Texts, **options: Any) -> tuple[Problem, ...]:
        with pytest.raises(nba.RulesError) as caught:
            load(texts, **options)
        for problem in caught.value.problems:
            assert problem.message
            assert problem.render().startswith(f"error[{problem.code}]: ")
        return caught.value.problems

    return problems


@pytest.fixture
def plugin() -> Callable[..., object]:
    """Makes a plugin from functions by the names of the hooks, or from what the hooks should return."""

    def make(**hooks: Any) -> object:
        module = types.ModuleType("plugin_under_test")
        for name, of in hooks.items():
            function = of if callable(of) else (lambda answer: lambda: answer)(of)
            function.__name__ = name
            setattr(module, name, nba.hookimpl(function))
        return module

    return make
