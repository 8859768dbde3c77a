"""What the expression language reads, what it refuses, and what it says then."""

from __future__ import annotations

import ast

import pytest

from nba.errors import Problem, RulesError
from nba.language.parse import parse
from nba.language.syntax import (
    Aggregate,
    And,
    Arithmetic,
    Attribute,
    Call,
    Compare,
    Expression,
    Index,
    ListLiteral,
    Literal_,
    Minus,
    Missing,
    Name,
    Not,
    Or,
)
from nba.source import Source, Written

A, B, C, X = Name("a"), Name("b"), Name("c"), Name("x")


def read(text: str) -> Expression:
    return parse(Written.of(text))


def refused(text: str) -> Problem:
    with pytest.raises(RulesError) as caught:
        read(text)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("true", Literal_(True)),
        ("false", Literal_(False)),
        ("12", Literal_(12)),
        ("0", Literal_(0)),
        ("0.5", Literal_(0.5)),
        (".5", Literal_(0.5)),
        ("5.", Literal_(5.0)),
        ("1e-3", Literal_(0.001)),
        ("9007199254740992", Literal_(2**53)),
        ("-9007199254740992", Literal_(-(2**53))),
        ("-5", Literal_(-5)),
        ("- 5", Literal_(-5)),
        ("-(5)", Literal_(-5)),
        ("-0.0", Literal_(0.0)),
        ("--5", Minus(Literal_(-5))),
        ("-x", Minus(X)),
        ('"a"', Literal_("a")),
        ("'a'", Literal_("a")),
        ('"it\'s"', Literal_("it's")),
        ('""', Literal_("")),
        (r'"\\ \" \' \n \t \u20ac"', Literal_("\\ \" ' \n \t €")),
        (r'"\ud83d\ude00"', Literal_("😀")),
        ('"ä😀 # == not"', Literal_("ä😀 # == not")),
        ('["a", -1, true]', ListLiteral((Literal_("a"), Literal_(-1), Literal_(True)))),
        ('["a",]', ListLiteral((Literal_("a"),))),
        ("a.b.c", Attribute(Attribute(A, "b"), "c")),
        ("a . b", Attribute(A, "b")),
        ("(a.b).c", Attribute(Attribute(A, "b"), "c")),
        ("x.class", Attribute(X, "class")),
        ("x.from.is.True.missing", Attribute(Attribute(Attribute(Attribute(X, "from"), "is"), "True"), "missing")),
        ('a["k"]', Index(A, Literal_("k"))),
        ("a.b[c.x].x", Attribute(Index(Attribute(A, "b"), Attribute(C, "x")), "x")),
        ("1 <= x < 5", Compare(Literal_(1), (("<=", X), ("<", Literal_(5))))),
        ("a != b", Compare(A, (("!=", B),))),
        ("a in b", Compare(A, (("in", B),))),
        ("a not in b", Compare(A, (("not in", B),))),
        ("a is missing", Missing(A)),
        ("a is not missing", Missing(A, negated=True)),
        ("not a is missing", Not(Missing(A))),
        ("(a == b) is missing", Missing(Compare(A, (("==", B),)))),
        ("a and b and c", And((A, B, C))),
        ("(a and b) and c", And((And((A, B)), C))),
        ("a or b and c", Or((A, And((B, C))))),
        ("not a and b", And((Not(A), B))),
        ("a - b - c", Arithmetic("-", Arithmetic("-", A, B), C)),
        ("a + b * c / x", Arithmetic("+", A, Arithmetic("/", Arithmetic("*", B, C), X))),
        ("a - -5", Arithmetic("-", A, Literal_(-5))),
        ("days_since(a)", Call("days_since", (A,))),
        ("clamp(a, b, c)", Call("clamp", (A, B, C))),
        ("f()", Call("f", ())),
        ("f(a,)", Call("f", (A,))),
        ("any(x)", Call("any", (X,))),
        ("min(a, b)", Call("min", (A, B))),
        ("any(c.x for c in a)", Aggregate("any", Attribute(C, "x"), "c", A)),
        ("count(c for c in a.b if c.x == 1 and b)",
         Aggregate("count", C, "c", Attribute(A, "b"), And((Compare(Attribute(C, "x"), (("==", Literal_(1)),)), B)))),
        ("all(any(b for b in c) for c in a)", Aggregate("all", Aggregate("any", B, "b", C), "c", A)),
        ("match.type + case", Arithmetic("+", Attribute(Name("match"), "type"), Name("case"))),
        ("yes or no", Or((Name("yes"), Name("no")))),
    ],
)  # fmt: skip
def test_a_text_is_read_as_its_tree(text: str, tree: Expression) -> None:
    assert repr(read(text)) == repr(tree)  # repr tells 1, 1.0 and true apart


