"""The house as it is written: its defaults, and the forms that it refuses."""

from __future__ import annotations

import pytest

from nba.documents.house import House
from nba.documents.validate import validate
from nba.documents.yaml import read
from nba.errors import RulesError
from nba.source import Source


def house(text):
    return validate(read(Source("h.yaml", "house: h\n" + text)), House)


def test_a_house_needs_only_its_name():
    found = house("")
    assert found.tiers == ["obligation", "recovery", "care", "retention", "adoption", "growth"]
    assert (found.promotional, found.timezone, found.packs, found.consent, found.laws) == (None, None, None, {}, [])


def test_each_part_is_where_it_belongs():
    found = house("""\
packs: [service, sales>=1.2, "logistics ==2.0"]
departments: {sales: {tiers: [growth], title: Sales}}
vocabulary: {tags: [a], channels: [b], departments: [c]}
consent: {growth: marketing, sales.offer: offers}
assume: [{path: service.cases, missing_means: [], because: b}]
settings: {service.days: 2, sales.on: true, sales.name: x, sales.rate: 0.5}
disable: [{rule: sales.push, because: b}]
laws: [{id: l, given: a, always: {tag: t}, because: b, task: {department: d, message: m}}]
""")
    assert found.packs == ["service", "sales>=1.2", "logistics ==2.0"]
    assert (found.departments["sales"].tiers, found.vocabulary.channels) == (["growth"], ["b"])
    assert found.settings == {"service.days": 2, "sales.on": True, "sales.name": "x", "sales.rate": 0.5}
    assert type(found.settings["sales.on"]) is bool
    assert (found.laws[0].task.department, str(found.laws[0].task.message)) == ("d", "m")


@pytest.mark.parametrize(
    "text",
    [
        "tiers: [a, a]",
        "promotional: [a, a]",
        "packs: [Service]",
        "packs: ['']",
        "packs: ['>=1']",
        "packs: [service, 5]",
        "consent: {Growth!: m}",
        "consent: {growth: ''}",
        "settings: {Days: 1}",
        "settings: {a.b: null}",
        "laws: [{id: l, because: b}]",
        "laws: [{id: l, never: {tag: a}, always: {tag: b}, because: b}]",
        "laws: [{id: l, never: {tag: a}, because: b, task: {department: d}}]",
        "assume: [{path: a, because: b}]",
        "disable: [{rule: a}]",
        "vocabulary: {tags: [a, a]}",
    ],
)
def test_a_form_that_is_wrong_is_refused_at_its_place(text):
    with pytest.raises(RulesError) as caught:
        house(text + "\n")
    assert {of.span.line for of in caught.value.problems} == {2}
