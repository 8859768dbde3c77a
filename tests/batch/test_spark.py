"""A real cluster of two executors: the same decisions as row by row, whatever the partitions."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import nba
from nba.batch import output
from nba.batch.spark import Rules
from tests.batch import on_spark

ROWS = 60
NEEDS = {
    "PySpark with pandas (pip install 'nba[spark]')": find_spec("pyspark") and find_spec("pandas"),
    "Java (17, say)": shutil.which("java"),
}
LACKS = [name for name, there in NEEDS.items() if not there]


@pytest.fixture(scope="module")
def ran() -> dict[str, Any]:
    if LACKS:
        pytest.skip(f"a Spark cluster needs {' and '.join(LACKS)}")
    root = Path(__file__).resolve().parents[2]
    process = subprocess.run(
        [sys.executable, "-m", "tests.batch.on_spark", "local-cluster[2,1,1024]", str(ROWS)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr[-3000:]
    found: dict[str, Any] = json.loads(process.stdout.strip().splitlines()[-1])
    return found


def expected() -> list[dict[str, Any]]:
    dealer = nba.load(on_spark.DEALER)
    found = []
    for id, value, (cases,) in on_spark.customers(ROWS):
        records = cases and [dict(zip(("id", "status", "severity"), case, strict=True)) for case in cases]
        profile = {"id": id, "value": value, "service": {"cases": records}}
        try:
            row = output.row_of(dealer.decide(profile, as_of=on_spark.AS_OF))
        except nba.ProfileError as error:
            row = output.row_of_error(error)
        row["actions"] = [{name: of for name, of in action.items() if of is not None} for action in row["actions"]]
        found.append({"id": id, **row})
    return sorted(found, key=lambda of: str(of["id"]))


@pytest.mark.slow
def test_two_executors_decide_as_decide_does_and_a_bad_row_fails_no_job(ran: dict[str, Any]) -> None:
    assert ran["executors"] == 2
    assert ran["one"] == expected()
    assert {of["outcome"] for of in ran["one"]} == {"action", "nothing_proposed", "invalid"}


@pytest.mark.slow
def test_partitions_and_order_do_not_change_decisions(ran: dict[str, Any]) -> None:
    assert ran["one"] == ran["three"]


def test_rules_travel_as_their_files(tmp_path: Path) -> None:
    for name, text in {"a/house.yaml": "house: h\ntimezone: UTC\n", "b/deep/pack.yaml": "pack: sales\n"}.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    rules = Rules.read(tmp_path / "a" / "house.yaml", tmp_path / "b")
    assert rules.load().ruleset.hash == nba.load(tmp_path / "a" / "house.yaml", tmp_path / "b").ruleset.hash


def test_rules_of_installed_packs_travel_by_name() -> None:
    rules = Rules.read(packs=["service"])
    assert rules.load().ruleset.hash == nba.load(packs=["service"]).ruleset.hash
