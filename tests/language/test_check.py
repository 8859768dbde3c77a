"""What the checker refuses when the rules load, and what it says about it."""

from __future__ import annotations

import pytest

from nba.errors import RulesError
from nba.language import tree
from nba.language.check import check
from nba.language.scope import Scope
from nba.language.types import (
    BOOLEAN,
    DATE,
    INSTANT,
    NUMBER,
    STRING,
    Enum,
    Field,
    ListOf,
    MapOf,
    Opaque,
    Record,
)
from nba.source import Written

CASE = Record(
    "case",
    {"id": Field(STRING), "open": Field(BOOLEAN), "at": Field(INSTANT), "severity": Field(Enum(("low", "high")))},
)
SERVICE = Record("service", {"cases": Field(ListOf(CASE)), "class": Field(STRING), "visits": Field(NUMBER)})
PROFILE = Record(
    "profile",
    {
        "name": Field(STRING),
        "value": Field(NUMBER),
        "vip": Field(BOOLEAN),
        "on": Field(DATE),
        "at": Field(INSTANT),
        "tags": Field(ListOf(STRING)),
        "plan": Field(Enum(("gold", "tin"))),
        "colour": Field(Enum(("red", "blue"))),
        "level": Field(Enum(("low", "mid", "high"), ordered=True)),
        "rank": Field(Enum(("low", "high"), ordered=True)),
        "scores": Field(MapOf(NUMBER)),
        "photo": Field(Opaque("it is bytes")),
        "service": Field(SERVICE),
    },
)
CONTEXT = Record("context", {"channel": Field(STRING), "stock": Field(MapOf(NUMBER))})
SCOPE = Scope(
    PROFILE,
    CONTEXT,
    facts={"service.owed": BOOLEAN, "service.level": Enum(("calm", "urgent"))},
    settings={"days": NUMBER},
    pack="service",
    packs=frozenset({"service"}),
)


