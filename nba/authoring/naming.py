"""The names that cases use: whether each one exists, so that a misspelt expectation never passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from nba.authoring.reading import WrittenCase
from nba.documents.cases import NONE
from nba.errors import Problem, did_you_mean
from nba.ruleset.model import Ruleset
from nba.screening.gates import BUILT_IN
from nba.source import Span


def split(name: str) -> tuple[str, str | None]:
    """An action's id and, where it is named, the key of its item.

    >>> split("sales.renew_lease[L-88]"), split("sales.upgrade")
    (('sales.renew_lease', 'L-88'), ('sales.upgrade', None))
    """
    id, bracket, key = name.partition("[")
    return id, key[:-1] if bracket else None


def misnamed(written: WrittenCase, ruleset: Ruleset) -> tuple[Problem, ...]:
    """Every name in what a case expects that nothing loaded has, with its place and the nearest name."""
    return tuple(_problems(written, ruleset))


def _problems(written: WrittenCase, ruleset: Ruleset) -> Iterator[Problem]:
    expect = written.case.expect
    if expect.action is not None and expect.action != NONE:
        yield from _action(expect.action, written.span("expect", "action"), ruleset)
    lists: Mapping[str, Sequence[str]] = {
        "actions": expect.actions or (),
        "outranked": expect.outranked or (),
        "not_proposed": expect.not_proposed or (),
    }
    for key, names in lists.items():
        for number, name in enumerate(names):
            yield from _action(name, written.span("expect", key, number), ruleset)
    blockers = known_blockers(ruleset)
    for name, ids in (expect.blocked or {}).items():
        yield from _action(name, written.key("expect", "blocked", name), ruleset)
        for number, id in enumerate(ids):
            place = written.span("expect", "blocked", name, number)
            yield from _known("guard, law or gate", id, blockers, place, ruleset)
    asked = {of.department for of in ruleset.notices} | {of.department for of in ruleset.duties}
    for number, department in enumerate(expect.tasks or ()):
        place = written.span("expect", "tasks", number)
        yield from _known("rule that gives a task to", department, asked, place, ruleset)
    rules = {of.id for of in ruleset.statements}
    for number, id in enumerate(expect.undecided or ()):
        yield from _known("rule", id, rules, written.span("expect", "undecided", number), ruleset)
    duties = {of.rule.id for of in ruleset.duties}
    for number, id in enumerate(expect.laws_unmet or ()):
        yield from _known("`always` law", id, duties, written.span("expect", "laws_unmet", number), ruleset)


def known_blockers(ruleset: Ruleset) -> set[str]:
    """The ids under which a decision says that something is blocked: guards, laws, gates, and what failed."""
    return {
        *(of.rule.id for of in ruleset.guards),
        *(of.id for of in ruleset.gates),
        *(of.__name__ for of in BUILT_IN),
        *(of.rule.id for of in ruleset.proposals),
        *(of.rule.id for items in ruleset.items.values() for of in items.proposals),
    }


def _action(name: str, place: Span, ruleset: Ruleset) -> Iterator[Problem]:
    id, key = split(name)
    yield from _known("action", id, ruleset.actions, place, ruleset)
    action = ruleset.actions.get(id)
    if action is not None and key is not None and action.for_each is None:
        hint = f"write `{id}`: it has no `for_each`"
        yield Problem("unknown-name", f"action `{id}` has no items", place, hint)


def _known(what: str, word: str, known: Iterable[str], place: Span, ruleset: Ruleset) -> Iterator[Problem]:
    known = sorted(known)
    if word in known:
        return
    inactive = next((of for of in ruleset.inactive if of.rule == word), None)
    if inactive is not None:
        yield Problem("inactive", f"`{word}` is not active here: {inactive.because}", place)
        return
    listed = f"known: {', '.join(known)}" if 0 < len(known) <= 8 else None
    yield Problem("unknown-name", f"there is no {what} `{word}`", place, did_you_mean(word, known) or listed)
