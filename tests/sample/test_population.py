"""The generated population: valid, believable, the same each time, and made one by one."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, field_validator

import nba
from nba.language.types import Record
from nba.loading import load_rules
from nba.ruleset.model import Ruleset
from nba.sample import customers, surroundings
from nba.schema.from_pydantic import record_of
from nba.schema.reading import read

AS_OF = "2026-11-22T09:00:00Z"
SIX = ["billing", "logistics", "marketing", "sales", "service", "workplace"]
Customer = dict[str, Any]


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    return load_rules(packs=SIX).built.ruleset


@pytest.fixture(scope="module")
def population(rules: Ruleset) -> list[Customer]:
    return list(customers(rules.profile, 3000, seed=1, as_of=AS_OF))


def test_every_customer_fits_the_schema_and_has_no_field_that_it_lacks(
    rules: Ruleset, population: list[Customer]
) -> None:
    faults = [fault for of in population for fault in read(rules.profile, of, extra="forbid").faults]
    assert faults == []


@pytest.mark.parametrize("name", ["car-dealer", "house"])
def test_the_sections_of_other_rules_are_filled_too(name: str) -> None:
    profile = load_rules(nba.shipped(name)).built.ruleset.profile
    found = list(customers(profile, 300, as_of=AS_OF))
    assert [fault for of in found for fault in read(profile, of, extra="forbid").faults] == []
    filled = {section for of in found for section, value in of.items() if value}
    assert {*profile.fields} - filled == set()


def test_everything_that_happened_is_before_the_instant_and_json_carries_it(population: list[Customer]) -> None:
    assert json.loads(json.dumps(population)) == population
    past = [case["opened_at"] for of in population for case in of.get("service", {}).get("cases", ())]
    past += [letter["sent_at"] for of in population for letter in of.get("marketing", {}).get("letters", ())]
    assert len(past) > 1000
    assert max(past) <= AS_OF


def test_the_same_seed_gives_the_same_customers_and_another_seed_others(rules: Ruleset) -> None:
    def made(count: int, seed: int) -> str:
        return json.dumps(list(customers(rules.profile, count, seed=seed, as_of=AS_OF)))

    assert made(40, 7) == made(40, 7)
    assert made(40, 7) != made(40, 8)


def test_a_customer_does_not_depend_on_how_many_there_are(rules: Ruleset, population: list[Customer]) -> None:
    few = list(customers(rules.profile, 20, seed=1, as_of=AS_OF))
    endless = customers(rules.profile, 10**9, seed=1, as_of=AS_OF)
    assert few == population[:20] == list(islice(endless, 20))


def test_the_memory_does_not_grow_with_the_population(rules: Ruleset) -> None:
    endless = customers(rules.profile, 10**9, seed=2, as_of=AS_OF)
    for _ in islice(endless, 200):  # whatever is made once is made now
        pass
    tracemalloc.start()
    try:
        for _ in islice(endless, 300):
            pass
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 100_000


def test_the_first_customer_stays_who_it_is(rules: Ruleset) -> None:
    """A change of the story changes everybody's benchmarks: it should be meant."""
    [first] = customers(rules.profile, 1, seed=1, as_of=AS_OF)
    assert (first["id"], first["name"], first["birth_date"]) == ("C-1", "Yusuf", "1969-12-26")


def share(of: Iterable[Customer], holds: Callable[[Customer], bool]) -> float:
    found = [holds(one) for one in of]
    assert len(found) >= 30, "too few to tell"
    return sum(found) / len(found)


def late(of: Customer) -> bool:
    orders = of.get("logistics", {}).get("orders", ())
    return any(order.get("eta", "9999") > order["promised_on"] for order in orders)


def cases(of: Customer) -> list[Customer]:
    found: list[Customer] = of.get("service", {}).get("cases", [])
    return found


def silent(of: Customer) -> bool:
    used = of.get("marketing", {}).get("last_used_at")
    return used is not None and used < "2026-09-22"


def test_late_orders_make_cases(population: list[Customer]) -> None:
    ordered = [of for of in population if of.get("logistics", {}).get("orders")]
    with_late = share(filter(late, ordered), lambda of: bool(cases(of)))
    without = share((of for of in ordered if not late(of)), lambda of: bool(cases(of)))
    assert with_late > 2 * without


def test_cases_make_silence(population: list[Customer]) -> None:
    settled = [of for of in population if of.get("marketing", {}).get("joined_on", "9999") < "2026-06-01"]
    troubled = [of for of in settled if any(one["opened_at"] > "2026-06-01" for one in cases(of))]
    calm = [of for of in settled if "service" in of and not cases(of)]
    assert share(troubled, silent) > 1.7 * share(calm, silent)


