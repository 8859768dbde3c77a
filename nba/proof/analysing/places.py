"""Places at which rules may do more when they know less: `is missing`, `default`, what a house assumes, lenient guards.

Conditions are looked at with their signals written out: a place in a signal is found in every rule that reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeAlias

from nba.language import tree, types
from nba.proof.analysing.conditions import written
from nba.reads import paths_of
from nba.ruleset.model import Feature, Guard, Proposal, Ruleset, Signal

Location: TypeAlias = tuple[str | int, ...]
Change: TypeAlias = Callable[[tree.Node], tree.Node]
UNKNOWN = tree.Constant(None, types.BOOLEAN, "unknown")


@dataclass(frozen=True)
class Place:
    """Where it is said what to do without a field: of whom, in which words, and which fields (`service.cases[].at`)."""

    owner: str
    text: str
    source: str
    node: tree.IsMissing | tree.Default | None = None
    """None for what a house assumes, and for a guard that lets pass what it does not know."""
    reads: tuple[str, ...] = ()
    bound: bool = False
    """Whether it speaks of an item of a list inside a condition."""


@dataclass(frozen=True)
class Doer:
    """What may do more: a proposal that comes, or a guard that goes; with its condition, signals written out."""

    does: Proposal | Guard
    condition: tree.Node
    each: str | None = None

    def acts(self, truth: object) -> bool:
        """Whether it proposes, or blocks."""
        if isinstance(self.does, Proposal) or self.does.lenient:
            return truth is True
        return truth is not False


class Places:
    """All places of a set of rules, and what each may change."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self._facts: Mapping[str, Signal | Feature] = {of.id: of for of in ruleset.facts}
        self._paths: dict[str, tuple[str, ...]] = {}
        for fact in ruleset.facts:
            roots = list(fact.reads) if isinstance(fact, Feature) else [fact.node]
            self._paths[fact.id] = tuple(sorted(set(paths_of(roots, self._paths))))
        self.found: dict[Place, list[Doer]] = {}
        for does, each in self._all():
            self._look_at(does, each)

    def _all(self) -> Iterator[tuple[Proposal | Guard, str | None]]:
        for proposal in self.ruleset.proposals:
            yield proposal, None
        for id, rules in self.ruleset.items.items():
            for proposal in rules.proposals:
                yield proposal, id
        for guard in self.ruleset.guards:
            if any(guard.pairs.values()):
                yield guard, None

    def _look_at(self, does: Proposal | Guard, each: str | None) -> None:
        rule = does.rule
        doer = Doer(does, self.inlined(rule.condition), each)
        items: dict[str, str] = {}
        if each is not None:
            of = self.ruleset.actions[each].for_each
            assert of is not None
            items[of.item] = f"{next(paths_of([of.over], self._paths), of.over.text)}[]"
        for place in self._in(rule.condition, rule.id, rule.source, items):
            self.found.setdefault(place, []).append(doer)
        read = tuple(sorted(set(paths_of([rule.condition], self._paths, items))))
        if isinstance(does, Guard) and does.lenient:
            lenient = Place(rule.id, "on_unknown: allow", rule.source, None, read)
            self.found.setdefault(lenient, []).append(doer)
        for assumed in self.ruleset.assumptions:
            path = ".".join(assumed.names)
            if any(of == path or of.startswith((f"{path}.", f"{path}[")) for of in read):
                house = self.ruleset.house
                place = Place(house.name, f"assume: {path}", house.source, None, (path,))
                self.found.setdefault(place, []).append(doer)

    def _in(
        self, node: tree.Node, owner: str, source: str, items: Mapping[str, str], bound: bool = False
    ) -> Iterator[Place]:
        match node:
            case tree.IsMissing(of=of) | tree.Default(of=of):
                read = tuple(sorted(set(paths_of([of], self._paths, items))))
                yield Place(owner, written(node), source, node, read, bound)
            case tree.Fact(id=id):
                fact = self._facts[id]
                if isinstance(fact, Signal):
                    yield from self._in(fact.node, id, fact.source, {})
            case tree.Aggregate(over=over, item=item):
                above = next(paths_of([over], self._paths, items), over.text)
                items, bound = {**items, item: f"{above}[]"}, True
        for child in tree.children(node):
            yield from self._in(child, owner, source, items, bound)

    def inlined(self, node: tree.Node) -> tree.Node:
        """A tree with its signals written out; parts that have none stay the same objects."""
        if isinstance(node, tree.Fact):
            fact = self._facts[node.id]
            return self.inlined(fact.node) if isinstance(fact, Signal) else node
        return _mapped(node, self.inlined)


