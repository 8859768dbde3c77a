"""The Python blocks of every page run as tests: each page is one story, read from top to bottom."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

from tests.pages import write_files

# The doctests import every module, and these need durable_rules.
collect_ignore_glob = (
    ["nba/matching/durable/[mr]*.py", "nba/matching/crosscheck.py"]
    if sys.version_info >= (3, 13) or find_spec("durable_rules_engine") is None
    else []
)


@pytest.fixture
def page_folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, in which the files are that the page shows."""
    monkeypatch.chdir(tmp_path)
    return write_files(request.path, tmp_path)


def _prepare(namespace: dict[str, Any]) -> None:
    """What the conditions of `skip` may ask."""
    namespace["installed"] = lambda *names: all(find_spec(name) for name in names)


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()], patterns=["*.md"], fixtures=["page_folder"], setup=_prepare
).pytest()
