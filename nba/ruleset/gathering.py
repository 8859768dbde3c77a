"""From files to packs: files of one pack merge, and each entry keeps its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from nba.documents.common import Entry
from nba.documents.house import House
from nba.documents.nodes import MappingNode, Node, SequenceNode, at, key_at
from nba.documents.pack import Action, Pack, Rule, Section, Setting, Signal
from nba.documents.yaml import read
from nba.errors import Problem, RulesError, did_you_mean
from nba.ruleset.canonical import canonical
from nba.source import Source, Span

D = TypeVar("D", bound=Entry)
T = TypeVar("T")


@dataclass
class Problems:
    """What is wrong, collected while the build goes on with the rest."""

    found: list[Problem] = field(default_factory=list)

    def add(self, code: str, message: str, span: Span | None, hint: str | None = None, *, level: str = "error") -> None:
        """Note one problem."""
        self.found.append(Problem(code, message, span, hint, level))

    @contextmanager
    def collecting(self, place: Callable[[], Span] | None = None) -> Iterator[None]:
        """Take the problems of what raises inside, and go on after it.

        `place` is for those that have none of their own in a file.
        """
        try:
            yield
        except RulesError as error:
            self.found += [
                of if place is None or _has_place(of) else replace(of, span=place()) for of in error.problems
            ]

    def unknown(self, what: str, word: str, known: Iterable[str], span: Span | None, hint: str | None = None) -> None:
        """Complain about a word that nothing declares."""
        known = sorted(known)
        near = did_you_mean(word, known)
        listed = f"known: {', '.join(known[:12])}" if known and len(known) <= 12 else None
        self.add("unknown-name", f"there is no {what} `{word}`", span, near or hint or listed)

    @property
    def errors(self) -> list[Problem]:
        """What keeps the rules from loading."""
        return [problem for problem in self.found if problem.level == "error"]

    @property
    def warnings(self) -> list[Problem]:
        """What is worth a look though the rules load."""
        return [problem for problem in self.found if problem.level != "error"]


@dataclass(frozen=True)
class File:
    """One file of YAML: its text, for the places of errors, and how to read the files beside it."""

    source: Source
    beside: Callable[[str], Source]
    """Reads a file by its path relative to this one; raises RulesError."""
    root: Path = Path()
    path: Path = Path()
    """The folder of the rules and the file itself."""
    kept: Node | None = field(default=None, repr=False)
    """Its nodes, where they are needed all the time."""

    @cached_property
    def node(self) -> Node:
        """Its nodes: read again when something is wrong, as those of many files would fill the memory until then."""
        node = self.kept or read(self.source)
        assert node is not None
        return node

    def says(self, key: str) -> bool:
        """Whether there is such a key."""
        return isinstance(self.node, MappingNode) and self.node.get(key) is not None

    def span(self, *path: str | int) -> Span:
        """The place of what stands at a path."""
        return at(self.node, path)

    def key_span(self, *path: str | int) -> Span:
        """The place of the key at a path."""
        return key_at(self.node, path)


@dataclass(frozen=True)
class Document(Generic[D]):
    """One file and its model."""

    entry: D
    file: File

    def span(self, *path: str | int) -> Span:
        """The place of what stands at a path."""
        return self.file.span(*path)

    def key_span(self, *path: str | int) -> Span:
        """The place of the key at a path."""
        return self.file.key_span(*path)


@dataclass(frozen=True, slots=True)
class Declared(Generic[T]):
    """An entry of a pack, under its full id."""

    id: str
    pack: str
    entry: T
    source: str
    """`file:line` of its own name, as decisions print it."""
    file: File
    path: tuple[str | int, ...] = ()
    """Where in the file it stands."""
    named: tuple[str, ...] | None = ("id",)
    """Where below that its own name stands; None when that is the key."""
    rows: tuple[str, ...] = ()
    """`file:line` of each row of its table."""

    def span(self, *path: str | int) -> Span:
        """The place of a part of the entry; of the entry itself without a path."""
        return at(below(self.file.node, *self.path), path)

    def place(self) -> Span:
        """Where the entry's own name stands."""
        return self.file.key_span(*self.path) if self.named is None else self.span(*self.named)


