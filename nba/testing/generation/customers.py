"""Customers and surroundings for generated rule sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from nba.language.types import Record
from nba.testing.generation import literals
from nba.testing.generation.data import Data

CHANNELS = ("email", "phone", "sms", "post")
PURPOSES = ("marketing", "contact")
# Items are told apart by their keys: an item whose key is forgotten is another matter than one of which less is known.
KEYS = frozenset({"id", "number", "interests"})
_MISSING = (0.0, 0.02, 0.08, 0.3)


@dataclass(frozen=True)
class Case:
    """What one decision is asked with."""

    profile: dict[str, Any]
    context: dict[str, Any]
    as_of: datetime


def case(rng: Random, profile: Record, context: Record) -> Case:
    """A customer, well known or hardly so, in some surroundings."""
    missing = rng.choice(_MISSING)
    about = Data(rng, missing, known={"timezone": _zone, "consents": _consents, "preferred_channels": _preferred})
    around = Data(rng, missing, known={"channel": _channel, "direction": _direction})
    as_of = literals.AS_OF + timedelta(days=rng.choice((0, 0, 0, 1, -30)), microseconds=rng.choice((0, 0, 1)))
    return Case({"id": "C-1", **about.record(profile)}, around.record(context), as_of)


def _zone(rng: Random) -> str:
    return rng.choice(literals.ZONES)


def _preferred(rng: Random) -> tuple[str, ...]:
    return tuple(rng.sample(CHANNELS, rng.randrange(3)))


def _channel(rng: Random) -> str | None:
    return rng.choice(CHANNELS) if rng.random() < 0.2 else None


def _direction(rng: Random) -> str | None:
    return rng.choice(("inbound", "outbound")) if rng.random() < 0.2 else None


def _consents(rng: Random) -> dict[str, Any]:
    """Consent as most customers give it: to much of what they are asked for."""
    found = {}
    for purpose in PURPOSES:
        channels = {channel: rng.random() < 0.85 for channel in CHANNELS if rng.random() < 0.9}
        consent = {"granted": rng.random() < 0.9, "channels": channels}
        if rng.random() < 0.1:
            del consent[rng.choice(("granted", "channels"))]
        if rng.random() < 0.9:
            found[purpose] = consent
    return found


def with_keys(profile: dict[str, Any]) -> dict[str, Any]:
    """The profile with a key of its own for each item that actions can be for."""
    found = {name: dict(of) if isinstance(of, dict) else of for name, of in profile.items()}
    for section, field, key, make in (("service", "cases", "id", str), ("sales", "orders", "number", int)):
        records = found.get(section, {}).get(field)
        if records is not None:
            found[section][field] = tuple({**(of or {}), key: make(n)} for n, of in enumerate(records))
    if found.get("sales", {}).get("interests") is not None:
        found["sales"]["interests"] = tuple(sorted({of for of in found["sales"]["interests"] if of is not None}))
    return found
