"""Checking rules without deciding: all that a load would refuse, and what loads but is likely not meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nba.authoring.given import ready
from nba.authoring.naming import misnamed
from nba.authoring.reading import Where, WrittenCase, cases_of
from nba.authoring.running import problem_dict
from nba.documents.nodes import MappingNode, ScalarNode
from nba.documents.yaml import decode, read
from nba.errors import PluginError, Problem, RulesError
from nba.language import tree
from nba.language.texts import Template
from nba.loading import load_rules, yaml_files
from nba.ruleset.model import Action, Feature, Ruleset
from nba.source import Span


@dataclass(frozen=True)
class CheckReport:
    """What is wrong with rules, what is doubtful, and how much there is. `str()` tells it all."""

    problems: tuple[Problem, ...]
    """What a load refuses, and what is wrong with the cases beside the rules."""
    warnings: tuple[Problem, ...]
    """What loads, and is likely not meant."""
    summary: str

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong; warnings are no errors."""
        return not self.problems

    def __str__(self) -> str:
        return "\n\n".join([*(problem.render() for problem in (*self.problems, *self.warnings)), self.summary])

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data that JSON can carry."""
        return {
            "passed": self.passed,
            "summary": self.summary,
            "problems": [problem_dict(problem) for problem in self.problems],
            "warnings": [problem_dict(problem) for problem in self.warnings],
        }


def check(
    *paths: Where, packs: Iterable[str] | None = None, plugins: Mapping[str, object] | None = None
) -> CheckReport:
    """Check rules, and the cases beside them, as `nba.load` with the same arguments would read them.

    >>> import nba
    >>> print(check(nba.shipped("house")))
    0 packs, 0 rules, 14 laws, 0 actions, 0 signals, 0 cases
    """
    try:
        loaded = load_rules(*paths, packs=packs, plugins=plugins)
    except RulesError as error:
        return CheckReport(error.problems, (), _count(len(error.problems), "error"))
    except PluginError as error:
        return CheckReport((Problem("plugin", str(error)),), (), "1 error")
    ruleset = loaded.built.ruleset
    cases: list[WrittenCase] = []
    problems: list[Problem] = []
    for node, file in loaded.cases:
        try:
            cases += cases_of(node, file)
        except RulesError as error:
            problems += error.problems
    for written in cases:
        problems += ready(written, ruleset).problems + misnamed(written, ruleset)
    warnings = [*loaded.built.warnings, *_warnings(ruleset, _places(paths))]
    summary = _summary(ruleset, len(cases))
    if problems:
        summary += f"; {_count(len(problems), 'error')}"
    if warnings:
        summary += f"; {_count(len(warnings), 'warning')}"
    ordered = sorted(problems, key=lambda of: of.order)
    return CheckReport(tuple(dict.fromkeys(ordered)), tuple(sorted(warnings, key=lambda of: of.order)), summary)


def _summary(ruleset: Ruleset, cases: int) -> str:
    rules = sum(of.kind == "rule" for of in ruleset.statements)
    signals = sum(not isinstance(of, Feature) for of in ruleset.facts)
    counts = [
        (len(ruleset.packs), "pack"),
        (rules, "rule"),
        (len(ruleset.statements) - rules, "law"),
        (len(ruleset.actions), "action"),
        (signals, "signal"),
        (cases, "case"),
    ]
    return ", ".join(_count(number, what) for number, what in counts)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _warnings(ruleset: Ruleset, places: Mapping[tuple[str, str], Span]) -> Iterator[Problem]:
    for of in ruleset.inactive:
        yield _warning("inactive", f"rule `{of.rule}` is not active: {of.because}", places.get(("rules", of.rule)))
    proposed = {of.action for of in ruleset.proposals} | {id for of in ruleset.shadows for id in of.actions}
    for id, items in ruleset.items.items():
        proposed |= {id} if items.proposals or items.shadows else set()
    for id in ruleset.actions:
        if id not in proposed:
            hint = f"a rule says `propose: {id.partition('.')[2]}`"
            yield _warning("never-proposed", f"no active rule proposes `{id}`", places.get(("actions", id)), hint)
    facts, settings = _read_names(ruleset)
    for fact in ruleset.facts:
        if not isinstance(fact, Feature) and fact.id not in facts:
            yield _warning(
                "unread", f"nothing that is loaded reads signal `{fact.id}`", places.get(("signals", fact.id))
            )
    for id in ruleset.settings:
        if id not in settings:
            yield _warning("unread", f"nothing that is active reads setting `{id}`", places.get(("settings", id)))


def _warning(code: str, message: str, span: Span | None, hint: str | None = None) -> Problem:
    return Problem(code, message, span, hint, level="warning")


def _read_names(ruleset: Ruleset) -> tuple[set[str], set[str]]:
    """The ids of the signals and of the settings that something active reads."""
    facts, settings = set[str](), set[str]()
    nodes = list(_roots(ruleset))
    while nodes:
        node = nodes.pop()
        if isinstance(node, tree.Fact):
            facts.add(node.id)
        elif isinstance(node, tree.Setting):
            settings.add(node.id)
        nodes += tree.children(node)
    return facts, settings


def _roots(ruleset: Ruleset) -> Iterator[tree.Node]:
    for statement in ruleset.statements:
        yield statement.condition
    for statement in (*(of.rule for of in ruleset.guards), *(of.rule for of in ruleset.shadows)):
        yield statement.condition
    for weight in ruleset.weights:
        yield weight.by
    for message in (*(of.message for of in ruleset.notices), *(of.message for of in ruleset.duties)):
        yield from message.nodes
    for fact in ruleset.facts:
        yield from fact.reads if isinstance(fact, Feature) else [fact.node]
    for gate in ruleset.gates:
        yield from gate.reads
    for action in ruleset.actions.values():
        yield from _of_action(action)
    for items in ruleset.items.values():
        yield from (of.rule.condition for of in items.proposals)
        yield from (of.rule.condition for of in items.shadows)


def _of_action(action: Action) -> Iterator[tree.Node]:
    yield from action.score.factors.values()
    if action.for_each is not None:
        yield from (action.for_each.over, action.for_each.key)
    for _, value in action.payload:
        yield from value.nodes if isinstance(value, Template) else [value]


def _places(paths: Iterable[Where]) -> dict[tuple[str, str], Span]:
    """Where the actions, signals, settings and rules of the packs in folders are declared, by kind and full id."""
    found: dict[tuple[str, str], Span] = {}
    for path in map(Path, paths):
        for file in yaml_files(path) if path.is_dir() else [path]:
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            node = read(decode(name, file.read_bytes()))
            pack = node.get("pack") if isinstance(node, MappingNode) else None
            if isinstance(node, MappingNode) and isinstance(pack, ScalarNode):
                found |= dict(_declared(node, pack.text))
    return found


def _declared(node: MappingNode, pack: str) -> Iterator[tuple[tuple[str, str], Span]]:
    for kind in ("actions", "signals", "settings"):
        below = node.get(kind)
        for entry in below.entries if isinstance(below, MappingNode) else ():
            yield (kind, f"{pack}.{entry.name}"), entry.key.span
    rules = node.get("rules")
    for rule in getattr(rules, "items", ()):
        id = rule.get("id") if isinstance(rule, MappingNode) else None
        if isinstance(id, ScalarNode):
            yield ("rules", f"{pack}.{id.text}"), id.span
