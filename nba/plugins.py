"""Plugins: what an installed distribution can bring, how it is found, and how it says so.

A plugin is a module under the entry-point group `nba`; its entry point's name is the name of the plugin, and of what it
brings: its features are read as `<name>.<function>`. A plugin can bring packs, profile sections, features, gates and
observers. It cannot rank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import EntryPoint, entry_points
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

import pluggy
from pydantic import BaseModel

from nba.errors import PluginError, did_you_mean

GROUP = "nba"
hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)
"""Marks a function of a plugin as the implementation of the hook of its name."""

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class FeatureSpec:
    """A pure function that rules read as a named value."""

    name: str
    reads: tuple[str, ...]
    returns: Any
    function: Callable[..., Any]
    columnar: Callable[..., Any] | None = None


@dataclass(frozen=True)
class GateSpec:
    """A pure function that checks a candidate on a channel against a policy."""

    name: str
    reads: tuple[str, ...]
    function: Callable[..., Any]


@dataclass(frozen=True)
class Block:
    """What a gate answers when it blocks; None lets the candidate pass.

    Attributes:
        because: why, in words for people.
        until: when it would lift, where that is known (timezone-aware).
    """

    because: str
    until: datetime | None = None


@dataclass(frozen=True)
class Offered:
    """What a gate is told of a candidate."""

    action: str
    key: str | int | None
    department: str
    tier: str
    tags: frozenset[str]


def feature(
    *, reads: Sequence[str], returns: Any, name: str | None = None, columnar: Callable[..., Any] | None = None
) -> Callable[[F], F]:
    """Declare a function as a feature. It is called with the values at `reads`, in that order, and nothing else.

    Args:
        reads: profile paths, `context.` paths, `as_of`. A missing value is None, a list a tuple; records are read-only.
        returns: the type of the result: bool, int, float, str, date, datetime, or a Literal of texts. None is missing.
        name: the feature's name behind the plugin's, when it is not the function's.
        columnar: the same for many customers at once, for tables: called with a PyArrow array for each of `reads`, it
            returns one of as many values. It has to give the same values; where it raises, or a read is no single
            value, the function is called for each customer.

    A feature that raises, or returns another type, has failed: what reads it is unknown and the decision reports it.

    >>> @feature(reads=["value"], returns=bool)
    ... def big(value):
    ...     return None if value is None else value > 1000
    >>> big(2000)
    True
    """
    _check_reads(reads, "feature")

    def mark(function: F) -> F:
        spec = FeatureSpec(name or function.__name__, tuple(reads), returns, function, columnar)
        function.__nba_feature__ = spec  # type: ignore[attr-defined]  # the mark that nba_features() is read by
        return function

    return mark


def gate(*, reads: Sequence[str] = (), name: str | None = None) -> Callable[[F], F]:
    """Declare a function as a gate: called with the candidate (`Offered`), the channel or None, and what it `reads`.

    It returns None to let the candidate pass on the channel, or `Block(because, until)`. One that raises, or returns
    anything else, blocks.

    >>> @gate(reads=["context.capacity"])
    ... def desk_is_open(offered, channel, capacity):
    ...     return None if channel != "phone" or (capacity or {}).get("desk", 0) > 0 else Block("the desk is full")
    """
    _check_reads(reads, "gate")

    def mark(function: F) -> F:
        spec = GateSpec(name or function.__name__, tuple(reads), function)
        function.__nba_gate__ = spec  # type: ignore[attr-defined]  # the mark that nba_gates() is read by
        return function

    return mark


def _check_reads(reads: object, what: str) -> None:
    if not isinstance(reads, list | tuple) or not all(isinstance(path, str) for path in reads):
        raise TypeError(f"the reads of a {what} are a list of paths, such as ['usage.minutes']")


class Hooks:
    """What a plugin can implement, each with `@nba.hookimpl`. All are optional."""

    @hookspec
    def nba_packs(self) -> list[str | PathLike[str]]:
        """Folders or files of YAML that hold the plugin's packs."""
        raise NotImplementedError  # a specification: never called

    @hookspec
    def nba_profile_sections(self) -> dict[str, type[BaseModel]]:
        """Sections of the profile, by name, each typed by a pydantic model."""
        raise NotImplementedError  # a specification: never called

    @hookspec
    def nba_features(self) -> list[Callable[..., Any]]:
        """Functions that are marked with `@nba.feature`."""
        raise NotImplementedError  # a specification: never called

    @hookspec
    def nba_gates(self) -> list[Callable[..., Any]]:
        """Functions that are marked with `@nba.gate`."""
        raise NotImplementedError  # a specification: never called

    @hookspec
    def nba_decided(self, decision: Any) -> None:
        """Called with each decision, which is already made: for metrics and logs."""
        raise NotImplementedError  # a specification: never called


@dataclass(frozen=True)
class Plugin:
    """What one plugin brings."""

    name: str
    version: str | None
    origin: str
    packs: tuple[Path, ...] = ()
    sections: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    features: tuple[FeatureSpec, ...] = ()
    gates: tuple[GateSpec, ...] = ()
    observer: Callable[..., Any] | None = None


