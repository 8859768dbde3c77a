"""The conditions on which something acts: rules, laws and signals, each with what it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from nba.language import tree, types
from nba.ruleset.model import Guard, Pairs, Ruleset, Signal, Statement

Effect: TypeAlias = Literal["propose", "block", "weigh", "notify", "never", "always", "signal"]


@dataclass(frozen=True)
class Acting:
    """A condition, and what acts on it."""

    id: str
    effect: Effect
    condition: tree.Node
    source: str
    each: str | None = None
    """The action whose item the condition is about."""
    in_doubt: bool = False
    """Whether it acts where the condition is not known, too."""
    shadow: bool = False

    @property
    def called(self) -> str:
        """What people call it."""
        kind = {"never": "law", "always": "law", "signal": "signal"}.get(self.effect, "rule")
        return f"{kind} `{self.id}`"


def acting(ruleset: Ruleset) -> list[Acting]:
    """Everything that acts on a condition, each condition of a rule once: signals first, in the order they are read."""
    found: dict[tuple[str, int], Acting] = {}
    for one in _all(ruleset):
        found.setdefault((one.id, id(one.condition)), one)
    return list(found.values())


def _all(ruleset: Ruleset) -> Iterator[Acting]:
    for fact in ruleset.facts:
        if isinstance(fact, Signal) and isinstance(fact.type, types.Boolean):
            yield Acting(fact.id, "signal", fact.node, fact.source)
    for of in ruleset.proposals:
        yield _of(of.rule, "propose")
    for id, rules in ruleset.items.items():
        for of in rules.proposals:
            yield _of(of.rule, "propose", id)
        for shadow in rules.shadows:
            yield _of(shadow.rule, "propose", id, shadow=True)
    for guard in ruleset.guards:
        yield of_guard(guard)
    for weight in ruleset.weights:
        yield _of(weight.rule, "weigh")
    for notice in ruleset.notices:
        yield _of(notice.rule, "notify")
    for duty in ruleset.duties:
        yield _of(duty.rule, "always")
    for shadow in ruleset.shadows:
        yield _of(shadow.rule, shadow.effect, shadow=True)


def of_guard(guard: Guard) -> Acting:
    """A guard or `never` law."""
    effect: Effect = "never" if guard.kind == "law" else "block"
    return _of(guard.rule, effect, in_doubt=not guard.lenient)


def _of(
    rule: Statement, effect: Effect, each: str | None = None, *, in_doubt: bool = False, shadow: bool = False
) -> Acting:
    return Acting(rule.id, effect, rule.condition, rule.source, each, in_doubt, shadow)


def within(some: Pairs, others: Pairs) -> bool:
    """Whether all pairs of one are also pairs of the other."""
    return all(set(channels) <= set(others.get(action, ())) for action, channels in some.items())
