"""An expression on columns is worth, row by row, what the reference evaluator says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from nba.batch.constants import column_of, constant, plain
from nba.batch.evaluate import Rows
from nba.language import tree
from nba.language.check import check
from nba.language.meaning import evaluate
from nba.language.scope import Scope
from nba.language.show import show
from nba.language.types import BOOLEAN, DATE, INSTANT, NUMBER, STRING, Field, ListOf, Record, is_scalar
from nba.source import Written
from nba.testing.generation import literals
from nba.testing.generation.data import Data
from nba.testing.generation.expressions import Expressions
from tests.generation.language import CONTEXT, SCOPE, World, first_of, world

pytestmark = pytest.mark.no_cover  # much work through few lines: coverage would only make it slow

SEED = os.environ.get("NBA_SEED", "20261122")
PAIRS = int(os.environ.get("NBA_PAIRS", "40000"))
_EXPRESSIONS, _ROWS = 20, 60


def surroundings(rng: Random) -> tuple[list[World], Rows]:
    """Customers in the same surroundings, one by one and as columns. Nothing has failed."""
    worlds = [world(rng, failed=0.0) for _ in range(_ROWS)]
    context, settings = Data(rng, 0.12).record(CONTEXT), worlds[0].settings
    worlds = [World(of.profile, context, of.facts, settings, of.zone) for of in worlds]
    profiles = [{**of.profile, "timezone": of.zone} for of in worlds]
    rows = Rows(
        len(worlds),
        column_of(profiles),
        constant(context),
        literals.AS_OF,
        {f"service.{name}": value for name, value in settings.items()},
        None,
    )
    rows.facts |= {id: column_of([of.facts[id] for of in worlds]) for id in worlds[0].facts}
    return worlds, rows


def expressions(rng: Random) -> Iterator[tree.Node]:
    for _ in range(_EXPRESSIONS):
        kind = rng.choice((BOOLEAN, BOOLEAN, BOOLEAN, NUMBER, STRING, DATE, INSTANT))
        yield check(Written.of(show(Expressions(SCOPE, rng, depth=5).of(kind))), SCOPE)
    yield first_of([check(Written.of(show(Expressions(SCOPE, rng).condition())), SCOPE) for _ in range(2)], rng)


def shown(value: Any) -> str:
    """A value to compare: numbers by their bits, but 1 and 1.0 alike."""
    return repr(float(value)) if isinstance(value, int | float) and not isinstance(value, bool) else repr(value)


def test_an_expression_on_columns_is_worth_what_the_reference_evaluator_says() -> None:
    pairs, known = 0, 0
    for block in range(PAIRS // (_EXPRESSIONS * _ROWS)):
        rng = Random(f"{SEED} columns {block}")
        worlds, rows = surroundings(rng)
        for node in expressions(rng):
            if not is_scalar(tree.type_of(node)):
                continue
            found = plain(rows.column(node), tree.type_of(node), range(_ROWS))
            for of, value in zip(worlds, found, strict=True):
                expected = evaluate(node, of.environment())
                assert shown(value) == shown(expected), f"{node.text or node}\n{of}"
                pairs, known = pairs + 1, known + (expected is not None)
    assert pairs >= PAIRS * 0.9
    assert known > pairs * 0.3


def test_an_aggregate_of_the_context_is_computed_once_for_all_rows() -> None:
    number = Record("item", {"n": Field(NUMBER)})
    scope = Scope(Record("profile", {"n": Field(NUMBER)}), Record("context", {"offers": Field(ListOf(number))}))
    offers = constant({"offers": ({"n": 1}, {"n": 5})})
    rows = Rows(3, column_of([{"n": 2}, {"n": 9}, {}]), offers, literals.AS_OF, {}, None)
    shared = rows.column(check(Written.of("sum(o.n for o in context.offers if o.n > 0)"), scope))
    assert (len(shared.values), shared.values.tolist()) == (1, [6.0])
    by_row = rows.column(check(Written.of("any(o.n > n for o in context.offers)"), scope))
    assert (by_row.values & by_row.known).tolist() == [True, False, False]
