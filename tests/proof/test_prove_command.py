"""`nba prove` as a user sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nba.cli.app import app
from tests.proof.test_prove import NO_SELLING, SELL, load

RUN = CliRunner()


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    load(tmp_path / "rules", SELL, NO_SELLING)
    return tmp_path / "rules"


def test_a_proof_prints_verdicts_examples_assumptions_and_how_to_have_it_again(rules: Path) -> None:
    done = RUN.invoke(app, ["prove", str(rules), "--law", "it"])
    assert done.exit_code == 0
    for words in (
        "HOLDS BY LAW",
        "{owed: true}",
        "house.yaml:4",
        "Assumed",
        f"again: nba prove --rules {rules} --law it",
    ):
        assert words in done.stdout, done.stdout


def test_what_does_not_hold_exits_with_1_and_is_data_when_asked(rules: Path) -> None:
    done = RUN.invoke(app, ["prove", str(rules), "--invariant", "never tier growth", "--format", "json"])
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert found["findings"][0]["verdict"] == "DOES NOT HOLD"


def test_an_example_is_saved_as_a_case_that_passes(rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "examples.yaml"
    assert RUN.invoke(app, ["prove", str(rules), "--save", str(file)]).exit_code == 0
    assert RUN.invoke(app, ["test", str(file), "--rules", str(rules)]).exit_code == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--law", "itt"], "there is no law `itt`: did you mean `it`?"),
        (["--invariant", "given desk.owd never tier growth"], "did you mean `desk.owed`"),
        (["--same", ".", ".", "--law", "it"], "--same compares two folders"),
    ],
)
def test_wrong_input_exits_with_2_and_says_what_is_wrong(options: list[str], says: str, rules: Path) -> None:
    done = RUN.invoke(app, ["prove", str(rules), *options])
    assert done.exit_code == 2
    assert says in done.stderr


def test_two_folders_are_compared(rules: Path, tmp_path: Path) -> None:
    load(tmp_path / "other", "  - {id: sell, when: desk.owed, propose: offer, because: so}\n", NO_SELLING)
    assert RUN.invoke(app, ["prove", "--same", str(rules), str(rules)]).exit_code == 0
    done = RUN.invoke(app, ["prove", "--same", str(rules), str(tmp_path / "other")])
    assert done.exit_code == 1
    assert "The smallest profile on which they differ" in done.stdout
