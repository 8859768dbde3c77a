"""YAML scalars: the values of the 1.2 core schema, and the place in the file of each character."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final, TypeAlias

from nba.language.values import LARGEST_INTEGER

__all__ = ["ScalarValue", "core_value", "looks_cut", "offsets"]

ScalarValue: TypeAlias = bool | int | float | str | None

_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_OTHER_INTEGER = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_MOST_DIGITS = 17  # of 2**53 in any base; `int` itself refuses 4,301 with an error of its own


def core_value(text: str) -> ScalarValue:
    """The value of a plain scalar by the YAML 1.2 core schema; what is nothing else is a text.

    Raises ValueError, with words for a reader, for a number that cannot be held exactly or is not finite.

    >>> [core_value(text) for text in ("null", "True", "012", "0o17", "1.5e3", "no", "1_000", "2026-01-01")]
    [None, True, 12, 15, 1500.0, 'no', '1_000', '2026-01-01']
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _DECIMAL.fullmatch(text):
        return _integer(text, text.lstrip("+-").lstrip("0"), 10)
    if _OTHER_INTEGER.fullmatch(text):
        return _integer(text, text[2:].lstrip("0"), 8 if text[1] == "o" else 16)
    if _NOT_FINITE.fullmatch(text):
        raise ValueError("a number must be finite")
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise ValueError("a number must be finite")
        return number + 0.0  # -0.0 is 0.0
    return text


def _integer(text: str, digits: str, base: int) -> int:
    number = int(digits or "0", base) if len(digits) <= _MOST_DIGITS + 1 else LARGEST_INTEGER + 1
    if number > LARGEST_INTEGER:
        raise ValueError("a whole number must be within ±2^53")
    return -number if text[0] == "-" else number


_FOLD = r"(?P<fold>[ \t]*(?:\r?\n[ \t]*)+)|(?P<blank>[ \t]+)"
_PLAIN = re.compile(rf"{_FOLD}|(?P<run>[^ \t\r\n]+)")
_SINGLE = re.compile(rf"{_FOLD}|(?P<run>[^ \t\r\n']+)|(?P<escape>'')")
_DOUBLE = re.compile(
    rf'{_FOLD}|(?P<run>[^ \t\r\n"\\]+)'
    r"|(?P<joined>\\\r?\n[ \t]*(?:\r?\n[ \t]*)*)"
    r"|(?P<escape>\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.))"
)


def offsets(text: str, start: int, end: int, value: str, style: str) -> Sequence[int]:
    r"""Where each character of a scalar's decoded `value` stands in `text[start:end]`, and where the scalar ends.

    An escape stands where it begins. `style` is YAML's sign of the scalar: a quote, `|`, `>`, or nothing when plain.

    >>> list(offsets(r'"a\tb"', 0, 6, "a\tb", '"'))
    [1, 2, 4, 5]
    """
    if style in ("|", ">"):
        return _block_offsets(text, start, end, value)
    if style:
        start, end = start + 1, end - 1
    if end - start == len(value):  # nothing is escaped or folded; a range costs nothing
        return range(start, end + 1)
    pattern = _PLAIN if not style else _SINGLE if style == "'" else _DOUBLE
    found: list[int] = []
    for match in pattern.finditer(text, start, end):
        first, last = match.span()
        if match.lastgroup in ("run", "blank"):
            found.extend(range(first, last))
        elif match.lastgroup == "escape":
            found.append(first)
        else:  # the first line break reads as one space, or as nothing when there are more, or when it is escaped
            breaks = match.group().count("\n")
            found.extend([first] * max(breaks - 1, 1 if match.lastgroup == "fold" else 0))
    found.append(end)
    return found


_INK = re.compile(r"[^ \t\r\n]+")
_SPACES = re.compile(r"[ \t\r\n]+")


def _block_offsets(text: str, start: int, end: int, value: str) -> list[int]:
    """The same for a block: its words follow each other in the file, with other white space between them."""
    header = text.find("\n", start, end)
    position = end if header < 0 else header + 1
    found: list[int] = []
    for match in re.finditer(rf"{_INK.pattern}|{_SPACES.pattern}", value):
        length = match.end() - match.start()
        space = _SPACES.match(text, position, end)
        after = space.end() if space else position
        if value[match.start()] in " \t\n":
            found.extend(min(position + step, max(position, after - 1)) for step in range(length))
        else:
            found.extend(range(after, after + length))
            position = after + length
    found.append(found[-1] + 1 if found else end)
    return found


def looks_cut(text: str) -> bool:
    """Whether a quote or bracket is still open at the end of a text, so that YAML seems to have cut it there.

    An apostrophe after a letter opens nothing.

    >>> looks_cut('x == "a'), looks_cut("we don't sell")
    (True, False)
    """
    quote, open_brackets, before = "", 0, ""
    for character in text:
        if quote:
            quote = "" if character == quote and before != "\\" else quote
        elif character in "\"'" and not before.isalnum():
            quote = character
        else:
            open_brackets += (character in "([{") - (character in ")]}")
        before = character
    return bool(quote) or open_brackets > 0