def problem(text, expected=None):
    with pytest.raises(RulesError) as caught:
        check(Written.of(text), SCOPE, expected)
    first = caught.value.problems[0]
    return first.code, text[first.span.start : first.span.end], f"{first.message} | {first.help}"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("name", STRING),
        ("service.class", STRING),
        ("value + 1", NUMBER),
        ("as_of", INSTANT),
        ("context.channel", STRING),
        ("context.stock['x']", NUMBER),
        ("settings.days", NUMBER),
        ("service.owed", BOOLEAN),
        ("service.visits", NUMBER),
        ("scores[name]", NUMBER),
        ("service.cases", ListOf(CASE)),
        ("default(name, 'x')", STRING),
        ("min(on, on)", DATE),
        ("max(c.at for c in service.cases)", INSTANT),
        ("sum(1 for c in service.cases)", NUMBER),
        ("date('2026-01-01')", DATE),
        ("[1, 2]", ListOf(NUMBER)),
        ("default(plan, 'gold')", Enum(("gold", "tin"))),
    ],
)
def test_every_expression_has_a_type(text, kind):
    assert tree.type_of(check(Written.of(text), SCOPE)) == kind


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("nmae == 'x'", "nmae", "did you mean `name`?"),
        ("Name == 'x'", "Name", "did you mean `name`?"),
        ("service.case == 1", "service.case", "did you mean `service.cases`?"),
        ("service.owd", "service.owd", "did you mean `service.owed`?"),
        ("context.chanel == 'x'", "context.chanel", "did you mean `context.channel`?"),
        ("settings.dyas > 1", "settings.dyas", "did you mean `days`?"),
        ("settings > 1", "settings", ""),
        ("settings.a.b > 1", "settings.a.b", ""),
        ("owed", "owed", "did you mean `service.owed`?"),
        ("visits > 1", "visits", "did you mean `service.visits`?"),
        ("sales.lead", "sales.lead", "load the pack `sales`, or say `with: [sales]`"),
        ("srevice.owed", "srevice.owed", "did you mean `service.owed`?"),
        ("null == name", "null", "say `name is missing`"),
        ("name == None", "None", "missing"),
        ("now > at", "now", "`as_of`"),
        ("as_of.year > 1", "as_of.year", ""),
        ("any(d.open for c in service.cases)", "d.open", ""),
        ("any(c.opn for c in service.cases)", "c.opn", "did you mean `c.open`?"),
    ],
)
def test_an_unknown_name_is_refused_with_a_suggestion(text, at, said):
    _code, place, told = problem(text)
    assert place == at
    assert said in told


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name == 5", "impossible-comparison"),
        ("value == '5'", "impossible-comparison"),
        ("vip == 1", "impossible-comparison"),
        ("vip == 'yes'", "impossible-comparison"),
        ("on == '2026-01-01'", "impossible-comparison"),
        ("on == at", "impossible-comparison"),
        ("at < '2026-01-01T00:00:00Z'", "impossible-comparison"),
        ("on < as_of", "impossible-comparison"),
        ("plan == 'silver'", "impossible-value"),
        ("'silver' != plan", "impossible-value"),
        ("plan in ['gold', 'silver']", "impossible-value"),
        ("plan == colour", "impossible-comparison"),
        ("service.level == 'loud'", "impossible-value"),
        ("plan < 'tin'", "no-order"),
        ("vip < true", "no-order"),
        ("level < name", "no-order"),
        ("level < rank", "no-order"),
        ("level < 'max'", "impossible-value"),
        ("tags == 'x'", "not-comparable"),
        ("scores == 1", "not-comparable"),
        ("service == 'x'", "not-comparable"),
        ("service.cases == []", None),
        ("photo == 'x'", "not-comparable"),
        ("name in 'abc'", "not-a-list"),
        ("name in scores", "not-a-list"),
        ("name in name", "not-a-list"),
        ("value in tags", "impossible-comparison"),
        ("5 in tags", "impossible-comparison"),
        ("name in [1, 2]", "impossible-comparison"),
        ("name in ['a', 1]", "mixed-list"),
        ("service.cases in service.cases", "not-comparable"),
        ("name[0] == 'a'", "no-index"),
        ("tags[0] == 'a'", "no-index"),
        ("scores[1] > 0", "wrong-type"),
        ("scores.gold > 0", "no-field"),
        ("name.first == 'x'", "no-field"),
        ("service.cases.open", "no-field"),
        ("service.owed.x", "no-field"),
    ],
)
def test_a_comparison_that_can_never_hold_is_refused(text, code):
    found = problem(text)[0]
    assert found == (code or found)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name + 1 > 2", "wrong-type"),
        ("value + vip > 1", "wrong-type"),
        ("-name == 1", "wrong-type"),
        ("not value", "wrong-type"),
        ("value and vip", "wrong-type"),
        ("vip or name", "wrong-type"),
        ("on - on > 1", "wrong-type"),
        ("name + 'x' == 'y'", "wrong-type"),
        ("days_since(value) > 1", "wrong-type"),
        ("days_since('2026-01-01') > 1", "wrong-type"),
        ("hours_since(on) > 1", "wrong-type"),
        ("days_since() > 1", "wrong-arguments"),
        ("days_since(at, at) > 1", "wrong-arguments"),
        ("days_between(on, at) > 1", "wrong-type"),
        ("min(value) > 1", "wrong-arguments"),
        ("min(value, on) > 1", "wrong-type"),
        ("min(name, name) == 'x'", "wrong-type"),
        ("len(value) > 1", "wrong-type"),
        ("len(service) > 1", "wrong-type"),
        ("abs(name) > 1", "wrong-type"),
        ("starts_with(value, 'a')", "wrong-type"),
        ("clamp(1, 2) > 1", "wrong-arguments"),
        ("date(name) == on", "wrong-arguments"),
        ("date('2026-02-30') == on", "bad-moment"),
        ("date('31.12.2026') == on", "bad-moment"),
        ("instant('2026-01-01T00:00:00') == at", "bad-moment"),
        ("instant(5) == at", "wrong-arguments"),
        ("default(value) > 1", "wrong-arguments"),
        ("default(value, 'x') > 1", "impossible-comparison"),
        ("default(plan, 'silver') == 'gold'", "impossible-value"),
        ("default(tags, []) == 1", None),
        ("days_sinc(at) > 1", "unknown-function"),
        ("eval('1')", "unknown-function"),
        ("now() > at", None),
        ("any(vip)", "not-a-comprehension"),
        ("count(tags) > 1", "not-a-comprehension"),
        ("sum(tags) > 1", "not-a-comprehension"),
        ("any(c.open for c in value)", "not-a-list"),
        ("any(c.open for c in service)", "not-a-list"),
        ("any(c for c in service.cases)", "wrong-type"),
        ("any(c.id for c in service.cases)", "wrong-type"),
        ("any(c.open for c in service.cases if c.id)", "wrong-type"),
        ("sum(c.id for c in service.cases) > 1", "wrong-type"),
        ("max(c.id for c in service.cases) > 'a'", "wrong-type"),
        ("min(c.severity for c in service.cases) == 'low'", "wrong-type"),
        ("count(c.open for c in service.cases) > 1", "count-of"),
        ("any(name.open for name in service.cases)", "name-taken"),
        ("any(service.open for service in service.cases)", "name-taken"),
        ("any(any(c.open for c in service.cases) for c in service.cases)", "name-taken"),
        ("any(context.open for context in service.cases)", None),
        ("value + 1 is missing", "not-a-path"),
        ("(value > 1) is missing", "not-a-path"),
        ("days_since(at) is missing", "not-a-path"),
        ("any(c.open for c in service.cases) is missing", "not-a-path"),
        ("5 is missing", "not-a-path"),
        ("photo", None),
    ],
)
def test_a_part_of_the_wrong_type_is_refused(text, code):
    found = problem(text, BOOLEAN)[0]
    assert found == (code or found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("value", BOOLEAN), ("name", NUMBER), ("vip", NUMBER), ("tags", BOOLEAN), ("5", BOOLEAN), ("'true'", BOOLEAN)],
)
def test_an_expression_of_another_type_than_its_place_takes_is_refused(text, expected):
    code, place, _ = problem(text, expected)
    assert (code, place) == ("wrong-type", text)


