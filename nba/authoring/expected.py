"""What a case expects against what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from nba.authoring.naming import split
from nba.authoring.reading import WrittenCase
from nba.decision import Decision
from nba.documents.cases import NONE
from nba.results import ActionResult, BlockedAction, Key, OutrankedAction
from nba.source import Span

Candidate: TypeAlias = ActionResult | BlockedAction | OutrankedAction
_MOST_LINES = 12  # of an explanation below a mismatch


@dataclass(frozen=True)
class Mismatch:
    """One expectation that does not hold."""

    what: str
    """The key of the case: `action`, `blocked`."""
    expected: str
    actual: str
    why: tuple[str, ...]
    """The lines of the explanation that matter."""
    span: Span

    def __str__(self) -> str:
        lines = [f"{self.what} ({self.span.location})", f"  expected  {self.expected}", f"  but got   {self.actual}"]
        return "\n".join([*lines, *(f"    {line}" for line in self.why)])


def mismatches(written: WrittenCase, decision: Decision) -> tuple[Mismatch, ...]:
    """Every expectation of a case that a decision does not meet."""
    return tuple(_mismatches(written, decision))


def _mismatches(written: WrittenCase, decision: Decision) -> Iterator[Mismatch]:
    expect, one = written.case.expect, _Compare(written, decision)
    chosen = [_name(of) for of in decision.actions]
    if expect.action is not None:
        first = chosen[0] if chosen else NONE
        if expect.action != NONE and not (decision.action and _is(expect.action, decision.action)):
            yield one.differs("action", expect.action, first, one.why_not(expect.action))
        elif expect.action == NONE and chosen:
            yield one.differs("action", NONE, first, _because(decision.actions[0]))
    if expect.actions is not None:
        yield from one.actions(expect.actions)
    if expect.outcome is not None and expect.outcome != decision.outcome:
        yield one.differs("outcome", expect.outcome, decision.outcome)
    if expect.blocked is not None:
        if not expect.blocked and decision.blocked:
            yield one.differs("blocked", "nothing", _list(_fate(of) for of in decision.blocked))
        for name, ids in expect.blocked.items():
            yield from one.blocked(name, ids)
    if expect.outranked is not None:
        yield from one.among("outranked", expect.outranked, decision.outranked)
    for name in expect.not_proposed or ():
        yield from one.not_proposed(name)
    if expect.tasks is not None:
        departments = sorted({task.department for task in decision.tasks})
        if sorted(set(expect.tasks)) != departments:
            why = [f"{task.department}, from {task.rule}: {task.message}" for task in decision.tasks]
            yield one.differs("tasks", _list(expect.tasks), _list(departments), why)
    yield from one.ids("undecided", expect.undecided, [of.rule for of in decision.undecided])
    yield from one.ids("laws_unmet", expect.laws_unmet, [of.law for of in decision.laws_unmet])
    yield from one.ids("unknown", expect.unknown, decision.unknown)


@dataclass(frozen=True)
class _Compare:
    written: WrittenCase
    decision: Decision
    told: set[str] = field(default_factory=set)
    """The actions that are explained already: once a case is enough."""

    def differs(self, what: str, expected: str, actual: str, why: Iterable[str] = (), *below: str | int) -> Mismatch:
        return Mismatch(what, expected, actual, _cut(list(why)), self.written.key("expect", what, *below))

    def actions(self, expected: Sequence[str]) -> Iterator[Mismatch]:
        actual = self.decision.actions
        if len(expected) == len(actual) and all(map(_is, expected, actual)):
            return
        why = [line for name in expected if not any(_is(name, of) for of in actual) for line in self.why_not(name)]
        limit = self.written.case.given.most
        if limit is not None and len(expected) > limit:
            why.insert(
                0, f"the case gives `limit: {limit}`, so no more are chosen; say `limit: {len(expected)}` or more"
            )
        yield self.differs("actions", _list(expected), _list(map(_name, actual)), why)

    def blocked(self, name: str, ids: Sequence[str]) -> Iterator[Mismatch]:
        found = [of for of in self.decision.blocked if _is(name, of)]
        free = [of for of in self._candidates(name) if not isinstance(of, BlockedAction)]
        expected = f"{name} blocked by {_list(ids)}" if ids else f"{name} blocked"
        if free or not found:
            actual = _list(map(_fate, free)) if free else f"{name} is not proposed"
            yield self.differs("blocked", expected, actual, self.why_not(name) if not free else (), name)
            return
        for of in found:
            if not set(ids) <= {block.id for block in of.by}:
                yield self.differs("blocked", expected, _fate(of), [f"{by.id}: {by.because}" for by in of.by], name)

    def among(self, what: str, names: Sequence[str], found: Sequence[OutrankedAction]) -> Iterator[Mismatch]:
        if not names and found:
            yield self.differs(what, "nothing", _list(map(_fate, found)))
        for number, name in enumerate(names):
            if not any(_is(name, of) for of in found):
                actual = _list(self.fates(name)) if self.fates(name) else f"{name} is not proposed"
                yield self.differs(what, f"{name} {what}", actual, self.why_not(name), number)

    def not_proposed(self, name: str) -> Iterator[Mismatch]:
        fates = self.fates(name)
        if fates:
            why = [line for of in self.decision.actions if _is(name, of) for line in _because(of)]
            number = (self.written.case.expect.not_proposed or []).index(name)
            yield self.differs("not_proposed", f"{name} not proposed", _list(fates), why, number)

    def ids(self, what: str, expected: Sequence[str] | None, actual: Sequence[str]) -> Iterator[Mismatch]:
        found = sorted(set(actual))
        if expected is not None and (not set(expected) <= set(found) or (not expected and found)):
            yield self.differs(what, _list(expected), _list(found))

    def fates(self, name: str) -> list[str]:
        """What became of the candidates of a name."""
        return [_fate(of) for of in self._candidates(name)]

    def _candidates(self, name: str) -> list[Candidate]:
        decision = self.decision
        candidates: list[Candidate] = [*decision.actions, *decision.outranked, *decision.blocked]
        return [of for of in candidates if _is(name, of)]

    def why_not(self, name: str) -> list[str]:
        """What an explanation says of an action that was expected."""
        if name in self.told:
            return []
        self.told.add(name)
        return [line for line in str(self.decision.why_not(name)).splitlines() if line.strip()]


def _is(name: str, of: Candidate) -> bool:
    """Whether a name means a candidate; a name without a key means every item."""
    id, key = split(name)
    return id == of.action and (key is None or key == _key(of.key))


def _key(key: Key) -> str | None:
    return None if key is None else str(key)


def _name(of: Candidate) -> str:
    return of.action if of.key is None else f"{of.action}[{of.key}]"


def _fate(of: Candidate) -> str:
    if isinstance(of, ActionResult):
        return f"{_name(of)} chosen, number {of.rank}"
    if isinstance(of, OutrankedAction):
        return f"{_name(of)} outranked by {of.by} ({of.why})"
    return f"{_name(of)} blocked by {_list(dict.fromkeys(by.id for by in of.by))}"


def _cut(lines: list[str]) -> tuple[str, ...]:
    return (*lines[:_MOST_LINES], *(["..."] if len(lines) > _MOST_LINES else []))


def _because(of: ActionResult) -> list[str]:
    return [f"proposed by {_list(of.proposed_by)}: {_list(of.because)}"] if of.proposed_by else []


def _list(words: Iterable[str]) -> str:
    return ", ".join(words) or "nothing"
