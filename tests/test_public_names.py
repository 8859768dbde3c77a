"""`import nba`: every public name is there, and none is paid for before it is used."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import nba

FILE = Path(nba.__file__)


def test_the_public_names_are_sorted_and_there() -> None:
    assert nba.__all__ == sorted(nba.__all__)
    assert set(nba.__all__) <= set(dir(nba))
    assert [name for name in nba.__all__ if getattr(nba, name, None) is None] == []


def test_each_name_comes_from_where_type_checkers_find_it() -> None:
    tree = ast.parse(FILE.read_text(encoding="utf-8"))
    [checked] = [of for of in tree.body if isinstance(of, ast.If) and ast.unparse(of.test) == "TYPE_CHECKING"]
    imports = [of for of in checked.body if isinstance(of, ast.ImportFrom)]
    homes = {alias.name: of.module for of in imports for alias in of.names}
    assert homes == nba._HOMES
    assert {*homes, "shipped"} == set(nba.__all__)


def test_a_name_that_there_is_not_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'nba' has no attribute 'lod'"):
        nba.lod  # type: ignore[attr-defined]  # noqa: B018  # what is tested


def test_importing_nba_imports_nothing_heavy_until_it_is_used() -> None:
    code = """
import json, sys, nba
before = sorted(sys.modules)
from nba import *
assert load(shipped("house")).decide({}, as_of="2026-01-01T00:00:00Z") is not None
print(json.dumps([before, sorted(sys.modules)]))
"""
    ran = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    before, after = map(set, json.loads(ran.stdout))
    assert {"pydantic", "yaml", "pluggy", "nba.loading"} <= after - before
    assert {of for of in before if of.startswith("nba.")} == {"nba.shipped"}
