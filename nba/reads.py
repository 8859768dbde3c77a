"""Which paths of the profile and context the rules read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from nba.language import tree
from nba.language.functions import FUNCTIONS
from nba.language.texts import Template
from nba.language.types import DATE
from nba.ruleset.model import Action, Feature, Ruleset

CALENDAR = ("months_since", "years_since")
"""Functions that count by calendar days, whatever their argument."""
EVERY_DECISION = "every decision"
"""The name under which stands what each decision reads, whatever the rules are."""


def reads(ruleset: Ruleset) -> dict[str, tuple[str, ...]]:
    """By the id of each rule, law, action, gate, signal and feature: the paths it reads, signals followed. Sorted."""
    facts: dict[str, tuple[str, ...]] = {}
    roots: dict[str, list[tree.Node]] = {}
    for fact in ruleset.facts:  # each after what it reads
        roots[fact.id] = list(fact.reads) if isinstance(fact, Feature) else [fact.node]
        facts[fact.id] = _sorted(paths_of(roots[fact.id], facts))
    for of in ruleset.statements:
        roots.setdefault(of.id, []).append(of.condition)
    for guard in ruleset.guards:
        roots.setdefault(guard.rule.id, []).append(guard.rule.condition)
    for weight in ruleset.weights:
        roots.setdefault(weight.rule.id, []).append(weight.by)
    for notice in ruleset.notices:
        roots.setdefault(notice.rule.id, []).extend(notice.message.nodes)
    for duty in ruleset.duties:
        roots.setdefault(duty.rule.id, []).extend(duty.message.nodes)
    for action in ruleset.actions.values():
        roots.setdefault(action.id, []).extend(_nodes_of_action(action))
    for gate in ruleset.gates:
        roots.setdefault(gate.id, []).extend(gate.reads)
    items = _items(ruleset, facts)
    found = {id: _sorted(paths_of(nodes, facts, items.get(id))) for id, nodes in roots.items()}
    for action in ruleset.actions.values():
        if action.purpose is not None:
            found[action.id] = _sorted([*found[action.id], "consents"])
    found[EVERY_DECISION] = ("context.channel", "context.direction", "id", "preferred_channels")
    return dict(sorted(found.items()))


def _sorted(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(paths)))


def _items(ruleset: Ruleset, facts: Mapping[str, tuple[str, ...]]) -> dict[str, dict[str, str]]:
    """By the id of an action with `for_each` and of the rules that propose it: what its item stands for."""
    found: dict[str, dict[str, str]] = {}
    for id, rules in ruleset.items.items():
        each = ruleset.actions[id].for_each
        if each is not None:
            own = {each.item: f"{next(paths_of([each.over], facts), each.over.text)}[]"}
            about = [of.rule.id for of in rules.proposals] + [of.rule.id for of in rules.shadows]
            found |= dict.fromkeys([id, *about], own)
    return found


def _nodes_of_action(action: Action) -> Iterator[tree.Node]:
    yield from action.score.factors.values()
    if action.for_each is not None:
        yield from (action.for_each.over, action.for_each.key)
    for _, value in action.payload:
        yield from value.nodes if isinstance(value, Template) else [value]


def paths_of(
    nodes: Iterable[tree.Node], facts: Mapping[str, tuple[str, ...]], items: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The paths that nodes read, such as `service.cases[].severity`; `facts` has those of signals and features."""
    items = items or {}
    for node in nodes:
        match node:
            case tree.Path(root=root, names=names):
                yield ".".join(("context", *names) if root == "context" else names)
            case tree.Fact(id=id):
                yield from facts.get(id, ())
            case tree.Call(name=name, arguments=arguments) if FUNCTIONS[name].reads_clock:
                if name in CALENDAR or DATE in map(tree.type_of, arguments):
                    yield "timezone"
                yield from paths_of(arguments, facts, items)
            case tree.Get(of=of, name=name):
                prefix = next(paths_of([of], facts, items), None)
                if prefix is not None:
                    yield f"{prefix}.{name}"
            case tree.Item(name=name):
                if name in items:
                    yield items[name]
            case tree.Aggregate(over=over, item=item, where=where, body=body):
                above = next(paths_of([over], facts, items), over.text)
                yield above
                parts = [body] if where is None else [where, body]
                yield from paths_of(parts, facts, {**items, item: f"{above}[]"})
            case _:
                yield from paths_of(tree.children(node), facts, items)
