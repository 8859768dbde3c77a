"""Lines of JSON are decided on columns as they are line by line, whatever stands in them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nba
from nba.batch import json_lines
from nba.batch.files import _decided
from nba.batch.frames import Decider
from nba.batch.inputs import parts
from nba.language import types
from nba.language.values import LARGEST_INTEGER
from nba.testing.generation import plugins
from nba.testing.generation.customers import case
from nba.testing.generation.rule_sets import CONTEXTS, PROFILES, rule_set

AS_OF = "2026-11-22T09:00:00Z"
_VALUES = (
    "null", "0", "-0", "-0.0", "1.0", "1E2", "9007199254740992", "9007199254740993", "123456789012345678901234567890",
    "1e400", "1e-400", "NaN", "-Infinity", '"NaN"', "true", '""', '"x"', '"2026-01-01"', '"2026-01-01T00:00:00Z"',
    '"2026-01-01 00:00"', '"\\u0000"', '"\\ud800"', "[]", "[null]", "[1, null]", "{}", '{"a": null}',
    '{"a": 1, "a": 1}', '{"a": {"b": [1]}}', "0." + "0" * 500, "[" * 120 + "]" * 120, "tru", "01", '"\t"',
)  # fmt: skip


def odd(line: bytes, profile: dict[str, Any], rng: Random) -> bytes:
    """A line that is the same, or is written otherwise, or is wrong in some way."""
    value, name = rng.choice(_VALUES).encode(), json.dumps(rng.choice([*profile, "unknown"])).encode()
    match rng.randrange(12):
        case 0 | 1 | 2 | 3:  # another value for a field, or a field that is there twice
            rest = {of: value for of, value in profile.items() if json.dumps(of).encode() != name}
            kept = (line if rng.random() < 0.1 else written(rest)).strip()
            return b"{" + name + b": " + value + (b", " if kept != b"{}" else b"") + kept[1:]
        case 4:
            return b"\xef\xbb\xbf" + line
        case 5:
            return line + rng.choice((b"", b"   ", b"\x0c")) + line
        case 6:
            cut = rng.randrange(len(line))
            return line[:cut] + rng.choice((b"\n", b"\xff", b" ", b"}", b"\\")) + line[cut:]
        case 7:
            return b"  " + line + b" \r"
        case 8:
            return rng.choice((b"", b"  ", b"[]", b"{}", b"1", b"{", b'{"id": "C"}\n{"id": "D"}'))
    return line


def written(profile: Any) -> bytes:
    return json.dumps(profile, default=lambda of: of.isoformat()).encode()


def tamed(value: Any) -> Any:
    """The same without numbers so large that whole ones are not told from others: lines with them go line by line."""
    if isinstance(value, Mapping):
        return {name: tamed(of) for name, of in value.items()}
    if isinstance(value, tuple | list):
        return [tamed(of) for of in value]
    return 7 if isinstance(value, int | float) and abs(value) >= LARGEST_INTEGER else value


def alike(value: Any) -> Any:
    """A value with all numbers as floats: whether a plugin is given 2 or 2.0 depends on the other lines."""
    if isinstance(value, Mapping):
        return {name: alike(of) for name, of in value.items()}
    if isinstance(value, tuple | list):
        return [alike(of) for of in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def outcome(decider: Decider, path: Path, profile: types.Record | None) -> list[dict[str, Any]]:
    found = [_decided(decider, part)[0] for part in parts(path, 30, 0, profile)]
    return [{**row, "actions": repr(row["actions"])} for of in found for row in of.to_pylist()]


@given(seed=st.integers(0, 2**32 - 1))
@settings(
    max_examples=int(os.environ.get("NBA_EXAMPLES", "12")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_lines_are_decided_on_columns_as_they_are_one_by_one(tmp_path: Path, seed: int) -> None:
    rng = Random(f"lines {seed}")
    found = [case(rng, PROFILES, CONTEXTS) for _ in range(40)]
    often = rng.choice((0.0, 0.02, 0.3))
    profiles = [tamed(of.profile) if rng.random() < 0.97 else of.profile for of in found]
    lines = [(written(of), of) for of in profiles]
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"\n".join(odd(line, of, rng) if rng.random() < often else line for line, of in lines))
    decider = Decider(rule_set(rng).orchestrator, as_of=found[0].as_of, context=found[0].context)
    with pytest.MonkeyPatch.context() as patch:
        number_of = plugins._number_of
        patch.setattr(plugins, "_number_of", lambda *values: number_of(alike(values)))
        patch.setattr(json_lines, "_BLOCK", rng.choice((1, 4, 1024)))
        on_columns = outcome(decider, path, decider.orchestrator.ruleset.profile)
        assert on_columns == outcome(decider, path, None), f"seed {seed}"


KIND = types.Record(
    "profile",
    {
        "id": types.Field(types.STRING),
        "n": types.Field(types.NUMBER),
        "f": types.Field(types.BOOLEAN),
        "m": types.Field(types.MapOf(types.NUMBER)),
        "l": types.Field(types.ListOf(types.STRING)),
    },
)


def on_columns(*lines: bytes, block: int = 1024) -> list[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "_BLOCK", block)
        return [(start, end, of and of.to_pylist()) for start, end, of in json_lines.runs(lines, KIND)]


def test_types_and_keys_of_all_lines_are_put_together() -> None:
    lines = [b'{"n": 1, "m": {"a": 1}}', b'{"n": 0.5, "id": "2026-01-01"}', b'{"m": {"b": 2.5}, "l": ["x"]}']
    [(start, end, rows)] = on_columns(*lines, block=1)
    assert (start, end) == (0, 3)
    assert rows[1] == {"n": 0.5, "m": None, "id": "2026-01-01", "l": None}
    assert rows[2] == {"n": None, "m": {"a": None, "b": 2.5}, "id": None, "l": ["x"]}


@pytest.mark.parametrize(
    "line",
    [
        b'{"n": "1"}', b'{"n": 1, "n": 1}', b'{"x": 1, "x": 2}', b'{"x": null, "x": null}', b'{"n": 1, "n": null}',
        b'{"n": NaN}', b'{"x": Infinity}', b"[1]",
        b'{"n": 1}{"n": 2}', b'{"n": 9007199254740993.0}', b'{"n": 123456789012345678901}', b'{"f": 1}', b"\xff",
        b'{"x": ' + b"[" * 5000 + b"]" * 5000 + b"}", b'{"n": 0.' + b"1" * 400 + b"}", b'{"id": 1}', b'{"l": "x"}',
        b'{"m": {' + b", ".join(b'"k%d": 1' % of for of in range(600)) + b"}}", b'{"x": "]]]]", "id": "\xff"}',
    ],
    ids=lambda of: str(of[:24]),
)  # fmt: skip
def test_what_columns_might_take_otherwise_goes_line_by_line_and_only_that(line: bytes) -> None:
    fine = b'{"id": "a", "n": 1}'
    rows = [{"id": "a", "n": 1}]
    found = on_columns(fine, line, fine, block=1)
    assert [(start, of) for start, _, of in found] == [(0, rows), (1, None), (2, rows)]


def test_a_map_whose_keys_go_on_and_on_is_parsed_in_several_runs() -> None:
    lines = [b'{"m": {' + b", ".join(b'"k%d": 1' % (400 * of + key) for key in range(400)) + b"}}" for of in range(3)]
    found = on_columns(*lines, block=1)
    assert [(start, end, len(rows[0]["m"])) for start, end, rows in found] == [(0, 1, 400), (1, 2, 400), (2, 3, 400)]


def test_rows_that_are_decided_by_themselves_are_told_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": "C-1", "birth_date": "yesterday"}\n\n{"id": "C-2", "value": 1}\n')
    dealer = nba.load(nba.shipped("car-dealer"))
    decider = Decider(dealer, as_of=AS_OF)
    [part] = parts(tmp_path / "in.jsonl", 10, 0, dealer.ruleset.profile)
    assert isinstance(part.rows, pa.RecordBatch)
    decided, counts, report = _decided(decider, part)
    assert (report.on_columns, counts["faulty"]) == (1, 1)
    [error] = decided.column("errors").to_pylist()[0]
    assert error["message"].startswith("birth_date: found text")
