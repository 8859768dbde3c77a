"""What a rule engine is to nba. It knows numbers and values, and nothing of rules, packs or YAML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, Protocol, TypeAlias

from nba.language.values import Value
from nba.ruleset.model import Layer


class Match(NamedTuple):
    """The numbers of the conditions that are true, and of those that are unknown; the others are false."""

    true: AbstractSet[int]
    unknown: AbstractSet[int]


class Matcher(Protocol):
    """Evaluates all conditions of one layer. Used by many threads at once."""

    def match(self, features: Sequence[Value]) -> Match:
        """Match the layer's conditions against the values of its features: plain, None for missing, or FAILED."""
        ...


MatcherFactory: TypeAlias = Callable[[Layer], Matcher]
