"""Errors as people meet them: one tree, printable, picklable, short whatever they are about."""

from __future__ import annotations

import copy
import pickle
import time

import pytest

import nba
from nba.errors import Fault, Problem, did_you_mean
from nba.source import Source, Span

FAULT = Fault("a.b", found="text", wanted="a number")
PROBLEM = Problem("code", "message", Span(Source("a.yaml", "one\ntwo"), 4, 7), "help")
ERRORS = [
    nba.RulesError([PROBLEM]),
    nba.ProfileError([FAULT]),
    nba.ContextError([FAULT, FAULT]),
    nba.MappingError([FAULT]),
    nba.PluginError("plugin `x` ..."),
    nba.MissingExtraError("the command line", "cli"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_each_error_is_an_nba_error_and_survives_being_sent_to_another_process(error):
    assert isinstance(error, nba.NbaError)
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (type(other), str(other)) == (type(error), str(error))
    assert str(error)


def test_a_missing_extra_is_an_import_error_too():
    assert issubclass(nba.MissingExtraError, ImportError)


def test_an_input_error_counts_its_faults():
    assert str(nba.ProfileError([FAULT])).splitlines() == [
        "the profile has 1 invalid field:",
        "  a.b: found text, wanted a number",
    ]
    assert str(nba.ContextError([FAULT, FAULT])).startswith("the context has 2 invalid fields:")


def test_problems_are_sorted_by_place_and_each_is_told_once():
    source = Source("a.yaml", "one\ntwo")
    late, early = Problem("b", "late", Span(source, 4, 5)), Problem("a", "early", Span(source, 0, 1))
    nowhere = Problem("c", "nowhere")
    assert nba.RulesError([late, early, late, nowhere]).problems == (nowhere, early, late)


def test_a_problem_points_at_the_word():
    assert PROBLEM.render() == "error[code]: message\n  --> a.yaml:2:1\n2 | two\n  | ^^^\nhelp: help"


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        ("service.case", ["service.cases", "sales.lease"], "service.cases"),
        ("VALUE", ["value", "values"], "value"),
        ("owed", ["service.owed", "sales.lead"], "service.owed"),
        ("owed", ["service.owed", "sales.owed"], None),
        ("zzz", ["value"], None),
        ("", ["value"], None),
        ("value", [], None),
    ],
)
def test_the_nearest_known_word_is_suggested(word, known, near):
    assert did_you_mean(word, known) == (near and f"did you mean `{near}`?")


def test_a_word_as_long_as_a_page_is_not_compared():
    start = time.perf_counter()
    assert did_you_mean("x" * 10**6, ["value"] * 1000) is None
    assert time.perf_counter() - start < 0.1
