"""Two keys: every decision by both engines, and an error when they differ."""

from __future__ import annotations

from collections.abc import Sequence

from nba.errors import EngineError
from nba.language.texts import show_value
from nba.language.values import FAILED, Value
from nba.matching.durable import DurableMatcher
from nba.matching.native import NativeMatcher
from nba.matching.protocol import Match, Matcher
from nba.ruleset.model import Layer


class CrosscheckMatcher:
    """Matches with `native` and with `durable`, and answers only when they agree."""

    def __init__(self, layer: Layer, first: Matcher | None = None, second: Matcher | None = None) -> None:
        self._layer = layer
        self._first, self._second = first or NativeMatcher(layer), second or DurableMatcher(layer)

    def match(self, features: Sequence[Value]) -> Match:
        """The answer of both engines.

        Raises:
            EngineError: they differ; names each condition, the feature values it looks at, and both answers.
        """
        one, two = self._first.match(features), self._second.match(features)
        if one.true == two.true and one.unknown == two.unknown:
            return one
        numbers = sorted((one.true ^ two.true) | (one.unknown ^ two.unknown))
        raise EngineError("\n".join(["the engines differ:", *(self._difference(of, features, one, two) for of in numbers)]))

    def _difference(self, number: int, features: Sequence[Value], one: Match, two: Match) -> str:
        seen = (
            f"{self._layer.features[feature].text} is {_shown(features[feature])}"
            for feature in self._layer.reads[number]
        )
        condition = self._layer.conditions[number].text
        return f"  `{condition}` with {', '.join(seen)}: native says {_truth(number, one)}, durable says {_truth(number, two)}"


def _shown(value: Value) -> str:
    if value is None or value is FAILED:
        return "failed" if value is FAILED else "missing"
    return f"{len(value)} items" if isinstance(value, tuple | dict) else show_value(value)[:40]


def _truth(number: int, match: Match) -> str:
    return "true" if number in match.true else "unknown" if number in match.unknown else "false"
