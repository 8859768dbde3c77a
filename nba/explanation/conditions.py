"""What was seen of a condition: its truth part by part, and the values that decided it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from nba.explanation.showing import printable, short
from nba.language.values import Truth

_LONGEST_TEXT: Final = 160
_OF_ITEM = re.compile(r"(?P<call>\w+\()?(?P<item>[^()]*\])\.(?P<field>[^\[\]()]+)(?(call)\))")

Kind: TypeAlias = Literal["all", "any", "not", "signal", "leaf", "value"]


@dataclass(frozen=True)
class Observation:
    """A condition, or a part of one, with what was seen.

    Attributes:
        text: the part as it is written.
        truth: whether it held; None when that was not known.
        values: what it reads, each with the value as people read it.
        parts: what it is made of. Those of a leaf are the signals that it reads, once in an observation.
        because: of a signal, what its pack says it means.
        kind: how the parts make it: `all` or `any` of them, `not` the one, the condition of a `signal`, or a `leaf`;
            `value` is a part that is no condition.
    """

    text: str
    truth: Truth
    values: tuple[tuple[str, str], ...] = ()
    parts: tuple[Observation, ...] = ()
    because: str = ""
    kind: Kind = "leaf"

    @property
    def deciding(self) -> tuple[Observation, ...]:
        """The parts without which the truth would be another."""
        if self.kind == "all" and self.truth is not True:
            return tuple(part for part in self.parts if part.truth is self.truth)
        if self.kind == "any" and self.truth is not False:
            return tuple(part for part in self.parts if part.truth is self.truth)
        return self.parts


def key_of(record: Any, position: int) -> str:
    """What to call an item of a list: by its id or key, or else by its place.

    >>> key_of({"id": "K-17"}, 1), key_of({"model": "Estate"}, 1)
    ('K-17', '#1')
    """
    for name in ("id", "key"):
        found = record.get(name) if isinstance(record, Mapping) else None
        if isinstance(found, str | int) and not isinstance(found, bool):
            return short(printable(str(found)))
    return f"#{position}"


def sentences(observation: Observation) -> list[str]:
    """What decided a condition, as short sentences for people, the meaning of signals first.

    >>> seen = Observation("age >= 18", False, (("age", "17"),))
    >>> sentences(Observation("not (age >= 18)", True, (), (seen,), kind="not"))
    ['`age >= 18` does not hold: age is 17']
    """
    said: list[str | list[tuple[str, str]]] = []
    _say(observation, set(), said)
    return list(dict.fromkeys([part if isinstance(part, str) else in_words(part) for part in said]))


def _say(seen: Observation, known: set[tuple[str, str]], said: list[str | list[tuple[str, str]]]) -> None:
    """Add sentences, and between them the values that speak for themselves, put together."""
    if seen.kind == "signal" and seen.truth is True and seen.because:
        said.append(seen.because)
    if seen.kind in ("leaf", "value"):
        values = [pair for pair in seen.values if pair not in known]
        known.update(values)
        if seen.kind == "leaf" and seen.truth is not True and not _is_field(seen):
            how = "does not hold" if seen.truth is False else "is not known to hold"
            said.append(f"`{short(seen.text, _LONGEST_TEXT)}` {how}{': ' if values else ''}{in_words(values)}")
        elif values and said and isinstance(said[-1], list):
            said[-1] += values
        elif values:
            said.append(values)
        elif seen.kind == "leaf" and not seen.values:
            said.append("always" if seen.text == "true" else f"`{short(seen.text, _LONGEST_TEXT)}` holds")
    for part in seen.deciding:
        _say(part, known, said)


def _is_field(seen: Observation) -> bool:
    """Whether a condition is but a field that is true or false, so that its value says it all."""
    return len(seen.values) == 1 and seen.values[0][1] == ("true" if seen.truth else "false")


def in_words(values: Iterable[tuple[str, str]]) -> str:
    """Observed values for people, the fields of one item together.

    >>> in_words([("lease.cases[K].status", "open"), ("lease.cases[K].severity", "high"), ("value", "3")])
    'lease.cases[K]: status is open, severity is high; value is 3'
    >>> in_words([("days_since(lease.cases[K].at)", "3")])
    'lease.cases[K]: days_since(at) is 3'
    """
    grouped: dict[str, list[str]] = {}
    for name, value in values:
        item, own = "", name
        if "]." in name and (match := _OF_ITEM.fullmatch(name)):
            item, own = match["item"], f"{match['call'] or ''}{match['field']}{')' if match['call'] else ''}"
        grouped.setdefault(item, []).append(f"{own} is {value}")
    return "; ".join(f"{item}: {', '.join(of)}" if item else ", ".join(of) for item, of in grouped.items())
