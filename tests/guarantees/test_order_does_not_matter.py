"""5. Order does not matter: of packs, files, rules, `all`/`any` items, records in a profile's lists.

Two decisions are the same but for where their rules stand (`source`), and the ids that cover the very bytes of files
and profiles (`decision_id`, `rules_hash`).
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given, settings

from nba.decision import Decision
from nba.testing.generation.customers import Case
from nba.testing.generation.data import shuffled
from nba.testing.generation.questions import Check, Question, decide, houses
from nba.testing.generation.rule_sets import RuleSet

GUARANTEE = settings.get_profile("guarantees")
# Ordered by meaning: tiers, channels, the rows of `first_of`. A payload's keys keep the order that is written.
MEANT = frozenset({"tiers", "channels", "first_of", "preferred_channels", "payload"})
PARTS = ("settings", "signals", "actions")


def said(decision: Decision) -> Any:
    """All that a decision says, but for places and ids."""
    return _without({"source", "decision_id", "rules_hash"}, decision.to_dict())


def _without(names: set[str], value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without(names, of) for name, of in value.items() if name not in names}
    return [_without(names, of) for of in value] if isinstance(value, list) else value


def rearranged(rules: RuleSet, rng: Random) -> RuleSet:
    """The same rules, in other files and another order throughout."""
    house = shuffled(rules.house, rng, keep=MEANT)
    files: list[dict[str, Any]] = []
    for pack in rules.packs.values():
        parts: list[dict[str, Any]] = [{"pack": pack["pack"]}, {"pack": pack["pack"], "department": pack["department"]}]
        for part in PARTS:
            for name, entry in pack[part].items():
                rng.choice(parts).setdefault(part, {})[name] = entry
        for rule in pack["rules"]:
            rng.choice(parts).setdefault("rules", []).append(rule)
        files += [shuffled(of, rng, keep=MEANT) for of in parts]
    rng.shuffle(files)
    return replace(rules, house=house, packs={f"{number}.yaml": of for number, of in enumerate(files)})


def rules_have_no_order(rules: RuleSet, rng: Random) -> Check:
    other = rearranged(rules, rng)

    def check(one: Case) -> str | None:
        return _difference(said(decide(rules, one, 3)), said(decide(other, one, 3)))

    return check


def records_have_no_order(rules: RuleSet, rng: Random) -> Check:
    def check(one: Case) -> str | None:
        other = replace(
            one,
            profile=shuffled(one.profile, Random(1), keep=MEANT),
            context=shuffled(one.context, Random(2), keep=MEANT),
        )
        return _difference(said(decide(rules, one, 3)), said(decide(rules, other, 3)))

    return check


def _difference(one: dict[str, Any], other: dict[str, Any]) -> str | None:
    # As text, so that 1 and 1.0, which are equal, are not the same.
    return next((f"{k}: {one[k]}\n{k}: {other[k]}" for k in one if repr(one[k]) != repr(other[k])), None)


@given(houses())
@GUARANTEE
def test_the_order_of_packs_files_rules_and_conditions_does_not_matter(question: Question) -> None:
    question.hold(rules_have_no_order)


@given(houses(customers=12))
@GUARANTEE
def test_the_order_of_the_records_in_a_profile_does_not_matter(question: Question) -> None:
    question.hold(records_have_no_order)
