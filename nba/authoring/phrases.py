"""Conditions and selectors as phrases of a sentence, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from nba.documents.common import AllOf, AnyOf, Condition, NoneOf, Selector


def code(text: str) -> str:
    """A text as code, in one line."""
    return f"`{' '.join(text.split())}`"


def listed(items: Iterable[str], word: str = "and") -> str:
    """Items as people list them.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *first, last = items
    return f"{', '.join(first)} {word} {last}" if first else last


def either(items: Iterable[str]) -> str:
    """Items of which one is meant.

    >>> either(["a", "b"])
    'a or b'
    """
    return listed(items, "or")


def condition(of: Condition) -> str:
    """A condition with its leaves as code."""
    match of:
        case AllOf(items):
            return " and ".join(_within(item) for item in items)
        case AnyOf(items):
            return " or ".join(_within(item) for item in items)
        case NoneOf(item):
            return f"not {_within(item)}"
    return code(of.text)


def _within(of: Condition) -> str:
    text = condition(of)
    return f"({text})" if isinstance(of, AllOf | AnyOf) and len(of.items) > 1 else text


def selected(selector: Selector) -> str:
    """Which actions a selector picks.

    >>> selected(Selector(tier=["growth"], tag=["offer", "campaign"]))
    'what has tier `growth` and tag `offer` or `campaign`'
    """
    if selector.action is not None and selector.model_fields_set == {"action"}:
        return listed(map(code, selector.action))
    keys = ("tier", "department", "action", "tag", "channel")
    parts = [f"{key} {either(map(code, values))}" for key in keys if (values := getattr(selector, key)) is not None]
    return f"what has {listed(parts)}"


def sentence(because: str | None) -> str:
    """A reason as the end of a sentence."""
    return " ".join((because or "it says so").split()).rstrip(".")
