"""Random rule sets with confidential facts in them, and customers who differ by nothing but these."""

from __future__ import annotations

import copy
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import nba
from nba.language import types
from nba.language.values import FAILED
from nba.testing.generation.data import Data
from nba.testing.generation.plugins import NAME
from nba.testing.generation.records import SECTIONS
from nba.testing.generation.rule_sets import RuleSet

_KEYED = ("cases", "orders", "interests", "id", "number")
"""What actions have items of, and what tells these apart."""
_NUMBER = 91827300
SENTINELS = re.compile(r"zq\d+zq|918273\d\d|9\.18273|1953-0|1953-1")
"""What only confidential values look like, however they are written."""


@dataclass(frozen=True)
class SecretRules:
    """A rule set with a schema that marks fields as confidential."""

    rules: RuleSet
    schema: dict[str, Any]

    @cached_property
    def orchestrator(self) -> nba.Orchestrator:
        """It, loaded."""
        plan = self.rules.plugin
        plugins = None if plan is None else {NAME: plan.module()}
        with tempfile.TemporaryDirectory() as folder:
            self.rules.write(Path(folder))
            (Path(folder) / "profile.json").write_text(json.dumps(self.schema), encoding="utf-8")
            return nba.load(folder, plugins=plugins)

    @property
    def departments(self) -> list[str]:
        """All departments, without the house."""
        return sorted({pack.department for pack in self.orchestrator.ruleset.packs})

    def owner(self, section: str) -> str:
        """The department of a section."""
        found = {pack.name: pack.department for pack in self.orchestrator.ruleset.packs}
        return found.get(section, "house")

    def hidden_from(self, department: str) -> frozenset[str]:
        """The paths of marked fields that a department may not see, as `Orchestrator.reads` names them."""
        sections = self.schema["properties"].items()
        found = ((section, path) for section, schema in sections for path in _marked(schema, section))
        return frozenset(path for section, path in found if self.owner(section) != department)


def with_secrets(rules: RuleSet, rng: Random) -> SecretRules:
    """The rule set with confidential fields and signals, and a text of its own as each rule's `because`.

    Where that would hand over what is confidential, what is handed over is left out.
    """
    schema, packs = copy.deepcopy(SECTIONS), copy.deepcopy(rules.packs)
    for section in schema["properties"].values():
        _mark(section, rng)
    for pack in packs.values():
        for signal in pack["signals"].values():
            if rng.random() < 0.15:
                signal["confidential"] = True
        for rule in pack["rules"]:
            rows = rule["table"]["rows"] if "table" in rule else [rule]
            for row in rows:
                row["because"] = f"xbx{pack['pack']}.{rule['id']}{'.' + row['id'] if row is not rule else ''}xbx"
                if rng.random() < 0.5:
                    row["public_because"] = "in public"
    found = SecretRules(replace(rules, packs=packs), schema)
    files = _handing_over(found)
    if files:
        found = _without_places(found, files)
        if _handing_over(found):  # by the keys of items
            found = _without_marks_on_keys(found)
    assert found.orchestrator
    return found


def _handing_over(secret: SecretRules) -> set[str]:
    """The files of which something would hand over what is confidential."""
    try:
        assert secret.orchestrator
    except nba.RulesError as error:
        if {of.code for of in error.problems} != {"confidential"}:
            raise
        return {of.span.source.name for of in error.problems if of.span is not None}
    return set()


def _mark(schema: dict[str, Any], rng: Random) -> None:
    for of in schema.get("properties", {}).values():
        if rng.random() < 0.25:
            of["confidential"] = True
        _mark(of.get("items", of), rng)


def _marked(schema: dict[str, Any], path: str) -> Iterator[str]:
    """The marked paths, and all that is below one."""
    for name, of in schema.get("properties", {}).items():
        below = f"{path}.{name}"
        if of.get("confidential"):
            yield from (below, *_all_below(of, below))
        else:
            yield from _marked(of.get("items", of), f"{below}[]" if "items" in of else below)


