"""Pages: lines that fit a terminal."""

from __future__ import annotations

import textwrap

from hypothesis import example, given
from hypothesis import strategies as st

from nba.explanation.showing import Page

WORDS = st.text(st.sampled_from("ab-é…"), min_size=1, max_size=14)
TEXTS = st.lists(WORDS | st.just("x" * 45) | st.just(""), max_size=12).map(" ".join)


@given(TEXTS, st.integers(0, 6), st.integers(0, 4))
@example("a" * 40 + " b", 0, 2)
@example("a" * 41 + " b", 0, 2)
@example("a" * 38 + " " + "b" * 38 + " c", 0, 2)
def test_a_paragraph_is_folded_as_textwrap_folds_it(text: str, indent: int, hang: int) -> None:
    page = Page(width=40)
    page.add(text, indent, hang)
    assert page.lines == textwrap.wrap(
        text,
        40,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_on_hyphens=False,
    )
