"""Native, durable and the reference on the same conditions, customers and whole rule sets: thousands, no difference.

`NBA_SEED` gives others than the usual ones. `make engines-long` asks for a million pairs: `NBA_PAIRS`, `NBA_HOUSES`.
"""

from __future__ import annotations

import functools
import gc
import os
from collections.abc import Iterator, Sequence
from random import Random

import pytest

import nba
from nba.language.check import check
from nba.language.compiled import compile_node
from nba.language.show import show
from nba.language.types import BOOLEAN
from nba.language.values import Value
from nba.matching import Match, matcher_factory
from nba.matching.engines import why_no_durable
from nba.matching.native import NativeMatcher
from nba.ruleset.layers import LayerBuilder
from nba.ruleset.model import Layer
from nba.schema.from_json_schema import record_from_json_schema
from nba.source import Source, Written
from nba.testing.engines import ReferenceMatcher
from nba.testing.generation.customers import case
from nba.testing.generation.expressions import Expressions
from nba.testing.generation.rule_sets import CONTEXTS, PROFILES, rule_set
from nba.testing.generation.writing import Style
from tests.generation.language import SCOPE, world

pytestmark = [
    pytest.mark.skipif(why_no_durable() is not None, reason=str(why_no_durable())),
    pytest.mark.no_cover,  # much work through few lines: coverage would only make it slow
]

SEED = int(os.environ.get("NBA_SEED", "20261122"))
PAIRS = int(os.environ.get("NBA_PAIRS", "40000"))
HOUSES = int(os.environ.get("NBA_HOUSES", "600"))
WORLDS = 20


@pytest.fixture(autouse=True)
def rarely_collected() -> Iterator[None]:
    """Loading makes many objects, and looking at them all again and again takes a fifth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(20_000, 20, 20)
    yield
    gc.set_threshold(*usual)


def difference(layer: Layer, expected: Match, found: Match) -> list[str]:
    """The conditions on which two engines differ, as text."""
    numbers = (expected.true ^ found.true) | (expected.unknown ^ found.unknown)
    return [layer.conditions[number].text for number in sorted(numbers)]


def test_on_40_000_conditions_and_customers_the_engines_agree(capsys: pytest.CaptureFixture[str]) -> None:
    pairs = {True: 0, False: 0, None: 0}
    block = 0
    while sum(pairs.values()) < PAIRS:
        rng = Random(f"{SEED} bulk {block}")
        builder = LayerBuilder()
        for _ in range(rng.choice((5, 20, 80))):  # one ruleset, or several
            builder.add(check(Written.of(show(Expressions(SCOPE, rng, depth=5).condition())), SCOPE, BOOLEAN))
        layer = builder.build()
        features = [compile_node(node) for node in layer.features]
        reference, native, durable = ReferenceMatcher(layer), NativeMatcher(layer), matcher_factory("durable")(layer)
        for _ in range(WORLDS):
            env = world(rng).environment()
            values = [compute(env) for compute in features]
            expected = reference.match(values)
            for name, engine in (("native", native), ("durable", durable)):
                wrong = difference(layer, expected, engine.match(values))
                assert not wrong, f"NBA_SEED={SEED}, block {block}, {name}: {wrong} on {env.profile} {env.facts}"
            pairs[True] += len(expected.true)
            pairs[None] += len(expected.unknown)
            pairs[False] += len(layer.conditions) - len(expected.true) - len(expected.unknown)
        block += 1
    with capsys.disabled():
        total = sum(pairs.values())
        print(f"\n{total:,} pairs of a condition and a customer, in {block:,} layers: no difference; {pairs}")
    assert min(pairs.values()) > PAIRS / 20, "the conditions are hardly ever true, false or unknown"


class Three:
    """All three on each question: they have to agree, and durable gives the answer."""

    asked = 0

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._reference, self._native, self._durable = (
            make(layer) for make in (ReferenceMatcher, NativeMatcher, matcher_factory("durable"))
        )

    def match(self, features: Sequence[Value]) -> Match:
        expected, found = self._reference.match(features), self._durable.match(features)
        for name, answer in (("native", self._native.match(features)), ("durable", found)):
            wrong = difference(self._layer, expected, answer)
            assert not wrong, f"{name}: {wrong}"
        Three.asked += len(self._layer.conditions)
        return found


@pytest.fixture
def one_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """All generated rule sets have the same profile and context, and reading these is a fifth of a load."""
    read = functools.cache(lambda text, name: record_from_json_schema(Source("profile.json", text), name))
    monkeypatch.setattr("nba.ruleset.shapes.record_from_json_schema", lambda source, name: read(source.text, name))


@pytest.mark.slow
@pytest.mark.usefixtures("one_schema")
def test_on_600_whole_rule_sets_the_engines_agree(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes: dict[str, int] = {}
    rules = Three.asked = 0
    for number in range(HOUSES):
        seed = f"{SEED} house {number}"
        # Mostly one department, as loading takes the time, and sometimes several that look at each other's signals.
        house = rule_set(Random(seed), Style(packs=(1, 4) if number % 20 == 0 else (1, 1)))
        native = house.orchestrator
        three = nba.Orchestrator(native.ruleset, "native", Three, "ignore")
        rules += len(native.ruleset.statements)
        rng = Random(f"{seed} customers")
        for turn in range(3):
            one = case(rng, PROFILES, CONTEXTS)
            engines = (native, three) if turn == 0 else (three,)
            decided = [of.decide(one.profile, context=one.context, as_of=one.as_of, limit=3) for of in engines]
            outcomes[decided[0].outcome] = outcomes.get(decided[0].outcome, 0) + 1
            if turn == 0:
                first, second = (of.to_json() for of in decided)
                assert first == second, f"NBA_SEED={SEED}, house {number}"
    with capsys.disabled():
        print(
            f"\n{HOUSES:,} rule sets with {rules:,} rules and laws, {sum(outcomes.values()):,} customers, "
            f"{Three.asked:,} answers: no difference; {outcomes}"
        )
    assert {"action", "nothing_proposed", "all_blocked"} <= outcomes.keys()
