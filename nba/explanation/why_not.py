"""Why an action was not chosen, or why it was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nba.errors import did_you_mean
from nba.explanation.account import Account
from nba.explanation.fates import Fate, Outcome
from nba.explanation.showing import NOWHERE, Page, Place, plain
from nba.explanation.telling import HEADS, tell_fate
from nba.explanation.unproposed import fate_of, fates_of_items
from nba.ruleset.model import Action
from nba.ruleset.secrets import owned_by


@dataclass(frozen=True)
class WhyNot:
    """What became of one action, and why. Prints as text for people.

    Attributes:
        action: the action that was asked about; of an action with `for_each`, with the item's key when one was named.
        outcome: `chosen`, `outranked`, `blocked`, `undecided` or `not_proposed`; of several items, that of the best.
        fates: what became of it; of an action with `for_each` asked about as a whole, one an item.
        note: what there is to say beside that.
    """

    action: str
    title: str
    department: str
    tier: str
    outcome: Outcome
    fates: tuple[Fate, ...]
    note: str = ""
    _place: Place = field(default=NOWHERE, repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data that JSON can carry."""
        found: dict[str, Any] = plain(self)
        return found

    def __str__(self) -> str:
        page = Page()
        if len(self.fates) == 1 and self.fates[0].name == self.action:
            page.add(f"{self.title}: {self.action} {HEADS[self.outcome]} ({self.department}, tier {self.tier})")
        else:
            page.add(f"{self.title}: {self.action}, for each of its items ({self.department}, tier {self.tier})")
        for fate in self.fates:
            if fate.name != self.action:
                page.head(f"{fate.name} {HEADS[fate.outcome]}")
            tell_fate(page, fate, self._place)
        if self.note:
            page.head(self.note) if self.fates and self.fates[0].name != self.action else page.add(self.note, 2)
        return str(page)


def why_not(account: Account, asked: str) -> WhyNot:
    """What became of an action by its id, or of one item as `sales.renew_lease[L-88]`.

    Raises:
        ValueError: there is no such action.
    """
    actions = account.trace.ruleset.actions
    id, key = (asked, None) if asked in actions else _parted(asked)
    action = actions.get(id)
    if action is None:
        hint = did_you_mean(id, actions)
        raise ValueError(f"there is no action `{asked[:80]}`{f'; {hint}' if hint else ''}")
    if key is not None and action.for_each is None:
        raise ValueError(f"`{id}` has no items: it is asked about without a key")
    if key is not None and not account.sight.sees_key(id):
        owners = owned_by(account.trace.ruleset.secrets.keys[id])
        raise ValueError(f"the items of `{id}` are confidential to {owners}: it is asked about without a key")
    if action.for_each is None or key is not None:
        return _view(account, asked, action, (_one(account, action, key),))
    fates, note = fates_of_items(account, action)
    if not fates:
        return _view(account, asked, action, (fate_of(account, action, note=note),))
    return _view(account, asked, action, fates, note)


def _view(account: Account, asked: str, action: Action, fates: tuple[Fate, ...], note: str = "") -> WhyNot:
    return WhyNot(asked, action.title, action.department, action.tier, fates[0].outcome, fates, note, account.place)


def _parted(asked: str) -> tuple[str, str | None]:
    id, bracket, rest = asked.partition("[")
    return (id, rest[:-1]) if bracket and rest.endswith("]") else (asked, None)


def _one(account: Account, action: Action, key: str | None) -> Fate:
    name = action.id if key is None else f"{action.id}[{key}]"
    if name in account.screened:
        return account.fate(account.screened[name])
    if key is None or action.for_each is None:
        return fate_of(account, action)
    items = account.items(action)
    over = action.for_each.over.text
    if items is None:
        return fate_of(account, action, note=f"`{over}` is not known, so no item can be proposed")
    for found, item in items:
        if str(found) == key:
            return fate_of(account, action, found, item)
    return fate_of(account, action, key, note=f"`{over}` holds no item with the key {key[:40]}")
