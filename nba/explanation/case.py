"""A decision written down as a case, so that what happened once can be tested ever after."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import yaml

from nba.documents.scalars import core_value, looks_cut
from nba.explanation.account import Account
from nba.explanation.showing import plain
from nba.language.moments import write_instant
from nba.language.values import FAILED

_LONGEST_NAME: Final = 300
_QUOTES: Final = frozenset("\"'")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


def to_case(account: Account, name: str | None = None, expect: Mapping[str, Any] | None = None) -> str:
    """The decision as the YAML text of a file with one case, which passes with the same rules unless `expect` is given.

    Fields that could not be read when the decision was made are in no case; a comment names them.
    """
    trace = account.trace
    given: dict[str, Any] = {"profile": plain(trace.profile)}
    if trace.env.context:
        given["context"] = plain(trace.env.context)
    if trace.stand_ins:
        given["signals"] = plain(trace.stand_ins)
    forced = sorted(of.candidate.action.id for of in trace.screened if not of.candidate.proposed_by)
    if forced:
        given["proposed"] = forced
    given["as_of"] = write_instant(trace.as_of)
    given["limit"] = "all" if trace.limit is None else trace.limit
    title = name or f"the decision for {account.decided.profile_id or 'a customer'} as of {write_instant(trace.as_of)}"
    case = {"name": title[:_LONGEST_NAME], "given": given, "expect": _decided(account) if expect is None else expect}
    text: str = yaml.dump(
        {"cases": [case]}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None
    )
    failed = [*_failed(trace.profile), *_failed(trace.env.context, "context")]
    notes = [f"# not in this case, as it could not be read: {path}\n" for path in failed]
    if "\ufffd" in text:
        notes.append("# \ufffd stands for a character that a rule file cannot hold\n")
    return "".join(notes) + text


def _decided(account: Account) -> dict[str, Any]:
    """What a case expects so that it passes with the very decision."""
    chosen = [of.screened.candidate.name for of in account.trace.arbitration.chosen]
    blocked = {
        of_name: list(dict.fromkeys(of.id for of in screened.blocks))
        for of_name, screened in account.screened.items()
        if screened.blocked
    }
    expect: dict[str, Any] = {"actions": chosen} if len(chosen) > 1 else {"action": chosen[0] if chosen else "none"}
    return expect | {"blocked": blocked, "tasks": sorted({task.department for task in account.decided.tasks})}


class _Dumper(yaml.SafeDumper):
    """Writes YAML 1.1 that reads the same by the 1.2 core schema, and repeats what occurs twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    value = _CONTROL.sub("\ufffd", value)
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if _is_itself(value) else '"')


def _is_itself(text: str) -> bool:
    """Whether a text is read as itself by the 1.2 core schema, however PyYAML writes it, and does not look cut off."""
    try:
        return text.isprintable() and core_value(text) == text and not _QUOTES & set(text) and not looks_cut(text)
    except ValueError:  # a number that cannot be held
        return False


_Dumper.add_representer(str, _text)


def _failed(value: Any, path: str = "") -> list[str]:
    if value is FAILED:
        return ["".join(character if character.isprintable() else "?" for character in path)]
    if isinstance(value, dict):
        return [found for key, of in value.items() for found in _failed(of, f"{path}.{key}" if path else str(key))]
    if isinstance(value, tuple):
        return [found for number, of in enumerate(value) for found in _failed(of, f"{path}[{number}]")]
    return []
