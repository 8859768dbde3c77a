"""What a case gives, made ready to decide on: bases merged in, times counted from `as_of`, stand-ins checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nba.authoring.data import read_data
from nba.authoring.reading import WrittenCase
from nba.documents.cases import SPAN_HELP, is_time, moved
from nba.documents.nodes import bare
from nba.errors import Problem, RulesError, did_you_mean
from nba.language import tree
from nba.language.moments import write_instant
from nba.language.types import Date, ListOf, MapOf, Record, Type
from nba.ruleset.model import Feature, Ruleset
from nba.schema.reading import read
from nba.schema.single import value_reader
from nba.source import Span

_PART = re.compile(r'([^.\[\]"]+)|\[([0-9]+)\]|\["([^"\]]*)"\]')


@dataclass(frozen=True)
class Ready:
    """The input of a decision; what is wrong with it is in `problems`."""

    profile: Mapping[str, Any]
    context: Mapping[str, Any]
    signals: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()


def ready(written: WrittenCase, ruleset: Ruleset) -> Ready:
    """The profile, context and stand-ins of a case for `decide`."""
    given, problems = written.case.given, list[Problem]()
    base: dict[str, Any] = {}
    if given.base is not None:
        try:
            base = read_data(written.file.parent / str(given.base))
        except (RulesError, ValueError) as error:
            why = error.problems if isinstance(error, RulesError) else (Problem("unreadable", str(error)),)
            place = written.span("given", "base")
            problems += [Problem(of.code, f"`base:` {of.message}", of.span or place, of.help) for of in why]
            return Ready({}, {}, {}, tuple(problems))
    times = _Times(given.as_of, written, problems)
    own = times.resolve(bare(given.profile or {}), ruleset.profile, ("given", "profile"))
    profile = merged(times.resolve(base, ruleset.profile, ("given", "base")), own)
    context = times.resolve(bare(given.context or {}), ruleset.context, ("given", "context"))
    if not problems:
        _check(profile, own, ruleset.profile, "profile", written, problems)
        _check(context, context, ruleset.context, "context", written, problems)
    signals = _signals(written, ruleset, times, problems)
    _check_proposed(written, ruleset, problems)
    return Ready(profile, context, signals, tuple(problems))


def merged(base: Any, over: Any) -> Any:
    """One value over another: mappings merge, all else replaces.

    >>> merged({"a": {"b": 1, "c": [1, 2]}}, {"a": {"c": [3], "d": None}})
    {'a': {'b': 1, 'c': [3], 'd': None}}
    """
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    return {**base, **{name: merged(base.get(name), value) for name, value in over.items()}}


@dataclass(frozen=True)
class _Times:
    """Puts instants and dates in place of `{ago: 3 days}` and `{in: 2 weeks}`."""

    as_of: datetime
    written: WrittenCase
    problems: list[Problem] = field(default_factory=list)

    def resolve(self, value: Any, kind: Type | None, path: tuple[str | int, ...]) -> Any:
        if is_time(value) and not _has_field(kind, next(iter(value))):
            return self._moment(value, kind, path)
        if isinstance(value, dict):
            return {name: self.resolve(of, _below(kind, name), (*path, name)) for name, of in value.items()}
        if isinstance(value, list):
            item = kind.item if isinstance(kind, ListOf) else None
            return [self.resolve(of, item, (*path, number)) for number, of in enumerate(value)]
        return value

    def _moment(self, time: dict[str, Any], kind: Type | None, path: tuple[str | int, ...]) -> str | None:
        try:
            moment = moved(self.as_of, time)
        except ValueError as error:
            self.problems.append(Problem("bad-time", str(error), self.written.span(*path), SPAN_HELP))
            return None
        return moment.date().isoformat() if isinstance(kind, Date) else write_instant(moment)


def _has_field(kind: Type | None, name: str) -> bool:
    return isinstance(kind, MapOf) or (isinstance(kind, Record) and name in kind.fields)


def _below(kind: Type | None, name: str) -> Type | None:
    if isinstance(kind, MapOf):
        return kind.value
    if not isinstance(kind, Record):
        return None
    for own, of in kind.fields.items():
        if name == own or name in of.aliases:
            return of.type
    return None


def _check(value: Any, own: Any, record: Record, what: str, written: WrittenCase, problems: list[Problem]) -> None:
    """Refuse what does not fit the schema, and fields of the case's own that it lacks: a misspelt one tests nothing.

    A base may have more, such as sections of packs that are not loaded.
    """
    faults = dict.fromkeys(read(record, value).faults)
    unfit = set(read(record, own).faults)
    faults |= dict.fromkeys(fault for fault in read(record, own, extra="forbid").faults if fault not in unfit)
    for fault in faults:
        problems.append(Problem("bad-data", f"{what}: {fault}", _place(written, what, fault.path)))


def _place(written: WrittenCase, what: str, path: str) -> Span:
    parts: list[str | int] = [
        int(match[2]) if match[2] is not None else match[1] or match[3] or "" for match in _PART.finditer(path)
    ]
    return written.key("given", what, *parts)


def _signals(written: WrittenCase, ruleset: Ruleset, times: _Times, problems: list[Problem]) -> dict[str, Any]:
    facts = {fact.id: fact for fact in ruleset.facts}
    found: dict[str, Any] = {}
    for id, raw in written.case.given.signals.items():
        fact = facts.get(id)
        if fact is None:
            hint = did_you_mean(id, facts)
            place = written.key("given", "signals", id)
            problems.append(Problem("unknown-name", f"there is no signal `{id}`", place, hint))
            continue
        kind = fact.type if isinstance(fact, Feature) else tree.type_of(fact.node)
        found[id], faults = value_reader(kind)(times.resolve(bare(raw), kind, ("given", "signals", id)))
        for fault in faults:
            message = f"signal `{id}`: found {fault.found}, wanted {fault.wanted}"
            problems.append(Problem("wrong-type", message, written.span("given", "signals", id)))
    return found


def _check_proposed(written: WrittenCase, ruleset: Ruleset, problems: list[Problem]) -> None:
    for number, id in enumerate(written.case.given.proposed):
        action, place = ruleset.actions.get(id), written.span("given", "proposed", number)
        if action is None:
            hint = did_you_mean(id, ruleset.actions)
            problems.append(Problem("unknown-name", f"there is no action `{id}`", place, hint))
        elif action.for_each is not None:
            hint = f"give the profile an item in {action.for_each.over.text}"
            problems.append(Problem("wrong-type", f"`{id}` is proposed for each of its items only", place, hint))
