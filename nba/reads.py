"""Which paths of the profile and context the rules read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from nba.language import tree
from nba.language.texts import Template
from nba.ruleset.model import Action, Feature, Ruleset, Signal


def reads(ruleset: Ruleset) -> dict[str, tuple[str, ...]]:
    """By the id of each rule, law, action, signal and feature: the paths it reads, signals followed. Sorted."""
    facts = {fact.id: fact for fact in ruleset.facts}
    roots: dict[str, list[tree.Node]] = {}
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
    for fact in facts.values():
        roots.setdefault(fact.id, []).extend(fact.reads if isinstance(fact, Feature) else [fact.node])
    for gate in ruleset.gates:
        roots.setdefault(gate.id, []).extend(gate.reads)
    items = _items(ruleset, facts)
    found = {id: tuple(sorted(set(paths_of(nodes, facts, items.get(id))))) for id, nodes in sorted(roots.items())}
    for action in ruleset.actions.values():
        if action.purpose is not None:
            found[action.id] = tuple(sorted({*found[action.id], "consents"}))
    return found


def _items(ruleset: Ruleset, facts: Mapping[str, Signal | Feature]) -> dict[str, dict[str, str]]:
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
    nodes: Iterable[tree.Node], facts: Mapping[str, Signal | Feature], items: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The paths that nodes read, such as `service.cases[].severity`; signals and features are followed."""
    items = items or {}
    for node in nodes:
        match node:
            case tree.Path(root=root, names=names):
                yield ".".join(("context", *names) if root == "context" else names)
            case tree.Fact(id=id):
                fact = facts.get(id)
                if fact is not None:
                    yield from paths_of(fact.reads if isinstance(fact, Feature) else [fact.node], facts)
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
