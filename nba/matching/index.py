"""Many conditions at once: each feature is looked up once, however many conditions read it.

Each way in which a condition can hold (`ways.py`) is a bit. For each feature, and each class of values that the
conditions can tell apart, an integer has the bits of the ways that such a value leaves alive: the ways that hold are
the bitwise and of one integer a feature. What is missing leaves alive what is not known to be false, and in doubt.

All truths are the reference evaluator's, which is asked for one value of each class when the rules are loaded.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

from nba.language import tree
from nba.language.compiled import compile_node, view_of
from nba.language.types import BOOLEAN
from nba.language.values import FAILED, Value
from nba.matching.coding import after
from nba.matching.ways import Ways, parts
from nba.writing import write

_Cell: TypeAlias = tuple[int, tree.Node]
"""The bit of a way, and what it asks of one feature."""


class Index:
    """Conditions over so many features, ready to be asked all at once. Immutable."""

    def __init__(self, conditions: Sequence[tree.Node], features: int) -> None:
        ways, count = Ways(features), len(conditions)
        found = [ways.of(condition) for condition in conditions]
        # The first way of each condition, then the second of each, and so on: to put them together is to shift.
        bits = [(1 << (turn * count + place), way) for place, of in enumerate(found) for turn, way in enumerate(of)]
        self._start = sum(bit for bit, _ in bits)
        self._turns = tuple(turn * count for turn in range(1, max(map(len, found), default=1)))
        self._every = (1 << count) - 1
        cells: dict[int, list[_Cell]] = {}
        for bit, way in bits:
            for number, asked in way.items():
                cells.setdefault(number, []).append((bit, asked))
        self._columns = {number: _column(number, cells[number], self._start) for number in sorted(cells)}
        self._computed = [
            (sum(bit for bit, _ in cells[number]), compile_node(node), self._columns.pop(number))
            for node, number in ways.computed.items()
            if number in cells  # else a larger part that it is in is computed
        ]
        self._look_up = _written(self._columns)

    def truths(self, features: Sequence[Any]) -> tuple[int, int]:
        """The conditions that are true, and those that are unknown, as bits by place. No feature may have failed."""
        alive, unsure = self._look_up(features, self._start, 0)
        return self._together(features, alive, unsure)

    def careful_truths(self, features: Sequence[Any]) -> tuple[int, int]:
        """The same when features may have failed."""
        alive, unsure = self._start, 0
        for number, column in self._columns.items():
            left, doubtful = column.at(features[number])
            alive, unsure = alive & left, unsure | doubtful
        return self._together(features, alive, unsure)

    def _together(self, features: Sequence[Any], alive: int, unsure: int) -> tuple[int, int]:
        """By condition: true when one of its ways is, else unknown when one of them is."""
        for readers, compute, column in self._computed:
            if alive & readers:
                left, doubtful = column.at(compute(view_of(features)))
                alive, unsure = alive & left, unsure | doubtful
        true, unknown = (alive & ~unsure, alive & unsure) if unsure else (alive, 0)
        if self._turns:
            for turn in self._turns:
                true |= true >> turn
                unknown |= unknown >> turn
            true &= self._every
            unknown &= self._every & ~true
        return true, unknown


@dataclass(frozen=True)
class _Column:
    """For one feature, the ways that each class of its values leaves alive."""

    missing: int
    failed: int
    doubtful: int
    """The ways that are in doubt when the value is missing."""
    doubtful_failed: int
    other: int
    """The ways that are left alive by a value that no way names."""
    named: Mapping[Any, int] = field(default_factory=dict)
    """The ways that are left alive by each value that is told apart by which it is."""
    cuts: Sequence[Any] = ()
    """Where classes of values begin, sorted, when values are told apart by where they lie."""
    masks: Sequence[int] = ()
    """The ways that each of these classes leaves alive: first the one below all cuts, then that of each cut."""

    def at(self, value: Value) -> tuple[int, int]:
        """The ways that a value leaves alive, and those that it leaves in doubt."""
        if value is None:
            return self.missing, self.doubtful
        if value is FAILED:
            return self.failed, self.doubtful_failed
        if self.cuts:
            return self.masks[bisect_right(self.cuts, value)], 0
        return self.named.get(value, self.other) if self.named else self.other, 0


def _column(number: int, cells: Sequence[_Cell], every: int) -> _Column:
    """The column of a feature, from what ways ask of it."""
    bits: dict[tree.Node, int] = {}
    for bit, asked in cells:
        bits[asked] = bits.get(asked, 0) | bit
    truths = [(asked, compile_node(asked), of) for asked, of in bits.items()]  # many conditions ask the same

    def alive(value: Any) -> int:
        seen = view_of({number: value})
        return every - sum(of for _, truth, of in truths if truth(seen) is False)

    def in_doubt(value: Any) -> int:
        seen = view_of({number: value})
        return sum(of for _, truth, of in truths if not isinstance(truth(seen), bool))

    def changes(usual: Any, probes: Callable[[tree.Node], Iterable[Any]]) -> dict[Any, int]:
        """By value: the ways whose truth is another than at the value before it, or than at the usual one."""
        found: dict[Any, int] = {}
        usually = view_of({number: usual})
        for asked, truth, of in truths:
            before = truth(usually)
            for value in probes(asked):
                seen = view_of({number: value})
                now = truth(seen)
                found[value] = found.get(value, 0) | (of if now is not before else 0)
                before = now if ranked else before
        return found

    reading = [of for asked in bits for of in parts(asked)]
    comparisons = [of for of in reading if isinstance(of, tree.Compare)]
    order = next((of.order for of in comparisons if of.order), ())
    boolean = any(isinstance(of, tree.Feature) and of.type == BOOLEAN for of in reading)
    ranked = not order and any(of.operator != "==" for of in comparisons)
    unknown = alive(None), alive(FAILED), in_doubt(None), in_doubt(FAILED)
    if ranked:
        lowest = _LOWEST[_kind(next(iter(_literals(comparisons[0]))))]
        changed = changes(lowest, lambda asked: sorted(_cuts(asked)))
        masks = [alive(lowest)]
        cuts = sorted(cut for cut, change in changed.items() if change)
        for cut in cuts:
            masks.append(masks[-1] ^ changed[cut])
        return _Column(*unknown, masks[0], {}, cuts, masks)
    if order or boolean:
        values = order or (False, True)
        changed, usual = changes(values[0], lambda asked: values), alive(values[0])
    else:
        changed, usual = changes(_OTHER, _literals), alive(_OTHER)
    return _Column(*unknown, usual, {value: usual ^ of for value, of in changed.items()})


def _written(columns: Mapping[int, _Column]) -> Callable[[Sequence[Any], int, int], tuple[int, int]]:
    """`careful_truths` up to what is computed, as steps, each with just what its kind of column asks for."""
    lines: list[str] = []
    names: dict[str, Any] = {"bisect": bisect_right}
    for n, column in columns.items():
        if column.cuts:
            names |= {f"cuts_{n}": column.cuts, f"masks_{n}": column.masks}
            left = f"masks_{n}[bisect(cuts_{n}, value)]"
        elif column.named:
            names |= {f"named_{n}": column.named.get, f"other_{n}": column.other}
            left = f"named_{n}(value, other_{n})"
        else:
            names[f"other_{n}"] = column.other
            left = f"other_{n}"
        names |= {f"missing_{n}": column.missing, f"doubtful_{n}": column.doubtful}
        lines += [
            f"value = features[{n}]",
            "if value is None:",
            f"    alive &= missing_{n}",
            f"    unsure |= doubtful_{n}",
            "else:",
            f"    alive &= {left}",
        ]
    return write("look_up(features, alive, unsure)", [*lines, "return alive, unsure"], names)


_OTHER = object()
"""Stands for every value that no condition names."""

_LOWEST: Mapping[type, Any] = {
    float: -math.inf,
    str: "",
    date: date.min,
    datetime: datetime.min.replace(tzinfo=UTC),
}
"""Values below all others that a feature can have; where there is no such value, the class below all cuts is empty."""


def _literals(asked: tree.Node) -> set[Any]:
    """The values that a condition compares with."""
    found: set[Any] = set()
    for of in parts(asked):
        match of:
            case tree.In(items=tree.Constant(value=tuple(values))):
                found |= set(values)
            case tree.Compare(left=tree.Constant(value=value)) | tree.Compare(right=tree.Constant(value=value)):
                found.add(value)
    return found


def _cuts(asked: tree.Node) -> Iterator[Any]:
    """The values at which the truth of a condition may change: each literal, and what comes right after it."""
    for literal in _literals(asked):
        yield literal
        above = after(literal)
        if above is not None:
            yield above


def _kind(literal: Any) -> type:
    return float if isinstance(literal, int | float) else type(literal)
