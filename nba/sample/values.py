"""A likely value for any type: for the sections and fields that the sample has never heard of."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from nba.language.moments import write_instant
from nba.language.types import Boolean, Date, Enum, Instant, ListOf, MapOf, Number, Opaque, Record, String, Type
from nba.sample.dice import Dice

MISSING = 0.08
"""How often such a field is missing: data has gaps."""
DEEPEST = 12

_SHARES = ("share", "rate", "propensity", "probability", "score", "likelihood", "ratio", "risk")
_SUMS = ("amount", "value", "price", "total", "premium", "income", "revenue", "balance", "cost")
_TO_COME = ("end", "expire", "due", "until", "next", "renew", "promised", "needed")
_WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "harbour")
_NUMBERS = ((0, 1), (0, 5), (1, 12), (1, 60), (18, 90), (0, 1000))
_TEXTS = ("A1", "FI", "EUR", "someone@example.org", "https://example.org", "2026-01-01", "+358401234567", "00100")


def likely(kind: Type, name: str, dice: Dice, as_of: datetime, *, again: int = 0, depth: int = 0) -> Any:
    """A value as JSON has it, or None where there is none to be had.

    `again` counts how often a value was refused: the later ones are tried more wildly.
    """
    match kind:
        case Boolean():
            return dice.chance(0.3)
        case Number():
            return _number(kind, name, dice, again)
        case String():
            return _text(name, dice, again)
        case Enum():
            return dice.pick(kind.values)
        case Date():
            return _day(name, dice, as_of).isoformat()
        case Instant():
            ago = dice.mostly_low(0, 400) * 1440 + dice.whole(0, 1439)
            minutes = -ago if _any(_TO_COME, name) and dice.chance(0.5) else ago
            return write_instant(as_of.replace(second=0, microsecond=0) - timedelta(minutes=minutes))
        case ListOf():
            count = 0 if depth > DEEPEST else dice.whole(0, 3)
            items = [likely(kind.item, name, dice, as_of, depth=depth + 1) for _ in range(count)]
            return _numbered([of for of in items if of is not None])
        case MapOf():
            keys = dice.some(_WORDS, 2) if depth <= DEEPEST else []
            return {key: likely(kind.value, key, dice, as_of, depth=depth + 1) for key in keys}
        case Record():
            return {} if depth > DEEPEST else _record(kind, dice, as_of, depth)
        case Opaque():
            return None


def missing(name: str, dice: Dice) -> bool:
    """Whether a field is one of the gaps in the data; what tells things apart is always there."""
    return name != "id" and dice.chance(MISSING)


def _record(kind: Record, dice: Dice, as_of: datetime, depth: int) -> dict[str, Any]:
    return {
        name: likely(field.type, name, dice, as_of, depth=depth + 1)
        for name, field in kind.fields.items()
        if not missing(name, dice)
    }


def _numbered(items: list[Any]) -> list[Any]:
    """Records that can be told apart, by an `id` of their own."""
    for number, item in enumerate(items, 1):
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            item["id"] = f"{item['id']}-{number}"
    return items


def _number(kind: Number, name: str, dice: Dice, again: int) -> float | int:
    if again:
        low, high = dice.pick(_NUMBERS)
        return dice.whole(low, high) if kind.integer or again % 2 else dice.between(low, high)
    if kind.integer:
        return dice.mostly_low(0, 24)
    if _any(_SHARES, name):
        return dice.between(0, 1, 3)
    return dice.between(10, 1500) if _any(_SUMS, name) else float(dice.mostly_low(0, 60))


def _text(name: str, dice: Dice, again: int) -> str:
    if again:
        return dice.pick(_TEXTS)
    if name == "id":
        return f"X{dice.whole(1000, 9999)}"
    return "someone@example.org" if "mail" in name else dice.pick(_WORDS)


def _day(name: str, dice: Dice, as_of: datetime) -> date:
    days = dice.mostly_low(0, 700) if name != "birth_date" else dice.whole(18 * 366, 80 * 365)
    to_come = _any(_TO_COME, name) and dice.chance(0.7)
    return as_of.date() + timedelta(days=days) if to_come else as_of.date() - timedelta(days=days)


def _any(hints: tuple[str, ...], name: str) -> bool:
    return any(hint in name for hint in hints)
