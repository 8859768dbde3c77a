"""What a pack is made of: files, settings, signals and texts."""

from __future__ import annotations

import pytest

from tests.ruleset.shared import ONE, RULE, chosen


class TestPacksAndFiles:
    def test_files_of_one_pack_merge(self, decide):
        files = {
            "a.yaml": "pack: p\ntitle: The pack\nsettings: {n: {type: integer, default: 2}}\n",
            "b/c.yaml": ONE,
            "d.yaml": "pack: p\n" + RULE % "settings.n == 2",
        }
        assert chosen(decide(files)) == ["p.a"]

    def test_the_packs_name_stands_for_title_and_department(self, load):
        info = load("pack: customer_care\n").ruleset.packs[0]
        assert (info.title, info.department) == ("Customer care", "customer_care")

    def test_the_department_can_have_another_name(self, decide):
        assert decide("department: service\n" + ONE + RULE % "true").action.department == "service"

    @pytest.mark.parametrize("word", ["title", "department"])
    def test_files_of_one_pack_that_contradict_each_other_are_refused(self, refused, word):
        (problem,) = refused(
            {"a.yaml": f"pack: p\n{word}: one\n", "b.yaml": f"pack: p\n{word}: two\n", "house.yaml": "house: h\n"}
        )
        assert (problem.code, problem.span.source.name) == ("contradiction", "b.yaml")

    @pytest.mark.parametrize(
        "entry",
        [
            "settings: {x: {type: integer, default: 1}}",
            "signals: {x: {when: true}}",
            "actions: {x: {tier: care}}",
            "rules: [{id: x, when: true, propose: p.x, because: b}]",
        ],
    )
    def test_an_entry_that_two_files_declare_is_refused_and_both_places_are_named(self, refused, entry):
        both = f"pack: p\n{entry}\n"
        (problem,) = (of for of in refused({"a.yaml": both, "b.yaml": both}) if of.code == "declared-twice")
        assert "already declared at a.yaml:2:" in problem.message
        assert problem.span.location == "b.yaml:2"

    def test_two_packs_may_use_the_same_short_names(self, decide):
        text = (
            "signals: {s: {when: true}}\n"
            "actions: {a: {tier: care}}\n"
            "rules: [{id: r, when: %s.s, propose: a, because: b}]\n"
        )
        assert chosen(decide({"p.yaml": "pack: p\n" + text % "p", "q.yaml": "pack: q\n" + text % "q"})) == [
            "p.a",
            "q.a",
        ]

    def test_the_same_words_read_each_packs_own_settings(self, decide):
        text = (
            "settings: {n: {type: %s, default: %s}}\n"
            "actions: {a: {tier: care}}\n"
            "rules: [{id: r, when: '2 > settings.n', propose: a, because: b}]\n"
        )
        files = {
            f"{name}.yaml": f"pack: {name}\n" + text % ("integer", n) for name, n in (("p", 1), ("q", 2), ("r", 0))
        }
        assert chosen(decide(files)) == ["p.a", "r.a"]

    def test_the_same_words_about_a_setting_of_another_type_are_refused_where_they_stand(self, refused):
        text = (
            "settings: {n: {type: %s, default: %s}}\n"
            "actions: {a: {tier: care}}\n"
            "rules: [{id: r, when: '2 > settings.n', propose: a, because: b}]\n"
        )
        files = {"p.yaml": "pack: p\n" + text % ("integer", 1), "q.yaml": "pack: q\n" + text % ("text", "x")}
        (problem,) = refused({"house.yaml": "house: h\n", **files})
        assert (problem.code, problem.span.location) == ("impossible-comparison", "q.yaml:4")

    def test_what_one_rule_asks_and_another_compares_is_told_apart(self, decide):
        pack = """
            pack: p
            actions: {a: {tier: care}, b: {tier: care}, c: {tier: care}}
            rules:
              - {id: one, when: "2 > 3", propose: a, because: b}
              - {id: two, when: "(2 > 3) == false", propose: b, because: b}
              - {id: three, when: "not 2 > 3", propose: c, because: b}
            """
        assert chosen(decide(pack)) == ["p.b", "p.c"]

    @pytest.mark.parametrize(
        "text",
        [
            "pack: p\npack: q\n",
            "pack: p\nactions: {a: {tier: care}, a: {tier: care}}\n",
            "pack: p\nrules: [{id: r, id: s, when: true}]\n",
        ],
    )
    def test_a_key_that_is_there_twice_is_refused(self, refused, text):
        assert "duplicate-key" in {of.code for of in refused(text)}

    @pytest.mark.parametrize("word", ["no", "on", "yes", "off", "1_000", "1:30", "~x", "y", "0b1"])
    def test_words_are_what_they_look_like(self, decide, word):
        assert decide(ONE + RULE.replace("because: b", f"because: {word}") % "true").action.because == (word,)

    @pytest.mark.parametrize("number", ["012", "0o7", "1e3", "-5", ".5"])
    def test_numbers_are_no_texts(self, refused, number):
        (problem,) = refused(ONE + RULE.replace("because: b", f"because: {number}") % "true")
        assert problem.message == "this should be a text"


