"""Confidential facts: which departments they belong to, and what reads them.

A confidential field belongs to the department of the pack whose section it is in; one of the core, the context or the
house's own to the house. A signal that is confidential belongs to its pack's department. Whatever is derived from a
confidential fact belongs to the same departments, and only a department that all of it belongs to may see it. What may
be seen is found once, from what rules read and never from values, so that a view cannot tell by what it leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from nba.language import tree, types
from nba.language.functions import FUNCTIONS
from nba.language.types import Record, Type

Owners: TypeAlias = frozenset[str]
"""Departments that what is read belongs to."""

PUBLIC: Final[Owners] = frozenset()
HOUSE: Final = "house"
"""The owner of what is no department's, and a name by which the house goes everywhere."""


def owned_by(owners: Owners) -> str:
    """Departments in words.

    >>> owned_by(frozenset({"house"})), owned_by(frozenset({"health", "billing"}))
    ('the house', 'billing and health')
    """
    *first, last = ["the house" if name == HOUSE else name for name in sorted(owners)]
    return f"{', '.join(first)} and {last}" if first else last


@dataclass(frozen=True)
class Origin:
    """Where an item comes from: whose section it is in, and whether it is confidential as a whole."""

    owner: str
    confidential: bool


Items: TypeAlias = Mapping[str, Origin]
"""By name, the items in sight."""


@dataclass(frozen=True)
class Secrets:
    """Whose confidential facts are in what.

    Attributes:
        sections: the department of each section of the profile; of any other field it is the house.
        house: the names by which the house goes; it sees everything.
        any: whether anything is confidential at all; if not, nothing has to be looked into.
        facts: by the id of a signal or feature.
        rules: by the id of a rule or law, what its conditions read.
        gates: by the id of a gate.
        scores: by the id of an action, what its score is made from, weights included.
        keys: by the id of an action, what its items' keys are made from.
    """

    profile: Record
    context: Record
    sections: Mapping[str, str] = field(default_factory=dict)
    house: frozenset[str] = frozenset({HOUSE})
    any: bool = True
    facts: Mapping[str, Owners] = field(default_factory=dict)
    rules: Mapping[str, Owners] = field(default_factory=dict)
    gates: Mapping[str, Owners] = field(default_factory=dict)
    scores: Mapping[str, Owners] = field(default_factory=dict)
    keys: Mapping[str, Owners] = field(default_factory=dict)

    def shown_to(self, department: str, owners: Owners) -> bool:
        """Whether a department may see what belongs to these: the house sees all, others what is theirs alone."""
        return owners <= {department} or department in self.house

    def of(self, node: tree.Node, items: Items | None = None) -> Owners:
        """Whose confidential facts a node reads, signals followed."""
        if not self.any:
            return PUBLIC
        items = items or {}
        match node:
            case tree.Fact(id=id):
                return self.facts.get(id, PUBLIC)
            case tree.Path() | tree.Item() | tree.Get() | tree.Lookup():
                return self._read(node, items)
            case tree.Aggregate():
                return self._aggregate(node, items)
            case tree.Call(name=name) if FUNCTIONS[name].reads_clock:
                return self.of_field("timezone") | self._below(node, items)
            case _:
                return self._below(node, items)

    def of_all(self, nodes: Iterable[tree.Node], items: Items | None = None) -> Owners:
        """Whose confidential facts any of the nodes reads."""
        return PUBLIC.union(*[self.of(node, items) for node in nodes])

    def of_whole(self, node: tree.Node) -> Owners:
        """Whose confidential facts a plugin gets that reads a path: with all that is in it."""
        origin = self.origin(node, {})
        hidden = origin is not None and (origin.confidential or holds_secrets(tree.type_of(node)))
        return frozenset({origin.owner}) if origin is not None and hidden else PUBLIC

    def of_field(self, name: str) -> Owners:
        """Whose confidential fact a field of the profile is."""
        found = self.profile.fields.get(name)
        return frozenset({self._owner("profile", name)}) if found is not None and found.confidential else PUBLIC

    def origin(self, node: tree.Node, items: Items) -> Origin | None:
        """Where the value of a path, item or field comes from; None for anything else."""
        match node:
            case tree.Path(root=root, names=names):
                fields = _along(self.profile if root == "profile" else self.context, names)
                return Origin(self._owner(root, *names[:1]), not names or any(of.confidential for of in fields))
            case tree.Item(name=name):
                return items.get(name)
            case tree.Lookup(of=of):
                return self.origin(of, items)
            case tree.Get(of=of, name=name):
                above, kind = self.origin(of, items), tree.type_of(of)
                if above is None or above.confidential or not isinstance(kind, Record):
                    return above
                return Origin(above.owner, kind.fields[name].confidential)
        return None

    def item(self, over: tree.Node, items: Items | None = None) -> Origin:
        """Where the items of a list come from."""
        return self.origin(over, items or {}) or Origin(HOUSE, bool(self.of(over, items)))

    def _owner(self, root: tree.Root, name: str = "") -> str:
        return self.sections.get(name, HOUSE) if root == "profile" else HOUSE

    def _below(self, node: tree.Node, items: Items) -> Owners:
        return self.of_all(tree.children(node), items)

    def _read(self, node: tree.Node, items: Items) -> Owners:
        origin = self.origin(node, items)
        if origin is None:
            return self._below(node, items)
        # A record as a whole shows of its fields whether they are there; of a list, its length alone is looked at.
        kind = tree.type_of(node)
        hidden = origin.confidential or (isinstance(kind, Record) and holds_secrets(kind))
        return (frozenset({origin.owner}) if hidden else PUBLIC) | self.of_all(_keys(node), items)

    def _aggregate(self, node: tree.Aggregate, items: Items) -> Owners:
        item, kind = self.item(node.over, items), tree.type_of(node.over)
        found = self.of(node.over, items)
        if isinstance(kind, types.ListOf) and isinstance(kind.item, Record):
            # Explanations call the items of a list by these.
            named = (kind.item.fields.get(name) for name in ("id", "key"))
            found |= {item.owner for of in named if of is not None and of.confidential}
        parts = [part for part in (node.where, None if node.name == "count" else node.body) if part is not None]
        return found | self.of_all(parts, {**items, node.item: item})


def _along(record: Record, names: Iterable[str]) -> Iterator[types.Field]:
    kind: Type = record
    for name in names:
        if isinstance(kind, Record):
            yield kind.fields[name]
            kind = kind.fields[name].type


def holds_secrets(kind: Type) -> bool:
    """Whether anything in a value of the type is confidential."""
    match kind:
        case Record(fields=fields):
            return any(of.confidential or holds_secrets(of.type) for of in fields.values())
        case types.ListOf(item=of) | types.MapOf(value=of):
            return holds_secrets(of)
    return False


def _keys(node: tree.Node) -> Iterator[tree.Node]:
    """The keys of look-ups on the way to a value."""
    while isinstance(node, tree.Get | tree.Lookup):
        if isinstance(node, tree.Lookup):
            yield node.key
        node = node.of
