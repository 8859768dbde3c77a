"""A pack as a page for people, in Markdown, made from its YAML: what it listens to, does, and tells others."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator

from nba.authoring.phrases import code, condition, either, listed, selected, sentence
from nba.authoring.written import WrittenPack
from nba.documents.pack import Action, Effects, Row, Rule, Setting
from nba.language import tree
from nba.language.texts import Template
from nba.language.types import ListOf, MapOf, Record, Type
from nba.profile import PROFILE
from nba.ruleset.model import Feature, Ruleset


def describe(pack: WrittenPack, ruleset: Ruleset) -> str:
    """The page of a pack. `ruleset` is the pack loaded, best beside all that it listens to: what is active is told of.

    >>> import nba
    >>> from nba.authoring.written import written_packs
    >>> dealer = nba.shipped("car-dealer")
    >>> print(describe(written_packs([dealer])["service"], nba.load(dealer).ruleset).splitlines()[0])
    # Customer service
    """
    return "\n".join(_Page(pack, ruleset).lines()).rstrip() + "\n"


class _Page:
    """The parts of a page, each as lines."""

    def __init__(self, pack: WrittenPack, ruleset: Ruleset) -> None:
        self.pack, self.ruleset = pack, ruleset
        self.prefix = f"{pack.name}."
        self.facts = {of.id: of for of in ruleset.facts}

    def lines(self) -> Iterator[str]:
        """The whole page."""
        pack = self.pack
        department = "" if pack.department == pack.name else f" of the department `{pack.department}`"
        yield from (f"# {pack.title}", "", f"The pack `{pack.name}`{department}, as its rules say it.", "")
        yield from self.listens()
        yield from self.tells()
        yield from self.actions()
        yield from self.holds()
        yield from self.asks()
        yield from self.weighs()
        yield from self.settings()

    def listens(self) -> Iterator[str]:
        """The pack's own section, and what else it reads."""
        yield from ("## What it listens to", "")
        section = self.ruleset.profile.fields.get(self.pack.section or "")
        if section is not None and isinstance(section.type, Record):
            yield from (f"The section `{self.pack.section}` of the profile; every field may be missing.", "")
            yield from ("| field | type | meaning |", "| --- | --- | --- |")
            yield from _fields(section.type, self.pack.section or "")
            yield ""
        core, context, signals, strange = self.reads()
        if core:
            yield from (f"Of the core of the profile: {listed(map(code, core))}.", "")
        if context:
            yield from (f"Of the state of the company: {listed(map(code, context))}.", "")
        if signals or strange:
            yield from ("Of other departments, where their packs are loaded:", "")
            yield from (f"- {code(id)}{f': {because}' if (because := self.because(id)) else ''}" for id in signals)
            yield from (f"- {code(path)}" for path in strange)
            yield ""

    def reads(self) -> tuple[list[str], list[str], list[str], list[str]]:
        """What the pack reads: of the core, of the context, signals of others, and their sections."""
        core, context, signals, strange = set[str](), set[str](), set[str](), set[str]()
        nodes = list(self.roots())
        while nodes:
            node = nodes.pop()
            nodes += tree.children(node)
            if isinstance(node, tree.Fact) and not node.id.startswith(self.prefix):
                signals.add(node.id)
            elif isinstance(node, tree.Path) and node.names:
                path = ".".join(node.names)
                if node.root == "context":
                    context.add(f"context.{path}")
                elif node.names[0] in PROFILE.fields:
                    core.add(path)
                elif node.names[0] != self.pack.section:
                    strange.add(path)
        return sorted(core), sorted(context), sorted(signals), sorted(strange)

    def roots(self) -> Iterator[tree.Node]:
        """The nodes of all that the pack says."""
        rules = self.ruleset
        mine = self.prefix
        yield from (of.condition for of in rules.statements if of.id.startswith(mine))
        yield from (of.rule.condition for of in rules.guards if of.rule.id.startswith(mine))
        yield from (of.by for of in rules.weights if of.rule.id.startswith(mine))
        for notice in rules.notices:
            yield from notice.message.nodes if notice.rule.id.startswith(mine) else ()
        for fact in rules.facts:
            if fact.id.startswith(mine):
                yield from fact.reads if isinstance(fact, Feature) else [fact.node]
        for action in rules.actions.values():
            if action.pack == self.pack.name:
                yield from action.score.factors.values()
                yield from (action.for_each.over, action.for_each.key) if action.for_each else ()
                for _, value in action.payload:
                    yield from value.nodes if isinstance(value, Template) else [value]

    def because(self, id: str) -> str:
        """What a signal of another pack says."""
        fact = self.facts[id]
        return _summary(fact) if isinstance(fact, Feature) else fact.because

    def tells(self) -> Iterator[str]:
        """The signals and features that others may read."""
        rows = []
        for name, signal in self.pack.signals.items():
            fact = self.facts.get(self.prefix + name)
            kind = "" if fact is None else _kind(fact.type)
            meaning = signal.because or signal.title or ""
            rows.append((code(self.prefix + name), kind, f"{meaning}{_secret(signal.confidential)}"))
        for fact in self.ruleset.facts:
            if isinstance(fact, Feature) and fact.id.startswith(self.prefix):
                rows.append((code(fact.id), _kind(fact.type), _summary(fact)))
        yield from _section("What it tells others", ("signal", "value", "meaning"), rows)

    def actions(self) -> Iterator[str]:
        """What the department can do, and which rules propose it."""
        if self.pack.actions:
            yield from ("## What it does", "")
        for name, action in self.pack.actions.items():
            yield from (f"### {action.title or name}", "", self.action(name, action), "")
            yield from self.proposals(name)
            yield ""

    def action(self, name: str, action: Action) -> str:
        """An action in a few sentences."""
        says = [f"{code(self.prefix + name)}, tier {code(action.tier)}"]
        if action.channels:
            says.append(f"by {either(map(code, action.channels))}")
        if action.for_each is not None:
            item, over = action.for_each
            says.append(f"for each {code(item)} in {code(over.text)}")
        if action.at_most is not None:
            says.append(f"at most {action.at_most} of them")
        text = ", ".join(says) + "."
        if action.tags:
            text += f" Tags: {', '.join(map(code, action.tags))}."
        if action.exclusive:
            text += f" Only one of the group {code(action.exclusive)} is done."
        factors = [(of, getattr(action, of)) for of in ("propensity", "context_weight", "value", "lever")]
        score = [f"{of.replace('_', ' ')} {code(written.text)}" for of, written in factors if written is not None]
        if score:
            text += f" Score: {' times '.join(score)}."
        if action.status != "live":
            text += f" It is {'a draft' if action.status == 'draft' else 'in shadow: it changes nothing yet'}."
        return text

    def proposals(self, name: str) -> Iterator[str]:
        """The rules of this pack that propose an action."""
        for rule, held, effects in self.effects():
            if effects.propose and name in {of.removeprefix(self.prefix) for of in effects.propose}:
                yield f"- proposed{held}, because {sentence(effects.because)} (`{rule}`)"

    def effects(self) -> Iterator[tuple[str, str, Effects]]:
        """Each rule or row of a table: its id, when it holds in words, and what it does."""
        for rule in self.pack.rules:
            note = "" if rule.status == "live" else f" ({rule.status})"
            where = f" where {listed(f'`{of}`' for of in rule.with_)} is loaded," if rule.with_ else ""
            base = f" when {condition(rule.when)}" if rule.when is not None else ""
            if rule.table is None:
                yield rule.id, f"{note}{where}{base}", rule
            else:
                for row, cells in _rows(rule):
                    yield f"{rule.id}.{row.id}", f"{note}{where}{base}{' and' if base else ' when'} {cells}", row

    def holds(self) -> Iterator[str]:
        """The guards."""
        lines = []
        for rule, held, of in self.effects():
            but = f", but not {selected(of.except_)}" if of.except_ else ""
            lenient = " Where that is not known, it lets them pass." if of.on_unknown == "allow" else ""
            if of.block is not None:
                what = f"holds back {selected(of.block)}{but}{held}"
                lines.append(f"- {what}, because {sentence(of.because)}{'.' if lenient else ''}{lenient} (`{rule}`)")
            if of.require is not None and of.for_ is not None:
                what = f"lets {selected(of.for_)}{but} pass only when {condition(of.require)}{held}"
                lines.append(f"- {what}, because {sentence(of.because)}{'.' if lenient else ''}{lenient} (`{rule}`)")
        if lines:
            told = "A guard acts on doubt: where it is not known whether its condition holds, it holds back, too."
            yield from ("## What it holds back", "", told, "", *lines, "")

    def asks(self) -> Iterator[str]:
        """The tasks for colleagues."""
        lines = [
            f"- asks {code(notice.department)}{held}: {_quoted(notice.message.text)}"
            + (f" ({sentence(of.because)}; `{rule}`)" if of.because else f" (`{rule}`)")
            for rule, held, of in self.effects()
            for notice in of.notify or ()
        ]
        if lines:
            yield from ("## Whom it asks", "", *lines, "")

    def weighs(self) -> Iterator[str]:
        """What makes its actions more or less likely within their tier."""
        lines = [
            f"- multiplies the score of {selected(of.weigh.select)} by {code(of.weigh.by.text)}{held}, "
            f"because {sentence(of.because)} (`{rule}`)"
            for rule, held, of in self.effects()
            if of.weigh is not None
        ]
        if lines:
            yield from ("## What it weighs", "", *lines, "")

    def settings(self) -> Iterator[str]:
        """What a house may set."""
        rows = [
            (code(self.prefix + name), code(_plain(of.default)), _limits(of), of.title or "")
            for name, of in self.pack.settings.items()
        ]
        if not any(title for *_, title in rows):
            yield from _section("Settings", ("setting", "default", "limits"), [row[:3] for row in rows])
        else:
            yield from _section("Settings", ("setting", "default", "limits", "meaning"), rows)


