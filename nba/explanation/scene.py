"""What a condition is looked at in, and what to call what is seen there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from nba.language import tree
from nba.language.meaning import Environment
from nba.trace import Trace


@dataclass(slots=True)
class Scene:
    """A decision, and the values in sight."""

    trace: Trace
    env: Environment
    labels: dict[str, str]
    """What to call the items in sight."""


S = TypeVar("S", bound=Scene)
Label: TypeAlias = Callable[[S], str]


def label_of(node: tree.Node, otherwise: Callable[[tree.Node], Label[S]]) -> Label[S]:
    """What to call a node: an item as it is labelled, a field of it with its name behind that, and `otherwise`."""
    match node:
        case tree.Item(name=name):
            return lambda scene: scene.labels.get(name, name)
        case tree.Get(of=of, name=name):
            record = label_of(of, otherwise)
            return lambda scene: f"{record(scene)}.{name}"
    return otherwise(node)
