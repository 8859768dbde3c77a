"""What is shown is read back as the same tree, in its shortest form."""

from __future__ import annotations

from keyword import kwlist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba.language.parse import parse
from nba.language.show import show
from nba.language.syntax import (
    Aggregate,
    And,
    Arithmetic,
    Attribute,
    Call,
    Compare,
    Expression,
    Index,
    ListLiteral,
    Literal_,
    Minus,
    Missing,
    Name,
    Not,
    Or,
)
from nba.source import Written

WORDS = ["a", "b", "cases", "status", "x1", "_y", "match", "yes", "as_of"]
names = st.sampled_from(WORDS)
fields = st.sampled_from([*WORDS, *kwlist, "missing", "true", "null"])
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
numbers = st.one_of(
    st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0)
)
literals = st.builds(Literal_, st.one_of(st.booleans(), numbers, texts))


def paths(keys: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """A name with up to three fields and look-ups behind it."""
    step = st.one_of(fields, keys)

    def join(name: str, steps: list[str | Expression]) -> Expression:
        path: Expression = Name(name)
        for part in steps:
            path = Attribute(path, part) if isinstance(part, str) else Index(path, part)
        return path

    return st.builds(join, names, st.lists(step, max_size=3))


def larger(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    order = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    inside = st.sampled_from(["in", "not in"])
    signed = parts.filter(
        lambda part: (
            not isinstance(part, Literal_) or isinstance(part.value, str | bool) or str(part.value).startswith("-")
        )
    )
    return st.one_of(
        paths(parts),
        st.builds(Compare, parts, st.lists(st.tuples(order, parts), min_size=1, max_size=3).map(tuple)),
        st.builds(Compare, parts, st.tuples(st.tuples(inside, parts))),
        st.builds(Missing, parts, st.booleans()),
        st.builds(And, several),
        st.builds(Or, several),
        st.builds(Not, parts),
        st.builds(Arithmetic, st.sampled_from(["+", "-", "*", "/"]), parts, parts),
        st.builds(Minus, signed),
        st.builds(Call, names, st.lists(parts, max_size=3).map(tuple)),
        st.builds(
            Aggregate,
            st.sampled_from(["any", "all", "count", "sum", "min", "max"]),
            parts,
            names,
            parts,
            st.none() | parts,
        ),
    )


trees = st.recursive(
    st.one_of(literals, st.builds(ListLiteral, st.lists(literals, min_size=1, max_size=3).map(tuple)), paths(literals)),
    larger,
    max_leaves=12,
)


@given(trees)
def test_a_shown_tree_is_read_back_as_the_same_tree(tree: Expression) -> None:
    again = parse(Written.of(show(tree)))
    assert repr(again) == repr(tree)  # repr tells 1, 1.0 and true apart


@given(trees)
def test_what_is_shown_has_one_form(tree: Expression) -> None:
    text = show(tree)
    assert show(parse(Written.of(text))) == text


@given(texts)
def test_a_shown_text_is_on_one_line_and_hides_nothing(text: str) -> None:
    shown = show(Literal_(text))
    assert len(shown.splitlines()) == 1
    assert not set(shown) & set("\x1b\u200b\u202e\u2028\ufeff")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("((a)) and ((b))", "a and b"),
        ("(a or b) and c", "(a or b) and c"),
        ("a or (b and c)", "a or b and c"),
        ("(a and b) and c", "(a and b) and c"),
        ("not (a and b)", "not (a and b)"),
        ("not (a == b)", "not a == b"),
        ("(not a) == b", "(not a) == b"),
        ("a - (b - c)", "a - (b - c)"),
        ("(a - b) - c", "a - b - c"),
        ("a * (b + c)", "a * (b + c)"),
        ("(a * b) + c", "a * b + c"),
        ("-(a + b)", "-(a + b)"),
        ("(-a) * b", "-a * b"),
        ("(1<=x)<5", "(1 <= x) < 5"),
        ("1<=x<5", "1 <= x < 5"),
        ("(a + b)is  not\nmissing", "a + b is not missing"),
        ("(a is missing) is missing", "(a is missing) is missing"),
        ("x in['a',-1,true]", 'x in ["a", -1, true]'),
        ("'say \"hi\"'", r'"say \"hi\""'),
        ("'tab\tend'", r'"tab\tend"'),
        ('"\u202e\u007f"', r'"\u202e\u007f"'),
        ("1e5", "100000.0"),
        (".5", "0.5"),
        ("a [ 'k' ] . class", 'a["k"].class'),
        ("any( (c.x) for c in (a.b) if (c.y or d) )", "any(c.x for c in a.b if c.y or d)"),
        ("any(c for c in (not a))", "any(c for c in (not a))"),
    ],
)
def test_an_expression_is_shown_with_the_parentheses_it_needs(written: str, shown: str) -> None:
    assert show(parse(Written.of(written))) == shown
