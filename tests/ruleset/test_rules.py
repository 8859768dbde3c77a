"""What rules do: they propose, guard and weigh, and what a decision makes of it."""

from __future__ import annotations

import pytest

from tests.ruleset.shared import AS_OF, ONE, RULE, blocked, chosen


class TestProposing:
    def test_true_proposes_false_does_not_and_unknown_is_undecided(self, decide):
        pack = ONE + RULE % "value > 5"
        assert chosen(decide(pack, {"value": 6})) == ["p.a"]
        assert decide(pack, {"value": 5}).undecided == ()
        (undecided,) = decide(pack).undecided
        assert (undecided.rule, undecided.action, undecided.missing) == ("p.r", "p.a", ("value",))

    def test_one_rule_may_propose_several_actions_and_several_rules_one(self, decide):
        pack = (
            "pack: p\n"
            "actions: {a: {tier: care}, b: {tier: care}}\n"
            "rules:\n"
            "  - {id: z, when: true, propose: [a, p.b], because: one}\n"
            "  - {id: y, when: true, propose: a, because: two}\n"
        )
        decision = decide(pack)
        assert chosen(decision) == ["p.a", "p.b"]
        assert (decision.action.proposed_by, decision.action.because) == (("p.y", "p.z"), ("two", "one"))

    def test_one_rule_may_carry_several_effects(self, decide):
        pack = """
            pack: p
            actions: {a: {tier: care}, b: {tier: growth}}
            rules:
              - id: r
                when: value > 1
                propose: [a, b]
                block: {tier: growth}
                weigh: {select: a, by: 3}
                notify: {department: p, message: "Look at {id}"}
                because: c
            """
        decision = decide(pack, {"value": 2, "id": "C-1"})
        assert (chosen(decision), decision.action.score, blocked(decision)) == (["p.a"], 3.0, {"p.b": ["p.r"]})
        assert [of.message for of in decision.tasks] == ["Look at C-1"]

    def test_all_any_and_not_combine_conditions(self, decide):
        when = "{all: [value > 1, {any: [name == 'x', {not: locale == 'fi'}]}]}"
        pack = ONE + RULE % when
        assert chosen(decide(pack, {"value": 2, "name": "x"})) == ["p.a"]
        assert chosen(decide(pack, {"value": 2, "locale": "en"})) == ["p.a"]
        assert decide(pack, {"value": 2, "name": "y", "locale": "fi"}).outcome == "nothing_proposed"
        assert decide(pack, {"value": 2, "name": "y"}).undecided[0].missing == ("locale",)

    def test_a_draft_is_checked_and_left_out(self, decide, refused):
        rule = "rules: [{id: r, when: %s, propose: a, because: b, status: draft}]\n"
        assert decide(ONE + rule % "true").outcome == "nothing_proposed"
        assert refused({"p.yaml": ONE + rule % "vlaue > 1"})[0].help == "did you mean `value`?"

    def test_a_draft_action_is_left_out_of_the_rules_that_propose_it(self, decide):
        pack = (
            "pack: p\n"
            "actions: {a: {tier: care}, d: {tier: care, status: draft}}\n"
            "rules: [{id: r, when: true, propose: [a, d], because: b}]\n"
        )
        assert chosen(decide(pack)) == ["p.a"]

    def test_a_shadow_is_reported_and_changes_nothing(self, decide):
        pack = """
            pack: p
            actions: {a: {tier: care}, s: {tier: care, status: shadow}}
            rules:
              - {id: live, when: true, propose: [a, s], because: b}
              - {id: hold, when: true, block: {tier: care}, because: b, status: shadow}
              - {id: tell, when: true, notify: {department: p, message: x}, status: shadow}
              - {id: more, when: true, weigh: {select: a, by: 9}, because: b, status: shadow}
              - {id: unsure, when: value > 1, propose: a, because: b, status: shadow}
              - {id: off, when: false, block: {tier: care}, because: b, status: shadow}
            """
        decision = decide(pack)
        assert (chosen(decision), decision.action.score, decision.tasks, decision.blocked, decision.undecided) == (
            ["p.a"],
            1.0,
            (),
            (),
            (),
        )
        assert [(of.rule, of.effect, of.actions, of.truth) for of in decision.shadow] == [
            ("p.hold", "block", ("p.a", "p.s"), True),
            ("p.live", "propose", ("p.s",), True),
            ("p.more", "weigh", ("p.a",), True),
            ("p.tell", "notify", (), True),
            ("p.unsure", "propose", ("p.a",), None),
        ]

    def test_a_rule_that_waits_for_a_pack_is_inactive_until_it_is_loaded(self, load):
        rule = "rules: [{id: r, with: [q, r], when: q.s and r.t, propose: a, because: b}]\n"
        rules = load({"p.yaml": ONE + rule})
        assert [(of.rule, of.because) for of in rules.ruleset.inactive] == [
            ("p.r", "waits for pack `q` and pack `r`, not loaded")
        ]
        q, r = "pack: q\nsignals: {s: {when: true}}\n", "pack: r\nsignals: {t: {when: true}}\n"
        rules = load({"p.yaml": ONE + rule.replace("[q, r]", "q").replace(" and r.t", ""), "q.yaml": q, "r.yaml": r})
        assert rules.decide({}, as_of=AS_OF).outcome == "action"

    @pytest.mark.parametrize(
        "rule",
        [
            "{id: r, when: q.s, propose: a, because: b}",
            "{id: r, when: true, propose: q.a, because: b}",
            "{id: r, when: true, block: q.a, because: b}",
            "{id: r, when: true, weigh: {select: q.a, by: 2}, because: b}",
        ],
    )
    def test_a_reference_to_a_pack_that_is_not_loaded_names_it_and_offers_with(self, refused, rule):
        (problem,) = refused(ONE + f"rules: [{rule}]\n")
        assert "`q" in problem.message
        assert "with: [q]" in problem.help


