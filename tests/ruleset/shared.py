"""What the tests of rule sets share: an action and a rule as texts, and the names in a decision."""

from __future__ import annotations

from nba import Decision

AS_OF = "2026-11-22T09:00:00Z"
ONE = "pack: p\nactions: {a: {tier: care}}\n"
"""A pack with one action."""
RULE = "rules: [{id: r, when: %s, propose: a, because: b}]\n"
"""A rule that proposes it."""


def chosen(decision: Decision) -> list[str]:
    """The names of what is chosen, best first."""
    return [of.action if of.key is None else f"{of.action}[{of.key}]" for of in decision.actions]


def blocked(decision: Decision) -> dict[str, list[str]]:
    """What is blocked, with the ids of what blocks it."""
    return {
        of.action if of.key is None else f"{of.action}[{of.key}]": [by.id for by in of.by] for of in decision.blocked
    }
