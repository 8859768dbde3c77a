"""The values of a layer's features, fields of one record read together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nba.language import tree
from nba.language.compiled import compile_node
from nba.language.meaning import Environment
from nba.language.types import Record
from nba.language.values import Value
from nba.writing import write

_NOTHING: Mapping[str, Value] = {}
_RECORD = Record("record")


class FeatureReader:
    """Computes the values of features. No part of the profile or context on the way to one may have failed."""

    def __init__(self, nodes: Sequence[tree.Node]) -> None:
        names: dict[str, Any] = {"NOTHING": _NOTHING}
        records: dict[tree.Path, str] = {}
        values: list[str] = []
        for place, node in enumerate(nodes):
            if isinstance(node, tree.Path) and node.names:
                record = tree.Path(node.root, node.names[:-1], _RECORD)
                of = records.setdefault(record, f"record_{len(records)}")
                names[f"name_{place}"] = node.names[-1]
                values.append(f"{of}(name_{place})")
            else:
                names[f"compute_{place}"] = compile_node(node)
                values.append(f"compute_{place}(env)")
        lines = []
        for record, of in records.items():
            names[f"find_{of}"] = compile_node(record)
            lines.append(f"{of} = (find_{of}(env) or NOTHING).get")
        self.read: Callable[[Environment], Sequence[Any]] = write(
            "read(env)", [*lines, f"return [{', '.join(values)}]"], names
        )
        """The values of the features, by number."""
