"""Where a value stands in a profile or context: the names that lead to it, through lists and maps."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import TypeAlias

from nba.language import tree


class Inside(enum.Enum):
    """A step into what has no name of its own."""

    EACH = "[]"
    """Any item of a list."""
    VALUE = "{}"
    """The value at any key of a map."""


EACH, VALUE = Inside.EACH, Inside.VALUE
Place: TypeAlias = tuple[str | Inside, ...]
"""The root (`profile`, `context`, `as_of`), then names and steps into lists and maps."""
AS_OF: Place = ("as_of",)
Items: TypeAlias = Mapping[str, Place | None]
"""By the name of an item: where it stands. None: it is made by the rules."""


def place_of(node: tree.Node, items: Items, facts: Mapping[str, tree.Node]) -> Place | None:
    """Where the value of a node stands; None for what is computed. `facts` are the signals by id."""
    match node:
        case tree.Path(root=root, names=names):
            return (root, *names)
        case tree.AsOf():
            return AS_OF
        case tree.Item(name=name):
            return items.get(name)
        case tree.Get(of=of, name=name):
            above = place_of(of, items, facts)
            return None if above is None else (*above, name)
        case tree.Lookup(of=of):
            above = place_of(of, items, facts)
            return None if above is None else (*above, VALUE)
        case tree.Default(of=of):
            return place_of(of, items, facts)
        case tree.Fact(id=id) if id in facts:
            return place_of(facts[id], {}, facts)
    return None
