"""Conditions and features as two layers.

A *feature* is a typed value computed from the profile once a decision. A *condition* is what rules ask of features:
truths combined with and, or and not, comparisons with literals, and whether one is missing. An engine sees features
by number and conditions by number, and parts that rules share are there once.
"""

from __future__ import annotations

from nba.language import tree
from nba.ruleset.model import Layer


class LayerBuilder:
    """Collects the conditions of a layer, each once, and the features that they read."""

    def __init__(self) -> None:
        self._features: dict[tree.Node, int] = {}
        self._conditions: dict[tree.Node, int] = {}
        self._rules: list[set[str]] = []
        # By the identity of a node, itself and what it has become: what rules share stays shared.
        self._sent: dict[int, tuple[tree.Node, tree.Feature]] = {}
        self._split: dict[int, tuple[tree.Node, tree.Node]] = {}

    @classmethod
    def of(cls, layer: Layer) -> LayerBuilder:
        """A builder that goes on where a layer was built: what is added gets the numbers after its own."""
        builder = cls()
        builder._features = {node: number for number, node in enumerate(layer.features)}
        builder._conditions = {node: number for number, node in enumerate(layer.conditions)}
        builder._rules = [set(ids) for ids in layer.rules]
        return builder

    def add(self, condition: tree.Node, rule: str | None = None) -> int:
        """The number of a condition, and the rule or law that asks for it."""
        number = self._conditions.setdefault(self._condition(condition), len(self._conditions))
        if number == len(self._rules):
            self._rules.append(set())
        if rule is not None:
            self._rules[number].add(rule)
        return number

    def build(self) -> Layer:
        """The layer with all that was added."""
        conditions = tuple(self._conditions)
        reads = tuple(tuple(sorted(_features_of(of))) for of in conditions)
        return Layer(tuple(self._features), conditions, reads, tuple(tuple(sorted(ids)) for ids in self._rules))

    def _feature(self, node: tree.Node) -> tree.Feature:
        known = self._sent.get(id(node))
        if known is None:
            number = self._features.setdefault(node, len(self._features))
            known = self._sent[id(node)] = node, tree.Feature(number, tree.type_of(node), node.text)
        return known[1]

    def _condition(self, node: tree.Node) -> tree.Node:
        if isinstance(node, tree.And | tree.Or | tree.Not):  # each is nearly always the only one of its kind
            return self._taken_apart(node)
        known = self._split.get(id(node))
        if known is None:
            known = self._split[id(node)] = node, self._taken_apart(node)
        return known[1]

    def _taken_apart(self, node: tree.Node) -> tree.Node:
        match node:
            case tree.Constant():
                return node
            case tree.And(items=items):
                return tree.And(tuple(self._condition(item) for item in items), node.text)
            case tree.Or(items=items):
                return tree.Or(tuple(self._condition(item) for item in items), node.text)
            case tree.Not(of=of):
                return tree.Not(self._condition(of), node.text)
            case tree.IsMissing(of=of):
                return tree.IsMissing(self._feature(of), node.text)
            case tree.Compare(operator=operator, left=left, right=tree.Constant() as right, order=order):
                return tree.Compare(operator, self._feature(left), right, order, node.text)
            case tree.Compare(operator=operator, left=tree.Constant() as left, right=right, order=order):
                return tree.Compare(operator, left, self._feature(right), order, node.text)
            case tree.In(item=item, items=tree.Constant() as items):
                return tree.In(self._feature(item), items, node.text)
            case _:
                return self._feature(node)


def _features_of(node: tree.Node) -> set[int]:
    if isinstance(node, tree.Feature):
        return {node.number}
    return set().union(*(_features_of(child) for child in tree.children(node)))
