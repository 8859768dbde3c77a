"""What expressions are worth, statement by statement: each is asked of the reference evaluator and of the closures."""

from __future__ import annotations

import itertools
import math
from datetime import UTC, date, datetime

import pytest

from nba.language import types
from nba.language.check import check
from nba.language.compiled import compile_node
from nba.language.functions import Clock
from nba.language.meaning import Environment, evaluate
from nba.language.scope import Scope
from nba.language.types import BOOLEAN, DATE, INSTANT, NUMBER, STRING, Enum, Field, ListOf, MapOf, Record
from nba.language.values import FAILED
from nba.schema.reading import read
from nba.schema.zones import zone
from nba.source import Written

U = None  # unknown, missing
CASE = Record(
    "case",
    {
        "id": Field(STRING),
        "open": Field(BOOLEAN),
        "days": Field(NUMBER),
        "at": Field(INSTANT),
        "severity": Field(Enum(("low", "mid", "high"), ordered=True)),
        "parts": Field(ListOf(Record("part", {"n": Field(NUMBER)}))),
    },
)
PROFILE = Record(
    "profile",
    {
        "a": Field(BOOLEAN),
        "b": Field(BOOLEAN),
        "x": Field(NUMBER),
        "y": Field(NUMBER),
        "s": Field(STRING),
        "t": Field(STRING),
        "tags": Field(ListOf(STRING)),
        "nums": Field(ListOf(NUMBER)),
        "on": Field(DATE),
        "at": Field(INSTANT),
        "plan": Field(Enum(("gold", "tin"))),
        "level": Field(Enum(("low", "mid", "high"), ordered=True)),
        "scores": Field(MapOf(NUMBER)),
        "inner": Field(Record("inner", {"x": Field(NUMBER)})),
        "cases": Field(ListOf(CASE)),
    },
)
AS_OF = datetime(2026, 11, 22, 9, tzinfo=UTC)
SCOPE = Scope(PROFILE, facts={"p.sig": BOOLEAN, "p.num": NUMBER})


def value(text, profile=None, *, as_of=AS_OF, tz="UTC", facts=None):
    """The value by the reference evaluator, which the closures must agree with to the type."""
    node = check(Written.of(text), SCOPE)
    reading = read(PROFILE, profile or {}, invalid=FAILED)

    def env():
        return Environment(reading.value, {}, Clock(as_of, zone(tz)), {}, {"p.sig": U, "p.num": U, **(facts or {})})

    found, compiled = evaluate(node, env()), compile_node(node)(env())
    assert repr(found) == repr(compiled)
    return found


T, F = True, False


class TestKleene:
    @pytest.mark.parametrize(
        ("a", "b", "and_", "or_"),
        [
            (T, T, T, T),
            (T, F, F, T),
            (T, U, U, T),
            (F, T, F, T),
            (F, F, F, F),
            (F, U, F, U),
            (U, T, U, T),
            (U, F, F, U),
            (U, U, U, U),
        ],
    )
    def test_and_and_or(self, a, b, and_, or_):
        profile = {"a": a, "b": b}
        assert value("a and b", profile) is and_
        assert value("a or b", profile) is or_
        assert value("not (not a or not b)", profile) is and_

    @pytest.mark.parametrize(("a", "not_"), [(T, F), (F, T), (U, U)])
    def test_not(self, a, not_):
        assert value("not a", {"a": a}) is not_

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("p.sig and a", F),
            ("p.sig or a", FAILED),
            ("p.sig and b", FAILED),
            ("p.sig or b", T),
            ("not p.sig", FAILED),
            ("p.sig and s == 'x'", FAILED),
            ("a or p.sig or s == 'x'", FAILED),
        ],
    )
    def test_failed_is_an_unknown_that_stays_visible(self, text, found):
        assert value(text, {"a": F, "b": T}, facts={"p.sig": FAILED}) is found

    def test_a_failed_value_is_neither_true_nor_false(self):
        with pytest.raises(TypeError):
            bool(FAILED)


