"""What a dotted name stands for: an item, a setting, a signal, a field of the context or of the profile."""

from __future__ import annotations

from typing import NoReturn

from nba.errors import did_you_mean, nearest
from nba.language import syntax, tree
from nba.language.operands import Complaint, a
from nba.language.scope import Scope
from nba.language.types import INSTANT, ListOf, MapOf, Record, Type


def dotted(node: syntax.Expression) -> tuple[str, ...] | None:
    """The words of a path, or None when it does not start with a word: `("service", "cases")`."""
    words: list[str] = []
    while isinstance(node, syntax.Attribute):
        words.append(node.name)
        node = node.of
    return (node.id, *reversed(words)) if isinstance(node, syntax.Name) else None


def resolve(words: tuple[str, ...], scope: Scope, at: syntax.Expression, complaint: Complaint) -> tree.Node:
    """The checked tree of a dotted name."""
    first, text = words[0], ".".join(words)
    if first in scope.items:
        found: tree.Node = tree.Item(first, scope.items[first], first)
        for word in words[1:]:
            found = field_of(found, word, at, complaint)
        return found
    if text == "as_of":
        return tree.AsOf(INSTANT, text)
    if first == "settings":
        return _setting(words, scope, at, complaint)
    if first == "context" and len(words) > 1:
        return _field_path("context", words[1:], scope, at, complaint)
    fact = ".".join(words[:2])
    if fact in scope.facts:
        if len(words) > 2:
            complaint.fail("no-field", f"`{fact}` is {a(scope.facts[fact])} and has no fields", at)
        return tree.Fact(fact, scope.facts[fact], text)
    return _field_path("profile", words, scope, at, complaint)


def field_of(of: tree.Node, name: str, at: syntax.Expression, complaint: Complaint) -> tree.Node:
    """A field of a record that is not reached by a plain path."""
    kind, text = tree.type_of(of), f"{of.text}.{name}"
    if not isinstance(kind, Record):
        _not_a_record(of.text, name, kind, at, complaint)
    if name not in kind.fields:
        hint = did_you_mean(text, [f"{of.text}.{known}" for known in kind.fields])
        complaint.fail("unknown-name", f"`{text}` is not a field of {kind}", at, hint)
    return tree.Get(of, name, kind.fields[name].type, text)


def _setting(words: tuple[str, ...], scope: Scope, at: syntax.Expression, complaint: Complaint) -> tree.Node:
    name = ".".join(words[1:])
    if name not in scope.settings:
        hint = did_you_mean(name, scope.settings) or f"declare `{name}` under `settings:` of the pack"
        owner = f"pack `{scope.pack}`" if scope.pack else "the house"
        complaint.fail("unknown-name", f"`{name}` is not a setting of {owner}", at, hint)
    return tree.Setting(f"{scope.pack}.{name}", scope.settings[name], f"settings.{name}")


def _field_path(
    root: tree.Root, words: tuple[str, ...], scope: Scope, at: syntax.Expression, complaint: Complaint
) -> tree.Path:
    kind: Type = scope.profile if root == "profile" else scope.context
    prefix = "context." if root == "context" else ""
    for position, word in enumerate(words):
        if not isinstance(kind, Record):
            _not_a_record(prefix + ".".join(words[:position]), word, kind, at, complaint)
        if word not in kind.fields:
            _unknown(root, words, position, scope, at, complaint)
        kind = kind.fields[word].type
    return tree.Path(root, words, kind, prefix + ".".join(words))


def _unknown(
    root: tree.Root, words: tuple[str, ...], position: int, scope: Scope, at: syntax.Expression, complaint: Complaint
) -> NoReturn:
    first, text = words[0], ("context." if root == "context" else "") + ".".join(words)
    if text.casefold() in ("null", "none", "nil", "nan"):
        complaint.fail(
            "unknown-name", f"there is no `{text}`", at, "to ask whether a value is there, say `x is missing`"
        )
    if text.casefold() in ("now", "today"):
        hint = "the instant of the decision is `as_of`; `days_since(x)` and its like count from it"
        complaint.fail("unknown-name", f"there is no `{text}`", at, hint)
    near = did_you_mean(text, scope.known_names())
    if root == "profile" and position == 0 and len(words) > 1 and first not in scope.packs:
        known = {name.partition(".")[0] for name in scope.known_names()}
        hint = f"load the pack `{first}`, or say `with: [{first}]` on the rule: it then waits until `{first}` is loaded"
        if near is not None and nearest(first, known) is not None:
            hint = near
        message = f"`{text}`: the profile has no `{first}`, and no pack `{first}` is loaded"
        complaint.fail("unknown-name", message, at, hint)
    complaint.fail("unknown-name", f"`{text}` is not in the {root}", at, near)


def _not_a_record(above: str, name: str, kind: Type, at: syntax.Expression, complaint: Complaint) -> NoReturn:
    hint = None
    if isinstance(kind, ListOf):
        hint = f"ask about its items: `any(x.{name} == ... for x in {above})`"
    elif isinstance(kind, MapOf):
        hint = f'look it up by its key: `{above}["{name}"]`'
    complaint.fail("no-field", f"`{above}` is {a(kind)} and has no field `{name}`", at, hint)
