"""Data from files: strictly JSON or YAML, and safe whatever the bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba.authoring.data import data_of, read_data
from nba.authoring.given import merged
from nba.errors import RulesError


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a": 1, "b": [true, null, 2.5]}', {"a": 1, "b": [True, None, 2.5]}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "\U0001f600"}),
        (b"a: no\nb: 2026-01-01", {"a": "no", "b": "2026-01-01"}),
        (b"{a: 1}", {"a": 1}),
        (b"{\n}", {}),
        (b'\t{"a":\t1}', {"a": 1}),
    ],
)
def test_json_and_yaml_are_told_apart(data: bytes, value: object) -> None:
    assert data_of("<stdin>", data) == value


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"[1]", "holds a list"),
        (b"just words", "holds one value"),
        (b"# nothing", "holds nothing"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": Infinity}', "Infinity is not a number"),
        (b'{"a": 1, "a": 2}', "the key `a` is in one object twice"),
        (b'{"a": 1', "this is not JSON"),
        (b'{"a": ' + b"1" * 5000 + b"}", "too many digits"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nests too many"),
        (b"\xff\xfe\x00", "UTF-16"),
        (b"\x80\x81", "not UTF-8"),
        (b"a: [1", "never closed"),
        (b"a: 1\na: 2", "second time"),
    ],
)
def test_what_is_neither_is_refused_with_words(data: bytes, told: str) -> None:
    with pytest.raises(RulesError, match=told):
        data_of("<stdin>", data)


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: b"{" + text.encode()))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        found = data_of("<stdin>", data)
    except RulesError:
        return
    assert isinstance(found, dict)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.json", Path("a\0b")):
        with pytest.raises(RulesError, match=r"folder|cannot be read"):
            read_data(path)


_VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(_VALUES, _VALUES, _VALUES)
def test_merging_replaces_all_but_mappings(base: object, over: object, last: object) -> None:
    assert merged(base, base) == base
    if not (isinstance(base, dict) and isinstance(over, dict)):
        assert merged(base, over) == over
    else:
        found = merged(base, over)
        assert found.keys() == base.keys() | over.keys()
        assert all(found[name] == base[name] for name in base.keys() - over.keys())
    assert merged(base, merged(over, over)) == merged(merged(base, over), over)
