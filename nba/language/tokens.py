"""The words of an expression: the text cut into tokens, or refused with a place and a fix.

All that could make Python's own parser warn, differ between versions, or run out of stack or time ends here: what is
left is at most 500 plain ASCII tokens. One regular expression does it, so every Python cuts the text the same way.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from keyword import iskeyword
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias

from nba.errors import Problem, RulesError
from nba.language import habits
from nba.language.values import LARGEST_INTEGER
from nba.source import Written

MAX_CHARACTERS: Final = 20_000
MAX_TOKENS: Final = 500
_SPACE: Final = " \t\r\n"
_SHORTER = "give parts of it names of their own, as signals"
_LONGEST_NUMBER = 100  # characters; every double has a way to write it with fewer than 30

Kind: TypeAlias = Literal["name", "field", "number", "string", "operator"]


class Token(NamedTuple):
    """One word of an expression. A `field` is a name after a dot; `value` is what a string says."""

    kind: Kind
    text: str
    start: int
    end: int
    value: str = ""

    def is_(self, *texts: str) -> bool:
        """Whether it is one of these operators or keywords, and not a field or text that is spelled the same."""
        return self.text in texts and self.kind in ("name", "operator")


_OPERATORS = frozenset(["==", "!=", "<=", ">=", *"<>+-*/.,()[]"])
_KEYWORDS = frozenset(["and", "or", "not", "in", "is", "for", "if", "True", "False", "None"])
_SYMBOLS = "|".join(re.escape(symbol) for symbol in sorted({*_OPERATORS, *habits.SYMBOLS}, key=len, reverse=True))
_TOKEN = re.compile(
    rf"""
    [ \t\r\n]*
    (?:
      (?P<bracket> [()\[\],] )
    | (?P<date> [0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}} (?![0-9]) (?: [T\ ][0-9]{{1,2}}:[0-9]{{2}} [0-9A-Za-z:.+-]* )?
              | [0-9]{{1,2}}(?P<day_first>[/.])[0-9]{{1,2}}(?P=day_first)[0-9]{{4}} (?![\w.])
              | [0-9]{{4}}(?P<year_first>[/.])[0-9]{{1,2}}(?P=year_first)[0-9]{{1,2}} (?![\w.]) )
    | (?P<number> \.?[0-9] (?: [eE][+-](?=[0-9]) | [\w.] )* )
    | (?P<name> [^\W\d]\w* )
    | (?P<triple> \"\"\" | ''' )
    | (?P<string> "[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*" | '[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*' )
    | (?P<quote> ["'] )
    | (?P<comment> \# | /\* )
    | (?P<operator> {_SYMBOLS} )
    )
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ESCAPE = re.compile(r"""\\(?:u(?P<hex>[0-9a-fA-F]{4})|(?P<plain>[\\'"nt])|(?P<other>.))""")
_ESCAPED = {"n": "\n", "t": "\t"}
_SURROGATE = re.compile("[\ud800-\udfff]")
_PREFIX = re.compile(r"[rbfut]{1,2}", re.IGNORECASE)


def clip(text: str, width: int = 60) -> str:
    """The text for a message: all of it, or its beginning, without what a terminal would act on."""
    shown = text if len(text) <= width else text[: width - 3] + "..."
    return "".join(character if character.isprintable() else "\ufffd" for character in shown)


def refusal(written: Written, at: tuple[int, int], code: str, message: str, help: str | None = None) -> RulesError:
    """The error for a part of an expression, from the first to the last of the offsets `at`."""
    return RulesError([Problem(code, message, written.span(*at), help)])


def scan(written: Written) -> tuple[Token, ...]:
    """The tokens of an expression.

    Raises RulesError for a text with no tokens or too many, and for a character, number or string that is not part of
    the language.

    >>> [token.text for token in scan(Written.of('vehicle.class == "suv"'))]
    ['vehicle', '.', 'class', '==', '"suv"']
    """
    text = written.text
    if len(text) > MAX_CHARACTERS:
        message = f"the expression has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read"
        raise refusal(written, (0, len(text)), "too-long", message, _SHORTER)
    tokens: list[Token] = []
    position, end = 0, len(text.rstrip(_SPACE))
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise _bad_character(written, len(text) - len(text[position:].lstrip(_SPACE)))
        kind = match.lastgroup or ""
        if len(tokens) == MAX_TOKENS:
            message = f"the expression has more than {MAX_TOKENS} words and symbols"
            raise refusal(written, match.span(kind), "too-long", message, _SHORTER)
        start, position = match.span(kind)
        tokens.append(_READERS[kind](written, match[kind], start, tokens))
    if not tokens:
        help = "write a condition or a value, or leave the key out"
        raise refusal(written, (0, len(text)), "empty", "the expression is empty", help)
    return tuple(tokens)


def _operator(written: Written, text: str, start: int, before: list[Token]) -> Token:
    if text in _OPERATORS:
        return Token("operator", text, start, start + len(text))
    message = f"{'a backtick' if text == '`' else f'`{text}`'} is not part of the language"
    raise refusal(written, (start, start + len(text)), "not-allowed", message, _symbol_help(text, before))


def _comment(written: Written, text: str, start: int, before: list[Token]) -> Token:
    help = "put the comment in the YAML, outside the expression"
    raise refusal(written, (start, start + len(text)), "comment", "an expression has no comments", help)


def _triple(written: Written, text: str, start: int, before: list[Token]) -> Token:
    help = "write \"text\" or 'text'"
    raise refusal(written, (start, start + len(text)), "string", "a text has one quote on each side", help)


def _symbol_help(symbol: str, before: list[Token]) -> str | None:
    if symbol == "=" and len(before) > 2 and before[-1].kind == "name":
        called = before[-3].kind == "name" and not iskeyword(before[-3].text)
        if before[-2].is_(",") or (before[-2].is_("(") and called):
            return "compare with `==`; arguments of a function have no names"
    return habits.SYMBOLS[symbol]


def _name(written: Written, text: str, start: int, before: list[Token]) -> Token:
    at = start, start + len(text)
    if text.isascii() and text[:2] != "__":
        if before and before[-1].text == ".":
            return Token("field", text, *at)
        if not iskeyword(text) or text in _KEYWORDS:
            return Token("name", text, *at)
    if not text.isascii():
        odd = next(character for character in text if not character.isascii())
        help = f"names are of a-z, A-Z, 0-9 and _; here stands {_described(odd)}"
        raise refusal(written, at, "non-ascii-name", f"`{clip(text)}` is not a plain name", help)
    if text.startswith("__") and text.endswith("__"):
        message = f"`{clip(text)}` is not a name that rules can use"
        raise refusal(written, at, "not-allowed", message, "use a field, a signal or a function")
    if before and before[-1].is_("."):
        return Token("field", text, *at)
    if iskeyword(text) and text not in _KEYWORDS:
        message = f"`{text}` is not part of the language"
        raise refusal(written, at, "not-allowed", message, habits.KEYWORDS.get(text))
    return Token("name", text, *at)


def _number(written: Written, text: str, start: int, before: list[Token]) -> Token:
    at = start, start + len(text)
    follows_number = bool(before) and before[-1].kind == "number"
    if text.isascii() and text.isdigit() and len(text) < 16 and (text[0] != "0" or text == "0") and not follows_number:
        return Token("number", text, *at)
    shown = clip(text)
    if len(text) > _LONGEST_NUMBER:
        raise refusal(written, at, "number", f"`{clip(text, 20)}` has too many digits", f"at most {_LONGEST_NUMBER}")
    if not _NUMBER.fullmatch(text):
        raise refusal(written, at, "number", f"`{shown}` is not a number", _number_help(text))
    if follows_number and text.isdigit():
        help = f"write `{clip(before[-1].text + text)}`, without spaces"
        raise refusal(written, (before[-1].start, at[1]), "number", "two numbers stand side by side", help)
    if re.match("0[0-9]", text):
        help = f'write `{text.lstrip("0") or "0"}`; a code with leading zeros is a text: "{text}"'
        raise refusal(written, at, "number", f"`{shown}` begins with a zero", help if text.isdigit() else None)
    if text.isdigit() and int(text) > LARGEST_INTEGER:
        message = f"`{shown}` is too large: integers are exact up to {LARGEST_INTEGER}"
        raise refusal(written, at, "number", message, "if it is an id, it is a text: put it in quotes")
    if not math.isfinite(float(text)):
        raise refusal(written, at, "number", f"`{shown}` is too large", "the largest number is about 1.8e308")
    return Token("number", text, *at)


def _number_help(text: str) -> str | None:
    if not text.isascii():
        return "write it with the digits 0-9"
    plain = text.replace("_", "")
    if plain != text and _NUMBER.fullmatch(plain):
        return f"write `{plain}`, without underscores"
    if re.match("0[xXoObB]", text):
        return "write it in decimal"
    if ".." in text:
        return habits.SYMBOLS[".."]
    glued = re.fullmatch(r"([0-9]+\.?[0-9]*)([A-Za-z_]+)", text)
    if glued:
        return f"put a space between: `{glued[1]} {glued[2]}`" if glued[2] in _KEYWORDS else "write the digits alone"
    return None


def _date(written: Written, text: str, start: int, before: list[Token]) -> Token:
    at = start, start + len(text)
    iso = re.match("([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", text)
    day = f"{iso[1]}-{iso[2]:0>2}-{iso[3]:0>2}" if iso else "2026-12-31"
    if iso and iso[0] != text:
        help = f'write `instant("{day}T09:00:00Z")`, with the time and its zone'
    else:
        help = f'write `date("{day}")`' + ("" if iso else ", with the year first")
    raise refusal(written, at, "bare-date", f"`{clip(text)}` is not a way to write a date", help)


def _string(written: Written, text: str, start: int, before: list[Token]) -> Token:
    end = start + len(text)
    joins = bool(before) and before[-1].kind in ("name", "string")
    if text.isascii() and "\\" not in text and "\0" not in text and not joins:
        return Token("string", text, start, end, text[1:-1])
    if before and before[-1].end == start and before[-1].kind == "name" and _PREFIX.fullmatch(before[-1].text):
        prefix = before[-1].text
        at = before[-1].start, end
        raise refusal(written, at, "string", f"a text has no prefix `{prefix}`", "write the quotes alone")
    if before and before[-1].kind == "string":
        message = "two texts stand side by side"
        help = "put a comma or an operator between them; texts do not join"
        raise refusal(written, (before[-1].start, end), "adjacent-strings", message, help)

    def unescape(match: re.Match[str]) -> str:
        if match["hex"]:
            return chr(int(match["hex"], 16))
        if match["plain"]:
            return _ESCAPED.get(match["plain"], match["plain"])
        at = start + 1 + match.start(), start + 1 + match.end()
        other = match["other"]
        shown = f"`\\{other}`" if other.isprintable() else f"a backslash before {_described(other)}"
        help = r"""the escapes are \\ \" \' \n \t and \u with four hexadecimal digits; a plain backslash is \\"""
        raise refusal(written, at, "string", f"{shown} is not an escape", help)

    value = _ESCAPE.sub(unescape, text[1:-1]) if "\\" in text else text[1:-1]
    if _SURROGATE.search(value) and not _SURROGATE.search(text):
        # Two \u escapes can be the halves of one character, as in JSON.
        value = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    for odd in _SURROGATE.findall(value) or ("\0" if "\0" in value else ""):
        at = _odd_place(text, odd, start)
        raise refusal(written, at, "string", f"a text cannot hold {_described(odd)}", "leave it out")
    return Token("string", text, start, end, value)


def _odd_place(text: str, odd: str, start: int) -> tuple[int, int]:
    """Where a character that is no text stands in a string: as itself, or else somewhere in the whole of it."""
    index = text.find(odd)
    return (start, start + len(text)) if index < 0 else (start + index, start + index + 1)


def _quote(written: Written, text: str, start: int, before: list[Token]) -> Token:
    rest = re.match(r"[^\r\n]*", written.text[start:])
    end = start + (rest.end() if rest else 1)
    message = "the text that begins here has no closing quote on its line"
    raise refusal(written, (start, end), "string", message, r"close it with the same quote; a line break is \n")


def _bad_character(written: Written, position: int) -> RulesError:
    character = written.text[position]
    plain = unicodedata.normalize("NFKC", character)
    if character.isspace() or unicodedata.category(character) in ("Cf", "Zs"):
        help = "replace it with a plain space"
    elif plain.isascii() and plain.isprintable():
        help = f"write the plain `{plain}`"
    else:
        help = "outside of texts in quotes, an expression is plain ASCII"
    message = f"{_described(character)} is not part of the language"
    return refusal(written, (position, position + 1), "not-allowed", message, help)


def _described(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" ({name.lower()})" if name else "")


_READERS: Final[Mapping[str, Callable[[Written, str, int, list[Token]], Token]]] = MappingProxyType(
    {
        "name": _name,
        "number": _number,
        "string": _string,
        "operator": _operator,
        "bracket": _operator,
        "date": _date,
        "comment": _comment,
        "triple": _triple,
        "quote": _quote,
    }
)
"""By the name of what `_TOKEN` found: the token that it is, or the error that it is not part of the language."""
