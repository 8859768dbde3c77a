"""The types of the profile and the context: the core, with what plugins, the house and packs add to it."""

from __future__ import annotations

from pydantic import BaseModel

from nba.documents.house import House
from nba.errors import Problem, RulesError
from nba.language.types import Record
from nba.plugins import Plugin
from nba.profile import CONTEXT, PROFILE
from nba.ruleset.gathering import Document, File, Problems, Sources
from nba.schema.compose import Section, compose, sections_of
from nba.schema.from_json_schema import record_from_json_schema
from nba.schema.from_pydantic import record_of
from nba.source import Span


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
            record = _schema(house.file, house.entry.profile, "profile", place, problems)
            sections += sections_of(record, "the house", place) if record else []
    packs = sources.merged().values()
    for pack in packs:
        for said, file, place in pack.sections:
            if said.schema_ is not None:
                record = _schema(file, said.schema_, said.section, place, problems)
                if record is not None:
                    sections.append(Section(said.section, record, f"pack `{pack.name}`", span=place))
    own = [section for section in sections if model is None or section.name not in core.fields]
    with problems.collecting():
        core = compose(core, own)
    for said, file, _ in (of for pack in packs for of in pack.sections):
        if said.schema_ is None and said.section not in core.fields:
            hint = "name its types: `schema: FILE`, a JSON Schema beside this file"
            message = f"nothing says what the section `{said.section}` holds"
            problems.add("no-schema", message, file.span("profile", "section"), hint)
    return core


def _context(house: Document[House], model: type[BaseModel] | None, problems: Problems) -> Record:
    core = CONTEXT if model is None else _completed(record_of(model), CONTEXT)
    if house.entry.context is None:
        return core
    place = house.span("context")
    record = _schema(house.file, house.entry.context, "context", place, problems)
    with problems.collecting():
        return compose(core, sections_of(record, "the house", place) if record else [])
    return core


def _completed(own: Record, core: Record) -> Record:
    """An app's own model, with the core fields that it does not have (which are then missing)."""
    return Record(own.name, {**core.fields, **own.fields}, own.checks)


def _schema(file: File, relative: str, name: str, place: Span, problems: Problems) -> Record | None:
    try:
        return record_from_json_schema(file.beside(relative), name)
    except RulesError as error:
        problems.found += [Problem(of.code, of.message, of.span or place, of.help) for of in error.problems]
        return None
