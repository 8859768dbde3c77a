"""Tables of text are read by Arrow where it reads them as Python does, and by Python elsewhere."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nba.batch import inputs
from nba.batch.inputs import parts

_BITS = ("a", "é", " ", "'", "\\", "\t", ";", "\u2028", "\x0b", "\x00", "0", "NA", "null", "2020-01-01", "\U0001f600")


def table(rng: Random) -> str:
    """A table in which some rows are short or empty, at times with quotes or lonely carriage returns."""
    bits = [*_BITS, *(rng.choice(((), ('"', '""'), ("\r",), ("\n",))) if rng.random() < 0.5 else ())]
    columns, end = rng.choice((1, 2, 3)), rng.choice(("\n", "\r\n"))
    lines = [",".join("xyz"[:columns])]
    for _ in range(rng.randrange(25)):
        cells = columns if rng.random() < 0.9 else rng.randrange(5)
        lines.append(",".join("".join(rng.choices(bits, k=rng.randrange(4))) for _ in range(cells)))
    return rng.choice(("", "\ufeff")) + end.join(lines) + rng.choice(("", end))


def read(path: Path, size: int, skip: int = 0) -> list[Any]:
    """The rows; of those of another length, how they are told."""
    found: list[Any] = []
    for part in parts(path, size, skip):
        rows = [list(row.values()) for row in part.rows.to_pylist()]  # type: ignore[union-attr]  # no JSON
        assert 0 < len(rows) <= size
        found += [str(part.wrong[place]) if place in part.wrong else row for place, row in enumerate(rows)]
    return found


@given(seed=st.integers(0, 2**32 - 1), size=st.sampled_from((1, 3, 100)), skip=st.sampled_from((0, 0, 4)))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cells_are_what_the_csv_module_reads(tmp_path: Path, seed: int, size: int, skip: int) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(table(Random(f"cells {seed}")).encode())
    with path.open(encoding="utf-8-sig", newline="") as file:
        names, *rows = (row for row in csv.reader(file) if row)
    expected = [
        row if len(row) == len(names) else f"the row has {len(row)} cells, and the table {len(names)} columns"
        for row in rows
    ]
    assert read(path, size, skip) == expected[skip:]


def test_lines_without_quotes_are_read_by_arrow_and_a_quote_makes_a_part_be_read_by_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_python = []
    cells = inputs._cells
    monkeypatch.setattr(inputs, "_cells", lambda rows, names: by_python.append(rows) or cells(rows, names))
    (tmp_path / "in.csv").write_text('"x",y\n1,2\n3,4\n"a\nb",5\n6,7\n8,9\n', encoding="utf-8")
    assert read(tmp_path / "in.csv", 2) == [["1", "2"], ["3", "4"], ["a\nb", "5"], ["6", "7"], ["8", "9"]]
    assert by_python == [[["a\nb", "5"], ["6", "7"]]]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_that_is_too_long_is_told(quote: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "_LONGEST_CELL", 50)
    (tmp_path / "in.csv").write_text(f"x,y\n{quote}{'a' * 60}{quote},1\n", encoding="utf-8")
    limit = csv.field_size_limit()
    try:
        with pytest.raises(ValueError, match="field larger than field limit"):
            read(tmp_path / "in.csv", 2)
    finally:
        csv.field_size_limit(limit)


def test_a_first_line_without_names_is_told(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("\nx,y\n", encoding="utf-8")
    with pytest.raises(ValueError, match="the first line names no columns"):
        read(tmp_path / "in.csv", 2)