def test_who_is_silent_does_not_answer(population: list[Customer]) -> None:
    def ignores(of: Customer) -> bool:
        return any(one["outcome"] == "ignored" for one in of["interactions"])

    asked = [of for of in population if of.get("interactions") and "marketing" in of]
    assert share(filter(silent, asked), ignores) > share((of for of in asked if not silent(of)), ignores) + 0.1


def test_late_orders_make_disputes(population: list[Customer]) -> None:
    def disputes(of: Customer) -> bool:
        return any(one["status"] == "disputed" for one in of.get("billing", {}).get("invoices", ()))

    assert share(filter(late, population), disputes) > 3 * share((of for of in population if not late(of)), disputes)


def test_data_has_gaps_and_colleagues_are_among_the_customers(population: list[Customer]) -> None:
    for section in ("service", "sales", "marketing", "logistics", "billing"):
        assert 0 < sum(section not in of for of in population) < len(population) * 0.05
    colleagues = [of for of in population if "workplace" in of]
    assert 0.01 < len(colleagues) / len(population) < 0.06
    assert all(of["id"].startswith("E-") for of in colleagues)
    assert share(population, lambda of: of.get("billing", {}).get("hardship") is None) > 0.5


def test_the_customers_keep_every_department_busy(rules: Ruleset, population: list[Customer]) -> None:
    orchestrator = nba.load(packs=SIX)
    context = surroundings(rules.context, as_of=AS_OF)
    decisions = [orchestrator.decide(of, context=context, as_of=AS_OF, limit=None) for of in population[:1200]]
    assert [error for of in decisions for error in of.errors] == []
    chosen = {action.action for of in decisions for action in of.actions}
    held = {blocked.department for of in decisions for blocked in of.blocked}
    assert {id.partition(".")[0] for id in chosen} == set(SIX)
    assert held >= {"sales", "marketing", "billing", "logistics"}
    assert len(chosen) >= len(rules.actions) * 0.7
    outcomes = {of.outcome for of in decisions}
    assert outcomes == {"action", "all_blocked", "nothing_proposed"}


def test_the_company_fits_the_schema_of_the_context(rules: Ruleset) -> None:
    context = surroundings(rules.context, as_of=AS_OF)
    assert read(rules.context, context, extra="forbid").faults == ()
    assert min(context["stock"].values()) == 0


@pytest.mark.parametrize("as_of", ["yesterday", "2026-11-22T09:00:00", 5, None])
def test_an_instant_that_is_none_is_refused(rules: Ruleset, as_of: Any) -> None:
    with pytest.raises(ValueError, match="as_of should be"):
        next(customers(rules.profile, 1, as_of=as_of))


class Meter(BaseModel):
    id: str | None = None
    kind: Literal["water", "power"] | None = None
    reading: Annotated[float, Field(ge=0, le=1)] | None = None
    year: Annotated[int, Field(ge=1, le=12)] | None = None
    postcode: Annotated[str, Field(pattern=r"^QQ[0-9]{40}$")] | None = None
    anything: Any = None

    @field_validator("kind")
    @classmethod
    def _no_power(cls, kind: str | None) -> str | None:
        if kind == "power":
            raise ValueError("none of that")
        return kind


class Unheard(BaseModel):
    meters: list[Meter] | None = None
    by_year: dict[str, float] | None = None


class Stranger(BaseModel):
    id: int | None = None  # a number, where the story has a text
    service: Literal["gold", "silver"] | None = None  # an enum, where the story has a record
    sales: Unheard | None = None
    unheard: Unheard | None = None


@pytest.fixture(scope="module")
def strangers() -> tuple[Record, list[Customer]]:
    record = record_of(Stranger)
    return record, list(customers(record, 300, as_of=AS_OF))


def test_a_schema_that_the_story_has_never_heard_of_is_filled_with_what_it_takes(
    strangers: tuple[Record, list[Customer]],
) -> None:
    record, found = strangers
    assert [fault for of in found for fault in read(record, of, extra="forbid").faults] == []
    assert {of.get("service") for of in found} == {"gold", "silver", None}
    assert all(isinstance(of["id"], int) for of in found)
    meters = [meter for of in found for meter in of.get("unheard", {}).get("meters", ())]
    assert len(meters) > 100
    for field in ("id", "kind", "reading", "year"):
        assert any(of.get(field) is not None for of in meters), field


def test_what_no_likely_value_fits_is_left_out(strangers: tuple[Record, list[Customer]]) -> None:
    _, found = strangers
    meters = [meter for of in found for meter in of.get("unheard", {}).get("meters", ())]
    assert all(of.get("postcode") is None for of in meters)
    assert {of.get("kind") for of in meters} == {"water", None}
