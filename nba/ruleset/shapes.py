"""The types of the profile and the context: the core, with what plugins, the house and packs add to it."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel

from nba.documents.common import Entry
from nba.documents.house import House
from nba.errors import Problem, RulesError
from nba.language.types import Record
from nba.plugins import Plugin
from nba.profile import CONTEXT, PROFILE
from nba.ruleset.gathering import Document, Problems, Sources
from nba.schema.compose import Section, compose, sections_of
from nba.schema.from_json_schema import record_from_json_schema
from nba.schema.from_pydantic import record_of

D = TypeVar("D", bound=Entry)


def data_types(
    sources: Sources, plugins: tuple[Plugin, ...], profile: type[BaseModel] | None, context: type[BaseModel] | None
) -> tuple[Record, Record]:
    """The types of the profile and of the context, over an app's own models where it has them.

    Raises:
        RulesError: a schema that cannot be read, a section that two bring, one that nothing types.
    """
    problems = Problems()
    found = _profile(sources, plugins, profile, problems), _context(sources.house, context, problems)
    if problems.errors:
        raise RulesError(problems.errors)
    return found


def _profile(
    sources: Sources, plugins: tuple[Plugin, ...], model: type[BaseModel] | None, problems: Problems
) -> Record:
    core = PROFILE if model is None else _completed(record_of(model), PROFILE)
    sections: list[Section] = []
    with problems.collecting():
        for plugin in plugins:
            sections += [
                Section(name, record_of(of), f"plugin `{plugin.name}`") for name, of in plugin.sections.items()
            ]
    house = sources.house
    if house.entry.profile is not None:
        place = house.span("profile")
        with problems.collecting():
            record = _schema(house, house.entry.profile, "profile", "profile", problems)
            sections += sections_of(record, "the house", place) if record else []
    packs = sorted((document for document, _, _ in sources.packs), key=lambda document: document.entry.pack)
    for document in packs:
        said = document.entry.profile
        if said is not None and said.schema_ is not None:
            record = _schema(document, said.schema_, said.section, "profile", problems)
            if record is not None:
                owner = f"pack `{document.entry.pack}`"
                sections.append(Section(said.section, record, owner, span=document.span("profile")))
    own = [section for section in sections if model is None or section.name not in core.fields]
    with problems.collecting():
        core = compose(core, own)
    for document in packs:
        said = document.entry.profile
        if said is not None and said.schema_ is None and said.section not in core.fields:
            hint = "name its types: `schema: FILE`, a JSON Schema beside this file"
            message = f"nothing says what the section `{said.section}` holds"
            problems.add("no-schema", message, document.span("profile", "section"), hint)
    return core


def _context(house: Document[House], model: type[BaseModel] | None, problems: Problems) -> Record:
    core = CONTEXT if model is None else _completed(record_of(model), CONTEXT)
    if house.entry.context is None:
        return core
    record = _schema(house, house.entry.context, "context", "context", problems)
    with problems.collecting():
        return compose(core, sections_of(record, "the house", house.span("context")) if record else [])
    return core


def _completed(own: Record, core: Record) -> Record:
    """An app's own model, with the core fields that it does not have (which are then missing)."""
    return Record(own.name, {**core.fields, **own.fields}, own.checks)


def _schema(document: Document[D], relative: str, name: str, key: str, problems: Problems) -> Record | None:
    try:
        return record_from_json_schema(document.beside(relative), name)
    except RulesError as error:
        place = document.span(key)
        problems.found += [Problem(of.code, of.message, of.span or place, of.help) for of in error.problems]
        return None
