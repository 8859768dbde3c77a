import contextlib
import csv
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Literal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from nba.errors import MappingError, RulesError
from nba.language.values import FAILED
from nba.mapping import load_mapping, mapping_of
from nba.profile import PROFILE
from nba.schema.compose import Section, compose
from nba.schema.from_pydantic import record_of
from nba.schema.reading import read
from nba.source import Source


class Case(BaseModel):
    id: str | None = None
    status: Literal["open", "closed"] | None = None


class Service(BaseModel):
    cases: list[Case] | None = None
    responded: bool | None = None
    region: str | None = None
    last: date | None = None
    count: int | None = None


RECORD = compose(PROFILE, [Section("service", record_of(Service), "the pack service")])


def mapped(fields, row, head=""):
    return mapping_of(Source("m.yaml", f"mapping: m\n{head}\nfields:\n  {fields}")).apply(row)


def one(take, cell):
    """What `f: take` makes of a cell."""
    return mapped(f"f: {take}", {"c": cell}).get("f")


def refused(fields, row):
    with pytest.raises(MappingError) as raised:
        mapped(fields, row)
    return [str(fault) for fault in raised.value.faults]


FILE = """
mapping: dealers
fields:
  id: Customer
  value: Customer_Lifetime_Value
  service.responded: {from: Response, values: {Yes: true, No: false}}
  service.last: {from: Effective_To_Date, type: date, format: "%m/%d/%Y"}
  service.cases: {repeat: Number_of_Open_Complaints, item: {status: open, id: {from: Customer}}}
  service.region: {value: north}
  propensities["sales.gold"]: {from: Score, type: number, default: 0.1, optional: true}
"""
ROW = {
    "Customer": "BU79786",
    "Customer_Lifetime_Value": "2763.519279",
    "Response": "No",
    "Effective_To_Date": "2/24/2011",
    "Number_of_Open_Complaints": "2",
}


def test_a_flat_row_becomes_a_profile(tmp_path):
    file = tmp_path / "mapping.yaml"
    file.write_text(FILE)
    mapping = load_mapping(file, RECORD)
    reading = read(RECORD, mapping.apply(ROW))
    assert not reading.faults
    assert reading.value == {
        "id": "BU79786",
        "value": 2763.519279,
        "service": {
            "responded": False,
            "last": date(2011, 2, 24),
            "cases": ({"status": "open", "id": "BU79786"},) * 2,
            "region": "north",
        },
        "propensities": {"sales.gold": 0.1},
    }
    assert mapping.columns == (
        "Customer", "Customer_Lifetime_Value", "Effective_To_Date", "Number_of_Open_Complaints", "Response", "Score",
    )  # fmt: skip


def test_an_objects_attributes_are_columns_and_paths_lead_into_it():
    row = SimpleNamespace(account=SimpleNamespace(owner={"name": "Anna"}), gone=None)
    assert mapped("name: account.owner.name", row) == {"name": "Anna"}
    assert mapped("name: gone.owner.name", row) == {}
    assert mapped("name: a.b", {"a.b": "the column of that very name", "a": {"b": 1}})["name"].startswith("the column")
    for column in ("account.__class__", "account.owner.name.upper", "account.nobody", "__dict__"):
        assert refused(f"name: {column}", row)[0].startswith(f"name: found no column `{column}`")


class Lazy:
    @property
    def name(self):
        raise ConnectionError("closed")


def test_a_missing_column_is_named_with_the_nearest_one():
    assert refused("{id: Custmer, name: zzz}", {"Customer": 1}) == [
        "id: found no column `Custmer`, wanted a row that has it (did you mean `Customer`?)",
        "name: found no column `zzz`, wanted a row that has it (say `optional: true` if rows may lack it)",
    ]
    assert mapped("id: {from: x, optional: true}", {}) == {}
    assert "raised ConnectionError" in refused("name: name", Lazy())[0]


class Endless:
    def __dir__(self):
        raise ConnectionError("closed")


def test_a_row_that_cannot_list_its_columns_is_refused_all_the_same():
    assert refused("name: nome", Endless())[0].startswith("name: found no column `nome`")


