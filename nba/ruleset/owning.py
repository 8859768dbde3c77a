"""Whose the confidential facts of a set of rules are: of sections and signals, and of all that reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from nba.language import tree
from nba.language.types import Record
from nba.profile import PROFILE
from nba.ruleset.gathering import MergedPack
from nba.ruleset.model import Action, Feature, Gate, Ruleset, Signal
from nba.ruleset.secrets import HOUSE, PUBLIC, Items, Owners, Secrets, holds_secrets


def secrets_of(
    profile: Record,
    context: Record,
    packs: Mapping[str, MergedPack],
    house: str,
    facts: Iterable[Signal | Feature],
) -> Secrets:
    """Whose the fields and facts are; `facts` come in an order in which each is after what it reads."""
    departments = {name: pack.department for name, pack in packs.items()}
    names = frozenset({HOUSE, *({house} - set(departments.values()))})
    owned: dict[str, Owners] = {}
    facts = list(facts)
    confidential = any(isinstance(fact, Signal) and fact.confidential for fact in facts)
    some = confidential or holds_secrets(profile) or holds_secrets(context)
    found = Secrets(profile, context, _sections(packs), names, some, owned)
    for fact in facts:
        if isinstance(fact, Feature):
            owned[fact.id] = PUBLIC.union(*map(found.of_whole, fact.reads))
        else:
            own = {departments[fact.id.partition(".")[0]]} if fact.confidential else PUBLIC
            owned[fact.id] = found.of(fact.node) | own
    return found


def _sections(packs: Mapping[str, MergedPack]) -> dict[str, str]:
    """The department of each section: that of the pack of its name, or else of the one department that speaks for it.

    Whoever else names a section does not come to see what is confidential in it.
    """
    claims: dict[str, set[str]] = {}
    for pack in packs.values():
        for section, _, _ in pack.sections:
            claims.setdefault(section.section, set()).add(pack.department)
    found = {name: min(of) for name, of in claims.items() if len(of) == 1}
    found |= {name: pack.department for name, pack in packs.items()}
    return {name: department for name, department in found.items() if name not in PROFILE.fields}


def with_rules(secrets: Secrets, ruleset: Ruleset) -> Secrets:
    """The secrets with those of rules, gates, scores and keys."""
    equal: dict[Owners, Owners] = {PUBLIC: PUBLIC}

    def one(owners: Owners) -> Owners:
        """The same for all that are equal: there are few, and each would take the room of a set."""
        return equal.setdefault(owners, owners)

    rules: dict[str, Owners] = {}
    items_of_rules: dict[str, Items] = {}
    for id, about in ruleset.items.items():
        named = [*(of.rule.id for of in about.proposals), *(of.rule.id for of in about.shadows)]
        items_of_rules |= dict.fromkeys(named, _items(secrets, ruleset.actions[id]))
    guards = [of.rule for of in ruleset.guards]
    for rule in (*ruleset.statements, *guards):
        read = secrets.of(rule.condition, items_of_rules.get(rule.id))
        rules[rule.id] = one(rules.get(rule.id, PUBLIC) | read)
    weights: dict[str, Owners] = {}
    for weight in ruleset.weights:
        owners = rules[weight.rule.id] | secrets.of(weight.by)
        if owners:
            weights |= {id: weights.get(id, PUBLIC) | owners for id in weight.actions}
    scores, keys = {}, {}
    for id, action in ruleset.actions.items():
        items = _items(secrets, action)
        scores[id] = one(weights.get(id, PUBLIC) | secrets.of_all(action.score.factors.values(), items))
        each = action.for_each
        keys[id] = PUBLIC if each is None else one(secrets.of(each.over) | secrets.of(each.key, items))
    gates = {
        "consent": secrets.of_field("consents"),
        "conversation": secrets.of_all(_conversation(secrets.context)),
        **{gate.id: _of_gate(secrets, gate) for gate in ruleset.gates},
    }
    return replace(secrets, rules=rules, gates=gates, scores=scores, keys=keys)


def _conversation(context: Record) -> Iterator[tree.Node]:
    for name in ("channel", "direction"):
        if name in context.fields:
            yield tree.Path("context", (name,), context.fields[name].type)


def _of_gate(secrets: Secrets, gate: Gate) -> Owners:
    return PUBLIC.union(*map(secrets.of_whole, gate.reads))


def _items(secrets: Secrets, action: Action) -> Items:
    return {} if action.for_each is None else {action.for_each.item: secrets.item(action.for_each.over)}