class TestGuards:
    PACK = (
        "pack: p\n"
        "actions: {a: {tier: care, tags: [t], channels: [email, sms]}, g: {tier: growth, tags: [t, renewal]}}\n"
        "rules:\n"
        "  - {id: all, when: true, propose: [a, g], because: b}\n"
        "  - %s\n"
    )

    @pytest.mark.parametrize(("value", "truth"), [(6, True), (None, None)])
    def test_a_block_blocks_when_true_or_unknown(self, decide, value, truth):
        decision = decide(
            self.PACK % "{id: hold, when: value > 5, block: {tier: growth}, because: why}", {"value": value}
        )
        (reason,) = decision.blocked[0].by
        assert (reason.id, reason.kind, reason.department, reason.truth, reason.because) == (
            "p.hold",
            "guard",
            "p",
            truth,
            "why",
        )
        assert reason.source == "p.yaml:5"
        assert (
            decide(self.PACK % "{id: hold, when: value > 5, block: {tier: growth}, because: why}", {"value": 5}).blocked
            == ()
        )

    def test_a_guard_may_opt_out_of_doubt(self, decide):
        rule = "{id: hold, when: value > 5, block: {tier: growth}, on_unknown: allow, because: why}"
        assert blocked(decide(self.PACK % rule)) == {}
        assert blocked(decide(self.PACK % rule, {"value": 6})) == {"p.g": ["p.hold"]}

    @pytest.mark.parametrize(("value", "held"), [(6, {}), (5, {"p.g": ["p.adults"]}), (None, {"p.g": ["p.adults"]})])
    def test_a_require_blocks_unless_true(self, decide, value, held):
        assert (
            blocked(
                decide(
                    self.PACK % "{id: adults, for: {tier: growth}, require: value > 5, because: b}", {"value": value}
                )
            )
            == held
        )

    @pytest.mark.parametrize(
        ("name", "value", "held"),
        [
            ("x", 6, {}),
            ("x", 5, {"p.g": ["p.c"]}),
            ("y", 5, {}),
            ("y", None, {}),
            (None, 5, {"p.g": ["p.c"]}),
            (None, 6, {}),
            ("x", None, {"p.g": ["p.c"]}),
        ],
    )
    def test_a_require_with_when_asks_only_then(self, decide, name, value, held):
        rule = "{id: c, when: name == 'x', for: {tier: growth}, require: value > 5, because: b}"
        assert blocked(decide(self.PACK % rule, {"name": name, "value": value})) == held

    def test_every_reason_is_kept_not_the_first(self, decide):
        rule = (
            "{id: one, when: true, block: {tier: growth}, because: b}\n"
            "  - {id: two, when: value > 1, block: p.g, because: b}\n"
            "  - {id: three, for: {tag: renewal}, require: false, because: b}"
        )
        assert blocked(decide(self.PACK % rule)) == {"p.g": ["p.one", "p.three", "p.two"]}

    @pytest.mark.parametrize(
        ("select", "held"),
        [
            ("{tier: growth}", {"p.g"}),
            ("{tier: [growth, care]}", {"p.a", "p.g"}),
            ("{tag: t}", {"p.a", "p.g"}),
            ("g", {"p.g"}),
            ("p.a", {"p.a"}),
            ("{tag: t, tier: care}", {"p.a"}),
            ("{action: [a, g], tag: renewal}", {"p.g"}),
            ("{department: p}", {"p.a", "p.g"}),
            ("{channel: [email, sms]}", {"p.a"}),
            ("{channel: email}", set()),
            ("{tier: care, tag: renewal}", set()),
        ],
    )
    def test_the_keys_of_a_selector_are_and_and_its_values_or(self, decide, select, held):
        assert set(blocked(decide(self.PACK % f"{{id: hold, when: true, block: {select}, because: b}}"))) == held

    def test_an_exception_takes_actions_out(self, decide):
        assert set(
            blocked(decide(self.PACK % "{id: h, when: true, block: {tag: t}, except: {tag: renewal}, because: b}"))
        ) == {"p.a"}

    def test_an_exception_may_take_a_channel_out(self, decide):
        decision = decide(self.PACK % "{id: h, when: true, block: a, except: {channel: sms}, because: b}")
        assert (decision.action.action, decision.action.channel, [by.channel for by in decision.action.refused]) == (
            "p.a",
            "sms",
            ["email"],
        )

    def test_a_blocked_channel_leaves_the_others_and_says_so(self, decide):
        decision = decide(self.PACK % "{id: h, when: true, block: {channel: email}, because: b}")
        assert (decision.action.channel, [(by.id, by.channel) for by in decision.action.refused]) == (
            "sms",
            [("p.h", "email")],
        )

    @pytest.mark.parametrize(
        ("select", "word"),
        [
            ("{tier: grwoth}", "growth"),
            ("{tag: renewl}", "renewal"),
            ("{channel: emial}", "email"),
            ("{department: pp}", "p"),
            ("{action: gg}", "p.g"),
        ],
    )
    def test_a_word_that_nothing_declares_is_refused_with_a_suggestion(self, refused, select, word):
        (problem,) = refused(self.PACK % f"{{id: h, when: true, block: {select}, because: b}}")
        assert problem.code == "unknown-name"
        assert word in problem.help

    def test_the_houses_vocabulary_declares_words_that_nothing_has_yet(self, decide):
        house = "house: h\nvocabulary: {tags: [credit], channels: [fax], departments: [legal]}\n"
        for select in ("{tag: credit}", "{channel: fax}", "{department: legal}"):
            rule = f"{{id: h, when: true, block: {select}, notify: {{department: legal, message: x}}, because: b}}"
            assert blocked(decide(self.PACK % rule, house=house)) == {}

    def test_nothing_a_pack_does_removes_another_packs_guard(self, decide, refused):
        other = "pack: q\nrules: [{id: hold, when: true, block: {tier: growth}, because: b}]\n"
        assert blocked(
            decide(
                {"p.yaml": self.PACK % "{id: x, when: true, weigh: {select: g, by: 99}, because: b}", "q.yaml": other}
            )
        ) == {"p.g": ["q.hold"]}
        (problem,) = refused(
            {"p.yaml": self.PACK % "{id: q.hold, when: true, weigh: {select: g, by: 1}, because: b}", "q.yaml": other}
        )
        assert problem.code == "bad-id"


