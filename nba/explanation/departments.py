"""A decision as one department sees it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from nba.explanation.account import Account
from nba.explanation.fates import Fate, Reason
from nba.explanation.overview import tell_undecided
from nba.explanation.showing import NOWHERE, Page, Place, plain
from nba.explanation.telling import Told, by_channel, same_reasons, tell_reason, tell_waiting
from nba.explanation.undecided import undecided
from nba.language.moments import write_instant
from nba.language.values import Value
from nba.proposing import Key
from nba.results import ActionResult, Task, Undecided


@dataclass(frozen=True)
class ChosenAction:
    """A chosen action, as far as a department may see it.

    What is kept from it is left out: the key of an item, the score, parts of the payload, the ids of rules. `because`
    is then what its rules say in public.
    """

    rank: int
    action: str
    key: Key
    department: str
    tier: str
    score: float | None
    channel: str | None
    payload: dict[str, Value]
    proposed_by: tuple[str, ...]
    because: tuple[str, ...]
    refused: tuple[Reason, ...]
    title: str


@dataclass(frozen=True)
class HeldBack:
    """Something that a department held back of another's.

    Attributes:
        action: what was held back, an item with its key.
        title: its title.
        department: whose action it is.
        free: whether it found another channel all the same.
        by: the department's reasons.
    """

    action: str
    title: str
    department: str
    free: bool
    by: tuple[Reason, ...]


@dataclass(frozen=True)
class DepartmentView:
    """A decision as one department sees it. Prints as text for people.

    Of what is confidential to others there is no value, name or score in it: no more than that something blocks or
    proposes, whose it is, and what its rule says in public.

    Attributes:
        department: whose view it is.
        profile_id: the customer's identifier.
        as_of: the instant that the decision is made for.
        outcome: the outcome of the whole decision; where anything is confidential, without a word of faults.
        chosen: all actions of the decision, best first: the whole that everyone serves.
        mine: what became of the department's own proposals.
        held_back: what the department's guards, or the house's laws and checks, held back of others.
        tasks: what the department is asked to do.
        undecided: its rules that were in doubt, and the fields that would decide them.
        not_proposed: its actions that no rule proposed, or would propose if more were known.
    """

    department: str
    profile_id: str | None
    as_of: str
    outcome: str
    chosen: tuple[ChosenAction, ...]
    mine: tuple[Fate, ...]
    held_back: tuple[HeldBack, ...]
    tasks: tuple[Task, ...]
    undecided: tuple[Undecided, ...]
    not_proposed: tuple[str, ...]
    _place: Place = field(default=NOWHERE, repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data that JSON can carry."""
        found: dict[str, Any] = plain(self)
        return found

    def __str__(self) -> str:
        page = Page()
        of = f" for {self.profile_id}" if self.profile_id else ""
        page.add(f"To {self.department}: the decision{of}, as of {self._place.moment(self.as_of)}")
        self._tell_whole(page)
        self._tell_mine(page)
        self._tell_held_back(page)
        if self.tasks:
            page.head("What you are asked to do")
        for task in self.tasks:
            page.add(task.message, 2)
            page.add(f"because {task.because}" if task.because else "", 4)
        tell_undecided(page, self.undecided)
        return str(page)

    def _tell_whole(self, page: Page) -> None:
        page.head("What we do for the customer" if self.chosen else "For now, nobody approaches the customer")
        for action in self.chosen:
            page.add(f"{action.rank}. {action.title}{by_channel(action.channel)} ({action.department})", 2, 3)
            for because in action.because:
                page.add(f"because {because}", 5)

    def _tell_mine(self, page: Page) -> None:
        if self.mine or self.not_proposed:
            page.head("What became of your proposals" if self.mine else "You proposed nothing this time")
        for fate in self.mine:
            if fate.outcome == "chosen":
                page.add(f"{fate.title}: {fate.name} is chosen, number {fate.rank}{by_channel(fate.channel)}", 2)
            elif fate.outranked_by is not None:
                page.add(f"{fate.title}: {fate.name} comes after {fate.outranked_by.name}", 2)
                page.add(fate.outranked_by.detail, 4)
        tell_waiting(page, [fate for fate in self.mine if fate.outcome == "blocked"], self._place)
        if self.mine and self.not_proposed:
            page.gap()
        if self.not_proposed:
            page.add(f"Not proposed: {', '.join(self.not_proposed)}", 2)

    def _tell_held_back(self, page: Page) -> None:
        groups: dict[tuple[object, ...], list[HeldBack]] = {}
        for held in self.held_back:
            groups.setdefault(same_reasons(held.by), []).append(held)
        told: Told = set()
        for number, group in enumerate(groups.values()):
            if number:
                page.gap()
            else:
                page.head("What you held back")
            for held in group:
                still = "; it goes another way" if held.free else ""
                page.add(f"{held.title}: {held.action} of {held.department}{still}", 2)
            for reason in group[0].by:
                tell_reason(page, reason, self._place, told, 4)


def for_department(account: Account) -> DepartmentView:
    """A decision as the department sees it whose account it is."""
    trace, decided, sight = account.trace, account.decided, account.sight
    names, own_rules = sight.names, {of.id for of in trace.ruleset.statements if of.department in sight.names}
    screened = account.in_order()
    fates = [account.fate(of) for of in screened]
    mine = [
        fate
        for fate, of in zip(fates, screened, strict=True)
        if fate.department in names or any(rule.id in own_rules for rule in of.candidate.proposed_by)
    ]
    held = [held for fate in fates if (held := _held(fate, names)) is not None]
    spoken_of = {fate.action for fate in fates} | {of.action for of in decided.undecided}
    actions = trace.ruleset.actions
    return DepartmentView(
        sight.department,
        decided.profile_id if sight.sees_field("id") else None,
        write_instant(trace.as_of),
        sight.outcome(decided.outcome),
        tuple(_chosen(fate, action, account) for fate, action in zip(fates, decided.actions, strict=False)),
        tuple(mine),
        tuple(held),
        tuple(_task(task, account) for task in decided.tasks if task.department in names),
        tuple(of for of in undecided(trace, sight) if of.rule in own_rules),
        tuple(id for id, action in actions.items() if action.department in names and id not in spoken_of),
        account.place,
    )


def _chosen(fate: Fate, chosen: ActionResult, account: Account) -> ChosenAction:
    return ChosenAction(
        chosen.rank,
        fate.action,
        fate.key,
        fate.department,
        fate.tier,
        None if fate.score is None else fate.score.total,
        fate.channel,
        account.sight.payload(account.trace.ruleset.actions[fate.action], chosen.payload),
        tuple(rule.id for rule in fate.proposed_by if rule.id),
        tuple(dict.fromkeys(rule.because for rule in fate.proposed_by)),
        fate.blocked_by,
        fate.title,
    )


def _task(task: Task, account: Account) -> Task:
    sight = account.sight
    if sight.sees_rule(task.rule):
        return task
    [rule] = [of for of in account.trace.ruleset.statements if of.id == task.rule]
    return replace(task, rule="", because=sight.because(rule) if task.because else "")


def _held(fate: Fate, names: frozenset[str]) -> HeldBack | None:
    by = tuple(reason for reason in fate.blocked_by if reason.department in names)
    if not by or fate.department in names:
        return None
    return HeldBack(fate.name, fate.title, fate.department, fate.outcome != "blocked", by)
