"""From checked trees to symbolic values: what `nba.language.meaning` says, for all profiles at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeAlias

import z3

from nba.language import tree, types
from nba.proof import calendar
from nba.proof.bits import Bit, Term, at_most, both, choose, either, equal, every, is_constant, less, no, some, term
from nba.proof.lists import aggregate
from nba.proof.numbers import (
    ABSOLUTE,
    OVERFLOW,
    RELATIVE,
    WHOLE,
    Bounds,
    is_whole,
    nearest,
    rounded_bound,
    within,
)
from nba.proof.texts import after_all
from nba.proof.values import (
    NOTHING,
    List,
    Map,
    Record,
    Scalar,
    Symbolic,
    Thing,
    Truth,
    as_kind,
    conjunction,
    disjunction,
    divided,
    failing,
    gated,
    is_missing,
    negation,
    pick,
)
from nba.proof.world import World
from nba.ruleset.model import Signal

Items: TypeAlias = Mapping[str, Symbolic]
NO_ITEMS: Items = {}


class Encoder:
    """Encodes the trees of one world, each once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._cache: dict[tuple[Any, ...], tuple[Any, Symbolic]] = {}
        self._free: dict[int, tuple[tree.Node, frozenset[str]]] = {}
        self._numbers: dict[int, tuple[int | None, tree.Node | None]] = {}
        self._same: dict[tree.Node, int] = {}
        self._by_meaning: dict[object, int] | None = None
        self._meanings: dict[str, object] = {}
        self._rounded: dict[tuple[int, int], tuple[Any, Any]] = {}
        self._asked: dict[tuple[Any, ...], tuple[Any, Any]] = {}

    def share(self, other: Encoder) -> None:
        """Take what is rounded or open from an encoder of the same leaves: what means the same is one term in both.

        To be called before either has encoded anything.
        """
        self._rounded, self._asked = other._rounded, other._asked
        self._by_meaning = other._by_meaning = {}

    def truth(self, node: tree.Node, items: Items = NO_ITEMS) -> Truth:
        """The truth of a condition."""
        return as_truth(self.value(node, items))

    def value(self, node: tree.Node, items: Items = NO_ITEMS) -> Symbolic:
        """The symbolic value of a node; `items` are the items in sight by name."""
        key = self.key(node, items)
        if key not in self._cache:
            self._cache[key] = (node, items), self._encode(node, items)
        return self._cache[key][1]

    def key(self, node: tree.Node, items: Items) -> tuple[Any, ...]:
        """What the value of a node depends on: itself (equal nodes are one), and the items that it reads."""
        number, _ = self._numbers.get(id(node), (None, None))
        if number is None:
            if self._by_meaning is None:
                number = self._same.setdefault(node, len(self._same))
            else:
                number = self._by_meaning.setdefault(self.meaning(node), len(self._by_meaning))
            self._numbers[id(node)] = number, node
        return number, *((name, id(items[name])) for name in sorted(self._free_items(node)))

    def _free_items(self, node: tree.Node) -> frozenset[str]:
        if id(node) not in self._free:
            if isinstance(node, tree.Item):
                found = frozenset((node.name,))
            elif isinstance(node, tree.Aggregate):
                inner = self._free_items(node.body)
                inner |= self._free_items(node.where) if node.where is not None else frozenset()
                found = (inner - {node.item}) | self._free_items(node.over)
            else:
                found = frozenset[str]().union(*map(self._free_items, tree.children(node)))
            self._free[id(node)] = node, found
        return self._free[id(node)][1]

    def meaning(self, node: tree.Node) -> object:
        """What a node means, to compare two sets of rules: how it is built, and what its signals and settings mean."""
        facts: list[object] = []
        nodes = [node]
        while nodes:
            of = nodes.pop()
            if isinstance(of, tree.Fact):
                facts.append(self._meaning_of_fact(of.id))
            elif isinstance(of, tree.Setting):
                facts.append(self.world.ruleset.settings[of.id])
            elif isinstance(of, tree.Path):
                facts.append(self.world.meaning_of_assumptions)
            nodes += tree.children(of)
        return repr(node), *facts

    def _meaning_of_fact(self, id: str) -> object:
        if id not in self._meanings:
            fact = self.world.fact(id)
            self._meanings[id] = self.meaning(fact.node) if isinstance(fact, Signal) else (id, fact.function)
        return self._meanings[id]

    def reads_items(self, node: tree.Node) -> bool:
        """Whether a condition is about an item of an action's `for_each`."""
        return bool(self._free_items(node))

    def resolved(self, node: tree.Node) -> tree.Node:
        """The node that a name of a signal stands for."""
        while isinstance(node, tree.Fact):
            fact = self.world.fact(node.id)
            if not isinstance(fact, Signal):
                return node
            node = fact.node
        return node

    def _encode(self, node: tree.Node, items: Items) -> Symbolic:
        match node:
            case tree.Constant(value=constant, type=kind):
                return self.world.lift(constant, kind)
            case tree.Path(root=root, names=names):
                return self.world.path(root, names)
            case tree.AsOf():
                return Scalar("instant", True, False, self.world.as_of)
            case tree.Setting(id=id, type=kind):
                return self.world.setting(id, kind)
            case tree.Fact(id=id):
                fact = self.world.fact(id)
                return self.value(fact.node) if isinstance(fact, Signal) else self.world.feature(fact)
            case tree.Item(name=name):
                return items[name]
            case tree.Get(of=of, name=name):
                found = self.value(of, items)
                return found.get(name) if isinstance(found, Record) else Thing(False, found.failed)
            case tree.Lookup(of=of, key=key):
                return self._lookup(self.value(of, items), self.value(key, items))
            case tree.Compare(operator=operator, left=left, right=right, order=order):
                one, two = self._operands(left, right, items)
                return self.compare(operator, one, two, order)
            case tree.In(item=item, items=among):
                return self._in(item, among, items)
            case tree.IsMissing(of=of):
                return is_missing(self.value(of, items))
            case tree.And(items=nodes):
                return conjunction([self.truth(of, items) for of in nodes])
            case tree.Or(items=nodes):
                return disjunction([self.truth(of, items) for of in nodes])
            case tree.Not(of=of):
                return negation(self.truth(of, items))
            case tree.Arithmetic(operator=operator, left=left, right=right):
                return self._arithmetic(operator, self.value(left, items), self.value(right, items))
            case tree.Call(name=name, arguments=arguments):
                return self._call(name, [self.value(of, items) for of in arguments], self.key(node, items))
            case tree.Default(of=of, fallback=fallback, type=kind):
                found = self.value(of, items)
                instead = self._typed(fallback, kind, items)
                return pick(is_missing(found).true, instead, found, self.world.codes.place)
            case tree.FirstOf(rows=rows, type=kind):
                return self._first_of(rows, kind, items)
            case tree.Aggregate():
                return aggregate(self, node, items)
        raise AssertionError(f"no encoding of {type(node).__name__}")

    def _operands(self, left: tree.Node, right: tree.Node, items: Items) -> tuple[Symbolic, Symbolic]:
        """Both sides of a comparison. A count that is compared with a literal needs no more items than that says."""
        counted = [self._counts(left), self._counts(right)]
        if counted[0] and not counted[1]:
            two = self.value(right, items)
            return self._counted(left, two, items), two
        if counted[1] and not counted[0]:
            one = self.value(left, items)
            return one, self._counted(right, one, items)
        return self.value(left, items), self.value(right, items)

    def _counts(self, node: tree.Node) -> bool:
        found = self.resolved(node)
        return (isinstance(found, tree.Aggregate) and found.name == "count") or (
            isinstance(found, tree.Call)
            and found.name == "len"
            and isinstance(tree.type_of(found.arguments[0]), types.ListOf)
        )

    def _counted(self, node: tree.Node, other: Symbolic, items: Items) -> Symbolic:
        high = other.high if isinstance(other, Scalar) else Fraction(0)
        node = self.resolved(node)
        if high is None or other is NOTHING or (isinstance(other, Scalar) and other.rounds):
            return self.value(node, items)
        most = max(0, math.floor(high) + 1)
        if isinstance(node, tree.Aggregate):
            key = (*self.key(node, items), "count", most)
            if key not in self._cache:
                self._cache[key] = (node, items), aggregate(self, node, items, most)
            return self._cache[key][1]
        assert isinstance(node, tree.Call)
        return self._len(self.value(node.arguments[0], items), self.key(node, items), most)

    # Comparisons

    def compare(self, operator: str, one: Symbolic, two: Symbolic, order: tuple[str, ...] = ()) -> Truth:
        """A comparison, true or false when both sides are known."""
        failed = either(one.failed, two.failed)
        if isinstance(one, Truth) and isinstance(two, Truth):
            same = either(both(one.true, two.true), both(one.false, two.false))
            other = either(both(one.true, two.false), both(one.false, two.true))
            return Truth(same, other, failed)
        if not isinstance(one, Scalar) or not isinstance(two, Scalar):
            return Truth(False, False, failed)
        known = both(one.known, two.known)
        holds = self._holds(operator, one, two, order)
        return Truth(both(known, holds), both(known, no(holds)), failed)

    def _holds(self, operator: str, one: Scalar, two: Scalar, order: tuple[str, ...]) -> Bit:
        if order:
            one, two = _ordered(one, order, self.world), _ordered(two, order, self.world)
        elif one.kind != two.kind or one.values != two.values:
            one, two = self._same_enum(one, two)
        if one.kind == "number" and (one.rounds or two.rounds or one.per != 1 or two.per != 1):
            return self._holds_rounded(operator, one, two)
        relation = {"==": equal, "<": less, "<=": at_most}[operator]
        return relation(one.term, two.term)

    def _same_enum(self, one: Scalar, two: Scalar) -> tuple[Scalar, Scalar]:
        """Both as positions in one enum when one is a literal of it, else both as texts."""
        for enum, other in ((one, two), (two, one)):
            if enum.kind == "enum" and other.kind == "text" and is_constant(other.term):
                text = self.world.codes.around(Fraction(other.term))[0]
                if text in enum.values:
                    found = replace(other, kind="enum", term=enum.values.index(text), values=enum.values)
                    return (enum, found) if enum is one else (found, enum)
        return as_kind(one, "text", self.world.codes.place), as_kind(two, "text", self.world.codes.place)

    def _holds_rounded(self, operator: str, one: Scalar, two: Scalar) -> Bit:
        if is_constant(two.term) and not two.rounds and two.per == 1:
            return self._against(operator, one, two.term)
        if is_constant(one.term) and not one.rounds and one.per == 1:
            if operator == "==":
                return self._against("==", two, one.term)
            return no(self._against("<=" if operator == "<" else "<", two, one.term))
        relation = {"==": equal, "<": less, "<=": at_most}[operator]
        return relation(self.double(one), self.double(two))

    def _against(self, operator: str, value: Scalar, limit: Term) -> Bit:
        """A rounded number against a literal: exact, as rounding keeps the order."""
        if operator == "==":
            return both(no(self._against("<", value, limit)), self._against("<=", value, limit))
        literal = Fraction(limit)
        if not value.rounds:
            exact = divided(value)
            return less(exact.term, literal) if operator == "<" else at_most(exact.term, literal)
        bound = rounded_bound(operator, literal)
        if isinstance(bound, bool):
            return bound
        limit, inclusive = bound
        if is_whole(value.term):  # a bound on the whole number that is still to be divided
            exact = limit * value.per
            whole = math.floor(exact)
            inclusive, limit = inclusive or exact != whole, Fraction(whole)
        return at_most(value.term, limit) if inclusive else less(value.term, limit)

    # Numbers

    def double(self, value: Scalar) -> Term:
        """The number with its rounding done: within the error of one rounding, and on the same side of zero."""
        value = divided(value)
        if not value.rounds or (is_whole(value.term) and within((value.low, value.high), WHOLE)):
            return value.term
        if is_constant(value.term):
            found = nearest(Fraction(value.term))
            return Fraction(0) if found is None else Fraction(found)
        exact = value.term
        key = exact.get_id(), 0
        if key not in self._rounded:
            rounded = self.world.real("rounded")
            size = z3.If(exact >= 0, exact, -exact)
            far = term(RELATIVE) * size + term(ABSOLUTE)
            self.world.axioms += [
                rounded - exact <= far,
                exact - rounded <= far,
                z3.Implies(exact >= 0, rounded >= 0),
                z3.Implies(exact <= 0, rounded <= 0),
            ]
            if is_whole(exact):
                self.world.axioms.append(z3.Implies(both(exact <= 2**53, exact >= -(2**53)), rounded == exact))
            else:
                self.world.approximated["the rounding of sums, products and quotients"] = None
            self._rounded[key] = exact, rounded
        return self._rounded[key][1]

    def finite(self, known: Bit, failed: Bit, exact: Term, bounds: tuple[Fraction | None, Fraction | None]) -> Scalar:
        """The double nearest to an exact result; missing when that is not finite."""
        if not within(bounds, OVERFLOW - 1):
            known = every((known, less(exact, OVERFLOW), less(-OVERFLOW, exact)))
        rounds = not (is_whole(exact) and within(bounds, WHOLE))
        return Scalar("number", known, failed, exact, rounds, *bounds)

    def _arithmetic(self, operator: str, one: Symbolic, two: Symbolic) -> Symbolic:
        failed = either(one.failed, two.failed)
        if not isinstance(one, Scalar) or not isinstance(two, Scalar):
            return Thing(False, failed)
        known = both(one.known, two.known)
        a, b = self.double(one), self.double(two)
        one, two = divided(one), divided(two)
        bounds = Bounds.of(operator, (one.low, one.high), (two.low, two.high))
        if operator == "/":
            known = both(known, no(equal(b, 0)))
            if is_constant(b):
                if b == 0:
                    return Thing(False, failed)
                exact = Fraction(a) / Fraction(b) if is_constant(a) else _real(a) / term(Fraction(b))
                if not is_constant(a) and is_whole(a) and Fraction(b).denominator == 1 and b > 0 and b < 2**53:
                    return Scalar("number", known, failed, a, True, one.low, one.high, per=int(b))
            else:
                exact = _real(a) / z3.If(term(b) == 0, z3.RealVal(1), _real(b))
        elif is_constant(a) and is_constant(b):
            exact = Fraction(a) + b if operator == "+" else Fraction(a) - b if operator == "-" else Fraction(a) * b
        else:
            x, y = term(a), term(b)
            exact = x + y if operator == "+" else x - y if operator == "-" else x * y
        return self.finite(known, failed, exact, bounds)

    # The rest of the language

    def _lookup(self, of: Symbolic, key: Symbolic) -> Symbolic:
        failed = either(of.failed, key.failed)
        if not isinstance(of, Map) or not isinstance(key, Scalar):
            return Thing(False, failed)
        text = as_kind(key, "text", self.world.codes.place)
        # A failed map or key fails; what is in a map that is not there is not there.
        return failing(failed, gated(both(of.known, key.known), of.get(text)))

    def _in(self, item: tree.Node, among: tree.Node, items: Items) -> Truth:
        if isinstance(among, tree.Constant) and isinstance(among.value, tuple):
            assert isinstance(among.type, types.ListOf)
            kind = among.type.item
            literals = [self.world.lift(of, kind) for of in among.value]
            highest = max((of.high for of in literals if isinstance(of, Scalar) and of.high is not None), default=None)
            if self._counts(item) and highest is not None:
                found = self._counted(item, Scalar("number", True, False, 0, high=highest), items)
            else:
                found = self.value(item, items)
            truths = [self.compare("==", found, of) for of in literals]
            hit = some(of.true for of in truths)
            known = found.known if isinstance(found, Scalar | Truth) else False
            return Truth(hit, both(known, no(hit)), found.failed)
        found, of = self.value(item, items), self.value(among, items)
        failed = either(found.failed, of.failed)
        if not isinstance(of, List) or not isinstance(found, Scalar | Truth):
            return Truth(False, False, failed)
        of.want(self.key(among, items) + self.key(item, items), 1)
        known = both(found.known, of.known)
        hits = some(both(slot.taken, self.compare("==", found, slot.item).true) for slot in of.slots)
        gaps = some(both(slot.taken, is_missing(slot.item).true) for slot in of.slots)
        faults = some(both(slot.taken, slot.item.failed) for slot in of.slots)
        for rest in of.rests:
            more = no(equal(rest.size, 0))
            key = ("in", rest.name, *self.key(among, items), *self.key(item, items))
            hits = either(hits, both(more, self.open_bit(key, "hit")))
            gaps = either(gaps, both(more, self.open_bit(key, "gap")))
        return Truth(
            both(known, hits),
            every((known, no(hits), no(gaps), no(faults))),
            either(failed, every((known, no(hits), faults))),
        )

    def open_bit(self, key: tuple[Any, ...], what: str) -> Bit:
        """A truth of which nothing is known; the same for the same key."""
        full = (*key, what)
        if full not in self._asked:
            self._asked[full] = key, self.world.bit(what)
        return self._asked[full][1]

    def open_number(self, key: tuple[Any, ...], what: str, *, whole: bool = False, low: int | None = None) -> Any:
        """A number of which nothing is known but its bound; the same for the same key."""
        full = (*key, what)
        if full not in self._asked:
            made = self.world.integer(what, low) if whole else self.world.real(what)
            self._asked[full] = key, made
        return self._asked[full][1]

    def _typed(self, node: tree.Node, kind: types.Type, items: Items) -> Symbolic:
        """The value of a node; a literal as a member of the enum that is wanted."""
        if isinstance(node, tree.Constant):
            return self.world.lift(node.value, kind)
        return self.value(node, items)

    def _first_of(self, rows: tuple[tuple[tree.Node, tree.Constant], ...], kind: types.Type, items: Items) -> Symbolic:
        found: Symbolic = NOTHING
        for condition, result in reversed(rows):
            truth, value = self.truth(condition, items), self._typed(result, kind, items)
            found = pick(truth.true, value, failing(truth.failed, gated(truth.false, found)), self.world.codes.place)
        return found

    def _call(self, name: str, arguments: list[Symbolic], key: tuple[Any, ...]) -> Symbolic:
        failed = some(of.failed for of in arguments)
        if name == "len":
            return self._len(arguments[0], key, None)
        scalars = [of for of in arguments if isinstance(of, Scalar)]
        if len(scalars) < len(arguments):
            return Thing(False, failed)
        known = every(of.known for of in scalars)
        if name in ("starts_with", "ends_with"):
            return self._affix(name, scalars, known, failed)
        if name in ("days_since", "days_until", "hours_since", "days_between"):
            return self._elapsed(name, scalars, known, failed)
        if name in ("months_since", "years_since"):
            day, today = self.world.day(scalars[0]), self.world.today
            count = calendar.years_between if name == "years_since" else calendar.months_between
            term_ = count(self.world.parts(day), self.world.parts(today))
            edge = Fraction(120_000)
            return Scalar("number", every((known, day.known, today.known)), failed, term_, low=-edge, high=edge)
        if name == "abs":
            (one,) = scalars
            negative = less(one.term, 0)
            flipped = -one.term
            high = None if one.low is None or one.high is None else max(-one.low, one.high, Fraction(0))
            return replace(one, term=choose(negative, flipped, one.term), low=Fraction(0), high=high)
        if name == "clamp":
            number, least, most = scalars
            inner = self.extreme("min", [number, most], known, failed)
            return self.extreme("max", [least, inner], known, failed)
        return self.extreme(name, scalars, known, failed)

    def extreme(self, name: str, scalars: list[Scalar], known: Bit, failed: Bit) -> Scalar:
        """The least or greatest of values; rounding does not change which."""
        found = scalars[0]
        for other in scalars[1:]:
            if found.per != other.per:
                found, other = divided(found), divided(other)
            first = at_most(found.term, other.term) if name == "min" else at_most(other.term, found.term)
            found = replace(
                found,
                term=choose(first, found.term, other.term),
                rounds=found.rounds or other.rounds,
                low=None if found.low is None or other.low is None else min(found.low, other.low),
                high=None if found.high is None or other.high is None else max(found.high, other.high),
            )
        return replace(found, known=known, failed=failed)

    def _elapsed(self, name: str, scalars: list[Scalar], known: Bit, failed: Bit) -> Scalar:
        if name == "days_between":
            start, end = scalars
        elif scalars[0].kind == "date":
            start, end = scalars[0], self.world.today
            known = both(known, end.known)
        else:
            start, end = scalars[0], Scalar("instant", True, False, self.world.as_of)
        if name == "days_until":
            start, end = end, start
        difference = int(end.term) - int(start.term) if _constants(start, end) else term(end.term) - term(start.term)
        if start.kind == "date":
            edge = Fraction(calendar.LAST_DAY)
            return Scalar("number", known, failed, difference, low=-edge, high=edge)
        unit = calendar.HOUR if name == "hours_since" else calendar.DAY
        edge = Fraction(calendar.LAST_INSTANT)
        return Scalar("number", known, failed, difference, True, -edge, edge, per=unit)

    def _len(self, of: Symbolic, key: tuple[Any, ...], most: int | None) -> Symbolic:
        if isinstance(of, Map):
            return Scalar("number", of.known, of.failed, of.size(), low=Fraction(0), high=WHOLE)
        if isinstance(of, List):
            of.want(("len", *key), most)
            taken = [choose(slot.taken, 1, 0) for slot in of.slots] + [rest.size for rest in of.rests]
            return Scalar("number", of.known, of.failed, total(taken), low=Fraction(0), high=WHOLE)
        if not isinstance(of, Scalar):
            return Thing(False, of.failed)
        return self._text_length(as_kind(of, "text", self.world.codes.place))

    def _text_length(self, text: Scalar) -> Scalar:
        codes = self.world.codes
        if is_constant(text.term):
            length = len(codes.around(Fraction(text.term))[0])
            return Scalar("number", text.known, text.failed, length, low=Fraction(length), high=Fraction(length))
        self.world.approximated["the length of texts"] = None
        found = self.open_number(("len", text.term.get_id(), text.term), "length", whole=True, low=0)
        self._facts_of_literals(text, lambda literal: equal(found, len(literal)))
        return Scalar("number", text.known, text.failed, found, low=Fraction(0), high=WHOLE)

    def _facts_of_literals(self, text: Scalar, fact: Any) -> None:
        """What holds of a text when it is one of the literals."""
        for literal, place in self.world.codes.literals.items():
            self.world.hold(z3.Implies(text.term == term(place), _as_term(fact(literal))))

    def _affix(self, name: str, scalars: list[Scalar], known: Bit, failed: Bit) -> Truth:
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
                holds = self.open_bit((name, text.term.get_id(), written, text.term), name)
                self._facts_of_literals(text, lambda literal: holds if literal.endswith(written) else no(holds))
        else:
            self.world.approximated[f"`{name}` of two texts"] = None
            key = (name, str(text.term), affix.term.get_id(), text.term, affix.term)
            holds = self.open_bit(key, name)
            self.world.hold(z3.Implies(equal(text.term, affix.term), holds) if text.term is not affix.term else holds)
        return Truth(both(known, holds), both(known, no(holds)), failed)


