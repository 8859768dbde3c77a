"""Plugins whose features and gates raise, answer rubbish, or work, as the values that they look at would have it.

What a feature does depends on its arguments alone, so that a decision with it is the same each time.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import nba
from nba.language.types import BOOLEAN, DATE, INSTANT, NUMBER, STRING, Type

NAME = "extra"
_READS = ("value", "service.satisfaction", "billing.hardship", "sales.plan.note", "service.last_contact_at", "as_of")
_KINDS: tuple[tuple[Type, type, Callable[[int], Any]], ...] = (
    (NUMBER, float, lambda n: float(n % 7)),
    (BOOLEAN, bool, lambda n: n % 2 == 0),
    (STRING, str, lambda n: ("gold", "Gold", "", "a b")[n % 4]),
    (DATE, date, lambda n: date(2026, 11, 20) + timedelta(days=n % 5)),
    (INSTANT, datetime, lambda n: datetime(2026, 11, 22, 9, tzinfo=UTC) + timedelta(days=n % 5 - 2)),
)


@dataclass(frozen=True)
class PluginPlan:
    """What a generated plugin brings: features by number of their kind, and gates, each with what it reads."""

    features: tuple[tuple[int, str], ...]
    gates: tuple[str, ...]

    @property
    def types(self) -> dict[str, Type]:
        """The type of each feature by its full id."""
        return {f"{NAME}.feature_{number}": _KINDS[kind][0] for number, (kind, _) in enumerate(self.features)}

    def module(self, *, features_fail: bool = True, gates_fail: bool = True) -> Any:
        """The plugin. What does not fail has a value or lets pass where it would have raised."""
        features = [_feature(n, kind, read, features_fail) for n, (kind, read) in enumerate(self.features)]
        gates = [_gate(number, read, gates_fail) for number, read in enumerate(self.gates)]
        return SimpleNamespace(
            nba_features=nba.hookimpl(_returning(features, "nba_features")),
            nba_gates=nba.hookimpl(_returning(gates, "nba_gates")),
        )

    def smaller(self) -> Iterator[PluginPlan]:
        """The plan without its last feature, or without its last gate."""
        if self.features:
            yield PluginPlan(self.features[:-1], self.gates)
        if self.gates:
            yield PluginPlan(self.features, self.gates[:-1])


def plugin_plan(rng: Random) -> PluginPlan:
    """A plugin of a few features and gates."""
    features = tuple((rng.randrange(len(_KINDS)), rng.choice(_READS)) for _ in range(rng.randrange(4)))
    return PluginPlan(features, tuple(rng.choice(_READS) for _ in range(rng.choice((0, 0, 1)))))


def _returning(value: Any, name: str) -> Callable[[], Any]:
    def hook() -> Any:
        return value

    hook.__name__ = name
    return hook


def _number_of(*values: object) -> int:
    return zlib.crc32(repr(values).encode("utf-8", "backslashreplace"))


def _feature(number: int, kind: int, read: str, fails: bool) -> Callable[..., Any]:
    _, returns, make = _KINDS[kind]

    @nba.feature(reads=[read], returns=returns, name=f"feature_{number}")
    def feature(value: Any) -> Any:
        chance = _number_of(number, value)
        if fails and chance % 4 == 0:
            raise RuntimeError("this feature does not work for this customer")
        if fails and chance % 11 == 0:
            return ["rubbish"]
        return None if chance % 7 == 0 else make(chance // 11)

    return feature


def _gate(number: int, read: str, fails: bool) -> Callable[..., Any]:
    @nba.gate(reads=[read], name=f"gate_{number}")
    def gate(offered: nba.Offered, channel: str | None, value: Any) -> Any:
        chance = _number_of(number, offered.action, offered.key, channel, value)
        if fails and chance % 8 == 0:
            raise RuntimeError("this gate does not work for this customer")
        if fails and chance % 19 == 0:
            return True
        return nba.Block("closed for this customer") if chance % 7 == 0 else None

    return gate
