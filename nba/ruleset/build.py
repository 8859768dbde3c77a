"""From documents and plugins to a `Ruleset`. Every problem is collected, so that a load reports all of them at once."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import PydanticUserError, create_model

from nba.documents.pack import Setting
from nba.errors import Problem, RulesError
from nba.language import tree, types
from nba.language.check import check
from nba.language.scope import RESERVED, Known, Scope
from nba.language.texts import Template
from nba.language.types import Record, Type
from nba.plugins import Plugin
from nba.ruleset import house as houses
from nba.ruleset.actions import action
from nba.ruleset.collecting import Collected
from nba.ruleset.fingerprint import fingerprint
from nba.ruleset.gathering import MergedPack, Problems, Sources
from nba.ruleset.laws import collect_laws
from nba.ruleset.model import Action, Feature, Gate, PackInfo, Ruleset, Signal
from nba.ruleset.owning import secrets_of, with_rules
from nba.ruleset.rules import collect_rule
from nba.ruleset.selecting import Selecting, Words
from nba.ruleset.signals import Facts
from nba.ruleset.surroundings import Surroundings
from nba.schema.from_pydantic import record_of
from nba.source import Written

_SETTING_TYPES: dict[str, Type] = {
    "integer": types.Number(integer=True),
    "number": types.NUMBER,
    "boolean": types.BOOLEAN,
    "text": types.STRING,
}


@dataclass(frozen=True)
class Built:
    """A ruleset with what `check` says of it though it loads."""

    ruleset: Ruleset
    warnings: tuple[Problem, ...]


def build(sources: Sources, plugins: tuple[Plugin, ...], profile: Record, context: Record) -> Built:
    """Check everything and make it ready. On the way the packs are taken apart: their rules and actions are gone then.

    Raises:
        RulesError: all that is wrong.
    """
    problems, packs = Problems([*sources.packs.problems.found]), sources.merged()
    _check_pack_names(packs, profile, problems)
    document = sources.house
    house = houses.house(document, problems)
    settings = houses.settings(document, packs, problems)
    features = _features(plugins, profile, context, problems)

    signals = {id: of for pack in packs.values() for id, of in pack.signals.items()}
    for id in sorted(set(signals) & set(features)):
        problems.add("declared-twice", f"`{id}` is both a signal and a plugin's feature", signals[id].place())
    facts = Facts(signals, features, problems)
    common = Known()
    scope_of: dict[str | None, Scope] = {  # one a pack, as a scope keeps what has been checked in it
        name: Scope(profile, context, facts, _settings(packs, name), name, {}, frozenset(packs), common)
        for name in (None, *packs)
    }
    facts.check_all(scope_of)
    known: list[Signal | Feature] = [*features.values(), *(of for of in facts.ordered if isinstance(of, Signal))]
    secrets = secrets_of(profile, context, packs, house.name, known)

    actions: dict[str, Action] = {}
    words = _words(sources, packs, actions)
    scopes: dict[str, Scope] = {}
    shadows, drafts, broken = set(), set(), set()
    for pack in packs.values():
        for id in sorted(pack.actions):  # here and below: what was read goes as what it means comes, to save memory
            declared = pack.actions.pop(id)
            checked, scopes[id] = action(
                declared, pack, document.entry, house.promotional, scope_of[pack.name], secrets, problems
            )
            if declared.entry.status == "draft":
                drafts.add(id)
            elif checked is None:
                broken.add(id)
            else:
                actions[id] = checked
            if declared.entry.status == "shadow":
                shadows.add(id)
    houses.check_consent(document, frozenset({*actions, *drafts, *broken}), problems)
    disabled = _disabled(sources, packs, problems)
    selecting = Selecting(words, frozenset({*drafts, *broken}), frozenset(packs), problems)
    around = Surroundings(
        packs,
        document.entry,
        actions,
        frozenset(shadows),
        scopes,
        scope_of,
        selecting,
        disabled,
        secrets,
        problems,
    )
    said = Collected()
    for pack in packs.values():
        for id in sorted(pack.rules):
            collect_rule(pack.rules.pop(id), around, said)
    collect_laws(document, around, said)
    gates = _gates(plugins, profile, context, problems)
    assumptions = houses.assumptions(document, profile, problems)
    if problems.errors:
        raise RulesError(problems.errors)
    ruleset = Ruleset(
        house=house,
        profile=profile,
        context=context,
        packs=tuple(PackInfo(of.name, of.title, of.department, of.version, of.origin) for of in packs.values()),
        settings=settings,
        limits=houses.limits(packs),
        facts=(),
        assumptions=assumptions,
        actions=dict(sorted(actions.items())),
        layer=said.layer.build(),
        items=said.items(),
        proposals=tuple(said.proposals),
        guards=tuple(said.guards),
        weights=tuple(said.weights),
        notices=tuple(said.notices),
        duties=tuple(said.duties),
        shadows=tuple(said.shadows),
        gates=gates,
        statements=tuple(of for _, of in sorted(said.statements.items())),
        inactive=tuple(sorted(said.inactive, key=lambda of: of.rule)),
        observers=tuple((of.name, of.observer) for of in plugins if of.observer is not None),
        secrets=secrets,
        hash=fingerprint(sources, plugins, profile, context),
    )
    ruleset = replace(ruleset, facts=_live(ruleset, facts), secrets=with_rules(secrets, ruleset))
    return Built(ruleset, tuple(problems.warnings))


def _settings(packs: Mapping[str, MergedPack], name: str | None) -> dict[str, Type]:
    """The types of a pack's settings, by short name; the house's own expressions see none."""
    own = packs[name].settings if name else {}
    return {id.partition(".")[2]: _setting_type(of.entry) for id, of in own.items()}


def _setting_type(setting: Setting) -> Type:
    if setting.values is not None:
        return types.Enum(tuple(setting.values))
    return _SETTING_TYPES[setting.type]


def _check_pack_names(packs: Mapping[str, MergedPack], profile: Record, problems: Problems) -> None:
    for name, pack in packs.items():
        if name in RESERVED or name == "house":
            place = pack.files[0].span("pack")
            problems.add("name-taken", f"`{name}` is a word of the language", place, "give the pack another name")
        if pack.department == "house":
            place = next(
                (of.span("department") for of in pack.files if of.says("department")), pack.files[0].span("pack")
            )
            problems.add("name-taken", "`house` is no department: it sees everything", place, "give it another name")
        field = profile.fields.get(name)
        if field is None:
            continue
        if not isinstance(field.type, Record):
            place = pack.files[0].span("pack")
            problems.add("name-taken", f"the profile has a field `{name}`", place, "give the pack another name")
            continue
        for id, signal in pack.signals.items():
            if id.partition(".")[2] in field.type.fields:
                message = f"`{id}` is also a field of the profile's section `{name}`"
                problems.add("name-taken", message, signal.place(), "give the signal another name")


def _disabled(sources: Sources, packs: Mapping[str, MergedPack], problems: Problems) -> dict[str, str]:
    known = {id for pack in packs.values() for id in pack.rules}
    for number, disable in enumerate(sources.house.entry.disable):
        if disable.rule not in known:
            problems.unknown("rule", disable.rule, known, sources.house.span("disable", number, "rule"))
    return {of.rule: of.because for of in sources.house.entry.disable}


def _words(sources: Sources, packs: Mapping[str, MergedPack], actions: Mapping[str, Action]) -> Words:
    house = sources.house.entry
    declared = [of.entry for pack in packs.values() for of in pack.actions.values()]
    return Words(
        tiers=frozenset(house.tiers),
        departments=frozenset(
            {*house.departments, *house.vocabulary.departments, *(pack.department for pack in packs.values())}
        ),
        tags=frozenset({*house.vocabulary.tags, *(tag for of in declared for tag in of.tags)}),
        channels=frozenset({*house.vocabulary.channels, *(channel for of in declared for channel in of.channels)}),
        actions=actions,
    )


def _features(plugins: tuple[Plugin, ...], profile: Record, context: Record, problems: Problems) -> dict[str, Feature]:
    found: dict[str, Feature] = {}
    for plugin in plugins:
        for spec in plugin.features:
            id = f"{plugin.name}.{spec.name}"
            with problems.collecting():
                reads = _reads(id, spec.reads, spec.function, 0, profile, context)
                kind = _returned(id, spec.returns)
                if id in found:
                    raise RulesError([Problem("plugin", f"feature `{id}` is declared twice")])
                found[id] = Feature(id, reads, spec.function, kind, plugin.name, spec.columnar)
    return found


def _returned(id: str, returns: Any) -> Type:
    """The type that a feature declares to return."""
    try:
        record = record_of(create_model("returned", value=(returns, None)))
        kind = record.fields["value"].type
    except (RulesError, PydanticUserError, TypeError) as error:  # what pydantic cannot take for a type
        raise RulesError([_no_value(id, returns)]) from error
    if not types.is_scalar(kind):
        raise RulesError([_no_value(id, returns)])
    if record.checks:
        hint = "let the function return None or raise for what it does not allow"
        raise RulesError([Problem("plugin", f"what feature `{id}` returns is checked by its type alone", help=hint)])
    return kind


def _no_value(id: str, returns: object) -> Problem:
    hint = "declare bool, int, float, str, date, datetime, or a Literal of texts"
    return Problem("plugin", f"feature `{id}` should return one value, not {returns}", help=hint)


def _gates(plugins: tuple[Plugin, ...], profile: Record, context: Record, problems: Problems) -> tuple[Gate, ...]:
    found: dict[str, Gate] = {}
    for plugin in plugins:
        for spec in plugin.gates:
            id = f"{plugin.name}.{spec.name}"
            with problems.collecting():
                if id in found:
                    raise RulesError([Problem("plugin", f"gate `{id}` is declared twice")])
                reads = _reads(id, spec.reads, spec.function, 2, profile, context)
                found[id] = Gate(id, reads, spec.function, plugin.name)
    return tuple(gate for _, gate in sorted(found.items()))


def _reads(
    id: str, paths: tuple[str, ...], function: Any, before: int, profile: Record, context: Record
) -> tuple[tree.Node, ...]:
    """The declared reads as nodes; the function must take exactly these."""
    if inspect.iscoroutinefunction(function):
        message = f"`{id}` is asynchronous, and a decision waits for nothing"
        raise RulesError([Problem("plugin", message, None, "let the profile bring what it would wait for")])
    try:
        inspect.signature(function).bind(*[None] * (before + len(paths)))
    except (TypeError, ValueError):
        message = f"`{id}` declares {len(paths)} reads, and its function does not take just these"
        raise RulesError([Problem("plugin", message, None, "one positional parameter a read, in that order")]) from None
    scope = Scope(profile, context)
    nodes: list[tree.Node] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            node = check(Written.of(path, f"<reads of {id}>"), scope)
            if not isinstance(node, tree.Path | tree.AsOf):
                raise RulesError([Problem("plugin", f"`{id}` reads `{path}`, which is not a path", None)])
            nodes.append(node)
        except RulesError as error:
            problems += error.problems
    if problems:
        raise RulesError(problems)
    return tuple(nodes)


def _live(ruleset: Ruleset, facts: Facts) -> tuple[Any, ...]:
    """All signals, and the features that something live reads, in order."""
    needed: set[str] = set()
    nodes = [fact.node for fact in facts.ordered if not isinstance(fact, Feature)]
    nodes += ruleset.layer.features
    nodes += [node for items in ruleset.items.values() for node in items.layer.features]
    nodes += [weight.by for weight in ruleset.weights]
    for message in [*(of.message for of in ruleset.notices), *(of.message for of in ruleset.duties)]:
        nodes += message.nodes
    for of in ruleset.actions.values():
        nodes += of.score.factors.values()
        nodes += [of.for_each.over, of.for_each.key] if of.for_each else []
        for _, value in of.payload:
            nodes += value.nodes if isinstance(value, Template) else [value]
    while nodes:
        node = nodes.pop()
        if isinstance(node, tree.Fact):
            needed.add(node.id)
        nodes += tree.children(node)
    return tuple(fact for fact in facts.ordered if not isinstance(fact, Feature) or fact.id in needed)


__all__ = ["Built", "build"]
