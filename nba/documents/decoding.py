"""From the bytes of a file to a text that is safe to read on: UTF-8, not endless, and of ordinary characters."""

from __future__ import annotations

import codecs
import re
from typing import Final

from nba.errors import Problem, RulesError
from nba.source import Source, Span

__all__ = ["LONGEST_TEXT", "checked", "decode"]

LONGEST_TEXT: Final = 5_000_000  # characters of a file

# What no text file has. U+0085, U+2028 and U+2029 are line breaks to YAML 1.1 but not to 1.2, nor to every editor.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]|\r(?!\n)")
_OTHER_ENCODINGS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(name: str, data: bytes) -> Source:
    """The text of a file in UTF-8, with or without a byte order mark.

    Raises:
        RulesError: the bytes are not UTF-8, with the place of the first that is not, or far too many.

    >>> decode("a.yaml", b"a: 1").text
    'a: 1'
    """
    if len(data) > 4 * LONGEST_TEXT:
        raise RulesError([_too_long(name)])
    if data.startswith(_OTHER_ENCODINGS):
        message = "this file is in UTF-16 or UTF-32"
        raise RulesError([Problem("encoding", message, Span(Source(name, ""), 0, 0), "save the file as UTF-8")])
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return Source(name, data.decode())
    except UnicodeDecodeError as error:
        start = len(data[: error.start].decode())
        span = Span(Source(name, data.decode(errors="replace")), start, start + 1)
        message = f"the byte 0x{data[error.start]:02X} here is not UTF-8"
        raise RulesError([Problem("encoding", message, span, "save the file as UTF-8")]) from None


def checked(source: Source) -> Source:
    """The source without a byte order mark.

    Raises:
        RulesError: the text is too long, or has a character that no rule file needs.
    """
    source = Source(source.name, source.text.removeprefix("\ufeff"))
    if len(source.text) > LONGEST_TEXT:
        raise RulesError([_too_long(source.name)])
    match = _FORBIDDEN.search(source.text)
    if match:
        raise RulesError([_forbidden(source, match)])
    return source


def _too_long(name: str) -> Problem:
    limit = f"{LONGEST_TEXT:,} characters"
    span = Span(Source(name, ""), 0, 0)  # the text is not worth a search for its lines
    return Problem("too-long", f"the file has more than {limit}", span, "split it into several files")


def _forbidden(source: Source, match: re.Match[str]) -> Problem:
    span, code = Span(source, match.start(), match.end()), ord(match.group())
    if code == 0x0D:
        help = "save the file with the line ends of Unix (LF) or Windows (CR LF)"
        return Problem("character", "a carriage return without a line feed is no line end", span, help)
    if code == 0:
        return Problem("character", "there is a NUL in the text", span, "save the file as UTF-8 text")
    help = "remove it"
    if code in (0x85, 0x2028, 0x2029):
        help = f"use an ordinary line break, or write `\\u{code:04x}` within double quotes"
    return Problem("character", f"the character U+{code:04X} cannot stand in a rule file", span, help)
