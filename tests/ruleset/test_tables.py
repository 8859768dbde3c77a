"""Decision tables, inline and as CSV: each row that holds acts."""

from __future__ import annotations

import pytest

from tests.ruleset.shared import blocked, chosen


class TestTables:
    HEAD = (
        "pack: p\n"
        "actions: {a: {tier: care}, b: {tier: care}}\n"
        "rules:\n"
        "  - id: t\n"
        "    table:\n"
        "      inputs: {v: value, n: name, s: lifecycle_stage, o: p.on, d: birth_date}\n"
        "      rows: %s\n"
        "signals: {on: {when: value > 100}}\n"
    )

    @pytest.mark.parametrize(
        ("cell", "holds", "not_holds", "unknown"),
        [
            ("v: 5", 5, 6, True),
            ("v: '5'", 5, 6, True),
            ("v: < 5", 4.9, 5, True),
            ("v: '<= 5'", 5, 5.1, True),
            ("v: '> 5'", 6, 5, True),
            ("v: '>=5'", 5, 4, True),
            ("v: 0..90", 90, 91, True),
            ("v: 0..90", 0, -0.1, True),
            ("v: -5..-1", -1, 0, True),
            ("v: not 5", 4, 5, True),
            ("v: 1 | 2", 2, 3, True),
            ("v: not 0..5", 6, 5, True),
            ("v: '< 0 | > 9'", 10, 9, True),
            ("v: not missing", 0, None, False),
            ("v: missing", None, 0, False),
        ],
    )
    def test_cells_of_numbers(self, decide, cell, holds, not_holds, unknown):
        pack = self.HEAD % f"[{{id: r, {cell}, propose: a, because: b}}]"
        assert chosen(decide(pack, {"value": holds})) == ["p.a"]
        assert chosen(decide(pack, {"value": not_holds})) == []
        if unknown:
            assert [of.rule for of in decide(pack).undecided] == ["p.t.r"]

    @pytest.mark.parametrize("profile", [{}, {"value": 1}, {"value": None}])
    def test_a_dash_is_any_missing_too(self, decide, profile):
        assert chosen(decide(self.HEAD % "[{id: r, v: '-', propose: a, because: b}]", profile)) == ["p.a"]

    @pytest.mark.parametrize(
        ("cell", "name"),
        [
            ("gold", "gold"),
            ("gold | tin", "tin"),
            ("not gold", "tin"),
            ("'\"a | b\"'", "a | b"),
            ("'\"-\"'", "-"),
            ("'\"< 5\"'", "< 5"),
        ],
    )
    def test_cells_of_texts(self, decide, cell, name):
        pack = self.HEAD % f"[{{id: r, n: {cell}, propose: a, because: b}}]"
        assert (
            chosen(decide(pack, {"name": name})),
            chosen(decide(pack, {"name": "other" if not cell.startswith("not") else "gold"})),
        ) == (["p.a"], [])

    def test_cells_of_truths_and_dates(self, decide):
        first = "{id: r, o: true, d: 2000-01-01..2000-12-31, propose: a, because: b}"
        second = "{id: s, o: not true, propose: b, because: b}"
        pack = self.HEAD % f"[{first}, {second}]"
        assert chosen(decide(pack, {"value": 101, "birth_date": "2000-12-31"})) == ["p.a"]
        assert chosen(decide(pack, {"value": 100, "birth_date": "2001-01-01"})) == ["p.b"]

    def test_each_true_row_acts(self, decide):
        rows = [
            "{id: r, v: '> 1', propose: a, because: b}",
            "{id: s, v: '> 2', propose: [a, b], because: c}",
            "{id: u, v: '> 2', block: b, because: d}",
        ]
        decision = decide(self.HEAD % f"[{', '.join(rows)}]", {"value": 3})
        assert (chosen(decision), blocked(decision)) == (["p.a"], {"p.b": ["p.t.u"]})
        assert decision.action.proposed_by == ("p.t.r", "p.t.s")

    def test_rows_may_stand_in_a_csv_file(self, decide):
        csv = 'id,v,n,propose,because\nsoon, 0..5 ,gold | tin,a,"it ends, soon"\nlate,> 5,-,b,late\n'
        files = {"p.yaml": self.HEAD % "t.csv", "t.csv": csv}
        assert decide(files, {"value": 3, "name": "tin"}).action.because == ("it ends, soon",)
        assert chosen(decide(files, {"value": 6})) == ["p.b"]
        assert decide(files, {"value": 6}).to_dict()["actions"][0]["proposed_by"] == ["p.t.late"]

    def test_a_table_may_be_about_each_item(self, decide):
        pack = """
            pack: p
            actions: {each: {tier: care, for_each: e in events, key: e.name}}
            rules:
              - id: t
                table:
                  inputs: {v: e.value}
                  rows: [{id: r, v: '> 1', propose: each, because: b}]
            """
        assert chosen(decide(pack, {"events": [{"name": "x", "value": 2}, {"name": "y", "value": 1}]})) == ["p.each[x]"]

    def test_a_table_with_a_when_asks_it_first(self, decide):
        pack = (self.HEAD % "[{id: r, v: 5, propose: a, because: b}]").replace(
            "    table:", "    when: name == 'x'\n    table:"
        )
        assert chosen(decide(pack, {"value": 5, "name": "x"})) == ["p.a"]
        assert chosen(decide(pack, {"value": 5, "name": "y"})) == []

    @pytest.mark.parametrize(
        "row",
        [
            "{id: r, v: five, propose: a, because: b}",
            "{id: r, v: 5 5, propose: a, because: b}",
            "{id: r, v: true, propose: a, because: b}",
            "{id: r, v: 1..x, propose: a, because: b}",
            "{id: r, v: '', propose: a, because: b}",
            "{id: r, v: null, propose: a, because: b}",
            "{id: r, v: [1], propose: a, because: b}",
            "{id: r, v: {a: 1}, propose: a, because: b}",
            "{id: r, n: 5, propose: a, because: b}",
            "{id: r, o: maybe, propose: a, because: b}",
            "{id: r, o: '< true', propose: a, because: b}",
            "{id: r, d: 2000-02-30, propose: a, because: b}",
            "{id: r, x: 5, propose: a, because: b}",
            "{id: r, v: 5}",
            "{id: r, v: 5, propose: a}",
            "{v: 5, propose: a, because: b}",
            "{id: R, v: 5, propose: a, because: b}",
            "{id: r, v: 5, propose: zz, because: b}",
            "5",
            "[1]",
            "{id: r, v: '|', propose: a, because: b}",
            "{id: r, v: 'not ', propose: a, because: b}",
            "{id: r, v: '..', propose: a, because: b}",
            "{id: r, v: '1 | ', propose: a, because: b}",
            "{id: r, v: '<', propose: a, because: b}",
            "{id: r, v: 1e999, propose: a, because: b}",
            "{id: r, v: 99999999999999999999999, propose: a, because: b}",
            "{id: r, v: '99999999999999999999999', propose: a, because: b}",
            "{id: r, v: '1e999', propose: a, because: b}",
            "{id: r, v: '5', propose: a, because: b, status: draft}",
            "{id: 5, v: 5, propose: a, because: b}",
        ],
    )
    def test_a_row_that_makes_no_sense_is_refused_at_its_place(self, refused, row):
        for problem in refused(self.HEAD % f"[{row}]"):
            assert problem.span.location == "pack.yaml:7"

    def test_two_rows_of_one_id_are_refused(self, refused):
        row = "{id: r, v: 5, propose: a, because: b}"
        assert [of.code for of in refused(self.HEAD % f"[{row}, {row}]")] == ["declared-twice"]

    @pytest.mark.parametrize(
        ("csv", "line"),
        [
            ("id,v,propose,because\nr,five,a,b\n", 2),
            ("id,v,propose,because\n\nr,5,a,b\ns,5,zz,b\n", 4),
            ("id,v,propose,because\nr,5,a\n", 2),
            ("id,v,propose,because\nr,5,a,b,c\n", 2),
            ('id,v,propose,because\nr,5,a,"b\n', 2),
            ("id,x,propose,because\nr,5,a,b\n", 2),
            ("id,v,v,because\nr,5,6,b\n", 1),
        ],
    )
    def test_a_csv_row_that_makes_no_sense_is_refused_at_its_line(self, refused, csv, line):
        problems = refused({"p.yaml": self.HEAD % "t.csv", "t.csv": csv, "house.yaml": "house: h\n"})
        assert {(of.span.source.name, of.span.line) for of in problems} == {("t.csv", line)}

    @pytest.mark.parametrize("csv", ["", "id,v,propose,because\n", "\n\n"])
    def test_a_table_without_rows_is_refused(self, refused, csv):
        for rows in ("[]", "t.csv"):
            (problem,) = refused({"p.yaml": self.HEAD % rows, "t.csv": csv, "house.yaml": "house: h\n"})
            assert (problem.message, problem.span.location) == ("this table has no rows", "p.yaml:7")

    @pytest.mark.parametrize(
        "inputs", ["{v: vlaue}", "{v: events}", "{id: value}", "{propose: value}", "{}", "[value]"]
    )
    def test_inputs_that_make_no_sense_are_refused(self, refused, inputs):
        text = (
            "pack: p\n"
            "actions: {a: {tier: care}}\n"
            "rules:\n"
            "  - {id: t, table: {inputs: %s, rows: [{id: r, propose: a, because: b}]}}\n"
        )
        assert {of.span.line for of in refused(text % inputs)} == {4}
