"""Texts as numbers that keep their order: each literal has a place, and there is room between any two.

So `==`, `<` and `starts_with(x, "literal")` are exact; the least text that is greater than all texts with a beginning
ends its interval.
"""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction

_LAST, _SURROGATES, _AFTER = 0x10FFFF, 0xD7FF, 0xE000


class Codes:
    """The place of each literal that was met."""

    def __init__(self) -> None:
        self._texts: list[str] = [""]
        self._places: list[Fraction] = [Fraction(0)]

    def place(self, text: str) -> Fraction:
        """The place of a text; one that is new goes between its neighbours.

        >>> codes = Codes()
        >>> codes.place("b") < codes.place("c"), codes.place("b") < codes.place("bb") < codes.place("c")
        (True, True)
        """
        at = bisect_left(self._texts, text)
        if at < len(self._texts) and self._texts[at] == text:
            return self._places[at]
        before = self._places[at - 1]  # the empty text is before all others
        place = (before + self._places[at]) / 2 if at < len(self._texts) else before + 1
        self._texts.insert(at, text)
        self._places.insert(at, place)
        return place

    def around(self, place: Fraction) -> tuple[str, str | None, bool]:
        """The literals around a place: the last one at or before it, the next one, and whether it is the first."""
        at = bisect_left(self._places, place)
        if at < len(self._places) and self._places[at] == place:
            return self._texts[at], None, True
        return self._texts[at - 1], self._texts[at] if at < len(self._texts) else None, False

    @property
    def literals(self) -> dict[str, Fraction]:
        """Each literal with its place."""
        return dict(zip(self._texts, self._places, strict=True))


def after_all(start: str) -> str | None:
    """The least text that is greater than every text with a beginning; None when there is none.

    >>> after_all("ab"), after_all("a" + chr(0x10FFFF)), after_all("")
    ('ac', 'b', None)
    """
    while start and ord(start[-1]) == _LAST:
        start = start[:-1]
    if not start:
        return None
    last = ord(start[-1])
    return start[:-1] + chr(_AFTER if last == _SURROGATES else last + 1)


def between(low: str, high: str | None) -> str | None:
    """A text after `low` and before `high`, as plain as can be found; None when there is none.

    >>> between("gold", "silver"), between("a", None), between("a", "a" + chr(0))
    ('h', 'b', None)
    """
    for text in _candidates(low):
        if low < text and (high is None or text < high):
            return text
    return None


def _candidates(low: str) -> list[str]:
    following = [after_all(low[: cut + 1]) for cut in range(len(low))]
    made = [of for of in following if of is not None and of.isprintable()]
    return [*(["other", "a", "A", "0"] if not low else []), *made, low + "a", low + " ", low + "\x01", low + "\0"]
