"""Complaints about documents: in plain words, at the word that they are about."""

from __future__ import annotations

import pytest

from nba.documents.house import House
from nba.documents.pack import Pack
from nba.documents.validate import validate
from nba.documents.yaml import read
from nba.errors import RulesError
from nba.source import Source


def problems(text, model=Pack):
    node = read(Source("a.yaml", text))
    with pytest.raises(RulesError) as caught:
        validate(node, model)
    return [
        (of.code, of.message, of.span.source.text[of.span.start : of.span.end], of.help) for of in caught.value.problems
    ]


@pytest.mark.parametrize(
    ("text", "word", "said"),
    [
        ("pack: p\nrulez: []\n", "rulez", "did you mean `rules`?"),
        (
            "pack: p\nxyz: 1\n",
            "xyz",
            "known here: actions, department, meta, pack, profile, rules, settings, signals, title",
        ),
        ("pack: p\nactions: {a: {tier: care, chanels: [a]}}\n", "chanels", "did you mean `channels`?"),
        ("pack: p\nactions: {a: {tier: care, valid: {form: 2026-01-01}}}\n", "form", "did you mean `from`?"),
        ("pack: p\nrules: [{id: r, when: true, block: {teir: care}, because: b}]\n", "teir", "did you mean `tier`?"),
        (
            "pack: p\nrules: [{id: r, when: true, notify: {departement: p, message: x}}]\n",
            "departement",
            "did you mean `department`?",
        ),
        (
            "pack: p\nrules: [{id: r, when: true, weigh: {select: a, buy: 2}, because: b}]\n",
            "buy",
            "did you mean `by`?",
        ),
        (
            "pack: p\nrules: [{id: r, when: true, unless: 1, block: a, because: b}]\n",
            "unless",
            "known here: because, block, except, for, id",
        ),
        ("pack: p\nsignals: {s: {first_of: [{whn: true, is: a}]}}\n", "whn", "did you mean `when`?"),
    ],
)
def test_an_unknown_key_is_underlined_and_the_right_one_is_suggested(text, word, said):
    found = [of for of in problems(text) if of[0] == "unknown-key"]
    assert [(message, at) for _, message, at, _ in found] == [(f"unknown key `{word}`", word)]
    assert found[0][3].startswith(said)


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("pack: 5\n", "this should be a text", "5"),
        ("pack: p\ntitle: [a]\n", "this should be a text", "[a]"),
        ("pack: p\nrules: {a: 1}\n", "this should be a list", "{a: 1}"),
        ("pack: p\nactions: [a]\n", "this should be a mapping of keys to values", "[a]"),
        (
            "pack: p\nactions: {a: {tier: care, for_each: e in x, key: e, at_most: 0}}\n",
            "this should be at least 1",
            "0",
        ),
        (
            "pack: p\nactions: {a: {tier: care, for_each: e in x, key: e, at_most: 1.5}}\n",
            "this should be a whole number",
            "1.5",
        ),
        ("pack: p\nactions: {a: {tier: care, status: on}}\n", "this should be `live`, `draft` or `shadow`", "on"),
        ("pack: p\nactions: {a: {tier: ''}}\n", "this is empty", "''"),
        (
            "pack: p\nsettings: {s: {type: text, default: [a]}}\n",
            "this should be a text, a number, or true or false",
            "[a]",
        ),
        (
            "pack: p\nsettings: {s: {type: text, default: null}}\n",
            "this should be a text, a number, or true or false",
            "null",
        ),
        ("pack: p\nsignals: {s: {when: [a]}}\n", "say whether `all:` or `any:` of these must hold", "[a]"),
        ("pack: p\nsignals: {s: {when: {all: a}}}\n", "`all:` takes a list of conditions", "{all: a}"),
        (
            "pack: p\nsignals: {s: {when: {no: a}}}\n",
            "a condition is an expression, or one of `all:`, `any:` and `not:`",
            "{no: a}",
        ),
        ("pack: p\nsignals: {s: {value: {a: 1}}}\n", "this should be an expression in one line of text", "{a: 1}"),
        ("pack: " + "p" * 101 + "\n", "this is too long", "p" * 101),
    ],
)
def test_what_has_the_wrong_form_is_told_in_plain_words(text, message, at):
    assert (message, at) in [(said, place) for _, said, place, _ in problems(text)]


def test_a_missing_key_is_told_at_what_lacks_it():
    assert problems("pack: p\nactions: {a: {title: A}}\n") == [
        ("missing-key", "`tier:` is missing here", "{title: A}", None)
    ]


def test_an_id_that_is_none_is_underlined_as_a_key_and_as_a_value():
    assert [
        (code, at)
        for code, _, at, _ in problems(
            "pack: p\nactions: {Big: {tier: care}}\nrules: [{id: a.b, when: true, block: x, because: b}]\n"
        )
    ] == [
        ("bad-id", "Big"),
        ("bad-id", "a.b"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "5",
        "[]",
        "text",
        "pack: p\nrules: [[[]]]\n",
        "pack: {}\n",
        "pack: p\nrules: [{when: {all: [{any: [{not: [1]}]}]}}]\n",
    ],
)
def test_no_document_does_harm(text):
    for _code, message, _, _ in problems(text):
        assert "Input should" not in message
        assert "valid" not in message


def test_a_house_is_told_its_keys():
    (found,) = problems("house: h\ntires: [a]\n", House)
    assert found == ("unknown-key", "unknown key `tires`", "tires", "did you mean `tiers`?")
