"""What the solver sees of a rule set is what the reference evaluator says of it, for one customer after the other."""

from __future__ import annotations

import os
from typing import Any

import pytest
import z3

from nba.language.meaning import evaluate
from nba.language.values import FAILED
from nba.proof.bits import alike, every, truth
from nba.proof.encode import Encoder
from nba.proof.values import Truth
from nba.proof.world import Demand, World, pattern_of
from nba.ruleset.model import Signal
from tests.generation.questions import Question
from tests.proof.pinning import pins

SEEDS = range(int(os.environ.get("NBA_PROOF_SEEDS", "8")))


def about_no_item(ruleset: Any) -> list[Any]:
    """The conditions of rules and laws that are not about an item, by id."""
    encoder = Encoder(World(ruleset))
    return [(of.id, of.condition) for of in ruleset.statements if not encoder.reads_items(of.condition)]


def encoded(encoder: Encoder, conditions: list[Any]) -> dict[str, Truth]:
    return {id: encoder.truth(node) for id, node in conditions}


def with_slots(ruleset: Any, conditions: list[Any], most: int, rests: bool) -> Encoder:
    """An encoder whose lists all have so many slots, and a rest when asked."""
    demand = Demand()
    for _ in range(4):
        encoder = Encoder(World(ruleset, demand))
        encoded(encoder, conditions)
        places = {pattern_of(location) for location in encoder.world.lists}
        demand = Demand(dict.fromkeys(places, most), frozenset(places if rests else ()))
    encoder = Encoder(World(ruleset, demand))
    encoded(encoder, conditions)
    return encoder


def is_said(value: Any, found: Truth) -> Any:
    """That a symbolic truth is a concrete one."""
    return every(
        (
            alike(found.true, value is True),
            alike(found.false, value is False),
            alike(found.failed, value is FAILED),
        )
    )


@pytest.mark.parametrize("slots", [5, 1])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_condition_can_be_what_the_reference_evaluator_says(seed: int, slots: int) -> None:
    question = Question(seed)
    orchestrator = question.rules.orchestrator
    ruleset = orchestrator.ruleset
    conditions = about_no_item(ruleset)
    conditions += [
        (of.id, of.node) for of in ruleset.facts if isinstance(of, Signal) and str(of.type) == "true or false"
    ]
    encoder = with_slots(ruleset, conditions, slots, rests=slots == 1)
    found = encoded(encoder, conditions)
    for case in question.cases:
        decision = orchestrator.decide(case.profile, context=case.context, as_of=case.as_of)
        env = decision._trace.environment()
        solver = z3.SimpleSolver()
        solver.add(*pins(encoder.world, decision._trace.profile, env.context, env))
        said = {id: evaluate(node, env) for id, node in conditions}
        solver.add(*encoder.world.finished())
        assert solver.check() == z3.sat, (seed, case)
        if not encoder.world.approximated:
            model = solver.model()
            wrong = [id for id, of in found.items() if not z3.is_true(model.eval(truth(is_said(said[id], of)), True))]
            assert not wrong, (seed, wrong, said[wrong[0]], case)
            continue
        solver.add(*(truth(is_said(said[id], of)) for id, of in found.items()))
        if solver.check() != z3.sat:
            for id, of in found.items():
                solver = z3.SimpleSolver()
                solver.add(*pins(encoder.world, decision._trace.profile, env.context, env), *encoder.world.finished())
                solver.add(truth(is_said(said[id], of)))
                assert solver.check() == z3.sat, (seed, id, said[id], dict(conditions)[id].text, case)
            raise AssertionError((seed, "together", case))
