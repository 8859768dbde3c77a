"""What people write out of habit from SQL, spreadsheets and other languages, and what to write here instead."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

_CHOOSE = "a condition is true or false by itself; to choose between values, use `first_of` in a signal"
_NO_PATTERNS = 'there are no patterns: use `starts_with(x, "...")`, `ends_with(x, "...")` or `x in ["...", "..."]`'
_RANGE = "write `low <= x <= high`"
_STRAIGHT = 'write a text in straight quotes: "text"'
_QUOTES = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a\xab\xbb\xb4"  # curly, angled, accent
_SMALLER = "write `{}`, in small letters"

SYMBOLS: Final = MappingProxyType(
    {
        "=": "compare with `==`",
        "===": "compare with `==`",
        "!==": "compare with `!=`",
        "<>": "write `!=`",
        "=>": "write `>=`",
        "=<": "write `<=`",
        "&&": "write `and`",
        "||": "write `or`",
        "!": "write `not`",
        "&": "write `and`",
        "|": "write `or`, or `x in [...]`",
        "~": "write `not`",
        "^": "there are no powers: write `x * x`",
        "**": "there are no powers: write `x * x`",
        "//": "divide with `/`; a comment belongs in the YAML, outside the expression",
        "%": "write 5% as `0.05`; there is no remainder operator",
        "<<": None,
        ">>": None,
        "->": "a field is read with a dot: `service.cases`",
        "::": None,
        ":=": "compare with `==`; a value gets a name as a signal",
        "?": _CHOOSE,
        "??": "write `default(x, value)`",
        "?.": "write a plain dot: a field of something missing is missing",
        ":": "there are no slices, maps or `? :` here",
        "..": _RANGE,
        ";": "join conditions with `and` or `or`",
        "{": 'a list is written in square brackets: ["a", "b"]',
        "}": 'a list is written in square brackets: ["a", "b"]',
        "`": "write the name without backticks, and a text in straight quotes",
        "@": None,
        "$": "write the name without `$`",
        "\\": "an expression may run over several lines without a mark",
        "\N{GREATER-THAN OR EQUAL TO}": "write `>=`",
        "\N{LESS-THAN OR EQUAL TO}": "write `<=`",
        "\N{NOT EQUAL TO}": "write `!=`",
        "\N{MULTIPLICATION SIGN}": "write `*`",
        "\N{DIVISION SIGN}": "write `/`",
        "\N{MINUS SIGN}": "write the plain minus `-`",
        "\N{EN DASH}": "write the plain minus `-`",
        "\N{EM DASH}": "write the plain minus `-`",
        "\N{NOT SIGN}": "write `not`",
        "\N{LOGICAL AND}": "write `and`",
        "\N{LOGICAL OR}": "write `or`",
        "\N{ELEMENT OF}": "write `in`",
        **dict.fromkeys(_QUOTES, _STRAIGHT),
    }
)
"""By symbol, the help; None where no other way of writing it exists."""

WORDS: Final = MappingProxyType(
    {
        **{word: _SMALLER.format(word.lower()) for word in ("AND", "OR", "NOT", "IN", "IS", "FOR")},
        **dict.fromkeys(("IF", "ELSE", "THEN", "CASE", "WHEN", "ELIF", "END", "IIF"), _CHOOSE),
        **dict.fromkeys(("LIKE", "ILIKE", "RLIKE", "MATCHES", "REGEXP"), _NO_PATTERNS),
        **dict.fromkeys(("CONTAINS", "INCLUDES", "HAS"), 'write `"gold" in tags`: the item, `in`, the list'),
        **dict.fromkeys(("STARTSWITH", "STARTS"), 'write `starts_with(x, "...")`'),
        **dict.fromkeys(("ENDSWITH", "ENDS"), 'write `ends_with(x, "...")`'),
        **dict.fromkeys(("EQ", "EQUALS"), "write `==`"),
        **dict.fromkeys(("NE", "NEQ"), "write `!=`"),
        "BETWEEN": _RANGE,
        "GT": "write `>`",
        "GE": "write `>=`",
        "GTE": "write `>=`",
        "LT": "write `<`",
        "LE": "write `<=`",
        "LTE": "write `<=`",
        "ISNULL": "write `x is missing`",
        "NOTNULL": "write `x is not missing`",
        "XOR": "write `(a or b) and not (a and b)`",
        "MOD": "there is no remainder operator",
        "DIV": "divide with `/`",
        "UNLESS": "write `and not`",
    }
)
"""By word in capitals, the help when it stands where an operator belongs."""

KEYWORDS: Final = MappingProxyType(
    {
        "if": _CHOOSE,
        "else": _CHOOSE,
        "elif": _CHOOSE,
        "lambda": "write the condition itself; over a list, `any(c.open for c in service.cases)`",
        "import": "the functions are built in and need no import",
        "async": "write a plain `for`",
    }
)
"""By keyword of Python that has no place in the language, the help."""

CALLS: Final = MappingProxyType(
    {
        "AND": "write `a and b`",
        "OR": "write `a or b`",
        "NOT": "write `not a`",
        "IF": _CHOOSE,
        "IIF": _CHOOSE,
        "ISNULL": "write `x is missing`",
        "ISBLANK": "write `x is missing`",
        "MISSING": "write `x is missing`",
    }
)
"""By name in capitals, the help for what other languages write as a function and this one as an operator."""

METHODS: Final = MappingProxyType(
    {
        **dict.fromkeys(("size", "length", "len", "count"), "write `len({of})`"),
        **dict.fromkeys(("startswith", "starts_with"), 'write `starts_with({of}, "...")`'),
        **dict.fromkeys(("endswith", "ends_with"), 'write `ends_with({of}, "...")`'),
        **dict.fromkeys(("contains", "includes", "has"), 'write `"..." in {of}`'),
        **dict.fromkeys(("isempty", "is_empty", "empty"), "write `len({of}) == 0`"),
        **dict.fromkeys(("isnull", "is_null"), "write `{of} is missing`"),
        "get": 'write `{of}["key"]`, or `default({of}["key"], value)`',
    }
)
"""By method name in small letters, the function to call instead."""
