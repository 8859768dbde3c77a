"""Reading YAML: values by the 1.2 core schema, places, and errors that help."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable, Iterator

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

import nba.documents.yaml as reading
from nba.documents.scalars import looks_cut
from nba.documents.yaml import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    Str,
    at,
    decode,
    key_at,
    plain,
    read,
    read_bytes,
)
from nba.errors import Problem, RulesError
from nba.source import Source

LOADERS = [loader for loader in (getattr(yaml, "CSafeLoader", None), yaml.SafeLoader) if loader]


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type:
    """Each test runs with libyaml and with pure Python, which must agree."""
    monkeypatch.setattr(reading, "LOADER", request.param)
    return request.param


def node_of(text: str) -> Node:
    node = read(Source("a.yaml", text))
    assert node is not None
    return node


def value_of(text: str) -> object:
    return plain(node_of(text))


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(RulesError) as raised:
        read(Source("a.yaml", text))
    return raised.value.problems


def problem_of(text: str) -> Problem:
    (problem,) = problems_of(text)
    return problem


def marked(problem: Problem) -> str:
    assert problem.span is not None
    return problem.span.source.text[problem.span.start : problem.span.end]


def scalars(node: Node | None) -> Iterator[ScalarNode]:
    if isinstance(node, MappingNode):
        for entry in node.entries:
            yield entry.key
            yield from scalars(entry.value)
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from scalars(item)
    elif node is not None:
        yield node


# Values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(text, None) for text in ("", "~", "null", "Null", "NULL")],
        *[(text, True) for text in ("true", "True", "TRUE")],
        *[(text, False) for text in ("false", "False", "FALSE")],
        *[(text, text) for text in ("no", "on", "yes", "y", "off", "nULL", "tRUE")],
        *[("12", 12), ("-12", -12), ("+12", 12), ("012", 12), ("-0", 0), ("0o17", 15), ("0xFf", 255)],
        *[("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0), ("-1.5E-2", -0.015)],
        *[(text, text) for text in ("1_000", "0b1", "0o8", "0x", "1e", ".", "+", "--1", "1:30", "0..90", "-0x1")],
        *[(text, text) for text in ("2026-01-01", "2026-01-01T09:00:00Z", "1.2.3", "inf", "NaN", "=", "x > 5")],
        ("9007199254740992", 2**53),
        ("-9007199254740992", -(2**53)),
        ("0x20000000000000", 2**53),
        ("0o400000000000000000", 2**53),
        ("000000000000000000000000000000000012", 12),
    ],
)
def test_a_plain_scalar_is_what_yaml_1_2_says(loader: type, text: str, value: object) -> None:
    found = value_of(f"- {text}\n")
    assert found == [value]
    assert isinstance(found, list)
    assert isinstance(found[0], type(value))


def test_minus_zero_is_zero() -> None:
    assert str(value_of("-0.0")) == "0.0"


@pytest.mark.parametrize("style", ['"{}"', "'{}'", "|-\n  {}", ">-\n  {}"])
@pytest.mark.parametrize("text", ["null", "true", "12", "1.5", ".inf", "99999999999999999999"])
def test_a_quoted_scalar_is_always_a_text(loader: type, style: str, text: str) -> None:
    assert value_of("a: " + style.format(text)) == {"a": text}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        *[(text, "a number must be finite") for text in (".inf", "-.Inf", "+.INF", ".nan", ".NaN", "1e999", "-1e400")],
        ("9007199254740993", "a whole number must be within ±2^53"),
        ("-9007199254740993", "a whole number must be within ±2^53"),
        ("0x20000000000001", "a whole number must be within ±2^53"),
        ("9" * 5000, "a whole number must be within ±2^53"),
        ("0x" + "f" * 5000, "a whole number must be within ±2^53"),
    ],
)
def test_a_number_that_cannot_be_held_is_refused(loader: type, text: str, message: str) -> None:
    problem = problem_of(f"a: 1\nb: {text}  # why\n")
    assert (problem.code, problem.message, marked(problem)) == ("number", message, text)
    assert problem.help == "put it between quotes if it is a text"


def test_a_key_is_always_a_text(loader: type) -> None:
    assert value_of("2026: a\ntrue: b\nno: c\n1.0: d\n'null': e\n1e999: f\n") == {
        "2026": "a",
        "true": "b",
        "no": "c",
        "1.0": "d",
        "null": "e",
        "1e999": "f",
    }


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "\ufeff", "%YAML 1.2\n---\n...\n"])
def test_a_text_without_a_document_is_none_or_null(loader: type, text: str) -> None:
    node = read(Source("a.yaml", text))
    assert node is None or plain(node) is None


def test_json_is_yaml(loader: type) -> None:
    text = '{"type": "object",\n  "properties": {"a": {"enum": ["x", "\\u00e9\\/"], "minimum": -1.5e2}}, '
    text += '"b": [true, null]}'
    assert value_of(text) == {
        "type": "object",
        "properties": {"a": {"enum": ["x", "é/"], "minimum": -150.0}},
        "b": [True, None],
    }


def test_an_alias_repeats_a_value_and_keeps_its_place(loader: type) -> None:
    node = node_of("a: &x\n  # a comment\n  one\nb: &y [*x, 2]\nc: *y\nd: &e\ne: *e\n")
    assert plain(node) == {"a": "one", "b": ["one", 2], "c": ["one", 2], "d": None, "e": None}
    assert str(at(node, ["a"])) == str(at(node, ["c", 0])) == "a.yaml:3:3"


def test_an_anchor_given_twice_means_the_last_one(loader: type) -> None:
    assert value_of("[&a 1, *a, &a 2, *a]") == [1, 1, 2, 2]


# Places


def test_every_key_and_value_knows_its_place(loader: type) -> None:
    node = node_of("rules:\n  - id: one\n    when: x > 5\n  - {id: two, then: [a, 'b']}\n\n# the end\n")
    assert str(at(node, ["rules", 0, "when"])) == "a.yaml:3:11"
    assert str(key_at(node, ["rules", 0, "when"])) == "a.yaml:3:5"
    assert str(at(node, ["rules", 1])) == str(key_at(node, ["rules", 1])) == "a.yaml:4:5"
    assert str(at(node, ["rules", 1, "then", 1])) == "a.yaml:4:25"
    places = [at(node, path) for path in (["rules"], ["rules", 0], ["rules", 1, "then"])]
    assert [place.source.text[place.start : place.end] for place in places] == [
        "- id: one\n    when: x > 5\n  - {id: two, then: [a, 'b']}",
        "id: one\n    when: x > 5",
        "[a, 'b']",
    ]


def test_parts_of_a_path_that_are_not_there_are_skipped() -> None:
    node = node_of("a:\n  - b: 1\n")
    assert at(node, ["a", "function-wrap", 0, "Model", "b", "int"]) == at(node, ["a", 0, "b"])
    assert at(node, ["a", 7, "c"]) == at(node, ["a"])
    assert at(node, ["a", -1]) == at(node, ["a"])
    assert key_at(node, ["a", 0, "b", "[key]"]) == key_at(node, ["a", 0, "b"])
    assert at(node, []) == key_at(node, ["x"]) == node.span


def test_a_mapping_gives_entries_by_name() -> None:
    node = node_of("a: 1\nb: [2]\n")
    assert isinstance(node, MappingNode)
    found, entry = node.get("a"), node.entry("b")
    assert isinstance(found, ScalarNode)
    assert entry is not None
    assert (found.value, entry.name, node.get("c"), node.entry("c")) == (1, "b", None, None)


def test_an_empty_value_stands_behind_its_colon(loader: type) -> None:
    assert str(at(node_of("a: 1\nb:\nc:   # nothing\n"), ["b"])) == "a.yaml:2:3"


def test_a_text_keeps_its_place_as_a_plain_value() -> None:
    value = value_of("a:\n  - when: 'it''s > 5'\n")
    assert isinstance(value, dict)
    text = value["a"][0]["when"]
    assert isinstance(text, Str)
    assert str(text.written.span(text.index(">"))) == "a.yaml:2:18"
    assert type(next(iter(value))) is str


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda text: pickle.loads(pickle.dumps(text))])
def test_a_text_with_a_place_can_be_copied_and_pickled(copied: Callable[[Str], Str]) -> None:
    value = value_of("a: b")
    assert isinstance(value, dict)
    again = copied(value["a"])
    assert (again, str(again.written.span())) == ("b", "a.yaml:1:4")


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_are_right_whatever_the_line_ends_and_characters(loader: type, line_end: str, mark: str) -> None:
    lines = ["ä: 😀 x", "# 😀", "b: [ü,  'é', z]", "c: |", "  one", "   two", "d: e"]
    node = node_of(mark + line_end.join(lines))
    assert plain(node) == {"ä": "😀 x", "b": ["ü", "é", "z"], "c": "one\n two\n", "d": "e"}
    assert [str(at(node, path)) for path in (["ä"], ["b", 2], ["d"])] == ["a.yaml:1:4", "a.yaml:3:14", "a.yaml:7:4"]
    block = next(scalar for scalar in scalars(node) if scalar.text.startswith("one"))
    assert str(block.written.span(block.text.index("two"))) == "a.yaml:6:4"


def expect_exact_places(node: Node | None) -> None:
    """Each visible character stands where the text says, or at its escape."""
    for scalar in scalars(node):
        written = scalar.written
        assert written.offsets is not None
        assert len(written.offsets) == len(scalar.text) + 1
        assert list(written.offsets) == sorted(written.offsets)
        for character, offset in zip(scalar.text, written.offsets, strict=False):
            assert scalar.start <= offset < scalar.end
            found = scalar.source.text[offset]
            escaped = (scalar.style == '"' and found == "\\") or (scalar.style == "'" and found == character == "'")
            assert found == character or escaped or character in " \t\n"


WORDS = st.text(alphabet="ab '\"\\\n\t:#é😀\x85\u2028\xa0()=", max_size=40)


@pytest.mark.parametrize("style", [None, "'", '"', "|", ">"])
@given(text=WORDS, width=st.integers(5, 30), indent=st.integers(2, 9), unicode=st.booleans())
@example(text="a b c d e f g\n\n h\n\n\n i j k l m n", width=5, indent=9, unicode=False)
def test_each_character_of_a_text_knows_its_place(
    style: str, text: str, width: int, indent: int, unicode: bool
) -> None:
    document = yaml.safe_dump(
        {"k": [text, {"l": text}]}, default_style=style, width=width, indent=indent, allow_unicode=unicode
    )
    assume(not re.search("[\x85\u2028]", document))  # not escaped, and so refused
    try:
        node = read(Source("a.yaml", document))
    except RulesError:
        # An empty block of text, and a plain text with an open quote before `,` or `:` within brackets.
        assert (style in ("|", ">") and not text) or (not style and looks_cut(text))
        return
    assert plain(node) == {"k": [text, {"l": text}]}
    expect_exact_places(node)


@pytest.mark.parametrize("read_by", LOADERS)
@given(
    leaf=st.lists(
        st.sampled_from(["a", "b ", " ", "  ", "\n", "\n  ", "\n   ", "''", "\\n", "\\\n", "\\x41", "\\_", "\t"])
    )
)
@pytest.mark.parametrize(
    "form", ["k:\n  {}", "k: '{}'", 'k: "{}"', "k: |\n  x{}", "k: >2-\n  x{}", "k: &a >1+ # c\n  {}\nl: *a"]
)
def test_each_character_of_a_handwritten_text_knows_its_place(read_by: type, form: str, leaf: list[str]) -> None:
    text = form.replace("{}", "".join(leaf))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "LOADER", read_by)
        try:
            node = read(Source("a.yaml", text))
        except RulesError:
            return
    expect_exact_places(node)


def test_the_double_quoted_escapes_are_placed_one_by_one(loader: type) -> None:
    text = '"a\\tb\\u00e9c\\x41\\\n   d  \n\n  e\\"\\\\f \\\n\n\n g"'
    (scalar,) = scalars(node_of(text))
    assert scalar.text == 'a\tb\u00e9cAd\ne"\\f \n\ng'
    assert scalar.written.offsets is not None
    found = [text[offset] for offset in scalar.written.offsets]
    assert "".join(found) == 'a\\b\\c\\d e\\\\f \\\\g"'


# Errors


def test_every_duplicate_key_is_named_with_the_first_one(loader: type) -> None:
    problems = problems_of("a: 1\nb: {c: 1, 'c': 2}\n\"a\": 3\nd: [{e: 1}, {e: 2}]\n")
    assert [(problem.code, str(problem.span), problem.help and problem.help[:15]) for problem in problems] == [
        ("duplicate-key", "a.yaml:2:11", "it is on line 2"),
        ("duplicate-key", "a.yaml:3:1", "it is on line 1"),
    ]


def test_problems_before_an_error_of_syntax_are_told_too(loader: type) -> None:
    assert [problem.code for problem in problems_of("a: 1\na: .inf\nb: 'x' y\n")] == ["duplicate-key", "number", "yaml"]


@pytest.mark.parametrize(
    ("text", "message", "word"),
    [
        ("? [a, b]\n: 1\n", "a key must be a text", "["),
        ("{a: b}: 1", "a key must be a text", "{"),
        ("a: &x b\n*x : 1", "a key must be a text", "*x"),
        ("&x a: b", "a key cannot have an anchor", "&x a"),
        ("~: 1", "a key cannot be null", "~"),
        ("null: 1", "a key cannot be null", "null"),
        ("?\n: 1", "a key cannot be null", ""),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "merge keys (`<<`) are not supported", "<<"),
    ],
)
def test_a_key_that_is_no_text_is_refused(loader: type, text: str, message: str, word: str) -> None:
    problem = problems_of(text)[0]
    assert (problem.code, problem.message, marked(problem)) == ("key", message, word)
    assert problem.help


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!foo", "!!str", "!<tag:yaml.org,2002:int>", "!"])
@pytest.mark.parametrize("value", ["x", "[x]", "{x: y}", "'x'", "|\n  x"])
def test_a_tag_is_refused(loader: type, tag: str, value: str) -> None:
    problem = problem_of(f"a: 1\nb: {tag} {value}\n")
    assert (problem.code, problem.message) == ("tag", "`!` begins a tag, and tags are not supported")
    assert str(problem.span) == "a.yaml:2:4"


def test_a_tag_behind_an_anchor_is_refused_at_the_tag(loader: type) -> None:
    assert str(problem_of("a: &x !y z").span) == "a.yaml:1:7"


def test_a_second_document_is_refused(loader: type) -> None:
    problem = problem_of("a: 1\n---\nb: 2\n")
    assert (problem.message, str(problem.span)) == ("a second document begins here", "a.yaml:2:1")


@pytest.mark.parametrize("directive", ["%YAML 1.1", "%TAG ! tag:x,2000:"])
def test_a_directive_other_than_yaml_1_2_is_refused(directive: str) -> None:
    assert problem_of(f"{directive}\n---\na: 1\n").message == "directives other than `%YAML 1.2` are not supported"


@pytest.mark.parametrize(
    ("text", "message"),
    [("a: &x [*x]", "`*x` stands within what it repeats"), ("a: [*x]\nb: &x 1", "no `&x` stands before `*x`")],
)
def test_an_alias_must_repeat_something_that_has_ended(loader: type, text: str, message: str) -> None:
    problem = problem_of(text)
    assert (problem.code, problem.message, marked(problem)) == ("alias", message, "*x")


QUOTE = "put the whole text between quotes"

# What people write, what is wrong with it, the word that is marked, and the help.
HELP = [
    (
        "when: 'gold' in tags",
        "a value that begins with a quoted text must end with it",
        "in",
        "when: \"'gold' in tags\"",
    ),
    ('- "a" == x', "a value that begins with a quoted text must end with it", "==", "'\"a\" == x'"),
    ("""when: "a" == 'b'""", "a value that begins with a quoted text must end with it", "==", "write `when: |`"),
    ("{when: 'gold' in tags, is: a}", "a value that begins with a quoted text must end", "in", QUOTE),
    ("when: [a] == x", "a value that begins with `[` must end with it", "==", 'when: "[a] == x"'),
    ("text: {name} hello", "a value that begins with `{` must end with it", "hello", 'text: "{name} hello"'),
    ("a: &x 1\nb: *x == 3", "a value that begins with an alias must end with it", "==", 'b: "*x == 3"'),
    ('when: x == "a: b"', "`: ` cannot stand in a text that is not quoted", ":", "when: 'x == \"a: b\"'"),
    ("because: this: that", "`: ` cannot stand in a text that is not quoted", ":", 'because: "this: that"'),
    ('- x == "a: b"', "`: ` ends a key, so this text is cut off", 'x == "a', "'x == \"a: b\"'"),
    ('when: x == "a #1"', "` #` begins a comment, so this text is cut off", 'x == "a', "when: 'x == \"a #1\"'"),
    ("when: any(x #\n", "` #` begins a comment, so this text is cut off", "any(x", 'when: "any(x #"'),
    ("{value: clamp(a, 0, 1), b: c}", "`,` ends a value within `{ }` and `[ ]`, so this text", "clamp(a", QUOTE),
    ('{when: x in ["a", "b"]}', "`,` or `}` should stand here", '["a",', "quote the text that holds any of"),
    ("when: @x", "a text without quotes cannot begin with `@`", "@x", 'when: "@x"'),
    ("when: `x`", "a text without quotes cannot begin with a backtick", "`x`", 'when: "`x`"'),
    ("when: %x", "a text without quotes cannot begin with `%`", "%x", 'when: "%x"'),
    ("when: ] x", "a text without quotes cannot begin with `]`", "]", 'when: "] x"'),
    ("when: *x == 3", "no `&x` stands before `*x`", "*x", 'when: "*x == 3"'),
    ("when: * 3", "`*` at the beginning of a value repeats another one", "*", 'when: "* 3"'),
    ("when: && b", "`&` at the beginning of a value names it", "&&", 'when: "&& b"'),
    ("when: !x == 3", "`!` begins a tag", "!x == 3", 'when: "!x == 3"'),
    ("when: !e!x", "`!` at the beginning of a value begins a tag", "!e!x", 'when: "!e!x"'),
    ("x: !!str 5", "`!` begins a tag", "!!str 5", "remove the tag"),
    ("ends: > 5", "`>` at the beginning of a value begins a block of text", ">", 'ends: "> 5"'),
    ("ends: >= 5", "`>` at the beginning of a value begins a block of text", ">=", 'ends: ">= 5"'),
    ("- ends: >5\n  risk: high", "`>` begins a block of text, but there is none", ">5\n", 'ends: ">5"'),
    ("ends: | high", "`|` at the beginning of a value begins a block of text", "|", 'ends: "| high"'),
    ("{ends: >5}", "`>` at the beginning of a value begins a block of text", ">5}", QUOTE),
    ("risk: -", "`-` begins an item of a list", "-", 'risk: "-"'),
    ("when: - x", "`-` begins an item of a list", "-", 'when: "- x"'),
    ("when: ? x", "`?` begins a key", "?", 'when: "? x"'),
    ("a: 'b", "this quote is never closed", "'b", "put a `'` at the end of the text"),
    ('a: "b\nc: d\ne: "f"', "this quote is closed on line 3 only", '"b', 'put a `"` at the end of the text'),
    ("a: [1, 2", "this `[` is never closed", "[1,", "put a `]` at its end"),
    ("a: {b: 1", "this `{` is never closed", "{b:", "put a `}` at its end"),
    ("a: {b: 1\nc: 2\n", "`,` or `}` should stand here", ":", "close the `{` of line 1"),
    ('a: "x\\qy"', "this escape means nothing within double quotes", '\\qy"', "double the backslash"),
    ('a: "\\xZZ"', "this escape means nothing within double quotes", '\\xZZ"', "double the backslash"),
    ("a:\n\tb: c", "a tab stands where YAML wants spaces", "\t", "indent with spaces"),
    ("a: b\n\tc: d", "a tab stands where YAML wants spaces", "\t", "indent with spaces"),
    ("key:value\nb: c", "a key cannot begin here", "b", "put a space after the colon on the line above: `key: value`"),
    ("a\nb: c", "a key cannot begin here", "b", "the line above lacks its `:`"),
    ("a: b\nfoo\nc: d", "this looks like a key, but no `:` follows", "foo", "write `key: value`"),
    (
        "a:\n  b: c\n d: e",
        "this line does not fit in with the lines above it",
        "d:",
        "keys of the mapping that began on",
    ),
    ("- a\nb: c", "this line does not fit in with the lines above it", "b:", "items of the list that began on line 1"),
    ("a: b\n...\nc: d", "this does not belong to what stands above it", "c:", "see whether"),
    ("-\na: b", "this does not belong to what stands above it", "a:", "see whether"),
    ("tags: [", "the text ends where a value should be", "", "write the value"),
    ('a: "\\0"', "the character U+0000 cannot stand in a text", "\\", "remove the escape"),
]


@pytest.mark.parametrize(("text", "message", "word", "help"), HELP, ids=[row[0] for row in HELP])
def test_a_text_that_yaml_would_break_gets_help(loader: type, text: str, message: str, word: str, help: str) -> None:
    problem = problems_of(text)[0]
    assert message in problem.message
    assert marked(problem).rstrip("\n") == word.rstrip("\n") or marked(problem) == word
    assert help in (problem.help or "")


@pytest.mark.parametrize(
    "text", [row[0] for row in HELP if "\n" not in row[0] and row[3].startswith(("when:", "ends:"))]
)
def test_a_text_written_as_the_help_says_is_read_as_it_is(text: str) -> None:
    help = problems_of(text)[0].help
    assert help is not None
    written = help.partition("`")[2].removesuffix("`")
    assert value_of(written) == {text.partition(": ")[0]: text.partition(": ")[2].strip()}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("because: we don't sell # not now", "we don't sell"),
        ("because: the customers' choice # (x", "the customers' choice"),
        ('when: f(x) == "a" # it\'s (', 'f(x) == "a"'),
        ('when: x == "a\'b" # c', 'x == "a\'b"'),
        ("because: x#y", "x#y"),
    ],
)
def test_a_comment_behind_a_whole_text_is_a_comment(text: str, value: str) -> None:
    assert value_of(text) == {text.partition(":")[0]: value}


def test_an_apostrophe_does_not_make_a_text_look_cut() -> None:
    assert value_of("[we don't, the customers' own]") == ["we don't", "the customers' own"]


@pytest.mark.parametrize(
    ("character", "code"),
    [
        ("\x00", "NUL"),
        ("\x07", "U+0007"),
        ("\x85", "U+0085"),
        ("\u2028", "U+2028"),
        ("\ud800", "U+D800"),
        ("\uffff", "U+FFFF"),
        ("\ufeff", "U+FEFF"),
        ("\r", "carriage return"),
    ],
)
def test_a_character_that_is_no_text_is_refused(character: str, code: str) -> None:
    problem = problem_of(f"a: 1\nb: x{character}y\n")
    assert (problem.code, str(problem.span), marked(problem)) == ("character", "a.yaml:2:5", character)
    assert code in problem.message
    assert problem.help


def test_half_of_a_character_as_an_escape_is_refused(loader: type) -> None:
    assert str(problem_of('a: "x\\ud800"').span) == "a.yaml:1:6"


def test_an_event_that_nobody_knows_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_events", lambda text: iter([yaml.StreamStartEvent(), yaml.Event()]))
    with pytest.raises(TypeError, match="unknown"):
        read(Source("a.yaml", "a: 1"))


# Bytes


def test_bytes_are_utf_8_with_or_without_a_byte_order_mark() -> None:
    for data in ("a: é".encode(), "a: é".encode("utf-8-sig")):
        node = read_bytes("a.yaml", data)
        assert node is not None
        assert (plain(node), str(at(node, ["a"]))) == ({"a": "é"}, "a.yaml:1:4")


def test_a_byte_that_is_not_utf_8_is_pointed_at() -> None:
    with pytest.raises(RulesError) as raised:
        read_bytes("a.yaml", "a: ö\nb: caf".encode() + b"\xe9\nc: d")
    (problem,) = raised.value.problems
    assert (problem.message, str(problem.span)) == ("the byte 0xE9 here is not UTF-8", "a.yaml:2:7")
    assert problem.help == "save the file as UTF-8"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_another_encoding_gets_the_help_to_save_as_utf_8(encoding: str) -> None:
    with pytest.raises(RulesError) as raised:
        read_bytes("a.yaml", "a: b".encode(encoding))
    (problem,) = raised.value.problems
    assert problem.help is not None
    assert problem.help.startswith("save the file as UTF-8")


def test_a_file_that_is_too_long_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(RulesError, match="more than 5,000,000 characters"):
        decode("a.yaml", b"\xff" * 20_000_001)