class TestMissing:
    @pytest.mark.parametrize(
        "text",
        [
            "x == y",
            "x != y",
            "x < 1",
            "x <= 1",
            "1 > x",
            "x in nums",
            "s in ['a']",
            "x == x",
            "s != s",
            "not (x == x)",
            "x + 1 == 1",
            "x in [1]",
            "x not in [1]",
            "1 < x < 3",
        ],
    )
    def test_a_comparison_with_a_missing_value_is_unknown(self, text):
        assert value(text) is U

    @pytest.mark.parametrize("profile", [{}, {"x": None}])
    def test_absent_and_null_are_missing(self, profile):
        assert value("x is missing", profile) is T
        assert value("x is not missing", profile) is F

    @pytest.mark.parametrize("there", [0, 0.5, -1])
    def test_is_missing_is_always_known(self, there):
        assert value("x is missing", {"x": there}) is F
        assert value("a is missing", {"a": F}) is F
        assert value("s is missing", {"s": ""}) is F
        assert value("tags is missing", {"tags": []}) is F

    def test_a_path_through_a_missing_parent_is_missing(self):
        assert value("inner.x is missing") is T
        assert value("inner.x is missing", {"inner": {}}) is T
        assert value("inner is missing", {"inner": {}}) is F

    def test_is_missing_on_what_has_failed_is_unknown(self):
        for text in (
            "x is missing",
            "x is not missing",
            "inner.x is missing",
            "default(x, 1)",
            "scores['k'] is missing",
        ):
            assert value(text, {"x": "?", "inner": 5, "scores": {"k": "?"}}) is FAILED
        assert value("p.num is missing", facts={"p.num": FAILED}) is FAILED

    def test_is_missing_on_an_unknown_signal_is_true(self):
        assert value("p.sig is missing") is T

    def test_default_is_the_value_or_the_fallback(self):
        assert value("default(x, 7)") == 7
        assert value("default(x, 7)", {"x": 0}) == 0
        assert value("default(x, y)", {"y": 3}) == 3
        assert value("default(x, y) == 1") is U
        assert value("default(a, false)") is F
        assert value("default(default(x, y), 1)") == 1

    def test_a_look_up_of_what_is_not_there_is_missing(self):
        profile = {"scores": {"k": 1, "": 2}, "s": "k"}
        assert [value(f"scores[{key}]", profile) for key in ("'k'", "''", "'none'", "s", "t")] == [1, 2, U, 1, U]
        assert value("scores['k']") is U


