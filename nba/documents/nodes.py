"""What reading YAML gives: plain values in frozen nodes, where every key and value knows its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from nba.documents.scalars import ScalarValue, offsets
from nba.source import Source, Span, Written

__all__ = ["Entry", "MappingNode", "Node", "ScalarNode", "SequenceNode", "Str", "at", "bare", "key_at", "plain"]


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A text, number, truth or null: `value`, and `text`, which it was before it was read as a value.

    It stands at `source.text[start:end]`, quotes and all. `style` is YAML's sign for it: a quote, `|`, `>`, or nothing.
    """

    value: ScalarValue
    text: str
    source: Source = field(repr=False)
    start: int
    end: int
    style: str

    @property
    def plain(self) -> bool:
        """Whether it is without quotes, and no block of text."""
        return not self.style

    @property
    def span(self) -> Span:
        """Its place."""
        return Span(self.source, self.start, self.end)

    @property
    def written(self) -> Written:
        """Its text, with the place of each character."""
        found = offsets(self.source.text, self.start, self.end, self.text, self.style)
        return Written(self.text, self.source, found.start if isinstance(found, range) else found)


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping, whose `value` is always a text, and what stands under it."""

    key: ScalarNode
    value: Node

    @property
    def name(self) -> str:
        """The key's text."""
        return self.key.text


@dataclass(frozen=True)
class MappingNode:
    """Keys and values, in the order in which they are written."""

    entries: tuple[Entry, ...] = field(repr=False)
    span: Span

    @cached_property
    def _by_name(self) -> dict[str, Entry]:
        return {entry.name: entry for entry in self.entries}

    def entry(self, name: str) -> Entry | None:
        """The key and value of a name."""
        return self._by_name.get(name)

    def get(self, name: str) -> Node | None:
        """The value under a key."""
        entry = self._by_name.get(name)
        return None if entry is None else entry.value


@dataclass(frozen=True)
class SequenceNode:
    """A list."""

    items: tuple[Node, ...] = field(repr=False)
    span: Span


Node: TypeAlias = ScalarNode | MappingNode | SequenceNode


class Str(str):
    """A text that remembers where it was written.

    >>> Str("1 + x").written.span(4, 5).column
    5
    """

    __slots__ = ("_place",)
    _place: Written | ScalarNode | None

    def __new__(cls, text: str = "", place: Written | ScalarNode | None = None) -> Str:
        """A text; without a place, it is its own source."""
        self = super().__new__(cls, text)
        self._place = place
        return self

    @property
    def written(self) -> Written:
        """The text with the place of each character, found when it is asked for: few texts are."""
        place = self._place
        if place is None:
            return Written.of(str(self))
        return place.written if isinstance(place, ScalarNode) else place


def plain(node: Node) -> object:
    """The value as dicts, lists and scalars, where each text that is not a key is a `Str`."""
    if isinstance(node, ScalarNode):
        return Str(node.value, node) if isinstance(node.value, str) else node.value
    if isinstance(node, MappingNode):
        return {entry.key.text: plain(entry.value) for entry in node.entries}
    return [plain(item) for item in node.items]


def bare(value: Any) -> Any:
    """A value without the places of its texts.

    >>> type(bare([Str("a")])[0]).__name__
    'str'
    """
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, list):
        return [bare(item) for item in value]
    if isinstance(value, dict):
        return {name: bare(inner) for name, inner in value.items()}
    return value


def at(node: Node, path: Sequence[str | int]) -> Span:
    """The place of the value at a path, such as the `loc` of a pydantic error.

    Parts of the path that are not in the document (names of union branches, missing keys) are skipped, so that the
    place is at worst that of the nearest value around it.
    """
    place = node.span
    for _, below in _steps(node, path):
        place = below.span
    return place


def key_at(node: Node, path: Sequence[str | int]) -> Span:
    """The place of the key at a path, or of a list's item; parts that are not in the document are skipped."""
    place = node.span
    for key, below in _steps(node, path):
        place = below.span if key is None else key.span
    return place


def _steps(node: Node, path: Sequence[str | int]) -> Iterator[tuple[ScalarNode | None, Node]]:
    for part in path:
        if isinstance(node, MappingNode):
            entry = node.entry(str(part))
            if entry is not None:
                node = entry.value
                yield entry.key, node
        elif isinstance(node, SequenceNode) and isinstance(part, int) and 0 <= part < len(node.items):
            node = node.items[part]
            yield None, node
