"""Tables of every kind; what is decided on columns and what is not; and what users get to see of it."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import nba
from nba.batch import output
from nba.batch.frames import CHUNK, Decider, decide_batches
from nba.batch.tables import row
from nba.batch.workers import can_fork
from nba.mapping import mapping_of
from nba.source import Source

AS_OF = "2026-11-22T09:00:00Z"
UPSET = {"id": "C-1", "service": {"cases": [{"id": "K1", "status": "open", "severity": "high"}]}}
CALM = {"id": "C-2", "service": {"cases": []}}


@pytest.fixture(scope="module")
def dealer() -> nba.Orchestrator:
    return nba.load(nba.shipped("car-dealer"))


def outcomes(decided: Any) -> list[str]:
    return list(decided.table["outcome"].to_pylist())


def as_rows(orchestrator: nba.Orchestrator, table: pa.Table, mapping: Any = None, **asked: Any) -> list[dict[str, Any]]:
    """What `decide` gives for each row."""
    [batch] = table.combine_chunks().to_batches()
    found = []
    for place in range(batch.num_rows):
        try:
            data = row(batch, place)
            profile = data if mapping is None else mapping.apply(data)
            found.append(output.row_of(orchestrator.decide(profile, as_of=AS_OF, **asked)))
        except (nba.InputError, OverflowError) as error:
            found.append(output.row_of_error(error))
    return found


FRAMES: dict[str, Callable[[list[dict[str, Any]]], Any]] = {
    "polars": lambda rows: pl.DataFrame(rows),
    "polars lazy": lambda rows: pl.LazyFrame(rows).with_columns(other=pl.lit(1)),
    "pyarrow": lambda rows: pa.Table.from_pylist(rows),
    "pyarrow batch": lambda rows: pa.RecordBatch.from_pylist(rows),
    "pyarrow stream": lambda rows: pa.Table.from_pylist(rows).to_reader(),
    "pandas": lambda rows: pytest.importorskip("pandas").DataFrame(rows),
    "duckdb": lambda rows: _duckdb(pa.Table.from_pylist(rows)),
}


def _duckdb(people: pa.Table) -> Any:
    duckdb = pytest.importorskip("duckdb")
    return duckdb.connect().from_arrow(people)


@pytest.mark.parametrize("kind", FRAMES)
def test_frames_of_every_kind_are_decided(kind: str, dealer: nba.Orchestrator) -> None:
    decided = dealer.decide_frame(FRAMES[kind]([UPSET, CALM]), as_of=AS_OF)
    assert outcomes(decided) == ["action", "nothing_proposed"]
    assert decided.report.on_columns == 2


def test_the_decisions_are_a_table_that_others_read(dealer: nba.Orchestrator) -> None:
    decided = dealer.decide_frame(pl.DataFrame([UPSET, CALM]), as_of=AS_OF)
    shown = decided.to_polars()
    assert shown["actions"].to_list()[0][0]["action"] == "service.call_back"
    assert shown.columns == output.SCHEMA.names
    assert pa.RecordBatchReader.from_stream(decided).read_all().num_rows == 2
    assert len(decided) == 2
    assert repr(decided) == "<DecidedFrame of 2 rows, 2 decided on columns>"


def test_a_row_is_explained_on_demand(dealer: nba.Orchestrator) -> None:
    decided = dealer.decide_frame(pl.DataFrame([UPSET, CALM]), as_of=AS_OF)
    assert decided.explain(0) == dealer.decide(UPSET, as_of=AS_OF).explain()
    assert decided.decision(-1).outcome == "nothing_proposed"
    with pytest.raises(IndexError, match="there is no row 2: the table has 2"):
        decided.decision(2)


def forking(test: Any) -> Any:
    """A test that forks; others before it may have left threads behind."""
    ignoring = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")(test)
    return pytest.mark.skipif(not can_fork(), reason="processes cannot be forked on this system")(ignoring)


@forking
def test_rows_of_many_chunks_keep_their_order(dealer: nba.Orchestrator) -> None:
    count = CHUNK * 2 + 7
    upset = pa.array([UPSET["service"] if of % 3 == 0 else CALM["service"] for of in range(9)])
    table = pa.table({"service": upset.take(pa.array([of % 9 for of in range(count)]))})
    decided = dealer.decide_frame(table, as_of=AS_OF, processes=2)
    assert outcomes(decided) == ["action" if of % 3 == 0 else "nothing_proposed" for of in range(count)]
    assert decided.explain(count - 1) == decided.explain(1)


def many(count: int) -> pa.Table:
    """Customers of whom every third is upset."""
    service = pa.array([UPSET["service"], CALM["service"], CALM["service"]])
    return pa.table(
        {"id": [f"C-{of}" for of in range(count)], "service": service.take(pa.array([of % 3 for of in range(count)]))}
    )


def test_a_lazy_frame_is_decided_part_by_part_and_never_there_as_a_whole(
    dealer: nba.Orchestrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = CHUNK + 9
    lazy = pl.LazyFrame(many(count)).with_columns(other=pl.lit(1))
    monkeypatch.setattr(pl.LazyFrame, "collect", None)
    found = list(decide_batches(dealer, lazy, as_of=AS_OF))
    assert all(len(part) <= CHUNK for part in found)
    assert [id for part in found for id in part.asked["id"].to_pylist()] == [f"C-{of}" for of in range(count)]
    expected = ["nothing_proposed" if of % 3 else "action" for of in range(count)]
    assert [of for part in found for of in outcomes(part)] == expected
    assert outcomes(dealer.decide_frame(lazy, as_of=AS_OF)) == expected
    assert found[0].asked.column_names == ["id", "service"]
    assert "service.call_back" in found[0].explain(0)


def test_a_polars_that_does_not_stream_computes_a_lazy_frame_as_a_whole(
    dealer: nba.Orchestrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(pl.LazyFrame, "collect_batches")
    [part] = decide_batches(dealer, pl.LazyFrame([UPSET, CALM]), as_of=AS_OF)
    assert outcomes(part) == ["action", "nothing_proposed"]


@forking
def test_parts_of_a_stream_are_read_as_they_are_taken(dealer: nba.Orchestrator) -> None:
    [batch] = many(6).to_batches()
    taken: list[int] = []

    def read() -> Iterator[pa.RecordBatch]:
        for number in range(50):
            taken.append(number)
            yield batch

    stream = pa.RecordBatchReader.from_batches(batch.schema, read())
    parts = decide_batches(dealer, stream, as_of=AS_OF, processes=2)
    assert not taken
    assert len(next(parts)) == 6
    assert len(taken) <= 4
    assert sum(len(part) for part in parts) == 49 * 6


def test_what_is_wrong_with_what_is_asked_is_told_before_a_part_is_taken(dealer: nba.Orchestrator) -> None:
    with pytest.raises(ValueError, match="a frame should be a Polars frame or give an Arrow stream"):
        decide_batches(dealer, [UPSET], as_of=AS_OF)
    with pytest.raises(ValueError, match="limit"):
        decide_batches(dealer, pa.table({}), as_of=AS_OF, limit=0)


def test_an_empty_table_has_no_decisions(dealer: nba.Orchestrator) -> None:
    decided = dealer.decide_frame(pa.table({"id": pa.array([], pa.string())}), as_of=AS_OF)
    assert len(decided) == 0
    assert decided.to_polars().height == 0
    assert len(decided.asked) == 0


def test_a_bad_row_is_a_row_with_an_error_that_names_the_path(dealer: nba.Orchestrator) -> None:
    table = pa.table({"id": ["C-1", "C-2"], "value": [1.0, float("nan")]})
    decided = dealer.decide_frame(table, as_of=AS_OF)
    assert outcomes(decided) == ["nothing_proposed", "invalid"]
    [error] = decided.table["errors"].to_pylist()[1]
    assert error == {
        "origin": "profile",
        "message": "value: found a number that is not finite, wanted a finite number",
    }
    assert decided.report.one_by_one == {"they do not fit the schema, or something in them failed": 1}


def test_what_is_no_table_is_refused(dealer: nba.Orchestrator) -> None:
    with pytest.raises(ValueError, match="a frame should be a Polars frame or give an Arrow stream"):
        dealer.decide_frame([UPSET], as_of=AS_OF)
    with pytest.raises(nba.ContextError):
        dealer.decide_frame(pa.table({}), as_of=AS_OF, context={"channel": 1})


def test_without_the_extra_the_error_names_it(dealer: nba.Orchestrator, monkeypatch: pytest.MonkeyPatch) -> None:
    import_ = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("nba.batch.frames"):
            raise ImportError(name)
        return import_(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(nba.MissingExtraError, match=r"nba\[batch\]"):
        dealer.decide_frame(pa.table({}), as_of=AS_OF)


def test_a_rule_set_that_is_observed_is_decided_one_by_one(
    load: Callable[..., Any], plugin: Callable[..., Any]
) -> None:
    seen = []
    observed = load("pack: sales\n", plugins={"eye": plugin(nba_decided=lambda decision: seen.append(decision))})
    decided = observed.decide_frame(pa.table({"id": ["C-1", "C-2"]}), as_of=AS_OF)
    assert len(seen) == 2
    assert decided.report.one_by_one == {"a plugin observes each decision": 2}


GIVEN = pa.struct([("granted", pa.bool_())])
FINE = pa.struct([("at", pa.timestamp("ns", "UTC"))])
_EVERY_TYPE = """
    pack: sales
    actions:
      offer: {title: Offer, tier: growth, channels: [email]}
    rules:
      - {id: offer, when: value > 10 and birth_date < date("2000-01-01"), propose: offer, because: so it is}