class TestLists:
    @pytest.mark.parametrize(
        ("tags", "found"),
        [
            (["gold"], T),
            (["tin"], F),
            ([], F),
            (["tin", None], U),
            (["gold", None], T),
            ([None], U),
            (None, U),
            (["tin", 5], FAILED),
            (["gold", 5], T),
            ("gold", FAILED),
        ],
    )
    def test_in_a_list(self, tags, found):
        assert value("'gold' in tags", {"tags": tags}) is found
        negated = found if found in (U, FAILED) else not found
        assert value("'gold' not in tags", {"tags": tags}) is negated

    def test_in_numbers_compares_as_numbers(self):
        assert value("2 in nums", {"nums": [2.0]}) is T
        assert value("x in [1, 2.0]", {"x": 2}) is T

    @pytest.mark.parametrize(
        ("cases", "any_", "all_", "count"),
        [
            (None, U, U, U),
            ([], F, T, 0),
            ([(T, T)], T, T, 1),
            ([(T, F)], F, F, 1),
            ([(F, T)], F, T, 0),
            ([(F, F)], F, T, 0),
            ([(U, T)], U, T, U),
            ([(U, F)], F, U, U),
            ([(T, U)], U, U, 1),
            ([(F, U)], F, T, 0),
            ([(U, U)], U, U, U),
            ([(U, U), (T, T)], T, U, U),
            ([(U, U), (T, F)], U, F, U),
            ([(T, T), (T, F)], T, F, 2),
            ([(T, U), (F, U)], U, U, 1),
        ],
    )
    def test_quantifiers_are_the_or_of_filter_and_body_and_the_and_of_not_filter_or_body(
        self, cases, any_, all_, count
    ):
        records = (
            None
            if cases is None
            else [{"open": where, "days": U if body is U else 9 if body else 1} for where, body in cases]
        )
        for order in itertools.permutations(records) if records else [records]:
            profile = {"cases": None if order is None else list(order)}
            assert value("any(c.days > 5 for c in cases if c.open)", profile) is any_
            assert value("all(c.days > 5 for c in cases if c.open)", profile) is all_
            assert value("count(c for c in cases if c.open)", profile) == count

    def test_a_null_record_has_all_its_fields_missing(self):
        profile = {"cases": [None]}
        assert value("any(c.open for c in cases)", profile) is U
        assert value("any(c.id is missing for c in cases)", profile) is T
        assert value("count(c for c in cases)", profile) == 1
        assert value("len(cases)", profile) == 1
        assert value("any(any(p.n > 1 for p in c.parts) for c in cases)", profile) is U

    @pytest.mark.parametrize(
        ("days", "sum_", "min_", "max_"),
        [
            ([], 0, U, U),
            ([3], 3, 3, 3),
            ([3, 1, 2], 6, 1, 3),
            ([3, None], U, U, U),
            ([None], U, U, U),
            (None, U, U, U),
            ([3, "x"], FAILED, FAILED, FAILED),
            ([None, "x"], FAILED, FAILED, FAILED),
        ],
    )
    def test_folds_are_missing_when_a_value_they_need_is(self, days, sum_, min_, max_):
        profile = {"cases": None if days is None else [{"days": of} for of in days]}
        assert [value(f"{name}(c.days for c in cases)", profile) for name in ("sum", "min", "max")] == [
            sum_,
            min_,
            max_,
        ]

    def test_what_the_filter_leaves_out_is_not_needed(self):
        profile = {"cases": [{"open": F}, {"open": T, "days": 2}]}
        assert value("sum(c.days for c in cases if c.open)", profile) == 2
        assert value("max(c.days for c in cases if c.open)", profile) == 2
        assert value("sum(c.days for c in cases if c.days > 1)", profile) is U

    def test_an_unknown_filter_makes_them_missing(self):
        profile = {"cases": [{"days": 1}, {"open": T, "days": 2}]}
        assert [value(f"{name}(c.days for c in cases if c.open)", profile) for name in ("sum", "min", "max")] == [
            U,
            U,
            U,
        ]

    def test_the_sum_is_exact_and_rounded_once_so_that_order_cannot_matter(self):
        days = [1e16, 1.0, -1e16, 0.1, 0.2, 0.3]
        sums = {
            value("sum(c.days for c in cases)", {"cases": [{"days": of} for of in order]})
            for order in itertools.permutations(days)
        }
        assert sums == {math.fsum(days)}

    def test_a_sum_whose_parts_are_too_large_is_right_when_it_is_not(self):
        big = [1.7e308, 1.7e308, -1.7e308]
        sums = {
            value("sum(c.days for c in cases)", {"cases": [{"days": of} for of in order]})
            for order in itertools.permutations(big)
        }
        assert sums == {1.7e308}
        assert value("sum(c.days for c in cases)", {"cases": [{"days": of} for of in big[:2]]}) is U

    def test_equal_numbers_are_folded_to_the_same_one_in_any_order(self):
        for name in ("min", "max"):
            found = {
                repr(value(f"{name}(c.days for c in cases)", {"cases": [{"days": of} for of in order]}))
                for order in ([2, 2.0], [2.0, 2])
            }
            assert len(found) == 1

    def test_folds_of_instants(self):
        cases = [{"at": "2026-01-01T00:00:00Z"}, {"at": "2026-01-01T00:00:00+02:00"}]
        assert value("min(c.at for c in cases)", {"cases": cases}) == datetime(2025, 12, 31, 22, tzinfo=UTC)

    def test_aggregates_within_aggregates(self):
        profile = {"x": 1, "cases": [{"days": 1, "parts": [{"n": 1}, {"n": 2}]}, {"days": 5, "parts": []}]}
        assert value("sum(sum(p.n + c.days + x for p in c.parts) for c in cases)", profile) == 7
        assert value("any(c.days > 4 and all(p.n > 9 for p in c.parts) for c in cases)", profile) is T


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("1 + 2", 3.0),
            ("7 / 2", 3.5),
            ("1 / 0", U),
            ("0 / 0", U),
            ("-1 / 0", U),
            ("x / 0 == 1", U),
            ("1e308 * 10", U),
            ("-1e308 * 10", U),
            ("1e308 + 1e308", U),
            ("1e308 * 10 - 1e308 * 10", U),
            ("0 * -1", 0.0),
            ("-0.0", 0.0),
            ("0 - 0", 0.0),
            ("0 / -5", 0.0),
            ("-x", -2.5),
            ("5e-324 / 2", 0.0),
            ("-5e-324 / 2", 0.0),
            ("2 == 2.0", T),
            ("0.1 + 0.2 == 0.3", F),
            ("1 <= x < 3", T),
            ("1 < x < 2", F),
            ("9007199254740992 + 1", 9007199254740992.0),
            ("abs(-3)", 3),
            ("abs(-0.0)", 0.0),
            ("min(3, x)", 2.5),
            ("max(3, x, 4)", 4),
            ("clamp(9, 0, 5)", 5),
            ("clamp(-9, 0, 5)", 0),
            ("clamp(3, 5, 0)", 5),
            ("min(x, y)", U),
            ("clamp(x, y, 1)", U),
            ("len(tags)", U),
        ],
    )
    def test_arithmetic_is_in_doubles_and_what_is_not_finite_is_missing(self, text, found):
        result = value(text, {"x": 2.5})
        assert repr(result) == repr(found)
        if isinstance(result, float):
            assert math.copysign(1, result) == 1 or result < 0

    def test_negative_zero_never_shows(self):
        for text in (
            "x",
            "-x",
            "x * 1",
            "abs(x)",
            "min(x, 1)",
            "clamp(x, -1, 1)",
            "sum(c.days for c in cases)",
            "days_until(at)",
            "days_since(at)",
            "days_between(at, as_of)",
        ):
            result = value(text, {"x": -0.0, "at": AS_OF, "cases": [{"days": -0.0}]})
            assert math.copysign(1, result) == 1, text

    def test_integers_beyond_what_doubles_hold_are_refused(self):
        assert value("x", {"x": 2**53}) == 2**53
        assert value("x", {"x": 2**53 + 1}) is FAILED
        assert value("x", {"x": -(2**53) - 1}) is FAILED

    def test_a_boolean_is_not_a_number(self):
        assert value("x", {"x": True}) is FAILED
        assert value("a", {"a": 1}) is FAILED


