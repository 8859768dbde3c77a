"""The fast way to read gives just what the strict reader gives, or leaves it to that."""

import enum
import math
from collections import OrderedDict, namedtuple
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba.language.values import FAILED
from nba.schema.from_pydantic import record_of
from nba.schema.plain import NotPlain, PlainReaders
from nba.schema.reading import read
from tests.schema.customers import Case, Customer, Service

CUSTOMER = record_of(Customer)
PLAIN = {forbid: PlainReaders(forbid=forbid).of(CUSTOMER) for forbid in (False, True)}


class Colour(enum.Enum):
    RED = "red"
    OPEN = "open"


class Loud(str):
    def isascii(self) -> bool:
        raise RuntimeError


class Odd(int):
    def __le__(self, other: object) -> bool:
        return True

    __ge__ = __le__


class Hostile:
    def __getattr__(self, name: str) -> object:
        raise RuntimeError(name)


Pair = namedtuple("Pair", ["id", "age"])
RUBBISH: tuple[Any, ...] = (
    *(None, True, 0, 1, -1, 0.0, -0.0, 2.5, -2.5, 3.0, math.nan, math.inf, -math.inf, 1e300, 5e-324),
    *(
        2**53,
        2**53 + 1,
        -(2**53),
        -(2**53) - 1,
        10**400,
        float(2**60),
        Odd(7),
        Odd(10**30),
        Decimal("1.5"),
        Decimal("NaN"),
    ),
    *("", "open", "é", "\ud800", "low", "x" * 10_000, Loud("open"), Colour.OPEN, Colour.RED, b"open", UUID(int=1)),
    *("2026-01-01", "2026-01-01T09:00:00Z", "2026-13-01", date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)),
    *(
        datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))),
        FAILED,
        object(),
        Hostile(),
    ),
    *([], (), {}, set(), {"open"}, [None], [1.0, None], [["x"]], Pair("C", 3), OrderedDict(id="C"), {1: 2}, {"é": 1.0}),
    *(Case(id="K"), Service(satisfied=True), Customer.model_construct(age="old"), Case),
)
rubbish = st.sampled_from(RUBBISH)


def fields(**good: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of these fields, in any order, now and then with rubbish in them, or with a stranger."""
    each = {name: st.one_of(of, of, of, of, rubbish) for name, of in good.items()}
    found = st.fixed_dictionaries({}, optional={**each, "stranger": rubbish})
    return found.flatmap(lambda of: st.permutations(list(of.items())).map(dict))


numbers = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**53), 2**53))
cases = fields(
    id=st.text(max_size=3),
    status=st.sampled_from(["open", "closed"]),
    severity=st.sampled_from(["low", "high"]),
    opened_at=st.datetimes(timezones=st.just(UTC)),
    cost=st.floats(-1, 101),
)
customers = fields(
    id=st.text(max_size=3),
    born=st.dates().map(lambda of: of.isoformat()),
    age=st.integers(0, 120),
    value=numbers,
    ltv=numbers,
    scores=st.dictionaries(st.text(max_size=2), numbers, max_size=2),
    by_year=st.dictionaries(st.text(max_size=2), cases, max_size=2),
    service=fields(
        cases=st.lists(cases, max_size=2),
        satisfied=st.booleans(),
        matrix=st.lists(st.lists(numbers, max_size=2), max_size=2),
        anything=rubbish,
    ),
)


def check(data: Any, forbid: bool) -> None:
    try:
        found = PLAIN[forbid](data)
    except Exception:
        return  # left to the strict reader
    reading = read(CUSTOMER, data, extra="forbid" if forbid else "ignore", invalid=FAILED)
    assert not reading.faults
    assert not reading.failed
    assert repr(found) == repr(reading.value)  # types, signs and order, too


@given(customers, st.booleans())
def test_what_it_takes_is_what_the_strict_reader_gives(data: dict[str, Any], forbid: bool) -> None:
    check(data, forbid)


@pytest.mark.parametrize("name", Customer.model_fields)
def test_a_field_with_anything_in_it_is_read_as_strictly(name: str) -> None:
    for value in RUBBISH:
        for forbid in (False, True):
            check({name: value}, forbid)
            check({"by_year": {"2026": {"cost": value, "status": value}}}, forbid)
            check({"service": {"satisfied": value, "cases": [{"severity": value}], "matrix": [[value]]}}, forbid)
            check({"service": {"anything": value}}, forbid)


def test_anything_instead_of_a_record_is_read_as_strictly() -> None:
    for data in RUBBISH:
        check(data, False)


GOOD = {
    "id": "C-é",
    "born": "1980-02-29",
    "age": 41.0,
    "ltv": -0.0,
    "scores": {"a": 0.5, "b": None},
    "by_year": {"2026": {"status": "open", "severity": "low", "opened_at": "2026-01-01T09:00:00+02:00", "cost": 100}},
    "service": {"cases": [None, {"id": "K"}], "satisfied": False, "matrix": [[1, 2.5], None], "anything": [1]},
}


MODEL = Customer(id="C", by_year={"2026": Case(status="open")}, service=Service(cases=[Case(id="K")], satisfied=True))


@pytest.mark.parametrize("data", [{}, GOOD, MODEL], ids=["empty", "json", "model"])
@pytest.mark.parametrize("forbid", [False, True])
def test_good_data_is_read_the_fast_way(data: object, forbid: bool) -> None:
    assert PLAIN[forbid](data) == read(CUSTOMER, data, invalid=FAILED).value
    check(data, forbid)


def test_what_the_record_refuses_is_left_to_the_strict_reader() -> None:
    with pytest.raises(NotPlain):
        PLAIN[False]({"by_year": {"2026": {"cost": 101}}})


def test_a_stranger_is_left_to_the_strict_reader_where_none_is_allowed() -> None:
    assert PLAIN[False]({"id": "C", "stranger": 1}) == {"id": "C"}
    with pytest.raises(NotPlain):
        PLAIN[True]({"id": "C", "stranger": 1})


def test_nothing_of_the_callers_is_kept() -> None:
    data: dict[str, Any] = {"service": {"cases": [{"id": "K"}], "matrix": [[1]]}}
    found = PLAIN[False](data)
    data["service"]["cases"][0]["id"] = "other"
    data["service"]["matrix"].clear()
    assert found == {"service": {"cases": ({"id": "K"},), "matrix": ((1,),)}}
