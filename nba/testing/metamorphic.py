"""What may change in a question without changing the answer, or only in one direction: helpers, and assertions on them.

The order of records changes nothing; one more guard, or one field less, unblocks nothing; a raised score stays in its
tier.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any, TypeAlias

from nba.decision import Decision
from nba.errors import InputError, did_you_mean
from nba.language import tree
from nba.language.types import NUMBER
from nba.orchestrator import Orchestrator
from nba.testing.examining import Check, Complaint, Folder, as_decided, assert_for_all
from nba.testing.generation import data
from nba.testing.loosening import Loosened, Loosening
from nba.testing.stating import Given, Selector, with_guard, with_rules
from nba.testing.strategies import Customer

Pair: TypeAlias = tuple[str, str | None]
"""A candidate's name, and a channel that nothing blocks."""

ORDERED = frozenset({"preferred_channels"})
"""The lists of the core profile whose order means something."""


def shuffled(profile: Any, rng: Random, *, ordered: frozenset[str] = ORDERED) -> Any:
    """The same data with the items of each list, and the keys of each record, in another order.

    Args:
        profile: plain data: mappings, lists, scalars.
        rng: where the order comes from.
        ordered: the names of the lists whose order means something.

    >>> shuffled({"cases": [1, 2, 3], "preferred_channels": ["sms", "email"]}, Random(1))
    {'cases': [2, 3, 1], 'preferred_channels': ['sms', 'email']}
    """
    return data.shuffled(profile, rng, keep=ordered)