def read_plugin(name: str, module: object, version: str | None = None, origin: str | None = None) -> Plugin:
    """Ask a plugin what it brings.

    Raises:
        PluginError: a misspelt hook, a hook that raises or returns something else, naming the plugin.
    """
    _check_hooks(name, module)
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(Hooks)
    try:
        manager.register(module, name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginError(f"plugin `{name}`: {error}") from error

    def ask(hook: str, kind: type[Any]) -> Any:
        caller = getattr(manager.hook, hook)
        if not caller.get_hookimpls():
            return kind()
        try:
            answers = caller()
        except Exception as error:
            raise PluginError(f"plugin `{name}`: `{hook}` raised {type(error).__name__}: {error}") from error
        answer = answers[0] if answers else None
        if not isinstance(answer, kind):
            raise PluginError(
                f"plugin `{name}`: `{hook}` should return a {kind.__name__}, not a {type(answer).__name__}"
            )
        return answer

    sections = ask("nba_profile_sections", dict)
    for section, model in sections.items():
        if not isinstance(section, str):
            raise PluginError(f"plugin `{name}`: the name of a section should be a text, not {section!r}")
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise PluginError(f"plugin `{name}`: section `{section}` should be a pydantic model")
    observer = manager.hook.nba_decided if manager.hook.nba_decided.get_hookimpls() else None
    return Plugin(
        name,
        version,
        origin or f"module {getattr(module, '__name__', type(module).__name__)}",
        tuple(_folder(name, path) for path in ask("nba_packs", list)),
        sections,
        tuple(_marked(name, of, "__nba_feature__", "@nba.feature") for of in ask("nba_features", list)),
        tuple(_marked(name, of, "__nba_gate__", "@nba.gate") for of in ask("nba_gates", list)),
        observer,
    )


def _check_hooks(name: str, module: object) -> None:
    """Refuse hooks that there are not, hooks that are not marked, and a module without any: each would do nothing."""
    known = {hook for hook in vars(Hooks) if hook.startswith("nba_")}
    named = set(dir(module))
    marked = {attribute for attribute in named if hasattr(getattr(module, attribute, None), f"{GROUP}_impl")}
    for attribute in sorted(marked - known):
        hint = did_you_mean(attribute, known) or f"the hooks are {', '.join(sorted(known))}"
        raise PluginError(f"plugin `{name}` implements a hook that there is not: `{attribute}`; {hint}")
    for attribute in sorted((named & known) - marked):
        raise PluginError(f"plugin `{name}`: `{attribute}` is not marked with @nba.hookimpl")
    if not marked:
        hint = f"it should be a module with some of {', '.join(sorted(known))}, marked with @nba.hookimpl"
        raise PluginError(f"plugin `{name}` implements no hook: {hint}")


def _folder(name: str, path: object) -> Path:
    if not isinstance(path, str | PathLike):
        raise PluginError(f"plugin `{name}`: `nba_packs` should return paths, not {type(path).__name__}")
    found = Path(path)
    if not found.exists():
        raise PluginError(f"plugin `{name}`: its rules are not there: {found.name}")
    return found


def _marked(name: str, function: object, mark: str, decorator: str) -> Any:
    spec = getattr(function, mark, None)
    if spec is None:
        shown = getattr(function, "__name__", type(function).__name__)
        raise PluginError(f"plugin `{name}`: `{shown}` is not marked with {decorator}")
    return spec


def installed() -> dict[str, EntryPoint]:
    """The installed plugins by name, without importing them."""
    found: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        other = found.setdefault(point.name, point)
        if other.value != point.value:
            raise PluginError(f"two installed plugins are named `{point.name}`: {other.value} and {point.value}")
    return found


def load_installed(wanted: Iterable[str]) -> list[Plugin]:
    """The installed plugins of these names, each with an optional pin: `sales>=1.2`. Sorted by name.

    Raises:
        PluginError: one that is not installed, has another version, does not import or misspells a hook.
    """
    points = installed()
    plugins: dict[str, Plugin] = {}
    for requirement in wanted:
        name, specifier = _pin(requirement)
        point = points.get(name)
        if point is None:
            hint = did_you_mean(name, points) or f"installed: {', '.join(points) or 'none'}"
            raise PluginError(f"no plugin `{name}` is installed (pip install nba-{name.replace('_', '-')}); {hint}")
        version = point.dist.version if point.dist else None
        if version is not None and not specifier.contains(version, prereleases=True):
            raise PluginError(f"plugin `{name}` is installed as {version}, and `{requirement}` is wanted")
        try:
            module = point.load()
        except Exception as error:
            raise PluginError(f"plugin `{name}` does not import: {type(error).__name__}: {error}") from error
        origin = f"{point.dist.name} {version}" if point.dist else point.value
        plugins[name] = read_plugin(name, module, version, origin)
    return [plugins[name] for name in sorted(plugins)]


def _pin(requirement: str) -> tuple[str, Any]:
    from packaging.requirements import InvalidRequirement, Requirement  # only who pins pays for the import

    try:
        read = Requirement(requirement)
    except InvalidRequirement as error:
        raise PluginError(f"`{requirement}` is not a name with a version, such as `sales>=1.2`") from error
    return read.name, read.specifier
