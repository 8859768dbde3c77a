"""durable_rules as a rule engine, by its low-level calls, contained.

What durable_rules 2.0.28 does wrong cannot be met through here: it is sent small integers under generated names whose
32-bit hashes are proved apart (`coding.py`), formulas without not (`normal_form.py`), and rulesets so small that no message can
match too often. A ruleset holds one message at a time, on one session, under a lock, and nothing when the call is over; one
that answers with an error is never used again. Definitions are kept for the process, since the library cannot free them.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import durable_rules_engine as engine

from nba.errors import EngineError
from nba.language.values import FAILED, Value
from nba.matching.coding import Coding, Encoder, Slot
from nba.matching.normal_form import Atom, Both, Either, Formula, atoms, definitely, ways
from nba.matching.protocol import Match
from nba.ruleset.model import Layer

MOST_MATCHES = 60  # error 303 at 65 in a ruleset, after which it replays stale matches
MOST_WAYS = 8  # of one rule; error 113 at 15 `$or` groups
MOST_FIELDS = 200  # of a message; 255 is the library's limit
MOST_RULESETS = 1000  # of a process: each takes 1 to 2 MB that the library cannot give back

_OPERATORS = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
_NOT_MATCHED = 1


class DurableMatcher:
    """Evaluates the conditions of a layer with durable_rules.

    Conditions that are definitely true are asked for first. Only those that look at something missing can be unknown, and for
    these it is asked whether they are definitely false.
    """

    def __init__(self, layer: Layer) -> None:
        coding = Coding(layer.conditions)
        self._reads = layer.reads
        self._slots: dict[Slot, int] = {}
        self._encoders: list[Encoder] = []
        self._true, self._always = self._group(layer, coding, wanted=True)
        self._false, self._never = self._group(layer, coding, wanted=False)

    def match(self, features: Sequence[Value]) -> Match:
        """Match the conditions against the values of the features."""
        codes = [encode(features) for encode in self._encoders]
        true = set(self._always)
        for group in self._true:
            true.update(group.collect(codes))
        missing = {number for number, value in enumerate(features) if value is None or value is FAILED}
        if not missing:
            return Match(true, frozenset())
        doubtful = {
            condition
            for condition, reads in enumerate(self._reads)
            if condition not in true and condition not in self._never and not missing.isdisjoint(reads)
        }
        unknown = set(doubtful)
        for group in self._false:
            if not unknown.isdisjoint(group.conditions):
                unknown.difference_update(group.collect(codes))
        return Match(true, unknown)

    def _group(self, layer: Layer, coding: Coding, *, wanted: bool) -> tuple[list[_Group], set[int]]:
        """The conditions in groups, each small enough for one ruleset; and those that hold whatever is sent."""
        groups: list[_Group] = []
        settled: set[int] = set()
        rules: list[tuple[int, Formula]] = []
        used: set[Slot] = set()
        total = 0
        for number, condition in enumerate(layer.conditions):
            formula = definitely(condition, wanted, coding, most=MOST_WAYS)
            if isinstance(formula, bool):
                if formula:
                    settled.add(number)
                continue
            slots = {atom.slot for atom in atoms(formula)}
            if rules and (total + ways(formula) > MOST_MATCHES or len(used | slots) > MOST_FIELDS):
                groups.append(self._make_group(rules, coding))
                rules, used, total = [], set(), 0
            rules.append((number, formula))
            used |= slots
            total += ways(formula)
        return [*groups, self._make_group(rules, coding)] if rules else groups, settled

    def _make_group(self, rules: list[tuple[int, Formula]], coding: Coding) -> _Group:
        slots: dict[Slot, int] = {}
        for _, formula in rules:
            for atom in atoms(formula):
                if atom.slot not in self._slots:
                    self._slots[atom.slot] = len(self._encoders)
                    self._encoders.append(coding.encoder(atom.slot))
                slots.setdefault(atom.slot, len(slots))
        names = dict(zip(slots, field_names(len(slots)), strict=True))
        definition = {
            f"r{place}": {"all": [{"m": _pattern(formula, names)}]} for place, (_, formula) in enumerate(rules)
        }
        fields = tuple((self._slots[slot], f', "{name}": ') for slot, name in names.items())
        return _Group(_shared(json.dumps(definition)), tuple(number for number, _ in rules), fields)


@dataclass(frozen=True)
class _Group:
    """A ruleset with the condition that each of its rules stands for, and the fields that it is sent."""

    ruleset: _Ruleset
    conditions: tuple[int, ...]
    fields: tuple[tuple[int, str], ...]

    def collect(self, codes: Sequence[int | None]) -> Iterator[int]:
        """The conditions whose rules fire for a message of these codes."""
        sent = "".join([f"{name}{codes[slot]}" for slot, name in self.fields if codes[slot] is not None])
        # What fires more than once (an `$or` whose branches both hold) is one condition all the same.
        return (self.conditions[place] for place in self.ruleset.fire(f'{{"sid": "0", "id": "m"{sent}}}'))


@dataclass
class _Ruleset:
    """A definition in the library, asked by one thread at a time."""

    definition: str
    handle: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fire(self, message: str) -> list[int]:
        """The places of the rules that fire for a message. Nothing of the message is left when it returns or raises."""
        with self.lock:
            handle = self.handle = _create(self.definition) if self.handle is None else self.handle
            clean = False
            try:
                status, state = engine.assert_fact(handle, message)
                fired = _drain(handle, state) if status == 0 else []
                if status not in (0, _NOT_MATCHED):
                    raise EngineError(f"durable_rules answered {status} to a message; the next decision starts it afresh")
                engine.retract_fact(handle, message)
                clean = True
            except engine.error as error:
                raise EngineError(f"durable_rules failed ({error}); the next decision starts it afresh") from error
            finally:
                if not clean:  # whatever was raised, what is left in it must not reach the next decision
                    self.handle = None
            return fired


def _drain(handle: int, state: int) -> list[int]:
    """Take all that has fired, one by one."""
    fired = []
    started = engine.start_action_for_state(handle, state)
    action = started[1] if started else None
    while action:
        fired.append(int(action[3 : action.index('"', 3)]))  # {"r12":{"m":...
        action = engine.complete_and_start_action(handle, state)
    return fired


_lock = threading.Lock()
_rulesets: dict[str, _Ruleset] = {}
_created: list[int] = []


def _shared(definition: str) -> _Ruleset:
    """The ruleset of a definition: one a process, as its memory is never given back. It keeps nothing between calls."""
    with _lock:
        return _rulesets.setdefault(definition, _Ruleset(definition))


def _create(definition: str) -> int:
    with _lock:
        if len(_created) >= MOST_RULESETS:
            raise EngineError(
                f"this process has made {MOST_RULESETS} durable_rules rulesets, whose memory the library cannot free: "
                "restart it, or use matcher='native'"
            )
        handle: int = engine.create_ruleset(f"nba{len(_created)}", definition)
        _created.append(handle)
        return handle


def _pattern(formula: Formula, names: dict[Slot, str]) -> dict[str, object]:
    match formula:
        case Atom(slot=slot, relation="==", code=code):
            return {names[slot]: code}
        case Atom(slot=slot, relation=relation, code=code):
            return {_OPERATORS[relation]: {names[slot]: code}}
        case Both(parts=parts):
            return {"$and": [_pattern(part, names) for part in parts]}
        case Either(parts=parts):
            return {"$or": [_pattern(part, names) for part in parts]}
    raise AssertionError("a constant formula is no rule")


def field_names(count: int) -> list[str]:
    """Names for so many fields whose hashes differ from each other's and from those that the library gives a meaning to.

    durable_rules compares names by a 32-bit hash only, so two fields whose names collide would be one.

    >>> field_names(3)
    ['f0', 'f1', 'f2']
    """
    taken = {name_hash(name) for name in ("sid", "id", "$s", "m")}
    names: list[str] = []
    number = 0
    while len(names) < count:
        name = f"f{number}"
        number += 1
        if name_hash(name) not in taken:
            taken.add(name_hash(name))
            names.append(name)
    return names


def name_hash(name: str) -> int:
    """The hash by which durable_rules compares names: 32-bit FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/).

    >>> name_hash("liquid") == name_hash("costarring")
    True
    """
    found = 0x811C9DC5
    for byte in name.encode():
        found = ((found ^ byte) * 0x01000193) & 0xFFFFFFFF
    return found

