"""What acts on conditions, found by those that are met, without a look at all the rest."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Generic, Protocol, TypeVar


class Conditional(Protocol):
    """Anything that acts on a condition, known by its number in its layer."""

    @property
    def condition(self) -> int:
        """The number."""
        ...


T = TypeVar("T", bound=Conditional)


class ByCondition(Generic[T]):
    """Things in an order, by their conditions: made once, used by every decision."""

    def __init__(self, things: Iterable[T]) -> None:
        self._things = tuple(things)
        self._places: dict[int, list[int]] = {}
        for place, thing in enumerate(self._things):
            self._places.setdefault(thing.condition, []).append(place)

    def places(self, conditions: AbstractSet[int]) -> list[int]:
        """The places of those whose condition is one of these, in order."""
        found: list[int] = []
        for number in self._places.keys() & conditions:
            found += self._places[number]
        found.sort()
        return found

    def of(self, conditions: AbstractSet[int]) -> list[T]:
        """Those whose condition is one of these, in order."""
        return [self._things[place] for place in self.places(conditions)]
