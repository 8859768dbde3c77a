"""The rules of packs, checked, and each of their effects collected as the decision uses it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from nba.documents.pack import Effects, Rule
from nba.language import tree
from nba.language.check import check
from nba.language.scope import Scope
from nba.language.texts import template
from nba.language.types import NUMBER
from nba.ruleset.carrying import check_carried, message_to
from nba.ruleset.collecting import Collected
from nba.ruleset.conditions import both, condition
from nba.ruleset.gathering import Declared
from nba.ruleset.model import Guard, Inactive, Notice, Pairs, Shadow, Statement, Weight
from nba.ruleset.surroundings import Surroundings
from nba.ruleset.tables import proposed_by, read_rows, rows


def collect_rule(declared: Declared[Rule], around: Surroundings, into: Collected) -> None:
    """Check a rule and collect its effects; one that waits for a pack, is disabled or a draft is listed so."""
    absent = [name for name in declared.entry.with_ if name not in around.packs]
    if absent:  # its names cannot be known
        because = f"waits for {' and '.join(f'pack `{name}`' for name in absent)}, not loaded"
        into.inactive.append(Inactive(declared.id, because))
        return
    why = _why_left_out(declared, around)
    if why is not None:  # checked all the same, and collected where nobody looks
        into.inactive.append(Inactive(declared.id, why))
        into = Collected()
    for effect in _effects(declared, around, into):
        effect.collect()


def _why_left_out(declared: Declared[Rule], around: Surroundings) -> str | None:
    if declared.id in around.disabled:
        return f"disabled by the house: {around.disabled[declared.id]}"
    return "a draft" if declared.entry.status == "draft" else None


def _effects(declared: Declared[Rule], around: Surroundings, into: Collected) -> Iterator[_Effect]:
    """The rule's effects under its condition; for a table, those of each row."""
    entry = declared.entry
    if entry.table is None:
        scope = _scope(declared, entry.propose or (), around)
        when = around.condition(entry.when, scope, declared)
        yield _Effect(declared, entry, _statement(declared, entry, declared.id, when, around), scope, around, into)
        return
    written = read_rows(declared, entry.table, around.problems)
    scope = _scope(declared, proposed_by(written), around)
    for row, held, at_row in rows(declared, entry.table, written, scope, around.problems):
        inner = _scope(declared, row.propose or (), around)
        when = both(around.condition(entry.when, inner, declared), held)
        statement = _statement(at_row, row, f"{declared.id}.{row.id}", when, around)
        yield _Effect(at_row, row, statement, inner, around, into)


def _statement(declared: Declared[Rule], effects: Effects, id: str, when: tree.Node, around: Surroundings) -> Statement:
    return Statement(
        id,
        "rule",
        around.packs[declared.pack].department,
        effects.because or "",
        declared.source,
        when,
        declared.entry.meta,
        public_because=effects.public_because or "",
    )


def _scope(declared: Declared[Rule], proposed: list[str] | tuple[str, ...], around: Surroundings) -> Scope:
    """The pack's scope; with the item in sight when just one action is proposed and that has `for_each`."""
    scope = around.scopes[declared.pack]
    if len(proposed) != 1:
        return scope
    id = proposed[0] if "." in proposed[0] else f"{declared.pack}.{proposed[0]}"
    own = around.action_scopes.get(id)
    return scope.with_items(own.items) if own is not None else scope


@dataclass(frozen=True)
class _Effect:
    """What a rule, or a row of its table, does when its condition holds."""

    declared: Declared[Rule]
    effects: Effects
    statement: Statement
    scope: Scope
    around: Surroundings
    into: Collected

    @property
    def shadow(self) -> bool:
        """Whether it is evaluated and reported, and changes nothing."""
        return self.declared.entry.status == "shadow"

    def collect(self) -> None:
        """Check the effects one after the other, so that a problem of one hides none of another."""
        self.into.statements[self.statement.id] = self.statement
        said = self.effects
        for effect, given in (
            (self._propose, True),
            (self._guard, said.block is not None or said.require is not None),
            (self._weigh, said.weigh is not None),
            (self._notify, said.notify is not None),
        ):
            if given:
                with self.around.problems.collecting(self.declared.place):
                    effect()

    def _propose(self) -> None:
        effects, place = self.effects, partial(self.declared.span, "propose")
        for id in self.around.selecting.actions(effects.propose or (), place, self.declared.pack):
            shadow = self.shadow or id in self.around.shadow_actions
            self.into.propose(self.statement, self.around.actions[id], shadow=shadow)
        others = (effects.block, effects.require, effects.weigh, effects.notify)
        if self.scope.items and any(of is not None for of in others):
            item = next(iter(self.scope.items))
            hint = "write two rules: one that proposes, and one for the rest"
            self.around.problems.add("item-rule", f"a rule about each `{item}` only proposes", place(), hint)

    def _guard(self) -> None:
        effects, pack = self.effects, self.declared.pack
        if effects.block is not None:
            blocked = self.around.selecting.pairs(effects.block, self.declared, "block", pack=pack, but=effects.except_)
            self._add_guard(self.statement, blocked)
        if effects.require is not None and effects.for_ is not None:
            required = condition(effects.require, self.scope)
            unmet = both(self.statement.condition, tree.Not(required, f"not ({required.text})"))
            of = self.around.selecting.pairs(effects.for_, self.declared, "for", pack=pack, but=effects.except_)
            self._add_guard(replace(self.statement, condition=unmet), of)

    def _add_guard(self, statement: Statement, pairs: Pairs) -> None:
        self.into.statements[statement.id] = statement
        number = self.into.condition(statement)
        if self.shadow:
            self.into.shadows.append(Shadow(statement, "block", number, tuple(sorted(pairs))))
            return
        self.around.check_public_reason(statement, pairs, self.declared.place)
        lenient = self.effects.on_unknown == "allow"
        self.into.guards.append(Guard(statement, "guard", number, pairs, lenient))

    def _weigh(self) -> None:
        weigh = self.effects.weigh
        if weigh is None:
            return
        problems = self.around.problems
        if weigh.select.channel is not None:
            hint = "a score belongs to an action, whatever its channel"
            place = self.declared.span("weigh")
            problems.add("weigh-channel", "`weigh` does not select by channel", place, hint)
        by = check(weigh.by, self.scope, NUMBER)
        if isinstance(by, tree.Constant) and isinstance(by.value, int | float) and by.value < 0:
            problems.add("negative", "`by` is a factor and at least 0", self.declared.span("weigh", "by"))
        pairs = self.around.selecting.pairs(weigh.select, self.declared, "weigh", "select", pack=self.declared.pack)
        number = self.into.condition(self.statement)
        if self.shadow:
            self.into.shadows.append(Shadow(self.statement, "weigh", number, tuple(sorted(pairs))))
        else:
            self.into.weights.append(Weight(self.statement, number, self.around.selecting.ids(pairs), by))

    def _notify(self) -> None:
        for number, notify in enumerate(self.effects.notify or ()):
            self.around.check_department(notify.department, partial(self.declared.span, "notify", number, "department"))
            message = template(notify.message, self.scope)
            to = message_to(notify.department)
            check_carried(message.nodes, notify.message, to, self.around.secrets, {}, self.around.problems)
            held = self.into.condition(self.statement)
            if self.shadow:
                self.into.shadows.append(Shadow(self.statement, "notify", held, ()))
            else:
                self.into.notices.append(Notice(self.statement, held, notify.department, message))
