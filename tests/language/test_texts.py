"""Texts for people with `{path}` places: what is put in, and that nothing in them is ever evaluated."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from nba.errors import RulesError
from nba.language.functions import Clock
from nba.language.meaning import Environment
from nba.language.scope import Scope
from nba.language.texts import has_places, show_value, template
from nba.language.types import NUMBER, STRING, Field, ListOf, MapOf, Record
from nba.language.values import FAILED
from nba.source import Written

PROFILE = Record(
    "profile",
    {
        "name": Field(STRING),
        "value": Field(NUMBER),
        "tags": Field(ListOf(STRING)),
        "marks": Field(MapOf(NUMBER)),
        "inner": Field(Record("inner", {"city": Field(STRING)})),
    },
)
SCOPE = Scope(PROFILE)


def rendered(text, **profile):
    return template(Written.of(text), SCOPE).render(
        Environment(profile, {}, Clock(datetime(2026, 11, 22, 9, tzinfo=UTC)))
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hello {name}!", "Hello Anna!"),
        ("{ name }{value}", "Anna2.5"),
        ("{inner.city}", "–"),
        ("{inner . city}", "–"),
        ("{as_of}", "2026-11-22T09:00:00Z"),
        ("{{name}}", "{name}"),
        ("{{{name}}}", "{Anna}"),
        ("", ""),
        ("no places", "no places"),
        ("100 %s %(name)s $name", "100 %s %(name)s $name"),
        ("}}{{", "}{"),
    ],
)
def test_a_place_takes_the_value_of_its_path(text, shown):
    assert rendered(text, name="Anna", value=2.5) == shown


@pytest.mark.parametrize("name", ["{value}", "{0}", "{{", "{name.__class__.__mro__}", "%(x)s", "\n", "😀"])
def test_a_value_is_put_in_as_it_is(name):
    assert rendered("<{name}>", name=name, value=1) == f"<{name}>"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "}",
        "{name",
        "name}",
        "{}",
        "{ }",
        "{0}",
        "{name!r}",
        "{name:>9}",
        "{name.__class__}",
        "{value + 1}",
        "{tags}",
        "{tags[0]}",
        "{marks['a']}",
        "{inner}",
        "{nmae}",
        "{inner.town}",
        "{'x'}",
        "{name\n}{",
        "{5}",
        "{true}",
        "{and}",
        "{é}",
        "{name}}",
    ],
)
def test_a_place_that_is_no_path_to_one_value_is_refused_where_it_stands(text):
    with pytest.raises(RulesError) as caught:
        template(Written.of(text), SCOPE)
    for problem in caught.value.problems:
        assert 0 <= problem.span.start < problem.span.end <= len(text)


def test_every_wrong_place_is_told():
    with pytest.raises(RulesError) as caught:
        template(Written.of("{a} {b} {} {name}"), SCOPE)
    assert [of.span.start for of in caught.value.problems] == [1, 5, 8]


@pytest.mark.parametrize(
    ("text", "places"),
    [("{name}", True), ("a {b} c", True), ("{{b}}", False), ("1 + 2", False), ("{", False), ("{}", True)],
)
def test_a_text_with_a_place_is_told_from_an_expression(text, places):
    assert has_places(text) is places


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (FAILED, "–"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (2.0, "2"),
        (-2.0, "-2"),
        (0.1, "0.1"),
        (1e15, "1000000000000000.0"),
        (1e300, "1e+300"),
        (2**53, "9007199254740992"),
        ("", ""),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00Z"),
    ],
)
def test_values_are_shown_as_people_read_them(value, shown):
    assert show_value(value) == shown
