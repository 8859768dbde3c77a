"""Places in files: lines and columns are counted from 1, and an excerpt fits a terminal."""

from __future__ import annotations

import pytest

from nba.source import Source, Span, Written


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("", 0, (1, 1)),
        ("abc", 2, (1, 3)),
        ("a\nb", 1, (1, 2)),
        ("a\nb", 2, (2, 1)),
        ("a\r\nb", 3, (2, 1)),
        ("a\n", 2, (2, 1)),
        ("😀é\nx", 3, (2, 1)),
        ("a\u2028b", 2, (1, 3)),
    ],
)
def test_a_place_is_a_line_and_a_column(text, offset, place):
    assert Source("a", text).place(offset) == place


@pytest.mark.parametrize(("text", "lines"), [("a\nb\n", ["a", "b", ""]), ("a\r\nb", ["a", "b"]), ("", [""])])
def test_a_line_is_without_its_line_break(text, lines):
    source = Source("a", text)
    assert [source.line(number + 1) for number in range(len(lines))] == lines


def test_an_excerpt_has_carets_under_the_word():
    assert Span(Source("a", "one two three"), 4, 7).excerpt() == "1 | one two three\n  |     ^^^"


def test_carets_stand_under_the_word_behind_tabs():
    assert Span(Source("a", "\tone\ttwo"), 5, 8).excerpt() == "1 | \tone\ttwo\n  | \t   \t^^^"


@pytest.mark.parametrize("start", [0, 500, 5000, 9990, 9999, 10_000])
def test_an_excerpt_of_a_very_long_line_is_cut_around_the_word(start):
    text = "".join(chr(97 + number % 26) for number in range(10_000))
    shown, carets = Span(Source("a", text), start, min(start + 5, 10_000)).excerpt().splitlines()
    assert len(shown) < 200
    column = carets.index("^")
    assert shown[column : column + 1] == text[start : start + 1]


def test_a_span_over_several_lines_underlines_the_first():
    assert Span(Source("a", "one\ntwo"), 1, 6).excerpt() == "1 | one\n  |  ^^"


def test_what_would_move_the_cursor_is_not_printed():
    assert "\x1b" not in Span(Source("a", "a\x1b[2Jb"), 0, 1).excerpt()


def test_a_part_of_a_scalar_knows_where_it_stands():
    written = Written("ab", Source("a", 'x: "\\x61b"'), [4, 8, 9])
    assert (written.span().start, written.span().end, written.part(1, 2).span().start, str(written)) == (4, 9, 8, "ab")
    assert written.span(2, 2).start == 9
    assert Written.of("a + b").part(4, 5).span().start == 4