def _all_below(schema: dict[str, Any], path: str) -> Iterator[str]:
    inner, path = (schema["items"], f"{path}[]") if "items" in schema else (schema, path)
    yield path
    for name, of in inner.get("properties", {}).items():
        yield f"{path}.{name}"
        yield from _all_below(of, f"{path}.{name}")


def _without_places(secret: SecretRules, files: set[str]) -> SecretRules:
    packs = copy.deepcopy(secret.rules.packs)
    for pack in (packs[name] for name in files):
        for action in pack["actions"].values():
            action.pop("payload", None)
        for rule in pack["rules"]:
            for effects in (rule, *(rule["table"]["rows"] if "table" in rule else ())):
                if "notify" in effects:
                    effects["notify"] = {**effects["notify"], "message": "please look"}
    return SecretRules(replace(secret.rules, packs=packs), secret.schema)


def _without_marks_on_keys(secret: SecretRules) -> SecretRules:
    schema = copy.deepcopy(secret.schema)

    def unmark(of: dict[str, Any]) -> None:
        for name, field in of.get("properties", {}).items():
            if name in _KEYED:
                field.pop("confidential", None)
            unmark(field.get("items", field))

    unmark(schema)
    return SecretRules(secret.rules, schema)


def with_sentinels(profile: dict[str, Any], secret: SecretRules, department: str) -> dict[str, Any]:
    """The profile with a value of its own in each confidential field that the department may not see."""
    numbers = count()
    return _changed(profile, secret, department, lambda kind, value: _sentinel(kind, value, next(numbers)))


def changed(profile: dict[str, Any], secret: SecretRules, department: str, rng: Random) -> dict[str, Any]:
    """The profile with others, or none, in half of the confidential fields that the department may not see."""
    data = Data(rng, 0.2)
    return _changed(profile, secret, department, lambda kind, value: data.value(kind) if rng.random() < 0.5 else value)


def _changed(profile: dict[str, Any], secret: SecretRules, department: str, change: Any) -> dict[str, Any]:
    found = dict(profile)
    record = secret.orchestrator.ruleset.profile
    for section in secret.schema["properties"]:
        kind = record.fields[section].type
        assert isinstance(kind, types.Record)
        if secret.owner(section) != department and isinstance(found.get(section), dict):
            found[section] = _changed_below(found[section], kind, change)
    return found


def _changed_below(value: Any, kind: types.Type, change: Any) -> Any:
    if isinstance(value, tuple) and isinstance(kind, types.ListOf):
        return tuple(_changed_below(item, kind.item, change) for item in value)
    if not isinstance(value, dict) or not isinstance(kind, types.Record):
        return value
    found = {}
    for name, field in kind.fields.items():
        of = value.get(name)
        of = change(field.type, of) if field.confidential else _changed_below(of, field.type, change)
        if of is not None:
            found[name] = of
    return found


def _sentinel(kind: types.Type, value: Any, number: int) -> Any:
    match kind:
        case types.String():
            return f"zq{number}zq"
        case types.Number():
            return _NUMBER + number % 100
        case types.Date():
            return date(1953, 1, 1) + timedelta(days=number)
        case types.Instant():
            return datetime(1953, 1, 1, tzinfo=UTC) + timedelta(days=number)
        case types.ListOf(item=item) if value is not None and value is not FAILED:
            return tuple(_sentinel(item, of, number * 10 + place) for place, of in enumerate(value))
        case types.MapOf(value=of) if isinstance(value, dict):
            return {f"zq{number}zq": _sentinel(of, None, number)}
        case types.Record(fields=fields) if isinstance(value, dict):
            below = {name: _sentinel(of.type, value.get(name), number * 10) for name, of in fields.items()}
            return {name: of for name, of in below.items() if of is not None}
    return value