@pytest.mark.parametrize(
    "text", ["a\nand b", "\n  a and\r\n\tb\n", "a\n\n\nand\nb", "  a and b  ", "a and(b)", "(a)and b"]
)
def test_line_breaks_and_spaces_mean_the_same(text: str) -> None:
    assert read(text) == And((A, B))


def test_positions_are_offsets_in_characters() -> None:
    text = '"ä😀" == x.class\n and any(c for c in vehicle.from)'
    tree = read(text)
    assert isinstance(tree, And)
    compare, aggregate = tree.items
    assert isinstance(compare, Compare)
    assert isinstance(aggregate, Aggregate)
    parts: list[Expression] = [tree, compare, compare.first, compare.rest[0][1], aggregate, aggregate.over]
    assert [text[slice(*part.at)] for part in parts] == [
        text,
        '"ä😀" == x.class',
        '"ä😀"',
        "x.class",
        "any(c for c in vehicle.from)",
        "vehicle.from",
    ]
    assert text[slice(*aggregate.item_at)] == "c"
    assert aggregate.item_at[0] == text.index("c in")


def test_a_function_name_has_a_place_of_its_own() -> None:
    tree = read("  days_since( x )")
    assert isinstance(tree, Call)
    assert (tree.name_at, tree.at) == ((2, 12), (2, 17))


def test_an_error_in_a_file_points_into_the_file() -> None:
    source = Source("rules/a.yaml", 'when: "a = b"')
    written = Written("a = b", source, range(7, 13))
    with pytest.raises(RulesError) as caught:
        parse(written)
    assert str(caught.value).splitlines()[1:4] == [
        "  --> rules/a.yaml:1:10",
        '1 | when: "a = b"',
        "  |          ^",
    ]


CHOOSE = "a condition is true or false by itself; to choose between values, use `first_of` in a signal"
STRAIGHT = 'write a text in straight quotes: "text"'
BRACKETS = 'a list is written in square brackets: ["a", "b"]'
ESCAPES = r"""the escapes are \\ \" \' \n \t and \u with four hexadecimal digits; a plain backslash is \\"""
PARENTHESES = "put one of them in parentheses, or join them with `and`"
SIGNAL = "give a part of it a name of its own, as a signal"
SIGNALS = "give parts of it names of their own, as signals"
JOIN = "join them with an operator, such as `==`, `and`, `+`"
NO_VALUE = "`missing` is not a value: nothing equals it, and it goes only after `is` or `is not`"
PATTERNS = 'there are no patterns: use `starts_with(x, "...")`, `ends_with(x, "...")` or `x in ["...", "..."]`'
ONE_FOR = "go over a list in a list with two functions: `any(any(... for d in c.items) for c in ...)`"


def foreign(word: str) -> str:
    return f"`{word}` is not part of the language"


def between(left: str, right: str) -> str:
    return f"an operator is missing between `{left}` and `{right}`"


