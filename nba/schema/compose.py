"""Sections put beside the core fields of a profile or context."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from nba.errors import Problem, RulesError
from nba.language import types
from nba.source import Span

RESERVED = frozenset({"as_of", "context", "settings", "missing", "true", "false"})
"""Words of the rule language that no section may take."""


@dataclass(frozen=True)
class Section:
    """What stands beside the core fields under a name: nearly always a record, typed by a pack, plugin or house.

    `owner` says in words who brings it (`the pack service`), for the error when two bring the same.
    """

    name: str
    type: types.Type
    owner: str
    description: str = ""
    span: Span | None = None
    confidential: bool = False


def sections_of(record: types.Record, owner: str, span: Span | None = None) -> list[Section]:
    """The fields of a record (a house's JSON Schema) as sections."""
    return [
        Section(name, field.type, owner, field.description, span, field.confidential)
        for name, field in record.fields.items()
    ]


def compose(core: types.Record, sections: Iterable[Section]) -> types.Record:
    """The core record with sections beside its fields.

    Raises `RulesError` for a name that a core field or another section has, or that rules cannot write.

    >>> core = types.Record("profile", {"id": types.Field(types.STRING)})
    >>> compose(core, [Section("vip", types.BOOLEAN, "the house")]).fields.keys()
    dict_keys(['id', 'vip'])
    """
    fields = dict(core.fields)
    owners = dict.fromkeys(core.fields, f"the core {core}")
    for name, field in core.fields.items():
        owners |= dict.fromkeys(field.aliases, f"the core {core} (as another name of `{name}`)")
    problems = []
    for section in sections:
        name = section.name
        if name in owners:
            problems.append(
                Problem(
                    "section-clash",
                    f"{section.owner} brings `{name}`, which {owners[name]} has already",
                    section.span,
                    "give one of them another name",
                )
            )
        elif name in RESERVED or keyword.iskeyword(name) or not (name.isascii() and name.isidentifier()):
            problems.append(
                Problem(
                    "section-name",
                    f"{section.owner} brings a section that rules cannot name: `{name}`",
                    section.span,
                    "use a name of letters, digits and underscores that is no word of the rule language",
                )
            )
        else:
            owners[name] = section.owner
            fields[name] = types.Field(section.type, (), section.description, section.confidential)
    if problems:
        raise RulesError(problems)
    return types.Record(core.name, MappingProxyType(fields), core.checks)
