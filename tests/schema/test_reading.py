import time
from collections import UserDict, defaultdict, namedtuple
from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType, SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from nba.language import types
from nba.language.values import FAILED
from nba.schema.from_pydantic import record_of
from nba.schema.paths import parse_path
from nba.schema.reading import read, reader
from tests.schema.customers import Case, Customer, Service

CUSTOMER = record_of(Customer)
AT = datetime(2026, 1, 1, tzinfo=UTC)


def faults(data, **options):
    return [str(fault) for fault in read(CUSTOMER, data, **options).faults]


def test_only_what_is_declared_and_known_is_in_the_value():
    data = {"id": "C-1", "age": None, "stranger": 1, "service": {"satisfied": False, "cases": [], "matrix": None}}
    assert read(CUSTOMER, data).value == {"id": "C-1", "service": {"satisfied": False, "cases": ()}}


def test_an_instance_and_its_dump_are_read_the_same():
    customer = Customer(
        id="C-1", born=date(2000, 1, 1), ltv=3, tags={"a"}, scores={"x": 1}, by_year={"2026": Case(opened_at=AT)},
        service=Service(cases=[Case(id="K", severity="low", notes=["n"]), Case()], matrix=[[1.0], []]),
    )  # fmt: skip
    from_instance = read(CUSTOMER, customer)
    assert not from_instance.faults
    assert from_instance == read(CUSTOMER, customer.model_dump())
    assert from_instance == read(CUSTOMER, customer.model_dump(mode="json", by_alias=True))


def test_faults_name_the_whole_path_and_what_was_wanted():
    data = {
        "id": 3,
        "age": 3.5,
        "scores": {"sales.gold": "high", "ok": 1},
        "service": {"satisfied": "yes", "cases": [{}, {"opened_at": "2026-01-01T09:00:00"}, 7], "matrix": [[1], ["x"]]},
    }
    reading = read(CUSTOMER, data)
    assert [str(fault) for fault in reading.faults] == [
        "id: found a number, wanted text",
        "age: found a number with a fraction, wanted a whole number",
        'scores["sales.gold"]: found text, wanted a number',
        'service.satisfied: found text, wanted true or false (not 1, not "yes")',
        "service.cases[1].opened_at: found text, wanted an instant with a UTC offset such as 2026-12-31T09:00:00Z",
        "service.cases[2]: found a number, wanted a record (case)",
        "service.matrix[1][0]: found text, wanted a number",
    ]
    # An item that does not fit is a null, and a field that does not fit is missing: never fewer items.
    assert reading.value == {
        "scores": {"ok": 1},
        "service": {"cases": ({}, {}, None), "matrix": ((1,), (None,))},
    }


def test_what_does_not_fit_can_be_failed_so_that_nothing_takes_it_for_missing():
    data = {
        "id": 3,
        "age": None,
        "tags": "a",
        "scores": {"a": "high", "b": 1},
        "service": {"cases": [{"id": 3}, 7, None], "satisfied": "yes"},
    }
    reading = read(CUSTOMER, data, invalid=FAILED)
    assert reading.faults == read(CUSTOMER, data).faults
    assert reading.value == {
        "id": FAILED,
        "tags": FAILED,
        "scores": {"a": FAILED, "b": 1},
        "service": {"cases": ({"id": FAILED}, FAILED, None), "satisfied": FAILED},
    }
    assert read(CUSTOMER, 3, invalid=FAILED).value == dict.fromkeys(Customer.model_fields, FAILED)
    assert read(CUSTOMER, Expired(), invalid=FAILED).value == {"id": "C-1", "age": FAILED}


def test_what_has_failed_is_not_text():
    assert faults({"id": FAILED}) == ["id: found an object of type Failed, wanted text"]


class Bounded(BaseModel):
    a: int | None = Field(None, ge=0)
    b: int | None = None
    inner: "list[Bounded2] | None" = None


class Bounded2(BaseModel):
    c: int | None = Field(None, ge=0)


