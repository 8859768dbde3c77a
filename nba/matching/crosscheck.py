"""Two keys: every decision by both engines, and an error when they differ."""

from __future__ import annotations

from collections.abc import Sequence

from nba.errors import EngineError
from nba.language.texts import show_value
from nba.language.values import FAILED, Value
from nba.matching.durable.matcher import DurableMatcher
from nba.matching.native import NativeMatcher
from nba.matching.protocol import Match, Matcher
from nba.ruleset.model import Layer


class CrosscheckMatcher:
    """Matches with `native` and with `durable`, and answers only when they agree."""

    def __init__(self, layer: Layer, native: Matcher | None = None, durable: Matcher | None = None) -> None:
        self._layer = layer
        self._native, self._durable = native or NativeMatcher(layer), durable or DurableMatcher(layer)

    def match(self, features: Sequence[Value]) -> Match:
        """The answer of both engines.

        Raises:
            EngineError: they differ. Names the rules, their condition, the values it looks at, and both answers.
        """
        one, two = self._native.match(features), self._durable.match(features)
        if one.true == two.true and one.unknown == two.unknown:
            return one
        numbers = sorted((one.true ^ two.true) | (one.unknown ^ two.unknown))
        raise EngineError("\n".join(["the engines differ", *(self._tell(of, features, one, two) for of in numbers)]))

    def _tell(self, number: int, features: Sequence[Value], one: Match, two: Match) -> str:
        layer = self._layer
        answers = f"native says {_truth(number, one)}, durable says {_truth(number, two)}"
        seen = ", ".join(f"{layer.features[of].text} is {_shown(features[of])}" for of in layer.reads[number])
        return f"on {', '.join(layer.rules[number])}: {answers}\n  `{layer.conditions[number].text}` where {seen}"


def _shown(value: Value) -> str:
    if value is None or value is FAILED:
        return "failed" if value is FAILED else "missing"
    return f"{len(value)} items" if isinstance(value, tuple | dict) else show_value(value)[:40]


def _truth(number: int, match: Match) -> str:
    return "true" if number in match.true else "unknown" if number in match.unknown else "false"
