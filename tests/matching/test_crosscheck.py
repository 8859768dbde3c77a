"""Two keys: both engines decide, and a difference is an error that says all there is to know."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

import nba
from nba.errors import EngineError
from nba.language.types import BOOLEAN, NUMBER, STRING, ListOf
from nba.language.values import FAILED, Value
from nba.matching import Match, matcher_factory
from nba.matching.engines import why_no_durable
from nba.matching.native import NativeMatcher
from tests.matching.layers import features_of, layer_of, truths

pytestmark = pytest.mark.skipif(why_no_durable() is not None, reason=str(why_no_durable()))

AS_OF = "2026-11-22T09:00:00Z"
TYPES = {"a": NUMBER, "b": BOOLEAN, "name": STRING, "tags": ListOf(STRING)}
CONDITIONS = ["a > 1", 'b or name == "x"', '"gold" in tags', "a is missing"]
PACK = """
    pack: shop
    actions:
      greet: {title: Say hello, tier: growth}
    rules:
      - {id: hello, when: value > 1, propose: greet, because: a good customer}
      - {id: salute, when: value > 1, propose: greet, because: a good customer}
      - {id: hold, when: lifecycle_stage == "lost", block: {action: greet}, because: gone}
"""


class Mistaken:
    """Durable, but for one condition, of which it says something else."""

    def __init__(self, number: int, truth: bool | None) -> None:
        self._number, self._truth = number, truth

    def __call__(self, layer: object) -> Mistaken:
        self._works = matcher_factory("durable")(layer)  # type: ignore[arg-type]  # a layer, as it is called by crosscheck
        return self

    def match(self, features: Sequence[Value]) -> Match:
        true, unknown = (set(of) - {self._number} for of in self._works.match(features))
        if self._truth is not False:
            (true if self._truth else unknown).add(self._number)
        return Match(true, unknown)


def test_engines_that_agree_give_the_answer() -> None:
    layer = layer_of(CONDITIONS, TYPES)
    matcher = matcher_factory("crosscheck")(layer)
    assert truths(matcher, layer, a=2, b=False, name="y", tags=("gold",)) == [True, False, True, False]
    assert truths(matcher, layer, a=None, b=True, tags=FAILED) == [None, True, None, True]


@pytest.mark.parametrize(
    ("number", "truth", "shown"),
    [
        (0, True, "on r0: native says false, durable says true\n  `a > 1` where a is 1"),
        (0, None, "on r0: native says false, durable says unknown\n  `a > 1` where a is 1"),
        (
            1,
            False,
            'on r1: native says unknown, durable says false\n  `b or name == "x"` where b is missing, name is y',
        ),
        (2, True, 'on r2: native says unknown, durable says true\n  `"gold" in tags` where "gold" in tags is failed'),
        (3, None, "on r3: native says false, durable says unknown\n  `a is missing` where a is 1"),
    ],
)
def test_a_difference_names_the_rule_its_condition_the_values_and_both_answers(
    number: int, truth: bool | None, shown: str
) -> None:
    from nba.matching.crosscheck import CrosscheckMatcher

    layer = layer_of(CONDITIONS, TYPES)
    matcher = CrosscheckMatcher(layer, durable=Mistaken(number, truth)(layer))
    with pytest.raises(EngineError) as caught:
        matcher.match(features_of(layer, {"a": 1, "name": "y", "tags": FAILED}))
    assert str(caught.value) == f"the engines differ\n{shown}"


def test_every_rule_that_asks_for_the_condition_is_named(
    load: Callable[..., nba.Orchestrator], monkeypatch: pytest.MonkeyPatch
) -> None:
    from nba.matching import crosscheck

    orchestrator = load(PACK, matcher="crosscheck")
    assert orchestrator.decide({"value": 2, "lifecycle_stage": "new"}, as_of=AS_OF).action is not None
    monkeypatch.setattr(crosscheck, "DurableMatcher", Mistaken(0, False))
    mistaken = load(PACK, matcher="crosscheck")
    with pytest.raises(EngineError) as caught:
        mistaken.decide({"value": 2}, as_of=AS_OF)
    assert "on shop.hello, shop.salute: native says true, durable says false" in str(caught.value)
    assert "`value > 1` where value is 2" in str(caught.value)
    assert "shop.hold" not in str(caught.value)
    assert mistaken.decide({"value": 1}, as_of=AS_OF).action is None, "and the next is decided"


def test_the_layer_knows_the_rules_and_laws_of_each_condition(load: Callable[..., nba.Orchestrator]) -> None:
    layer = load(PACK).ruleset.layer
    by_condition = {condition.text: rules for condition, rules in zip(layer.conditions, layer.rules, strict=True)}
    assert by_condition == {
        "value > 1": ("shop.hello", "shop.salute"),
        'lifecycle_stage == "lost"': ("shop.hold",),
    }
    assert NativeMatcher(layer).match([None] * len(layer.features)).unknown == {0, 1}
