"""What rules and laws are checked against: the packs, actions, names and words around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nba.documents.common import Condition
from nba.documents.house import House
from nba.language import tree
from nba.language.scope import Scope
from nba.ruleset.conditions import ALWAYS, condition
from nba.ruleset.gathering import Declared, MergedPack, Problems
from nba.ruleset.model import Action, Pairs, Statement
from nba.ruleset.secrets import PUBLIC, Secrets, owned_by
from nba.ruleset.selecting import Selecting
from nba.source import Span


@dataclass(frozen=True)
class Surroundings:
    """All that is there before the first rule is checked."""

    packs: dict[str, MergedPack]
    house: House
    actions: dict[str, Action]
    shadow_actions: frozenset[str]
    action_scopes: dict[str, Scope]
    scopes: Mapping[str | None, Scope]
    """By pack; None for the house."""
    selecting: Selecting
    disabled: dict[str, str]
    secrets: Secrets
    problems: Problems

    def condition(self, written: Condition | None, scope: Scope, declared: Declared[Any]) -> tree.Node:
        """The checked condition; one with problems is taken as always, as the rules do not load anyway."""
        with self.problems.collecting(declared.place):
            return condition(written, scope)
        return ALWAYS

    def check_department(self, name: str, place: Callable[[], Span]) -> None:
        """Complain about a department that nothing declares."""
        if name not in self.selecting.departments:
            hint = "declare it in the house's `departments:` or `vocabulary:`"
            self.problems.unknown("department", name, self.selecting.departments, place(), hint)

    def check_public_reason(self, guard: Statement, pairs: Pairs, place: Callable[[], Span]) -> None:
        """Ask for a reason that can be told to whoever may not see what a guard is about."""
        owners = PUBLIC if guard.public_because else self.secrets.of(guard.condition)
        if owners and any(not self.secrets.shown_to(self.actions[id].department, owners) for id in pairs):
            message = f"`{guard.id}` holds back others for a reason that is confidential to {owned_by(owners)}"
            hint = "say `public_because:`, which they are told instead of `because:`"
            self.problems.add("no-public-because", message, place(), hint, level="warning")