def _rows(rule: Rule) -> Iterator[tuple[Row, str]]:
    """The rows of a table, each with its cells in words."""
    table = rule.table
    if table is None or isinstance(table.rows, str):
        return
    for raw in table.rows:
        rest = {name: value for name, value in raw.items() if name not in table.inputs}
        cells = [
            f"{code(of.text)} is {code(_plain(raw[name]))}"
            for name, of in table.inputs.items()
            if name in raw and str(raw[name]) != "-"
        ]
        yield Row.model_validate(rest), " and ".join(cells) or "anything"


def _fields(record: Record, path: str) -> Iterator[str]:
    """A row for each field, and for those of records in it."""
    for name, field in record.fields.items():
        meaning = f"{field.description}{_secret(field.confidential)}".strip()
        yield _row((code(f"{path}.{name}"), _kind(field.type), meaning))
        inner, more = field.type, f"{path}.{name}"
        if isinstance(inner, ListOf):
            inner, more = inner.item, f"{more}[]"
        if isinstance(inner, Record):
            yield from _fields(inner, more)


def _secret(confidential: bool) -> str:
    return " (confidential)" if confidential else ""


def _kind(kind: Type) -> str:
    match kind:
        case ListOf(item):
            return f"list of {_kind(item)}"
        case MapOf(value):
            return f"map to {_kind(value)}"
    return str(kind)


def _section(title: str, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    found = list(rows)
    if found:
        yield from (f"## {title}", "", _row(header), _row(["---"] * len(header)), *map(_row, found), "")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(of.replace('|', chr(92) + '|') for of in cells)} |"


def _summary(feature: Feature) -> str:
    return (inspect.getdoc(feature.function) or "").partition("\n\n")[0].replace("\n", " ")


def _limits(setting: Setting) -> str:
    if setting.values:
        return either(map(code, setting.values))
    low, high = setting.min, setting.max
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"at least {low}" if low is not None else f"at most {high}" if high is not None else setting.type


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(text: str) -> str:
    return f"“{' '.join(text.split())}”"
