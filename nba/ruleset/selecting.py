"""Selectors, resolved when the rules load: they read declarations only, so what they select is known then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from nba.documents.common import Selector
from nba.errors import nearest
from nba.ruleset.gathering import Declared, Problems
from nba.ruleset.model import Action, Pairs
from nba.source import Span


@dataclass(frozen=True)
class Words:
    """The words that selectors may use: what is declared, and the house's vocabulary."""

    tiers: frozenset[str]
    departments: frozenset[str]
    tags: frozenset[str]
    channels: frozenset[str]
    actions: Mapping[str, Action]


class _Wanted(NamedTuple):
    """What a selector says, comparable: each key's words, and the actions by full id."""

    ids: frozenset[str] | None
    tiers: frozenset[str] | None
    departments: frozenset[str] | None
    tags: frozenset[str] | None
    channels: frozenset[str] | None


class Selecting:
    """Resolves selectors; complains about words that nothing declares.

    Selectors that say the same share what they pick: many rules select by few words, and each picks many actions.
    """

    def __init__(self, words: Words, drafts: frozenset[str], packs: frozenset[str], problems: Problems) -> None:
        self._words, self._drafts, self._packs, self._problems = words, drafts, packs, problems
        self._picked: dict[tuple[_Wanted, _Wanted | None], Pairs] = {}
        self._sets: dict[int, frozenset[str]] = {}

    @property
    def departments(self) -> frozenset[str]:
        """Every department that something declares."""
        return self._words.departments

    def pairs(
        self, selector: Selector, declared: Declared[Any], *path: str, pack: str | None, but: Selector | None = None
    ) -> Pairs:
        """The (action, channel) pairs that a selector picks, without those that `but` picks; equal ones share them."""
        wanted = self._wanted(selector, declared, path, pack)
        excepted = self._wanted(but, declared, ("except",), pack) if but else None
        picked = self._picked.get((wanted, excepted))
        if picked is None:
            picked = self._pick(wanted) if excepted is None else _without(self._pick(wanted), self._pick(excepted))
            self._picked[wanted, excepted] = picked
        return picked

    def ids(self, pairs: Pairs) -> frozenset[str]:
        """The actions of what `pairs` has picked; equal ones share them."""
        found = self._sets.get(id(pairs))
        if found is None:
            found = self._sets[id(pairs)] = frozenset(pairs)
        return found

    def actions(self, ids: Iterable[str], place: Callable[[], Span], pack: str | None) -> list[str]:
        """The full ids of actions that are named; a draft is left out, an unknown one complained about."""
        found = []
        for id in ids:
            full = id if "." in id or pack is None else f"{pack}.{id}"
            if full in self._words.actions:
                found.append(full)
            elif full not in self._drafts:
                self._unknown_action(full, place())
        return found

    def _unknown_action(self, full: str, place: Span) -> None:
        pack = full.partition(".")[0]
        if pack in self._packs or nearest(pack, self._packs) is not None:
            self._problems.unknown("action", full, {*self._words.actions, *self._drafts}, place)
            return
        hint = f"load the pack `{pack}`, or say `with: [{pack}]` on the rule: it then waits until `{pack}` is loaded"
        self._problems.add("unknown-name", f"`{full}`: no pack `{pack}` is loaded", place, hint)

    def _wanted(self, selector: Selector, declared: Declared[Any], path: tuple[str, ...], pack: str | None) -> _Wanted:
        words, ids = self._words, None
        if selector.action is not None:
            ids = frozenset(self.actions(selector.action, lambda: declared.span(*path, "action"), pack))
        for name, said, known in (
            ("tier", selector.tier, words.tiers),
            ("department", selector.department, words.departments),
            ("tag", selector.tag, words.tags),
            ("channel", selector.channel, words.channels),
        ):
            for number, word in enumerate(said or ()):
                if word not in known:
                    hint = "declare it in the house's `vocabulary:`" if name != "tier" else None
                    self._problems.unknown(name, word, known, declared.span(*path, name, number), hint)
        given = (selector.tier, selector.department, selector.tag, selector.channel)
        return _Wanted(ids, *(None if said is None else frozenset(said) for said in given))

    def _pick(self, wanted: _Wanted) -> dict[str, tuple[str | None, ...]]:
        known, (ids, tiers, departments, tags, channels) = self._words.actions, wanted
        picked: dict[str, tuple[str | None, ...]] = {}
        for action in known.values() if ids is None else [known[id] for id in sorted(ids)]:
            if (
                (tiers is None or action.tier in tiers)
                and (departments is None or action.department in departments)
                and (tags is None or not action.tags.isdisjoint(tags))
            ):
                left = action.pairs if channels is None else tuple(of for of in action.channels if of in channels)
                if left:
                    picked[action.id] = left
        return picked


def _without(picked: Pairs, excepted: Pairs) -> dict[str, tuple[str | None, ...]]:
    whole: dict[str, tuple[str | None, ...]] = {}
    for id, channels in picked.items():
        but = excepted.get(id)
        left = tuple(channel for channel in channels if channel not in but) if but else channels
        if left:
            whole[id] = left
    return whole
