"""What can be said in a pydantic annotation, beyond what pydantic knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Checked", "Confidential", "Ordered", "confidential", "ordered"]


@dataclass(frozen=True)
class Ordered:
    """The values of an enum go from low to high, in the order in which they are declared; see `ordered`."""


ordered = Ordered()
"""Marks an enum whose values may be compared with `<`: `Annotated[Literal["low", "high"], nba.ordered]`."""


@dataclass(frozen=True)
class Confidential:
    """A field, with all that is in it, is shown to its own department only; see `confidential`."""


confidential = Confidential()
"""Marks a field that its own department alone may see: `hardship: Annotated[bool | None, nba.confidential] = None`."""


@dataclass(frozen=True)
class Checked:
    """A check on a single value that costs less than pydantic's: `Annotated[str, Checked(known, "a known thing")]`.

    `holds` gets the value as it was read; `wanted` says in plain words what it should have been.
    """

    holds: Callable[[object], bool]
    wanted: str
