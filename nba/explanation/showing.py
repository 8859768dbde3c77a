"""How explanations show values, instants and pages to people, and how they become plain data."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final

from nba.language.moments import read_instant, write_instant
from nba.language.show import show_literal
from nba.language.texts import show_value
from nba.language.values import FAILED

NOT_KNOWN: Final = "not known"
FAILED_TEXT: Final = "not known, as it failed"
WIDTH: Final = 100
_LONGEST: Final = 40


def shown(value: Any) -> str:
    """A value in at most 40 characters.

    >>> shown(None), shown(2.8541666), shown(True), shown(("a", "b")), shown(())
    ('not known', '2.85417', 'true', 'a, b', 'empty')
    """
    if isinstance(value, str):
        return short(printable(value))
    if value is None:
        return NOT_KNOWN
    if value is FAILED:
        return FAILED_TEXT
    if isinstance(value, bool | int):
        return short(show_value(value))
    if isinstance(value, Mapping):
        return counted(len(value), "field") if value else "empty"
    if isinstance(value, tuple):
        if any(isinstance(item, Mapping | None) for item in value):
            return counted(len(value), "item")
        # No more items than can be seen: a list may be long.
        return short(", ".join(shown(item) for item in value[:_LONGEST])) if value else "empty"
    if isinstance(value, float) and not value.is_integer():
        return f"{value:.6g}"
    return short(show_value(value))


def printable(text: str) -> str:
    """A text as it is, or in quotes with escapes when something in it could not be seen.

    >>> printable("Anna"), printable(""), printable(" a")
    ('Anna', '""', '" a"')
    """
    return text if text and text.isprintable() and text == text.strip() else show_literal(text)


def short(text: str, longest: int = _LONGEST) -> str:
    """The text, cut when it is too long."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def counted(number: int, noun: str) -> str:
    """A number of things.

    >>> counted(1, "item"), counted(2, "item")
    ('1 item', '2 items')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Words in a row.

    >>> listed(["a", "b", "c"]), listed(["a"], "or")
    ('a, b and c', 'a')
    """
    *first, final = words
    return f"{', '.join(first)} {last} {final}" if first else final


@dataclass(frozen=True)
class Place:
    """The time zone in which a page shows instants."""

    zone: tzinfo | None

    def moment(self, at: datetime | str) -> str:
        """An instant as people read it: `2026-12-06 11:00 (Europe/Helsinki)`.

        >>> Place(None).moment("2026-12-06T09:00:00Z")
        '2026-12-06 09:00 (UTC)'
        """
        found = read_instant(at) if isinstance(at, str) else at
        if found is None:
            return str(at)
        try:
            local, name = found.astimezone(self.zone or UTC), str(self.zone or "UTC")
        except OverflowError:  # the first or last day of the calendar
            local, name = found, "UTC"
        precision = "seconds" if local.second else "minutes"
        return f"{local.replace(tzinfo=None).isoformat(' ', precision)} ({name})"


NOWHERE: Final = Place(None)


@dataclass
class Page:
    """Lines of text that fit a terminal."""

    width: int = WIDTH
    lines: list[str] = field(default_factory=list)

    def add(self, text: str, indent: int = 0, hang: int = 2) -> None:
        """A paragraph; its lines after the first are indented by `hang` more. No text, no line."""
        if not text.isprintable():
            text = "".join(character if character.isprintable() else " " for character in text)
        if indent + len(text) <= self.width:  # what `wrap` would do
            self.lines += [f"{' ' * indent}{text.rstrip(' ')}"] if text.strip(" ") else []
            return
        first, rest = " " * indent, " " * (indent + hang)
        self.lines += _folded(f"{first}{text}", indent, rest, self.width) or textwrap.wrap(
            text, self.width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
        )

    def gap(self) -> None:
        """An empty line."""
        self.lines.append("")

    def head(self, text: str) -> None:
        """A heading, with an empty line before it."""
        self.gap()
        self.add(text)

    def __str__(self) -> str:
        return "\n".join(self.lines)


def _folded(text: str, indent: int, rest: str, width: int) -> list[str]:
    """What `textwrap.wrap` would do, which takes far longer; nothing when there is more to it than single spaces."""
    if "  " in text[indent:] or text[indent] == " " or text[-1] == " ":
        return []
    lines: list[str] = []
    while len(text) > width:
        end = text.rfind(" ", indent, width + 1)
        if end < 0:  # a word that is longer than a line
            return []
        lines.append(text[:end])
        text, indent = f"{rest}{text[end + 1 :]}", len(rest)
    return [*lines, text]


def plain(value: Any) -> Any:
    """A value, or a tree of dataclasses, as data that JSON can carry."""
    if is_dataclass(value) and not isinstance(value, type):
        return {of.name: plain(getattr(value, of.name)) for of in fields(value) if not of.name.startswith("_")}
    if isinstance(value, Mapping):
        return {str(key): plain(of) for key, of in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [plain(of) for of in (sorted(value, key=str) if isinstance(value, frozenset | set) else value)]
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return None if value is FAILED else value
