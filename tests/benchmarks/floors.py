"""What nothing can be faster than: reading the fields of a customer; what reading strictly costs a decision; and where
the time of a decision goes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, create_model

import nba
from nba.errors import ProfileError
from nba.intake import Intake
from tests.benchmarks.contestants import loaded
from tests.benchmarks.measuring import for_each, side_by_side
from tests.benchmarks.seeded import AS_OF, SECTIONS, Field, Workload, make

RULES = 100


def measure(rounds: int) -> dict[str, float]:
    """Microseconds a customer, by what is done."""
    work = make(RULES, customers=60)
    orchestrator: nba.Orchestrator = loaded(work)
    model = model_of(work)
    people = list(work.customers)
    models = [model.model_validate(of) for of in people]
    intake = Intake(orchestrator.ruleset.profile, ProfileError, "ignore")
    decide = orchestrator.decide
    jobs = {
        "read every field of a dict": for_each(_reader(work.fields, "{0}[{1!r}]"), people),
        "read every field of a pydantic model": for_each(_reader(work.fields, "{0}.{1}"), models),
        "pydantic's `model_validate`": for_each(model.model_validate, people),
        "nba's own strict reading of a dict": for_each(lambda of: intake.take(of, "raise", []), people),
        "nba's own strict reading of a model": for_each(lambda of: intake.take(of, "raise", []), models),
        "`decide` on a dict": for_each(lambda of: decide(of, as_of=AS_OF), people),
        "`decide` on a model": for_each(lambda of: decide(of, as_of=AS_OF), models),
        "`model_validate`, then `decide`": for_each(lambda of: decide(model.model_validate(of), as_of=AS_OF), people),
        "`decide`, and `to_json()`": for_each(lambda of: decide(of, as_of=AS_OF).to_json(), people),
        "`decide`, and `explain()`": for_each(lambda of: decide(of, as_of=AS_OF).explain(), people),
    }
    return {name: seconds / len(people) * 1e6 for name, seconds in side_by_side(jobs, rounds).items()}


def anatomy(rounds: int) -> dict[str, float]:
    """Microseconds a customer, by the steps of a decision: what each adds to those before it."""
    work = make(RULES, customers=60)
    orchestrator: Any = loaded(work)
    chooser, decide = orchestrator._chooser, orchestrator.decide
    take, compute, read = orchestrator._profiles.take, orchestrator._facts.compute, chooser._features.read
    truths, moment = chooser.matcher.blocks[0].truths, datetime.fromisoformat(AS_OF)

    def facts(of: Any) -> Any:
        return compute(take(of, "raise", [])[0], {}, moment, {}, [])

    steps = {
        "the profile is read strictly": lambda of: take(of, "raise", []),
        "its time zone, signals and assumptions": facts,
        "the values that conditions compare": lambda of: read(facts(of)),
        "conditions: true, unknown": lambda of: truths(read(facts(of))),
        "guards, weights, scores, tiers: the choice": lambda of: chooser.choose(facts(of), 1),
        "arguments, and what is kept for questions": lambda of: decide(of, as_of=AS_OF),
        "the action as it is given back": lambda of: decide(of, as_of=AS_OF).action,
    }
    found = side_by_side({name: for_each(of, work.customers) for name, of in steps.items()}, rounds)
    ends = [seconds / len(work.customers) * 1e6 for seconds in found.values()]
    return {name: end - before for name, before, end in zip(steps, [0.0, *ends], ends, strict=False)}


def model_of(work: Workload) -> type[BaseModel]:
    """A pydantic model of the customers, strict as an application's would be."""
    kinds: dict[str, Any] = {"number": int, "text": str, "bool": bool}

    def fields(section: str) -> dict[str, Any]:
        return {of.name: (kinds[of.kind] | None, None) for of in work.fields if of.section == section}

    sections = {name: (create_model(name.title(), **fields(name)) | None, None) for name in SECTIONS}
    return create_model("Customer", **fields(""), **sections)


def _reader(fields: tuple[Field, ...], access: str) -> Any:
    """A function that reads all the fields of a customer, written out."""

    def text(of: Field) -> str:
        home = access.format("customer", of.section) if of.section else "customer"
        return access.format(home, of.name)

    return eval(f"lambda customer: ({', '.join(map(text, fields))},)")  # noqa: S307 - the text is made above
