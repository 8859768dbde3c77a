"""Comparisons with literals on few bytes are exact."""

from __future__ import annotations

import numpy as np
import pytest

from nba.batch.bits import unpack
from nba.batch.columns import Scalars
from nba.batch.conditions import Conditions
from nba.batch.constants import column_of, constant
from nba.batch.evaluate import Rows
from nba.language import tree
from nba.language.types import NUMBER
from nba.ruleset.layers import LayerBuilder
from nba.testing.generation.literals import AS_OF

_WHOLE = (-3, -1, 0, 1, 2, 3, 32767, -32768)
_SINGLE = (0.5, -0.5, 1.5, 0.0, 2.0, 0.10000000149011612)
_DOUBLE = (0.1, 1e308, -1e308, 5e-324, 2.2250738585072014e-308, 1 / 3, 16777217.0)
_LITERALS = (*_WHOLE, *_SINGLE, *_DOUBLE, 32768, -32769, 40000.5, 2**53, 0.5000000001)


@pytest.mark.parametrize(
    "values", [_WHOLE, _SINGLE, _DOUBLE, (0.5, 100000.0)], ids=["whole", "single", "double", "two"]
)
@pytest.mark.parametrize("operator", ["==", "<", "<="])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_comparison_with_a_literal_is_that_of_the_numbers(
    values: tuple[float, ...], operator: str, mirrored: bool
) -> None:
    compare = {"==": float.__eq__, "<": float.__lt__, "<=": float.__le__}[operator]
    path = tree.Path("profile", ("x",), NUMBER)
    builder, numbers = LayerBuilder(), []
    for literal in _LITERALS:
        constant_ = tree.Constant(literal, NUMBER)
        one, other = (constant_, path) if mirrored else (path, constant_)
        numbers.append(builder.add(tree.Compare(operator, one, other)))  # type: ignore[arg-type]  # one of the three
    rows = Rows(len(values), column_of([{"x": of} for of in values]), constant({}), AS_OF, {}, None)
    assert isinstance(rows.column(path), Scalars)
    truths = Conditions(builder.build()).truths(rows)
    for number, literal in zip(numbers, _LITERALS, strict=True):
        must, may = truths[number]
        found = unpack(must, len(values)).astype(bool).tolist()
        pairs = ((float(literal), float(of)) if mirrored else (float(of), float(literal)) for of in values)
        assert found == [compare(*pair) for pair in pairs], literal
        assert np.array_equal(unpack(must, len(values)), unpack(may, len(values)))