class TestTextsAndEnums:
    @pytest.mark.parametrize(
        ("s", "t", "less"),
        [
            ("a", "b", T),
            ("B", "a", T),
            ("a", "a", F),
            ("", "a", T),
            ("é", "z", F),
            ("\uffff", "\U0001f600", T),
            ("a\u0301", "á", T),
            ("10", "9", T),
        ],
    )
    def test_texts_compare_by_code_point(self, s, t, less):
        assert value("s < t", {"s": s, "t": t}) is less
        assert value("t > s", {"s": s, "t": t}) is less
        assert value("s == t", {"s": s, "t": t}) is (s == t)

    def test_nothing_is_normalised_or_folded(self):
        assert value("s == t", {"s": "é", "t": "e\u0301"}) is F
        assert value("s == 'A'", {"s": "a"}) is F

    def test_lone_surrogates_are_refused(self):
        assert value("s is missing", {"s": "\ud800"}) is FAILED

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("starts_with(s, 'ab')", T),
            ("starts_with(s, '')", T),
            ("ends_with(s, '😀')", T),
            ("ends_with(s, 'x')", F),
            ("len(s)", 3),
            ("starts_with(s, t)", U),
        ],
    )
    def test_functions_of_texts_count_code_points(self, text, found):
        assert value(text, {"s": "ab😀"}) == found

    @pytest.mark.parametrize(
        ("level", "text", "found"),
        [
            ("mid", "level > 'low'", T),
            ("mid", "level >= 'mid'", T),
            ("low", "level < 'low'", F),
            ("high", "'mid' < level", T),
            ("low", "'low' <= level < 'high'", T),
            (None, "level > 'low'", U),
        ],
    )
    def test_ordered_enums_go_by_the_order_they_declare(self, level, text, found):
        assert value(text, {"level": level}) is found

    def test_an_undeclared_value_is_none(self):
        assert value("plan == 'gold'", {"plan": "silver"}) is FAILED


