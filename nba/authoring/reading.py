"""Cases from files: which files hold some, and each case with its place."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from nba.documents.cases import Case, Cases
from nba.documents.decoding import decode
from nba.documents.nodes import MappingNode, Node, SequenceNode, at, key_at
from nba.documents.validate import validate
from nba.documents.yaml import read
from nba.errors import Problem, RulesError
from nba.loading import KINDS, yaml_files
from nba.source import Span

Where: TypeAlias = str | os.PathLike[str]


@dataclass(frozen=True)
class WrittenCase:
    """A case as it is written, and where."""

    case: Case
    node: Node
    file: Path
    """What `base:` is relative to."""

    def span(self, *path: str | int) -> Span:
        """The place of what stands at a path of the case, or of the nearest thing around it."""
        return at(self.node, path)

    def key(self, *path: str | int) -> Span:
        """The place of the key at a path."""
        return key_at(self.node, path)


def read_cases(paths: Iterable[Where]) -> list[WrittenCase]:
    """The cases in files and folders; files of a folder that hold packs or a house are passed over.

    Raises:
        RulesError: all that is wrong with how they are written, or that there are none.
    """
    roots = [Path(path) for path in paths]
    found: list[WrittenCase] = []
    problems: list[Problem] = []
    for path, root in dict(_files(roots, problems)).items():
        try:
            node = read(decode(str(path), path.read_bytes()))
            if _holds_cases(node, alone=path == root):
                found += cases_of(node, path)
        except OSError as error:
            problems.append(Problem("unreadable", f"`{path}` cannot be read: {error.strerror or error}"))
        except RulesError as error:
            problems += error.problems
    if not found and not problems:
        where = " and ".join(f"`{path}`" for path in roots) or "no path at all"
        problems.append(Problem("no-cases", f"there are no cases in {where}", help="a file of cases says `cases:`"))
    if problems:
        raise RulesError(problems)
    return found


def cases_of(node: Node | None, file: Path) -> list[WrittenCase]:
    """The cases of one file."""
    if node is None:
        raise RulesError([Problem("empty", f"`{file}` is empty")])
    document = validate(node, Cases)
    entries = node.get("cases") if isinstance(node, MappingNode) else None
    nodes = entries.items if isinstance(entries, SequenceNode) else ()
    found = [WrittenCase(case, below, file) for case, below in zip(document.cases, nodes, strict=True)]
    first: dict[str, WrittenCase] = {}
    problems = []
    for written in found:
        before = first.setdefault(written.case.name, written)
        if before is not written:
            message = "another case has this name"
            hint = f"it is on line {before.span('name').line}: two cases promise two things"
            problems.append(Problem("declared-twice", message, written.span("name"), hint))
    if problems:
        raise RulesError(problems)
    return found


def _files(paths: Iterable[Path], problems: list[Problem]) -> Iterator[tuple[Path, Path]]:
    """The YAML files, each with the path that led to it."""
    for path in paths:
        if path.is_dir():
            yield from ((file, path) for file in yaml_files(path))
        elif path.exists():
            yield path, path
        else:
            problems.append(Problem("no-such-path", f"there is no file or folder `{path}`"))


def _holds_cases(node: Node | None, *, alone: bool) -> bool:
    """Whether a file is one of cases. One that is named by itself has to be, whatever it holds."""
    if not isinstance(node, MappingNode) or node.entry("cases") is not None:
        return isinstance(node, MappingNode) or alone
    return alone and not any(node.entry(kind) is not None for kind in KINDS)
