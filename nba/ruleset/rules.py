"""Rules and laws, checked, and each of their effects as the decision uses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from nba.documents.common import Condition, Selector
from nba.documents.house import House, Law
from nba.documents.pack import Effects, Rule
from nba.language import tree
from nba.language.check import check
from nba.language.scope import Scope
from nba.language.texts import Template, template
from nba.language.types import NUMBER
from nba.ruleset.carrying import check_carried, message_to
from nba.ruleset.conditions import ALWAYS, both, condition
from nba.ruleset.gathering import Declared, Document, MergedPack, Problems
from nba.ruleset.layers import LayerBuilder
from nba.ruleset.model import (
    Action,
    Duty,
    Guard,
    Inactive,
    ItemRules,
    Notice,
    Pairs,
    Proposal,
    Shadow,
    Statement,
    Weight,
)
from nba.ruleset.secrets import Secrets, owned_by
from nba.ruleset.selecting import Selecting
from nba.ruleset.tables import rows
from nba.source import Span


@dataclass
class Effect:
    """Where the effects of rules are collected, layer by layer."""

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

    def items(self) -> dict[str, ItemRules]:
        """The rules of each action with `for_each`."""
        return {
            id: ItemRules(layer.build(), tuple(self.item_proposals.get(id, ())), tuple(self.item_shadows.get(id, ())))
            for id, layer in sorted(self.item_layers.items())
        }


@dataclass(frozen=True)
class RuleBuilder:
    """Checks rules and laws one by one into the collected effects."""

    packs: dict[str, MergedPack]
    house: House
    actions: dict[str, Action]
    shadow_actions: frozenset[str]
    action_scopes: dict[str, Scope]
    scope_of: Callable[[str | None], Scope]
    selecting: Selecting
    disabled: dict[str, str]
    secrets: Secrets
    into: Effect
    problems: Problems

    def rule(self, declared: Declared[Rule]) -> None:
        """Check a rule and collect its effects; one that waits for a pack, is disabled or a draft is listed so."""
        entry = declared.entry
        absent = [name for name in entry.with_ if name not in self.packs]
        if absent:
            because = f"waits for {' and '.join(f'pack `{name}`' for name in absent)}, not loaded"
            self.into.inactive.append(Inactive(declared.id, because))
            return
        # A disabled rule or a draft is checked all the same; only its effects are left out.
        into = self.into
        if declared.id in self.disabled:
            into.inactive.append(Inactive(declared.id, f"disabled by the house: {self.disabled[declared.id]}"))
        elif entry.status == "draft":
            into.inactive.append(Inactive(declared.id, "a draft"))
        live = not (declared.id in self.disabled or entry.status == "draft")
        builder = self if live else replace(self, into=Effect())
        if entry.table is None:
            builder._rule(declared, entry, declared.id, None)
            return
        for row, held, node in rows(declared, self._scope(declared, entry), self.problems):
            id = f"{declared.id}.{row.id}"
            with self.problems.collecting():
                base = self._condition(entry.when, self._scope(declared, row), declared)
                builder._rule(replace(declared, node=node, key=node.span), row, id, both(base, held))

    def law(self, law: Law, number: int, document: Document[House]) -> None:
        """Check a law of the house and collect it."""
        declared = Declared(law.id, "house", law, document.below("laws", number), document.beside)
        scope = self.scope_of(None)
        if law.id in self.into.statements:
            self.problems.add("declared-twice", f"law `{law.id}` is declared twice", declared.place)
            return
        with self.problems.collecting(declared.place):
            given = self._condition(law.given, scope, declared)
            public = law.public_because or ""
            source = declared.source
            statement = Statement(law.id, "law", self.house.house, law.because, source, given, law.meta, public)
            self.into.statements[law.id] = statement
            number = self.into.layer.add(given, law.id)
            if law.never is not None:
                pairs = self.selecting.pairs(law.never, declared, "never", pack=None)
                self.into.guards.append(Guard(statement, "law", number, pairs))
                self._say_in_public(statement, pairs, declared.place)
            elif law.always is not None:
                pairs = self.selecting.pairs(law.always, declared, "always", pack=None)
                self._duty(law, declared, statement, number, pairs, scope)

    def _duty(
        self, law: Law, declared: Declared[Law], statement: Statement, number: int, pairs: Pairs, scope: Scope
    ) -> None:
        departments = sorted({self.actions[id].department for id in pairs})
        department = law.task.department if law.task else (departments[0] if departments else self.house.house)
        if law.task and law.task.department not in self.selecting.departments:
            self._unknown_department(law.task.department, declared.span("task", "department"))
        message = self._unmet(statement, department)
        if law.task and law.task.message:
            message = template(law.task.message, scope)
            to = message_to(department)
            check_carried(message.nodes, law.task.message, to, self.secrets, {}, self.problems)
        if not pairs:
            why = f"no loaded action can meet the law `{law.id}`: whenever it binds, a person is asked"
            hint = "add an action that it selects, or take the law out"
            self.problems.add("law-unmeetable", why, declared.place, hint, level="warning")
        self.into.duties.append(Duty(statement, number, pairs, department, message))

    def _unmet(self, law: Statement, department: str) -> Template:
        """What is told of a law that is not met and does not say what; no more than the department may see."""
        if self.secrets.shown_to(department, self.secrets.of(law.condition)):
            return Template((f"{law.because}: the law {law.id} is not met; a person decides what to do",))
        because = f"{law.public_because}: " if law.public_because else ""
        return Template((f"{because}a law of the house is not met; a person decides what to do",))

    def _say_in_public(self, guard: Statement, pairs: Pairs, place: Span) -> None:
        """Ask for a reason that can be told to whoever may not see what a guard is about."""
        owners = self.secrets.of(guard.condition)
        if not guard.public_because and any(
            not self.secrets.shown_to(self.actions[id].department, owners) for id in pairs
        ):
            message = f"`{guard.id}` holds back others for a reason that is confidential to {owned_by(owners)}"
            hint = "say `public_because:`, which they are told instead of `because:`"
            self.problems.add("no-public-because", message, place, hint, level="warning")

    def _scope(self, declared: Declared[Rule], effects: Effects) -> Scope:
        """The pack's scope; with the item in sight when the rule proposes just one action and that has `for_each`."""
        proposed = effects.propose
        if isinstance(effects, Rule) and effects.table is not None:
            named = {
                of
                for row in (effects.table.rows if isinstance(effects.table.rows, list) else [])
                for of in [row.get("propose")]
                if isinstance(of, str)
            }
            proposed = sorted(named)
        if proposed is not None and len(proposed) == 1:
            id = proposed[0] if "." in proposed[0] else f"{declared.pack}.{proposed[0]}"
            pack_scope = self.scope_of(declared.pack)
            own = self.action_scopes.get(id)
            if own is not None and own.items:
                return pack_scope.with_items(own.items)
        return self.scope_of(declared.pack)

    def _rule(self, declared: Declared[Rule], effects: Effects, id: str, held: tree.Node | None) -> None:
        department = self.packs[declared.pack].department
        scope = self._scope(declared, effects)
        when = held if held is not None else self._condition(declared.entry.when, scope, declared)
        because, public = effects.because or "", effects.public_because or ""
        statement = Statement(
            id, "rule", department, because, declared.source, when, declared.entry.meta, public_because=public
        )
        self.into.statements[id] = statement
        shadow = declared.entry.status == "shadow"
        place = declared.span("propose")
        self._propose(declared, effects, statement, shadow, place)
        self._only_proposals_see_items(effects, scope, place)
        # One after the other, so that a problem of one effect hides none of another.
        with self.problems.collecting(declared.place):
            self._guards(declared, effects, statement, when, scope, shadow)
        with self.problems.collecting(declared.place):
            self._weigh(declared, effects, statement, scope, shadow)
        with self.problems.collecting(declared.place):
            self._notify(declared, effects, statement, scope, shadow)

    def _condition(self, written: Condition | None, scope: Scope, declared: Declared[Any]) -> tree.Node:
        """The checked condition; one with problems is taken as always, as the rules do not load anyway."""
        with self.problems.collecting(declared.place):
            return condition(written, scope)
        return ALWAYS

    def _unknown_department(self, name: str, place: Span) -> None:
        hint = "declare it in the house's `departments:` or `vocabulary:`"
        self.problems.unknown("department", name, self.selecting.departments, place, hint)

    def _only_proposals_see_items(self, effects: Effects, scope: Scope, place: Span) -> None:
        others = (effects.block, effects.require, effects.weigh, effects.notify)
        if scope.items and any(of is not None for of in others):
            item = next(iter(scope.items))
            hint = "write two rules: one that proposes, and one for the rest"
            self.problems.add("item-rule", f"a rule about each `{item}` only proposes", place, hint)

    def _propose(
        self, declared: Declared[Rule], effects: Effects, statement: Statement, shadow: bool, place: Span
    ) -> None:
        for id in self.selecting.actions(effects.propose or (), place, declared.pack):
            action, shadowed = self.actions[id], shadow or id in self.shadow_actions
            if action.for_each is not None:
                layer = self.into.item_layers.setdefault(id, LayerBuilder())
                number = layer.add(statement.condition, statement.id)
                shadows = self.into.item_shadows.setdefault(id, [])
                proposals = self.into.item_proposals.setdefault(id, [])
            else:
                number = self.into.layer.add(statement.condition, statement.id)
                shadows, proposals = self.into.shadows, self.into.proposals
            if shadowed:
                shadows.append(Shadow(statement, "propose", number, (id,)))
            else:
                proposals.append(Proposal(statement, id, number))

    def _guards(
        self,
        declared: Declared[Rule],
        effects: Effects,
        statement: Statement,
        when: tree.Node,
        scope: Scope,
        shadow: bool,
    ) -> None:
        found: list[tuple[tree.Node, Pairs]] = []
        if effects.block is not None:
            pairs = self._pairs(declared, effects.block, "block", effects.except_)
            found.append((when, pairs))
        if effects.require is not None and effects.for_ is not None:
            required = condition(effects.require, scope)
            unmet = both(when, tree.Not(required, f"not ({required.text})"))
            found.append((unmet, self._pairs(declared, effects.for_, "for", effects.except_)))
        for node, pairs in found:
            if node != statement.condition:
                statement = replace(statement, condition=node)
                self.into.statements[statement.id] = statement
            number = self.into.layer.add(node, statement.id)
            if shadow:
                self.into.shadows.append(Shadow(statement, "block", number, tuple(sorted(pairs))))
            else:
                lenient = effects.on_unknown == "allow"
                self._say_in_public(statement, pairs, declared.place)
                self.into.guards.append(Guard(statement, "guard", number, pairs, lenient))

    def _pairs(self, declared: Declared[Rule], selector: Selector, key: str, but: Selector | None) -> Pairs:
        return self.selecting.pairs(selector, declared, key, pack=declared.pack, but=but)

    def _weigh(
        self, declared: Declared[Rule], effects: Effects, statement: Statement, scope: Scope, shadow: bool
    ) -> None:
        if effects.weigh is None:
            return
        select = effects.weigh.select
        if select.channel is not None:
            hint = "a score belongs to an action, whatever its channel"
            self.problems.add("weigh-channel", "`weigh` does not select by channel", declared.span("weigh"), hint)
        by = check(effects.weigh.by, scope, NUMBER)
        if isinstance(by, tree.Constant) and isinstance(by.value, int | float) and by.value < 0:
            place = declared.span("weigh", "by")
            self.problems.add("negative", "`by` is a factor and at least 0", place)
        actions = self.selecting.pairs(select, declared, "weigh", "select", pack=declared.pack)
        number = self.into.layer.add(statement.condition, statement.id)
        if shadow:
            self.into.shadows.append(Shadow(statement, "weigh", number, tuple(sorted(actions))))
        else:
            self.into.weights.append(Weight(statement, number, frozenset(actions), by))

    def _notify(
        self, declared: Declared[Rule], effects: Effects, statement: Statement, scope: Scope, shadow: bool
    ) -> None:
        for number, notify in enumerate(effects.notify or ()):
            if notify.department not in self.selecting.departments:
                self._unknown_department(notify.department, declared.span("notify", number, "department"))
            message = template(notify.message, scope)
            to = message_to(notify.department)
            check_carried(message.nodes, notify.message, to, self.secrets, {}, self.problems)
            condition_number = self.into.layer.add(statement.condition, statement.id)
            if shadow:
                self.into.shadows.append(Shadow(statement, "notify", condition_number, ()))
            else:
                self.into.notices.append(Notice(statement, condition_number, notify.department, message))
