"""`nba bench`: what is told, and what is said to bad input; not how long anything takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import nba
from nba.cli.app import app

DEALER = str(nba.shipped("car-dealer"))
AS_OF = "2026-11-22T09:00:00Z"


def run(*arguments: str, stdin: str | None = None) -> Any:
    return CliRunner().invoke(
        app, ["bench", "--rules", DEALER, "--as-of", AS_OF, "--seconds", "0.05", *arguments], input=stdin
    )


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Two profiles and an empty line."""
    file = tmp_path / "people.jsonl"
    broken = {"id": "C-2", "service": {"cases": [{"id": "K1", "status": "open", "severity": "high"}]}}
    file.write_text(f'{{"id": "C-1"}}\n\n{json.dumps(broken)}\n', encoding="utf-8")
    return file


def test_it_tells_latencies_rates_and_parts_of_sample_customers() -> None:
    ran = run("-n", "12", "--format", "json")
    assert ran.exit_code == 0, ran.output
    assert ran.stderr == ""
    found = json.loads(ran.stdout)
    assert found["profiles"] == sum(found["outcomes"].values()) == 12
    assert found["matcher"] == "native"
    assert found["latency"].keys() == {"decide", "reading", "explain", "to_json"}
    for of in found["latency"].values():
        assert 0 < of["p50_us"] <= of["p90_us"] <= of["p99_us"] <= of["max_us"]
        assert of["calls"] >= 10
    assert found["throughput"]["rows"]["decisions_a_second"] > 0
    names = [of["name"] for of in found["parts"]]
    assert {"service.recovery_owed", "sales.renew_a_lease_that_ends", "no_selling_while_recovery_is_owed"} <= {*names}
    times = [of["mean_us"] for of in found["parts"]]
    assert times == sorted(times, reverse=True)


def test_it_measures_on_the_profiles_of_a_file(people: Path) -> None:
    found = json.loads(run("--profiles", str(people), "--format", "json").stdout)
    assert found["outcomes"] == {"action": 1, "nothing_proposed": 1}


def test_it_takes_what_sample_writes_from_stdin() -> None:
    written = CliRunner().invoke(app, ["sample", "--rules", DEALER, "-n", "3", "--as-of", AS_OF]).stdout
    ran = run("--profiles", "-", "--format", "json", stdin=written)
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)["profiles"] == 3


def test_rows_are_mapped_first(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"Customer": "C-9"}\n', encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text("mapping: rows\nfields: {id: Customer}\n", encoding="utf-8")
    ran = run("--profiles", str(tmp_path / "rows.jsonl"), "--map", str(tmp_path / "mapping.yaml"), "--format", "json")
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)["profiles"] == 1


def test_people_get_tables(people: Path) -> None:
    ran = run("--profiles", str(people), "--top", "2")
    assert ran.exit_code == 0, ran.output
    assert "2 profiles (1 action, 1 nothing_proposed)" in ran.stdout
    for told in ("How long it takes", "Decisions a second", "features and signals", "rules and laws", "99 %"):
        assert told in ran.stdout


def test_no_parts_are_shown_when_none_are_asked_for(people: Path) -> None:
    assert "expensive" not in run("--profiles", str(people), "--top", "0").stdout


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("", "holds no profiles"),
        ("\n\n", "holds no profiles"),
        ('{"id": "C-1"}\nnonsense\n', "line 2"),
        ('{"id": "C-1"}\n\n{"id": 5}\n', "line 3"),
        ("[1]\n", "line 1"),
    ],
)
def test_a_file_that_does_not_hold_profiles_is_told_with_its_line(lines: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "people.jsonl"
    file.write_text(lines, encoding="utf-8")
    ran = run("--profiles", str(file))
    assert ran.exit_code == 2
    assert told in ran.stderr
    assert ran.stdout == ""
    assert "Traceback" not in ran.output


@pytest.mark.parametrize("where", ["missing.jsonl", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_told(where: str, tmp_path: Path) -> None:
    ran = run("--profiles", f"{tmp_path}/{where}")
    assert ran.exit_code == 2
    assert "cannot be read" in ran.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        ["--seconds", "0"],
        ["--seconds", "-1"],
        ["--seconds", "nan"],
        ["--seconds", "inf"],
        ["--seconds", "soon"],
        ["-n", "0"],
        ["--seed", "x"],
        ["--limit", "0"],
        ["--as-of", "noon"],
        ["--matcher", "abacus"],
        ["--top", "-1"],
        ["--map", "mapping.yaml"],
        ["--context", "no-such-file.json"],
    ],
)
def test_wrong_options_are_told(wrong: list[str]) -> None:
    ran = run("-n", "2", *wrong)
    assert ran.exit_code == 2, ran.output
    assert ran.stderr
    assert "Traceback" not in ran.output


def test_a_context_that_does_not_fit_is_told(tmp_path: Path, people: Path) -> None:
    (tmp_path / "context.json").write_text('{"stock": 5}', encoding="utf-8")
    ran = run("--profiles", str(people), "--context", str(tmp_path / "context.json"))
    assert ran.exit_code == 2
    assert "context.json" in ran.stderr
