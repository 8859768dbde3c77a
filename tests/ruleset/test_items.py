"""Actions with `for_each`: one candidate for each item that a rule proposes."""

from __future__ import annotations

import json

import pytest

from tests.ruleset.shared import blocked, chosen


class TestEach:
    PACK = """
        pack: p
        actions:
          each:
            tier: care
            for_each: e in events
            key: e.name
            value: "default(e.value, 1)"
            payload: {name: e.name, twice: e.value * 2, text: "{name}: {e.name} on {e.channel}"}
            %s
        rules:
          - {id: r, when: e.value > 1, propose: each, because: b}
        """

    def test_each_item_that_the_condition_holds_for_is_a_candidate(self, decide):
        events = [{"name": "x", "value": 2}, {"name": "y", "value": 1}, {"name": "z", "value": 3}, {"name": "u"}]
        decision = decide(self.PACK % "", {"name": "Anna", "events": events})
        assert chosen(decision) == ["p.each[z]", "p.each[x]"]
        assert dict(decision.action.payload) == {"name": "z", "twice": 6, "text": "Anna: z on –"}
        assert [(of.rule, of.key, of.missing) for of in decision.undecided] == [("p.r", "u", ("events[].value",))]

    def test_of_its_siblings_at_most_so_many_are_chosen(self, decide):
        events = [{"name": name, "value": 2} for name in "xyz"]
        decision = decide(self.PACK % "at_most: 2", {"events": events})
        assert chosen(decision) == ["p.each[x]", "p.each[y]"]
        assert [(of.key, of.by, of.why) for of in decision.outranked] == [("z", "p.each[y]", "at_most")]

    def test_an_item_without_a_key_proposes_nothing_and_is_reported(self, decide):
        decision = decide(self.PACK % "", {"events": [{"value": 2}, {"name": "x", "value": 2}, None]})
        assert chosen(decision) == ["p.each[x]"]
        assert [(of.origin, of.message) for of in decision.errors] == [
            ("p.each", "items without a key `e.name`: 2; none is proposed")
        ]
        assert ("p.r", ("events[].name",)) in [(of.rule, of.missing) for of in decision.undecided]

    def test_two_items_with_one_key_propose_nothing_and_are_reported(self, decide):
        decision = decide(
            self.PACK % "",
            {"events": [{"name": "x", "value": 2}, {"name": "y", "value": 2}, {"name": "x", "value": 9}]},
        )
        assert chosen(decision) == ["p.each[y]"]
        assert [(of.origin, of.message) for of in decision.errors] == [
            ("p.each[x]", "items with this key: 2; none is proposed")
        ]

    def test_a_key_that_cannot_be_read_may_be_any_others_so_no_item_is_proposed(self, load):
        events = [{"name": 7, "value": 2}, {"name": "x", "value": 2}]
        orchestrator = load(self.PACK % "")
        decision = orchestrator.decide({"events": events}, as_of="2026-01-01T00:00:00Z", on_invalid="unknown")
        assert chosen(decision) == []
        assert "a key `e.name` could not be read: no item is proposed" in [of.message for of in decision.errors]

    @pytest.mark.parametrize("events", [[{"value": 2}], [{"name": "x", "value": 2}] * 2])
    def test_what_could_not_be_proposed_for_its_key_holds_back_what_is_promotional_below(self, decide, events):
        pack = (self.PACK % "").replace("actions:\n", "actions:\n          g: {tier: growth}\n")
        pack = pack.rstrip() + "\n          - {id: g, when: true, propose: g, because: b}\n"
        assert blocked(decide(pack, {"events": events})) == {"p.g": ["p.r"]}

    @pytest.mark.parametrize(("events", "outcome"), [([], "nothing_proposed"), (None, "nothing_proposed")])
    def test_no_list_is_undecided_and_an_empty_one_is_not(self, decide, events, outcome):
        decision = decide(self.PACK % "", {"events": events})
        assert (decision.outcome, len(decision.undecided)) == (outcome, 0 if events == [] else 1)

    def test_the_order_of_items_does_not_matter(self, decide):
        events = [{"name": name, "value": 2} for name in ("b", "a", "10", "9")]
        first, second = (decide(self.PACK % "", {"events": of}) for of in (events, events[::-1]))
        assert first.actions == second.actions
        assert chosen(first) == ["p.each[10]", "p.each[9]", "p.each[a]", "p.each[b]"]

    @pytest.mark.parametrize(
        "effect",
        [
            "block: {tier: growth}",
            "weigh: {select: each, by: 2}",
            "notify: {department: p, message: x}",
            "for: {tier: care}, require: true",
        ],
    )
    def test_a_rule_about_each_item_only_proposes(self, refused, effect):
        (problem,) = refused(self.PACK.replace("propose: each,", f"propose: each, {effect},") % "")
        assert problem.code == "item-rule"

    @pytest.mark.parametrize(
        "rule",
        [
            "{id: s, when: e.value > 1, block: {tier: care}, because: b}",
            "{id: s, when: e.value > 1, propose: [each, other], because: b}",
        ],
    )
    def test_other_rules_do_not_see_the_item(self, refused, rule):
        pack = (self.PACK % "").replace("actions:\n", "actions:\n          other: {tier: care}\n")
        problems = refused(pack.rstrip() + f"\n          - {rule}\n")
        assert {of.code for of in problems} == {"unknown-name"}

    @pytest.mark.parametrize(
        "text",
        [
            "for_each: e in value",
            "for_each: events",
            "for_each: value in events",
            "for_each: p in events",
            "key: e.value",
            "key: e.at",
            "key: name == 'x'",
            "key: 5",
        ],
    )
    def test_an_item_that_makes_no_sense_is_refused(self, refused, text):
        word = text.partition(":")[0]
        old = {"for_each": "for_each: e in events", "key": "key: e.name"}[word]
        assert refused((self.PACK % "").replace(old, text))

    def test_a_key_is_of_the_own_items_whatever_others_go_by_the_same_name(self, refused):
        types = {name: {"type": "array", "items": {"type": name}} for name in ("integer", "number")}
        schema = {"type": "object", "properties": {"s": {"type": "object", "properties": types}}}
        pack = """
            pack: p
            actions:
              one: {tier: care, for_each: n in s.integer, key: n}
              two: {tier: care, for_each: n in s.number, key: n}
            """
        house = "house: h\nprofile: types.json\n"
        (problem,) = refused({"p.yaml": pack, "house.yaml": house, "types.json": json.dumps(schema)})
        assert (problem.message, problem.span.line) == ("`n` is no key", 5)


@pytest.mark.parametrize("inline", [True, False], ids=["in YAML", "in a CSV file"])
def test_a_table_can_be_about_each_item(decide, inline):
    rows = "rows: [{id: big, size: '> 1', propose: each, because: b}]" if inline else "rows: sizes.csv"
    pack = f"""
        pack: p
        actions: {{each: {{tier: care, for_each: e in events, key: e.name}}}}
        rules:
          - id: t
            table:
              inputs: {{size: e.value}}
              {rows}
        """
    files = {"p.yaml": pack, "sizes.csv": "id,size,propose,because\nbig,> 1,each,b\n"}
    decision = decide(files, {"events": [{"name": "x", "value": 2}, {"name": "y", "value": 1}]})
    assert chosen(decision) == ["p.each[x]"]
