"""What acts on conditions is found by those that are met."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from nba.ruleset.by_condition import ByCondition


@dataclass(frozen=True)
class Acting:
    condition: int


NUMBERS = st.integers(0, 8)


@given(st.lists(NUMBERS.map(Acting)), st.sets(NUMBERS))
def test_those_that_are_met_are_found_in_their_order(things: list[Acting], met: set[int]) -> None:
    by_condition = ByCondition(things)
    assert by_condition.of(met) == [of for of in things if of.condition in met]
    assert by_condition.places(met) == [place for place, of in enumerate(things) if of.condition in met]
