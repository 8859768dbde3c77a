"""Reading YAML with positions, by the 1.2 core schema, safely whatever the text.

PyYAML scans and gives events one by one; the nodes are built here, on a stack of our own: a file cannot nest, repeat or
expand itself into trouble, and nothing in it makes Python objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import yaml

from nba.documents.decoding import checked, decode
from nba.documents.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode, Str, at, key_at, plain
from nba.documents.scalars import ScalarValue, core_value, looks_cut
from nba.documents.syntax_help import clipped, help_to_quote, syntax_problem
from nba.errors import Problem, RulesError
from nba.source import Source, Span

__all__ = [
    "Entry",
    "MappingNode",
    "Node",
    "ScalarNode",
    "SequenceNode",
    "Str",
    "at",
    "decode",
    "key_at",
    "plain",
    "read",
    "read_bytes",
]

LOADER: Final[type[yaml.SafeLoader]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

DEEPEST: Final = 50  # mappings and lists within each other
MOST_NODES: Final = 500_000  # keys and values as they are written
MOST_REPEATED: Final = 200_000  # keys and values that aliases stand for
MOST_PROBLEMS: Final = 100

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_PROPERTIES = re.compile(r"&[\w-]+(?:[ \t\r\n]+(?:#[^\n]*)?)*")
_OPENING = re.compile(r"[\"'(\[{]")
_COMMENT_FOLLOWS = re.compile(r"[ \t]+#")
_COMMA_FOLLOWS = re.compile(r"[ \t\r\n]*,")


def read_bytes(name: str, data: bytes) -> Node | None:
    """The contents of a YAML file in UTF-8; like `read`."""
    return read(decode(name, data))


def read(source: Source) -> Node | None:
    """The one document of a YAML text, or None when there is none (nothing, or comments only).

    Raises:
        RulesError: every duplicate key and other misuse up to the first error of syntax, with places.

    >>> plain(read(Source("a.yaml", "a: [1, no]")))
    {'a': [1, 'no']}
    """
    source = checked(source)
    builder = _Builder(source)
    try:
        for event in _events(source.text):
            if isinstance(event, yaml.ScalarEvent):
                builder.scalar(event)  # two of three events
            else:
                builder.take(event)
    except (yaml.YAMLError, ValueError, ArithmeticError) as error:  # PyYAML's own code lets some ValueErrors through
        builder.problems.append(syntax_problem(error, source, builder.last))
    except _Stop:
        pass
    if builder.problems:
        raise RulesError(builder.problems)
    return builder.root


def _events(text: str) -> Iterator[yaml.Event]:
    events: Iterator[yaml.Event] = yaml.parse(text, Loader=LOADER)
    return events


def _bounds(event: yaml.Event) -> tuple[int, int]:
    start, end = event.start_mark, event.end_mark
    return start.index if start else 0, end.index if end else 0


class _Stop(Exception):
    """Reading on is of no use; what is wrong is in `problems`."""


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    start: int
    end: int
    flow: bool
    mapping: bool
    anchor: str | None
    names: dict[str, ScalarNode] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)
    key: ScalarNode | None = None
    size: int = 1
    height: int = 1

    @property
    def wants_key(self) -> bool:
        return self.mapping and self.key is None

    def take(self, node: Node, end: int) -> None:
        """Take a value, which ends there."""
        if self.key is None:
            self.items.append(node)
        else:
            self.entries.append(Entry(self.key, node))
            self.key = None
        self.end = end


class _Anchored(NamedTuple):
    node: Node
    size: int
    height: int


class _Builder:
    """Builds the nodes of one document from events."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self.last = (0, 0)  # where the last value that ended starts and ends: what an error of syntax stands behind
        self._stack: list[_Open] = []
        self._anchors: dict[str, _Anchored | None] = {}  # None while the anchored value is still open
        self._written = self._repeated = self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Take any other event than that of a scalar."""
        if isinstance(event, yaml.CollectionStartEvent):
            self._start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._document(event)
        elif not isinstance(event, yaml.StreamStartEvent | yaml.StreamEndEvent | yaml.DocumentEndEvent):
            # Such as when PyYAML was imported twice, and its C part still has the classes of the first time.
            raise TypeError(f"PyYAML gave an event of an unknown {type(event)}")

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        start, end = _bounds(event)
        self._documents += 1
        if self._documents > 1:
            self._problem("yaml", "a second document begins here", start, end, "put it into a file of its own")
            raise _Stop
        if event.tags or event.version not in (None, (1, 2)):
            self._problem("yaml", "directives other than `%YAML 1.2` are not supported", start, end, "remove the line")

    def scalar(self, event: yaml.ScalarEvent) -> None:
        """Take a key, or a value that is no mapping or list."""
        start, end = _bounds(event)
        if event.anchor is not None or event.tag is not None:
            start = self._properties(event)
        text, style = event.value, event.style or ""
        self._count(start, end)
        unprintable = style and _UNPRINTABLE.search(text)
        if unprintable:
            span = ScalarNode(text, text, self.source, start, end, style).written.span(*unprintable.span())
            message = f"the character U+{ord(unprintable.group()):04X} cannot stand in a text"
            self._problem("character", message, span.start, span.end, "remove the escape")
        if style in ("|", ">") and not text:
            help = help_to_quote(self.source, start)
            self._problem("yaml", f"`{style}` begins a block of text, but there is none", start, end, help)
        opened = self._stack[-1] if self._stack else None
        key = opened is not None and opened.wants_key
        if not style and _OPENING.search(text):
            self._refuse_cut(text, start, end, key)
        if key and opened is not None:
            self._key(opened, ScalarNode(text, text, self.source, start, end, style), event)
            return
        value: ScalarValue = text
        if not style:
            try:
                value = core_value(text)
            except ValueError as error:
                self._problem("number", str(error), start, end, "put it between quotes if it is a text")
        node = ScalarNode(value, text, self.source, start, end, style)
        if opened is None or event.anchor is not None:
            self._add(_Anchored(node, 1, 0), event.anchor, start, end)
        else:  # nearly always
            opened.take(node, end)
            opened.size += 1
            self.last = start, end

    def _refuse_cut(self, text: str, start: int, end: int, key: bool) -> None:
        """Refuse a text without quotes that YAML ended in the middle of a quote or bracket, without a word."""
        if _COMMENT_FOLLOWS.match(self.source.text, end):
            cut = "` #` begins a comment"
        elif key:
            cut = "`: ` ends a key"
        elif self._flow and _COMMA_FOLLOWS.match(self.source.text, end):
            cut = "`,` ends a value within `{ }` and `[ ]`"
        else:
            return
        if looks_cut(text):
            help = help_to_quote(self.source, start, self._flow)
            self._problem("yaml", f"{cut}, so this text is cut off", start, end, help)

    def _key(self, opened: _Open, key: ScalarNode, event: yaml.ScalarEvent) -> None:
        name, start, end = key.text, key.start, key.end
        first = opened.names.setdefault(name, key)
        if first is not key:
            help = f"it is on line {first.span.line} already: remove one of them, or join what they hold"
            self._problem("duplicate-key", f"the key `{clipped(name)}` is here a second time", start, end, help)
        elif event.anchor:
            self._problem("key", "a key cannot have an anchor", *_bounds(event), "remove the `&` name")
        elif key.plain and name == "<<":
            help = "write the keys out, or repeat a whole value with an alias"
            self._problem("key", "merge keys (`<<`) are not supported", start, end, help)
        elif key.plain and name in ("", "~", "null", "Null", "NULL"):
            self._problem("key", "a key cannot be null", start, end, "put it between quotes if it is a text")
        opened.key, opened.end = key, end
        opened.size += 1
        self.last = start, end

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        start, end = _bounds(event)
        self._properties(event)
        self._count(start, end)
        if len(self._stack) == DEEPEST:
            help = "give the file a flatter shape"
            self._problem("too-deep", f"more than {DEEPEST} mappings and lists are within each other", start, end, help)
            raise _Stop
        if self._stack and self._stack[-1].wants_key:
            self._no_key(start, end)
        if event.anchor:
            self._anchors[event.anchor] = None
        mapping = isinstance(event, yaml.MappingStartEvent)
        self._stack.append(_Open(start, end, bool(event.flow_style), mapping, event.anchor))

    def _end(self, event: yaml.CollectionEndEvent) -> None:
        opened = self._stack.pop()
        # A block ends, to YAML, where the next thing begins; to a reader, where its last value ends.
        end = _bounds(event)[1] if opened.flow else opened.end
        span = Span(self.source, opened.start, end)
        node = MappingNode(tuple(opened.entries), span) if opened.mapping else SequenceNode(tuple(opened.items), span)
        self._add(_Anchored(node, opened.size, opened.height), opened.anchor, opened.start, end)

    def _alias(self, event: yaml.AliasEvent) -> None:
        (start, end), name = _bounds(event), event.anchor or ""
        self._count(start, end)
        if self._stack and self._stack[-1].wants_key:
            self._no_key(start, end)
            self._stack[-1].key = self._nothing(start)
            return
        anchored = self._anchors.get(name)
        if anchored is None:
            within = name in self._anchors
            short = clipped(name)
            problem = (
                f"`*{short}` stands within what it repeats" if within else f"no `&{short}` stands before `*{short}`"
            )
            help = "write the value out" if within else help_to_quote(self.source, start, self._flow)
            self._problem("alias", problem, start, end, help)
            anchored = _Anchored(self._nothing(start), 1, 0)
        self._repeated += anchored.size
        if self._repeated > MOST_REPEATED or len(self._stack) + anchored.height > DEEPEST:
            limit = f"{MOST_REPEATED:,} keys and values" if self._repeated > MOST_REPEATED else f"{DEEPEST} levels"
            message = f"with `*{clipped(name)}` this grows to more than {limit}"
            self._problem("too-large", message, start, end, "use fewer aliases")
            raise _Stop
        self._add(anchored, None, start, end)

    def _add(self, value: _Anchored, anchor: str | None, start: int, end: int) -> None:
        self.last = start, end
        if anchor:
            self._anchors[anchor] = value
        if not self._stack:
            self.root = value.node
            return
        opened = self._stack[-1]
        opened.size += value.size
        opened.height = max(opened.height, value.height + 1)
        if opened.wants_key:  # a list or mapping as a key, refused at its start
            opened.key, opened.end = self._nothing(start), end
        else:
            opened.take(value.node, end)

    def _properties(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> int:
        """Where the value itself begins, behind its anchor; a tag is refused."""
        start, end = _bounds(event)
        if event.tag is not None:
            first = self.source.text.index("!", start)
            yaml_tag = self.source.text.startswith("!!", first)
            help = "remove the tag" if yaml_tag else help_to_quote(self.source, first, self._flow)
            self._problem("tag", "`!` begins a tag, and tags are not supported", first, end, help)
        match = _PROPERTIES.match(self.source.text, start) if event.anchor else None
        return min(match.end(), end) if match else start

    def _no_key(self, start: int, end: int) -> None:
        self._problem("key", "a key must be a text", start, end, help_to_quote(self.source, start, self._flow))

    def _nothing(self, start: int) -> ScalarNode:
        return ScalarNode(None, "", self.source, start, start, "")

    @property
    def _flow(self) -> bool:
        return any(opened.flow for opened in self._stack)

    def _count(self, start: int, end: int) -> None:
        self._written += 1
        if self._written > MOST_NODES:
            limit = f"the file has more than {MOST_NODES:,} keys and values"
            self._problem("too-large", limit, start, end, "split it into several files")
            raise _Stop

    def _problem(self, code: str, message: str, start: int, end: int, help: str) -> None:
        self.problems.append(Problem(code, message, Span(self.source, start, end), help))
        if len(self.problems) >= MOST_PROBLEMS:
            raise _Stop
