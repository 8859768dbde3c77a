"""The checks, each a promise that a pack gives to the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from typing import Any

from nba.language import tree
from nba.language.meaning import evaluate
from nba.language.types import is_scalar
from nba.profile import PROFILE
from nba.ruleset.model import Action, Feature, Gate, Ruleset
from nba.testing.conformance.replay import differences
from nba.testing.conformance.report import Check, Finding
from nba.testing.conformance.subject import Ran, Subject


def loads_alone(says: str, subject: Subject) -> Check:
    """The pack is of use where no other is installed."""
    inactive = len(subject.alone.ruleset.inactive)
    actions = len(subject.alone.ruleset.actions)
    note = f"{actions} actions" + (f", {inactive} rules wait for other packs" if inactive else "")
    return Check(says, note=note)


def loads_beside_the_others(says: str, subject: Subject) -> Check:
    """No name clashes with those of the others, and what the pack says about them is true."""
    subject.together  # noqa: B018 - loads it
    if subject.absent:
        names = ", ".join(subject.absent)
        hint = "install it where the pack is tested: rules that wait for it have never been active"
        return Check(says, (Finding(f"its rules wait for packs that are not installed here: {names}", help=hint),))
    return Check(says, note=", ".join(subject.others) or "no other pack is installed")


def signals_are_documented(says: str, subject: Subject) -> Check:
    """Others build on signals: each has a type that rules can read, and says what it means."""
    findings, count = [], 0
    for fact in subject.alone.ruleset.facts:
        pack, _, name = fact.id.partition(".")
        if isinstance(fact, Feature):
            count += 1
            if not is_scalar(fact.type):
                findings.append(Finding(f"feature `{fact.id}` has no type that rules can read: {fact.type}"))
            if not (fact.function.__doc__ or "").strip():
                findings.append(
                    Finding(f"feature `{fact.id}` has no docstring", help="say what it means, and when it is missing")
                )
        elif pack in subject.written:
            count += 1
            written = subject.written[pack].signals[name]
            if not (written.because or written.title):
                findings.append(
                    Finding(
                        f"signal `{fact.id}` does not say what it means",
                        fact.source,
                        "add `because:` or `title:` for those who read it",
                    )
                )
    return Check(says, tuple(findings), f"{count} signals and features")


def cases_hold(says: str, subject: Subject) -> Check:
    """The pack's own cases hold."""
    if not subject.cases:
        return Check(
            says, (Finding("there are no cases", help='give their folder: check_pack(..., cases="tests/cases")'),)
        )
    failed = [Finding(str(of.result), of.result.source) for of in subject.cases if not of.result.passed]
    alone = sum(not of.packs for of in subject.cases)
    note = f"{len(subject.cases)} cases" + (f", {alone} of them alone" if alone < len(subject.cases) else "")
    return Check(says, tuple(failed), note)


def actions_are_reached(says: str, subject: Subject) -> Check:
    """A rule proposes each action in some case, and nothing blocks it there."""
    reached = set[str]()
    for ran in subject.cases:
        decision = ran.result.decision
        if decision is not None:
            forced = set(ran.written.case.given.proposed)
            reached |= {of.action for of in decision.actions if of.proposed_by}
            reached |= {of.action for of in decision.outranked} - forced
    return _over_actions(says, subject, reached, "is never reached", "write a case in which nothing blocks it")


def actions_are_blocked(says: str, subject: Subject) -> Check:
    """Something blocks each action in some case: an action that nothing can hold back listens to nobody."""
    blocked = {of.action for ran in subject.cases if ran.result.decision for of in ran.result.decision.blocked}
    hint = "write a case in which a guard, a law, consent or the channel of a conversation blocks it"
    return _over_actions(says, subject, blocked, "is never blocked", hint)


def _over_actions(says: str, subject: Subject, seen: set[str], what: str, hint: str) -> Check:
    own = list(_live_actions(subject))
    findings = [Finding(f"`{of.id}` {what} in any case", of.source, hint) for of in own if of.id not in seen]
    return Check(says, tuple(findings), f"{len(own)} actions")


def growth_looks_at_others(says: str, subject: Subject) -> Check:
    """Before it offers more, a department looks at what another one says of the customer."""
    ruleset = subject.together.ruleset
    growth = [ruleset.actions[of.id] for of in _live_actions(subject) if of.tier == "growth"]
    looks = _Looks(ruleset, subject.sections)
    findings = [
        Finding(
            f"`{of.id}` is growth, and no rule of `{of.pack}` looks at another department before it is proposed",
            of.source,
            "add a guard on a signal of another pack, such as `with: [service]` and `when: service.recovery_owed`",
        )
        for of in growth
        if not looks.before(of)
    ]
    return Check(says, tuple(findings), f"{len(growth)} growth actions")


