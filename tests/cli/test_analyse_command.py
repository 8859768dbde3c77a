"""`nba analyse`: what it prints where, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import nba
from nba.authoring import run_cases
from nba.cli.app import app
from tests.proof.rules import shop

BAD = """
rules:
  - {id: go, when: shop.age < 5, propose: offer, because: x}
  - {id: stop, when: shop.age < 5, block: {tier: growth}, because: not now}
"""
FINE = "rules:\n  - {id: go, when: shop.age < 5, propose: offer, because: x}\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["analyse", *map(str, arguments)], env={"NO_COLOR": "1", "COLUMNS": "100"})


def test_findings_are_printed_with_their_place_and_the_command_ends_with_1(tmp_path: Path) -> None:
    shop(tmp_path, BAD)
    result = run(tmp_path, "--only", "always-blocked")
    assert result.exit_code == 1
    assert result.stderr == ""
    assert result.stdout == (
        "error[always-blocked]: action `shop.offer` is blocked by `shop.stop` wherever it is proposed\n"
        "  --> shop.yaml:10\n"
        "  - rule `shop.stop`: not now (shop.yaml:4)\n"
        "help: without `shop.stop` it can get through\n"
        'example: it is proposed, and blocked: {"profile": {"shop": {"age": 0}}}\n'
        "\n"
        "2 rules, 0 laws, 5 actions: 1 finding\n"
    )


def test_information_alone_ends_with_0_and_json_says_the_same(tmp_path: Path) -> None:
    shop(tmp_path, FINE)
    result = run("--rules", tmp_path, "--only", "gap", "--format", "json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["clean"] is True
    assert [of["kind"] for of in told["issues"]] == ["gap"]
    assert told["issues"][0]["examples"][0]["profile"] == {}


def test_examples_are_saved_as_cases_that_pass(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    shop(rules, BAD)
    file = tmp_path / "found.yaml"
    result = run(rules, "--only", "always-blocked", "--save", file)
    assert (result.exit_code, result.stderr) == (1, f"1 case in {file}\n")
    report = run_cases(file, nba.load(rules))
    assert report.passed, str(report)
    assert [of.name for of in report.results] == ["always-blocked: shop.offer: it is proposed, and blocked"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--only", "gaps"), "error: --only: there is no kind of finding `gaps`: did you mean `gap`?"),
        (("--rules", "nowhere"), "there is no file or folder `nowhere`"),
    ],
)
def test_what_cannot_be_read_ends_with_2(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    shop(tmp_path, FINE)
    result = run(tmp_path, *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stdout == ""
