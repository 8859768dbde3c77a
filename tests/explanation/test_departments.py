"""A decision as one department sees it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import FrozenInstanceError

import pytest

from nba import Decision

Decide = Callable[..., Decision]


def test_who_is_held_back_sees_by_whom_and_until_when_and_what_is_done_instead(in_trouble: Decision) -> None:
    view = in_trouble.for_department("sales")
    assert [action.action for action in view.chosen] == ["care.help"]
    assert {fate.name: fate.outcome for fate in view.mine} == {
        "sales.letter": "blocked",
        "sales.offer[a]": "blocked",
        "sales.offer[b]": "blocked",
    }
    assert view.not_proposed == ("sales.ghost", "sales.never")
    assert [task.message for task in view.tasks] == ["Wait with Anna."]
    text = str(view)
    assert text.startswith("To sales: the decision for C-1, as of 2026-11-22 11:00 (Europe/Helsinki)\n")
    assert "  1. Help them (care)\n     because they need help\n" in text
    assert "    held back by care: help comes before offers\n" in text
    assert "      until 2026-12-04 11:00 (Europe/Helsinki), if nothing else changes\n" in text
    assert "What you are asked to do\n  Wait with Anna.\n    because they would call\n" in text


def test_who_holds_back_sees_what_of_others(in_trouble: Decision) -> None:
    view = in_trouble.for_department("care")
    assert {(held.action, held.department, held.free) for held in view.held_back} == {
        ("sales.letter", "sales", False),
        ("sales.offer[a]", "sales", False),
        ("sales.offer[b]", "sales", False),
    }
    assert {reason.id for held in view.held_back for reason in held.by} == {"care.hold_growth"}
    text = str(view)
    assert "  Help them: care.help is chosen, number 1\n" in text
    assert "  Say sorry: care.sorry comes after care.help\n" in text
    assert "What you held back\n" in text


def test_the_house_sees_what_its_laws_and_checks_held_back_under_either_name(decide: Decide) -> None:
    decision = decide(birth_date="2012-03-01")
    view = decision.for_department("acme")
    assert {reason.id for held in view.held_back for reason in held.by} == {"grown_ups", "validity"}
    assert decision.for_department("house").held_back == view.held_back
    assert "held back by the house: nothing is sold to children" in str(view)


def test_own_rules_in_doubt_are_listed_with_the_fields(decide: Decide) -> None:
    view = decide(lifecycle_stage=None).for_department("care")
    assert {(of.rule, of.action, of.missing) for of in view.undecided} == {
        ("care.help_them", "care.help", ("lifecycle_stage",)),
        ("care.help_them", "care.sorry", ("lifecycle_stage",)),
        ("care.tell_sales", None, ("lifecycle_stage",)),
    }
    assert view.not_proposed == ()
    assert "  lifecycle_stage would decide\n    rule care.help_them, which may propose care.help\n" in str(view)


def test_where_nothing_is_done_it_says_so(decide: Decide) -> None:
    view = decide(name=None, events=[]).for_department("sales")
    assert view.chosen == ()
    assert "For now, nobody approaches the customer\n" in str(view)
    assert "You proposed nothing this time\n  Not proposed: " in str(view)


def test_a_department_that_does_not_exist_is_refused_with_a_suggestion(in_trouble: Decision) -> None:
    with pytest.raises(ValueError, match=r"there is no department `sale`; did you mean `sales`\?"):
        in_trouble.for_department("sale")
    with pytest.raises(ValueError, match="there is no department `zork`; there are acme, care, house, sales"):
        in_trouble.for_department("zork")


def test_a_view_is_frozen_and_plain_data(in_trouble: Decision) -> None:
    for name in ("sales", "care", "house"):
        view = in_trouble.for_department(name)
        with pytest.raises(FrozenInstanceError):
            view.department = "other"  # type: ignore[misc]  # what must not work
        data = view.to_dict()
        assert json.loads(json.dumps(data, allow_nan=False)) == data
        assert data["department"] == name
        assert all(len(line) <= 100 for line in str(view).splitlines())
