"""What PyYAML says about a text that is not YAML, in plain English, with the way to mend it.

Most often the text is an expression that YAML reads as something else: `when: 'gold' in tags`, `ends: > 5`.
"""

from __future__ import annotations

import re
from typing import Final

import yaml

from nba.errors import Problem
from nba.source import Source, Span

__all__ = ["clipped", "help_to_quote", "syntax_problem"]

_LONGEST_SHOWN: Final = 80

_BEGINNINGS: Final = {
    "\t": "a tab stands where YAML wants spaces",
    ">": "`>` at the beginning of a value begins a block of text",
    "|": "`|` at the beginning of a value begins a block of text",
    "&": "`&` at the beginning of a value names it for aliases",
    "*": "`*` at the beginning of a value repeats another one",
    "!": "`!` at the beginning of a value begins a tag",
    "-": "`-` begins an item of a list, which cannot begin here",
    "?": "`?` begins a key, which cannot begin here",
}
_INDICATORS: Final = "]},:-?"  # that can stand where a value should
_INDENT: Final = "indent with spaces, and use no tabs"


def clipped(text: str) -> str:
    """A text short enough for a message."""
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def help_to_quote(source: Source, start: int, flow: bool = False) -> str:
    r"""How to write the text from `start` to the end of its line so that YAML takes it as it is.

    Within `{ }` and `[ ]` (`flow`) nobody knows where the text was meant to end.

    >>> help_to_quote(Source("a.yaml", "- when: 'gold' in tags"), 8)
    'put the whole text between quotes: `when: "\'gold\' in tags"`'
    """
    line = source.text.rfind("\n", 0, start) + 1
    end = _line_end(source.text, start)
    leaf = source.text[start:end].strip()
    key = source.text[line:start].strip().removeprefix("- ").strip()
    key = f"{key} " if key.endswith(":") and len(key) <= _LONGEST_SHOWN // 2 else ""
    flow = flow or any(bracket in source.text[line:start] for bracket in "[{")
    if flow or not leaf or len(leaf) > _LONGEST_SHOWN:
        return "put the whole text between quotes"
    for quote, spoilt in ('"', '"\\'), ("'", "'"):
        if not any(character in leaf for character in spoilt):
            return f"put the whole text between quotes: `{key}{quote}{leaf}{quote}`"
    return f"write `{key}|` and put the text on a line of its own below, further indented"


