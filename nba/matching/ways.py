"""In how many ways a condition can hold, and what each way asks of each feature alone.

`a < 3 and (b or c == "x")` holds in two ways: by `a` and `b`, and by `a` and `c`. Kleene's truths may be multiplied out
like this: and, or and not distribute over each other there, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final, TypeAlias

from nba.language import tree, types
from nba.language.compiled import view_of
from nba.language.meaning import evaluate

MOST_WAYS: Final = 4
"""Of a condition that can hold in more ways than these, a part is computed as a feature of its own."""

Way: TypeAlias = dict[int, tree.Node]
"""By the number of a feature: what is asked of it."""


class Ways:
    """The ways of conditions over so many features. What has to be computed is numbered after the features."""

    def __init__(self, features: int) -> None:
        self.computed: dict[tree.Node, int] = {}
        self._features = features

    def of(self, node: tree.Node, wanted: bool = True) -> list[Way]:
        """The ways in which a node is true (or false).

        None when it never is, and one that asks nothing when it always is.

        >>> number = tree.Feature(0, types.NUMBER)
        >>> small = tree.Compare("<", number, tree.Constant(3, types.NUMBER))
        >>> Ways(2).of(tree.Or((tree.Feature(1, types.BOOLEAN), small))) == [
        ...     {1: tree.Feature(1, types.BOOLEAN)}, {0: small}]
        True
        """
        read = features_of(node)
        if not read:
            return [{}] if evaluate(node, view_of(())) is wanted else []
        if len(read) == 1:
            return [{read.pop(): node if wanted else tree.Not(node)}]
        match node:
            case tree.Not(of=of):
                return self.of(of, not wanted)
            case tree.And(items=items) | tree.Or(items=items):
                if isinstance(node, tree.And) is wanted:
                    return self._all(items, wanted)
                either = [way for item in items for way in self.of(item, wanted)]
                if len(either) <= MOST_WAYS:
                    return either
        return self._one(node, wanted)

    def _all(self, items: Sequence[tree.Node], wanted: bool) -> list[Way]:
        found: list[Way] = [{}]
        for item in items:
            ways = self.of(item, wanted)
            if len(found) * len(ways) > MOST_WAYS:
                ways = self._one(item, wanted)
            found = [_both(one, other) for one, other in product(found, ways)]
        return found

    def _one(self, node: tree.Node, wanted: bool) -> list[Way]:
        number = self.computed.setdefault(node, self._features + len(self.computed))
        truth = tree.Feature(number, types.BOOLEAN)
        return [{number: truth if wanted else tree.Not(truth)}]


def _both(one: Way, other: Way) -> Way:
    return {**one, **{number: tree.And((one[number], of)) if number in one else of for number, of in other.items()}}


def features_of(node: tree.Node) -> set[int]:
    """The numbers of the features that a condition reads."""
    return {of.number for of in parts(node) if isinstance(of, tree.Feature)}


def parts(node: tree.Node) -> Iterator[tree.Node]:
    """The node and all that is below it."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += tree.children(found)