def total(numbers: list[Term]) -> Term:
    """The exact sum."""
    constant = sum((Fraction(of) for of in numbers if is_constant(of)), Fraction(0))
    others = [of for of in numbers if not is_constant(of)]
    whole: Term = int(constant) if constant.denominator == 1 else constant
    if not others:
        return whole
    return z3.Sum([*others, term(whole)]) if constant else z3.Sum(others)


def as_truth(value: Symbolic) -> Truth:
    """The value of a boolean; one that is missing is unknown."""
    return value if isinstance(value, Truth) else Truth(False, False, value.failed)


def _ordered(value: Scalar, order: tuple[str, ...], world: World) -> Scalar:
    """A value as its position in a declared order."""
    if value.kind == "enum" and value.values == order:
        return value
    assert is_constant(value.term), "an ordered enum is compared with its own values"
    text = world.codes.around(Fraction(value.term))[0] if value.kind == "text" else value.values[int(value.term)]
    return Scalar("enum", value.known, value.failed, order.index(text), values=order)


def _constants(*scalars: Scalar) -> bool:
    return all(is_constant(of.term) for of in scalars)


def _real(value: Term) -> Any:
    found = term(value)
    return z3.ToReal(found) if found.is_int() else found


def _as_term(bit: Bit) -> Any:
    return z3.BoolVal(bit) if isinstance(bit, bool) else bit