def test_checks_do_not_see_what_has_failed_and_what_they_refuse_fails_too():
    Bounded.model_rebuild()
    data = {"a": -1, "b": "x", "inner": [{"c": -1}, 3, {"c": 1}]}
    reading = read(record_of(Bounded), data, invalid=FAILED)
    assert reading.value == {"a": FAILED, "b": FAILED, "inner": ({"c": FAILED}, FAILED, {"c": 1})}
    assert [fault.path for fault in reading.faults] == ["b", "inner[1]", "a", "inner[0].c"]
    assert read(record_of(Bounded), reading.value, invalid=FAILED) == type(reading)(reading.value)


def test_a_null_in_a_list_stays_and_is_no_fault():
    reading = read(CUSTOMER, {"service": {"cases": [None, {"id": "K"}]}})
    assert reading.value == {"service": {"cases": (None, {"id": "K"})}}
    assert not reading.faults


def test_what_should_be_a_list_and_is_none_is_missing_and_not_empty():
    for junk in ("text", {"a": 1}, 3, iter([]), b"", True):
        reading = read(CUSTOMER, {"service": {"cases": junk}})
        assert reading.value == {"service": {}}
        assert [fault.path for fault in reading.faults] == ["service.cases"]


def test_an_alias_is_read_and_the_own_name_goes_first():
    assert read(CUSTOMER, {"ltv": 2}).value == {"value": 2}
    assert read(CUSTOMER, {"value": 1, "ltv": 2}).value == {"value": 1}
    assert read(CUSTOMER, {"value": None, "ltv": 2}).value == {"value": 2}


def test_a_field_that_the_schema_does_not_have_is_ignored_or_a_fault_as_asked():
    data = {"id": "C-1", "ltv": 2, "sevrice": {}, 3: 4, "by_year": {"a": {"statsu": 1}}}
    assert faults(data) == []
    assert faults(data, extra="forbid") == [
        "sevrice: found a field, wanted no such field, as the schema has none (did you mean `service`?)",
        "(the whole): found a number as a field's name, wanted texts as names",
        "by_year.a.statsu: found a field, wanted no such field, as the schema has none (did you mean `status`?)",
    ]


def test_sets_are_read_in_an_order_that_does_not_depend_on_the_process():
    assert read(CUSTOMER, {"tags": {"b", "a", "c"}}).value == {"tags": ("a", "b", "c")}
    assert faults({"tags": frozenset({3})}) == ["tags[*]: found a number, wanted text"]


Row = namedtuple("Row", ["id", "age"])


@pytest.mark.parametrize(
    "data",
    [
        UserDict(id="C-1", age=4),
        MappingProxyType({"id": "C-1", "age": 4}),
        defaultdict(list, id="C-1", age=4),
        SimpleNamespace(id="C-1", age=4),
        Row("C-1", 4),
    ],
    ids=lambda data: type(data).__name__,
)
def test_mappings_and_objects_of_all_kinds_are_records(data):
    assert read(CUSTOMER, data).value == {"id": "C-1", "age": 4}


@pytest.mark.parametrize("junk", [None, 3, "text", b"", [], (), set(), object(), AT, len, Customer, iter([])])
def test_what_is_no_record_is_one_fault_of_the_whole(junk):
    reading = read(CUSTOMER, junk)
    assert reading.value == {}
    assert [fault.path for fault in reading.faults] == [""]


class Expired:
    id = "C-1"

    @property
    def age(self):
        raise ConnectionError("the session is closed")


class HostileMapping(Mapping):
    def __getitem__(self, key):
        raise ZeroDivisionError

    def __iter__(self):
        raise ZeroDivisionError

    def __len__(self):
        raise ZeroDivisionError


class HostileKey:
    def __hash__(self):
        return hash("id")

    def __eq__(self, other):
        raise ZeroDivisionError


class HostileClass:
    @property
    def __class__(self):
        raise ZeroDivisionError


