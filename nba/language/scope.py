"""The names that an expression may use, and what they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from nba.language import tree
from nba.language.types import Record, Type

RESERVED = frozenset({"as_of", "context", "settings", "true", "false", "missing"})
"""Words that mean the same everywhere: no section, pack or item may take one."""


_Items: TypeAlias = tuple[tuple[str, Type, str], ...]
"""Names with their types, also in words: as types, whole numbers are equal to others."""


@dataclass(frozen=True, slots=True)
class Known:
    """What has been found so far: rules say the same things again and again, and the same text means the same."""

    checked: dict[tuple[str, Type | None], tree.Node] = field(default_factory=dict)
    """By the text of an expression and the type that was expected of it."""
    parts: dict[str, tree.Node] = field(default_factory=dict)
    """By the text of an expression, or of a part of one, as `show` writes it."""
    within: dict[_Items, Known] = field(default_factory=dict)
    """What has been found with more items in sight, by these."""


@dataclass(frozen=True)
class Scope:
    """What is in sight of one expression.

    `facts` are signals and plugin features by full id; `settings` those of the own `pack`, by short name; `items` are
    the items of enclosing aggregates and of the action's `for_each`. `packs` are the loaded packs, for better errors.
    """

    profile: Record
    context: Record = Record("context")
    facts: Mapping[str, Type] = field(default_factory=dict)
    settings: Mapping[str, Type] = field(default_factory=dict)
    pack: str | None = None
    items: Mapping[str, Type] = field(default_factory=dict)
    packs: frozenset[str] = frozenset()
    common: Known = field(default_factory=Known, compare=False, repr=False)
    """What means the same in every pack; scopes with the same profile, context and facts may share it."""
    own: Known = field(default_factory=Known, compare=False, repr=False)
    """What reads settings, which are the pack's own."""
    _within: dict[_Items, Scope] = field(default_factory=dict, init=False, compare=False, repr=False)

    def with_item(self, name: str, kind: Type) -> Scope:
        """The same scope with one more item in sight."""
        return self.with_items({name: kind})

    def with_items(self, items: Mapping[str, Type]) -> Scope:
        """The same scope with more items in sight."""
        added = tuple((name, kind, repr(kind)) for name, kind in items.items())
        scope = self._within.get(added)
        if scope is None:
            common, own = (of.within.setdefault(added, Known()) for of in (self.common, self.own))
            scope = replace(self, items={**self.items, **items}, common=common, own=own)
            self._within[added] = scope
        return scope

    def known(self, text: str) -> Known:
        """Where what has been found of such an expression is kept."""
        return self.own if "settings" in text else self.common

    def takes(self, name: str) -> str | None:
        """What already has this name, in words, or None when an item may take it."""
        if name in RESERVED:
            return "a word of the language"
        if name in self.items:
            return "the item of an enclosing list"
        if name in self.profile.fields:
            return "a field of the profile"
        if name in self.packs:
            return "a pack"
        return None

    def known_names(self) -> Iterator[str]:
        """Every dotted name that an expression could say here, to find the one that was meant."""
        yield "as_of"
        yield from paths_of(self.profile)
        yield from (f"context.{path}" for path in paths_of(self.context))
        yield from self.facts
        yield from (f"settings.{name}" for name in self.settings)
        for name, kind in self.items.items():
            yield name
            if isinstance(kind, Record):
                yield from (f"{name}.{path}" for path in paths_of(kind))


def paths_of(record: Record, prefix: str = "", depth: int = 6) -> Iterator[str]:
    """The dotted paths of a record's fields, down to lists and maps.

    >>> from nba.language.types import STRING, Field
    >>> list(paths_of(Record("customer", {"id": Field(STRING)})))
    ['id']
    """
    for name, of in record.fields.items():
        yield prefix + name
        if isinstance(of.type, Record) and depth:
            yield from paths_of(of.type, f"{prefix}{name}.", depth - 1)
