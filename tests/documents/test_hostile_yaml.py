"""Whatever the text: nodes, or a `RulesError` with places inside the text; never another exception, never slow."""

from __future__ import annotations

import sys
import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import nba.documents.yaml as reading
from nba.documents.yaml import Node, plain, read, read_bytes
from nba.errors import RulesError
from nba.source import Source

pytestmark = pytest.mark.no_cover  # much work through few lines: coverage would only make it slow

LOADERS = [loader for loader in (getattr(yaml, "CSafeLoader", None), yaml.SafeLoader) if loader]
# What takes this long is not linear: each of these takes a fraction of a second, or some when coverage is measured.
SECONDS = 5 if sys.gettrace() is None else 60

VALID = """\
pack: service
settings:
  callback_days: {type: integer, default: 1, min: 0, max: 30}
signals:
  recovery_owed: &owed
    when: any(c.severity in ["high", "critical"] for c in service.cases if c.status == "open")
    because: 'a "serious" case isn''t closed'
  other: *owed
  text: >-2
      folded
     text
rules:
  - id: late_order  # a comment
    when: |
      o.status == "delayed"
        and x
    message: "Hold \\u00e9 \\
      on: {id}"
    rows:
      - {id: soon, ends: 0..90, risk: "-", propose: a}
"""


def result_of(text: str) -> Node | RulesError | None:
    try:
        node = read(Source("a.yaml", text))
    except RulesError as error:
        return error
    if node is not None:
        plain(node)
    return node


def expect_places_inside(error: RulesError) -> None:
    assert error.problems
    for problem in error.problems:
        assert problem.span is not None
        assert 0 <= problem.span.start <= problem.span.end <= len(problem.span.source.text)
        assert problem.render()


def expect_sound(text: str) -> None:
    result = result_of(text)
    if isinstance(result, RulesError):
        expect_places_inside(result)


def refused(text: str) -> RulesError:
    """The error, which must come soon."""
    began = time.process_time()
    result = result_of(text)
    assert time.process_time() - began < SECONDS
    assert isinstance(result, RulesError)
    expect_places_inside(result)
    return result


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def _each_loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LOADER", request.param)


@pytest.mark.usefixtures("_each_loader")
@pytest.mark.parametrize(
    "text",
    [
        *[opening * 100_000 for opening in ("[", "{", "- ", "? ", "[a: ", "{a: ", "[[", "[\n", "{?", "- - ", "[{a: ")],
        *["a: " * 100_000, "&a [" * 100_000, "!" * 100_000, "*a " * 100_000, "%" * 100_000, "\t" * 100_000],
        "\n".join(" " * level + "a:" for level in range(1000)),
    ],
    ids=lambda text: repr(text[:8]),
)
def test_deep_nesting_is_refused_at_once(text: str) -> None:
    refused(text)


@pytest.mark.usefixtures("_each_loader")
def test_fifty_levels_are_read_and_fifty_one_are_not() -> None:
    assert not isinstance(result_of("[" * 50 + "]" * 50), RulesError)
    error = refused("[" * 51 + "]" * 51)
    assert error.problems[0].code == "too-deep"
    assert str(error.problems[0].span) == "a.yaml:1:51"


@pytest.mark.usefixtures("_each_loader")
def test_a_billion_laughs_are_refused_at_once() -> None:
    lines = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    (problem,) = refused("\n".join(lines)).problems
    assert problem.code == "too-large"
    assert "this grows to more than 200,000 keys and values" in problem.message
    assert problem.span is not None
    assert problem.span.source.text[problem.span.start] == "*"


@pytest.mark.usefixtures("_each_loader")
def test_aliases_cannot_build_a_depth_that_is_not_written() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [[[[[*a{n - 1}]]]]]" for n in range(1, 20))]
    (problem,) = refused("\n".join(lines)).problems
    assert (problem.code, problem.message) == ("too-large", "with `*a9` this grows to more than 50 levels")


@pytest.mark.parametrize(
    "line", ["a: 1\n", "- 1e999\n", "- !x y\n", '- a "b #\n', "- *x\n", "- {~: 1}\n", "- {[]: 1}\n"]
)
def test_no_more_problems_are_told_than_anyone_reads(line: str) -> None:
    assert len(refused(line * 10_000).problems) == 100


