"""Selectors, resolved when the rules load: they read declarations only, so what they select is known then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

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


class Selecting:
    """Resolves selectors; complains about words that nothing declares."""

    def __init__(self, words: Words, drafts: frozenset[str], packs: frozenset[str], problems: Problems) -> None:
        self._words, self._drafts, self._packs, self._problems = words, drafts, packs, problems

    @property
    def departments(self) -> frozenset[str]:
        """Every department that something declares."""
        return self._words.departments

    def pairs(
        self, selector: Selector, declared: Declared[Any], *path: str, pack: str | None, but: Selector | None = None
    ) -> Pairs:
        """The (action, channel) pairs that a selector picks, without those that `but` picks."""
        picked = self._pick(selector, declared, path, pack)
        excepted = self._pick(but, declared, ("except",), pack) if but else {}
        whole: dict[str, tuple[str | None, ...]] = {}
        for id, channels in picked.items():
            left = tuple(channel for channel in channels if channel not in excepted.get(id, ()))
            if left:
                whole[id] = left
        return whole

    def actions(self, ids: Iterable[str], place: Span, pack: str | None) -> list[str]:
        """The full ids of actions that are named; a draft is left out, an unknown one complained about."""
        found = []
        for id in ids:
            full = id if "." in id or pack is None else f"{pack}.{id}"
            if full in self._words.actions:
                found.append(full)
            elif full not in self._drafts:
                self._unknown_action(full, place)
        return found

    def _unknown_action(self, full: str, place: Span) -> None:
        pack = full.partition(".")[0]
        if pack in self._packs or nearest(pack, self._packs) is not None:
            self._problems.unknown("action", full, {*self._words.actions, *self._drafts}, place)
            return
        hint = f"load the pack `{pack}`, or say `with: [{pack}]` on the rule: it then waits until `{pack}` is loaded"
        self._problems.add("unknown-name", f"`{full}`: no pack `{pack}` is loaded", place, hint)

    def _pick(
        self, selector: Selector, declared: Declared[Any], path: tuple[str, ...], pack: str | None
    ) -> dict[str, tuple[str | None, ...]]:
        words = self._words
        ids: set[str] | None = None
        if selector.action is not None:
            at = declared.span(*path, "action")
            ids = set(self.actions(selector.action, at, pack))
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
        picked: dict[str, tuple[str | None, ...]] = {}
        for action in words.actions.values():
            if (
                (ids is None or action.id in ids)
                and (selector.tier is None or action.tier in selector.tier)
                and (selector.department is None or action.department in selector.department)
                and (selector.tag is None or not action.tags.isdisjoint(selector.tag))
            ):
                wanted = selector.channel
                channels = action.pairs if wanted is None else tuple(c for c in action.channels if c in wanted)
                if channels:
                    picked[action.id] = channels
        return picked