@dataclass
class MergedPack:
    """A pack with the entries of all its files, by full id."""

    name: str
    files: list[File]
    version: str | None = None
    origin: str = ""
    title: str = ""
    department: str = ""
    sections: list[tuple[Section, File, Span]] = field(default_factory=list)
    """Each with the file that says it, and where."""
    settings: dict[str, Declared[Setting]] = field(default_factory=dict)
    signals: dict[str, Declared[Signal]] = field(default_factory=dict)
    actions: dict[str, Declared[Action]] = field(default_factory=dict)
    rules: dict[str, Declared[Rule]] = field(default_factory=dict)


@dataclass
class Packs:
    """The packs of a load, by name, each merged from its files one by one: what of these is kept is little."""

    by_name: dict[str, MergedPack] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    """What each file says, in its canonical form."""
    problems: Problems = field(default_factory=Problems)

    def add(self, entry: Pack, node: Node, file: File, version: str | None, origin: str) -> None:
        """Merge a file: its model and nodes, the version of its pack when that is installed, and where it is from."""
        self.said.append(canonical(entry))
        pack = self.by_name.setdefault(entry.pack, MergedPack(entry.pack, [], version, origin))
        if pack.origin != origin:
            message = f"pack `{pack.name}` comes from two places: {pack.origin} and {origin}"
            self.problems.add("pack-twice", message, at(node, ["pack"]), "load it from one of them")
            return
        pack.files.append(file)
        _Merging(pack, entry, node, file, self.problems).merge()


@dataclass(frozen=True)
class Sources:
    """All that a set of rules is made from."""

    packs: Packs
    house: Document[House]
    read: Mapping[str, str] = field(default_factory=dict)
    """The texts of the files that were read beside these, by name."""

    def merged(self) -> dict[str, MergedPack]:
        """The packs by name, sorted, with a title and department each."""
        for pack in self.packs.by_name.values():
            pack.title = pack.title or pack.name.replace("_", " ").capitalize()
            pack.department = pack.department or pack.name
        return dict(sorted(self.packs.by_name.items()))


@dataclass(frozen=True)
class _Merging:
    """A file on its way into its pack."""

    pack: MergedPack
    entry: Pack
    node: Node
    file: File
    problems: Problems

    def merge(self) -> None:
        pack, entry = self.pack, self.entry
        for name in ("title", "department"):
            said = getattr(entry, name)
            if said and getattr(pack, name) not in ("", said):
                message = f"another file of pack `{pack.name}` says `{name}: {getattr(pack, name)}`"
                self.problems.add("contradiction", message, at(self.node, [name]))
            elif said:
                setattr(pack, name, said)
        if entry.profile:
            pack.sections.append((entry.profile, self.file, at(self.node, ["profile"])))
        self._entries("setting", pack.settings, "settings", entry.settings)
        self._entries("signal", pack.signals, "signals", entry.signals)
        self._entries("action", pack.actions, "actions", entry.actions)
        for number, rule in enumerate(entry.rules):
            self._rule(number, rule)

    def _entries(self, what: str, into: dict[str, Declared[T]], key: str, entries: Mapping[str, T]) -> None:
        for name, entry in entries.items():
            path, source = (key, name), key_at(self.node, (key, name)).location
            self._declare(
                what, into, Declared(f"{self.pack.name}.{name}", self.pack.name, entry, source, self.file, path, None)
            )

    def _rule(self, number: int, rule: Rule) -> None:
        path = ("rules", number)
        node = below(self.node, *path)
        rows = below(node, "table", "rows") if rule.table else None
        places = tuple(row.span.location for row in rows.items) if isinstance(rows, SequenceNode) else ()
        source = at(node, ["id"]).location
        declared = Declared(f"{self.pack.name}.{rule.id}", self.pack.name, rule, source, self.file, path, rows=places)
        self._declare("rule", self.pack.rules, declared)

    def _declare(self, what: str, into: dict[str, Declared[T]], declared: Declared[T]) -> None:
        first = into.setdefault(declared.id, declared)
        if first is not declared:
            message = f"{what} `{declared.id}` is already declared at {first.place()}"
            self.problems.add("declared-twice", message, declared.place(), "give one of them another id")


def _has_place(problem: Problem) -> bool:
    """Whether a problem points into a file: a number in YAML, as an expression, does not know where it stands."""
    return problem.span is not None and problem.span.source.name != "<expression>"


def below(node: Node, *path: str | int) -> Node:
    """The node at a path that the model has shown to be there."""
    for part in path:
        found = node.get(part) if isinstance(node, MappingNode) and isinstance(part, str) else None
        if isinstance(node, SequenceNode) and isinstance(part, int):
            found = node.items[part]
        node = found or node
    return node
