"""A symbolic world pinned to one customer: every leaf is what that customer has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import z3

from nba.language import types
from nba.language.meaning import Environment
from nba.language.values import FAILED
from nba.proof.bits import alike, equal, term, truth
from nba.proof.calendar import of_instant
from nba.proof.locations import AnyKey, Leaf, pattern_of
from nba.proof.maps import SOMEWHERE
from nba.proof.world import World


def pins(world: World, profile: Mapping[str, Any], context: Mapping[str, Any], env: Environment) -> list[Any]:
    """What holds of the leaves of a world when the customer is this one."""
    roots = {"profile": profile, "context": context}
    found: list[Any] = [world.as_of == of_instant(env.clock.as_of)]
    for location, leaf in world.leaves.items():
        if location[0] == "settings" or any(isinstance(part, AnyKey) for part in location):
            continue
        value = _somewhere(roots, location, world) if location[-1] == SOMEWHERE else _at(roots, location)
        found.append(truth(alike(leaf.known, value is not None)))
        if isinstance(leaf.type, types.ListOf):
            slots = world.lists[location].slots
            size = len(value) if value is not None else 0
            found += [truth(alike(slot.taken, number < size)) for number, slot in enumerate(slots)]
            rests = world.lists[location].rests
            found += [equal(rest.size, max(0, size - len(slots))) for rest in rests]
            assert size <= len(slots) or rests, pattern_of(location)
        elif value is not None and leaf.term is not None:
            found.append(_is(world, leaf, value))
        if location in world.maps.sizes and value is not None:
            found.append(world.maps.sizes[location] == len(value))
    for id, leaf in world.opaque.items():
        value, failed = env.facts[id], leaf.term[1]
        found += [leaf.known == (value is not None and value is not FAILED), failed == (value is FAILED)]
        if value is not None and value is not FAILED:
            found.append(_is(world, Leaf(leaf.location, leaf.type, True, leaf.term[0]), value))
    return found


def _at(value: Any, location: tuple[Any, ...]) -> Any:
    for part in location:
        if isinstance(part, int):
            value = value[part] if value is not None and part < len(value) else None
        else:
            value = None if value is None else value.get(part)
    return value


def _somewhere(roots: Any, location: tuple[Any, ...], world: World) -> Any:
    """What an entry of a map that no rule names is worth: true if one such entry is."""
    named = {place[-1] for place in world.leaves if place[:-1] == location[:-1]}
    others = [of for key, of in (_at(roots, location[:-1]) or {}).items() if key not in named]
    return True if True in others else next(iter(others), None)


def _is(world: World, leaf: Leaf, value: Any) -> Any:
    if isinstance(value, bool):
        return leaf.term == z3.BoolVal(value)
    if isinstance(leaf.type, types.Enum):
        return leaf.term == leaf.type.values.index(value)
    if isinstance(value, str):
        return leaf.term == term(world.codes.place(value))
    if isinstance(value, datetime):
        return leaf.term == of_instant(value)
    return leaf.term == (value.toordinal() if isinstance(value, date) else term(Fraction(value)))