"""


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("value", pa.array([11, 9, None, 2**53 + 1], pa.int64())),
        ("value", pa.array([11, 255, 0, None], pa.uint8())),
        ("value", pa.array([11, 2**63, 0, None], pa.uint64())),
        ("value", pa.array([11.5, -0.0, float("inf"), None], pa.float32())),
        ("value", pa.array(["11", None, "x", ""])),
        ("value", pa.array([True, False, None, True])),
        ("value", pa.array([None] * 4, pa.null())),
        ("birth_date", pa.array(["1999-12-31", "2000-01-01", "yesterday", None])),
        ("birth_date", pa.array([date(1999, 12, 31), None, date(1, 1, 1), date(9999, 12, 31)])),
        ("birth_date", pa.array([0, -(2**31), 2**31 - 1, None], pa.int32()).cast(pa.date32())),
        ("birth_date", pa.array([datetime(1999, 1, 1), None, None, None])),  # noqa: DTZ001 - that it has none is the case
        ("birth_date", pa.array([datetime(1999, 1, 1, tzinfo=UTC)] * 4)),
        ("id", pa.array(["a", "b", "a", None]).dictionary_encode()),
        ("id", pa.array(["a", "b", "a", None], pa.string_view())),
        ("id", pa.array([b"a", b"b", None, b""])),
        ("preferred_channels", pa.array([["email"], [], None, [None, "phone"]])),
        ("preferred_channels", pa.array([["email"], ["phone"], None, ["sms"]], pa.list_(pa.string(), 1))),
        ("preferred_channels", pa.array(["email"] * 4)),
        ("interactions", pa.array([[{"at": 1}], [], None, [None]])),
        ("interactions", pa.array([[{"outcome": "clicked"}], [{"outcome": "bought"}], None, [None]])),
        ("consents", pa.array([[("m", {"granted": True})], [], None, [("a", None)]], pa.map_(pa.string(), GIVEN))),
        ("consents", pa.array([{"marketing": {"granted": True}}, None, {"marketing": None}, {}])),
        ("consents", pa.array([[("m", True)], [], None, []], pa.map_(pa.string(), pa.bool_()))),
        ("timezone", pa.array(["Europe/Helsinki", "Mars/Crater", None, ""])),
        ("events", pa.array([[{"at": datetime(2026, 1, 1, tzinfo=UTC)}]] * 4, pa.list_(FINE))),
    ],
    ids=lambda of: of if isinstance(of, str) else str(of.type)[:40],
)  # fmt: skip
def test_a_column_of_any_type_is_taken_as_decide_takes_it(
    name: str, values: pa.Array, load: Callable[..., nba.Orchestrator]
) -> None:
    orchestrator = load(_EVERY_TYPE)
    columns = {"value": pa.array([20.0] * 4), "birth_date": pa.array([date(1990, 1, 1)] * 4)}
    table = pa.table({**columns, name: values})
    decided = orchestrator.decide_frame(table, as_of=AS_OF)
    assert output.plain(decided.table).to_pylist() == as_rows(orchestrator, table)


def test_slices_of_tables_are_taken_from_where_they_start(load: Callable[..., nba.Orchestrator]) -> None:
    orchestrator = load(_EVERY_TYPE)
    values = [11.0, None, 9.0, 12.0, None, 13.0, 14.0, 8.0, 15.0, 16.0, None]
    days = [date(1990, 1, 1), None, *[date(1990, 1, 1)] * 9]
    table = pa.table({"value": values, "birth_date": days, "preferred_channels": [["email"]] * 11}).slice(3)
    decided = orchestrator.decide_frame(table, as_of=AS_OF)
    assert output.plain(decided.table).to_pylist() == as_rows(orchestrator, table)
    assert outcomes(decided).count("action") == 5


_MAPPING = """
mapping: flat
missing: ["", NA]
fields:
  id: Customer
  value: {from: Worth, type: number}
  birth_date: {from: Born, type: date, format: "%m/%d/%Y"}
  timezone: {value: Europe/Helsinki}
  consents.marketing.granted: {from: Agrees, values: {Yes: true, No: false}}
  consents.marketing.channels.email: {from: Agrees, values: {Yes: true, No: false}}
  propensities["sales.offer"]: {from: Score, type: number, default: 0.1}
  lifecycle_stage: {from: Stage, optional: true}
  interactions: {repeat: Contacts, item: {channel: email, id: {from: Customer}}}
  events: {repeat: account.events, item: {name: {from: account.last}}}
