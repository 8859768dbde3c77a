"""Layers from a few conditions as text, and what a matcher says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nba.language.check import check
from nba.language.compiled import compile_node
from nba.language.functions import Clock
from nba.language.meaning import Environment
from nba.language.scope import Scope
from nba.language.types import BOOLEAN, Field, Record, Type
from nba.language.values import Value
from nba.matching import Matcher
from nba.ruleset.layers import LayerBuilder
from nba.ruleset.model import Layer
from nba.source import Written
from nba.testing.generation.literals import AS_OF


def scope_of(types: Mapping[str, Type]) -> Scope:
    """A flat profile of these types."""
    return Scope(Record("profile", {name: Field(kind) for name, kind in types.items()}))


def layer_of(conditions: Iterable[str], types: Mapping[str, Type]) -> Layer:
    """The conditions as one layer, over a flat profile of these types. Rules are called r0, r1, ..."""
    scope = scope_of(types)
    builder = LayerBuilder()
    for number, text in enumerate(conditions):
        builder.add(check(Written.of(text), scope, BOOLEAN), f"r{number}")
    return builder.build()


def features_of(layer: Layer, profile: Mapping[str, Any]) -> list[Value]:
    """The values of the layer's features for a profile."""
    env = Environment(profile, {}, Clock(AS_OF))
    return [compile_node(node)(env) for node in layer.features]


def truths(matcher: Matcher, layer: Layer, **profile: Any) -> list[bool | None]:
    """What the matcher says of each condition."""
    true, unknown = matcher.match(features_of(layer, profile))
    assert not true & unknown
    return [True if of in true else None if of in unknown else False for of in range(len(layer.conditions))]
