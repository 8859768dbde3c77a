"""Whose the confidential facts are, what is derived from them, and what may not be handed to others."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

import nba
from nba.errors import Problem, RulesError
from nba.language.types import Field as TypedField
from nba.language.types import Record
from nba.schema.from_json_schema import record_from_json_schema
from nba.schema.from_pydantic import record_of
from nba.source import Source

Load = Callable[..., nba.Orchestrator]
Refused = Callable[..., tuple[Problem, ...]]

SCHEMA = {
    "properties": {
        "hardship": {"type": "boolean", "confidential": True},
        "open": {"type": "number"},
        "needs": {"properties": {"care": {"type": "boolean"}}, "confidential": True},
        "debts": {
            "type": "array",
            "items": {
                "properties": {
                    "id": {"type": "string"},
                    "open": {"type": "number"},
                    "reason": {"type": "string", "confidential": True},
                }
            },
        },
        "secret_debts": {
            "type": "array",
            "items": {"properties": {"id": {"type": "string", "confidential": True}, "open": {"type": "number"}}},
        },
        "limits": {"additionalProperties": {"type": "number"}, "confidential": True},
    }
}
HOUSE = "house: acme\ntimezone: UTC\n"
BILLING = "pack: billing\ndepartment: ledger\nprofile: {section: billing, schema: billing.json}\n"


def files(**texts: str) -> dict[str, str]:
    found = {"house.yaml": HOUSE, "billing.yaml": BILLING, "billing.json": json.dumps(SCHEMA)}
    return {**found, **{f"{name}.yaml": text for name, text in texts.items()}}


@pytest.mark.parametrize(
    ("expression", "owners"),
    [
        ("billing.hardship", {"ledger"}),
        ("billing.open > 1", set()),
        ("billing.open > 1 or not billing.hardship", {"ledger"}),
        ("billing.needs.care", {"ledger"}),
        ("billing.needs is missing", {"ledger"}),
        ("billing is missing", {"ledger"}),
        ("len(billing.debts) > 1", set()),
        ("count(d for d in billing.debts) > 1", set()),
        ("any(d.open > 1 for d in billing.debts)", set()),
        ('any(d.open > 1 for d in billing.debts if d.reason != "x")', {"ledger"}),
        ('any(x == "a" for x in ["a", "b"]) and billing.open > 1', set()),
        ("any(d.open > 1 for d in billing.secret_debts)", {"ledger"}),
        ('billing.limits["a"] > 1', {"ledger"}),
        ("propensities[name] > 1", set()),
        ("default(billing.hardship, true)", {"ledger"}),
        ("context.stock[name] > 1", set()),
        ('other.nested and as_of > instant("2026-01-01T00:00:00Z")', {"ledger"}),
        ("other.own", {"others"}),
        ("other.own and other.nested", {"ledger", "others"}),
        ("other.public", set()),
    ],
)
def test_what_reads_a_confidential_fact_belongs_to_the_same_departments(
    load: Load, expression: str, owners: set[str]
) -> None:
    other = f"""
        pack: other
        department: others
        signals:
          nested: {{when: other.deeper}}
          deeper: {{first_of: [{{when: billing.hardship, is: true}}, {{is: false}}]}}
          own: {{when: billing.open > 3, confidential: true}}
          public: {{when: billing.open > 3}}
          it: {{when: {json.dumps(expression)}}}
    """
    secrets = load(files(other=other)).ruleset.secrets
    assert secrets.facts["other.it"] == owners


def test_rules_laws_scores_and_keys_are_known_by_all_that_they_read(load: Load) -> None:
    rules = """
        pack: sales
        actions:
          offer: {tier: growth, value: billing.open}
          weighed: {tier: growth}
          scored: {tier: growth, lever: "default(billing.limits['x'], 1)"}
          doubled: {tier: growth}
          each: {tier: growth, for_each: d in billing.debts, key: d.id, value: d.open}
        rules:
          - {id: open, when: billing.open > 1, propose: [offer, weighed, scored], because: of it}
          - {id: hush, when: billing.hardship, weigh: {select: {action: weighed}, by: 2}, because: of it}
          - id: double
            when: billing.open > 1
            weigh: {select: {action: doubled}, by: "default(billing.limits['x'], 1)"}
            because: of it
          - {id: need, for: {tier: growth}, require: not billing.hardship, because: of it}
          - {id: calm, when: d.open > 1, propose: each, because: of it}
          - {id: why, when: d.reason == "x", propose: each, because: of it}
          - id: rows
            table:
              inputs: {hard: billing.hardship, open: billing.open}
              rows:
                - {id: one, hard: "true", propose: offer, because: of it}
                - {id: two, open: "> 3", propose: offer, because: of it}
    """
    house = HOUSE + "laws: [{id: law, given: billing.hardship, never: {tier: growth}, because: of it}]\n"
    secrets = load({**files(sales=rules), "house.yaml": house}).ruleset.secrets
    assert {id for id, owners in secrets.rules.items() if owners == {"ledger"}} == {
        "law", "sales.hush", "sales.need", "sales.why", "sales.rows.one",
    }  # fmt: skip
    assert {id for id, owners in secrets.scores.items() if owners} == {
        "sales.weighed", "sales.scored", "sales.doubled",
    }  # fmt: skip
    assert not any(secrets.keys.values())


def test_a_section_belongs_to_the_pack_of_its_name_whoever_else_names_it(load: Load) -> None:
    spy = "pack: spy\nprofile: {section: billing}\n"
    assert load(files(spy=spy)).ruleset.secrets.of_field("billing") == frozenset()
    assert load(files(spy=spy)).ruleset.secrets.sections["billing"] == "ledger"


def test_a_section_that_two_departments_name_and_none_is_named_for_is_the_houses(load: Load) -> None:
    house = {
        "house.yaml": HOUSE + "profile: profile.json\n",
        "profile.json": json.dumps(
            {"properties": {"health": {"confidential": True, "properties": {"ill": {"type": "boolean"}}}}}
        ),
    }
    one, two = (
        "pack: a\nprofile: {section: health}\n",
        "pack: b\nprofile: {section: health}\nsignals: {ill: {when: health.ill}}\n",
    )
    assert load({**house, "a.yaml": one, "b.yaml": two}).ruleset.secrets.facts == {"b.ill": {"house"}}
    assert load({**house, "b.yaml": two, "a.yaml": "pack: a"}).ruleset.secrets.facts == {"b.ill": {"b"}}


def test_core_fields_are_the_houses_own(load: Load) -> None:
    class Customer(nba.Profile):
        timezone: Annotated[str | None, nba.confidential] = None

    pack = """
        pack: sales
        profile: {section: timezone}
        signals: {old: {when: days_since(birth_date) > 3}, late: {when: hours_since(as_of) > 1}}
    """
    secrets = load(pack, profile=Customer).ruleset.secrets
    assert secrets.facts["sales.old"] == {"house"}
    assert not secrets.shown_to("sales", secrets.facts["sales.old"])
    assert secrets.shown_to("example", secrets.facts["sales.old"])


def test_a_department_that_goes_by_the_name_of_the_house_does_not_see_what_the_house_sees(load: Load) -> None:
    secrets = load({**files(), "house.yaml": "house: sales", "sales.yaml": "pack: sales"}).ruleset.secrets
    assert not secrets.shown_to("sales", frozenset({"ledger"}))
    assert secrets.shown_to("house", frozenset({"ledger"}))


def test_no_department_can_call_itself_the_house(refused: Refused) -> None:
    [problem] = refused(files(spy="pack: spy\ndepartment: house\n"))
    assert problem.message == "`house` is no department: it sees everything"
    assert problem.span is not None
    assert problem.span.location == "spy.yaml:2"


@pytest.mark.parametrize(
    ("text", "message", "found"),
    [
        (
            'rules: [{id: a, when: true, notify: {department: sales, message: "Wait: {billing.hardship}."}}]',
            "`billing.hardship` is confidential to ledger, and this message goes to sales",
            "billing.hardship",
        ),
        (
            "signals: {s: {when: billing.hardship}}\nrules: [{id: a, when: true, notify: "
            '[{department: ledger, message: "{sales.s}"}, {department: sales, message: "{sales.s}"}]}]',
            "`sales.s` is confidential to ledger, and this message goes to sales",
            "sales.s",
        ),
        (
            "actions: {a: {tier: growth, payload: {x: billing.open, why: billing.needs.care or false}}}",
            "`billing.needs.care or false` is confidential to ledger, and this action is one of sales",
            "billing.needs.care or false",
        ),
        (
            'actions: {a: {tier: growth, payload: {x: "Dear {name}, {billing.hardship}"}}}',
            "`billing.hardship` is confidential to ledger, and this action is one of sales",
            "billing.hardship",
        ),
        (
            "actions: {a: {tier: growth, for_each: d in billing.secret_debts, key: d.id}}",
            "`d.id` is confidential to ledger, and this action is one of sales",
            "d.id",
        ),
    ],
)
def test_what_would_carry_a_confidential_fact_to_others_does_not_load(
    refused: Refused, text: str, message: str, found: str
) -> None:
    problems = refused(files(sales=f"pack: sales\n{text}\n"))
    assert {of.message for of in problems} == {message}
    for problem in problems:
        assert problem.span is not None
        assert problem.span.source.text[problem.span.start : problem.span.end] == found
        assert problem.help


def test_the_task_of_a_law_carries_no_confidential_fact_to_others(refused: Refused) -> None:
    task = '{department: sales, message: "{billing.hardship}"}'
    law = f"{{id: l, given: billing.hardship, always: {{tier: growth}}, because: b, task: {task}}}"
    [problem] = refused({**files(sales="pack: sales"), "house.yaml": f"{HOUSE}laws: [{law}]\n"})
    assert problem.message == "`billing.hardship` is confidential to ledger, and this message goes to sales"


def test_a_department_and_the_house_may_be_handed_what_is_theirs(load: Load) -> None:
    billing = """
        pack: billing
        department: ledger
        profile: {section: billing, schema: billing.json}
        actions:
          plan: {tier: recovery, payload: {hard: billing.hardship}}
          settle: {tier: care, for_each: d in billing.secret_debts, key: d.id}
        rules:
          - {id: a, when: billing.hardship, notify: {department: house, message: "{billing.hardship}"}}
          - {id: b, when: billing.hardship, notify: {department: sales, message: "Wait with {name}."}}
    """
    sales = 'pack: sales\nrules: [{id: a, when: true, notify: {department: ledger, message: "{billing.hardship}"}}]'
    house = HOUSE + "vocabulary: {departments: [house]}\n"
    secrets = load({**files(sales=sales), "house.yaml": house, "billing.yaml": billing}).ruleset.secrets
    assert secrets.keys["billing.settle"] == {"ledger"}


@pytest.mark.parametrize(("public", "warned"), [("", ["sales.hush", "law"]), (", public_because: not now", [])])
def test_a_guard_with_a_confidential_reason_is_asked_for_one_for_everyone(
    write: Callable[..., Any], public: str, warned: list[str]
) -> None:
    sales = f"""
        pack: sales
        actions: {{offer: {{tier: growth}}}}
        rules: [{{id: hush, when: billing.hardship, block: offer, because: hardship{public}}}]
    """
    house = (
        HOUSE + f"laws: [{{id: law, given: billing.hardship, never: {{tier: growth}}, because: hardship{public}}}]\n"
    )
    folder = write({**files(sales=sales), "house.yaml": house})
    found = nba.loading.load_rules(folder).built.warnings
    assert [of.message.split("`")[1] for of in found if of.code == "no-public-because"] == warned


class Pet(BaseModel):
    kind: Annotated[str | None, nba.confidential] = None
    name: str | None = None


@dataclass
class House:
    rooms: Annotated[int, nba.confidential]
    garden: bool


class Person(BaseModel):
    plain: str | None = None
    marked: Annotated[bool | None, nba.confidential] = None
    inside: Annotated[bool, nba.confidential] | None = None
    described: Annotated[str | None, Field(description="what"), nba.confidential] = None
    enum: Annotated[Literal["low", "high"] | None, nba.ordered, nba.confidential] = None
    listed: list[Annotated[str, nba.confidential]] | None = None
    mapped: dict[str, Annotated[float, nba.confidential]] | None = None
    pets: list[Pet] | None = None
    house: House | None = None
    one_or_other: Pet | int | None = None
    neither: BaseModel | int | None = None


def test_a_pydantic_field_is_marked_wherever_the_mark_stands() -> None:
    fields = record_of(Person).fields
    marked = {name for name, field in fields.items() if field.confidential}
    assert marked == {"marked", "inside", "described", "enum", "listed", "mapped", "one_or_other"}
    assert secret_fields(fields["pets"]) == ["kind"]
    assert secret_fields(fields["house"]) == ["rooms"]
    assert fields["described"].description == "what"


def secret_fields(field: TypedField) -> list[str]:
    record = field.type if isinstance(field.type, Record) else field.type.item  # type: ignore[union-attr]  # a list
    assert isinstance(record, Record)
    return [name for name, of in record.fields.items() if of.confidential]


def test_what_is_below_a_marked_field_of_a_model_is_confidential(load: Load) -> None:
    class Needs(BaseModel):
        care: bool | None = None

    class Health(BaseModel):
        needs: Annotated[Needs | None, nba.confidential] = None

    class Customer(nba.Profile):
        health: Health | None = None

    pack = "pack: care\nprofile: {section: health}\nsignals: {cared: {when: health.needs.care}}\n"
    assert load(pack, profile=Customer).ruleset.secrets.facts == {"care.cared": {"care"}}


def test_the_mark_costs_a_model_nothing() -> None:
    class Plain(BaseModel):
        ill: Annotated[bool | None, nba.confidential] = None

    assert record_of(Plain).checks == ()


def test_a_json_schema_field_is_marked_wherever_the_keyword_stands() -> None:
    secret: dict[str, Any] = {"type": "string", "confidential": True}
    schema = {
        "$defs": {"ill": secret, "tree": {"properties": {"note": secret, "below": {"$ref": "#/$defs/tree"}}}},
        "properties": {
            "plain": {"type": "string", "confidential": False},
            "marked": secret,
            "referred": {"$ref": "#/$defs/ill"},
            "beside": {"$ref": "#/$defs/tree", "confidential": True},
            "nullable": {"anyOf": [secret, {"type": "null"}]},
            "listed": {"type": "array", "items": secret},
            "mapped": {"additionalProperties": secret},
            "union": {"oneOf": [{"properties": {"a": secret}}, {"type": "string"}]},
            "record": {"properties": {"a": secret, "b": {"type": "string"}}},
            "whole": {"properties": {"a": {"type": "string"}}, "confidential": True},
            "tree": {"$ref": "#/$defs/tree"},
        },
    }
    fields = record_from_json_schema(schema).fields
    marked = {name for name, field in fields.items() if field.confidential}
    assert marked == {"marked", "referred", "beside", "nullable", "listed", "mapped", "union", "whole"}
    assert secret_fields(fields["record"]) == ["a"]
    assert secret_fields(fields["whole"]) == ["a"]
    assert secret_fields(fields["tree"]) == ["note", "below"]
    everything = record_from_json_schema({**schema, "confidential": True}).fields
    assert all(field.confidential for field in everything.values())


def test_the_keyword_is_true_or_false() -> None:
    text = '{"properties": {"ill": {"type": "boolean", "confidential": "yes"}}}'
    with pytest.raises(RulesError, match="`confidential` is true or false") as caught:
        record_from_json_schema(Source("s.json", text))
    [problem] = caught.value.problems
    assert problem.span is not None
    assert text[problem.span.start : problem.span.end] == '"yes"'


def test_a_house_schema_can_mark_a_whole_section(load: Load) -> None:
    schema = {"properties": {"health": {"properties": {"ill": {"type": "boolean"}}, "confidential": True}}}
    rules = load(
        {
            "house.yaml": HOUSE + "profile: p.json\n",
            "p.json": json.dumps(schema),
            "care.yaml": "pack: care\nprofile: {section: health}\nsignals: {unwell: {when: health.ill}}\n",
        }
    )
    assert rules.ruleset.secrets.facts == {"care.unwell": {"care"}}