"""


NOTHING = {"events": "", "last": ""}


def test_a_mapping_takes_from_columns_what_it_takes_from_rows(load: Callable[..., nba.Orchestrator]) -> None:
    orchestrator = load(_EVERY_TYPE)
    mapping = mapping_of(Source("m.yaml", _MAPPING)).check(orchestrator.ruleset.profile)
    table = pa.table(
        {
            "Customer": ["1", "2", "", "4", "NA", "6", "7"],
            "Worth": ["12.5", "x", "NA", "1e400", None, " 3", "-0.0"],
            "Born": ["2/24/1999", "2/30/1999", "", "1/1/1990", "12/31/1989", "1/1/1970", None],
            "Agrees": ["Yes", "No", "Maybe", "Yes", None, "", "NA"],
            "Score": [0.5, None, 0.0, float("nan"), 1.0, 0.25, -1.0],
            "Contacts": [0, 1, 2, None, -1, 1001, 3],
            "account": [{"events": "2", "last": "cart"}, None, {"events": "x", "last": None}, *[NOTHING] * 4],
        }
    )
    decided = orchestrator.decide_frame(table, as_of=AS_OF, mapping=mapping)
    assert output.plain(decided.table).to_pylist() == as_rows(orchestrator, table, mapping)
    assert 0 < decided.report.on_columns < 7


def test_a_column_that_the_mapping_names_has_to_be_there(load: Callable[..., nba.Orchestrator], tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("{mapping: m, fields: {id: Customer, value: Worth}}")
    with pytest.raises(nba.MappingError, match="no column `Worth`, wanted a table that has it"):
        load(_EVERY_TYPE).decide_frame(
            pa.table({"Customer": ["a"], "Wort": [1]}), as_of=AS_OF, mapping=tmp_path / "m.yaml"
        )


def test_fields_that_are_forbidden_make_each_row_invalid(load: Callable[..., nba.Orchestrator]) -> None:
    strict = load(_EVERY_TYPE, extra="forbid")
    assert outcomes(strict.decide_frame(pa.table({"ids": ["a"]}), as_of=AS_OF)) == ["invalid"]
    assert outcomes(strict.decide_frame(pl.LazyFrame({"ids": ["a"]}), as_of=AS_OF)) == ["invalid"]


def test_a_map_with_very_many_keys_is_decided_one_by_one(load: Callable[..., nba.Orchestrator]) -> None:
    keys = pa.array([[(f"k{of}", 0.5)] for of in range(600)], pa.map_(pa.string(), pa.float64()))
    decided = load(_EVERY_TYPE).decide_frame(pa.table({"propensities": keys}), as_of=AS_OF)
    assert list(decided.report.one_by_one) == ["columns cannot carry a map with more than 500 different keys"]
    assert outcomes(decided) == ["nothing_proposed"] * 600


def test_a_plugin_sees_each_row_of_a_column_without_gaps(load: Callable[..., Any], plugin: Callable[..., Any]) -> None:
    @nba.feature(reads=["value"], returns=bool)
    def rich(value: Any) -> Any:
        return value > 10

    @nba.gate(reads=["value"])
    def busy(offered: Any, channel: Any, value: Any) -> Any:
        return nba.Block("too busy") if value > 30 else None

    pack = """
        pack: sales
        actions: {offer: {title: Offer, tier: growth}}
        rules: [{id: offer, when: extra.rich, propose: offer, because: so it is}]
    """
    orchestrator = load(pack, plugins={"extra": plugin(nba_features=[rich], nba_gates=[busy])})
    decided = orchestrator.decide_frame(pa.table({"value": [20.0, 5.0, 40.0, 20.0]}), as_of=AS_OF)
    assert outcomes(decided) == ["action", "nothing_proposed", "all_blocked", "action"]
    assert decided.report.on_columns == 4
    assert decided.report.row_functions == ("extra.busy", "extra.rich")


def test_a_feature_with_a_columnar_form_is_called_once_for_a_table(
    load: Callable[..., Any], plugin: Callable[..., Any]
) -> None:
    calls: list[Any] = []

    def rich_at_once(values: pa.Array, days: pa.Array) -> pa.Array:
        calls.append((values.to_pylist(), days.to_pylist()))
        return pc.greater(values, 10)

    @nba.feature(reads=["value", "birth_date"], returns=bool, columnar=rich_at_once)
    def rich(value: Any, day: Any) -> Any:
        return None if value is None else value > 10

    pack = """
        pack: sales
        actions: {offer: {title: Offer, tier: growth}}
        rules: [{id: offer, when: extra.rich, propose: offer, because: so it is}]
    """
    orchestrator = load(pack, plugins={"extra": plugin(nba_features=[rich])})
    table = pa.table({"value": [20.0, 5.0, None], "birth_date": [date(2000, 2, 29)] * 3})
    decided = orchestrator.decide_frame(table, as_of=AS_OF)
    assert output.plain(decided.table).to_pylist() == as_rows(orchestrator, table)
    assert calls == [([20.0, 5.0, None], [date(2000, 2, 29)] * 3)]
    assert decided.report.row_functions == ()


@pytest.mark.parametrize("wrong", [lambda values: 1 / 0, lambda values: values[:1], lambda values: ["x"]])
def test_a_columnar_form_that_does_not_work_is_not_used(
    wrong: Callable[..., Any], load: Callable[..., Any], plugin: Callable[..., Any]
) -> None:
    @nba.feature(reads=["value"], returns=bool, columnar=wrong)
    def rich(value: Any) -> Any:
        return value > 10

    pack = """
        pack: sales
        actions: {offer: {title: Offer, tier: growth}}
        rules: [{id: offer, when: extra.rich, propose: offer, because: so it is}]
    """
    orchestrator = load(pack, plugins={"extra": plugin(nba_features=[rich])})
    decided = orchestrator.decide_frame(pa.table({"value": [20.0, 5.0]}), as_of=AS_OF)
    assert outcomes(decided) == ["action", "nothing_proposed"]


def test_a_decider_is_made_once_and_used_by_many(dealer: nba.Orchestrator) -> None:
    decider = Decider(dealer, as_of=AS_OF)
    batch = pa.RecordBatch.from_pylist([UPSET, CALM])
    assert decider.decide(batch)[0].equals(decider.decide(batch)[0])


@forking
def test_processes_decide_as_one_does(dealer: nba.Orchestrator) -> None:
    table = many(CHUNK * 2 + 5)
    alone, together = (dealer.decide_frame(table, as_of=AS_OF, processes=of) for of in (None, 2))
    assert together.table.equals(alone.table)
    assert str(together.report) == str(alone.report)
    parts = list(decide_batches(dealer, table, as_of=AS_OF, processes=2))
    assert pa.concat_tables([of.asked for of in parts]).equals(table)
    assert pa.concat_tables([of.table for of in parts]).unify_dictionaries().equals(alone.table)


@forking
def test_what_a_worker_raises_is_raised(dealer: nba.Orchestrator, tmp_path: Path) -> None:
    mapping = tmp_path / "map.yaml"
    mapping.write_text("{mapping: m, fields: {id: number}}")
    for processes in (None, 2):
        with pytest.raises(nba.MappingError, match="number"):
            dealer.decide_frame(pa.table({"other": ["C-1"]}), as_of=AS_OF, mapping=mapping, processes=processes)


def test_processes_are_a_whole_number(dealer: nba.Orchestrator) -> None:
    for wrong in (0, -1, 1.5, True, "2"):
        with pytest.raises(ValueError, match="processes should be a whole number, at least 1"):
            dealer.decide_frame(pa.table({"id": ["C-1"]}), as_of=AS_OF, processes=wrong)  # type: ignore[arg-type]