# text, code, column, the words under the carets, message, help
REFUSED: list[tuple[str, str, int, str, str, str | None]] = [
    # habits of SQL
    ("x = 1", "not-allowed", 3, "=", foreign("="), "compare with `==`"),
    ("x <> 1", "not-allowed", 3, "<>", foreign("<>"), "write `!=`"),
    ("x AND y", "syntax", 3, "AND", between("x", "AND"), "write `and`, in small letters"),
    ("x Or y", "syntax", 3, "Or", between("x", "Or"), "write `or`, in small letters"),
    ("NOT x", "syntax", 5, "x", between("NOT", "x"), "write `not`, in small letters"),
    ("x BETWEEN 1 AND 5", "syntax", 3, "BETWEEN", between("x", "BETWEEN"), "write `low <= x <= high`"),
    ("x between 1 and 5", "syntax", 3, "between", between("x", "between"), "write `low <= x <= high`"),
    ('x LIKE "a%"', "syntax", 3, "LIKE", between("x", "LIKE"), PATTERNS),
    ("x IN y", "syntax", 3, "IN", between("x", "IN"), "write `in`, in small letters"),
    ("x IS NULL", "syntax", 3, "IS", between("x", "IS"), "say `is missing`"),
    ("x IS NOT NULL", "syntax", 3, "IS", between("x", "IS"), "say `is not missing`"),
    ("x XOR y", "syntax", 3, "XOR", between("x", "XOR"), "write `(a or b) and not (a and b)`"),
    ("x == null", "not-allowed", 6, "null", "nothing equals `null`", "say `x is missing`"),
    ("a.b != NULL", "not-allowed", 8, "NULL", "nothing equals `NULL`", "say `a.b is not missing`"),
    ("null", "not-allowed", 1, "null", foreign("null"), "say `x is missing`"),
    ('x in ("a", "b")', "not-allowed", 10, ",", "a comma cannot stand in plain parentheses", BRACKETS),
    # habits of spreadsheets
    ("AND(x, y)", "not-allowed", 1, "AND", "`AND` is not a function", "write `a and b`"),
    ("NOT(x)", "not-allowed", 1, "NOT", "`NOT` is not a function", "write `not a`"),
    ("IF(x, y, z)", "not-allowed", 1, "IF", "`IF` is not a function", CHOOSE),
    ("ISBLANK(x)", "not-allowed", 1, "ISBLANK", "`ISBLANK` is not a function", "write `x is missing`"),
    ("TRUE", "not-allowed", 1, "TRUE", foreign("TRUE"), "write `true`"),
    ("5%", "not-allowed", 2, "%", foreign("%"), "write 5% as `0.05`; there is no remainder operator"),
    ("f(x; y)", "not-allowed", 4, ";", foreign(";"), "join conditions with `and` or `or`"),
    ("x => 1", "not-allowed", 3, "=>", foreign("=>"), "write `>=`"),
    ("x =< 1", "not-allowed", 3, "=<", foreign("=<"), "write `<=`"),
    # habits of other languages
    ("x && y", "not-allowed", 3, "&&", foreign("&&"), "write `and`"),
    ("x || y", "not-allowed", 3, "||", foreign("||"), "write `or`"),
    ("!x", "not-allowed", 1, "!", foreign("!"), "write `not`"),
    ("x === y", "not-allowed", 3, "===", foreign("==="), "compare with `==`"),
    ("x ? y : z", "not-allowed", 3, "?", foreign("?"), CHOOSE),
    ("x?.y", "not-allowed", 2, "?.", foreign("?."), "write a plain dot: a field of something missing is missing"),
    ("x ?? 0", "not-allowed", 3, "??", foreign("??"), "write `default(x, value)`"),
    ("if (x) y", "not-allowed", 1, "if", "`if` belongs after the list of a `for`", CHOOSE),
    ("x if y", "not-allowed", 3, "if", "`if` belongs after the list of a `for`", CHOOSE),
    ("x if y else z", "not-allowed", 8, "else", foreign("else"), CHOOSE),
    ("a.b.size() > 1", "not-allowed", 5, "size(", "`.size(` calls a method; only functions can be called",
     "write `len(a.b)`"),
    ('x[y].startsWith("a")', "not-allowed", 6, "startsWith(",
     "`.startsWith(` calls a method; only functions can be called", 'write `starts_with(x, "...")`'),
    ("x.go(1)", "not-allowed", 3, "go(", "`.go(` calls a method; only functions can be called",
     "write `function(x)`, with a function of the language"),
    ("`x`", "not-allowed", 1, "`", "a backtick is not part of the language",
     "write the name without backticks, and a text in straight quotes"),
    ("x == “a”", "not-allowed", 6, "“", foreign("“"), STRAIGHT),
    ("x ≥ 1", "not-allowed", 3, "≥", foreign("≥"), "write `>=`"),
    ("x − 1", "not-allowed", 3, "−", foreign("−"), "write the plain minus `-`"),  # noqa: RUF001 - the sign is the test
    ("{1}", "not-allowed", 1, "{", foreign("{"), BRACKETS),
    ("$x", "not-allowed", 1, "$", foreign("$"), "write the name without `$`"),
    # the rest of Python
    ("True", "not-allowed", 1, "True", foreign("True"), "write `true`"),
    ("None", "not-allowed", 1, "None", foreign("None"), "say `x is missing`"),
    ("x ** 2", "not-allowed", 3, "**", foreign("**"), "there are no powers: write `x * x`"),
    ("x // 2", "not-allowed", 3, "//", foreign("//"),
     "divide with `/`; a comment belongs in the YAML, outside the expression"),
    ("x % 2", "not-allowed", 3, "%", foreign("%"), "write 5% as `0.05`; there is no remainder operator"),
    ("x @ y", "not-allowed", 3, "@", foreign("@"), None),
    ("x & y", "not-allowed", 3, "&", foreign("&"), "write `and`"),
    ("x | y", "not-allowed", 3, "|", foreign("|"), "write `or`, or `x in [...]`"),
    ("x ^ y", "not-allowed", 3, "^", foreign("^"), "there are no powers: write `x * x`"),
    ("~x", "not-allowed", 1, "~", foreign("~"), "write `not`"),
    ("x << 1", "not-allowed", 3, "<<", foreign("<<"), None),
    ("+5", "not-allowed", 1, "+", "a value has no plus sign", "leave the `+` out"),
    ("lambda: x", "not-allowed", 1, "lambda", foreign("lambda"),
     "write the condition itself; over a list, `any(c.open for c in service.cases)`"),
    ("(x := 1)", "not-allowed", 4, ":=", foreign(":="), "compare with `==`; a value gets a name as a signal"),
    ("f(x=1)", "not-allowed", 4, "=", foreign("="), "compare with `==`; arguments of a function have no names"),
    ("f(1, x=1)", "not-allowed", 7, "=", foreign("="), "compare with `==`; arguments of a function have no names"),
    ("f(*x)", "syntax", 3, "*", "something is missing between `(` and `*`", None),
    ("x[1:2]", "not-allowed", 4, ":", foreign(":"), "there are no slices, maps or `? :` here"),
    ("x[1, 2]", "not-allowed", 4, ",", "a look-up has one key", 'write `x["a"]`'),
    ("await x", "not-allowed", 1, "await", foreign("await"), None),
    ("class == 1", "not-allowed", 1, "class", foreign("class"), None),
    ('__import__("os")', "not-allowed", 1, "__import__", "`__import__` is not a name that rules can use",
     "use a field, a signal or a function"),
    ("x.__class__", "not-allowed", 3, "__class__", "`__class__` is not a name that rules can use",
     "use a field, a signal or a function"),
    ("x \\\n + 1", "not-allowed", 3, "\\", foreign("\\"), "an expression may run over several lines without a mark"),
    # missing
    ("x == missing", "not-allowed", 6, "missing", "nothing equals `missing`", "say `x is missing`"),
    ("missing != a.b", "not-allowed", 1, "missing", "nothing equals `missing`", "say `a.b is not missing`"),
    ("null == missing", "not-allowed", 9, "missing", "nothing equals `missing`", "say `x is missing`"),
    ("x < missing", "not-allowed", 5, "missing", NO_VALUE, "say `x is missing`"),
    ("missing(x)", "not-allowed", 1, "missing", "`missing` is not a function", "write `x is missing`"),
    ("x in [1, missing]", "not-allowed", 10, "missing", "a list holds values, and missing is not one",
     "say `x is missing or x in [...]`"),
    ("x in [None]", "not-allowed", 7, "None", "a list holds values, and missing is not one",
     "say `x is missing or x in [...]`"),
    ("x is null", "not-allowed", 3, "is null", "only `missing` can follow `is`", "say `is missing`"),
    ("x is not None", "not-allowed", 3, "is not None", "only `missing` can follow `is not`", "say `is not missing`"),
    ("x is", "not-allowed", 3, "is", "only `missing` can follow `is`", "say `is missing`"),
    ("x is not", "not-allowed", 3, "is not", "only `missing` can follow `is not`", "say `is not missing`"),
    ("x is true", "not-allowed", 3, "is true", "only `missing` can follow `is`",
     "say `x` or `not x`, or compare with `==`"),
    ("x is 5", "not-allowed", 3, "is 5", "only `missing` can follow `is`", "compare with `==`"),
    ("x is not y", "not-allowed", 3, "is not y", "only `missing` can follow `is not`", "compare with `!=`"),
    ("x is missing + 1", "not-allowed", 6, "missing + 1", "nothing can follow `missing` here",
     "put `(x is missing)` in parentheses"),
    # comparisons
    ("a == b is missing", "chain", 1, "a == b is missing", "`is missing` does not chain with another comparison",
     PARENTHESES),
    ("a is not missing == b", "chain", 1, "a is not missing == b",
     "`is not missing` does not chain with another comparison", PARENTHESES),
    ("1 < a in b", "chain", 1, "1 < a in b", "`in` does not chain with another comparison", PARENTHESES),
    ("a not in b in c", "chain", 1, "a not in b in c", "`not in` does not chain with another comparison", PARENTHESES),
    ("a == not b", "syntax", 6, "not", "`not` cannot follow `==`", "put it in parentheses: `(not x)`"),
    ("a not b", "syntax", 3, "not", "after a value, `not` goes with `in`", "write `x not in [...]`, or `and not`"),
    # dates and numbers
    ("x < 2026-12-31", "bare-date", 5, "2026-12-31", "`2026-12-31` is not a way to write a date",
     'write `date("2026-12-31")`'),
    ("2026-1-5", "bare-date", 1, "2026-1-5", "`2026-1-5` is not a way to write a date", 'write `date("2026-01-05")`'),
    ("2026/01/05", "bare-date", 1, "2026/01/05", "`2026/01/05` is not a way to write a date",
     'write `date("2026-01-05")`'),
    ("31.12.2026", "bare-date", 1, "31.12.2026", "`31.12.2026` is not a way to write a date",
     'write `date("2026-12-31")`, with the year first'),
    ("2026-12-31T09:00:00Z", "bare-date", 1, "2026-12-31T09:00:00Z",
     "`2026-12-31T09:00:00Z` is not a way to write a date",
     'write `instant("2026-12-31T09:00:00Z")`, with the time and its zone'),
    ("007", "number", 1, "007", "`007` begins with a zero",
     'write `7`; a code with leading zeros is a text: "007"'),
    ("00.5", "number", 1, "00.5", "`00.5` begins with a zero", None),
    ("1_000", "number", 1, "1_000", "`1_000` is not a number", "write `1000`, without underscores"),
    ("1 000", "number", 1, "1 000", "two numbers stand side by side", "write `1000`, without spaces"),
    ("0xff", "number", 1, "0xff", "`0xff` is not a number", "write it in decimal"),
    ("0x1for x in y", "number", 1, "0x1for", "`0x1for` is not a number", "write it in decimal"),
    ("1is missing", "number", 1, "1is", "`1is` is not a number", "put a space between: `1 is`"),
    ("5k", "number", 1, "5k", "`5k` is not a number", "write the digits alone"),
    ("2j", "number", 1, "2j", "`2j` is not a number", "write the digits alone"),
    ("1.2.3", "number", 1, "1.2.3", "`1.2.3` is not a number", None),
    ("0..90", "number", 1, "0..90", "`0..90` is not a number", "write `low <= x <= high`"),
    ("1٣", "number", 1, "1٣", "`1٣` is not a number", "write it with the digits 0-9"),
    ("1e400", "number", 1, "1e400", "`1e400` is too large", "the largest number is about 1.8e308"),
    ("9007199254740993", "number", 1, "9007199254740993",
     "`9007199254740993` is too large: integers are exact up to 9007199254740992",
     "if it is an id, it is a text: put it in quotes"),
    # texts
    ('"a" "b"', "adjacent-strings", 1, '"a" "b"', "two texts stand side by side",
     "put a comma or an operator between them; texts do not join"),
    ('["a" \'b\']', "adjacent-strings", 2, '"a" \'b\'', "two texts stand side by side",
     "put a comma or an operator between them; texts do not join"),
    ('f"{x}"', "string", 1, 'f"{x}"', "a text has no prefix `f`", "write the quotes alone"),
    ("rb'x'", "string", 1, "rb'x'", "a text has no prefix `rb`", "write the quotes alone"),
    ('"""a"""', "string", 1, '"""', "a text has one quote on each side", "write \"text\" or 'text'"),
    ('x == "abc', "string", 6, '"abc', "the text that begins here has no closing quote on its line",
     r"close it with the same quote; a line break is \n"),
    ('"a\nb"', "string", 1, '"a', "the text that begins here has no closing quote on its line",
     r"close it with the same quote; a line break is \n"),
    (r'"a\d"', "string", 3, r"\d", r"`\d` is not an escape", ESCAPES),
    (r'"\N{DASH}"', "string", 2, r"\N", r"`\N` is not an escape", ESCAPES),
    (r'"\u12"', "string", 2, r"\u", r"`\u` is not an escape", ESCAPES),
    ('"a\\\x01"', "string", 3, "\\\x01", "a backslash before U+0001 is not an escape", ESCAPES),
    ('"a\\\nb"', "string", 1, '"a\\', "the text that begins here has no closing quote on its line",
     r"close it with the same quote; a line break is \n"),
    (r'"\ud83d"', "string", 1, r'"\ud83d"', "a text cannot hold U+D83D", "leave it out"),
    ('"a\ud83d"', "string", 3, "\ud83d", "a text cannot hold U+D83D", "leave it out"),
    (r'"\u0000"', "string", 1, r'"\u0000"', "a text cannot hold U+0000", "leave it out"),
    ('"a\0"', "string", 3, "\0", "a text cannot hold U+0000", "leave it out"),
    # lists and loops
    ("x in []", "not-allowed", 6, "[]", "a list cannot be empty",
     "put at least one value in it, or ask `len(x) == 0`"),
    ("x in [1, a.b]", "not-allowed", 10, "a.b", "a list holds only plain values: texts, numbers, true, false",
     "compare with each by itself: `x == a or x == b`"),
    ("x in [a]", "not-allowed", 7, "a", "a list holds only plain values: texts, numbers, true, false",
     "compare with each by itself: `x == a or x == b`"),
    ("x in [[1]]", "not-allowed", 7, "[1]", "a list holds only plain values: texts, numbers, true, false",
     "compare with each by itself: `x == a or x == b`"),
    ("any([c for c in x])", "not-allowed", 8, "for", "`for` cannot stand here",
     "go over a list inside a function: `any(c.open for c in service.cases)`"),
    ("c for c in x", "not-allowed", 3, "for", "`for` cannot stand here",
     "go over a list inside a function: `any(c.open for c in service.cases)`"),
    ("len(c for c in x)", "not-allowed", 1, "len", "`len` does not go over a list",
     "the functions that do are any, all, count, sum, min, max"),
    ("any(d for c in x for d in c)", "not-allowed", 18, "for", "one `for` is enough", ONE_FOR),
    ("any(c for c in x if a if b)", "not-allowed", 23, "if", "one `if` is enough", "join the conditions with `and`"),
    ("any(1, c for c in x)", "syntax", 10, "for", "a `for` stands alone in its parentheses",
     "take the other arguments out"),
    ("min(c for c in x, 0)", "syntax", 17, ",", "a comma cannot follow a `for`", "close the parenthesis before it"),
    ("any(c for c, d in x)", "syntax", 7, "for", "after `for` come one name, `in` and a list",
     "write `for c in service.cases`"),
    ("any(c for missing in x)", "not-allowed", 11, "missing", NO_VALUE, "say `x is missing`"),
    ("any(c for true in x)", "not-allowed", 11, "true", "`true` is a value and cannot be the name of anything", None),
    ("any(c async for c in x)", "not-allowed", 7, "async", foreign("async"), "write a plain `for`"),
    # paths and calls
    ('"a".b', "not-allowed", 1, '"a"', "only a path such as `service.cases` has fields", None),
    ("f(x).b", "not-allowed", 1, "f(x)", "only a path such as `service.cases` has fields", None),
    ("true.b", "not-allowed", 1, "true", "only a path such as `service.cases` has fields", None),
    ('[1]["k"]', "not-allowed", 1, "[1]", "only a path such as `service.cases` has keys", None),
    ("true(x)", "not-allowed", 1, "true", "`true` is a value and cannot be the name of anything", None),
    ("2(x)", "syntax", 2, "(", "`2` cannot be called", "multiply with `*`"),
    ("None(x)", "syntax", 5, "(", "`None` cannot be called", "multiply with `*`"),
    ("a.", "syntax", 2, ".", "the name of a field belongs after the dot", None),
    ("a.(b)", "syntax", 2, ".", "the name of a field belongs after the dot", None),
    # order and brackets
    ("", "empty", 1, "", "the expression is empty", "write a condition or a value, or leave the key out"),
    (" \n", "empty", 1, " \n", "the expression is empty", "write a condition or a value, or leave the key out"),
    ("a b", "syntax", 3, "b", between("a", "b"), JOIN),
    ("a True", "syntax", 3, "True", between("a", "True"), JOIN),
    ('a "b"', "syntax", 3, '"b"', between("a", '"b"'), JOIN),
    ("a +", "syntax", 3, "+", "something is missing after `+`", None),
    ("and a", "syntax", 1, "and", "something is missing before `and`", None),
    ("a or and b", "syntax", 6, "and", "something is missing between `or` and `and`", None),
    ("(a", "syntax", 1, "(", "`(` is never closed", "add `)`"),
    ("a[1", "syntax", 2, "[", "`[` is never closed", "add `]`"),
    ("a)", "syntax", 2, ")", "`)` closes nothing", "leave it out, or open it before"),
    (")", "syntax", 1, ")", "something is missing before `)`", None),
    ("(a]", "syntax", 3, "]", "`]` cannot close `(`", "write `)` here"),
    ("f(]", "syntax", 3, "]", "`]` cannot close `(`", "write `)` here"),
    ("()", "syntax", 2, ")", "there is nothing between `(` and `)`", None),
    ("x[]", "syntax", 3, "]", "there is nothing between `[` and `]`", None),
    ("(a +)", "syntax", 5, ")", "something is missing before `)`", None),
    ("any(c for c in )", "syntax", 16, ")", "something is missing before `)`", None),
    ("a, b", "syntax", 2, ",", "a comma cannot stand here", "join conditions with `and` or `or`"),
    # comments and characters
    ("a # b", "comment", 3, "#", "an expression has no comments",
     "put the comment in the YAML, outside the expression"),
    ("a /* b */", "comment", 3, "/*", "an expression has no comments",
     "put the comment in the YAML, outside the expression"),
    ("nаme", "non-ascii-name", 1, "nаme", "`nаme` is not a plain name",  # noqa: RUF001 - the look-alike is the test
     "names are of a-z, A-Z, 0-9 and _; here stands U+0430 (cyrillic small letter a)"),
    ("a.größe", "non-ascii-name", 3, "größe", "`größe` is not a plain name",
     "names are of a-z, A-Z, 0-9 and _; here stands U+00F6 (latin small letter o with diaeresis)"),
    ("a\xa0and b", "not-allowed", 2, "\xa0", "U+00A0 (no-break space) is not part of the language",
     "replace it with a plain space"),
    ("a\fb", "not-allowed", 2, "\f", "U+000C is not part of the language", "replace it with a plain space"),
    ("a\0", "not-allowed", 2, "\0", "U+0000 is not part of the language",
     "outside of texts in quotes, an expression is plain ASCII"),
    ("a \uff0b b", "not-allowed", 3, "\uff0b", "U+FF0B (fullwidth plus sign) is not part of the language",
     "write the plain `+`"),
    ("a 😀", "not-allowed", 3, "😀", "U+1F600 (grinning face) is not part of the language",
     "outside of texts in quotes, an expression is plain ASCII"),
    # size
    ("(" * 31 + "a" + ")" * 31, "too-deep", 31, "(", "the expression has more than 30 levels", SIGNAL),
    ("not " * 31 + "a", "too-deep", 121, "not", "the expression has more than 30 levels", SIGNAL),
    ("a" + ".a" * 31, "too-deep", 1, "a", "the expression has more than 30 levels", SIGNAL),
    ("a" + " + a" * 31, "too-deep", 1, "a", "the expression has more than 30 levels", SIGNAL),
    ("a" + " or a" * 250, "too-long", 1251, "a", "the expression has more than 500 words and symbols", SIGNALS),
    ("a" * 20_001, "too-long", 1, "a" * 20_001, "the expression has 20,001 characters; at most 20,000 are read",
     SIGNALS),
    ("1" * 101, "number", 1, "1" * 101, "`11111111111111111...` has too many digits", "at most 100"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "column", "under", "message", "help"), REFUSED, ids=[ascii(case[0])[:30] for case in REFUSED]
)
def test_a_refusal_names_the_place_and_the_fix(
    text: str, code: str, column: int, under: str, message: str, help: str | None
) -> None:
    problem = refused(text)
    assert problem.span is not None
    place = problem.span.column if "\n" not in text[: problem.span.start] else None
    assert (problem.code, problem.message, problem.help) == (code, message, help)
    assert (place, text[problem.span.start : problem.span.end]) == (column, under)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 30 + "a" + ")" * 30,
        "not " * 30 + "a",
        "- " * 30 + "a",
        "a" + ".a" * 30,
        "a" + " + a" * 30,
        "a" + " or a" * 249,
        "x" * 20_000,
        "0." + "1" * 98,
    ],
)
def test_the_limits_are_inclusive(text: str) -> None:
    read(text)


def test_what_a_later_python_refuses_is_still_an_error_with_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> ast.Expression:
        raise SyntaxError("not in this version")

    monkeypatch.setattr(ast, "parse", refuse)
    problem = refused("a + b")
    assert (problem.code, problem.message) == ("syntax", "this is not an expression")


def test_what_is_not_on_the_whitelist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    unexpected = ast.parse("(lambda: 1)", mode="eval")
    monkeypatch.setattr(ast, "parse", lambda *args, **kwargs: unexpected)
    assert refused("a + bbbbbbbb").message == "this is not part of the language"