def forgetting(profile: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each path of the data, with the same data in which it is not known. Items of a list become null: they still are.

    >>> for path, less in forgetting({"name": "Anna", "cases": [{"id": "K1"}]}):
    ...     print(path, less)
    name {'cases': [{'id': 'K1'}]}
    cases {'name': 'Anna'}
    cases[0] {'name': 'Anna', 'cases': [None]}
    cases[0].id {'name': 'Anna', 'cases': [{}]}
    """
    for name, value in profile.items():
        yield name, {other: of for other, of in profile.items() if other != name}
        for path, less in _forgetting_below(value):
            yield f"{name}{path}", {**profile, name: less}


def _forgetting_below(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((f".{path}", less) for path, less in forgetting(value))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            if item is not None:
                yield f"[{index}]", [*value[:index], None, *value[index + 1 :]]
            for path, less in _forgetting_below(item):
                yield f"[{index}]{path}", [*value[:index], less, *value[index + 1 :]]


def raised_score(orchestrator: Orchestrator, action: str, factor: float = 1e6) -> Orchestrator:
    """The same rules, in which the scores of one action are multiplied by a factor.

    Raises:
        ValueError: there is no such action.
    """
    ruleset = orchestrator.ruleset
    if action not in ruleset.actions:
        near = did_you_mean(action, ruleset.actions)
        raise ValueError(f"there is no action `{action[:100]}`" + (f": {near}" if near else ""))
    of = ruleset.actions[action]
    constant = tree.Constant(float(factor), NUMBER, f"{factor:g}")
    lever = constant if of.score.lever is None else tree.Arithmetic("*", of.score.lever, constant, "raised")
    raised = replace(of, score=replace(of.score, lever=lever))
    return with_rules(orchestrator, replace(ruleset, actions={**ruleset.actions, action: raised}))


def unblocked(decision: Decision) -> frozenset[Pair]:
    """The candidates that something is left of, with each channel that nothing blocks; whatever the limit."""
    return frozenset((of.candidate.name, channel) for of in decision._trace.screened for channel in of.channels)


def assert_order_does_not_matter(
    orchestrator: Orchestrator, *, examples: int | None = None, save: Folder | None = None
) -> None:
    """Assert that the order of the records in profiles and contexts changes nothing that a decision says.

    Raises:
        AssertionError: with the simplest customer for whom it does. A plugin's feature that depends on the order is a
            usual reason.

    >>> import nba
    >>> assert_order_does_not_matter(nba.load(nba.shipped("car-dealer")), examples=5)
    """
    __tracebackhide__ = True
    name = "the order of records does not matter"
    assert_for_all(orchestrator, name, order_check(orchestrator), examples=examples, draws=True, save=save)


def order_check(orchestrator: Orchestrator) -> Check:
    """That a customer whose records stand in another order gets the same decision."""

    def check(customer: Customer, rng: Random) -> Complaint | None:
        other = replace(customer, profile=shuffled(customer.profile, rng), context=shuffled(customer.context, rng))
        before, after = (of.decide(orchestrator, limit=3) for of in (customer, other))
        part = difference(before, after)
        if part is None:
            return None
        says = f"in this order, {part[0]}: {part[2]}\nin another order: {part[1]}"
        return Complaint(says, after, as_decided(before))

    return check


def difference(one: Decision, other: Decision) -> tuple[str, Any, Any] | None:
    """The first part of which two decisions say something else, and what; but for what identifies rules and input."""
    before, after = one.to_dict(), other.to_dict()
    for part in before:
        # As text, so that 1 and 1.0, which are equal, are not the same.
        if part not in ("decision_id", "rules_hash", "matcher") and repr(before[part]) != repr(after[part]):
            return part, before[part], after[part]
    return None


def assert_guard_only_blocks(
    orchestrator: Orchestrator,
    *,
    when: Given = True,
    block: Selector,
    except_: Selector | None = None,
    examples: int | None = None,
    save: Folder | None = None,
) -> None:
    """Assert that one more guard unblocks nothing.

    Args:
        orchestrator: the rules.
        when: the guard's condition, as in YAML.
        block: what it blocks, as in YAML.
        except_: what it does not.
        examples: how many customers; as many as Hypothesis is configured for when not given.
        save: the folder to keep a failure in, as a case.

    Raises:
        AssertionError: with the simplest customer for whom it does.
        RulesError: what is wrong with the words, and where.

    >>> import nba
    >>> assert_guard_only_blocks(nba.load(nba.shipped("car-dealer")), block={"tier": "growth"}, examples=5)
    """
    __tracebackhide__ = True
    guarded = with_guard(orchestrator, when=when, block=block, except_=except_)
    name = "one more guard unblocks nothing"
    assert_for_all(orchestrator, name, guard_check(orchestrator, guarded), examples=examples, save=save)


def guard_check(orchestrator: Orchestrator, guarded: Orchestrator) -> Check:
    """That nothing is unblocked with the guard that is not without it."""

    def check(customer: Customer, rng: Random) -> Complaint | None:
        more = customer.decide(guarded, limit=None)
        opened = unblocked(more) - unblocked(customer.decide(orchestrator, limit=None))
        return Complaint(f"with one more guard, nothing blocks {_shown(opened)}", more) if opened else None

    return check


@dataclass(frozen=True)
class Forgotten:
    """What came of forgetting each field. `str()` tells which rules say in words that not knowing unblocks."""

    decisions: int
    loosened: tuple[Loosened, ...]

    def __str__(self) -> str:
        lines = [
            f"{self.decisions} times a field was forgotten, and nothing was unblocked but by what rules say in words:"
        ]
        return "\n".join(
            [*lines, *(f"  {of}" for of in self.loosened)] if self.loosened else [lines[0].rpartition(" but")[0]]
        )


def assert_forgetting_never_unblocks(
    orchestrator: Orchestrator, *, examples: int | None = None, save: Folder | None = None
) -> Forgotten:
    """Assert that a customer of whom one field less is known gets nothing that was blocked before.

    It may where a rule says so in words: `is missing`, `default(...)`, `on_unknown: allow`, and `assume:` or
    `timezone:` of the house; and where a plugin's feature or gate is given the field, as only the plugin knows what it
    makes of that. The result tells which rules did, by which words.

    Raises:
        AssertionError: with the simplest customer for whom something is unblocked, and no rule says so.

    >>> import nba
    >>> assert_forgetting_never_unblocks(nba.load(nba.shipped("house")), examples=5).loosened
    ()
    """
    __tracebackhide__ = True
    loosening = Loosening(orchestrator.ruleset)
    check = ForgettingCheck(orchestrator, loosening)
    name = "not knowing a field unblocks nothing"
    assert_for_all(orchestrator, name, check, examples=examples, save=save)
    return Forgotten(check.decisions, tuple(sorted(check.loosened, key=str)))


class ForgettingCheck:
    """That forgetting any field of a customer unblocks nothing that no rule says it would."""

    def __init__(self, orchestrator: Orchestrator, loosening: Loosening) -> None:
        self._orchestrator, self._loosening = orchestrator, loosening
        self.decisions = 0
        self.loosened: set[Loosened] = set()

    def __call__(self, customer: Customer, rng: Random) -> Complaint | None:
        """Forget each field in turn."""
        before = customer.decide(self._orchestrator, limit=None)
        known = unblocked(before)
        for path, less in forgetting(customer.profile):
            if self._loosening.tells_items_apart(path):
                continue
            try:
                after = replace(customer, profile=less).decide(self._orchestrator, limit=None)
            except InputError:  # a check of the schema wants the field where another one is
                continue
            self.decisions += 1
            for name, channel in sorted(unblocked(after) - known, key=str):
                reasons = self._loosening.reasons(path, name, channel, before, after)
                if not reasons:
                    says = f"not knowing `{path}` unblocks {_shown([(name, channel)])}, and no rule says so"
                    return Complaint(says, after, {"blocked": {name: []}})
                self.loosened |= reasons
        return None


def assert_scores_stay_in_their_tier(
    orchestrator: Orchestrator, *, factor: float = 1e6, examples: int | None = None, save: Folder | None = None
) -> None:
    """Assert that no action, its score raised by a factor, is ranked above one of a higher tier, or unblocked by it.

    Raises:
        AssertionError: with the simplest customer for whom one is.

    >>> import nba
    >>> assert_scores_stay_in_their_tier(nba.load(nba.shipped("car-dealer")), examples=5)
    """
    __tracebackhide__ = True
    name = "a raised score stays in its tier"
    check = score_check(orchestrator, factor)
    assert_for_all(orchestrator, name, check, examples=examples, draws=True, save=save)


def score_check(orchestrator: Orchestrator, factor: float = 1e6) -> Check:
    """That raising the score of any action changes the order within its tier alone."""
    raised = {id: raised_score(orchestrator, id, factor) for id in orchestrator.ruleset.actions}
    tiers = orchestrator.ruleset.house.tiers

    def check(customer: Customer, rng: Random) -> Complaint | None:
        if not raised:
            return None
        action = rng.choice(sorted(raised))
        before, after = customer.decide(orchestrator, limit=None), customer.decide(raised[action], limit=None)
        ranks = [tiers.index(of.tier) for of in after.actions]
        if ranks != sorted(ranks):
            return Complaint(
                f"with the score of `{action}` raised, the tiers are {[of.tier for of in after.actions]}", after
            )
        opened = unblocked(after) - unblocked(before)
        return (
            Complaint(f"with the score of `{action}` raised, nothing blocks {_shown(opened)}", after)
            if opened
            else None
        )

    return check


def _shown(pairs: Any) -> str:
    return " and ".join(f"{name} on {channel}" if channel else name for name, channel in sorted(pairs, key=str))
