"""Facts: what the house assumes, what a plugin is shown, and what is reported of what it raised."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from nba.facts import assume, frozen, has_failed, raised
from nba.language.values import FAILED
from nba.ruleset.model import Assumption


def assumed(profile, path="a.b", value=1):
    return assume(profile, [Assumption(tuple(path.split(".")), value, "because")])


@pytest.mark.parametrize(
    ("profile", "path", "found"),
    [
        ({}, "a", {"a": 1}),
        ({"a": 0}, "a", {"a": 0}),
        ({"a": False}, "a", {"a": False}),
        ({"a": ()}, "a", {"a": ()}),
        ({"a": {}}, "a", {"a": {}}),
        ({"a": FAILED}, "a", {"a": FAILED}),
        ({}, "a.b", {"a": {"b": 1}}),
        ({"a": {}}, "a.b", {"a": {"b": 1}}),
        ({"a": {"c": 2}}, "a.b", {"a": {"c": 2, "b": 1}}),
        ({"a": {"b": 5}}, "a.b", {"a": {"b": 5}}),
        ({"a": FAILED}, "a.b", {"a": FAILED}),
        ({"a": {"b": FAILED}}, "a.b", {"a": {"b": FAILED}}),
        ({"a": {"b": FAILED}}, "a.b.c", {"a": {"b": FAILED}}),
    ],
)
def test_an_assumption_stands_in_for_what_is_missing_and_for_nothing_else(profile, path, found):
    before = repr(profile)
    assert assumed(profile, path) == found
    assert repr(profile) == before


@pytest.mark.parametrize(
    ("value", "failed"),
    [
        (FAILED, True),
        (None, False),
        (0, False),
        ((), False),
        ({}, False),
        ((1, FAILED), True),
        ({"a": {"b": (None, {"c": FAILED})}}, True),
        ({"a": ({"b": 1}, None)}, False),
    ],
)
def test_a_value_has_failed_when_any_part_of_it_has(value, failed):
    assert has_failed(value) is failed


def test_what_a_plugin_is_shown_cannot_be_changed_and_is_no_view_of_the_original():
    record = {"a": {"b": 1}, "c": ({"d": 2}, None, 3)}
    shown = frozen(record)
    assert isinstance(shown, MappingProxyType)
    assert isinstance(shown["c"][0], MappingProxyType)
    with pytest.raises(TypeError):
        shown["a"]["b"] = 2
    record["a"]["b"] = 5
    assert shown["a"]["b"] == 1


class Speechless(Exception):
    def __str__(self):
        raise ValueError


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("why"), "raised ValueError: why"),
        (ValueError(), "raised ValueError"),
        (ValueError("  "), "raised ValueError"),
        (Speechless(), "raised Speechless"),
        (KeyError("k"), "raised KeyError: 'k'"),
        (ValueError("at 0x7f00deadbeef, 0xff"), "raised ValueError: at 0x…, 0xff"),
        (ValueError("a\tb\x00\ud800"), "raised ValueError: a b  "),
    ],
)
def test_what_was_raised_is_told_in_a_line_that_is_the_same_in_every_process(error, said):
    assert raised(error) == said


def test_what_was_raised_at_length_is_cut():
    assert len(raised(ValueError("x" * 10**6))) < 230