def syntax_problem(error: Exception, source: Source, last: tuple[int, int]) -> Problem:
    """The problem that an exception of PyYAML stands for. `last`: where the value before it starts and ends."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return _problem(source, last[1], "YAML cannot read on after this", "correct the text that follows")
    text, said, context = source.text, error.problem or "", error.context or ""
    mark, begun = _index(error.problem_mark, text), _index(error.context_mark, text)
    character = text[mark : mark + 1]
    if "\t" in (character, text[mark - 1 : mark]) and re.search("tab|cannot start any token", said):
        return _problem(source, mark if character == "\t" else mark - 1, _BEGINNINGS["\t"], _INDENT)
    if "nesting depth" in said:  # libyaml, since 0.2.6, refuses what is still deeper before we see it
        message = "too many mappings and lists are within each other"
        return Problem("too-deep", message, Span(source, mark, mark + 1), "give the file a flatter shape")
    if "quoted scalar" in context:
        return _in_quotes(source, said, mark, begun)
    if "node content" in said and not character:
        return _not_closed(source, mark, begun)
    if "cannot start any token" in said or ("node content" in said and character in _INDICATORS):
        message = _BEGINNINGS.get(character, f"a text without quotes cannot begin with {_shown(character)}")
        return _problem(source, mark, message, help_to_quote(source, mark))
    if (
        "block scalar" in context
        or "anchor" in context
        or "alias" in context
        or re.search(r"\btag\b", f"{context} {said}")
    ):
        start = mark if text[mark : mark + 1] == "!" else max(begun, 0)
        return _problem(source, start, _BEGINNINGS.get(text[start : start + 1], said), help_to_quote(source, start))
    if "not allowed" in said:
        if character == ":":
            return _second_colon(source, mark)
        return _problem(source, mark, _BEGINNINGS.get(character, said), help_to_quote(source, mark))
    if "directive" in said + context or "YAML document" in said:
        return _problem(source, max(begun, 0) if context else mark, "a line cannot begin with `%`", "remove the line")
    if "simple key" in context:
        help = "write `key: value`, or indent the line further than the one it continues"
        return _problem(source, begun, "this looks like a key, but no `:` follows", help)
    return _out_of_place(source, said, mark, begun, last)


def _in_quotes(source: Source, said: str, mark: int, begun: int) -> Problem:
    if "unexpected" in said:
        quote = source.text[begun]
        return _problem(source, begun, "this quote is never closed", f"put a `{quote}` at the end of the text")
    backslash = source.text.rfind("\\", begun, mark + 1)
    if re.match(r"\\u[dD][89a-fA-F]", source.text[max(backslash, begun) : mark + 5]):
        return _problem(source, backslash, "this escape is half of a character", "write the character itself")
    help = "double the backslash, or use single quotes, where a backslash is only a backslash"
    return _problem(source, max(backslash, begun), "this escape means nothing within double quotes", help)


def _second_colon(source: Source, mark: int) -> Problem:
    """`: ` where no key can be: in the middle of a value, or after a line that was meant to be a key too."""
    line = source.text.rfind("\n", 0, mark) + 1
    first = re.compile(r"[ \t]*(?:- +)*[\w.-]+[ \t]*:[ \t]+").match(source.text, line, mark)
    if first:
        help = help_to_quote(source, first.end())
        return _problem(source, mark, "`: ` cannot stand in a text that is not quoted", help)
    before = source.text[:line].rstrip().rpartition("\n")[2].strip()
    glued = re.match(r"(?:- +)*([\w.-]+):(\S+)", before)
    if glued:
        help = f"put a space after the colon on the line above: `{clipped(f'{glued[1]}: {glued[2]}')}`"
    else:
        help = "indent it like the keys beside it, or see whether the line above lacks its `:` or its quotes"
    start = mark - len(source.text[line:mark].lstrip())
    return _problem(source, start, "a key cannot begin here", help, mark)


def _out_of_place(source: Source, said: str, mark: int, begun: int, last: tuple[int, int]) -> Problem:
    """Something stands where a comma, the next key or the next item should be."""
    text = source.text
    flow = re.search(r"',' or '?([\]}])", said)
    gap = text[last[1] : mark] if last[1] <= mark else "\n"
    if text[mark:].strip() and "\n" not in gap and text[last[0] : last[0] + 1] in ("'", '"', "[", "{", "*"):
        opening = text[last[0]]
        if opening in "'\"" and "\n" in text[last[0] : last[1]]:
            message = f"this quote is closed on line {source.place(last[1])[0]} only"
            return _problem(source, last[0], message, f"put a `{opening}` at the end of the text")
        what = {"*": "an alias"}.get(opening, "a quoted text" if opening in "'\"" else f"`{opening}`")
        message = f"a value that begins with {what} must end with it, but something follows"
        return _problem(source, mark, message, help_to_quote(source, last[0], flow=bool(flow)))
    if flow:
        if not text[mark:].strip():
            return _not_closed(source, mark, begun)
        line = source.place(begun)[0]
        help = f"close the `{text[begun]}` of line {line}, or quote the text that holds any of `, : # [ ] {{ }}`"
        return _problem(source, mark, f"`,` or `{flow[1]}` should stand here", help)
    if 0 <= begun < mark:
        line = source.place(begun)[0]
        what = "items of the list" if text[begun] == "-" else "keys of the mapping"
        help = f"begin it in the same column as the {what} that began on line {line}, or indent it further"
        return _problem(source, mark, "this line does not fit in with the lines above it", help)
    return _problem(
        source, mark, "this does not belong to what stands above it", "see whether a `:` or a quote is missing"
    )


def _not_closed(source: Source, mark: int, begun: int) -> Problem:
    opening = source.text[begun : begun + 1] if begun >= 0 else ""
    if opening not in ("[", "{"):
        return _problem(source, mark, "the text ends where a value should be", "write the value, or quotes around it")
    return _problem(source, begun, f"this `{opening}` is never closed", f"put a `{chr(ord(opening) + 2)}` at its end")


def _problem(source: Source, start: int, message: str, help: str, end: int | None = None) -> Problem:
    start = min(max(start, 0), len(source.text))
    if end is None:
        word = re.compile(r"\S+").match(source.text, start)
        end = word.end() if word else min(start + 1, len(source.text))
    return Problem("yaml", message, Span(source, start, end), help)


def _shown(character: str) -> str:
    return "a backtick" if character == "`" else f"`{character}`"


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end


def _index(mark: yaml.Mark | None, text: str) -> int:
    return -1 if mark is None else min(mark.index, len(text))
