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

# Much work through few lines, most of which other tests look at closely: counting lines would only make it slow.
_MUCH_WORK = (
    "plugins",
    "tests/guarantees",
    "tests/matching/test_durable_faults.py",
    "tests/matching/test_durable_memory.py",
    "tests/proof/test_analyse_holds.py",
    "tests/proof/test_encoding.py",
    "tests/proof/test_soundness.py",
    "tests/proof/test_what_catches_what.py",
    "tests/sample",
    "tests/test_choosing.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave coverage out where it costs most, and start there, so that no core is left with a long file at the end."""
    places = [Path(__file__).parent / path for path in _MUCH_WORK]
    is_much = {path: any(map(path.is_relative_to, places)) for path in {item.path for item in items}}
    for item in items:
        if is_much[item.path]:
            item.add_marker(pytest.mark.no_cover)
    items.sort(key=lambda item: not is_much[item.path])


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
