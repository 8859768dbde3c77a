"""What a profile should be like for a rule to hold, as far as one knows: a hint to who draws it, and no more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class _Absent:
    """The value of what is not there."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


@dataclass
class Wish:
    """What one place should be like."""

    values: tuple[Any, ...] = ()
    """One of these; ABSENT for not there."""
    parts: dict[str, Wish] = field(default_factory=dict)
    """By field of a record, or key of a map."""
    some: list[Wish] = field(default_factory=list)
    """Items that a list should have, each on its own."""
    every: Wish | None = None
    """What each item of a list should be like."""
    size: int | None = None
    """How many items a list should have."""
