"""The hash of a set of rules: what they say, whatever the order of files and entries, and what they run on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import BaseModel

from nba.language.types import ListOf, MapOf, Record, Type
from nba.plugins import Plugin
from nba.ruleset.gathering import Sources
from nba.source import Written


def fingerprint(sources: Sources, plugins: tuple[Plugin, ...], *records: Record) -> str:
    """A SHA-256 in hex over packs, house, tables, types of data, and the versions of nba, plugins and time zones."""
    packs = sorted(_canonical(document.entry) for document, _, _ in sources.packs)
    files = sorted(sources.read.values())
    runs_on = versions() | {f"plugin {plugin.name}": plugin.version or "" for plugin in plugins}
    shapes = [_shape(record) for record in records]
    whole = [packs, _canonical(sources.house.entry), files, runs_on, shapes]
    return hashlib.sha256(_canonical(whole).encode()).hexdigest()


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


def _canonical(value: Any) -> str:
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=True)


_PLAIN = (str, int, float)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, Written):
        return value.text
    if isinstance(value, BaseModel):
        fields = {name: _plain(of) for name, of in value if name in value.model_fields_set}
        if isinstance(fields.get("rules"), list):  # the order of rules does not matter
            fields["rules"] = sorted(fields["rules"], key=lambda rule: str(rule["id"]))
        return fields
    if is_dataclass(value) and not isinstance(value, type):
        return {type(value).__name__: _plain(vars(value))}
    if isinstance(value, Mapping):
        return {str(key): _plain(of) for key, of in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(of) for of in value]
    return value.isoformat() if isinstance(value, date) else value