class TestSettings:
    PACK = (
        "pack: p\n"
        "settings: {n: {type: integer, default: 3, min: 1, max: 5}, s: {type: text, default: a, values: [a, b]}}\n"
        "actions: {a: {tier: care}}\n"
        "rules: [{id: r, when: 'settings.n == %s and settings.s == \"a\"', propose: a, because: b}]\n"
    )

    def test_a_setting_has_its_default_unless_the_house_says_otherwise(self, decide):
        assert chosen(decide(self.PACK % 3)) == ["p.a"]
        assert chosen(decide(self.PACK % 5, house="house: h\nsettings: {p.n: 5}\n")) == ["p.a"]

    @pytest.mark.parametrize("value", ["0", "6", "2.5", "'3'", "true", "-1"])
    def test_a_house_sets_it_within_its_limits_only(self, refused, value):
        problems = refused({"p.yaml": self.PACK % 3, "house.yaml": f"house: h\nsettings: {{p.n: {value}}}\n"})
        assert [of.code for of in problems] == ["bad-setting"]

    def test_a_text_setting_has_one_of_its_values(self, refused):
        (problem,) = refused({"p.yaml": self.PACK % 3, "house.yaml": "house: h\nsettings: {p.s: c}\n"})
        assert problem.message == "setting `p.s`: this should be one of a, b"

    def test_comparing_it_with_what_it_never_is_is_refused(self, refused):
        (problem,) = refused((self.PACK % 3).replace('"a"', '"c"'))
        assert problem.code == "impossible-value"

    def test_a_setting_of_another_pack_is_not_in_sight(self, refused):
        (problem,) = refused(
            {
                "p.yaml": "pack: p\nsettings: {n: {type: integer, default: 1}}\n",
                "q.yaml": "pack: q\nsignals: {s: {when: settings.n > 1}}\n",
            }
        )
        assert "`n` is not a setting of pack `q`" in problem.message

    @pytest.mark.parametrize("setting", [
        "{type: integer, default: 9, max: 5}", "{type: integer, default: 0, min: 1}", "{type: integer, default: a}",
        "{type: text, default: 5}", "{type: boolean, default: 1}", "{type: number, default: true}",
        "{type: text, default: a, min: 1}",
        "{type: text, default: a, values: []}", "{type: integer, default: 1, values: [a]}",
        "{type: integer, default: 1, min: 3, max: 0}",
        "{type: date, default: a}", "{default: 1}", "{type: integer}", "5",
    ])  # fmt: skip
    def test_a_setting_that_makes_no_sense_is_refused(self, refused, setting):
        (problem,) = refused(f"pack: p\nsettings: {{n: {setting}}}\n")
        assert problem.span.line == 2


class TestSignals:
    def test_signals_read_each_other_in_whatever_order_they_stand(self, decide):
        pack = (
            "pack: p\nsignals: {a: {when: p.b}, b: {when: q.c}, z: {when: p.a}}\nactions: {a: {tier: care}}\n"
            + RULE % "p.z"
        )
        assert chosen(
            decide({"p.yaml": pack, "q.yaml": "pack: q\nsignals: {c: {when: value > 1}}\n"}, {"value": 2})
        ) == ["p.a"]

    def test_a_cycle_is_shown_whole(self, refused):
        problems = refused("pack: p\nsignals: {a: {when: p.b}, b: {when: p.c}, c: {when: p.a}, d: {when: p.a}}\n")
        assert [of.message for of in problems] == ["these signals read each other: p.a -> p.b -> p.c -> p.a"]

    def test_first_of_takes_the_first_row_that_holds(self, decide):
        pack = (
            "pack: p\n"
            "signals: {level: {first_of: [{when: value > 10, is: high}, {when: value > 5, is: mid}, {is: low}]}}\n"
        )
        levels = [decide(pack, {"value": of}).signals["p.level"] for of in (11, 6, 1)]
        assert levels == ["high", "mid", "low"]

    def test_an_unknown_row_before_it_makes_the_value_missing(self, decide):
        pack = (
            "pack: p\n"
            "signals: {level: {first_of: [{when: value > 10, is: high}, {when: name == 'x', is: mid}, {is: low}]}}\n"
        )
        assert decide(pack, {"name": "x"}).signals["p.level"] is None
        assert decide(pack, {"value": 11}).signals["p.level"] == "high"

    def test_without_a_row_that_holds_it_is_missing(self, decide):
        assert (
            decide("pack: p\nsignals: {level: {first_of: [{when: value > 10, is: 1}]}}\n", {"value": 1}).signals[
                "p.level"
            ]
            is None
        )

    def test_its_values_are_an_enum(self, refused):
        pack = (
            "pack: p\n"
            "signals: {level: {first_of: [{when: value > 10, is: high}, {is: low}]}}\n"
            "actions: {a: {tier: care}}\n"
        )
        (problem,) = refused(pack + RULE % "p.level == 'hihg'")
        assert (problem.code, problem.help) == ("impossible-value", "did you mean `high`?")

    @pytest.mark.parametrize(
        "text",
        [
            "{value: events}",
            "{value: consents}",
            "{first_of: [{is: 1}, {is: a}]}",
            "{first_of: [{is: a}, {when: value > 1, is: b}]}",
            "{when: value}",
            "{when: name}",
            "{}",
            "{when: true, value: 1}",
        ],
    )
    def test_a_signal_that_makes_no_sense_is_refused(self, refused, text):
        assert {of.span.location for of in refused(f"pack: p\nsignals: {{s: {text}}}\n")} == {"pack.yaml:2"}

    def test_is_missing_on_an_unknown_signal_is_true(self, decide):
        pack = "pack: p\nsignals: {s: {when: value > 1}}\nactions: {a: {tier: care}}\n" + RULE % "p.s is missing"
        assert chosen(decide(pack)) == ["p.a"]
        assert chosen(decide(pack, {"value": 2})) == []