class TestMoments:
    def test_elapsed_days_are_exact(self):
        at = datetime(2026, 11, 19, 21, 0, 0, 1, tzinfo=UTC)
        assert value("days_since(at)", {"at": at}) == ((2 * 86400 + 12 * 3600) * 10**6 - 1) / 86_400_000_000
        assert value("hours_since(at)", {"at": at}) == ((2 * 86400 + 12 * 3600) * 10**6 - 1) / 3_600_000_000
        assert value("days_until(at)", {"at": at}) == -value("days_since(at)", {"at": at})

    @pytest.mark.parametrize(
        ("tz", "as_of", "days"),
        [
            ("UTC", "2026-11-22T23:59:59Z", 1),
            ("UTC", "2026-11-23T00:00:00Z", 2),
            ("Europe/Helsinki", "2026-11-22T22:00:00Z", 2),
            ("Europe/Helsinki", "2026-11-22T21:59:59Z", 1),
            ("America/New_York", "2026-11-22T04:59:59Z", 0),
            ("America/New_York", "2026-11-22T05:00:00Z", 1),
            ("Pacific/Kiritimati", "2026-11-22T10:00:00Z", 2),
            ("none", "2026-11-22T10:00:00Z", U),
        ],
    )
    def test_dates_count_calendar_days_where_the_customer_is(self, tz, as_of, days):
        assert value("days_since(on)", {"on": "2026-11-21"}, as_of=datetime.fromisoformat(as_of), tz=tz) == days

    @pytest.mark.parametrize(
        ("tz", "at", "as_of"),
        [
            ("Europe/Helsinki", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"),
            ("Europe/Helsinki", "2026-10-24T21:00:00Z", "2026-10-25T22:00:00Z"),
        ],
    )
    def test_a_day_with_changing_clocks_is_one_calendar_day_and_23_or_25_hours(self, tz, at, as_of):
        moment, until = datetime.fromisoformat(at), datetime.fromisoformat(as_of)
        hours = (until - moment).total_seconds() / 3600
        assert hours in (23, 25)
        assert value("hours_since(at)", {"at": at}, as_of=until, tz=tz) == hours
        assert value("days_since(at)", {"at": at}, as_of=until, tz=tz) == hours / 24
        day = moment.astimezone(zone(tz)).date()
        assert value("days_since(on)", {"on": day}, as_of=until, tz=tz) == 1

    @pytest.mark.parametrize(
        ("born", "today", "years", "months"),
        [
            ("2008-02-29", "2026-02-28", 17, 215),
            ("2008-02-29", "2026-03-01", 18, 216),
            ("2008-02-29", "2024-02-29", 16, 192),
            ("2008-02-29", "2024-02-28", 15, 191),
            ("2008-11-22", "2026-11-21", 17, 215),
            ("2008-11-22", "2026-11-22", 18, 216),
            ("2026-01-31", "2026-02-28", 0, 0),
            ("2026-01-31", "2026-03-01", 0, 1),
            ("2026-01-31", "2026-03-31", 0, 2),
            ("2026-11-22", "2026-11-22", 0, 0),
            ("2026-12-22", "2026-11-22", -1, -1),
            ("2026-11-23", "2026-11-22", -1, -1),
            ("0001-01-01", "9999-12-31", 9998, 119987),
        ],
    )
    def test_years_and_months_are_complete_ones(self, born, today, years, months):
        as_of = datetime.combine(date.fromisoformat(today), datetime.min.time(), UTC)
        assert value("years_since(on)", {"on": born}, as_of=as_of) == years
        assert value("months_since(on)", {"on": born}, as_of=as_of) == months

    def test_years_since_an_instant_count_from_its_day_where_the_customer_is(self):
        at, as_of = "2008-11-21T23:00:00Z", datetime(2026, 11, 21, 23, tzinfo=UTC)
        assert value("years_since(at)", {"at": at}, as_of=as_of, tz="Europe/Helsinki") == 18
        assert (
            value("years_since(at)", {"at": at}, as_of=datetime(2026, 11, 21, 21, tzinfo=UTC), tz="Europe/Helsinki")
            == 17
        )
        assert value("years_since(at)", {"at": at}, as_of=as_of, tz="none") is U
        assert value("days_since(at)", {"at": at}, as_of=as_of, tz="none") is not U

    @pytest.mark.parametrize("tz", ["Pacific/Kiritimati", "Pacific/Niue"])
    @pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)])
    def test_the_edges_of_the_calendar_have_an_answer_or_none(self, tz, moment):
        for text in (
            "days_since(on)",
            "years_since(at)",
            "months_since(on)",
            "days_until(at)",
            "hours_since(at)",
            "days_between(at, as_of)",
        ):
            assert value(text, {"on": moment.date(), "at": moment}, as_of=moment, tz=tz) in (0, 1, -1, U)

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ('days_between(date("2026-02-28"), date("2026-03-01"))', 1),
            ('days_between(date("2024-02-28"), date("2024-03-01"))', 2),
            ('days_between(instant("2026-01-01T00:00:00Z"), instant("2026-01-01T12:00:00Z"))', 0.5),
            ('on < date("2026-12-31")', T),
            ('at == instant("2026-11-22T11:00:00+02:00")', T),
            ("at <= as_of", T),
            ('min(on, date("2026-01-01")) == date("2026-01-01")', T),
            ("max(at, as_of) == as_of", T),
            ('default(on, date("2026-01-01")) == on', T),
        ],
    )
    def test_dates_and_instants_as_literals(self, text, found):
        assert value(text, {"on": "2026-11-22", "at": AS_OF}) == found


