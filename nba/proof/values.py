"""What an expression is worth for all profiles at once: symbolic values.

Each mirrors the three ways of a value: *known*, *failed*, and else missing. Truths have a bit for true and one for
false, and are unknown when neither holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, TypeAlias

import z3

from nba.proof.bits import Bit, Term, both, choose, choose_bit, either, every, is_constant, no, some

Kind: TypeAlias = Literal["number", "text", "enum", "date", "instant"]


@dataclass(frozen=True)
class Truth:
    """True, false, or neither; `failed` is one way to be neither."""

    true: Bit
    false: Bit
    failed: Bit = False

    @property
    def known(self) -> Bit:
        """Whether it is true or false."""
        return either(self.true, self.false)

    @property
    def unknown(self) -> Bit:
        """Whether it is neither true nor false."""
        return both(no(self.true), no(self.false))

    @property
    def missing(self) -> Bit:
        """Whether it is neither, and has not failed."""
        return both(self.unknown, no(self.failed))


@dataclass(frozen=True)
class Scalar:
    """A single value as a number: itself, the code of a text, the position in an enum, days, or microseconds.

    With `rounds`, the value is the double nearest to `term / per`; comparisons with literals need no more than that.
    `low` and `high` are bounds of the term that are known while encoding.
    """

    kind: Kind
    known: Bit
    failed: Bit
    term: Term
    rounds: bool = False
    low: Fraction | None = None
    high: Fraction | None = None
    values: tuple[str, ...] = ()
    per: int = 1
    """What the term is still to be divided by: whole microseconds stay whole in comparisons."""

    @property
    def missing(self) -> Bit:
        """Whether there is no value, and nothing has failed."""
        return both(no(self.known), no(self.failed))


@dataclass(frozen=True)
class Record:
    """A record: whether it is there, and its fields when asked for."""

    known: Callable[[], Bit]
    failed: Bit
    get: Callable[[str], Symbolic]


@dataclass(frozen=True)
class Slot:
    """A place in a list: whether it is taken, and by what."""

    taken: Bit
    item: Symbolic


@dataclass(frozen=True)
class Rest:
    """The items of a list beyond its slots, of which nothing is known but how many they are."""

    name: str
    size: Term


@dataclass(frozen=True)
class List:
    """A list: its slots, and a rest where no number of slots is enough.

    `want(who, slots)` is told how many slots someone needs so that what they ask has each answer that it can have;
    None when no number is enough. `twins()` says that each item may need another one beside it.
    """

    known: Bit
    failed: Bit
    slots: tuple[Slot, ...]
    rests: tuple[Rest, ...] = ()
    want: Callable[[object, int | None], None] = lambda who, slots: None
    twins: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Map:
    """A map: `get` by a key that is a literal or a symbolic text; `size` of its entries; `other` is an entry of a key
    that nobody names.
    """

    known: Bit
    failed: Bit
    get: Callable[[Scalar], Symbolic]
    size: Callable[[], Term]
    some_true: Callable[[], Bit] = lambda: False


@dataclass(frozen=True)
class Thing:
    """A value that rules cannot look into; it is there or not."""

    known: Bit
    failed: Bit = False


Symbolic: TypeAlias = Truth | Scalar | Record | List | Map | Thing


def is_missing(value: Symbolic) -> Truth:
    """`value is missing`: failed when it has failed."""
    if isinstance(value, Record):
        known = value.known()
        return Truth(both(no(known), no(value.failed)), known, value.failed)
    return Truth(both(no(value.known), no(value.failed)), value.known, value.failed)


def known_of(value: Symbolic) -> Bit:
    """Whether a value is there."""
    return value.known() if isinstance(value, Record) else value.known


NOTHING = Thing(False)
"""What is missing, of whatever type."""


def conjunction(items: list[Truth]) -> Truth:
    """Kleene's and: false if any is false; else failed or unknown if any is; else true."""
    false = some(of.false for of in items)
    return Truth(every(of.true for of in items), false, both(no(false), some(of.failed for of in items)))


def disjunction(items: list[Truth]) -> Truth:
    """Kleene's or, by De Morgan."""
    return negation(conjunction([negation(of) for of in items]))


def negation(of: Truth) -> Truth:
    """Kleene's not."""
    return Truth(of.false, of.true, of.failed)


def as_kind(value: Scalar, kind: Kind, code: Callable[[str], Fraction]) -> Scalar:
    """The value with its enum position as a text's code, where a text is wanted."""
    if value.kind == kind or value.kind != "enum" or kind != "text":
        return value
    term: Term = Fraction(0)
    if isinstance(value.term, int):
        term = code(value.values[value.term])
    else:
        for position in reversed(range(len(value.values))):
            last = position == len(value.values) - 1
            own = code(value.values[position])
            term = own if last else choose(value.term == position, own, term)
    return Scalar("text", value.known, value.failed, term)