def test_an_attribute_that_raises_is_a_fault_of_that_field():
    reading = read(CUSTOMER, Expired())
    assert reading.value == {"id": "C-1"}
    assert [str(fault) for fault in reading.faults] == [
        "age: found an object that raised ConnectionError, wanted a value that can be read"
    ]


@pytest.mark.parametrize("extra", ["ignore", "forbid"])
@pytest.mark.parametrize("make", [HostileMapping, HostileClass])
def test_hostile_objects_are_faults_wherever_they_stand(make, extra):
    hostile = make()
    for data in (hostile, {"scores": hostile}, {"service": hostile}, {"by_year": {"a": hostile}}, {"id": hostile}):
        assert read(CUSTOMER, data, extra=extra).faults


def test_a_hostile_key_is_a_fault_of_its_record():
    assert [fault.path for fault in read(CUSTOMER, {HostileKey(): 1}).faults] == [""]
    assert [fault.path for fault in read(CUSTOMER, {"by_year": {"a": {HostileKey(): 1}}}).faults] == ["by_year.a"]


def test_a_list_that_holds_itself_ends_where_the_schema_ends():
    endless: list = []
    endless.append(endless)
    assert [fault.path for fault in read(CUSTOMER, {"service": {"matrix": endless}}).faults] == ["service.matrix[0][0]"]
    loop: dict = {}
    loop["service"] = loop
    assert not read(CUSTOMER, loop).faults


def test_maps_have_texts_as_keys():
    reading = read(CUSTOMER, {"scores": {1: 1.0, "\ud800": 2.0, "a": 3.0, "b": None}})
    assert reading.value == {"scores": {"a": 3.0}}
    assert [fault.found for fault in reading.faults] == ["a number as a key", "text with a lone surrogate as a key"]
    (fault,) = read(CUSTOMER, {"scores": {"k" * 1000: "x"}}).faults
    assert len(fault.path) < 80  # keys may be personal data


def test_ten_megabytes_of_text_are_read_at_once():
    started = time.perf_counter()
    text = "ż" * 10_000_000
    assert read(CUSTOMER, {"id": text, "born": text, "service": {"satisfied": text}}).value["id"] == text
    assert time.perf_counter() - started < 1


def test_a_field_that_rules_cannot_read_is_carried_as_it_is():
    thing = object()
    assert read(CUSTOMER, {"service": {"anything": thing}}).value["service"]["anything"] is thing


def test_reading_forty_scalars_takes_microseconds():
    record = types.Record("r", {f"f{index}": types.Field(types.NUMBER) for index in range(42)})
    data = {f"f{index}": 1.5 for index in range(42)}
    run = reader(record)
    best = min(_seconds(lambda: run(data)) for _ in range(200))
    assert best < 200e-6  # some 7 on an idle machine


def _seconds(call):
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.datetimes()
    | st.binary(max_size=3) | st.decimals() | st.sampled_from(["open", "low", "2026-01-01", "2026-01-01T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from([*Customer.model_fields, *Service.model_fields, *Case.model_fields, "ltv"]) | st.integers(),
        inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@given(JUNK, st.sampled_from(["ignore", "forbid"]), st.sampled_from([None, FAILED]))
@settings(max_examples=400)
def test_junk_gives_faults_and_never_raises_and_what_was_read_reads_the_same(data, extra, invalid):
    reading = read(CUSTOMER, data, extra=extra, invalid=invalid)
    again = read(CUSTOMER, reading.value, extra=extra, invalid=invalid)
    assert again.value == reading.value
    assert not again.faults
    for fault in reading.faults:
        assert fault.path == "" or parse_path(fault.path.split("[")[0])


def test_paths_are_read_as_rules_write_them():
    assert parse_path("service.cases") == ("service", "cases")
    assert parse_path('consents["a b"].granted') == ("consents", "a b", "granted")
    for wrong in ("", ".a", "a.", "a..b", "a b", '["a"', "a[0]", "1a", "a.1", '"a"', 'a["b"]c', "a" * 10 + "-"):
        assert parse_path(wrong) is None