def leans(node: tree.Node, target: tree.Node, way: int = 1) -> set[int]:
    """The ways in which a condition follows a part that is true: 1 towards true, -1 towards false, or both."""
    if node == target:
        return {way}
    match node:
        case tree.And(items=items) | tree.Or(items=items):
            return set().union(*(leans(of, target, way) for of in items))
        case tree.Not(of=of):
            return leans(of, target, -way)
        case tree.Aggregate(name="any" | "all" as name, body=body, where=where, over=over):
            found = leans(body, target, way) | ({1, -1} if leans(over, target) else set())
            return found if where is None else found | leans(where, target, way if name == "any" else -way)
    return {1, -1} if any(leans(of, target) for of in tree.children(node)) else set()


def neutral(node: tree.Node, place: Place, inline: Change) -> tree.Node:
    """A written-out condition in which a place says nothing of what to do without the field."""
    said = place.node
    if said is None:
        return node
    target = inline(said)

    def change(of: tree.Node) -> tree.Node:
        if of == target and type(of) is type(target):
            return UNKNOWN if isinstance(of, tree.IsMissing) else of.of  # type: ignore[union-attr]  # a default
        return _mapped(of, change)

    return change(node)


def _mapped(node: tree.Node, change: Change) -> tree.Node:
    """The node with each node below it changed; the same object when nothing is."""
    found = {}
    for field in fields(node):
        value = getattr(node, field.name)
        new = _changed(value, change)
        if new is not value:
            found[field.name] = new
    return replace(node, **found) if found else node


def _changed(value: Any, change: Change) -> Any:
    if isinstance(value, tuple):
        made = tuple(_changed(of, change) for of in value)
        return value if all(a is b for a, b in zip(made, value, strict=True)) else made
    is_node = is_dataclass(value) and type(value).__module__ == tree.__name__
    return change(value) if is_node else value


def locations(data: Mapping[str, Any], pattern: str) -> list[Location]:
    """The places at which there is something that a path names; `data` has a profile and a context.

    >>> locations({"profile": {"cases": [{"at": 1}, {}]}, "context": {}}, "cases[].at")
    [('profile', 'cases', 0, 'at')]
    """
    found: list[tuple[Location, Any]] = [((), data)]
    for part in parts_of(pattern):
        onward: list[tuple[Location, Any]] = []
        for location, value in found:
            if part == "[]" and isinstance(value, list | tuple):
                onward += [((*location, number), of) for number, of in enumerate(value)]
            elif part != "[]" and isinstance(value, Mapping) and value.get(part) is not None:
                onward.append(((*location, part), value[part]))
        found = onward
    return [location for location, _ in found if isinstance(location[-1], str)]


def parts_of(pattern: str) -> list[str]:
    """The parts of a path as `nba.reads` writes it, with the profile or context that it is in."""
    parts = pattern.replace("[]", ".[]").split(".")
    return parts if parts[0] == "context" else ["profile", *parts]


def filled(data: Mapping[str, Any], pattern: str, value: Any) -> Iterator[tuple[dict[str, Any], Location]]:
    """Data with a value at each place where a path could have one, one after the other."""
    yield from _filled(data, parts_of(pattern), value, ())


def _filled(of: Any, parts: list[str], value: Any, at: Location) -> Iterator[tuple[Any, Location]]:
    part, rest = parts[0], parts[1:]
    if part == "[]":
        for number, item in enumerate(of if isinstance(of, list | tuple) else ()):
            for made, where in _filled(item, rest, value, (*at, number)) if rest else ():
                yield [*of[:number], made, *of[number + 1 :]], where
    elif not rest:
        if isinstance(of, Mapping) or of is None:
            yield {**(of or {}), part: value}, (*at, part)
    elif isinstance(of, Mapping) or of is None:
        for made, where in _filled((of or {}).get(part), rest, value, (*at, part)):
            yield {**(of or {}), part: made}, where


def at(data: Any, location: Location) -> Any:
    """What stands at a place."""
    for part in location:
        data = data[part]
    return data


def without(value: Any, location: Location) -> Any:
    """Data without what stands at a place."""
    part, rest = location[0], location[1:]
    if isinstance(value, Mapping):
        if not rest:
            return {key: of for key, of in value.items() if key != part}
        return {**value, part: without(value[part], rest)} if part in value else value
    if isinstance(value, list | tuple) and isinstance(part, int) and part < len(value) and rest:
        return type(value)([*value[:part], without(value[part], rest), *value[part + 1 :]])
    return value


def pattern_of(location: Location) -> str:
    """The path of a place, for any item of its lists."""
    text = "".join("[]" if isinstance(of, int) else f".{of}" for of in location).lstrip(".")
    return text.removeprefix("profile.")


def shown(location: Location) -> str:
    """A place as people write it."""
    text = "".join(f"[{of}]" if isinstance(of, int) else f".{of}" for of in location).lstrip(".")
    return text.removeprefix("profile.")