class TestEveryFunctionOnMissingAndFailed:
    @pytest.mark.parametrize(
        "text",
        [
            "days_since(at)",
            "days_until(on)",
            "hours_since(at)",
            "months_since(on)",
            "years_since(at)",
            "days_between(on, on)",
            "days_between(at, as_of)",
            "starts_with(s, 'a')",
            "ends_with('a', s)",
            "len(s)",
            "len(tags)",
            "len(scores)",
            "abs(x)",
            "min(x, 1)",
            "max(1, x)",
            "clamp(1, x, 2)",
            "x + 1",
            "1 - x",
            "x * x",
            "x / 2",
            "-x",
        ],
    )
    def test_a_missing_argument_is_missing_and_a_failed_one_failed(self, text):
        assert value(text) is U
        broken = dict.fromkeys(("at", "on", "s", "tags", "scores", "x"), object())
        assert value(text, broken) is FAILED
        assert value("min(x, y)", {"x": "?"}) is FAILED


def test_every_kind_of_node_of_the_tree_is_in_these_tests():
    from typing import get_args

    from nba.language import tree

    seen = set()

    def walk(node):
        seen.add(type(node))
        for child in tree.children(node):
            walk(child)

    for text in (
        "a and not (b or x < 1)",
        "s in tags",
        "scores[s] is missing",
        "default(x, 1) + 2",
        "len(s)",
        "any(c.open for c in cases)",
        "as_of > at",
        "p.sig",
    ):
        walk(check(Written.of(text), SCOPE))
    others = {tree.Setting, tree.FirstOf, tree.Feature}  # in the tests of packs and of engines
    assert seen | others == set(get_args(tree.Node))
    assert types.is_scalar(BOOLEAN)
