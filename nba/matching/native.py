"""The native engine: each condition a closure over the features, in pure Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nba.language.compiled import FeatureView, compile_node
from nba.language.values import Value
from nba.matching.protocol import Match
from nba.ruleset.model import Layer


class NativeMatcher:
    """Evaluates each condition once a match, in order."""

    def __init__(self, layer: Layer) -> None:
        self._conditions = [compile_node(condition) for condition in layer.conditions]

    def match(self, features: Sequence[Value]) -> Match:
        """Match the conditions against the values of the features."""
        env: Any = FeatureView(features)
        true, unknown = set(), set()
        for number, condition in enumerate(self._conditions):
            truth = condition(env)
            if truth is True:
                true.add(number)
            elif truth is not False:
                unknown.add(number)
        return Match(true, unknown)