@pytest.mark.parametrize(
    ("text", "asked"), [("name", True), ("value", True), ("5", False), ("value + 1", False), ("'x'", False)]
)
def test_the_help_for_what_is_no_condition_can_be_followed(text, asked):
    told = problem(text, BOOLEAN)[2]
    assert (f"`{text} is not missing`" in told) is asked
    if asked:
        check(Written.of(f"{text} is not missing"), SCOPE, BOOLEAN)


def test_and_and_or_tell_all_that_is_wrong():
    with pytest.raises(RulesError) as caught:
        check(Written.of("nmae == 'x' and (value > '1' or not vlaue) and vip"), SCOPE, BOOLEAN)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a > b", "b < a"),
        ("a >= b", "b <= a"),
        ("a != b", "not a == b"),
        ("a not in [1]", "not (a in [1])"),
        ("a is not missing", "not (a is missing)"),
        ("1 < a <= b", "1 < a and a <= b"),
        ("-a", "0 - a"),
        ("((a))", "a"),
        ("a<b", "a  <  b"),
    ],
)
def test_what_means_the_same_is_the_same_tree(text, same):
    scope = Scope(Record("profile", {"a": Field(NUMBER), "b": Field(NUMBER)}))
    assert check(Written.of(text), scope) == check(Written.of(same), scope)


def test_a_keyword_after_a_dot_is_a_field():
    assert isinstance(check(Written.of("service.class == 'x'"), SCOPE), tree.Compare)


def test_an_enums_text_can_be_compared_with_any_text():
    for text in ("plan == name", "name in ['gold', 'x']", "plan in tags", "default(name, plan) == 'x'"):
        check(Written.of(text), SCOPE)


def test_a_very_long_unknown_name_is_refused_at_once():
    assert problem("x" * 5000 + " == 1")[0] == "unknown-name"
