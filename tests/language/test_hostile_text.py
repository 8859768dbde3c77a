"""Whatever the text, it is read or refused with a place: no other error, no warning, no wait."""

from __future__ import annotations

import subprocess
import sys
import time
import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nba.errors import RulesError
from nba.language.parse import parse
from nba.language.show import show
from nba.language.syntax import Expression, Literal_
from nba.source import Written

pytestmark = pytest.mark.no_cover  # much work through few lines: coverage would only make it slow

PATIENCE = 1.0  # seconds; what is slow here takes minutes, and what is not takes milliseconds

WORDS = """
a b.c x service.cases missing is not in and or if else for lambda await yield True None true null class match _ __x__
( ) [ ] { } , . : ; = == != <> < <= > >= + - * / // ** % @ & | ^ ~ ! ? := -> => .. # \\ ` $ " ' \"\"\" f" b'
0 1 12 -5 007 1_0 0x1 1.5 .5 5. 1e5 1e400 2j 2026-12-31 9007199254740993 "a" 'b' "\\n" "\\d" "\\u0041" "\\ud800"
any( all( count( sum( min( max( len( c for c in c.x if f(x) d["k"] is_missing AND BETWEEN LIKE IS NULL NOT IF(
"""
FRAGMENTS = WORDS.split()

VALID = [
    'any(c.severity == "high" for c in service.cases if c.status == "open")',
    "days_since(service.last_contact_at) >= settings.callback_days or service.last_contact_at is missing",
    "1 <= x < 5 and vehicle.class not in [\"suv\", 'van', -1, true]",
    'not (a or b) and -x * (y + 2.5) / default(propensities["sales.gold"], 0.05) > 1e-3',
    "max(days_since(c.opened_at) for c in service.cases if not c.closed is not missing)",
    '"\\u20ac \\"x\\"" == name and context.stock[o.sku] > 0',
]

spaces = st.sampled_from(["", " ", "\n", "\t"])
fragments = st.lists(st.tuples(st.sampled_from(FRAGMENTS), spaces), max_size=25).map(
    lambda parts: "".join(word + space for word, space in parts)
)


@st.composite
def mutants(draw: st.DrawFn) -> str:
    """A valid expression with a few pieces cut out, doubled, or put in."""
    text = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 8)))
        piece = draw(
            st.one_of(st.just(""), st.just(text[start:end] * 2), st.sampled_from(FRAGMENTS), st.text(max_size=2))
        )
        text = text[:start] + piece + text[end:]
    return text


def outcome(text: str) -> Expression | RulesError:
    """What comes of a text, with all that must hold whatever it is."""
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            result: Expression | RulesError = parse(Written.of(text))
        except RulesError as error:
            result = error
    assert time.perf_counter() - started < PATIENCE
    if isinstance(result, RulesError):
        (problem,) = result.problems
        assert problem.span is not None
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
        assert len(problem.message) < 300
        assert len(problem.help or "") < 300
        assert all(character.isprintable() for character in problem.message + (problem.help or ""))
        assert (
            problem.message != "this is not an expression"
        )  # what Python's parser refuses is found before, with a place
        str(result).encode()
    else:
        start, end = result.at
        assert 0 <= start < end <= len(text)
        assert repr(parse(Written.of(show(result)))) == repr(result)
    return result


@given(st.one_of(st.text(), st.text(st.characters(codec=None)), st.text("()[],.'\"\\ \nanotis1-+=<f#:")))
@settings(deadline=None)
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    outcome(text)


@given(fragments)
@settings(deadline=None, max_examples=500)
@example("a is missing is not missing in [1] not")
def test_any_words_of_the_language_are_read_or_refused_with_a_place(text: str) -> None:
    outcome(text)


@given(mutants())
@settings(deadline=None, max_examples=300)
def test_a_mistyped_expression_is_read_or_refused_with_a_place(text: str) -> None:
    outcome(text)