class TestScores:
    PACK = (
        "pack: p\n"
        "actions: {a: {tier: care, %s}, b: {tier: care}}\n"
        "rules:\n"
        "  - {id: all, when: true, propose: [a, b], because: b}\n"
    )

    def test_the_score_is_the_product_of_its_factors_and_weights(self, decide):
        pack = (
            self.PACK % "propensity: 0.5, context_weight: 3, value: value, lever: 2"
            + "  - {id: w, when: true, weigh: {select: a, by: value}, because: b}\n"
        )
        assert decide(pack, {"value": 7}).action.score == 0.5 * (3 * 7) * 7 * 2

    def test_weights_act_in_the_order_of_rule_ids(self, decide):
        factors = {"w1": 0.1, "w2": 0.7, "w3": 1e-3}
        rules = [
            f"  - {{id: {id}, when: true, weigh: {{select: a, by: {by}}}, because: b}}\n" for id, by in factors.items()
        ]
        scores = []
        for order in (rules, rules[::-1]):
            decision = decide(self.PACK % "value: 3" + "".join(order))
            scores += [of.score for of in decision.actions if of.action == "p.a"]
        assert scores == [1.0 * (((1.0 * 0.1) * 0.7) * 1e-3) * 3.0] * 2

    def test_scores_rank_within_a_tier_only(self, decide):
        pack = (
            "pack: p\n"
            "actions: {low: {tier: growth, value: 1e300}, high: {tier: recovery, value: 0}}\n"
            "rules: [{id: r, when: true, propose: [low, high], because: b}]\n"
        )
        assert chosen(decide(pack)) == ["p.high", "p.low"]

    def test_equal_scores_go_by_name(self, decide):
        assert chosen(decide(self.PACK % "value: 1")) == ["p.a", "p.b"]
        assert chosen(decide(self.PACK % "value: 0.5")) == ["p.b", "p.a"]

    def test_a_missing_factor_leaves_the_proposal_undecided(self, decide):
        decision = decide(self.PACK % "value: value")
        assert (chosen(decision), decision.undecided[0].missing) == (["p.b"], ("value",))
        assert chosen(decide(self.PACK % 'value: "default(value, 2)"')) == ["p.a", "p.b"]

    @pytest.mark.parametrize("factor", ["value: value - 5", "lever: value * -1"])
    def test_a_negative_factor_proposes_nothing_and_is_reported(self, decide, factor):
        decision = decide(self.PACK % factor, {"value": 1})
        assert chosen(decision) == ["p.b"]
        assert [of.origin for of in decision.errors] == ["p.a"]
        assert "a factor of a score is at least 0" in decision.errors[0].message

    def test_a_score_beyond_numbers_proposes_nothing_and_is_reported(self, decide):
        decision = decide(self.PACK % "value: value, lever: value", {"value": 1e200})
        assert (chosen(decision), [of.origin for of in decision.errors]) == (["p.b"], ["p.a"])

    def test_an_unknown_weight_does_not_act_and_is_undecided(self, decide):
        decision = decide(
            self.PACK % "value: 1" + "  - {id: w, when: value > 1, weigh: {select: a, by: 3}, because: b}\n"
        )
        assert (decision.action.score, [of.rule for of in decision.undecided]) == (1.0, ["p.w"])

    def test_a_weight_of_nothing_known_does_not_act_and_is_undecided(self, decide):
        weigh = "  - {id: w, when: true, weigh: {select: a, by: value}, because: b}\n"
        decision = decide(self.PACK % "value: 2" + weigh)
        assert (chosen(decision), decision.action.score) == (["p.a", "p.b"], 2.0)
        assert [(of.rule, of.missing) for of in decision.undecided] == [("p.w", ("value",))]

    def test_a_negative_weight_does_not_act_and_is_reported(self, decide):
        weigh = "  - {id: w, when: true, weigh: {select: a, by: value}, because: b}\n"
        decision = decide(self.PACK % "value: 2" + weigh, {"value": -1})
        assert (decision.action.score, [of.origin for of in decision.errors]) == (2.0, ["p.w"])

    @pytest.mark.parametrize("text", ["value: -1", "value: name", "value: events", "value: 'true'", "propensity: [1]"])
    def test_a_factor_that_makes_no_sense_is_refused(self, refused, text):
        (problem,) = refused(self.PACK % text)
        assert problem.span.location == "pack.yaml:2"

    @pytest.mark.parametrize(
        "text", ["{select: {channel: email}, by: 2}", "{select: a, by: -2}", "{select: a, by: name}", "{select: a}"]
    )
    def test_a_weight_that_makes_no_sense_is_refused(self, refused, text):
        for problem in refused(
            self.PACK % "channels: [email]" + f"  - {{id: w, when: true, weigh: {text}, because: b}}\n"
        ):
            assert problem.span.location == "pack.yaml:5"


