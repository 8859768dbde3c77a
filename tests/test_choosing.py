"""The choice alone is the choice of the whole pipeline, and so is everything that a decision tells when asked.

Decisions on generated rules and customers, by the product and by its definition. `NBA_PAIRS` says how many pairs of a
condition and a customer are looked at, and `NBA_SEED` which.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from random import Random
from typing import Any

import pytest

from nba.decision import Decision
from nba.testing.generation.customers import Case
from nba.testing.generation.questions import Check, Question
from nba.testing.generation.rule_sets import RuleSet
from tests.reference import reference

PAIRS = int(os.environ.get("NBA_PAIRS", "12000"))
SEED = int(os.environ.get("NBA_SEED", "1"))
LIMITS = (1, 1, 2, 3, None)
RUBBISH: tuple[Any, ...] = (
    *("?", 7.25, True, 1, float("nan"), float("inf"), -0.0, 2**53, 2**53 + 1, 10**30, {"a": 1}, ["?"], [], {}, b"?"),
    *("\ud800", object(), (), {1: 2}, 0, False, "", "low", "gold"),
)
seen: Counter[str] = Counter()


def decided_as_by_definition(rules: RuleSet, rng: Random) -> Check:
    product = rules.orchestrator
    definition = reference(product.ruleset)
    size = len(product.ruleset.layer.conditions) + sum(
        len(of.layer.conditions) for of in product.ruleset.items.values()
    )

    def check(one: Case) -> str | None:
        rng = Random(f"{one.as_of} {sorted(one.profile)}")
        profile = _spoilt(one.profile, rng) if rng.random() < 0.3 else one.profile
        asked = {"context": one.context, "as_of": one.as_of, "limit": rng.choice(LIMITS), "on_invalid": "unknown"}
        found, expected = product.decide(profile, **asked), definition.decide(profile, **asked)
        seen["pairs"] += size
        seen[f"{found.outcome} {'with' if found._trace.faults else 'without'} faults"] += 1
        seen["by the choice alone"] += "arbitration" not in vars(found._trace)
        complaint = _difference(found, expected)
        return complaint and f"{complaint}\nlimit {asked['limit']}"

    return check


def _difference(found: Decision, expected: Decision) -> str | None:
    """What differs: the choice first, before anything else is asked of the decision."""
    if found._chosen != expected._chosen:
        return f"chosen: {found._chosen}\nby definition: {expected._chosen}"
    one, other = found.to_json(indent=1), expected.to_json(indent=1)
    return None if one == other else f"{one}\nby definition: {other}"


def _spoilt(value: Any, rng: Random) -> Any:
    """The value with rubbish in some places."""
    if rng.random() < 0.05:
        return rng.choice(RUBBISH)
    if isinstance(value, dict):
        return {name: of if name == "id" else _spoilt(of, rng) for name, of in value.items()}
    return [_spoilt(of, rng) for of in value] if isinstance(value, tuple) else value


@pytest.mark.slow
def test_decisions_on_generated_rules_are_those_of_the_definition() -> None:
    seen.clear()
    seed = SEED
    while seen["pairs"] < PAIRS:
        Question(seed, customers=20).hold(decided_as_by_definition)
        seed += 1
    print(json.dumps(seen, indent=1))
    assert seen["by the choice alone"] > 0.3 * sum(n for name, n in seen.items() if "faults" in name)
    assert all(seen[f"{outcome} without faults"] for outcome in ("action", "nothing_proposed", "all_blocked"))
    assert seen["action with faults"]
