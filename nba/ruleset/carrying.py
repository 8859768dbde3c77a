"""What is handed to a department must be its own to see: messages, payloads, and the keys that name items."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nba.language import tree
from nba.ruleset.gathering import Problems
from nba.ruleset.secrets import Items, Secrets, owned_by
from nba.source import Written


@dataclass(frozen=True)
class Carrier:
    """Something that hands values to a department: `what` says so in words, and `help` what to do instead."""

    department: str
    what: str
    help: str


def message_to(department: str) -> Carrier:
    """A message."""
    return Carrier(department, f"this message goes to {department}", "say what is to be done, and leave out why")


def action_of(department: str) -> Carrier:
    """An action, with its payload and the keys of its items."""
    return Carrier(department, f"this action is one of {department}", "let an action of its owner hand it over")


def check_carried(
    nodes: Iterable[tree.Node], written: Written, by: Carrier, secrets: Secrets, items: Items, problems: Problems
) -> None:
    """Refuse what would carry a confidential fact to a department that may not see it."""
    for node in nodes:
        owners = secrets.of(node, items)
        if not secrets.shown_to(by.department, owners):
            start = max(0, written.text.find(node.text))
            end = start + len(node.text) if node.text in written.text else len(written.text)
            message = f"`{node.text}` is confidential to {owned_by(owners)}, and {by.what}"
            problems.add("confidential", message, written.span(start, end), by.help)
