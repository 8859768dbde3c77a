"""What a customer should be like for a rule to hold, as far as one knows: a hint to who draws it, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


class _Absent:
    """The value of what is not there."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __deepcopy__(self, memo: object) -> _Absent:
        return self  # it is told by `is`


ABSENT = _Absent()


class Unsolved(Exception):
    """This way did not lead to what was wanted. Another may."""


@dataclass
class Wish:
    """What one place should be like."""

    values: Sequence[Any] = ()
    """One of these; ABSENT for not there."""
    parts: dict[str, Wish] = field(default_factory=dict)
    """By field of a record, or key of a map."""
    some: list[Wish] = field(default_factory=list)
    """Items that a list should have, each on its own."""
    every: Wish | None = None
    """What each item of a list should be like."""
    size: int | None = None
    """How many items a list should have."""
    there: bool = False
    """It should be there, whatever it is like."""

    def part(self, name: str) -> Wish:
        """What a field or the value at a key should be like."""
        return self.parts.setdefault(name, Wish())

    def narrow(self, values: Sequence[Any]) -> None:
        """Wish for one of these.

        Raises:
            Unsolved: none of them was wished for before, or it should be there after all.
        """
        if (self.there or self.some) and all(of is ABSENT for of in values):
            raise Unsolved
        both = [of for of in self.values if of in values] if self.values else list(values)
        if not both:
            raise Unsolved
        self.values = both

    def present(self) -> None:
        """Wish for it to be there.

        Raises:
            Unsolved: it should not be there.
        """
        if self.values and all(of is ABSENT for of in self.values):
            raise Unsolved
        self.there = True

    def another(self, again: float) -> Wish:
        """One more item of a list and what it should be like, or one of those that there are.

        `again` is a number from 0 to 1: below a half, one of those.
        """
        self.present()
        if self.some and (again < 0.5 or len(self.some) == self.size):
            return self.some[int(again * 1000) % len(self.some)]
        self.some.append(Wish())
        return self.some[-1]

    def all(self) -> Wish:
        """What each item of a list should be like."""
        if self.every is None:
            self.every = Wish()
        return self.every

    def sized(self, size: int) -> None:
        """Wish for so many items.

        Raises:
            Unsolved: another number was wished for before.
        """
        if self.size not in (None, size):
            raise Unsolved
        self.size = size

    def settle(self) -> None:
        """Bring what is wished for each item to the items that are wished for on their own.

        Raises:
            Unsolved: these do not go together.
        """
        if self.size is not None and len(self.some) > self.size:
            raise Unsolved
        for one in self.some:
            if self.every is not None:
                one.join(self.every)
            one.settle()
        if self.every is not None:
            self.every.settle()
        for of in self.parts.values():
            of.settle()

    def join(self, other: Wish) -> None:
        """Wish for what another wish asks as well."""
        if other.values:
            self.narrow(other.values)
        for name, of in other.parts.items():
            self.part(name).join(of)
        self.some += other.some
        if other.every is not None:
            self.all().join(other.every)
        if other.size is not None:
            self.sized(other.size)
        self.there |= other.there

    def item(self, number: int) -> Wish | None:
        """What the item of a list of that number should be like; None when there need be none."""
        if number < len(self.some):
            return self.some[number]
        return (self.every or _ANYTHING) if self.size is not None and number < self.size else None


_ANYTHING = Wish()


def like(data: Any) -> Wish:
    """The wish for something just like some data.

    >>> like({"cases": [{"status": "open"}]}).parts["cases"].some[0].parts["status"].values
    ['open']
    """
    if isinstance(data, dict):
        return Wish(parts={name: like(of) for name, of in data.items()}, there=True)
    if isinstance(data, list):
        return Wish(some=[like(of) for of in data], size=len(data), there=True)
    return Wish([data])
