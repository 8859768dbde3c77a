"""Signals and features: their types, found in the order in which they read each other, and that order itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nba.documents.pack import Signal as WrittenSignal
from nba.errors import Problem, RulesError
from nba.language import tree
from nba.language.check import check
from nba.language.operands import a, type_of_literal
from nba.language.scope import Scope
from nba.language.types import STRING, Enum, Type, is_scalar
from nba.ruleset.conditions import condition
from nba.ruleset.gathering import Declared, Problems
from nba.ruleset.model import Feature, Signal


class Facts(Mapping[str, Type]):
    """The type of each signal and feature, by full id. A signal is checked when its type is first asked for."""

    def __init__(
        self,
        signals: Mapping[str, Declared[WrittenSignal]],
        features: Mapping[str, Feature],
        problems: Problems,
    ) -> None:
        self._signals, self._features, self._problems = signals, features, problems
        self._scopes: Mapping[str | None, Scope] = {}
        self._checked: dict[str, Signal | None] = {}
        self._open: list[str] = []
        self._read: set[str] = set()  # the features that something has asked for
        self.ordered: list[Signal | Feature] = []
        """Every signal and feature, each after what it reads."""

    def __getitem__(self, id: str) -> Type:
        if id in self._features:
            feature = self._features[id]
            if id not in self._read:
                self._read.add(id)
                self.ordered.append(feature)
            return feature.type
        if id not in self._checked:
            self._check(id)
        signal = self._checked[id]
        if signal is None:  # its own problem is reported where it stands
            raise RulesError([])
        return signal.type

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._signals, *self._features}))

    def __len__(self) -> int:
        return len(self._signals) + len(self._features)

    def __contains__(self, id: object) -> bool:
        return id in self._signals or id in self._features

    def check_all(self, scopes: Mapping[str | None, Scope]) -> None:
        """Check every signal, in the scope of its pack; those scopes have these facts in sight."""
        self._scopes = scopes
        for id in sorted(self._signals):
            if id not in self._checked:
                self._check(id)
        self._scopes = {}  # they hold these facts: without a cycle, all of it is freed at once

    def _check(self, id: str) -> None:
        declared = self._signals[id]
        if id in self._open:
            cycle = " -> ".join([*self._open[self._open.index(id) :], id])
            hint = "one of them must be made from profile fields alone"
            raise RulesError(
                [Problem("signal-cycle", f"these signals read each other: {cycle}", declared.place(), hint)]
            )
        self._open.append(id)
        try:
            with self._problems.collecting(declared.place):
                node = self._node(declared)
                entry = declared.entry
                self._checked[id] = signal = Signal(id, node, entry.because or "", declared.source, entry.confidential)
                self.ordered.append(signal)
        finally:
            self._open.pop()
            self._checked.setdefault(id, None)

    def _node(self, declared: Declared[WrittenSignal]) -> tree.Node:
        entry, scope = declared.entry, self._scopes[declared.pack]
        if entry.when is not None:
            return condition(entry.when, scope)
        if entry.value is not None:
            node = check(entry.value, scope)
            if not is_scalar(tree.type_of(node)):
                message = f"a signal is one value, and this is {a(tree.type_of(node))}"
                hint = "say what matters of it: `count(...)`, `any(...)`, or one of its fields"
                raise RulesError([Problem("wrong-type", message, entry.value.span(), hint)])
            return node
        return _first_of(declared, scope)


def _first_of(declared: Declared[WrittenSignal], scope: Scope) -> tree.FirstOf:
    rows, kinds, problems = [], [], Problems()
    for number, row in enumerate(declared.entry.first_of or ()):
        with problems.collecting():
            rows.append((condition(row.when, scope), tree.Constant(row.is_, type_of_literal(row.is_), repr(row.is_))))
        kinds.append(type_of_literal(row.is_))
        if kinds[-1] != kinds[0]:
            message = f"the first row is {a(kinds[0])}, and this is {a(kinds[-1])}"
            problems.add("wrong-type", message, declared.span("first_of", number, "is"))
        if row.when is None and number + 1 < len(declared.entry.first_of or ()):
            message = "the rows after this one are never reached"
            hint = "a row without `when:` holds always, so it comes last"
            problems.add("unreachable", message, declared.span("first_of", number, "is"), hint)
    if problems.found:
        raise RulesError(problems.found)
    kind: Type = kinds[0]
    if kind == STRING:
        kind = Enum(tuple(dict.fromkeys(str(constant.value) for _, constant in rows)))
    return tree.FirstOf(tuple(rows), kind, "the first row that holds")