@pytest.mark.parametrize(
    "piece", ["a", "a ", "a\n", "'", "[],", "- a\n", "\\", "# a\n", "a: 1\n", "{a: [", "\U0001f600", "(", " "]
)
@pytest.mark.parametrize("start", ["", '"', "a: >\n  ", "[", "- x ("])
def test_ten_megabytes_are_refused_and_almost_five_are_not_slow(start: str, piece: str) -> None:
    assert refused(start + piece * (10_000_000 // len(piece))).problems[0].code == "too-long"
    began = time.process_time()
    expect_sound(start + piece * (400_000 // len(piece)))
    assert time.process_time() - began < SECONDS


def test_a_file_with_too_many_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_NODES", 5_000)
    assert not isinstance(result_of("[" + "a," * 4_999 + "]"), RulesError)
    (problem,) = refused("[" + "a," * 5_000 + "]").problems
    assert (problem.code, problem.message) == ("too-large", "the file has more than 5,000 keys and values")


def test_ten_thousand_rules_are_read_in_seconds() -> None:
    rule = "    when:\n      all: [a.b, 'x == 1']\n    propose: call\n    block: {tier: [a, b]}\n    because: x\n"
    text = "rules:\n" + "".join(f"  - id: rule_{number}\n{rule}" for number in range(10_000))
    began = time.process_time()
    assert not isinstance(result_of(text), RulesError)
    assert time.process_time() - began < 4 * SECONDS


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_place(data: bytes) -> None:
    try:
        read_bytes("a.yaml", data)
    except RulesError as error:
        expect_places_inside(error)


@pytest.mark.usefixtures("_each_loader")
@pytest.mark.parametrize("alphabet", [None, "a1 \n\t'\"\\:#-?|>[]{},&*!%@`<=~.x0éU😀\r"], ids=["any", "indicators"])
def test_any_text_is_read_or_refused_with_a_place(alphabet: str | None) -> None:
    characters = st.characters() if alphabet is None else st.sampled_from(alphabet)

    @settings(max_examples=300)
    @given(st.text(characters, max_size=60))
    def check(text: str) -> None:
        expect_sound(text)

    check()


PIECES = [
    *["", "'", '"', ": ", "#", " #", "- ", "? ", "[", "]", "{", "}", ",", "&a ", "*a", "!x ", "|", ">", "%", "@", "`"],
    *["\t", "\n", "\\", "\x00", "\ud800", "\r", "\u2028", "\ufeff", "---\n", "...\n", "<<: ", "~", "1e999"],
    *["\\U0011FFFF", "\\UFFFFFFFF", "%YAML 1.1\n", "%TAG ! x\n"],
]


@pytest.mark.usefixtures("_each_loader")
def test_a_valid_file_with_damage_is_read_or_refused_with_a_place() -> None:
    damage = st.tuples(st.integers(0, len(VALID)), st.integers(0, 12), st.sampled_from(PIECES))

    @settings(max_examples=300)
    @given(st.lists(damage, min_size=1, max_size=4))
    def check(edits: list[tuple[int, int, str]]) -> None:
        text = VALID
        for start, length, piece in edits:
            text = text[:start] + piece + text[start + length :]
        expect_sound(text)

    check()


def test_the_valid_file_is_valid() -> None:
    assert not isinstance(result_of(VALID), RulesError)


@pytest.mark.usefixtures("_each_loader")
@pytest.mark.parametrize(
    "text",
    [
        "%YAML " + "9" * 5000 + ".1\n---\na",
        "%YAML 1." + "9" * 5000 + "\n---\na",
        '"\\U0011FFFF"',
        '"\\UFFFFFFFF"',
        "a: !<%FF%FE> b",
        "a: !%C3%28 b",
        "%TAG !x! %FF\n---\n!x!y z",
        "a: |" + "9" * 5000,
        "'" + "a" * 100_000,
        "\U0001fffe: \udcff",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_what_trips_pyyaml_itself_is_refused_with_a_place(text: str) -> None:
    refused(text)