CONVERTED = [
    ("number", "12.50", 12.5),
    ("number", "-3", -3),
    ("number", "1e3", 1000.0),
    ("number", ".5", 0.5),
    ("number", Decimal("2.5"), 2.5),
    ("number", 3, 3),
    ("integer", "+12", 12),
    ("integer", "007", 7),
    ("integer", 3.0, 3),
    ("boolean", "true", True),
    ("boolean", False, False),
    ("text", 12345, "12345"),
    ("text", "a", "a"),
    ("text", UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ("date", "2026-12-31", date(2026, 12, 31)),
    ("date", date(2026, 12, 31), date(2026, 12, 31)),
    ("instant", "2026-12-31T09:00:00+02:00", datetime(2026, 12, 31, 7, tzinfo=UTC)),
]


@pytest.mark.parametrize(("kind", "cell", "value"), CONVERTED)
def test_a_cell_is_read_as_the_type_that_the_file_says(kind, cell, value):
    found = one(f"{{from: c, type: {kind}}}", cell)
    assert found == value
    assert type(found) is type(value)


NAIVE = datetime(2026, 7, 1, 12)  # noqa: DTZ001  # what many warehouses have
REFUSED = [
    ("number", ["nan", "inf", "1e999", "1_000", "1,5", " 1", "1 ", "0x10", "١٢", "1e", "--1", "9" * 5000, True]),
    ("number", [2**53 + 1, "9007199254740993", "9" * 10_000_000, float("nan"), [1], b"1", "1\n"]),
    ("integer", ["1.0", "1e3", "1.5", 1.5, True, "9007199254740993"]),
    ("boolean", ["yes", "True", "1", 1, 0]),
    ("text", [1.5, True, [1], b"a", "\ud800"]),
    ("date", ["12/31/2026", "2026-02-30", 20261231, NAIVE]),
    ("instant", ["2026-12-31T09:00:00", "2026-12-31", 0, NAIVE]),
]


@pytest.mark.parametrize(
    ("kind", "cell"), [(kind, cell) for kind, many in REFUSED for cell in many], ids=lambda x: type(x).__name__
)
def test_a_cell_that_is_something_else_is_refused_by_column_and_never_shown(kind, cell):
    (fault,) = refused(f"f: {{from: c, type: {kind}}}", {"c": cell})
    assert "in the column `c`" in fault
    assert len(fault) < 250


def test_dates_in_other_formats_are_read_by_figures_only():
    assert one('{from: c, type: date, format: "%d.%m.%Y"}', "1.2.2026") == date(2026, 2, 1)
    assert one('{from: c, type: instant, format: "%Y%m%d %H%M%z"}', "20260201 0900+0200") == datetime(
        2026, 2, 1, 7, tzinfo=UTC
    )
    for cell in ("13/13/2011", "٢/24/2011", "2/24/2011 ", "2/24/11", "x" * 1_000_000):
        assert "written as %m/%d/%Y" in refused('f: {from: c, type: date, format: "%m/%d/%Y"}', {"c": cell})[0]


def test_a_local_time_is_placed_when_it_happened_exactly_once():
    take = "{from: c, type: instant, timezone: Europe/Helsinki}"
    assert one(take, "2026-07-01T12:00:00") == datetime(2026, 7, 1, 9, tzinfo=UTC)
    assert one(take, "2026-07-01T12:00:00Z") == datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert one(take, NAIVE) == datetime(2026, 7, 1, 9, tzinfo=UTC)
    for cell in ("2026-10-25T03:30:00", "2026-03-29T03:30:00", "0001-01-01T00:00:00"):  # twice, never, too early
        assert refused(f"f: {take}", {"c": cell})


def test_values_are_looked_up_as_they_are_written():
    take = "{from: c, values: {Yes: true, No: false, 1: one, true: on}}"
    assert [one(take, cell) for cell in ("Yes", "No", "1", 1, 1.0, True)] == [True, False, "one", "one", "one", "on"]
    assert type(one(take, "1")) is str
    assert refused(f"f: {take}", {"c": "yes"}) == [
        'f: found text that `values:` does not list in the column `c`, wanted one of "Yes", "No", "1", "true"'
    ]


def test_missing_cells_are_missing_or_the_default():
    row = {"a": "", "b": None, "c": "NA", "d": -999, "e": float("nan")}
    assert mapped("{a: a, b: b, c: c}", row) == {"c": "NA"}
    assert mapped("{a: a, c: c, d: d, e: e}", row, 'missing: ["", NA, -999, "nan"]') == {}
    assert mapped("{a: {from: a, missing: []}, b: {from: b, default: 3}}", row) == {"a": "", "b": 3}
    assert mapped("a: {from: a, type: number, default: [1]}", row) == {"a": [1]}


def test_constants_of_any_shape_are_plain_values():
    assert mapped("f: {value: {a: [x, 1], b: {c: true}}}", {}) == {"f": {"a": ["x", 1], "b": {"c": True}}}
    assert type(mapped("f: {value: x}", {})["f"]) is str


def test_a_default_is_not_shared_between_rows():
    mapping = mapping_of(Source("m.yaml", "{mapping: m, fields: {a: {value: []}}}"))
    mapping.apply({})["a"].append(1)
    assert mapping.apply({}) == {"a": []}


@pytest.mark.parametrize("count", ["-1", "1001", "1e9", "1.5", True, "x", 10**30])
def test_a_count_that_is_out_of_bounds_is_refused(count):
    (fault,) = refused("service.cases: {repeat: n, item: {status: open}}", {"n": count})
    assert fault.startswith("service.cases: found ")


def test_a_fault_in_a_repeated_item_is_told_once():
    assert refused("cases: {repeat: n, item: {id: {from: x, type: number}}}", {"n": 3, "x": "a"}) == [
        "cases[0].id: found text that is not a number in the column `x`, wanted a number such as 12.5"
    ]


def test_a_row_can_be_read_as_far_as_it_fits():
    reading = mapping_of(Source("m.yaml", FILE)).check(RECORD).read({**ROW, "Response": "?"})
    assert [fault.path for fault in reading.faults] == ["service.responded"]
    assert reading.value["id"] == "BU79786"
    # What is wrong is told once, and is not missing: nothing may be assumed about it.
    assert reading.value["service"]["responded"] is FAILED
    again = read(RECORD, reading.value, invalid=FAILED)
    assert not again.faults
    assert again.value["service"]["responded"] is FAILED


WRONG_FILES = [
    ("{}", "`mapping:` is missing here"),
    ("{mapping: m, fields: {}}", "this is empty"),
    ("{mapping: m, fields: {a: {form: x}}}", "unknown key `form`"),
    ("{mapping: m, fields: {a: {from: x, value: 1}}}", "say exactly one of"),
    ("{mapping: m, fields: {a: {type: number}}}", "say exactly one of"),
    ("{mapping: m, fields: {a: {value: 1, type: number}}}", "`value:` stands alone"),
    ("{mapping: m, fields: {a: {repeat: n}}}", "`repeat:` goes with `item:`"),
    ("{mapping: m, fields: {a: {from: n, item: {b: 1}}}}", "`repeat:` goes with `item:`"),
    ("{mapping: m, fields: {a: {from: n, type: number, values: {a: 1}}}}", "`type:` does not go with it"),
    ("{mapping: m, fields: {a: {from: n, type: decimal}}}", "this should be"),
    ('{mapping: m, fields: {a: {from: n, format: "%Y"}}}', "`format:` goes with"),
    ('{mapping: m, fields: {a: {from: n, type: date, format: "%d %b %Y"}}}', "a full date of figures"),
    ('{mapping: m, fields: {a: {from: n, type: date, format: "%d/%m"}}}', "a full date of figures"),
    ('{mapping: m, fields: {a: {from: n, type: date, format: "%d %d %m %Y"}}}', "a full date of figures"),
    ("{mapping: m, fields: {a: {from: n, type: instant, timezone: Mars/X}}}", "an IANA time zone"),
    ("{mapping: m, fields: {a: {from: n, type: date, timezone: UTC}}}", "`timezone:`"),
    ("{mapping: m, fields: {a b: x}}", "`a b` is not a path"),
    ("{mapping: m, fields: {a: x, a.b: y}}", "`a.b` and `a` fill the same place"),
    ("{mapping: m, fields: {a: 3}}", "this should be a mapping"),
    ("", "the mapping file is empty"),
]


@pytest.mark.parametrize(("text", "words"), WRONG_FILES)
def test_a_mapping_file_that_is_wrong_says_where(text, words):
    with pytest.raises(RulesError) as raised:
        mapping_of(Source("m.yaml", text))
    assert words in str(raised.value)
    assert all(problem.span for problem in raised.value.problems) or not text


MISFITS = [
    ("service.case: x", "`service.case` is not in the profile", "did you mean `service.cases`?"),
    ("id.x: x", "`id.x` is not in the profile: `id` is a text", None),
    ("service.cases.status: x", "`service.cases` is a list of case", None),
    ("value: {from: x, type: date}", "`value` is a number, and the mapping gives a date", "change `type:`"),
    ("id: {repeat: n, item: {a: 1}}", "`id` is a text, and `repeat:` gives a list of records", None),
    ("service.cases: {repeat: n, item: {stat: open}}", "`stat` is not in the profile", "did you mean `status`?"),
    ("service.cases: {repeat: n, item: {status: opne}}", "the constant for `status` does not fit", "one of"),
    ("service.responded: {from: x, values: {Y: yes}}", "the constant for `service.responded` does not fit", "true or"),
    ("value: {from: x, default: low}", "the constant for `value` does not fit: found text", "give a number"),
]


@pytest.mark.parametrize(("fields", "message", "help"), MISFITS)
def test_what_does_not_fit_the_schema_is_found_when_the_mapping_is_loaded(fields, message, help):
    with pytest.raises(RulesError) as raised:
        mapping_of(Source("m.yaml", f"mapping: m\nfields:\n  {fields}\n")).check(RECORD)
    (problem,) = raised.value.problems
    assert message in problem.message
    assert problem.span.line == 3
    assert (help or "") in (problem.help or "")


def test_a_checked_mapping_reads_texts_by_the_type_of_their_field():
    fields = "{id: a, value: b, service.count: c, service.responded: d}"
    mapping = mapping_of(Source("m.yaml", f"mapping: m\nfields: {fields}"))
    row = {"a": "1", "b": "2.5", "c": "3", "d": "true"}
    assert mapping.apply(row) == {"id": "1", "value": "2.5", "service": {"count": "3", "responded": "true"}}
    assert mapping.check(RECORD).apply(row) == {"id": "1", "value": 2.5, "service": {"count": 3, "responded": True}}
    # What has a type of its own is left to the strict reader.
    assert mapping.check(RECORD).apply({**row, "b": True})["value"] is True


def test_a_file_that_cannot_be_read_is_an_error_of_ours(tmp_path):
    with pytest.raises(RulesError, match="cannot be read"):
        load_mapping(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"mapping: \xff")
    with pytest.raises(RulesError):
        load_mapping(tmp_path / "latin.yaml")


CELLS = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.binary(), st.dates()),
    st.lists(st.integers(), max_size=2),
)


@given(st.dictionaries(st.sampled_from([*ROW, "Score"]), CELLS) | CELLS)
@settings(max_examples=300)
def test_any_row_is_mapped_or_refused(row):
    with contextlib.suppress(MappingError):
        assert isinstance(mapping_of(Source("m.yaml", FILE)).check(RECORD).apply(row), dict)


REAL = Path(__file__).parents[2] / "shared" / "data" / "marketing_customer_value.csv"


@pytest.mark.skipif(not REAL.exists(), reason="the public data set is not beside the repository")
def test_nine_thousand_real_customers_are_mapped_without_a_fault():
    with REAL.open(newline="") as file:
        rows = list(csv.DictReader(file))
    mapping = mapping_of(Source("m.yaml", FILE)).check(RECORD)
    started = time.perf_counter()
    readings = [read(RECORD, mapping.apply(row)) for row in rows]
    assert time.perf_counter() - started < 10
    assert not any(reading.faults for reading in readings)
    cases = sum(len(reading.value["service"]["cases"]) for reading in readings)
    assert cases == sum(int(row["Number_of_Open_Complaints"]) for row in rows) > 1000
