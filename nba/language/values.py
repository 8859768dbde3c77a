"""The values that expressions have: plain Python ones, *missing* and *failed*.

A value is a `bool`, `int`, `float`, `str`, `date`, aware `datetime` (in UTC), `tuple` of values, a mapping from names
to values (a record or a map), `None` for *missing* (absent or null; as a truth: unknown), or `FAILED` (a computation
raised, or data did not fit its type).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date
from typing import TypeAlias

LARGEST_INTEGER = 2**53  # beyond it a double skips integers, so engines would disagree


class Failed(enum.Enum):
    """The one value of a computation that raised: not missing, and everything that reads it is unknown."""

    FAILED = "failed"

    def __repr__(self) -> str:
        return "FAILED"

    def __bool__(self) -> bool:
        raise TypeError("a failed value is neither true nor false")


FAILED = Failed.FAILED

Scalar: TypeAlias = bool | int | float | str | date
Value: TypeAlias = "Scalar | tuple[Value, ...] | Mapping[str, Value] | Failed | None"
Truth: TypeAlias = bool | None
"""True, false, or None for unknown."""
