"""`nba.testing`: every public name is there, none is paid for before it is used, and what is missing is said."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import nba.testing

FILE = Path(nba.testing.__file__)


def test_the_public_names_are_sorted_and_there() -> None:
    assert nba.testing.__all__ == sorted(nba.testing.__all__)
    assert set(nba.testing.__all__) <= set(dir(nba.testing))
    assert [name for name in nba.testing.__all__ if getattr(nba.testing, name, None) is None] == []


def test_each_name_comes_from_where_type_checkers_find_it() -> None:
    tree = ast.parse(FILE.read_text(encoding="utf-8"))
    [checked] = [of for of in tree.body if isinstance(of, ast.If) and ast.unparse(of.test) == "TYPE_CHECKING"]
    imports = [of for of in checked.body if isinstance(of, ast.ImportFrom)]
    homes = {alias.name: of.module for of in imports for alias in of.names}
    assert homes == nba.testing._HOMES
    assert set(homes) == set(nba.testing.__all__)


def test_a_name_that_there_is_not_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'nba\.testing' has no attribute 'invarant'"):
        nba.testing.invarant  # type: ignore[attr-defined]  # noqa: B018  # what is tested


def test_without_the_extra_its_name_is_told() -> None:
    code = """
import sys
sys.modules["hypothesis"] = sys.modules["pytest"] = None
import nba.testing
from nba.errors import MissingExtraError
for name in ("assert_invariant", "PackContract", "customers"):
    try:
        getattr(nba.testing, name)
    except MissingExtraError as error:
        print(error)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    told = "needs packages that are not installed: pip install 'nba[testing]'"
    lines = ran.stdout.splitlines()
    assert len(lines) == 3
    assert [line for line in lines if not line.endswith(told)] == []