class TestDecisions:
    PACK = (
        "pack: p\n"
        "actions: {a: {tier: care%s}, b: {tier: care%s}, c: {tier: growth}}\n"
        "rules: [{id: r, when: true, propose: [a, b, c], because: why, meta: {owner: x}}]\n"
    )

    def test_of_an_exclusive_group_the_best_is_chosen_and_outranks_the_others(self, decide):
        decision = decide(self.PACK % (", exclusive: g", ", exclusive: g, value: 2"))
        assert chosen(decision) == ["p.b", "p.c"]
        assert [(of.action, of.by, of.why) for of in decision.outranked] == [("p.a", "p.b", "exclusive")]

    def test_a_blocked_one_does_not_take_the_place_of_its_group(self, decide):
        pack = self.PACK % (", exclusive: g", ", exclusive: g, value: 2")
        pack = pack.replace("]\n", "]\n", 1).replace("rules: [", "rules: [{id: h, when: true, block: b, because: b}, ")
        assert chosen(decide(pack)) == ["p.a", "p.c"]

    @pytest.mark.parametrize("limit", [1, 2, 3, 4])
    def test_a_limit_outranks_and_blocks_nothing(self, decide, limit):
        decision = decide(self.PACK % ("", ""), limit=limit)
        assert chosen(decision) == ["p.a", "p.b", "p.c"][:limit]
        assert [(of.action, of.why) for of in decision.outranked] == [
            (of, "limit") for of in ["p.a", "p.b", "p.c"][limit:]
        ]
        assert decision.blocked == ()

    def test_the_outcome_tells_why_there_is_no_action(self, decide):
        assert decide(ONE).outcome == "nothing_proposed"
        assert decide(ONE + "rules: [{id: r, when: true, propose: a, block: a, because: b}]\n").outcome == "all_blocked"
        assert (
            decide(ONE.replace("tier: care", "tier: care, value: value") + RULE % "true", {"value": -1}).outcome
            == "error"
        )

    @pytest.mark.parametrize(
        ("preferred", "channel"),
        [(None, "phone"), ([], "phone"), (["sms"], "sms"), (["fax", "email", "sms"], "email"), (["fax"], "phone")],
    )
    def test_the_customers_preference_picks_the_channel(self, decide, preferred, channel):
        pack = ONE.replace("tier: care", "tier: care, channels: [phone, email, sms]") + RULE % "true"
        assert decide(pack, {"preferred_channels": preferred}).action.channel == channel


def test_a_misspelt_action_is_recognised_though_the_action_itself_is_wrong(refused):
    pack = """
        pack: p
        actions: {reminder: {tier: recovry}}
        rules: [{id: r, when: true, propose: remindr, because: b}]
        """
    said = str(refused(pack))
    assert "did you mean `recovery`?" in said
    assert "did you mean `p.reminder`?" in said
