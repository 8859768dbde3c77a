"""Chance, the same on every machine and version of Python: all comes from `Random.random`, which never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """What happens by chance, decided by a seed.

    >>> Dice(1, 7).whole(1, 6) == Dice(1, 7).whole(1, 6)
    True
    """

    def __init__(self, *seed: object) -> None:
        self._roll = Random(":".join(map(str, seed))).random

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self._roll() < share

    def between(self, low: float, high: float, digits: int = 2) -> float:
        """A number, any as likely."""
        return round(low + (high - low) * self._roll(), digits)

    def whole(self, low: int, high: int) -> int:
        """An integer from `low` to `high`, both included, any as likely."""
        return low + int((high - low + 1) * self._roll())

    def mostly_low(self, low: int, high: int) -> int:
        """An integer of which low ones are likely: half of them lie in the lowest eighth."""
        share = self._roll()
        return low + int((high - low + 1) * share * share * share)

    def pick(self, options: Sequence[T]) -> T:
        """One of a few, any as likely."""
        return options[int(len(options) * self._roll())]

    def weighted(self, options: Mapping[T, float]) -> T:
        """One of a few, by their weights."""
        left = self._roll() * sum(options.values())
        *others, last = options
        for option in others:
            left -= options[option]
            if left < 0:
                return option
        return last

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """So many of a few, none twice, in their order."""
        left = list(range(len(options)))
        taken = [left.pop(int(len(left) * self._roll())) for _ in range(min(count, len(left)))]
        return [options[index] for index in sorted(taken)]
