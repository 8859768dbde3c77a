"""Files: every row once, whatever happens on the way."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import nba
from nba.batch import output
from nba.cli.app import app

AS_OF = "2026-11-22T09:00:00Z"
DEALER = str(nba.shipped("car-dealer"))
SERVICE = {"cases": [{"id": "K1", "status": "open", "severity": "high"}]}


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, ["batch", "--rules", DEALER, *map(str, arguments)])


def customers(path: Path, count: int, group: int = 700) -> Path:
    ids = pa.array([f"C-{of}" for of in range(count)])
    service = pa.array([SERVICE, {"cases": []}, {"cases": []}]).take(pa.array([of % 3 for of in range(count)]))
    pq.write_table(pa.table({"id": ids, "service": service}), path, row_group_size=group)
    return path


def expected(count: int) -> list[tuple[int, str, str]]:
    return [(of, f"C-{of}", "nothing_proposed" if of % 3 else "action") for of in range(count)]


def found(path: Path) -> list[tuple[int, str, str]]:
    return [(of["row"], of["id"], of["outcome"]) for of in pq.read_table(path).to_pylist()]


def test_each_row_of_a_parquet_file_is_decided(tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    ran = run(customers(tmp_path / "in.parquet", 2000), "-o", target, "--as-of", AS_OF, "--part", "300")
    assert ran.exit_code == 0, ran.output
    assert ran.stdout == ""
    assert "2,000 rows in" in ran.stderr
    assert found(target) == expected(2000)
    assert sorted(of.name for of in tmp_path.iterdir()) == ["in.parquet", "out.parquet"]


def test_json_lines_get_what_decide_gives_them_and_bad_lines_are_rows_with_an_error(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "C-1", "service": SERVICE}),
        "",
        "{",
        json.dumps({"id": "C-2", "value": "x"}),
        "[1]",
        "{}",
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    ran = run(tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl", "--as-of", AS_OF)
    assert ran.exit_code == 1, ran.output
    assert "warning: 3 rows have errors" in ran.stderr
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [of["outcome"] for of in rows] == ["action", "invalid", "invalid", "invalid", "nothing_proposed"]
    assert [of["row"] for of in rows] == list(range(5))
    first = nba.load(DEALER).decide({"id": "C-1", "service": SERVICE}, as_of=AS_OF)
    assert {name: rows[0][name] for name in output.SCHEMA.names} == output.row_of(first)
    assert rows[2]["id"] == "C-2"
    assert rows[2]["errors"] == [{"origin": "profile", "message": "value: found text, wanted a number"}]


def test_half_a_character_is_a_row_with_an_error_not_the_end_of_the_run(tmp_path: Path) -> None:
    lines = ['{"id": "\\ud800"}', '{"id": "C-2", "propensities": {"\\ud800": "x"}}', '{"id": "C-3"}']
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    ran = run(tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl", "--as-of", AS_OF)
    assert ran.exit_code == 1, ran.output
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [of["id"] for of in rows] == ["\\ud800", "C-2", "C-3"]
    assert [of["outcome"] for of in rows] == ["invalid", "invalid", "nothing_proposed"]


def test_a_csv_file_is_mapped_and_a_row_of_another_length_is_a_row_with_an_error(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text("{mapping: m, fields: {id: Customer, value: {from: Worth, type: number}}}")
    (tmp_path / "in.csv").write_text('Customer,Worth\n"a\nb",12.5\nc,\nd,x\ne\nf,1,2\n', encoding="utf-8")
    ran = run(
        tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--as-of", AS_OF, "--map", tmp_path / "map.yaml", "--part", 2
    )
    assert ran.exit_code == 1, ran.output
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [of["id"] for of in rows] == ["a\nb", "c", "d", "", ""]
    assert [of["outcome"] for of in rows] == ["nothing_proposed"] * 2 + ["invalid"] * 3
    assert json.loads(rows[3]["errors"])[0]["message"].endswith("the row has 1 cells, and the table 2 columns")


def test_data_that_does_not_fit_may_be_taken_as_unknown(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": "C-2", "value": "x"}\n', encoding="utf-8")
    ran = run(tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl", "--as-of", AS_OF, "--on-invalid", "unknown")
    assert ran.exit_code == 1, ran.output
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["outcome"] == "error"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing.parquet", "-o", "out.parquet"], "nothing.parquet"),
        (["in.txt", "-o", "out.parquet"], "the name of a file ends in .parquet, .csv, .jsonl"),
        (["in.parquet", "-o", "out.xlsx"], "the name of a file ends in"),
        (["bad.parquet", "-o", "out.parquet"], "cannot be read"),
        (["in.parquet", "-o", "out.parquet", "--map", "m.yaml"], "no column `Customer`"),
        (["in.parquet", "-o", "no/such/folder/out.parquet"], "no/such/folder"),
        (["in.parquet", "-o", "out.parquet", "--limit", "0"], "--limit"),
        (["in.parquet", "-o", "out.parquet", "--context", "c.json"], "c.json"),
        (["latin.csv", "-o", "out.parquet"], "latin.csv"),
    ],
)
def test_what_is_wrong_as_a_whole_is_told_with_code_2(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    customers(Path("in.parquet"), 3)
    Path("in.txt").write_text("x")
    Path("bad.parquet").write_text("x")
    Path("m.yaml").write_text("{mapping: m, fields: {id: Customer}}")
    Path("c.json").write_text('{"channel": 1}')
    Path("latin.csv").write_bytes("id\nÄ\n".encode("latin-1"))
    ran = run(*arguments, "--as-of", AS_OF)
    assert ran.exit_code == 2, ran.output
    assert message in ran.stderr
    assert "Traceback" not in ran.output


def test_an_unfinished_output_of_another_run_is_left_alone(tmp_path: Path) -> None:
    source, target = customers(tmp_path / "in.parquet", 50), tmp_path / "out.parquet"
    folder = tmp_path / "out.parquet.parts"
    folder.mkdir()
    (folder / "asked.json").write_text(json.dumps({"as_of": AS_OF, "rules": "others"}))
    ran = run(source, "-o", target)
    assert ran.exit_code == 2, ran.output
    assert f"Going on as of {AS_OF}, as the unfinished run." in ran.stderr
    assert "run that one again to finish it, or remove the folder to begin anew" in ran.stderr
    assert not target.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("seed", range(2))
def test_killed_at_any_moment_it_goes_on_where_it_was(seed: int, tmp_path: Path) -> None:
    source, target = customers(tmp_path / "in.parquet", 3000, group=1 + seed * 777), tmp_path / "out.parquet"
    command = [sys.executable, "-c", "from nba.cli import main; main()", "batch", "--rules", DEALER, str(source)]
    command += ["-o", str(target), "--as-of", AS_OF, "--part", "100", "--processes", str(1 + seed)]
    parts = tmp_path / "out.parquet.parts"
    for wanted in ((1, 17, 29), (4, 25))[seed]:  # killed when so many parts are there
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        while process.poll() is None and len(list(parts.glob("part-*"))) < wanted:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)  # its output ends when no worker of it is left
    assert not target.exists() or found(target) == expected(3000)
    ran = run(*command[6:])
    assert ran.exit_code == 0, ran.output
    assert found(target) == expected(3000)
    assert not parts.exists()


def test_two_runs_at_once_do_not_mix(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    source, target = customers(tmp_path / "in.parquet", 50), tmp_path / "out.parquet"
    folder = tmp_path / "out.parquet.parts"
    folder.mkdir()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = run(source, "-o", target, "--as-of", AS_OF)
    assert ran.exit_code == 2, ran.output
    assert "another run is writing into" in ran.stderr
    assert os.listdir(folder) == ["lock"]
