"""What one department may see of a decision.

Nothing here looks at a value: whether something is kept from a department depends on what the rules read, so that what
is left out tells nothing either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from nba.errors import did_you_mean
from nba.explanation.missing import missing_fields
from nba.language import tree
from nba.language.texts import Template
from nba.language.values import Value
from nba.proposing import Candidate, Key
from nba.results import Outcome
from nba.ruleset.model import Action, Ruleset, Statement
from nba.ruleset.secrets import HOUSE, PUBLIC, Items, Owners, owned_by
from nba.screening import Blocked
from nba.trace import Trace

HIDDEN_KEY: Final = "…"
"""What stands for the key of an item that may not be told."""


@dataclass(frozen=True)
class Sight:
    """What a department may see; the house sees everything."""

    ruleset: Ruleset
    department: str = HOUSE

    @property
    def names(self) -> frozenset[str]:
        """The names by which the department goes."""
        if self.department in self.ruleset.secrets.house:
            return frozenset({HOUSE, self.ruleset.house.name})
        return frozenset({self.department})

    def sees(self, owners: Owners) -> bool:
        """Whether it may see what belongs to these departments."""
        return not owners or self.ruleset.secrets.shown_to(self.department, owners)

    def sees_rule(self, id: str) -> bool:
        """Whether it may see what the condition of a rule or law reads."""
        return self.sees(self.ruleset.secrets.rules.get(id, PUBLIC))

    def sees_score(self, action: str) -> bool:
        """Whether it may see what the score of an action is made from."""
        return self.sees(self.ruleset.secrets.scores[action])

    def sees_key(self, action: str) -> bool:
        """Whether it may see the keys of an action's items."""
        return self.sees(self.ruleset.secrets.keys[action])

    def sees_field(self, name: str) -> bool:
        """Whether it may see a field of the profile."""
        return self.sees(self.ruleset.secrets.of_field(name))

    def outcome(self, found: Outcome) -> Outcome:
        """The outcome as it may be told: that something failed, not where that may hang on what is kept from it."""
        secrets = self.ruleset.secrets
        hidden = found == "error" and secrets.any and self.department not in secrets.house
        return "nothing_proposed" if hidden else found

    def of_block(self, block: Blocked, action: Action) -> Owners:
        """Whose confidential facts a block may tell of."""
        secrets = self.ruleset.secrets
        if block.kind != "gate":
            return secrets.rules.get(block.id, PUBLIC)
        # A plugin's gate says what it likes, and it is told the key.
        return secrets.gates.get(block.id, PUBLIC) | (secrets.keys[action.id] if "." in block.id else PUBLIC)

    def key(self, candidate: Candidate) -> Key:
        """The key of a candidate's item; None when it may not be told."""
        return candidate.key if self.sees_key(candidate.action.id) else None

    def name(self, candidate: Candidate) -> str:
        """A candidate by its action, and by its key when that may be told."""
        return self.named(candidate.action, candidate.key)

    def named(self, action: Action, key: Key) -> str:
        """An item of an action by its key when that may be told."""
        if key is None:
            return action.id
        return f"{action.id}[{key if self.sees_key(action.id) else HIDDEN_KEY}]"

    def because(self, statement: Statement) -> str:
        """Why a rule or law acts, in words for this department."""
        owners = self.ruleset.secrets.rules.get(statement.id, PUBLIC)
        return statement.because if self.sees(owners) else statement.public_because or own_reason(owners)

    def payload(self, action: Action, values: Mapping[str, Value]) -> dict[str, Value]:
        """What of a payload it may see."""
        secrets, items = self.ruleset.secrets, self._items(action)
        nodes = {name: of.nodes if isinstance(of, Template) else (of,) for name, of in action.payload}
        return {name: value for name, value in values.items() if self.sees(secrets.of_all(nodes[name], items))}

    def missing(
        self, trace: Trace, node: tree.Node, action: Action | None = None, item: Value = None
    ) -> tuple[str, ...]:
        """The fields that would decide what is in doubt, about an item of an action; of others, whose they are."""
        each, secrets = action.for_each if action is not None else None, self.ruleset.secrets
        items = {} if each is None else {each.item: item}
        labels = {} if each is None else {each.item: f"{each.over.text}[]"}
        if not secrets.any or self.department in secrets.house:
            return missing_fields(trace, node, items, labels, in_doubt=True)
        origins = {} if action is None else self._items(action)
        return tuple(sorted(set(self._missing(trace, node, items, labels, origins))))

    def _missing(
        self, trace: Trace, node: tree.Node, items: Mapping[str, Value], labels: Mapping[str, str], origins: Items
    ) -> Iterator[str]:
        owners = self.ruleset.secrets.of(node, origins)
        if self.sees(owners):
            yield from missing_fields(trace, node, items, labels)
            return
        yield from (f"a field of {owned_by(frozenset({owner}))}" for owner in owners - {self.department})
        # What of it may be seen is looked at by itself, so that the rest has no part in what is told.
        for part in (node.over,) if isinstance(node, tree.Aggregate) else tree.children(node):
            yield from self._missing(trace, part, items, labels, origins)

    def _items(self, action: Action) -> Items:
        each = action.for_each
        return {} if each is None else {each.item: self.ruleset.secrets.item(each.over)}


def own_reason(owners: Owners) -> str:
    """What is said in place of a reason that may not be told.

    >>> own_reason(frozenset({"billing"}))
    'it is for a reason that billing keeps to itself'
    """
    keep = "keeps to itself" if len(owners) == 1 else "keep to themselves"
    return f"it is for a reason that {owned_by(owners)} {keep}"


def departments(ruleset: Ruleset) -> frozenset[str]:
    """The departments of packs, tasks and the house itself."""
    named = {pack.department for pack in ruleset.packs} | {of.department for of in ruleset.notices}
    return frozenset({*named, *(of.department for of in ruleset.duties), ruleset.house.name, HOUSE})


def sight_of(ruleset: Ruleset, department: str) -> Sight:
    """What a department may see.

    Raises:
        ValueError: there is no such department.
    """
    known = departments(ruleset)
    if department not in known:
        hint = did_you_mean(department, known) or f"there are {', '.join(sorted(known))}"
        raise ValueError(f"there is no department `{department[:80]}`; {hint}")
    return Sight(ruleset, department)
