"""The values of a layer's features, fields of one record read together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from nba.language import tree
from nba.language.compiled import Compiled, compile_node
from nba.language.meaning import Environment
from nba.language.types import Record
from nba.language.values import Value

_NOTHING: Mapping[str, Value] = {}
_RECORD = Record("record")


class FeatureReader:
    """Computes the values of features. No part of the profile or context on the way to one may have failed."""

    def __init__(self, nodes: Sequence[tree.Node]) -> None:
        fields: dict[tree.Path, list[tuple[int, str]]] = {}
        others: list[tuple[int, Compiled]] = []
        for place, node in enumerate(nodes):
            if isinstance(node, tree.Path) and node.names:
                record = tree.Path(node.root, node.names[:-1], _RECORD)
                fields.setdefault(record, []).append((place, node.names[-1]))
            else:
                others.append((place, compile_node(node)))
        self._records = [(compile_node(record), [name for _, name in of]) for record, of in fields.items()]
        self._others = [compute for _, compute in others]
        read = [place for of in fields.values() for place, _ in of] + [place for place, _ in others]
        self._in_order = _permutation(sorted(range(len(nodes)), key=read.__getitem__))

    def read(self, env: Environment) -> Sequence[Any]:
        """The values of the features, by number."""
        values: list[Any] = []
        for record, names in self._records:
            values += map((record(env) or _NOTHING).get, names)
        values += [compute(env) for compute in self._others]
        return self._in_order(values)


def _permutation(places: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    return itemgetter(*places) if len(places) > 1 else tuple
