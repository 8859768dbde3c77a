"""The checked rules. Frozen, shared by threads, free of YAML.

A condition is known by its number in its layer. The global layer holds what is asked once a decision; each action with
`for_each` has a layer of its own, which is asked once an item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeAlias

from nba.language import tree
from nba.language.texts import Template
from nba.language.types import Record, Type
from nba.language.values import Value
from nba.ruleset.secrets import Secrets

Pairs: TypeAlias = Mapping[str, tuple[str | None, ...]]
"""By action id, the channels that are meant; `(None,)` for the action as a whole."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A rule or law: who says it, why, where, and under which condition (as written, for explanations)."""

    id: str
    kind: Literal["rule", "law"]
    department: str
    because: str
    source: str
    condition: tree.Node
    meta: Mapping[str, Any] = field(default_factory=dict)
    public_because: str = ""
    """What is said in place of `because` to who may not see what the condition reads."""


@dataclass(frozen=True)
class Score:
    """The factors of a score, as expressions; None counts as 1."""

    propensity: tree.Node | None = None
    context_weight: tree.Node | None = None
    value: tree.Node | None = None
    lever: tree.Node | None = None

    @property
    def factors(self) -> dict[str, tree.Node]:
        """The factors that are given, by name."""
        return {name: node for name, node in vars(self).items() if node is not None}


@dataclass(frozen=True, slots=True)
class ForEach:
    """An action's item: its name, the list that it is from, and the key that tells items apart."""

    item: str
    over: tree.Node
    key: tree.Node


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done for a customer, checked."""

    id: str
    pack: str
    department: str
    title: str
    tier: str
    rank: int
    """The place of the tier, 0 for the highest."""
    promotional: bool
    channels: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    valid: tuple[date | None, date | None] | None = None
    payload: tuple[tuple[str, tree.Node | Template], ...] = ()
    for_each: ForEach | None = None
    at_most: int | None = None
    score: Score = Score()
    exclusive: str | None = None
    purpose: str | None = None
    """The purpose that the customer must have consented to."""
    meta: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""

    @property
    def pairs(self) -> tuple[str | None, ...]:
        """The channels, or one None for an action without channels."""
        return self.channels or (None,)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule that proposes an action when its condition is true."""

    rule: Statement
    action: str
    condition: int


@dataclass(frozen=True, slots=True)
class Guard:
    """A `block` or `require` rule, or a `never` law: blocks its pairs when its condition is true or unknown."""

    rule: Statement
    kind: Literal["guard", "law"]
    condition: int
    pairs: Pairs
    lenient: bool = False
    """`on_unknown: allow`: blocks only when true, or when what it reads has failed."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A rule that multiplies the scores of some actions when its condition is true."""

    rule: Statement
    condition: int
    actions: frozenset[str]
    by: tree.Node


@dataclass(frozen=True, slots=True)
class Notice:
    """A rule that gives a department a task when its condition is true."""

    rule: Statement
    condition: int
    department: str
    message: Template


@dataclass(frozen=True, slots=True)
class Duty:
    """An `always` law: when it binds, an unblocked candidate must match one of the pairs."""

    rule: Statement
    condition: int
    pairs: Pairs
    department: str
    message: Template


@dataclass(frozen=True, slots=True)
class Shadow:
    """An effect that is evaluated and reported, and changes nothing."""

    rule: Statement
    effect: Literal["propose", "block", "weigh", "notify"]
    condition: int
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """Features, and conditions over them by number.

    `reads` gives, for each condition, the features it looks at; `rules` the ids of the rules and laws that ask for it.
    """

    features: tuple[tree.Node, ...] = ()
    conditions: tuple[tree.Node, ...] = ()
    reads: tuple[tuple[int, ...], ...] = ()
    rules: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ItemRules:
    """What is asked of each item of an action with `for_each`."""

    layer: Layer
    proposals: tuple[Proposal, ...]
    shadows: tuple[Shadow, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """A named fact that a pack derives, and that every other pack may read."""

    id: str
    node: tree.Node
    because: str
    source: str
    confidential: bool = False

    @property
    def type(self) -> Type:
        """The type of its value."""
        return tree.type_of(self.node)


@dataclass(frozen=True, slots=True)
class Feature:
    """A plugin's function, as a named value that rules can read."""

    id: str
    reads: tuple[tree.Node, ...]
    function: Callable[..., Any]
    type: Type
    plugin: str
    columnar: Callable[..., Any] | None = None
    """The function for many customers at once."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A plugin's policy check on a candidate and channel."""

    id: str
    reads: tuple[tree.Node, ...]
    function: Callable[..., Any]
    plugin: str


@dataclass(frozen=True, slots=True)
class Assumption:
    """What the house says that a missing field means."""

    names: tuple[str, ...]
    value: Value
    because: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a pack allows a setting to be; None is no limit."""

    least: int | float | None = None
    most: int | float | None = None
    values: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Inactive:
    """A rule that was left out, and why."""

    rule: str
    because: str


@dataclass(frozen=True, slots=True)
class PackInfo:
    """What a loaded pack is and where it comes from."""

    name: str
    title: str
    department: str
    version: str | None
    origin: str


@dataclass(frozen=True, slots=True)
class House:
    """What decisions need of the house."""

    name: str
    tiers: tuple[str, ...]
    promotional: frozenset[str]
    timezone: str | None
    source: str


@dataclass(frozen=True)
class Ruleset:
    """Everything that a decision needs, checked; made once, and never changed."""

    house: House
    profile: Record
    context: Record
    packs: tuple[PackInfo, ...]
    settings: Mapping[str, Value]
    limits: Mapping[str, Limits]
    """By setting, what its pack allows."""
    facts: tuple[Signal | Feature, ...]
    """In an order in which each comes after what it reads."""
    assumptions: tuple[Assumption, ...]
    actions: Mapping[str, Action]
    layer: Layer
    items: Mapping[str, ItemRules]
    """By action id, for actions with `for_each`."""
    proposals: tuple[Proposal, ...]
    guards: tuple[Guard, ...]
    weights: tuple[Weight, ...]
    notices: tuple[Notice, ...]
    duties: tuple[Duty, ...]
    shadows: tuple[Shadow, ...]
    gates: tuple[Gate, ...]
    statements: tuple[Statement, ...]
    """Every active rule and law, by id."""
    inactive: tuple[Inactive, ...]
    observers: tuple[tuple[str, Callable[..., Any]], ...]
    secrets: Secrets
    hash: str
