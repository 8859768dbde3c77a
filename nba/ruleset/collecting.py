"""Where the effects of rules and laws are collected, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass, field

from nba.language import tree
from nba.ruleset.layers import LayerBuilder
from nba.ruleset.model import (
    Action,
    Duty,
    Guard,
    Inactive,
    ItemRules,
    Notice,
    Proposal,
    Shadow,
    Statement,
    Weight,
)


@dataclass
class Collected:
    """What the rules say so far, ready to become a ruleset."""

    layer: LayerBuilder = field(default_factory=LayerBuilder)
    item_layers: dict[str, LayerBuilder] = field(default_factory=dict)
    proposals: list[Proposal] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    weights: list[Weight] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    shadows: list[Shadow] = field(default_factory=list)
    item_proposals: dict[str, list[Proposal]] = field(default_factory=dict)
    item_shadows: dict[str, list[Shadow]] = field(default_factory=dict)
    statements: dict[str, Statement] = field(default_factory=dict)
    inactive: list[Inactive] = field(default_factory=list)

    def condition(self, statement: Statement, node: tree.Node | None = None) -> int:
        """The number of a statement's condition, or of another one that it asks, in the global layer."""
        return self.layer.add(statement.condition if node is None else node, statement.id)

    def propose(self, statement: Statement, action: Action, *, shadow: bool) -> None:
        """A proposal, in the layer of the action's items when it has `for_each`."""
        if action.for_each is None:
            number, proposals, shadows = self.condition(statement), self.proposals, self.shadows
        else:
            layer = self.item_layers.setdefault(action.id, LayerBuilder())
            number = layer.add(statement.condition, statement.id)
            proposals = self.item_proposals.setdefault(action.id, [])
            shadows = self.item_shadows.setdefault(action.id, [])
        if shadow:
            shadows.append(Shadow(statement, "propose", number, (action.id,)))
        else:
            proposals.append(Proposal(statement, action.id, number))

    def items(self) -> dict[str, ItemRules]:
        """The rules of each action with `for_each`."""
        return {
            id: ItemRules(layer.build(), tuple(self.item_proposals.get(id, ())), tuple(self.item_shadows.get(id, ())))
            for id, layer in sorted(self.item_layers.items())
        }
