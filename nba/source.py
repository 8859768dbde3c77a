"""Where a piece of text stands in a file, so that an error can point at the word."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

_LINE_END = re.compile("\n")
_WIDEST = 160  # characters of a line that an excerpt shows; a longer line is cut around the word


@dataclass(frozen=True)
class Source:
    r"""A text and the name to print for it (a path relative to the rules folder, or `<expression>`).

    >>> Source("a.yaml", "one\ntwo").line(2)
    'two'
    """

    name: str
    text: str = field(repr=False)

    @cached_property
    def _starts(self) -> Sequence[int]:
        return array("L", [0, *(match.end() for match in _LINE_END.finditer(self.text))])

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column, both counted from 1, of a character offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    @property
    def lines(self) -> int:
        """How many lines there are; one that nothing stands on counts, too."""
        return len(self._starts)

    def start(self, number: int) -> int:
        """The offset of the first character of a line, counted from 1."""
        return self._starts[number - 1]

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its line break."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r")


@dataclass(frozen=True, slots=True)
class Span:
    r"""A range of characters of a source: `start` inclusive, `end` exclusive.

    >>> str(Span(Source("a.yaml", "one\ntwo"), 4, 7))
    'a.yaml:2:1'
    """

    source: Source
    start: int
    end: int

    @property
    def line(self) -> int:
        """The line, counted from 1, of the first character."""
        return self.source.place(self.start)[0]

    @property
    def column(self) -> int:
        """The column, counted from 1, of the first character."""
        return self.source.place(self.start)[1]

    @property
    def location(self) -> str:
        """`file:line`, as decisions print it."""
        return f"{self.source.name}:{self.line}"

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"

    def excerpt(self) -> str:
        """The line with carets under the span, as errors print it."""
        line, column = self.source.place(self.start)
        text = self.source.line(line)
        first = column - 1
        width = max(1, min(self.end - self.start, len(text) - first))
        if len(text) > _WIDEST:
            cut = max(0, first - _WIDEST // 3)
            text, first = text[cut : cut + _WIDEST], first - cut
            width = max(1, min(width, len(text) - first))
        margin = " " * len(str(line))
        # A tab is kept in the margin of the carets, so that they stand under the word however wide tabs are shown.
        lead = "".join("\t" if character == "\t" else " " for character in text[:first])
        printable = "".join(character if character.isprintable() or character == "\t" else "�" for character in text)
        return f"{line} | {printable}\n{margin} | {lead}{'^' * width}"


@dataclass(frozen=True, slots=True)
class Written:
    """A scalar as it was written in a file: its text, and where each of its characters stands.

    `places` has one offset a character and one for the end. Nearly always the characters follow one another: then it is
    the offset of the first of them.

    >>> Written.of("1 + x").span(4, 5).column
    5
    """

    text: str
    source: Source = field(repr=False)
    places: Sequence[int] | int = field(default=0, repr=False, compare=False)

    @classmethod
    def of(cls, text: str, name: str = "<expression>") -> Written:
        """A text that is in no file."""
        return cls(text, Source(name, text))

    @property
    def offsets(self) -> Sequence[int]:
        """The offset of each character, and of the end."""
        places = self.places
        return range(places, places + len(self.text) + 1) if isinstance(places, int) else places

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """The place in the file of the characters from `start` to `end` of the text."""
        end, offsets = len(self.text) if end is None else end, self.offsets
        first = offsets[min(start, len(offsets) - 1)]
        last = offsets[min(max(end - 1, start), len(offsets) - 1)] + 1
        return Span(self.source, first, max(first, last) if end > start else first)

    def part(self, start: int, end: int) -> Written:
        """A part of the text, which still knows its place."""
        places = self.places
        places = places + start if isinstance(places, int) else places[start : end + 1]
        return Written(self.text[start:end], self.source, places)

    def __str__(self) -> str:
        return self.text
