"""The values of a layer's features, fields of one record read together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from nba.language import tree
from nba.language.compiled import compile_node
from nba.language.meaning import Environment
from nba.language.values import Value

_NOTHING: Mapping[str, Value] = {}


class FeatureReader:
    """Computes the values of features. No part of the profile or context on the way to one may have failed."""

    def __init__(self, nodes: Sequence[tree.Node]) -> None:
        fields: dict[tuple[str, tuple[str, ...]], list[int]] = {}
        others: list[int] = []
        for place, node in enumerate(nodes):
            if isinstance(node, tree.Path) and node.names:
                fields.setdefault((node.root, node.names[:-1]), []).append(place)
            else:
                others.append(place)
        self._records = [
            (compile_node(tree.Path(root, names, nodes[of[0]].type)), [nodes[place].names[-1] for place in of])  # type: ignore[union-attr,arg-type]
            for (root, names), of in fields.items()
        ]
        self._others = [compile_node(nodes[place]) for place in others]
        read = [place for of in fields.values() for place in of] + others
        self._in_order = _permutation([read.index(place) for place in range(len(nodes))])

    def read(self, env: Environment) -> Sequence[Any]:
        """The values of the features, by number."""
        values: list[Any] = []
        for record, names in self._records:
            values += map((record(env) or _NOTHING).get, names)
        values += [compute(env) for compute in self._others]
        return self._in_order(values)


def _permutation(places: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    return itemgetter(*places) if len(places) > 1 else tuple