class _Looks:
    """Whether the rules of a pack look at what others say before an action of theirs is made."""

    def __init__(self, ruleset: Ruleset, sections: set[str]) -> None:
        self._ruleset = ruleset
        self._facts = {of.id: of for of in ruleset.facts}
        self._strange = set(ruleset.profile.fields) - set(PROFILE.fields) - sections

    def before(self, action: Action) -> bool:
        """A guard of the action's own pack looks at others, or all that proposes it does."""
        mine = f"{action.pack}."
        guards = [of for of in self._ruleset.guards if of.rule.id.startswith(mine) and action.id in of.pairs]
        if any(self._strangers(of.rule.condition, action.pack) for of in guards):
            return True
        items = self._ruleset.items.get(action.id)
        proposals = [*self._ruleset.proposals, *(items.proposals if items else ())]
        conditions = [of.rule.condition for of in proposals if of.action == action.id]
        return bool(conditions) and all(self._strangers(of, action.pack) for of in conditions)

    def _strangers(self, node: tree.Node, pack: str) -> bool:
        """Whether what a node reads comes from another pack; the pack's own signals are followed."""
        if isinstance(node, tree.Fact):
            if not node.id.startswith(f"{pack}."):
                return True
            fact = self._facts[node.id]
            return any(self._strangers(of, pack) for of in (fact.reads if isinstance(fact, Feature) else [fact.node]))
        if isinstance(node, tree.Path) and node.root == "profile" and node.names and node.names[0] in self._strange:
            return True
        return any(self._strangers(of, pack) for of in tree.children(node))


def decisions_repeat(says: str, subject: Subject) -> Check:
    """Loaded again, with records in another order, in another process: the same decision."""
    findings, note = differences(subject)
    return Check(says, tuple(findings), note)


def nothing_is_changed(says: str, subject: Subject) -> Check:
    """Features and gates read, and never write: what they are given is the same afterwards."""
    findings = dict[str, Finding]()
    count = 0
    for ran in subject.cases:
        own = list(functions_of(ran.orchestrator.ruleset, subject))
        count = max(count, len(own))
        if ran.result.decision is None:
            continue
        for error in ran.result.decision.errors:
            if error.origin in {of.id for of in own}:
                message = f"`{error.origin}` {error.message}, in the case: {ran.written.case.name}"
                findings.setdefault(error.origin, Finding(message, ran.result.source))
        for function in own:
            if _changes(function, ran):
                message = f"`{function.id}` changes what it is given"
                findings[function.id] = Finding(message, help="make a new value: others read the same one")
    return Check(says, tuple(findings[id] for id in sorted(findings)), f"{count} features and gates")


def functions_of(ruleset: Ruleset, subject: Subject) -> Iterator[Feature | Gate]:
    """The features and gates that the pack brings."""
    names = {*subject.names, *(subject.plugins or ())}
    yield from (of for of in ruleset.facts if isinstance(of, Feature) and of.plugin in names)
    yield from (of for of in ruleset.gates if of.plugin in names)


def _changes(function: Feature | Gate, ran: Ran) -> bool:
    """Whether a feature writes into values that it could write into; in a decision they are read-only."""
    if isinstance(function, Gate) or ran.result.decision is None:
        return False
    env = ran.result.decision._trace.environment()
    values = [_loose(evaluate(node, env)) for node in function.reads]
    before = deepcopy(values)
    with suppress(Exception):  # whether it fails on what a decision gives it is another finding
        function.function(*values)
    return values != before


def _loose(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _loose(of) for name, of in value.items()}
    return [_loose(of) for of in value] if isinstance(value, tuple) else value


def _live_actions(subject: Subject) -> Iterable[Action]:
    actions = subject.alone.ruleset.actions
    for pack in subject.written.values():
        for name, written in sorted(pack.actions.items()):
            if written.status == "live":
                yield actions[f"{pack.name}.{name}"]


CHECKS: tuple[tuple[str, Callable[[str, Subject], Check]], ...] = (
    ("it loads alone", loads_alone),
    ("it loads beside the others", loads_beside_the_others),
    ("its signals are typed and documented", signals_are_documented),
    ("its cases hold", cases_hold),
    ("each action is reached in some case", actions_are_reached),
    ("each action is blocked in some case", actions_are_blocked),
    ("no growth without a look at another department", growth_looks_at_others),
    ("the same input gives the same decision", decisions_repeat),
    ("no feature or gate fails, or changes what it is given", nothing_is_changed),
)
