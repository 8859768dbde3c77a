"""Asking the solver: whether something can be, for any profile at all."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

import z3

from nba.proof.bits import Bit, truth
from nba.proof.calendar import of_instant
from nba.proof.encode import Encoder
from nba.proof.locations import Demand
from nba.proof.world import Settings, World
from nba.ruleset.model import Ruleset

Build: TypeAlias = Callable[[Encoder], Bit]
"""From an encoder to what is asked: whether it can be true."""
Status: TypeAlias = Literal["never", "possible", "unknown"]
USUAL_MOMENT = datetime(2026, 6, 15, 12, tzinfo=UTC)
_ROUNDS = 4


@dataclass(frozen=True)
class Answer:
    """Whether what was asked can be: `never` for no profile at all; `possible` with a model; or `unknown`, and why.

    `plain` says that the model is of a plain world, which can be written down as one profile.
    """

    status: Status
    encoder: Encoder
    model: Any = None
    plain: bool = False
    why: str = ""
    seconds: float = 0.0

    @property
    def world(self) -> World:
        """The world of the question."""
        return self.encoder.world


@dataclass
class Question:
    """A question in the making: its terms, encoded, and the solver that holds them."""

    encoder: Encoder
    asked: Bit
    solver: Any
    lemmas: list[Any] = field(default_factory=list)

    @property
    def world(self) -> World:
        """The world of the question."""
        return self.encoder.world


def encode(ruleset: Ruleset, build: Build, settings: Settings = "current") -> tuple[Encoder, Bit]:
    """The encoding of what is asked, with as many slots in each list as it needs.

    It is encoded until no list needs more; a list whose need grows with its slots gets a rest.
    """
    demand = Demand()
    for round in range(_ROUNDS + 3):
        encoder = Encoder(World(ruleset, demand, settings))
        asked = build(encoder)
        found = encoder.world.next_demand()
        if found == demand or (round and _covers(demand, found)):
            return encoder, asked
        if round >= _ROUNDS:
            growing = {of for of, slots in found.slots.items() if slots > demand.slots.get(of, 0)}
            found = Demand({**found.slots, **demand.slots}, found.rests | growing | demand.rests)
        demand = found
    raise AssertionError("the need for slots does not come to an end")


def _covers(demand: Demand, found: Demand) -> bool:
    enough = all(slots <= demand.slots.get(of, 1) or of in demand.rests for of, slots in found.slots.items())
    return enough and found.rests <= demand.rests


def ask(
    ruleset: Ruleset,
    build: Build,
    *,
    time_limit: float = 30.0,
    settings: Settings = "current",
    moment: datetime = USUAL_MOMENT,
) -> Answer:
    """Whether something can be true of a decision, for any profile, context and moment.

    Args:
        ruleset: the rules.
        build: makes the bit that is asked from an encoder; called a few times, and must make the same each time.
        time_limit: in seconds, for the solver.
        settings: `current` values, or `declared` for all that the packs allow.
        moment: an instant to prefer for a model.
    """
    started = time.perf_counter()
    encoder, asked = encode(ruleset, build, settings)
    found = solve(question(encoder, asked), time_limit, moment)
    return Answer(found.status, encoder, found.model, found.plain, found.why, time.perf_counter() - started)


def question(encoder: Encoder, asked: Bit) -> Question:
    """A question that is ready for the solver."""
    solver = z3.SimpleSolver()
    solver.add(*encoder.world.finished())
    solver.add(truth(asked))
    return Question(encoder, asked, solver)


def solve(question: Question, time_limit: float, moment: datetime = USUAL_MOMENT) -> Answer:
    """The answer: first of all worlds; when it is possible, of a plain one, and at a moment if that can be."""
    world, solver = question.world, question.solver
    ends = time.perf_counter() + time_limit
    solver.add(*question.lemmas)
    question.lemmas.clear()
    if z3.is_false(truth(question.asked)):
        return Answer("never", question.encoder)
    why = ""
    at = world.as_of == of_instant(moment)
    plainly, nicely = world.plain, [*world.plain, *world.nice]
    for plain, wishes in ((True, [*nicely, at]), (True, nicely), (True, plainly), (False, [])):
        left = ends - time.perf_counter()
        if left <= 0:
            return Answer("unknown", question.encoder, why="it took too long")
        solver.set("timeout", max(1, int(left * 1000)))
        solver.push()
        solver.add(*wishes)
        found = solver.check()
        model = solver.model() if found == z3.sat else None
        why = solver.reason_unknown() if found == z3.unknown else ""
        solver.pop()
        if model is not None:
            return Answer("possible", question.encoder, model, plain)
        if found == z3.unsat and not wishes:
            return Answer("never", question.encoder)
    return Answer("unknown", question.encoder, why=_why(why))


def _why(said: str) -> str:
    return "it took too long" if said in ("timeout", "canceled") else f"the solver gave up ({said})"
