"""The functions as a list: each documented, total, and of the types it declares. Their values are in test_meaning."""

from __future__ import annotations

import itertools
import math
from datetime import UTC, date, datetime

import pytest

from nba.language.check import check
from nba.language.functions import FUNCTIONS, SPECIAL_FORMS, Clock
from nba.language.scope import Scope
from nba.language.types import BOOLEAN, DATE, INSTANT, NUMBER, STRING, ListOf, MapOf, Record
from nba.language.values import FAILED
from nba.schema.zones import zone
from nba.source import Written

EDGES = {
    NUMBER: (0, -1, 2**53, -(2**53), 0.5, 1.7e308, -1.7e308, 5e-324),
    STRING: ("", "a", "😀"),
    DATE: (date.min, date(2024, 2, 29), date.max),
    INSTANT: (datetime.min.replace(tzinfo=UTC), datetime(2024, 2, 29, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
    ListOf: ((), (1, 2)),
    MapOf: ({}, {"a": 1}),
}
CLOCKS = [
    Clock(as_of, zone(tz)) for as_of in EDGES[INSTANT] for tz in ("UTC", "Pacific/Kiritimati", "Pacific/Niue", "none")
]


def test_the_language_has_the_functions_it_says_and_no_more():
    assert sorted([*FUNCTIONS, *SPECIAL_FORMS]) == [
        "abs",
        "clamp",
        "date",
        "days_between",
        "days_since",
        "days_until",
        "default",
        "ends_with",
        "hours_since",
        "instant",
        "len",
        "max",
        "min",
        "months_since",
        "starts_with",
        "years_since",
    ]


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_each_function_has_a_signature_of_its_name_and_a_sentence(function):
    assert function.signature.startswith(f"{function.name}(")
    assert function.doc[0].isupper()
    assert function.doc.endswith(".")


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_each_function_has_an_answer_of_its_type_or_none_for_whatever_it_takes(function):
    parameters = function.parameters * 2 if function.variadic else function.parameters
    kinds = {BOOLEAN: bool, NUMBER: (int, float), DATE: date, INSTANT: datetime}
    for types in itertools.product(*parameters):
        if function.alike and len(set(map(str, types))) > 1:
            continue
        result = function.result or types[0]
        for arguments in itertools.product(*(EDGES[of] for of in types)):
            for clock in CLOCKS if function.reads_clock else CLOCKS[:1]:
                answer = function.meaning(clock, *arguments)
                assert answer is None or isinstance(answer, kinds[result])
                assert not isinstance(answer, float) or math.isfinite(answer)


@pytest.mark.parametrize("name", [*FUNCTIONS, *SPECIAL_FORMS])
def test_a_functions_name_alone_is_no_value(name):
    from nba.errors import RulesError

    with pytest.raises(RulesError):
        check(Written.of(f"{name} == 1"), Scope(Record("profile")))


def test_the_length_of_a_map_with_a_failed_entry_has_failed():
    assert FUNCTIONS["len"].meaning(None, {"a": FAILED, "b": 1}) is FAILED
    assert FUNCTIONS["len"].meaning(None, (FAILED, 1)) == 2
