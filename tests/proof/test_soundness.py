"""The prover is sound: no verdict that a customer breaks, no example that shows nothing; and this file would notice."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

import nba
from nba.proof import arithmetic, calendar, encode, lists, numbers, values, wording, world
from nba.proof.bits import no
from nba.proof.deciding import Block, Deciding
from nba.proof.encode import Encoder
from nba.proof.same import decided, same
from nba.proof.values import Scalar, Truth
from nba.proof.world import World
from nba.testing.generation.customers import case
from nba.testing.generation.questions import Question
from nba.testing.generation.rule_sets import CONTEXTS, PROFILES
from nba.testing.generation.writing import Style
from tests.proof.agreement import broken_proof, contradiction, decide, disagreement
from tests.proof.gym import customers, gym

pytestmark = pytest.mark.slow

SEEDS = range(int(os.environ.get("NBA_PROOF_SEEDS", "3")))
CUSTOMERS = int(os.environ.get("NBA_PROOF_CUSTOMERS", "60"))


@pytest.fixture(scope="module")
def orchestrator(tmp_path_factory: pytest.TempPathFactory) -> nba.Orchestrator:
    return gym(tmp_path_factory.mktemp("gym"))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_verdict_about_generated_rules_is_broken_by_a_customer(seed: int) -> None:
    rules = Question(1000 + seed).rules.orchestrator
    rng = Random(f"samples {seed}")
    assert broken_proof(rules, [case(rng, PROFILES, CONTEXTS) for _ in range(CUSTOMERS)]) is None


@pytest.mark.parametrize("seed", SEEDS)
def test_rules_that_are_said_to_decide_alike_do_so_for_each_customer(seed: int) -> None:
    rules, rng = Question(2000 + seed, Style(monotone=True)).rules, Random(f"changes {seed}")
    file = rng.choice(sorted(rules.packs))
    kept = list(rules.packs[file]["rules"])
    if kept:
        kept.pop(rng.randrange(len(kept)))
    house = {**rules.house, "disable": []}
    one = replace(rules, house=house)
    other = replace(one, packs={**rules.packs, file: {**rules.packs[file], "rules": kept}})
    first, second = replace(one, plugin=None).load(), replace(other, plugin=None).load()
    found = same(first, second, time_limit=3)
    for _ in range(CUSTOMERS if found.same else 0):
        customer = case(rng, PROFILES, CONTEXTS)
        assert decided(decide(first, customer)) == decided(decide(second, customer)), found
    if found.example is not None:
        assert decided(decide(first, found.example)) != decided(decide(second, found.example))


def test_the_encoding_agrees_about_every_edge_of_the_gym(orchestrator: nba.Orchestrator) -> None:
    assert disagreement(orchestrator, customers()) is None


def test_nothing_that_a_customer_of_the_gym_shows_is_said_never_to_be(orchestrator: nba.Orchestrator) -> None:
    assert contradiction(orchestrator, customers()) is None


def test_the_verdicts_about_the_gym_are_right(orchestrator: nba.Orchestrator) -> None:
    assert broken_proof(orchestrator, customers()) is None


# Wrong encodings, each of which must be noticed by one of the above.


def _known_is_true(original: Any) -> Any:
    """The unknown bit is dropped: what is not true is false."""
    return lambda self, *args: (lambda of: Truth(of.true, no(of.true), False))(original(self, *args))


def _off_by_one(original: Any) -> Any:
    def holds(self: Any, operator: str, one: Scalar, two: Scalar, order: tuple[str, ...]) -> Any:
        return original(self, "<=" if operator == "<" else operator, one, two, order)

    return holds


def _unknown_passes(original: Any) -> Any:
    return lambda self, guard: self.encoder.truth(guard.rule.condition).true


def _lenient_passes_faults(original: Any) -> Any:
    return lambda self, guard: self.encoder.truth(guard.rule.condition).true if guard.lenient else original(self, guard)


def _exact(original: Any) -> Any:
    def finite(self: Any, *args: Any) -> Any:
        return replace(original(self, *args), rounds=False)

    return finite


def _one_slot_less(original: Any) -> Any:
    def next_demand(self: World) -> Any:
        for wanted in self.wanted.values():
            for who in wanted:
                wanted[who] = max(1, wanted[who] - 1)
        return original(self)

    return next_demand


def _without(id: str) -> Callable[[Any], Any]:
    def mutate(original: Any) -> Any:
        def gates(self: Deciding, offer: Any, channel: Any) -> list[Block]:
            return [of for of in original(self, offer, channel) if of.id != id]

        return gates

    return mutate


def _fixed(value: Any) -> Callable[[Any], Any]:
    return lambda original: lambda *args, **more: value


def _failed_is_missing(original: Any) -> Any:
    return lambda bit, value: original(False, value) if bit is not False else original(bit, value)


def _extreme_of_the_other_end(original: Any) -> Any:
    def better(self: Any, *args: Any) -> Any:
        node = self.node
        self.node = replace(node, name="min" if node.name == "max" else "max")
        found = original(self, *args)
        self.node = node
        return found

    return better


def _prefix_too_wide(original: Any) -> Any:
    return lambda start: None


def _nulls_do_not_count(original: Any) -> Any:
    return lambda self, bits: False


def _proposing_nothing(original: Any) -> Any:
    return lambda self, id: [replace(of, proposed=False) for of in original(self, id)]


MUTATIONS: dict[str, tuple[Any, str, Any]] = {
    "the unknown bit of conditions is dropped": (Encoder, "truth", _known_is_true),
    "a bound is off by one": (arithmetic.Arithmetic, "_holds", _off_by_one),
    "a guard takes unknown for false": (Deciding, "acts", _unknown_passes),
    "a lenient guard passes over faults": (Deciding, "acts", _lenient_passes_faults),
    "the rounding is dropped": (arithmetic.Arithmetic, "finite", _exact),
    "a list is one slot too short": (World, "next_demand", _one_slot_less),
    "consent is forgotten": (Deciding, "gates", _without("consent")),
    "validity is forgotten": (Deciding, "gates", _without("validity")),
    "the conversation is forgotten": (Deciding, "gates", _without("conversation")),
    "faults above do not block": (Deciding, "faults", _fixed([])),
    "keys need not tell items apart": (Deciding, "_is_keyed", _fixed(True)),
    "scores are always there": (Deciding, "_scored", _fixed((True, False))),
    "max is min": (lists._Aggregate, "_better", _extreme_of_the_other_end),
    "nulls in lists do not count": (lists._Aggregate, "_gaps", _nulls_do_not_count),
    "a beginning has no end": (wording, "after_all", _prefix_too_wide),
    "what failed is missing": (world, "failing", _failed_is_missing),
    "the house assumes nothing": (world, "assumed", lambda original: lambda record, *others: record),
    "is missing is never true": (encode, "is_missing", _fixed(Truth(False, True))),
    "days are hours": (calendar, "DAY", lambda original: calendar.HOUR),
    "rounding goes down": (numbers, "threshold", lambda original: lambda limit: (numbers.Fraction(limit), False)),
    "nothing is ever proposed": (Deciding, "offers", _proposing_nothing),
    "and is or": (encode, "conjunction", lambda original: values.disjunction),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_wrong_encoding_is_noticed(
    mutation: str, orchestrator: nba.Orchestrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, name, mutate = MUTATIONS[mutation]
    monkeypatch.setattr(where, name, mutate(getattr(where, name, None)), raising=False)
    checks = (disagreement, contradiction, broken_proof)
    assert any(check(orchestrator, customers()) is not None for check in checks), "nothing was noticed"
