"""Customers of whom a rule is true, or is not: some are found, and others vary around them.

What a rule reads is varied first. Where it then no longer has its truth, the parts that it reads are put back as they
were in the customer who was found; all else stays free. So no draw is thrown away.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from random import Random
from typing import Any, NoReturn

from hypothesis import strategies as st

from nba.errors import InputError, MissingExtraError, NbaError
from nba.language import tree
from nba.language.values import Truth
from nba.reads import reads
from nba.ruleset.model import Ruleset
from nba.testing.generation.shrinking import shrink, smaller_data
from nba.testing.strategies.customers import Customer, Drawing, draw_customer
from nba.testing.strategies.goals import Goals
from nba.testing.strategies.shapes import WILD, Making
from nba.testing.strategies.truths import Truths
from nba.testing.strategies.wishes import Wish, like

_WAYS, _FILLS, _STRANGERS, _STEPS = 4, 8, 200, 400
"""Ways that are looked for, customers that are tried for each, customers that are tried without a way, and steps
to make one smaller."""
_WORDS = {True: "true", False: "false", None: "unknown"}


class Unreachable(NbaError, ValueError):
    """No customer gives a rule the truth that is wanted: there is none, or none was found; the message says which."""


@dataclass(frozen=True)
class Way:
    """A customer of whom a rule has the truth that is wanted, and what others like them should be like."""

    found: Customer
    wish: Wish | None


class Reaching:
    """Looks for customers of whom a rule has some truth."""

    def __init__(self, ruleset: Ruleset, rule: str) -> None:
        self.ruleset, self.rule = ruleset, rule
        self.truths = Truths(ruleset)
        self.condition = self.truths.conditions[rule]
        self.drawing = Drawing.of(ruleset)
        self.goals = Goals(ruleset, self.drawing)
        self.reads = _tops(reads(ruleset).get(rule, ()))

    def has(self, customer: Customer, wanted: tuple[Truth, ...]) -> bool:
        """Whether the rule has one of the truths."""
        truth = self.truths.of(self.rule, customer)
        return any(truth is of for of in wanted)

    def ways(self, wanted: tuple[Truth, ...], *, solver: bool | None) -> list[Way]:
        """Some ways to have one of the truths.

        Raises:
            Unreachable: no customer was found.
            MissingExtraError: the solver is to be asked and is not installed.
        """
        if isinstance(self.condition, tree.Constant) and self.condition.value not in wanted:
            raise Unreachable(f"`{self.rule}` is always {_WORDS[self.condition.value is True]}")
        found = [way for truth in wanted for way in self._searched(truth)]
        if solver or (solver is None and not found):
            try:
                found += [way for truth in wanted for way in self._solved(truth)]
            except MissingExtraError:
                if solver:
                    raise
        if not found:
            self._give_up(wanted)
        return found

    def _searched(self, truth: Truth) -> Iterator[Way]:
        """Ways along the boundaries of the rule, and by chance."""
        found = False
        for number in range(_WAYS):
            wish = self.goals.reach(((self.condition, truth),), f"{self.rule} {number}")
            if wish is not None:
                for way in self._tried(truth, wish, Random(f"{self.rule} {number}"), _FILLS):
                    found = True
                    yield way
            elif not found:
                break
        if not found:
            yield from self._tried(truth, None, Random(self.rule), _STRANGERS)

    def _tried(self, truth: Truth, wish: Wish | None, rng: Random, tries: int) -> Iterator[Way]:
        for _ in range(tries):
            customer = self._made(wish, rng)
            if self.has(customer, (truth,)):
                yield Way(self._smallest(customer, truth), wish)
                return

    def _made(self, wish: Wish | None, rng: Random) -> Customer:
        parts = {} if wish is None else wish.parts
        moments = parts["as_of"].values if "as_of" in parts else ()
        as_of = rng.choice(moments or self.drawing.moments)
        data = []
        for name, schema in (("profile", self.drawing.profile), ("context", self.drawing.context)):
            drawn = [rng.randbytes(width).translate(_TAME) for width in schema.widths]
            data.append(schema.mend(schema.make(drawn, Making(self.drawing.at(as_of)), parts.get(name))))
        return Customer(data[0], data[1], as_of)

    def _solved(self, truth: Truth) -> Iterator[Way]:
        """The model of a solver, when it is installed."""
        from nba.proof import ask, witness

        answer = ask(self.ruleset, lambda encoder: _bit(encoder, self.condition, truth))
        if answer.status == "possible":
            of = witness(answer)
            customer = Customer(self.drawing.profile.mend(of.profile), of.context, _text(of.as_of))
            if self.has(customer, (truth,)):
                smallest = self._smallest(customer, truth)
                yield Way(smallest, like({"profile": smallest.profile, "context": smallest.context}))

    def _smallest(self, customer: Customer, truth: Truth) -> Customer:
        """The customer with no more than what gives the rule its truth."""

        def has(of: Customer) -> bool:
            try:
                return self.has(of, (truth,))
            except InputError:
                return False

        moments = (replace(customer, as_of=of) for of in self.drawing.moments)
        customer = next((of for of in moments if has(of)), customer)
        profile = shrink(customer.profile, smaller_data, lambda of: has(replace(customer, profile=of)), _STEPS)
        known = replace(customer, profile=profile)
        context = shrink(known.context, smaller_data, lambda of: has(replace(known, context=of)), _STEPS)
        return replace(known, context=context)

    def _give_up(self, wanted: tuple[Truth, ...]) -> NoReturn:
        words = " or ".join(_WORDS[of] for of in wanted)
        try:
            ruled_out = all(self._never(self.condition, of) for of in wanted)
        except MissingExtraError:
            told = f"no customer was found of whom `{self.rule}` is {words}; that does not mean that there is none. "
            hint = "A solver looks further, and can tell that there is none: pip install 'nba[proof]'"
            raise Unreachable(told + hint) from None
        if ruled_out:
            raise Unreachable(f"`{self.rule}` is {words} for no customer at all{self._why(wanted)}")
        told = f"no customer was found of whom `{self.rule}` is {words}, and no proof that there is none: "
        raise Unreachable(f"{told}it may read what a plugin computes, or arithmetic that the solver only bounds")

    def _why(self, wanted: tuple[Truth, ...]) -> str:
        """The parts of the condition that already rule it out."""
        if wanted != (True,) or not isinstance(self.condition, tree.And):
            return f": its condition is `{self.condition.text}`" if self.condition.text else ""
        parts = list(self.condition.items)
        for part in tuple(parts):
            rest = tuple(of for of in parts if of is not part)
            if rest and self._never(tree.And(rest), True):
                parts.remove(part)
        return f": {' and '.join(f'`{of.text}`' for of in parts)} cannot hold together"

    def _never(self, condition: tree.Node, truth: Truth) -> bool:
        """Whether a solver proves that a condition has a truth for no customer."""
        from nba.proof import ask

        return ask(self.ruleset, lambda encoder: _bit(encoder, condition, truth)).status == "never"


_TAME = bytes(of if 100 <= of < WILD else 100 + of % 128 for of in range(256))
"""Bytes that mostly do as is wished, and ask for nothing wild."""


def _text(as_of: Any) -> str:
    return as_of if isinstance(as_of, str) else as_of.isoformat()


def _bit(encoder: Any, condition: tree.Node, truth: Truth) -> Any:
    found = encoder.truth(condition)
    return found.unknown if truth is None else found.true if truth else found.false


def _tops(paths: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """What has to be as it was for the paths to read the same: fields, or whole lists and maps."""
    names = {tuple(path.partition("[")[0].split(".")) for path in (*paths, "timezone")}
    return tuple(sorted(names))


def put_back(drawn: Customer, found: Customer, paths: tuple[tuple[str, ...], ...]) -> Customer:
    """The customer who was drawn with some parts of the one who was found, and at that one's moment."""
    profile, context = deepcopy(drawn.profile), deepcopy(drawn.context)
    for path in paths:
        if path[0] == "context":
            _copy(context, found.context, path[1:])
        else:
            _copy(profile, found.profile, path)
    return Customer(profile, context, found.as_of)


def _copy(into: dict[str, Any], source: dict[str, Any], path: tuple[str, ...]) -> None:
    name, below = path[0], path[1:]
    value = source.get(name)
    if not below or value is None:
        into.pop(name, None)
        if value is not None:
            into[name] = deepcopy(value)
        return
    if not isinstance(into.get(name), dict):
        into[name] = {}
    _copy(into[name], value, below)


def reaching(
    ruleset: Ruleset, rule: str, wanted: tuple[Truth, ...], solver: bool | None
) -> st.SearchStrategy[Customer]:
    """Customers of whom the rule has one of the truths."""
    looking = Reaching(ruleset, rule)
    ways = looking.ways(wanted, solver=solver)
    which, when = st.integers(0, len(ways) - 1), st.integers(0, len(looking.drawing.moments) - 1)

    @st.composite
    def customer(draw: st.DrawFn) -> Customer:
        way, moment = ways[draw(which)], draw(when)
        drawn = draw_customer(draw, looking.drawing, moment, way.wish)
        if looking.has(drawn, wanted):
            return drawn
        again = put_back(drawn, way.found, looking.reads)
        again = replace(again, profile=looking.drawing.profile.mend(again.profile))
        return again if looking.has(again, wanted) else way.found

    return customer()
