"""Invariants in one line: `given service.recovery_owed never tier growth`.

    [given CONDITION] never|always KIND WORD[, WORD...] [and KIND WORD...]

CONDITION is an expression of the rule language; KIND is `action`, `tier`, `department`, `tag` or `channel`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from nba.errors import Problem, RulesError, did_you_mean
from nba.language import tree
from nba.language.check import check
from nba.language.scope import Scope
from nba.language.types import BOOLEAN
from nba.ruleset.conditions import ALWAYS
from nba.ruleset.model import Action, Pairs, Ruleset
from nba.source import Written

KINDS = ("action", "tier", "department", "tag", "channel")
_SAYS = "given CONDITION never tier growth"
_FORM = re.compile(
    r"\s*(?:given\b(?P<given>.*?))?\b(?P<word>never|always)\b(?P<select>(?:(?!\b(?:never|always)\b).)*)$", re.DOTALL
)


@dataclass(frozen=True)
class Invariant:
    """An invariant, read and checked."""

    text: str
    condition: tree.Node
    word: Literal["never", "always"]
    pairs: Pairs


def read_invariant(text: str, ruleset: Ruleset) -> Invariant:
    """An invariant of a set of rules.

    Raises:
        RulesError: what is wrong with it, pointing at the word.
    """
    written = Written.of(text, "<invariant>")
    form = _FORM.match(text)
    if form is None:
        _fail(written, "bad-invariant", "this is no invariant", 0, len(text), f"write it as `{_SAYS}`")
    assert form is not None
    condition: tree.Node = ALWAYS
    if form["given"] is not None:
        start, end = form.span("given")
        if not form["given"].strip():
            _fail(written, "bad-invariant", "`given` is followed by a condition", 0, end, f"write it as `{_SAYS}`")
        while text[start].isspace():
            start += 1
        facts = {of.id: of.type for of in ruleset.facts}
        scope = Scope(ruleset.profile, ruleset.context, facts, packs=frozenset(of.name for of in ruleset.packs))
        condition = check(written.part(start, start + len(text[start:end].rstrip())), scope, BOOLEAN)
    word: Literal["never", "always"] = "never" if form["word"] == "never" else "always"
    pairs = _pairs(written, *form.span("select"), ruleset)
    return Invariant(" ".join(text.split()), condition, word, pairs)


def _pairs(written: Written, start: int, end: int, ruleset: Ruleset) -> Pairs:
    text = written.text
    wanted: dict[str, set[str]] = {}
    at = start
    for part in re.split(r"(\band\b)", text[start:end]):
        found, here = re.match(r"\s*(\S+)\s*(.*?)\s*$", part, re.DOTALL), at
        at += len(part)
        if found is None or part == "and":
            continue
        kind, first = found[1], here + found.start(1)
        if kind not in KINDS:
            help = did_you_mean(kind, KINDS) or f"say {', '.join(KINDS)}, then a word"
            _fail(written, "unknown-name", f"`{kind}` is no kind of selector", first, first + len(kind), help)
        if kind in wanted:
            _fail(
                written, "bad-invariant", f"`{kind}` is said twice", first, first + len(kind), "list words with commas"
            )
        known = _words(kind, ruleset)
        words = wanted.setdefault(kind, set())
        for item in re.finditer(r"[^\s,]+", found[2]):
            place = here + found.start(2) + item.start()
            if item[0] not in known:
                near = did_you_mean(item[0], known) or f"there are {', '.join(sorted(known)) or 'none'}"[:200]
                _fail(written, "unknown-name", f"there is no {kind} `{item[0]}`", place, place + len(item[0]), near)
            words.add(item[0])
        if not words:
            _fail(written, "bad-invariant", f"`{kind}` is followed by a word", first, first + len(kind), f"`{_SAYS}`")
    if not wanted:
        _fail(written, "bad-invariant", "which actions does it speak of?", max(0, start - 6), end, f"write `{_SAYS}`")
    found_pairs = {of.id: _channels(of, wanted) for of in ruleset.actions.values()}
    return {id: channels for id, channels in found_pairs.items() if channels}


def _channels(action: Action, wanted: dict[str, set[str]]) -> tuple[str | None, ...]:
    """The channels of an action that are meant; none when it is not."""
    is_meant = (
        action.id in wanted.get("action", {action.id})
        and action.tier in wanted.get("tier", {action.tier})
        and action.department in wanted.get("department", {action.department})
        and ("tag" not in wanted or not action.tags.isdisjoint(wanted["tag"]))
    )
    if not is_meant:
        return ()
    return tuple(of for of in action.channels if of in wanted["channel"]) if "channel" in wanted else action.pairs


def _words(kind: str, ruleset: Ruleset) -> set[str]:
    actions = ruleset.actions.values()
    match kind:
        case "action":
            return set(ruleset.actions)
        case "tier":
            return set(ruleset.house.tiers)
        case "department":
            return {of.department for of in ruleset.packs}
        case "tag":
            return {tag for of in actions for tag in of.tags}
    return {channel for of in actions for channel in of.channels}


def _fail(written: Written, code: str, message: str, start: int, end: int, help: str | None) -> None:
    raise RulesError([Problem(code, message, written.span(start, end), help)])