@given(st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"])))
def test_any_text_in_quotes_keeps_its_characters(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    assert parse(Written.of(f"'{escaped}'")) == Literal_(text)


@pytest.mark.parametrize("text", VALID)
def test_the_examples_are_read(text: str) -> None:
    assert not isinstance(outcome(text), RulesError)


DEEP = 10_000

HOSTILE = {
    "100 kB": "a" * 100_000,
    "100 kB of spaces": " " * 100_000,
    "nested parentheses": "(" * DEEP + "a" + ")" * DEEP,
    "open parentheses": "(" * DEEP,
    "closed parentheses": ")" * DEEP,
    "nested lists": "[" * DEEP + "1" + "]" * DEEP,
    "nested braces": "{" * DEEP,
    "nested maps": "{1:" * 5000,
    "nested calls": "f(" * 240,
    "nested look-ups": "a[" * 240,
    "mixed brackets": "([" * 240,
    "nots": "not " * 4900 + "a",
    "minuses": "-" * DEEP + "a",
    "tildes": "~" * DEEP + "a",
    "fields": "a" + ".a" * 9000,
    "look-ups": "a" + "[1]" * 160,
    "calls of calls": "a" + "()" * 240,
    "sum": "a" + "+a" * 9000,
    "chain": "a" + "<a" * 249,
    "chain too long": "a" + "<a" * 9000,
    "is missing": "a" + " is missing" * 240,
    "conditionals": "a if b else " * 120 + "c",
    "lambdas": "lambda: " * 240 + "1",
    "commas": "f(" + "a," * 240 + ")",
    "thirty levels and a slip": "f(" * 30 + "a b" + ")" * 30,
    "thirty lists and a slip": "[" * 30 + "1 2" + "]" * 30,
    "thirty groups and a slip": "(" * 30 + "a for" + ")" * 30,
    "thirty loops": "any(" * 30 + "c" + " for c in c)" * 30,
    "thirty loops and a slip": "any(" * 30 + "c" + " for c in c if)" * 30,
    "import": '__import__("os").system("true")',
    "mro": "().__class__.__mro__[1].__subclasses__()",
    "lambda": "(lambda: 1)()",
    "f-string": 'f"{__import__(\'os\')}"',
    "nested f-string": "f'" * 200,
    "power": "2 ** 10 ** 10",
    "product of texts": '"a" * 1000000000',
    "infinite": "1e400",
    "infinite by digits": "1" * 400 + ".0",
    "long integer": "9" * 5000,
    "long float": "0." + "1" * 5000,
    "long exponent": "1e" + "9" * 5000,
    "adjacent strings": '"a" "b"',
    "chain with missing": "a == b is missing",
    "NUL": "a\0",
    "NUL in a text": '"\0"',
    "lone surrogate": "\ud800",
    "lone surrogate in a text": '"\udfff"',
    "lone surrogate after a backslash": '"\\\ud800"',
    "form feed": "a\f+ b",
    "vertical tab": "a\v+ b",
    "line separator": "a\u2028+ b",
    "byte order mark": "\ufeffa",
    "zero width": "a\u200bb",
    "right to left": "a\u202e == b",
    "look-alike": "\u0430dmin",
    "full width": "\uff41",
    "ligature": "\ufb01",
    "combining": "a\u0301",
    "superscript": "x\u00b2",
    "continuation": "a \\\n + b",
    "continuation at the end": "a \\",
    "unterminated": '"a',
    "unterminated by a backslash": '"a\\',
    "unterminated triple": '"""a',
    "quotes": '"' * 20_000,
    "quotes with gaps": '" ' * 10_000,
    "backslashes": '"' + "\\" * 19_999,
    "tab": "a\t\t+\tb",
    "named character": r'"\N{BULLET}"',
    "octal escape": r'"\777"',
    "hexadecimal escape": r'"\x41"',
    "encoding": "# -*- coding: utf-7 -*-",
    "semicolon": "a; import os",
    "statement": "import os",
    "two lines": "a\nb",
    "break out": "a) or (b",
    "debug": "__debug__",
    "type comment": "a # type: ignore",
    "dots": "." * DEEP,
    "ellipsis": "...",
    "digits and dots": "1." * 9000,
    "exponents": "1e+" * 5000,
    "date": "2026-12-31" * 1000,
    "walrus": "(a := 1)",
    "decimal comma": "1,5",
    "yield": "(yield a)",
    "starred": "f(*a, **b)",
}  # fmt: skip

READ = {"chain", "commas", "thirty loops", "product of texts", "tab"}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_does_no_harm(name: str) -> None:
    result = outcome(HOSTILE[name])
    assert isinstance(result, RulesError) == (name not in READ)


@pytest.mark.parametrize(
    "keyword", ["class", "from", "is", "in", "not", "True", "None", "lambda", "if", "import", "await"]
)
def test_a_keyword_after_a_dot_is_a_field(keyword: str) -> None:
    assert show(parse(Written.of(f"x.{keyword}.{keyword} == 1"))) == f"x.{keyword}.{keyword} == 1"


def test_warnings_do_not_leak_from_any_refused_text() -> None:
    script = r"""
from nba.errors import RulesError
from nba.language.parse import parse
from nba.source import Written

for text in [r'"\d"', "1is missing", "0x1for x in y", "1or 2", '"a"is missing', "(1)(2)", "[1][1]", "1 is missing"]:
    try:
        parse(Written.of(text))
    except RulesError:
        pass
"""
    done = subprocess.run([sys.executable, "-W", "always", "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""
