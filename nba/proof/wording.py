"""Functions of texts: exact where their order decides, and else open but for what is known of the literals."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import z3

from nba.proof.bits import Bit, at_most, both, equal, is_constant, less, no, term
from nba.proof.numbers import WHOLE
from nba.proof.texts import after_all
from nba.proof.values import Scalar, Truth, as_kind

if TYPE_CHECKING:
    from nba.proof.encode import Encoder


class Wording:
    """The functions of texts in the world of an encoder."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder, self.world = encoder, encoder.world

    def length(self, text: Scalar) -> Scalar:
        """`len(text)`."""
        codes = self.world.codes
        if is_constant(text.term):
            length = len(codes.around(Fraction(text.term))[0])
            return Scalar("number", text.known, text.failed, length, low=Fraction(length), high=Fraction(length))
        self.world.approximated["the length of texts"] = None
        found = self.encoder.open_number(("len", text.term.get_id(), text.term), "length", whole=True, low=0)
        self._facts_of_literals(text, lambda literal: equal(found, len(literal)))
        return Scalar("number", text.known, text.failed, found, low=Fraction(0), high=WHOLE)

    def _facts_of_literals(self, text: Scalar, fact: Any) -> None:
        """What holds of a text when it is one of the literals."""
        for literal, place in self.world.codes.literals.items():
            self.world.hold(z3.Implies(text.term == term(place), _as_term(fact(literal))))

    def affix(self, name: str, scalars: list[Scalar], known: Bit, failed: Bit) -> Truth:
        """`starts_with(text, start)` or `ends_with(text, end)`."""
        text, affix = (as_kind(of, "text", self.world.codes.place) for of in scalars)
        codes = self.world.codes
        test = str.startswith if name == "starts_with" else str.endswith
        if is_constant(affix.term):
            written = codes.around(Fraction(affix.term))[0]
            if is_constant(text.term):
                holds: Bit = test(codes.around(Fraction(text.term))[0], written)
            elif name == "starts_with":
                end = after_all(written)
                holds = at_most(affix.term, text.term)
                holds = holds if end is None else both(holds, less(text.term, codes.place(end)))
            elif not written:
                holds = True
            else:
                self.world.approximated["`ends_with`"] = None
                holds = self.encoder.open_bit((name, text.term.get_id(), written, text.term), name)
                self._facts_of_literals(text, lambda literal: holds if literal.endswith(written) else no(holds))
        else:
            self.world.approximated[f"`{name}` of two texts"] = None
            key = (name, str(text.term), affix.term.get_id(), text.term, affix.term)
            holds = self.encoder.open_bit(key, name)
            self.world.hold(z3.Implies(equal(text.term, affix.term), holds) if text.term is not affix.term else holds)
        return Truth(both(known, holds), both(known, no(holds)), failed)


def _as_term(bit: Bit) -> Any:
    return z3.BoolVal(bit) if isinstance(bit, bool) else bit