class TestTexts:
    def test_a_payload_text_takes_paths_signals_settings_and_items(self, decide):
        pack = """
            pack: p
            settings: {days: {type: integer, default: 3}}
            signals: {score: {value: value * 2}}
            actions:
              a:
                tier: care
                payload:
                  text: "{{{name}}} {p.score} {settings.days} {context.channel} {as_of} {birth_date}"
                  plain: '"just a text"'
                  number: 5
                  list: preferred_channels
                  truth: true
            rules: [{id: r, when: true, propose: a, because: b}]
            """
        payload = decide(
            pack,
            {"name": "Anna", "value": 1.25, "birth_date": "2000-01-02", "preferred_channels": ["a"]},
            context={"channel": "x"},
        ).to_dict()["actions"][0]["payload"]
        assert payload == {
            "text": "{Anna} 2.5 3 x 2026-11-22T09:00:00Z 2000-01-02",
            "plain": "just a text",
            "number": 5,
            "list": ["a"],
            "truth": True,
        }

    def test_what_is_missing_prints_as_a_dash_in_texts_and_null_in_values(self, decide):
        pack = (
            ONE.replace("tier: care", "tier: care, payload: {text: 'Hello {name}!', value: value + 1}") + RULE % "true"
        )
        assert decide(pack).to_dict()["actions"][0]["payload"] == {"text": "Hello –!", "value": None}

    @pytest.mark.parametrize("name", ["{value}", "{0}", "{name.__class__}", "%s", "{{", "\u202e", "x" * 10_000])
    def test_a_value_in_a_text_is_not_looked_into(self, decide, name):
        pack = ONE.replace("tier: care", "tier: care, payload: {text: 'Hello {name}'}") + RULE % "true"
        assert decide(pack, {"name": name}).action.payload["text"] == f"Hello {name}"

    @pytest.mark.parametrize(
        "text",
        [
            "{name.__class__}",
            "{name!r}",
            "{name:>10}",
            "{0}",
            "{}",
            "{value + 1}",
            "{events}",
            "{nmae}",
            "{name",
            "name}",
            "{name} {",
            "{settings}",
            "{context}",
        ],
    )
    @pytest.mark.parametrize("where", ["payload", "message"])
    def test_a_place_that_is_no_path_is_refused(self, refused, text, where):
        pack = {
            "payload": ONE.replace("tier: care", f"tier: care, payload: {{text: 'Hi {text}'}}"),
            "message": ONE + f"rules: [{{id: r, when: true, notify: {{department: p, message: 'Hi {text}'}}}}]\n",
        }[where]
        assert {of.span.source.name for of in refused(pack)} == {"pack.yaml"}

    def test_a_plain_text_as_a_payload_is_refused_with_the_way_to_write_it(self, refused):
        for text in ("Hello you", "gold"):
            (problem,) = refused(ONE.replace("tier: care", f"tier: care, payload: {{text: {text}}}"))
            assert "a text of its own is written" in problem.help

    def test_a_rule_may_notify_several_departments(self, decide):
        notify = "[{department: p, message: 'Value {value}'}, {department: q, message: x}]"
        pack = ONE + f"rules: [{{id: r, when: value > 1, notify: {notify}}}]\n"
        decision = decide({"p.yaml": pack, "q.yaml": "pack: q\n"}, {"value": 2.0})
        assert [(of.department, of.rule, of.message) for of in decision.tasks] == [
            ("p", "p.r", "Value 2"),
            ("q", "p.r", "x"),
        ]
        assert [of.rule for of in decide({"p.yaml": pack, "q.yaml": "pack: q\n"}).undecided] == ["p.r"]

    def test_a_department_that_nobody_has_is_refused(self, refused):
        (problem,) = refused(ONE + "rules: [{id: r, when: true, notify: {department: sals, message: x}}]\n")
        assert problem.code == "unknown-name"
