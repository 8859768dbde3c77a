"""From folders of YAML and installed plugins to an orchestrator: the only place that reads files."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TypeVar, get_args

from pydantic import BaseModel

from nba.caching import Asked, through_cache
from nba.documents.common import Entry
from nba.documents.house import House
from nba.documents.nodes import MappingNode, Node
from nba.documents.pack import Pack
from nba.documents.validate import validate
from nba.documents.yaml import decode, read
from nba.errors import PluginError, Problem, RulesError
from nba.matching import matcher_factory
from nba.orchestrator import Orchestrator
from nba.plugins import Plugin, load_installed, read_plugin
from nba.ruleset.build import Built, build
from nba.ruleset.gathering import Document, File, Packs, Problems, Sources
from nba.ruleset.model import Ruleset
from nba.ruleset.shapes import data_types
from nba.schema.reading import Extra
from nba.shipped import shipped
from nba.source import Source, Span

D = TypeVar("D", bound=Entry)
Where = str | PathLike[str]
KINDS = ("pack", "house", "cases", "mapping")
"""The words of which every YAML file in a rules folder says one."""


@dataclass
class Loaded:
    """What a load found: the checked rules, and the files of cases beside them."""

    built: Built
    cases: list[tuple[Node, Path]]
    sources: Sources
    plugins: tuple[Plugin, ...]


def load(
    *paths: Where,
    packs: Iterable[str] | None = None,
    plugins: Mapping[str, object] | None = None,
    profile: type[BaseModel] | None = None,
    context: type[BaseModel] | None = None,
    matcher: str = "native",
    extra: Extra = "ignore",
    cache: Where | None = None,
) -> Orchestrator:
    """Load rules once, decide many times.

    Args:
        paths: folders or files of YAML. A folder stands alone: installed packs join it only when its house or
            `packs` names them.
        packs: installed packs by name, each with an optional version: `["service", "sales>=1.2"]`.
        plugins: modules with hooks by name, for plugins that are not installed.
        profile: the app's own pydantic model of a customer, in place of `nba.Profile` with sections.
        context: the app's own pydantic model of the context.
        matcher: the rule engine, `native`.
        extra: what to do with fields that the profile's schema does not have: `ignore` them, or `forbid`.
        cache: a folder in which the checked rules are kept, so that the next load of the same rules is many times as
            fast. It is used only while nothing has changed: files, plugins, versions. Whoever can write it can change
            the rules. A folder that cannot be read or written is left aside, with a word in the log `nba.cache`.

    Raises:
        RulesError: all that is wrong with the rules, with places.
        PluginError: a plugin that is not there or cannot be used.

    >>> import nba
    >>> nba.load(nba.shipped("house")).decide({"id": "C-1"}, as_of="2026-11-22T09:00:00Z").outcome
    'nothing_proposed'
    """
    if cache is not None and not isinstance(cache, str | PathLike):
        raise TypeError(f"cache should be a folder, as a text or a Path, not {type(cache).__name__}")
    if extra not in get_args(Extra):
        raise ValueError(f'extra should be "ignore" or "forbid", not {str(extra)[:40]!r}')

    def checked() -> tuple[Ruleset, Sources, tuple[Plugin, ...]]:
        loaded = load_rules(*paths, packs=packs, plugins=plugins, profile=profile, context=context)
        return loaded.built.ruleset, loaded.sources, loaded.plugins

    if isinstance(packs, Iterable) and not isinstance(packs, str):
        packs = list(packs)  # it may be asked more than once
    with _uncollected():
        if cache is None:
            ruleset = checked()[0]
        else:
            names = [*map(str, paths), "packs", *(packs or ()), "plugins", *sorted(plugins or {})]
            asked = Asked(
                [os.path.abspath("."), *names],
                lambda: _contents(paths),
                lambda wanted: _brought([*(packs or ()), *wanted], plugins),
                lambda root, file: lambda relative: read_beside(root, file, relative)[1],
                profile,
                context,
            )
            ruleset = through_cache(Path(cache), asked, checked)
        return Orchestrator(ruleset, matcher, matcher_factory(matcher), extra)


def _contents(paths: Sequence[Where]) -> str | None:
    """A digest of the names and bytes of the YAML files there; None when they cannot be read."""
    digest = hashlib.sha256()
    try:
        for root in (*map(Path, paths), shipped("house")):
            for file in yaml_files(root) if root.is_dir() else [root]:
                if not file.is_file():  # what would be read without an end
                    return None
                digest.update(f"{root.name}/{file.relative_to(root).as_posix()}\0".encode("utf-8", "surrogateescape"))
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    except (OSError, TypeError, ValueError):
        return None
    return digest.hexdigest()


def _brought(wanted: Iterable[str], plugins: Mapping[str, object] | None) -> list[Plugin]:
    """The plugins that are handed over, and the installed ones that are wanted."""
    installed = list(wanted)
    brought = [read_plugin(name, module) for name, module in sorted((plugins or {}).items())]
    return brought + (load_installed(installed) if installed else [])


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python looking for garbage in cycles, of which a load makes none and over which it would spend a quarter.

    Whoever has switched the collector off finds it so; where two threads load at once, it is on again after the first.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def load_rules(
    *paths: Where,
    packs: Iterable[str] | None = None,
    plugins: Mapping[str, object] | None = None,
    profile: type[BaseModel] | None = None,
    context: type[BaseModel] | None = None,
) -> Loaded:
    """Read and check rules without making them ready to decide; like `load`."""
    if not paths and packs is None and plugins is None:
        raise ValueError("say which rules: a folder, or packs=[...] for installed packs")
    wanted = _names(packs)
    _check_arguments(paths, plugins, profile, context)
    found = _Found()
    for path in map(Path, paths):
        found.add_root(path, "folder", label=path.name if len(paths) > 1 and path.is_dir() else "")
    found.raise_problems()
    if len(found.houses) > 1:
        names = " and ".join(sorted(document.span("house").location for document in found.houses))
        message = f"there are two houses: {names}"
        raise RulesError([Problem("two-houses", message, found.houses[-1].span("house"), "keep one of them")])
    wanted += (found.houses[0].entry.packs if found.houses else None) or []
    brought = _brought(wanted, plugins)
    origins: dict[str, str] = {}
    for plugin in brought:
        if plugin.name in origins:
            two = " and ".join(sorted((origins[plugin.name], plugin.origin)))
            raise PluginError(f"two plugins are named `{plugin.name}`: {two}")
        origins[plugin.name] = plugin.origin
        for path in plugin.packs:
            found.add_root(path, plugin.origin, plugin.version, label=plugin.name, takes=("pack",))
    if not found.houses:
        found.add_root(shipped("house"), "nba", label="default-house", takes=("house",))
    found.raise_problems()
    sources = Sources(found.packs, found.houses[0], found.read)
    whole, surroundings = data_types(sources, tuple(brought), profile, context)
    return Loaded(build(sources, tuple(brought), whole, surroundings), found.cases, sources, tuple(brought))


def _names(packs: object) -> list[str]:
    if packs is None:
        return []
    if isinstance(packs, str) or not isinstance(packs, Iterable):
        raise TypeError('packs should be a list of names, such as packs=["service"]')
    names = list(packs)
    if not all(isinstance(name, str) for name in names):
        raise TypeError('packs should be a list of names, such as packs=["service", "sales>=1.2"]')
    return names


def _check_arguments(paths: Sequence[object], plugins: object, *models: object) -> None:
    for path in paths:
        if not isinstance(path, str | PathLike):
            raise TypeError(f"a path should be a text or a Path, not {type(path).__name__}; give several one by one")
    if plugins is not None and not (isinstance(plugins, Mapping) and all(isinstance(name, str) for name in plugins)):
        raise TypeError('plugins should be modules by name, such as plugins={"service": nba_service}')
    for model in models:
        if model is not None and not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise TypeError("profile and context should be pydantic models, such as profile=Customer")


@dataclass
class _Found:
    """The documents that were found, and what is wrong with them so far."""

    packs: Packs = field(default_factory=Packs)
    houses: list[Document[House]] = field(default_factory=list)
    cases: list[tuple[Node, Path]] = field(default_factory=list)
    files: set[Path] = field(default_factory=set)
    read: dict[str, str] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)

    def raise_problems(self) -> None:
        if self.problems.errors:
            raise RulesError(self.problems.errors)

    def add_root(
        self,
        root: Path,
        origin: str,
        version: str | None = None,
        *,
        label: str = "",
        takes: Sequence[str] = KINDS,
    ) -> None:
        """Read all documents of a folder, or one file."""
        try:
            there = root.exists()
        except OSError as error:  # not allowed to look, or a name too long to be one
            self.problems.add("no-such-path", f"`{str(root)[:200]}` cannot be read: {error.strerror}", None)
            return
        if not there:
            self.problems.add("no-such-path", f"there is no file or folder `{str(root)[:200]}`", None)
            return
        folder = root if root.is_dir() else root.parent
        files = yaml_files(root) if root.is_dir() else [root]
        if not files:
            hint = "a rules folder holds .yaml files that say `pack:`, `house:` or `cases:`"
            self.problems.add("no-rules", f"there are no YAML files in `{root}`", None, hint)
        for file in files:
            if file.resolve() in self.files:  # a folder, and a folder or file within it, are both named
                continue
            self.files.add(file.resolve())
            relative = file.relative_to(folder).as_posix()
            name = f"{label}/{relative}" if label else relative
            with self.problems.collecting():
                self._add_file(file, name, folder, origin, version, takes)

    def _add_file(
        self, file: Path, name: str, root: Path, origin: str, version: str | None, takes: Sequence[str]
    ) -> None:
        source = _source(file, name)
        node = read(source)
        kinds = [kind for kind in KINDS if isinstance(node, MappingNode) and node.get(kind) is not None]
        if node is None or len(kinds) != 1:
            message = f"a file says just one of {', '.join(f'`{kind}:`' for kind in KINDS)}"
            raise RulesError([Problem("what-is-this", message, node.span if node else Span(source, 0, 0))])
        (kind,) = kinds
        if kind not in takes:
            return

        def beside(relative: str) -> Source:
            path, source = read_beside(root, file, relative)
            self.read[str(path)] = source.text
            return source

        source = node.span.source
        if kind == "pack":
            self.packs.add(validate(node, Pack), node, File(source, beside, root, file), version, origin)
        elif kind == "house":
            self.houses.append(Document(validate(node, House), File(source, beside, root, file, node)))
        elif kind == "cases":
            self.cases.append((node, file))


def read_beside(root: Path, file: Path, relative: str) -> tuple[Path, Source]:
    """A file by its path relative to another one, and where it is: within the root.

    Raises:
        RulesError: it is outside, or cannot be read.
    """
    try:
        path, folder = (file.parent / relative).resolve(), root.resolve()
    except (OSError, RuntimeError):  # links that go in a circle, or a name too long to be one
        raise RulesError([Problem("unreadable", f"`{relative[:200]}` cannot be read", None)]) from None
    if not path.is_relative_to(folder):
        raise RulesError([Problem("outside", f"`{relative[:200]}` is outside of the rules folder", None)])
    return path, _source(path, path.relative_to(folder).as_posix())


def yaml_files(folder: Path) -> list[Path]:
    """The YAML files of a rules folder, sorted; hidden folders and `fixtures` hold none."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in (".yaml", ".yml")
        and path.is_file()
        and not any(part.startswith(".") or part == "fixtures" for part in path.relative_to(folder).parts)
    )


def _source(path: Path, name: str) -> Source:
    try:
        if path.exists() and not path.is_file():  # a folder, or what would be read without an end
            raise RulesError([Problem("unreadable", f"`{name[:200]}` is not a file", None)])
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RulesError([Problem("unreadable", f"`{name[:200]}` cannot be read: {reason}", None)]) from None
    return decode(name, data)