def pick(bit: Bit, yes: Symbolic, otherwise: Symbolic, code: Callable[[str], Fraction]) -> Symbolic:
    """One of two values of one type, by a bit."""
    if bit is True:
        return yes
    if bit is False:
        return otherwise
    for wanted, one, other in ((bit, yes, otherwise), (no(bit), otherwise, yes)):
        if _is_nothing(other) and not isinstance(one, Thing):
            return failing(both(no(wanted), other.failed), gated(wanted, one))
    match yes, otherwise:
        case Truth(), Truth():
            return Truth(
                choose_bit(bit, yes.true, otherwise.true),
                choose_bit(bit, yes.false, otherwise.false),
                choose_bit(bit, yes.failed, otherwise.failed),
            )
        case Scalar(), Scalar():
            return _pick_scalar(bit, yes, otherwise, code)
        case Record(), Record():
            return Record(
                lambda: choose_bit(bit, yes.known(), otherwise.known()),
                choose_bit(bit, yes.failed, otherwise.failed),
                lambda name: pick(bit, yes.get(name), otherwise.get(name), code),
            )
        case List(), List():
            one, two = gated(bit, yes), gated(no(bit), otherwise)
            assert isinstance(one, List)
            assert isinstance(two, List)

            def want(who: object, slots: int | None) -> None:
                yes.want(who, slots)
                otherwise.want(who, slots)

            def twins() -> None:
                yes.twins()
                otherwise.twins()

            return List(
                either(one.known, two.known),
                choose_bit(bit, yes.failed, otherwise.failed),
                one.slots + two.slots,
                one.rests + two.rests,
                want,
                twins,
            )
        case Map(), Map():
            return Map(
                choose_bit(bit, yes.known, otherwise.known),
                choose_bit(bit, yes.failed, otherwise.failed),
                lambda key: pick(bit, yes.get(key), otherwise.get(key), code),
                lambda: choose(bit, yes.size(), otherwise.size()),
                lambda: choose_bit(bit, yes.some_true(), otherwise.some_true()),
            )
    return Thing(choose_bit(bit, known_of(yes), known_of(otherwise)), choose_bit(bit, yes.failed, otherwise.failed))


def _is_nothing(value: Symbolic) -> bool:
    """Whether a value is missing or failed, of whatever type it would have been."""
    return isinstance(value, Thing) and value.known is False


def _pick_scalar(bit: Bit, yes: Scalar, otherwise: Scalar, code: Callable[[str], Fraction]) -> Scalar:
    if (yes.kind, yes.values) != (otherwise.kind, otherwise.values):
        yes, otherwise = as_kind(yes, "text", code), as_kind(otherwise, "text", code)
    assert yes.kind == otherwise.kind
    if yes.per != otherwise.per:
        yes, otherwise = divided(yes), divided(otherwise)
    low = None if yes.low is None or otherwise.low is None else min(yes.low, otherwise.low)
    high = None if yes.high is None or otherwise.high is None else max(yes.high, otherwise.high)
    return Scalar(
        yes.kind,
        choose_bit(bit, yes.known, otherwise.known),
        choose_bit(bit, yes.failed, otherwise.failed),
        choose(bit, yes.term, otherwise.term),
        yes.rounds or otherwise.rounds,
        low,
        high,
        yes.values,
        yes.per,
    )


def divided(value: Scalar) -> Scalar:
    """The same value with its division done."""
    if value.per == 1:
        return value
    low, high = (None if of is None else of / value.per for of in (value.low, value.high))
    if is_constant(value.term):
        done: Term = Fraction(value.term) / value.per
    else:
        done = z3.ToReal(value.term) / value.per
    return replace(value, term=done, low=low, high=high, per=1)


def gated(bit: Bit, value: Symbolic) -> Symbolic:
    """The value where the bit holds, else missing."""
    if bit is True:
        return value
    failed = both(bit, value.failed)
    match value:
        case Truth():
            return Truth(both(bit, value.true), both(bit, value.false), failed)
        case Scalar():
            return replace(value, known=both(bit, value.known), failed=failed)
        case Record():
            return Record(lambda: both(bit, value.known()), failed, lambda name: gated(bit, value.get(name)))
        case List():
            slots = tuple(Slot(both(bit, of.taken), of.item) for of in value.slots)
            rests = tuple(Rest(of.name, choose(bit, of.size, 0)) for of in value.rests)
            return List(both(bit, value.known), failed, slots, rests, value.want, value.twins)
        case Map():
            return Map(
                both(bit, value.known),
                failed,
                lambda key: gated(bit, value.get(key)),
                value.size,
                lambda: both(bit, value.some_true()),
            )
    return Thing(both(bit, value.known), failed)


def failing(bit: Bit, value: Symbolic) -> Symbolic:
    """The value, but failed where the bit holds."""
    if bit is False:
        return value
    shown = gated(no(bit), value)
    failed = either(bit, shown.failed)
    match shown:
        case Record(known=known, get=field):
            return Record(known, failed, lambda name: failing(bit, field(name)))
        case Map(get=entry):
            return replace(shown, failed=failed, get=lambda key: failing(bit, entry(key)))
    return replace(shown, failed=failed)
