"""The hash of a set of rules: what they say, whatever the order of files and entries, and what they run on."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from nba.language.types import ListOf, MapOf, Record, Type
from nba.plugins import Plugin
from nba.ruleset.canonical import canonical
from nba.ruleset.gathering import Sources


def fingerprint(sources: Sources, plugins: tuple[Plugin, ...], *records: Record) -> str:
    """A SHA-256 in hex over packs, house, tables, types of data, and the versions of nba, plugins and time zones."""
    files = sorted(sources.read.values())
    runs_on = versions() | {f"plugin {plugin.name}": plugin.version or "" for plugin in plugins}
    shapes = [_shape(record) for record in records]
    whole = [sorted(sources.packs.said), canonical(sources.house.entry), files, runs_on, shapes]
    digest = hashlib.sha256()
    for text in json.JSONEncoder(sort_keys=True, ensure_ascii=True).iterencode(whole):  # never all of it at once
        digest.update(text.encode())
    return digest.hexdigest()


def shape_of(*records: Record) -> str:
    """A SHA-256 in hex over types of data, with the order of their fields."""
    return hashlib.sha256(json.dumps([_shape(record) for record in records]).encode()).hexdigest()


def _shape(kind: Type) -> Any:
    if isinstance(kind, Record):
        return {name: [_shape(field.type), field.confidential] for name, field in kind.fields.items()}
    if isinstance(kind, ListOf):
        return [_shape(kind.item)]
    return {"map": _shape(kind.value)} if isinstance(kind, MapOf) else repr(kind)


def versions() -> dict[str, str]:
    """The versions of nba and of the time zones."""
    return {"nba": _version("nba"), "tzdata": _version("tzdata")}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # a source tree that is on the path but not installed
        return ""
