"""`nba sample`: JSON Lines for whoever reads them, words and a bar for whoever watches."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import nba
from nba.cli.app import app

DEALER = str(nba.shipped("car-dealer"))
AS_OF = "2026-11-22T09:00:00Z"


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["sample", "--rules", DEALER, *arguments])


def test_each_line_is_a_profile_that_can_be_decided_on() -> None:
    ran = run("--customers", "25", "--as-of", AS_OF)
    assert ran.exit_code == 0, ran.output
    profiles = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [of["id"].partition("-")[2] for of in profiles] == [str(number) for number in range(1, 26)]
    dealer = nba.load(DEALER, extra="forbid")
    assert {dealer.decide(of, as_of=AS_OF).outcome for of in profiles} <= {"action", "all_blocked", "nothing_proposed"}
    assert ran.stderr == ""


def test_a_file_is_written_and_words_say_how_to_decide_on_it(tmp_path: Path) -> None:
    file = tmp_path / "customers.jsonl"
    ran = run("-n", "3", "--seed", "5", "--as-of", AS_OF, "-o", str(file))
    assert ran.exit_code == 0, ran.output
    assert ran.stdout == ""
    assert "3 customers" in ran.stderr
    assert f"as of {AS_OF}, seed 5" in ran.stderr
    assert file.read_bytes() == run("-n", "3", "--seed", "5", "--as-of", AS_OF, "-o", "-").stdout_bytes


def test_without_an_instant_the_customers_are_the_same_until_tomorrow() -> None:
    days = [datetime.now(UTC).date()]
    made = run("-n", "20").stdout
    days.append(datetime.now(UTC).date())  # midnight may have passed
    assert made in {run("-n", "20", "--as-of", f"{day}T00:00:00Z").stdout for day in days}


def test_the_context_they_live_in_is_written_too(tmp_path: Path) -> None:
    file = tmp_path / "context.json"
    ran = run("-n", "1", "--write-context", str(file))
    assert ran.exit_code == 0, ran.output
    assert json.loads(file.read_text(encoding="utf-8"))["stock"]


@pytest.mark.parametrize("where", ["missing/customers.jsonl", ".", "a\0b"])
def test_a_file_that_cannot_be_written_is_told(where: str, tmp_path: Path) -> None:
    ran = run("-n", "1", "-o", f"{tmp_path}/{where}")
    assert ran.exit_code == 2
    assert "cannot be written" in ran.stderr


@pytest.mark.parametrize("wrong", [["-n", "-1"], ["-n", "many"], ["--seed", "x"], ["--as-of", "noon"]])
def test_wrong_options_are_told(wrong: list[str]) -> None:
    ran = run(*wrong)
    assert ran.exit_code == 2
    assert "Traceback" not in ran.output


def test_no_customers_are_no_lines() -> None:
    assert run("-n", "0").stdout == ""
