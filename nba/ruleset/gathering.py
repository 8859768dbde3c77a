"""From files to packs: files of one pack merge, and each entry keeps its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, TypeVar

from nba.documents.common import Entry
from nba.documents.house import House
from nba.documents.nodes import MappingNode, Node, SequenceNode, at, key_at
from nba.documents.pack import Action, Pack, Rule, Section, Setting, Signal
from nba.errors import Problem, RulesError, did_you_mean
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
    def collecting(self, place: Span | None = None) -> Iterator[None]:
        """Take the problems of what raises inside, and go on after it.

        `place` is for those that have none of their own in a file.
        """
        try:
            yield
        except RulesError as error:
            self.found += [of if place is None or _has_place(of) else replace(of, span=place) for of in error.problems]

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
class Document(Generic[D]):
    """One file: its model, its nodes for places, and how to read the files beside it."""

    entry: D
    node: Node
    beside: Callable[[str], Source]
    """Reads a file by its path relative to this one; raises RulesError."""
    root: Path = Path()
    file: Path = Path()
    """The folder of the rules and the file itself."""

    def span(self, *path: str | int) -> Span:
        """The place of what stands at a path."""
        return at(self.node, path)

    def key_span(self, *path: str | int) -> Span:
        """The place of the key at a path."""
        return key_at(self.node, path)

    def below(self, *path: str | int) -> Node:
        """The node at a path."""
        return below(self.node, *path)


@dataclass(frozen=True)
class Declared(Generic[T]):
    """An entry of a pack, under its full id."""

    id: str
    pack: str
    entry: T
    node: Node
    beside: Callable[[str], Source]
    key: Span | None = None

    def span(self, *path: str | int) -> Span:
        """The place of a part of the entry; of the entry itself without a path."""
        return at(self.node, path)

    def below(self, *path: str | int) -> Node:
        """The node at a path."""
        return below(self.node, *path)

    @property
    def place(self) -> Span:
        """Where the entry's own name stands."""
        return self.key or self.span("id")

    @property
    def source(self) -> str:
        """`file:line`, as decisions print it."""
        return self.place.location


@dataclass
class MergedPack:
    """A pack with the entries of all its files, by full id."""

    name: str
    files: list[Document[Pack]]
    version: str | None = None
    origin: str = ""
    title: str = ""
    department: str = ""
    sections: list[tuple[Section, Document[Pack]]] = field(default_factory=list)
    settings: dict[str, Declared[Setting]] = field(default_factory=dict)
    signals: dict[str, Declared[Signal]] = field(default_factory=dict)
    actions: dict[str, Declared[Action]] = field(default_factory=dict)
    rules: dict[str, Declared[Rule]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sources:
    """All that a set of rules is made from."""

    packs: tuple[tuple[Document[Pack], str | None, str], ...]
    """Each file with its pack's version, when it is installed, and where it comes from, in words."""
    house: Document[House]
    read: Mapping[str, str] = field(default_factory=dict)
    """The texts of the files that were read beside these, by name."""


def merge(sources: Sources, problems: Problems) -> dict[str, MergedPack]:
    """The packs by name, sorted, each merged from its files."""
    packs: dict[str, MergedPack] = {}
    for document, version, origin in sources.packs:
        name = document.entry.pack
        pack = packs.setdefault(name, MergedPack(name, [], version, origin))
        if pack.origin != origin:
            message = f"pack `{name}` comes from two places: {pack.origin} and {origin}"
            problems.add("pack-twice", message, document.span("pack"), "load it from one of them")
            continue
        pack.files.append(document)
        _merge_file(pack, document, problems)
    for pack in packs.values():
        pack.title = pack.title or pack.name.replace("_", " ").capitalize()
        pack.department = pack.department or pack.name
    return dict(sorted(packs.items()))


def _merge_file(pack: MergedPack, document: Document[Pack], problems: Problems) -> None:
    entry = document.entry
    for name in ("title", "department"):
        said = getattr(entry, name)
        if said and getattr(pack, name) not in ("", said):
            message = f"another file of pack `{pack.name}` says `{name}: {getattr(pack, name)}`"
            problems.add("contradiction", message, document.span(name))
        elif said:
            setattr(pack, name, said)
    if entry.profile:
        pack.sections.append((entry.profile, document))
    for kind in ("settings", "signals", "actions"):
        _merge_entries(kind[:-1], getattr(pack, kind), pack.name, getattr(entry, kind), kind, document, problems)
    for number, rule in enumerate(entry.rules):
        id, node = f"{pack.name}.{rule.id}", document.below("rules", number)
        _declare("rule", pack.rules, Declared(id, pack.name, rule, node, document.beside), problems)


def _merge_entries(
    what: str,
    into: dict[str, Declared[T]],
    pack: str,
    entries: Mapping[str, T],
    key: str,
    document: Document[Pack],
    problems: Problems,
) -> None:
    for name, entry in entries.items():
        node, place = document.below(key, name), key_at(document.node, (key, name))
        _declare(what, into, Declared(f"{pack}.{name}", pack, entry, node, document.beside, place), problems)


def _declare(what: str, into: dict[str, Declared[T]], declared: Declared[T], problems: Problems) -> None:
    first = into.setdefault(declared.id, declared)
    if first is not declared:
        message = f"{what} `{declared.id}` is already declared at {first.place}"
        problems.add("declared-twice", message, declared.place, "give one of them another id")


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
