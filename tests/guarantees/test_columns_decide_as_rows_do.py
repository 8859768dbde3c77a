"""8. Every engine agrees: a table is decided, row by row, as `decide` decides each of its rows."""

from __future__ import annotations

import os
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import nba
from nba.batch import output, tables
from nba.batch.frames import decide_frame
from nba.testing.generation.customers import case
from nba.testing.generation.rule_sets import CONTEXTS, PROFILES, rule_set
from tests.batch.arrow import table_of

GUARANTEE = settings.get_profile("guarantees")
_CUSTOMERS = 40


def as_it_is(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "actions": [{**of, "score": repr(of["score"])} for of in row["actions"]]}


def broken(profile: dict[str, Any], rng: Random) -> dict[str, Any]:
    """The profile, at times with a number that is none, or a word that the schema does not know."""
    if rng.random() < 0.05:
        return {**profile, "value": float("nan")}
    if rng.random() < 0.05 and "billing" in profile:
        return {**profile, "billing": {**profile["billing"], "level": "utmost"}}
    return profile


@given(seed=st.integers(0, 2**32 - 1))
@settings(GUARANTEE, max_examples=int(os.environ.get("NBA_EXAMPLES", "12")))
def test_a_table_is_decided_as_its_rows_are(seed: int) -> None:
    rng = Random(f"columns {seed}")
    rules = rule_set(rng)
    found = [case(rng, PROFILES, CONTEXTS) for _ in range(_CUSTOMERS)]
    context, as_of = found[0].context, found[0].as_of
    table = table_of([broken(of.profile, rng) for of in found], PROFILES, rng)
    limit, on_invalid = rng.choice((1, 1, 2, 3, None)), rng.choice(("raise", "unknown"))
    orchestrator = rules.orchestrator
    decided = decide_frame(
        orchestrator, table, as_of=as_of, context=context, limit=limit, on_invalid=on_invalid, processes=1
    )
    assert len(decided) == _CUSTOMERS
    assert not [reason for reason in decided.report.one_by_one if reason.startswith("columns")], decided.report
    [batch] = table.to_batches()
    for place, row in enumerate(output.plain(decided.table).to_pylist()):
        try:
            one = orchestrator.decide(
                tables.row(batch, place), as_of=as_of, context=context, limit=limit, on_invalid=on_invalid
            )
            expected = output.row_of(one)
        except nba.ProfileError as error:
            expected = output.row_of_error(error)
        assert as_it_is(row) == as_it_is(expected), f"seed {seed}, row {place}\n{rules.text()}"
